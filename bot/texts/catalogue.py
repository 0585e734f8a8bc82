"""Every text that members and admins read, in one place. Chinese is the source language.

Names in braces are filled in with ``str.format``. What members read is marked for gettext: these are the message ids of
``bot/locale``. Admins read Chinese.
"""


def N_(message: str) -> str:  # noqa: N802 - gettext's usual name for a message that is translated where it is used
    """Mark a message for translation."""
    return message


# --- members: marked for translation -------------------------------------------------------------------------------

WELCOME = N_("""你好！我是《{title}》的问答小帮手，只照讲话里写的回答。
想问什么直接打字发给我，怎么说都行，拿不准我会先问你。
也可以从下面挑个话题看看：""")
HELP = N_("""把问题直接发给我就行，打字随意，方言、拼音都可以试试。
· 讲话里有的，我会告诉你，并说明出自哪一段；
· 拿不准时，我列出几个相近的问题，点一下就看到答案；
· 讲话里没有的，我会老实说没有；答不上来的会记下（只记问题，不记是谁问的），管理员会来补充。
答得好不好，点一下 👍 或 👎 告诉我。问错了可以直接改那条消息，我会跟着改。

在群里：回复我的消息，或者发 /ask 加上问题。只写 @我 的话，要等群里把我设成管理员，或者关掉我的隐私模式，我才看得到。
在任何聊天里：打 @我的用户名 加几个字，就能把答案发过去。

/topics 看话题  /hot 看大家常问的  /privacy 看我记下什么  /forget 不用再告诉我  /whoami 看自己的编号""")
PRIVACY = N_("""我只记必要的东西，不记你是谁：
· 没答上来的问题、点的赞和踩、每条答案被看了几次：只记问题、次数和日期，不记是谁；电话、证件号、卡号和邮箱会先遮掉。
  {days} 天没有动静，就自动删掉。
· 答上来的问题：一样遮掉，记 30 天（管理员判断过对错的记 {days} 天），改内容时拿它检查会不会改坏；也不记是谁问的。
· 你点了“有了答案告诉我”：才会把回复你的位置加密存下来，告诉你以后马上删掉，最多存 30 天；发 /forget 立刻删掉。
· 你刚发来的消息：加密存着，回复你以后马上清空；万一出故障没能回复，最多加密保存 7 天，好补上回复。
· 你的名字、头像、用户名：一概不存。
想把记下的某个问题删掉，把那个问题告诉管理员就行，删了就彻底没有了。""")
WHOAMI = N_("""你的编号是 {id}。
要当管理员的话，把这个编号告诉管机器人的同事就行。我自己不会记下它。""")
ANSWER = N_("""{answer}

出处：{places}""")
PLACES_JOINT = "；"
SUGGESTIONS = N_("你是想问下面哪一个？点一下就看到答案。要是都不是，也请告诉我。")
NOT_COVERED_NEAREST = N_("""{answer}

讲话里相近的内容，你可以看看：""")
UNKNOWN = N_("这个问题我还答不上来{noted}。也可以从话题里找找：")
NOTED = N_("，已经记下了（只记问题，不记是谁问的），等管理员来补充")
BLANK = N_("我没看到文字。把想问的话打给我就行，比如：{example}")
NOT_TEXT = N_("我目前只看得懂文字。把想问的话打出来发给我就行。")
UNKNOWN_COMMAND = N_("我不认识这个命令。直接把问题发给我就行，或者发 /help 看看怎么用。")
NONE_OF_THESE = N_("都不是")
REJECTED = N_("好的，这个问题我已经记下了，等管理员来补充。你也可以换个说法再问我一次，或者从话题里找找：")
REJECTED_NOT_KEPT = N_("好的。请换个说法再问我一次，或者从话题里找找：")
TELL_ME = N_("🔔 有了答案告诉我")
PROMISE = N_("好，有了答案就告诉你。")
PROMISED = N_("""好的，等这个问题有了答案，我就在这里回复你。
为了能回复，我加密存下了这条消息的位置，告诉你以后马上删掉，最多存 30 天；不想等了就发 /forget。
先从话题里找找也行：""")
FORGOTTEN = N_("好的，你等的那些问题我都不再记着了，存下的位置已经全部删掉。")
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
INLINE_HINT = N_("没找到，私下问我")

