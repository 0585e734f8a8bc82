"""What members read, in Chinese: the message ids of ``locale``.

Names in braces are filled in with ``Markup.format``, which escapes. What replies say is Telegram's HTML; labels,
notices, commands and descriptions hold no tags.
"""


def N_(message: str) -> str:  # noqa: N802 - gettext's usual name for a message that is translated where it is used
    """Mark a message for translation."""
    return message


WELCOME = N_("""你好！我是《{title}》的问答小帮手，只照讲话里写的回答。
想问什么直接打字就行，怎么说都可以；也可以先点一个试试：""")
GROUP_WELCOME = N_("""大家好！我是《{title}》的问答小帮手，只照讲话里写的回答。
在群里问我：发 /ask 加上问题，或者直接回复我的消息。把我设成群管理员，写 @{bot} 加上问题，我也看得到。
在别的聊天里，打 @{bot} 加几个字，就能把答案发过去。""")
HELP = N_("""把问题直接发给我就行，怎么说都可以，方言、拼音也能试试。
拿不准时，我列几个相近的问题，点一下就看到答案；讲话里没有的，我会老实说没有。
答不上来的会记下来等管理员补充，只记问题，不记是谁问的。
答得好不好，点 👍 或 👎 告诉我；问错了就改那条消息，我会跟着改。
/topics 看话题  /hot 看大家常问的  /privacy 看我记下什么""")
PRIVACY = N_("""我只记必要的东西，不记你是谁：
<blockquote expandable>\
· 没答上来的问题、点的赞和踩、每条答案被看了几次：只记问题、次数和日期，不记是谁；电话、证件号、卡号和邮箱会先遮掉。
  {days} 天没有动静，就自动删掉。
· 答上来的问题：一样遮掉，记 30 天（管理员判断过对错的记 {days} 天），改内容时拿它检查会不会改坏；也不记是谁问的。
· 你点了“有了答案告诉我”或“有变化告诉我”：才会把回复你的位置加密存下来，告诉你以后马上删掉，
  最多存 30 天；发 /forget 立刻删掉。
· 你刚发来的消息：加密存着，回复你以后马上清空；万一出故障没能回复，最多加密保存 7 天，好补上回复。
· 刚才聊到哪儿了（这样你接着问“第三个呢”，我听得懂）：一般不存；我要是同时在几台机器上值班，就加密存着，
  聊完一小时内删掉，发 /forget 立刻删掉。
· 你的名字、头像、用户名：一概不存。
想把记下的某个问题删掉，把那个问题告诉管理员就行，删了就彻底没有了。</blockquote>""")
WHOAMI = N_("""你的编号是 {id}。
要当管理员的话，把这个编号告诉管机器人的同事就行。我自己不会记下它。""")
ANSWER = N_("""{answer}

<blockquote>出处：{places}</blockquote>""")
EXPIRED = N_(
    "⏳ 提醒你一声：这条只管到{until.year}年{until.month}月{until.day}日，日子已经过了，可能有变，用之前再问一问。"
)
PLACES_JOINT = "；"
PLACES_CUT = "{places}等"
LONG_ANSWER = """{first}
<blockquote expandable>{rest}</blockquote>"""
OPENED = """<b>{question}</b>

{answer}"""
SUGGESTIONS = N_("你是想问下面哪一个？点一下就看到答案。要是都不是，也请告诉我。")
NOT_COVERED_NEAREST = N_("""{answer}

讲话里相近的内容，你可以看看：""")
UNKNOWN = N_("这个问题我还答不上来{noted}。也可以从话题里找找：")
NOTED = N_("，已经记下了（只记问题，不记是谁问的），等管理员来补充")
BLANK = N_("我没看到文字。把想问的话打给我就行，比如：{example}")
NOT_TEXT = N_("这个我打不开，我只看得懂文字。把想问的话打出来发给我就行。")
NOT_VIDEO = N_("我看不了视频。想问视频里的什么事，打字告诉我就好。")
NOT_TEXT_BUT = {
    "voice": N_("我听不了语音，麻烦你打字问我，一两句就行；用输入法的语音转文字也可以。"),
    "photo": N_("我看不了图片。把图里想问的话打给我，或者发图的时候配上一句话，我就能答。"),
    "sticker": N_("这个表情我没看懂，不过心意收到啦！想问什么，打字告诉我就好。"),
    "video": NOT_VIDEO,
    "video_note": NOT_VIDEO,
}
"""What is said to a message without words, by what it holds, as Telegram names it; ``NOT_TEXT`` to everything else."""
UNKNOWN_COMMAND = N_("我不认识这个命令。直接把问题发给我就行，或者发 /help 看看怎么用。")
NONE_OF_THESE = N_("都不是")
REJECTED = N_("好的，这个问题我已经记下了，等管理员来补充。你也可以换个说法再问我一次，或者从话题里找找：")
REJECTED_NOT_KEPT = N_("好的。请换个说法再问我一次，或者从话题里找找：")
TELL_ME = N_("🔔 有了答案告诉我")
FOLLOW = N_("🔔 有变化告诉我")
FOLLOW_PROMISE = N_("好，这条有变化就告诉你。")
FOLLOWED = N_("""🔔 这条有变化，我就在这里告诉你。
为此我加密存下了这条消息的位置，告诉你以后马上删掉，最多存 30 天；不想等了就发 /forget。""")
CORRECTED = N_("""你让我留意的这一条变了：<b>{question}</b>
原来：{before}
现在：{after}""")
PROMISE = N_("好，有了答案就告诉你。")
PROMISED = N_("""好的，等这个问题有了答案，我就在这里回复你。
为了能回复，我加密存下了这条消息的位置，告诉你以后马上删掉，最多存 30 天；不想等了就发 /forget。
先从话题里找找也行：""")
FORGOTTEN = N_("好的，你等着我告诉你的那些，我都不再记着了，存下的位置已经全部删掉。")
NOTE = N_("""你问的这个，管理员给你回话了：

{note}""")
ANSWERED_SINCE = N_("""你问的这个，现在有答案了：

{answer}""")
NOT_COVERED_SINCE = N_("""你问的这个，管理员看过了：

{answer}""")
QUESTION_GONE = N_("我找不到原来的问题了，请再打一遍发给我。")
TOPICS = N_("讲话里有这些话题，点开看看：")
TOPIC = N_("“{topic}”里有这些问题，点一下看答案：")
HOT = N_("最近大家常问这些：")
HOT_NONE = N_("最近还没人问过什么，你来开个头吧。也可以从话题里找找：")
GONE = N_("这个按钮或链接已经过时了，内容后来有改动。请直接把问题发给我，或者从话题里找找：")
CUT = N_("你发的内容太长，我只看了前面 {limit} 个字。")
FLOODED = N_("你发得太快啦，我跟不上了。先歇一会儿，过一分钟再问我，好吗？")
FAILED = N_("刚才出了点小问题，没能答上来。请过一会儿再发一次。")
LIKE = "👍"
DISLIKE = "👎"
FAULT_WRONG = N_("说错了")
FAULT_INCOMPLETE = N_("不完整")
FAULT_OUTDATED = N_("过时了")
THANKS = N_("谢谢，记下了（不记是谁）。")
THANKS_NOT_KEPT = N_("谢谢你的意见。")
BACK = N_("⬅️ 返回")
PREVIOUS_PAGE = N_("◀️ 上一页")
NEXT_PAGE = N_("下一页 ▶️")
ALL_TOPICS = N_("全部话题")
INLINE_ASK = N_("私下问我：{query}")
INLINE_OPEN = N_("私下问我")
COMMANDS = {
    "topics": N_("看看有哪些话题"),
    "hot": N_("大家常问什么"),
    "ask": N_("在群里提问：/ask 加上问题"),
    "help": N_("怎么用"),
    "privacy": N_("我记下什么"),
}
"""The commands of everybody's menu; there are a few more, for those who were told of them."""
BOT_DESCRIPTION = N_("""我是《{title}》的问答小帮手。
想问什么直接打字发给我，怎么说都行：我只照讲话里写的回答，并说明出自哪一段；讲话里没有的，会老实说没有。
不记你是谁。点“开始”试试吧。""")
BOT_SHORT_DESCRIPTION = N_("《{title}》问答小帮手：只照讲话里写的回答，不记你是谁。")