COMMANDS = {
    "topics": N_("看看有哪些话题"),
    "hot": N_("大家常问什么"),
    "ask": N_("在群里提问：/ask 加上问题"),
    "help": N_("怎么用"),
    "privacy": N_("我记下什么"),
    "forget": N_("不用再告诉我，删掉存下的位置"),
    "whoami": N_("看自己的编号"),
}
BOT_DESCRIPTION = N_("""我是《{title}》的问答小帮手。
想问什么直接打字发给我，怎么说都行：我只照讲话里写的回答，并说明出自哪一段；讲话里没有的，会老实说没有。
不记你是谁。点“开始”试试吧。""")
BOT_SHORT_DESCRIPTION = N_("《{title}》问答小帮手：只照讲话里写的回答，不记你是谁。")

# --- the terminal ------------------------------------------------------------------------------------------------

CHAT_PROMPT = "你："
CHAT_HINT = "打字提问，打数字选按钮，打“退出”离开。没答上来的问题会记下来。"
CHAT_QUIT = ("退出", "exit", "quit")
CHAT_BYE = "再见！"
ASK_USAGE = "请写上要问的问题，如 campaign-bot ask 五个好是什么；或者加上 --json，从标准输入每行读一个问题。"

# --- admins: the knowledge ---------------------------------------------------------------------------------------

CHECK_BROKEN = "知识库有 {count} 处要改："
CHECK_FINE = (
    "知识库没有发现问题：{answers} 条问答，{not_covered} 条讲话没说的，{small_talk} 条寒暄，共 {phrasings} 种问法。"
)
CHECK_WARNING = "提醒：{warning}"
CHECK_ADVICE = "建议（{items}）：{advice}"
CHECK_PLACE = "{place} 的 {item}"
ADVICE_THIN = "只有 {count} 种问法，太少了；请再想想不同的人会怎么问，补到 10 种以上"
ADVICE_ALIKE = "“{one}”和“{other}”几乎一样；请删掉一种，或换个很不一样的说法"
ADVICE_SAME = "把同义词换成标准说法以后，都有“{form}”这种问法，机器人分不清；请改掉一边，或改同义词"
ADVICE_MERGED = "同义词把它们的关键词当成了一个词（{words}）；如果不是一回事，请拆开这一组同义词"
ADVICE_STOLEN = (
    "前一条的问法常被后一条抢走（抽查中 {count} 次，例如“{example}”）；请给前一条多写些问法，或把两条的分工写清楚"
)
HELP_QUICK = "只查错误，不给建议（快）"
COVERAGE = "讲话各段对应的条目："
COVERAGE_ROW = "{paragraph}（{place}）：{items}"
COVERAGE_NONE = "还没有条目"
KNOWLEDGE_UNUSABLE = (
    "知识库 {folder} 有 {count} 处错误，暂时用不了；运行 campaign-bot check {folder} 查看每一处怎么改。"
)

FOLDER_MISSING = "找不到这个文件夹；请检查路径"
SPEECH_MISSING = "缺少 speech.yaml；请新建它，写上 title 和 paragraphs"
NO_ITEMS = "一个条目也没有；请新建一个 .yaml 文件，写上 topic 和 items"
FILE_UNREADABLE = "读不了这个文件（{reason}）；请检查文件的权限"
NOT_UTF8 = "文件不是 UTF-8 编码；请在编辑器里另存为 UTF-8"
NOT_YAML = "这一行附近不合 YAML 的写法；请检查缩进、冒号后面的空格，引号和括号是不是成对"
FULL_WIDTH_COLON = "键名后面用了中文的冒号；请改成英文冒号，后面空一格"
TAB = "这一行开头用了制表符；请改成空格"
CONTROL_CHARACTER = "这一行里有看不见的控制字符；请删掉重打这一行"
EMPTY_FILE = "文件是空的；请写上内容，或删掉这个文件"
ALIAS = "用了 YAML 的引用（& 和 *）；请把内容直接写出来"
DUPLICATE_KEY = "“{key}”写了两遍，另一处在第 {line} 行；请只留一处"
UNKNOWN_KEY = "不认识“{key}”这个键；请删掉，或改成：{known}"
MISSING_KEY = "缺少“{key}”；请补上"
NOT_TEXT_VALUE = "“{key}”这里应该是一段文字；请写成文字，内容里有冒号时用引号括起来"
NOT_LIST_VALUE = "“{key}”这里应该是列表；请每项一行，用 - 开头"
NOT_MAPPING_VALUE = "{key}这里应该是“键: 值”的写法；请照 README 里的样子改"
EMPTY_TEXT = "“{key}”是空的；请写上文字，或删掉这一行"
BLANK_TEXT = "“{text}”里没有文字，只有符号；请写上文字"
TOO_LONG = "“{key}”太长了，最多 {limit} 个字；请写短些"
BAD_ID = "编号“{id}”不合规定；请只用小写英文字母、数字和短横线，如 read-one-book"
BAD_KIND = "kind 不能是“{kind}”；请写 answer、not-covered 或 small-talk，或删掉这一行"
TOO_SHORT_GROUP = "一组同义词至少要有两个词；请补上，或删掉这一组"
DUPLICATE_ID = "编号“{id}”在 {other} 已经用过；请换一个没用过的编号"
DUPLICATE_PHRASING = "“{phrasing}”和 {other} 的问法一样（条目 {id}）；请只留在一个条目里"
SOURCE_MISSING = '条目“{id}”缺少 source；请写上它出自讲话的哪一段，如 source: ["2.2b"]'
SOURCE_NOT_WANTED = "条目“{id}”不是回答，不要写 source；请删掉"
UNKNOWN_SOURCE = "speech.yaml 里没有“{source}”这一段；请改成已有的编号，或先在 speech.yaml 里加上"
UNKNOWN_RELATED = "没有编号为“{related}”的条目；请改成已有的编号，或删掉"
COMMENT_CUTS_TEXT = "“ #”后面的字会被当成注释丢掉；如果是内容，请用引号把整段文字括起来"
NOT_READ = "文件名不是以 .yaml 结尾，没有读它；如果是知识文件，请改名"
REPEATED_PHRASING = "“{phrasing}”在同一个条目里写了两遍（另一处在第 {line} 行）；可以删掉一处"

# --- admins: what the bot tells them ------------------------------------------------------------------------------

RECOVERED = "机器人刚才有大约 {minutes} 分钟不太正常（{reasons}），现在已经好了，期间的问题会接着回复。"
FAULT_SILENT = "收不到新消息"
FAULT_STORE = "数据库写不进去"
FAULT_LATE = "有问题等了两分钟以上还没回复"
FAULT_JOINT = "，"
MISSED_FULL = (
    "没答上来的问题已经记满了，新的问题暂时记不进去；已经记下的都在。"
    "请用 campaign-bot missed list 看一看，把不要的用 campaign-bot missed delete 编号 删掉，"
    "或者请管机器的同事调大 CAMPAIGN_BOT_MISSED_LIMIT。"
)

# --- admins: the chat ---------------------------------------------------------------------------------------------

ADMIN_COMMANDS = {
    "missed": "看没答上来的，一条条补",
    "new": "写一个新条目",
    "edit": "改一个条目：/edit 编号",
    "history": "看谁改过什么，可以撤销",
    "digest": "看最近一周的小结",
    "reload": "重新读一遍知识库",
    "cancel": "不写了",
    "help": "怎么用",
}
ADMIN_HELP = "你是管理员，还可以用：\n{commands}"
ADMIN_HELP_ROW = "/{name} {text}"
CARD_NONE = "没有要处理的，都补上啦 🎉"
CARD_HEAD = "第 {place}/{count} 张　问过 {asked} 次，最近一次 {last}"
CARD_HEAD_DAYS = "第 {place}/{count} 张　{days} 天里问过 {asked} 次，最近一次 {last}"
CARD_COMPLAINTS = "第 {place}/{count} 张　被点踩 {asked} 次，最近一次 {last}"
CARD_DAY = "{day.month}月{day.day}日"
CARD_WAITING = "🔔 有 {count} 位会员在等答案"
CARD_PREVIOUS = "◀️ 上一张"
CARD_NEXT = "下一张 ▶️"
CARD_MORE = "{most}+"
CARD_QUESTION = "「{question}」"
CARD_WORDINGS = "还有人这样问："
CARD_WORDING = "· {question}（{count} 次）"
CARD_NEAREST = "最接近的："
CARD_NEAR = "{number}. {question}（像 {score:.0%}）"
CARD_COMPLAINT = "大家说「{question}」这一条的回答：{opinions}"
CARD_OPINION = "{opinion} {count} 次"
CARD_SHOWN = "当时列了这些，会员说都不是："
CARD_ANSWER = "——\n{answer}\n——"
BUTTON_PHRASING = "加到 {number}：{question}"
BUTTON_NEW = "✏️ 写新条目"
BUTTON_NOT_COVERED = "🈚 讲话没说"
BUTTON_IGNORE = "🙈 不管它"
BUTTON_DELETE = "🗑 删掉"
BUTTON_DELETE_ALL = "🗑 彻底删掉"
BUTTON_ANSWER = "📝 改这个回答"
BUTTON_WORDS = "➕ 加一种问法"
BUTTON_NEXT = "下一张 ➡️"
BUTTON_UNDO = "↩️ 撤销"
BUTTON_CONFIRM = "⚠️ 还是要改"
BUTTON_CANCEL = "算了"
BUTTON_DONE = "✅ 选好了"
BUTTON_OTHER = "📄 别的文件…"
BUTTON_DEFAULT = "就用这句"
BUTTON_OWN = "自己写一句"
BUTTON_AGAIN = "🔁 再加一次"
BUTTON_RIGHT = "✅ 答得对"
BUTTON_WRONG = "❌ 答错了"
BUTTON_JUDGE = "🧐 帮忙看看"
BUTTON_TO_CARDS = "看没答上来的"
CHOSEN_MARK = "☑️ {label}"
NOT_COVERED_ANSWER = "这个问题，讲话里没有讲到。"
NOT_COVERED_TOPIC = "讲话没说的"
NOT_COVERED_CHOICE = """「{question}」

要老实告诉大家没有，可以并到下面的一条，也可以新写一条。
新写的会这样回答：{answer}"""
NOT_COVERED_NEAR = "{number}. {question}\n   回答：{answer}"