ACTS = {
    "greeting": N_("你好！我是问答小帮手，讲话里的事，你想到什么就直接问我。"),
    "good-morning": N_("早上好！有想问的随时打字给我。"),
    "good-evening": N_("你好，忙了一天辛苦了！有想问的这会儿就可以问。"),
    "thanks": N_("不用客气，能帮上忙我也高兴！还有想问的，随时来找我。"),
    "bye": N_("再见，慢走！以后想起什么，随时回来问我。"),
    "praise": N_("谢谢夸奖，听了心里暖洋洋的！还有想问的，接着问我就好。"),
    "ok": N_("好嘞！还有想问的，随时叫我。"),
    "laughing": N_("看你乐呵我也跟着高兴！还有想问的，接着问我。"),
    "apology": N_("没关系，不碍事！有想问的，接着说就行。"),
    "complaint": N_("""对不起，这回没答到你心上。你可以换几个字再问一遍；我列的选项都不合适，就点“都不是”。
答不上来的问题会记下来给管理员看（只记问题，不记是谁问的）。"""),
    "insult": N_("让你着急了，是我没帮上忙。你慢慢说想知道什么，我再好好找找。"),
    "emotion": N_("我在呢，你别着急，慢慢来。想问讲话里的什么，我陪你找。"),
    "opening": N_("你说，我听着呢。想问什么直接打字就行。"),
    "who-are-you": N_("我是《{title}》的问答小帮手，只照讲话里写的回答大家的问题。"),
    "human-or-bot": N_("我不是真人，是个自动答话的机器人，名叫问答小帮手，只照讲话里写的回答。"),
    "are-you-there": N_("在的，一直都在！你想问什么，直接打字就好。"),
    "entertain": N_("这个我可不会，我只会答讲话里的事。你想问哪一条，随时说。"),
    "opinion": N_("好坏我不评，我只照讲话里写的回答。你想知道讲话里说了什么，我这就告诉你。"),
    "how-are-you": N_("我挺好的，谢谢你惦记！想问讲话里的什么，我随时都在。"),
    "never-mind": N_("没关系，什么时候想问了，再打字给我就好。"),
    "none-of-these": N_("好的，那换个说法再问我一次吧，说得具体一点我更容易找到。"),
    "test-message": N_("收到，我这边一切正常！想问讲话里的什么，直接打字就行。"),
}
"""What is said to thanks, a greeting, a curse, by the names of the acts."""
ABOUT_THE_BOT = {
    "chat-what-can-you-do": N_("讲话里的人、时间、要求、做法都可以问我；讲话里没有的，我会老实告诉你没有。"),
    "chat-how-to-use": N_("直接打字问就行，一次问一件事最好答。我列的选项都对不上，就点“都不是”，再换个说法问我。"),
    "chat-source-of-answers": N_("我的回答都来自那篇讲话，讲话里没有的我不编。"),
    "chat-privacy": N_("放心问，我不记是谁问的，也不留名字。没答上来的问题会记下来给管理员看，只记问题。"),
    "chat-reach-admin": N_("先把问题打给我，没答上来的我会记下来，管理员都看得到。"),
}
"""What is said to who asks about the bot, by the ids of the items that answer it; for other languages than theirs."""
NOTHING_SAID = N_("你指的是哪件事？我这会儿还没回答过什么。你把想问的告诉我，我马上给你找。")
INCOMPLETE = N_("你问的是哪件事？再说一句是关于什么的，我接着给你找。")
ABOUT = N_("关于“{word}”，你想问哪一个？点一下，或者回我第几个：")
READ_AS = N_("你问的是：<b>{question}</b>")
PART = N_("“{subject}”第 {number} 条：{text}")
NO_SUCH_PART = N_("这里一共只有 {count} 条，没有你说的那一条。")
MORE = N_("想再多知道一些，可以接着看这些：")
NO_SUCH_OPTION = N_("刚才只列了 {count} 个，没有你说的那一个。你点一下，或者回我第几个就行。")
NOTHING_TO_CHOOSE = N_("你是想选哪一个？我这会儿没有列出选项。你把想问的告诉我，我马上给你找。")
NO_MORE = N_("关于这个，讲话里写到的我都告诉你了。")
NO_EXPLANATION = N_("讲话里没有再换个说法解释，简单说就是：{short}")
NO_EXAMPLE = N_("讲话里没有举例子。它说的就是：{short}")
NO_REASON = N_("讲话里没有专门说为什么。它说的就是：{short}")
ORIGINAL = N_("这一条出自{places}。")
CERTAIN = N_("我又核对了一遍，讲话里就是这么说的，出自{places}：{short}")
CERTAIN_NOT_COVERED = N_("我又看了一遍，讲话里确实没有写到这个。")
NO_PLACE = N_("这个讲话里没有写，所以没有原文可以看。")
UNSURE_PART = N_("“{part}”这一问我拿不准，看看下面有没有你要的：")
UNKNOWN_PART = N_("“{part}”这一问我还答不上来。")