ASK_QUESTION = "好，写一个新条目。请把标准问法发给我：会员在按钮上会看到它，短一点、清楚一点。"
ASK_ANSWER = """标准问法：{question}

请把回答发给我。按讲话的意思，用自己的话写，一般不超过 300 字，要分几条列的不超过 {limit} 字。"""
ASK_NEW_ANSWER = """{question}
现在的回答：
——
{answer}
——
请把新的回答发给我。"""
ASK_PHRASING = """要加到「{question}」的新问法，请发给我，一行一种。
像会员平时打字那样写就行；别带人名和电话。"""
ASK_PHRASING_OF = """{why}，不好直接当问法：
「{asked}」

请把它改短一点发给我，我加到「{question}」里。一行一种。"""
WHY_LONG = "这个问题有点长"
WHY_TAKEN = "这句话已经是别的条目的问法"
WHY_MASKED = "这个问题里遮掉了号码"
ASK_SHORT_QUESTION = """{why}，不好直接当标准问法：
「{asked}」

请把标准问法短一点、清楚一点地发给我。"""
ASK_SOURCES = """回答：
{answer}

这段话出自哪里？可以选几处，选完点“{done}”。"""
ASK_OTHER = "请把那个文件的名字发给我，会员会在“出处”里看到，比如：某年某月某日的某某通知。"
ASK_TOPIC = "最后一步：放到哪个话题里？点一个；要开新话题，就把话题的名字发给我。"
ASK_NOT_COVERED = """「{question}」

请把要怎么老实说发给我，比如：讲话里没有说……，只说了……。"""
REPLY_HERE = "（在群里请直接回复这条消息。）"
CHOOSE_WITH_BUTTONS = "这一步请点上面的按钮；不想写了就发 /cancel。"
ANSWER_TOO_LONG = "太长了：有 {length} 个字，最多 {limit} 个。请写短一点再发给我。"
QUESTION_TOO_LONG = "标准问法太长了：有 {length} 个字，按钮上放不下，最多 {limit} 个。请写短一点再发给我。"
NO_WORDS = "没看到文字，请再发一次；不想写了就发 /cancel。"
NEEDS_SOURCE = "还没选出处。至少选一处，答案才站得住。"
CANCELLED = "好，不写了，什么都没改。"
NOTHING_TO_CANCEL = "现在没有在写的东西。"
DRAFT_CLOSED = "（刚才没写完的没有保留，什么都没改。）"
NOT_YOURS = "这是另一位管理员在写的，请用自己的卡片。"
EDITED_TOO_LATE = "这条已经收下了，后来改的没算进去。要重写就发 /cancel 再来一次，已经生效的用 /edit 改。"
TOO_MANY_PHRASINGS = "一次最多加 {limit} 种问法，请分几次发。"
PHRASING_TOO_LONG = "这种问法太长了：「{text}」，最多 {limit} 个字。请改短一点，像会员平时打字那样。"
NAME_TOO_LONG = "这个名字太长了：有 {length} 个字，最多 {limit} 个。请写短一点再发给我。"
DRAFT_GONE = "这张卡片已经过时了，请重新打开 /missed 或再发一次命令。"
DELETE = "要把这 {count} 个问题从记录里彻底删掉吗？删了就找不回来，以后再有人问会重新记。\n{questions}"
DELETED = "已经彻底删掉。"
CARD_GONE = "这一条已经有人处理过了。"
EDIT_USAGE = "请写上条目的编号，如 /edit five-goods；记不得编号，就写几个字，如 /edit 五个好。"
EDIT_CHOICES = "没有叫这个编号的。是不是想找下面的哪一个？"
EDIT_NOTHING = "没找到相近的条目。换几个字试试，或者发 /new 写一个新的。"
ITEM_CARD = """{question}（{item}）
——
{answer}
——
出处：{places}
有 {count} 种问法（在 {place}）。要删改问法，请在编辑器里改。"""
ITEM_CARD_NO_PLACES = "无"

PREVIEW = "这样改好吗？"
PREVIEW_PHRASINGS = """给「{question}」加上：
{words}"""
PREVIEW_ANSWER = """「{question}」改答：
——
{answer}
——"""
PREVIEW_ITEM = """新写一条（{topic}）：{question}
——
{answer}
——
出处：{places}"""
PREVIEW_REFUSAL = """再问「{question}」，就老实说没有：
——
{answer}
——"""
BUTTON_FINE = "✅ 就这样"
IMPACT_TRY = "先别急，这样改会影响别的问题："
IMPACT_STALE = "刚才这段时间里文件又有人改过。按现在的文件重新试了一遍："
IMPACT_STALE_FINE = "刚才这段时间里文件又有人改过。按现在的文件重新试了一遍，没有改坏别的，要改就再点一次。"
IMPACT_NAMES = {
    "lost": "❌ 丢了原来的答案 {count} 个",
    "changed": "🔄 换了答案 {count} 个",
    "ambiguous": "❓ 变得拿不准 {count} 个（原来的答案还在备选里）",
    "answered": "✅ 新答上 {count} 个",
}
IMPACT_NEAR = {
    "lost": "⚠️ 可能会串 {count} 种（原话照样答得对，跟它相近的说法可能会答错）",
    "ambiguous": "❔ 相近的说法会拿不准 {count} 种（原话照样答得对）",
}
IMPACT_LINE = "   · {question}"
IMPACT_MOVED = "   · {question}（{before} → {after}）"
IMPACT_NO_ITEM = "没有直接回答"
IMPACT_MORE = "   · 还有 {count} 个"
IMPACT_NONE = "试问了 {count} 个相近的问题，都没受影响。"
IMPACT_CUT = "（可能受影响的太多，只试问了最近的 {count} 个，还有 {left} 个没问。）"
EDITED = "改好了，马上生效：{what}"
EDITED_WHAT = {
    "phrasing": "给「{question}」加了问法：{words}",
    "answer": "改了「{question}」的回答",
    "item": "新写了「{question}」",
    "document": "添了一个文件",
}
EDITED_ALREADY = "「{question}」本来就是这样，不用再改。"
CLOSED = "这张卡片上 {total} 个问法，{closed} 个现在已经答得上。"
CLOSED_ALL = "这张卡片上的问法现在都答得上了。"
CLOSED_HONESTLY = "以后这样问，会老实说没有。"
CLOSED_COMPLAINT = "这张卡片收起来了；以后再有人点 👎，还会提醒。"
TELLING = "🔔 在等的 {count} 位会员马上会收到。"
STILL_MISSED = "还有 {count} 个问法没答上，可以再给它们加一种说法。"
IGNORED = "好，以后再有人这样问也不提醒了。"
IGNORED_COMPLAINT = "好，这次不改；以后再有人点 👎，还会提醒。"
CARED = "好，又放回没答上来的里面了。"
UNDONE = "已经撤销：{what}"
EDIT_READ_ONLY = "请用编辑器自己改，保存以后马上生效："
PASTE = """
{file}，{where}：
{yaml}"""
PASTE_PHRASINGS = "在「{item}」那一条的 phrasings 下面加上"
PASTE_ANSWER = "把「{item}」那一条的 answer 换成"
PASTE_ITEM = "在最后加上"
PASTE_FILE = "新建这个文件，写上"
PASTE_OTHER = "加上"
EDIT_FAULTY = "这样改知识库会出错，所以没有改：{fault}。"
PHRASING_TAKEN = "「{phrasing}」已经是「{question}」的问法了，一种问法只能放在一个条目里，所以没有改。"
EDIT_UNSAFE = "{file} 的写法比较特别，我怕改坏，所以没有动它。请用编辑器改。"
ITEM_GONE = "这个条目已经不在了，可能刚被删掉或改了编号。"
FOLDER_FAULTY = "知识库现在有 {count} 处错误，要先改好才能再改别的。第一处：{fault}"
FOLDER_CHANGED = "文件刚刚被别人改过，为了不盖掉，这次没有改。"
FOLDER_READ_ONLY = "我没有写 {file} 的权限（{reason}）。"
NOT_KEPT = "你写的没有存下来：\n{text}"
HAS_NUMBER = "里面好像有电话或证件号码，不能存进知识库。请去掉再发一次。"
UNDO_GONE = "这次改动已经撤销过，或者找不到记录了。"
UNDO_ENTANGLED = "{file} 里这一处后来又被改过，分不清哪些是这次加的，所以没有动。请用编辑器改。"
UNDO_FAULTY = "撤销以后知识库会出错，所以没有动：{fault}。"

RELOADED = "已经换上新的知识库：{answers} 条问答，{not_covered} 条讲话没说的，共 {phrasings} 种问法。"
RELOADED_SAME = "知识库没有变化。"
RELOAD_FAULTY = "知识库的新内容有 {count} 处错误，先用着原来的：\n{faults}\n改好保存就会自动换上。"
RELOAD_MORE = "……还有 {count} 处，运行 campaign-bot check 可以看全。"
FOLLOWED = "刚才的改动又让 {count} 个没答上来的问题答上了。"
RELOAD_MENDED = "知识库的错误改好了，新内容已经换上。"
RELOAD_LOSES = "刚才编辑器里的改动已经生效，但它影响了别的问题："
RELOAD_OVERWRITES = """编辑器里存的是旧内容，把刚才在这里改的盖掉了：
{edits}
要的话，点一下再加回去；是故意删的就不用管。"""

HISTORY_NONE = "还没有人改过什么。"
HISTORY_HEAD = "最近改过的（最新的在前）："
HISTORY_ROW = "#{id}　{time}　{who}　{what}{state}"
HISTORY_UNDONE = "（已撤销）"
HISTORY_VOID = "（没改成）"
HISTORY_WHO = "管理员 {admin}"
HISTORY_COMMAND_LINE = "命令行"
HISTORY_KINDS = {
    "phrasing": "给「{detail}」加问法",
    "answer": "改「{detail}」的回答",
    "item": "新写「{detail}」",
    "document": "添文件 {detail}",
    "undo": "撤销 {detail}",
    "care": "又管起来：第 {detail} 组问题",
    "ignore": "不管：第 {detail} 组问题",
    "covered": "归到已有条目：第 {detail} 组问题",
    "reload": "重新读知识库",
    "judge": "判断答案：{detail}",
    "resolve": "标为处理好：第 {detail} 号问题",
    "ignore-one": "标为忽略：第 {detail} 号问题",
    "delete": "彻底删掉一个问题",
}
HISTORY_UNDO = "↩️ 撤销 #{id}"
HISTORY_CARE = "↩️ 还是要管 #{id}"
HISTORY_OLDER = "更早的 ▶️"
HISTORY_NEWER = "◀️ 更新的"

DIGEST = """一周小结（{first.month}月{first.day}日到{last.month}月{last.day}日）
问了 {asked} 次：答上 {answered}，给了备选 {offered}，老实说没有 {not_covered}，没答上 {missed}。
👍 {up}　👎 {down}"""
DIGEST_EDITS = "最值得先补的（按最近 30 天没答上的算）："
DIGEST_EDIT = "{number}. 给「{question}」加上「{asked}」：能答上 {covers} 次"
DIGEST_NEW_ITEM = "{number}. 写一条「{asked}」：能答上 {covers} 次"
DIGEST_CARD = "{number} 看这张卡片"
DIGEST_NO_EDITS = "最近 30 天没答上的都处理了。"
DIGEST_JUDGE = "下面有 {count} 个我最拿不准的回答，帮我看看对不对，一条一点。"
JUDGE_CARD = """有人问：「{question}」
现在的回答是：
——
{answer}
——
对不对？（连这条还有 {left} 条）"""
JUDGE_MEND = "📝 改刚才答错的那条"
JUDGE_NONE = "没有要判断的了。"
JUDGED_PRECISION = (
    "判断过的 {count} 个最拿不准的回答里，{right} 个是对的：{share:.0%}"
    "（按这么几个算，大概在 {low:.0%} 到 {high:.0%} 之间）。平时的回答比这些更有把握。"
)

FEEDBACK_NONE = "还没有人评价过。"
FEEDBACK_COLUMNS = {
    "question": "问题",
    "item": "条目",
    "opinion": "评价",
    "count": "次数",
    "last_given": "最近",
}
OPINIONS = {
    "helpful": "有用",
    "wrong": "说错了",
    "incomplete": "不完整",
    "outdated": "过时了",
    "not-meant": "列出来了，但都不是",
}
HELP_FEEDBACK = "看会员对答案的评价：哪个问题，哪个条目，觉得怎样。"

# --- admins: the inbox ----------------------------------------------------------------------------------------------

INBOX_NONE = "没有没能回复的消息。"
INBOX_COLUMNS = {"id": "编号", "received_at": "收到", "died_at": "放弃", "fault": "原因"}
INBOX_REPLAYED = "{count} 条消息重新排队，机器人会再试着回复。"
INBOX_UNKNOWN = "没有编号为 {ids} 的消息；运行 campaign-bot inbox list 查看有哪些。"
HELP_INBOX = "没能回复的消息（加密保存，最多 7 天）"
HELP_INBOX_LIST = "列出没能回复的消息和原因，不含内容。"
HELP_INBOX_REPLAY = "让没能回复的消息重新排队；不写编号就是全部。"

# --- admins: the log of missed questions ---------------------------------------------------------------------------

MISSED_COLUMNS = {
    "id": "编号",
    "question": "问题",
    "count": "次数",
    "first_asked": "最早",
    "last_asked": "最近",
    "state": "状态",
    "verdict": "当时的判断",
    "item": "最接近的条目",
    "score": "得分",
}
MISSED_NONE = "没有记下的问题。"
MISSED_UNKNOWN = "没有编号为 {id} 的记录；运行 campaign-bot missed list --all 查看有哪些。"
MISSED_RESOLVED = "已标为处理好：{question}"
MISSED_IGNORED = "已标为忽略：{question}"
MISSED_DELETED = "已彻底删掉：{question}"
MISSED_CELL = "{name}：{value}"
MISSED_DAYS = "问过的日子："
MISSED_DAY = "  {day}  {count} 次"

# --- admins: what --help says ----------------------------------------------------------------------------------------

MISSED_CLUSTER_COLUMNS = {
    "id": "组",
    "question": "问题",
    "asked": "次数",
    "days": "天数",
    "wordings": "问法",
    "nearest": "最接近的条目和得分",
}
MISSED_NEAR = "{item} {score:.2f}"
MISSED_FORGOTTEN = "已彻底删掉：{question}"
MISSED_UNKNOWN_QUESTION = "哪里都没有记下“{question}”；运行 campaign-bot missed list --all 查看有哪些。"
HELP_MISSED = "没答上来的问题；后面什么也不写，就看分好组的"
HELP_FORGET = "彻底删掉记下的一个问题，不管它答没答上来。"
HELP_REPORT = "写一个网页报告：每天问了多少、答上多少，哪些问题最多，哪些条目冷热，没处理的放了多久。"
HELP_REPORT_HTML = "网页写到哪个文件"
REPORT_TITLE = "没答上来的问题：报告"
REPORT_DAYS = "每天问了多少、答上多少"
REPORT_LINES = {
    "问了": ("answer", "suggest", "not-covered", "unknown"),
    "答上": ("answer",),
    "给了备选": ("suggest",),
    "老实说没有": ("not-covered",),
    "没答上": ("unknown",),
}
REPORT_CLUSTERS = "没答上最多的（按次数和天数排）"
REPORT_ASKED = "次数"
REPORT_ON_DAYS = "天数"
REPORT_ITEMS = "条目的冷热（最近一个月看过几次）"
REPORT_HOT = "最热的"
REPORT_COLD = "最冷的"
REPORT_AGES = "还没处理的放了多久"
REPORT_DAY = "一天以内"
REPORT_WEEK = "一周以内"
REPORT_MONTH = "一个月以内"
REPORT_OLDER = "一个月以上"
REPORT_WRITTEN = "报告写好了：{file}"
HELP_AGAINST = "和另一个文件夹或 git 版本比：哪些问题的答案会变，丢了答案时退出码为 1"
AGAINST_UNREADABLE = "{against} 既不是文件夹，也不是读得到的 git 版本（{reason}）。"
AGAINST_NEW = "＋ 新条目 {item}：{question}"
AGAINST_GONE = "－ 条目没了 {item}：{question}"
AGAINST_ANSWER = "＊ 回答改了 {item}：{question}"
AGAINST_HEAD = "和 {against} 比，重问了 {count} 个问题："
HELP_KNOWLEDGE = "知识库所在的文件夹"
HELP_WORDS = "要问的问题"
HELP_JSON = "从标准输入每行读一个问题，每行输出一个 JSON"
HELP_EXPLAIN = "同时说明判断的依据"
HELP_LOG = "把没答上来的问题记下来"
HELP_ALL = "也列出已处理和已忽略的"
HELP_ID = "编号"
HELP_FORMAT = "导出的格式"
HELP_CHAT = "在终端里和机器人对话，不需要 Telegram。"
HELP_ASK = "问一个问题，看会员会读到什么。"
HELP_CHECK = "检查知识库：所有要改的地方，以及讲话各段对应的条目。"
HELP_MISSED_LIST = "列出还没处理的问题，问得最多的在前。"
HELP_MISSED_SHOW = "看一个问题的全部记录。"
HELP_MISSED_RESOLVE = "标为处理好；以后又没答上来，会重新打开。"
HELP_MISSED_IGNORE = "标为忽略，不再列出。"
HELP_MISSED_DELETE = "彻底删掉一个问题，比如提问的人要求删。"
HELP_MISSED_EXPORT = "导出全部记录：CSV（带 BOM，可直接用表格软件打开）或 JSON。"

# --- admins: the evaluation ------------------------------------------------------------------------------------------

EVALUATING = "正在测试"
EVALUATE_SELF = "自测：每种问法在不看它自己的情况下再问一遍（抽样 {count} 种）"
EVALUATE_FILE = "测试题：{count} 题"
EVALUATE_RECALL = "第一名就是对的：{recall:.1%}（仅限有答案的题）"
EVALUATE_THRESHOLDS = "门槛：{answer:.2f} 以上直接回答，{suggest:.2f} 以上列出相近的问题"
EVALUATE_LATENCY = "每题用时：一半在 {p50:.1f} 毫秒以内，99% 在 {p99:.1f} 毫秒以内"
EVALUATE_CONFUSIONS = "最容易混的条目（应该是 → 排在第一的是）："
EVALUATE_CONFUSION = "  {count} 次  {expected} → {got}  例如：{example}"
EVALUATE_KINDS = {
    "in": "有答案的题",
    "near": "看着沾边、其实没有答案的题",
    "out": "不相干的题",
    "not-covered": "讲话没说的",
    "hidden": "整个条目拿掉以后再问",
    "refuted": "管理员判过答错的题",
}
EVALUATE_OUTCOMES = {
    "right": "答对",
    "offered": "列出供选",
    "wrong": "答错",
    "missed": "没答上",
    "false": "不该答却答了",
    "declined": "老实说没有",
}
EVALUATE_GROUP = "分类"
EVALUATE_COUNT = "题数"
EVALUATE_FIRST = "第一名对"
BAD_QUESTIONS = (
    '{file} 第 {line} 行不是测试题；每行写一个 JSON，如 {{"q": "几号开会？", "kind": "in", "must": [["5月31日"]]}}。'
)
UNREADABLE_QUESTIONS = "读不了 {file}（{reason}）；请检查路径。"
UNKNOWN_LANE = "没有叫“{lane}”的通道；可以写：{known}。"
NO_FOLDER = "{file} 所在的文件夹不存在；请先建好，或换个位置。"
NO_PLOTLY = "画图要用 plotly，还没有安装；请运行 pip install 'campaign-bot[report]'。"
PLOT_TITLE = "问答测试报告"
PLOT_SCORES = "得分的分布"
PLOT_RIGHT = "第一名是对的"
PLOT_WRONG = "第一名不对"
PLOT_UNANSWERABLE = "没有答案的题"
PLOT_SUGGEST = "列出供选"
PLOT_ANSWER = "直接回答"
PLOT_CONFUSIONS = "最容易混的条目（应该是 → 排在第一的是）"
PLOT_RELIABILITY = "得分有多可靠（横轴：得分；纵轴：其中对的比例）"
PLOT_IDEAL = "理想"
PLOT_MEASURED = "实测"
HELP_EVALUATE = "测试答得好不好：用知识库自己的问法，或者用一个测试题文件。"
HELP_QUESTIONS = "测试题文件，每行一个 JSON；- 表示标准输入"
HELP_JUDGED = "用管理员判断过的回答当测试题"
HELP_EVALUATE_JSON = "输出 JSON"
HELP_HTML = "把图表写进这个网页文件"
HELP_WITHOUT = "关掉一个通道再测，看它有没有用；可以写几次"
HELP_SAMPLE = "自测最多抽多少种问法"
HELP_SEED = "抽样用的种子"
