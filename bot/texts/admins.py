"""What admins read in the chat, in Chinese. Names in braces are filled in with ``str.format``."""

RECOVERED = "机器人刚才有大约 {minutes} 分钟不太正常（{reasons}），现在已经好了，期间的问题会接着回复。"
PROBLEMS = {
    "SILENT": "收不到新消息",
    "STORE": "数据库写不进去",
    "GONE": "数据库文件不见了或被换掉了",
    "GIT": "改动没能提交到 git",
    "LATE": "有问题等了两分钟以上还没回复",
    "INTAKE": "新消息送不进来",
}
PROBLEM_JOINT = "，"
STORE_GONE = (
    "机器人的数据库文件不见了，或者被换成了别的文件。新消息先不收，等好了再回复，不会丢。"
    "请管机器的同事把原来的文件放回去，或者重启机器人。"
)
NOT_COMMITTED = (
    "刚才的改动已经生效，也存进了文件，但没能提交到 git（{reason}）。"
    "我每分钟会再试一次；请管机器的同事看一看知识库那个文件夹的 git。"
)
INTAKE_FAILING = (
    "会员发来的新消息现在送不到机器人这里。看样子是{cause}。{reported}"
    "请告诉管机器的同事；修好以后，等着的问题会接着回复。"
)
INTAKE_REPORTED = "Telegram 报的是“{fault.reported}”，有 {fault.pending} 条在等。"
INTAKE_CAUSES = {
    "PATH": "反向代理没有把 CAMPAIGN_BOT_WEBHOOK_URL 里的路径原样传过来",
    "SECRET": "反向代理丢了 X-Telegram-Bot-Api-Secret-Token 这个请求头，或者把 Telegram 挡在了外面",
    "BODY": "反向代理弄丢或改动了 Telegram 发来的内容",
    "REDIRECT": "这个地址会跳到别处去，要把 CAMPAIGN_BOT_WEBHOOK_URL 改成最后跳到的地址",
    "CERTIFICATE": "Telegram 不认这个地址的证书",
    "HOST": "CAMPAIGN_BOT_WEBHOOK_URL 里的域名解析不了",
    "UNREACHABLE": "反向代理或机器人的端口没有回应（看看代理、CAMPAIGN_BOT_LISTEN 和防火墙）",
    "TAKEN": "另外有程序一再改动这个机器人的 webhook，要把那个程序停掉",
    "UNKNOWN": "Telegram 那边一直没有送过来",
}
"""By the names of ``bot.telegram.intake.Cause``."""
MISSED_FULL = (
    "没答上来的问题已经记满了，新的问题暂时记不进去；已经记下的都在。"
    "请用 campaign-bot missed list 看一看，把不要的用 campaign-bot missed delete 编号 删掉，"
    "或者请管机器的同事调大 CAMPAIGN_BOT_MISSED_LIMIT。"
)
NOTICE_LATE = "（这条是 {time.month}月{time.day}日 {time:%H:%M} 的，当时没能发出来。）"
DEAD_LETTERS = (
    "有 {new} 条消息没能回复上，先放在一边了，会留 7 天"
    "（现在一共 {count} 条，最早的一条是 {since.month}月{since.day}日 {since:%H:%M}）。"
    "请管机器的同事运行 campaign-bot inbox list 看看原因，修好以后运行 campaign-bot inbox replay，我就接着回复。"
)
ADMIN_COMMANDS = {
    "missed": "看没答上来的，可以加几个字来找：/missed 医保",
    "new": "写一个新条目",
    "item": "找一个条目来改：/item 几个字",
    "history": "看谁改过什么、改了哪些字，可以撤销",
    "digest": "看最近一周的小结",
    "status": "看我现在有多大把握，先补什么最有用",
    "reload": "重新读一遍知识库",
    "page": "在浏览器里管：看得全、改得快",
    "logout": "退出浏览器里的管理页面",
    "cancel": "不写了",
    "help": "怎么用",
}
ADMIN_HELP = "你是管理员，还可以用：\n{commands}"
PAGE_LINK = "点下面就能在浏览器里管。链接 5 分钟内有效，只能用一次，别转给别人。"
PAGE_LOOPBACK = "这个链接只有在运行机器人的那台机器上才打得开。"
PAGE_PRIVATE = "链接只能给你一个人看，请私聊我发 /page。"
PAGE_OFF = "浏览器里的管理页面还没有开。请管机器的同事设好 CAMPAIGN_BOT_PAGE_URL；已经设了的话，看看日志。"
PAGE_SIGNED_OUT = "好，浏览器里的管理页面已经全部退出。要再用就发 /page。"
PAGE_NOT_SIGNED_IN = "浏览器里没有登录着的管理页面；没用过的链接也都作废了。"
BUTTON_PAGE = "打开管理页面"
PAGE_GUESSED = (
    "有人在试管理页面的登录链接，一分钟里错了十次。已经拦住了，正常的链接照样能用。"
    "如果不是你们自己点了旧链接，请管机器的同事看一看谁能打开这个页面。"
)
CARD_NONE = "没有要处理的，都补上啦 🎉"
CARD_HEAD = "第 {place}/{count} 张　问过 {cluster.asked} 次，最近一次 {last.month}月{last.day}日"
CARD_HEAD_DAYS = (
    "第 {place}/{count} 张　{cluster.days} 天里问过 {cluster.asked} 次，最近一次 {last.month}月{last.day}日"
)
CARD_SCOPE = "（{scope}）"
CARD_COMPLAINTS = "第 {place}/{count} 张　答得不好，记过 {cluster.asked} 次，最近一次 {last.month}月{last.day}日"
CARD_WAITING = "🔔 有 {count} 位会员在等答案"
CARD_UNREACHABLE = "🔕 还有 {count} 位也在等，但换过密钥，现在通知不到他们"
CARD_PREVIOUS = "◀️ 上一张"
CARD_NEXT = "下一张 ▶️"
CARD_QUESTION = "「{question}」"
CARD_WORDINGS = "还有人这样问："
CARD_WORDING = "· {question}（{count} 次）"
CARD_NEAREST = "最接近的："
CARD_NEAR = "{number}. {question}（像 {score:.0%}）"
CARD_NEAR_ANSWER = "   回答：{answer}"
CARD_COMPLAINT = "大家说「{question}」这一条的回答：{opinions}"
CARD_COMPLAINT_OF = "{number}. {question}（{count} 次）"
CARD_ANSWERED = "现在答的是「{question}」："
CARD_WHICH_COMPLAINT = "答案本身不好，就改这个回答。是答错了问题，就点上面的数字，一个一个看该答什么。"
CARD_SHOULD_BE = "该答的是不是下面的哪一条？点它，以后这样问就答它。不在里面，就找别的条目。"
CARD_FIND_IT = "该答别的条目，就去找；答案本身不好，就改这个回答。"
NEVER_UNFIT = "{why}，没法记成“这样问别答它”。"
NEVER_SETTLED = "以后这样问，不再答这一条。现在再问，会答「{question}」。"
NEVER_SUGGESTED = "以后这样问，不再答这一条。现在再问，会列出「{question}」供会员挑。"
NEVER_UNKNOWN = "以后这样问，不再答这一条。现在再问，会说答不上来；再有人问，会放进没答上来的里面。"
CARD_OPINION = "{opinion} {count} 次"
CARD_SHOWN = "当时列了这些，会员说都不是："
CARD_ANSWER = "——\n{answer}\n——"
MISS_LISTS = {
    "all": "还没处理的问题",
    "unanswered": "没答上来的问题",
    "rejected": "会员说“都不是”的问题",
    "complained": "被点踩的问题",
    "waiting": "有会员在等答案的问题",
    "ignored": "不管了的问题",
    "handled": "处理过的问题",
}
"""By the values of ``bot.store.records.MissFilter``; the chat offers those that have a short name."""
MISS_FILTERS = {
    "all": "全部",
    "unanswered": "没答上",
    "rejected": "都不是",
    "complained": "被点踩",
    "waiting": "有人等",
    "ignored": "不管的",
}
MISS_LIST = "{what}：一共 {count} 个，下面是第 {first}–{last} 个。"
MISS_LIST_ALL = "{what}：一共 {count} 个。"
MISS_LIST_NONE = "{what}：现在没有。"
MISS_LIST_SEARCH = "，带“{search}”的"
MISS_LIST_ROW = "{mark}{number}. {question}（{asked} 次{waiting}）"
MISS_LIST_TICKED = "☑️ "
MISS_LIST_WAITING = "，🔔 {count} 位在等"
MISS_LIST_NEAR = "　　最接近「{question}」（像 {score:.0%}）：{answer}"
MISS_LIST_COMPLAINT = "　　👎「{question}」"
MISS_LIST_HINT = "想只看一类，就在命令后面加几个字，比如 /missed 医保。"
BUTTON_LIST = "📋 看列表"
BUTTON_EVERY_MISS = "📋 不找了，看全部"
BUTTON_TICK = "☐ {number}"
BUTTON_UNTICK = "☑️ {number}"
BUTTON_OPEN = "打开 {number}"
BUTTON_ADD = "➕ {number} {question}"
BUTTON_UNIGNORE = "↩️ {number} 还是要管"
BUTTON_TICK_ALL = "☑️ 全选这 {count} 个"
BUTTON_UNTICK_AWAITED = "◻️ 有人等的先不勾"
BUTTON_UNTICK_ALL = "◻️ 都不选"
BUTTON_FILTER = "· {name} ·"
BUTTON_PAGE_BACK = "◀️"
BUTTON_PAGE_ON = "▶️"
BUTTONS_BULK = {
    "i": "🙈 不管这 {count} 个",
    "k": "↩️ 还是要管这 {count} 个",
    "d": "🗑 删掉这 {count} 个",
    "p": "➕ 加到一条里",
    "r": "🈚 讲话没说",
}
"""By the values of ``bot.conversation.callbacks.BulkAct``."""
BULK_ASK = {
    "i": "这 {count} 个问题都不管了吗？以后再有人这样问也不提醒。\n{questions}",
    "k": "把这 {count} 个问题都放回没处理的里面吗？\n{questions}",
    "d": (
        "把这 {count} 个问题都从记录里删掉吗？10 分钟内还可以撤销，之后就彻底删掉，找不回来了；"
        "以后再有人问会重新记。\n{questions}"
    ),
}
BULK_MORE = "……还有 {count} 个"
BULK_WAITING = {
    "i": (
        "🔔 有 {count} 位会员在等这些问题的答案，不管了就没有人告诉他们。"
        "不如老实告诉他们讲话里没说，或者有人等的先留着。"
    ),
    "k": "🔔 有 {count} 位会员在等这些问题的答案。",
    "d": "🔔 有 {count} 位会员在等这些问题的答案，删掉以后就等不到了。",
}
BULK_DONE = {
    "i": "好，这 {count} 个问题不管了。",
    "k": "好，这 {count} 个问题又放回没处理的里面了。",
    "d": "好，这 {count} 个问题不再列出来，10 分钟以后彻底删掉；在那之前可以撤销。",
}
BULK_UNDONE = "已经撤销，这 {count} 个问题跟原来一样了（中间另外处理过的除外）。"
BULK_GONE = "这一次已经撤销过，或者已经彻底删掉，撤不回来了。"
LIST_MOVED = "列表有变化，请再看一眼。"
LIST_CHANGED = "刚才这段时间里，勾选的有变化：现在是这些。"
LIST_DONE = "勾选的这些已经处理过了；要撤销，请看 /history。"
LIST_OLD = "这个列表过时了，请重新发 /missed。"
LIST_NOT_YOURS = "这是另一位管理员打开的列表，请自己发一次 /missed。"
TOO_MANY_TICKED = "这样一次最多 {limit} 个，现在勾了 {count} 个。请先取消一些，或者找得更细一点。"
MANY_LED = "{count} 个问题一起归到这一条。"
ITEM_NOT_FOUND = "没找到相近的条目，换几个字再发一次。"
NOTHING_TICKED = "还没有勾选：点前面的方框，或者点“全选”。"
BUTTON_PHRASING = "加到 {number}：{question}"
BUTTON_NEW = "✏️ 写新条目"
BUTTON_NOT_COVERED = "🈚 讲话没说"
BUTTON_IGNORE = "🙈 不管它"
BUTTON_DELETE = "🗑 删掉"
BUTTON_DELETE_ALL = "🗑 彻底删掉"
BUTTON_NEVER = "🚫 这样问别答它"
BUTTON_FIND = "🔍 找别的条目"
BUTTON_ANSWER = "📝 改这个回答"
BUTTON_WORDS = "➕ 加一种问法"
BUTTON_NEXT = "下一张 ➡️"
BUTTON_UNDO = "↩️ 撤销"
BUTTON_REDO = "↪️ 还是要这样改"
BUTTON_CONFIRM = "⚠️ 还是要改"
BUTTON_CANCEL = "算了"
BUTTON_RESUME = "▶️ 接着写"
BUTTON_DROP = "🗑 不写了"
BUTTON_TAKE_UP = "↩️ 还是接着写"
BUTTON_BEGIN_WANTED = "不要它，做刚才点的"
BUTTON_NONE_OF_FIELDS = "都不是"
BUTTON_LEAVE = "◀️ 不改了"
BUTTON_BACK_TO = "✏️ 改{field}"
BUTTON_FILL = "这是{field}"
FIELDS = {
    "note": "要说的话",
    "question": "标准问法",
    "item": "条目",
    "phrasings": "问法",
    "answer": "回答",
    "sources_chosen": "出处",
    "document": "文件名",
    "topic": "话题",
    "text": "这一句",
}
"""By the values of ``bot.conversation.forms.Field``."""
PHRASINGS_OF_TASKS = {"negatives": "反例", "keywords": "关键词"}
"""What the phrasings of a form are called where they are none, by the values of ``bot.conversation.forms.Task``."""
DRAFTS = {
    "phrasing": "给「{question}」加问法",
    "answer": "「{question}」的新回答",
    "item": "新条目「{question}」",
    "not-covered": "「{question}」怎么老实说没有",
    "question": "「{question}」这个标准问法",
    "negatives": "「{question}」的反例",
    "sources": "「{question}」的出处",
    "topic": "「{question}」的话题",
    "keywords": "「{question}」的关键词",
    "detail": "「{question}」的补充",
}
"""What an unfinished form is called, by the values of ``bot.conversation.forms.Task``."""
DRAFTS_NAMELESS = {
    "item": "新条目",
    "not-covered": "新条目",
    "phrasing": "给问题选条目",
    "note": "给等答案的人的回话",
}
BUTTON_DONE = "✅ 选好了"
BUTTON_OTHER = "📄 别的文件…"
BUTTON_DEFAULT = "就用这句"
BUTTON_OWN = "自己写一句"
BUTTON_AGAIN = "🔁 再加一次"
BUTTON_AGAIN_NUMBER = "🔁 再加一次：{number}"
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
ASK_REFUSAL_QUESTION = """好，老实说讲话里没说，会这样回答：
{answer}

先给它一个标准问法，把这几个问题都包进去：会员在按钮上会看到它，短一点、清楚一点。请发给我。"""
ASK_ANSWER = """标准问法：{question}

请把回答发给我。按讲话的意思，用自己的话写，一般不超过 300 字，要分几条列的不超过 {limit} 字。"""
ASK_NEW_ANSWER = """{question}
现在的回答（点一下就能复制）：
<pre>{seen}</pre>
请把新的回答发给我。"""
NOW_WRITTEN = "\n\n你写的是（点一下就能复制）：\n<pre>{text}</pre>"
ASK_ITEM = """这 {count} 个问题加到哪一条里？下面是最接近的，点一下；都不是的话，发几个字给我，我再找找。
先给你看改了会怎样，点头以后才生效。"""
ASK_ITEM_NONE = "该答的是哪一条？没看到相近的，发几个字给我，我来找。"
ASK_ITEM_OF_ONE = "该答的是哪一条？下面是最接近的，点一下，以后这样问就答它；都不是的话，发几个字给我，我再找找。"
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
ASK_NEW_QUESTION = """现在的标准问法：{question}

请把新的标准问法发给我。原来那句会留着当一种问法。"""
ASK_NEGATIVES = """什么样的问题不该用「{question}」回答？请把原话发给我，一行一句。
别带人名和电话。"""
ASK_KEYWORDS = """「{question}」的关键词，请发给我，一行一个，每个最多 20 个字。
会员只打这个词，就答这一条。"""
ASK_DETAIL = """「{question}」{detail}"""
ASK_DETAILS = {
    "short": "用一句话怎么回答？会员嫌长的时候，先给他看这一句。请发给我，最多 100 个字。",
    "valid_until": "的回答管到哪一天？过了那天，回答照样给，会提一句可能变了。请发日期，比如 2026-12-31。",
    "review_by": "最晚哪一天再看一遍？到了会提醒管理员。请发日期，比如 2026-12-31。",
    "owner": "归谁管？写科室或职务就行，最多 20 个字。",
}
"""By the fields of an item."""
DETAIL_NOW = "\n现在写的是：{value}"
NO_DAY = "没看懂是哪一天。请写成 2026-12-31 或 2026年12月31日；不想写了就发 /cancel。"
DETAIL_TOO_LONG = "太长了：有 {length} 个字，最多 {limit} 个。请写短一点再发给我。"
ITEM_DETAILS = """「{item.question}」还可以写上这些：
🔑 关键词：{keywords}
💬 一句话回答：{short}
📅 管到哪一天：{valid_until}
🔁 最晚哪天再看：{review_by}
👤 归谁管：{owner}"""
NOT_WRITTEN = "没有"
ASK_NEW_SOURCES = """「{question}」出自哪里？打勾的是现在的，点一下就换，改完点“{done}”。"""
ASK_NEW_TOPIC = "把「{question}」放到哪个话题里？点一个；要开新话题，就把话题的名字发给我。"
ASK_TOPIC = "最后一步：放到哪个话题里？点一个；要开新话题，就把话题的名字发给我。"
ASK_NOT_COVERED = """「{question}」

请把要怎么老实说发给我，比如：讲话里没有说……，只说了……。"""
REPLY_HERE = "（在群里请直接回复这条消息。）"
CHOOSE_WITH_BUTTONS = "这一步请点上面的按钮；不想写了就发 /cancel。"
ANSWER_TOO_LONG = "太长了：有 {length} 个字，最多 {limit} 个。请写短一点再发给我。"
QUESTION_TOO_LONG = "标准问法太长了：有 {length} 个字，按钮上放不下，最多 {limit} 个。请写短一点再发给我。"
NO_WORDS = "没看到文字，请再发一次；不想写了就发 /cancel。"
NEEDS_SOURCE = "还没选出处。至少选一处，答案才站得住。"
WHICH_FIELD = """这句是要改哪里？
「{text}」

都不是就接着刚才那一步；没有记成会员的问题。"""
KEPT = "📝 {draft}还没写完，替你留着。"
WHICH_DRAFT = "{draft}还没写完。先接着写它，还是不要它、做刚才点的？"
PUT_ASIDE = """{draft}还没写完，替你放着。刚才这句没有写进去，也没有记成会员的问题：
「{text}」

要写进去，就点一下；要提问，就再发一次。"""
AFTER_DONE = "刚才那条已经写好了。这句没有写进去，也没有记成会员的问题。要提问，就再发一次；要再改，用 /item。"
AFTER_DROPPED = "刚才那条已经不写了。这句没有写进去，也没有记成会员的问题。要提问，就再发一次。"
DRAFT_ERASED = "你在写的那条，它的问题被彻底删掉了，写的也跟着删了。"
AFTER_ERASED = f"{DRAFT_ERASED}刚才这句没有写进去，也没有记成会员的问题。"
REPLY_TO_ENDED = "那张卡片没有在等你写什么。这句没有写进去，也没有记成会员的问题。要提问，就直接发，不用回复它。"
CANCELLED = "好，不写了，什么都没改。"
NOTHING_TO_CANCEL = "现在没有在写的东西。"
NOT_YOURS = "这是另一位管理员在写的，请用自己的卡片。"
EDITED_TOO_LATE = "这条已经收下了，后来改的没算进去。还没写完的，把改好的再发一次就行；已经生效的用 /item 改。"
TOO_MANY_PHRASINGS = "一次最多加 {limit} 种问法，请分几次发。"
PHRASING_TOO_LONG = "这种问法太长了：「{text}」，最多 {limit} 个字。请改短一点，像会员平时打字那样。"
NAME_TOO_LONG = "这个名字太长了：有 {length} 个字，最多 {limit} 个。请写短一点再发给我。"
DRAFT_GONE = "这张卡片已经过时了，请重新打开 /missed 或再发一次命令。"
DELETE = "要把这 {count} 个问题从记录里彻底删掉吗？删了就找不回来，以后再有人问会重新记。\n{questions}"
DELETED = "已经彻底删掉。"
DELETE_WAITING = "🔔 有 {count} 位会员在等它的答案，删了他们就收不到回音了。"
BUTTON_NOTE = "💬 只回复在等的人"
BUTTON_SEND = "✅ 发给他们"
BUTTON_NOTE_TO_ITEM = "✏️ 写成条目"
ASK_NOTE = """有 {count} 位会员在等「{question}」的回音。

想跟他们说什么，直接发给我。只说这一次，不进知识库；发出去之前先给你看一遍。"""
NOTE_PREVIEW = """在等「{question}」的 {count} 位会员，会在自己的问题下面收到：
——
{told}
——
只发这一次，不进知识库。在群里问的，会回复在群里。要改就直接再发一遍。"""
NOTE_SENT = "好，这就发给在等的 {count} 位会员。要让以后来问的人也有答案，点一下就能写成条目，不用再打一遍。"
NOTE_NOBODY = "现在没有人在等这个问题，可能刚刚已经收到了。"
TIE_WAITING = "🔔 有 {count} 位会员在等。点了确认，大约一分钟后他们会收到下面的回答。"
TIE_FAR = "这一条跟问的不太像（只有 {score:.0%}），先看看它的回答对不对得上。"
IGNORE_WAITING = "🔔 有 {count} 位会员在等这个问题的回音，不管它，他们就一直等不到。不如老实告诉他们讲话里没说："
BUTTON_IGNORE_ALL_THE_SAME = "🙈 还是不管它"
CARD_GONE = "这一条已经处理过了。"
CARD_DELETED = "这张卡片不在了：上面的问题已经从记录里删掉，或者归到别的卡片里了。"
CARD_STATE = "· {question}（{state}）"
CARD_BY_NOBODY = "没有人单独处理它，是知识库改了以后变成这样的。"
MISS_STATES = {
    "open": "没处理",
    "handled": "已经归好，还没答上",
    "verified": "现在答得上",
    "ignored": "不管了",
    "not-covered": "老实说讲话没说",
}
MISS_LED = "{state} →「{question}」"
ITEM_USAGE = "想改哪一条？写几个字就行，如 /item 五个好；记得编号也可以，如 /item five-goods。"
ITEM_CHOICES = "是不是想找下面的哪一个？"
ITEM_NOTHING = "没找到相近的条目。换几个字试试，或者发 /new 写一个新的。"
ITEM_CARD = """{item.question}（{item.id}）
——
{item.answer}
——
出处：{places}
话题：{item.topic}
有 {count} 种问法（在 {place}）。"""
ITEM_CARD_RELATED = "后面推荐：{questions}"
ITEM_CARD_NEGATIVES = "有 {count} 句反例：那样问的时候不用这一条。"
ITEM_CARD_SHOWN = "最近 30 天给会员看过 {count} 次。"
ITEM_CARD_OPINIONS = "会员说：{opinions}"
ITEM_CARD_ASKED = "最近用它回答过："
ITEM_LISTS = {
    "phrasings": "「{question}」还有 {count} 种问法，点 🗑 去掉：",
    "negatives": "这样问的时候不用「{question}」，一共 {count} 句，点 🗑 去掉：",
    "related": "看完「{question}」，会推荐这 {count} 条，点 🗑 去掉：",
    "keywords": "「{question}」有这 {count} 个关键词，会员只打这个词就答它。点 🗑 去掉：",
}
ITEM_LISTS_EMPTY = {
    "phrasings": "「{question}」现在只有标准问法。",
    "negatives": "「{question}」还没有反例。有人那样问、不该用这一条回答的话，就加在这里。",
    "related": "看完「{question}」，现在什么都不推荐。",
    "keywords": "「{question}」还没有关键词。",
}
ITEM_RELATED_MORE = "点下面的，就加进来："
ITEM_LIST_CHANGED = "这里刚刚改过，请再打开看看。"
BUTTON_PHRASINGS = "📋 {count} 种问法"
BUTTON_QUESTION = "🏷 改标准问法"
BUTTON_SOURCES = "📖 改出处"
BUTTON_TOPIC = "🗂 换话题"
BUTTON_RELATED = "🔗 相关问题"
BUTTON_NEGATIVES = "🚫 反例"
BUTTON_DETAILS = "⚙️ 更多"
BUTTONS_DETAILS = {
    "short": "💬 一句话回答",
    "valid_until": "📅 管到哪一天",
    "review_by": "🔁 哪天再看",
    "owner": "👤 归谁管",
}
BUTTONS_NO_DETAILS = {
    "short": "🗑 不要一句话回答",
    "valid_until": "🗑 一直有效",
    "review_by": "🗑 不用再看",
    "owner": "🗑 不写谁管",
}
BUTTON_KEYWORDS = "🔑 关键词"
BUTTON_ADD_KEYWORDS = "➕ 加关键词"
BUTTON_DELETE_ITEM = "🗑 整条删掉"
BUTTON_ADD_NEGATIVES = "➕ 加反例"
BUTTON_DELETE_THIS = "🗑 删掉这一条"
BUTTON_REMOVE = "🗑 {number}"
BUTTON_WAY = "＋ {way}"
BUTTON_TO_ITEM = "📄 看这一条"
BUTTON_TO_MISS = "◀️ 回到那张卡片"
BUTTON_EDIT = "✏️ 改这一条"
BUTTON_EDIT_ONE = "✏️ {question}"
CARD_PREVIOUS_PAGE = "◀️ 上一页"
CARD_NEXT_PAGE = "下一页 ▶️"
WAYS = "还可能这样问，点一下就加上："
NO_MORE_WAYS = "现成的说法都加上了。"
CITED_BY = "· {place}：{items}"
CITED_BY_MORE = "· {place}：{items}等 {count} 条"
CITED_BY_NONE = "· {place}：还没有条目"
ITEM_CARD_NO_PLACES = "无"
PREVIEW = "这样改好吗？"
ADDED = "加上 {text}"
REMOVED = "去掉 {text}"
NOTHING_LEFT = "（去掉）"
ALSO_ASKED = "也认得这些问法：{phrasings}"
FRAMES = "套话"
PREVIEWS = {
    "synonyms": """这一组同义词：
{words}""",
    "frames": """提问时的套话：
{words}""",
    "phrasing": """给「{item.question}」加上：
{words}
它的回答：
——
{item.answer}
——""",
    "phrasing-removed": """从「{item.question}」去掉这些问法：
{words}""",
    "question": """标准问法改成：{item.question}
原来的「{before}」留着当一种问法。""",
    "source": """「{item.question}」的出处：
{words}""",
    "related": """「{item.question}」后面推荐的相关问题：
{words}""",
    "negatives": """这样问的时候，不再用「{item.question}」回答：
{words}""",
    "keywords": """「{item.question}」的关键词：
{words}""",
    "short": """「{item.question}」的一句话回答：
{words}""",
    "valid_until": """「{item.question}」的回答管到：
{words}""",
    "review_by": """「{item.question}」最晚什么时候再看一遍：
{words}""",
    "owner": """「{item.question}」归谁管：
{words}""",
    "item-deleted": """整条删掉：{item.question}
——
{item.answer}
——
删了以后随时可以撤销。""",
    "moved": "把「{item.question}」放到话题「{item.topic}」里。",
    "import": "从表格导入「{item.question}」等条目。",
    "answer": """「{item.question}」改答：
——
{item.answer}
——""",
    "item": """新写一条：{item.question}
——
{item.answer}
——
出处：{places}
话题：{item.topic}""",
    "refusal": """再问「{item.question}」，就老实说没有：
——
{item.answer}
——""",
}
BUTTON_FINE = "✅ 就这样"
BUTTON_TAKE = "↪️ 挪到这一条来"
TAKEN_FROM = "（原来是「{question}」的问法，从那里挪过来）"
TAKEN_QUESTION = (
    "「{phrasing}」就是「{question}」这一条的标准问法，挪不走。要么改这个回答，要么用 /item 给那一条换个标准问法。"
)
IMPACT_TRY = "先别急，这样改会影响别的问题："
IMPACT_STALE = "跟刚才那张不一样了：你后来又写过，或者文件又有人改过。按现在的重新试了一遍："
IMPACT_STALE_FINE = (
    "跟刚才那张不一样了：你后来又写过，或者文件又有人改过。按现在的重新试了一遍，没有改坏别的，要改就再点一次。"
)
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
IMPACT_MOVED = "   · {question}（{before} → {after}）"
IMPACT_NO_ITEM = "没有直接回答"
IMPACT_MORE = "   · 还有 {count} 个"
IMPACT_NONE = "试问了 {count} 个相近的问题，都没受影响。"
IMPACT_CUT = "（可能受影响的太多，只试问了最近的 {count} 个，还有 {left} 个没问。）"
EDITED = "改好了，马上生效：{what}"
EDITED_WHAT = {
    "phrasing": "给「{question}」加了问法：{words}",
    "phrasing-removed": "从「{question}」去掉了问法：{words}",
    "question": "标准问法改成了「{question}」",
    "source": "改了「{question}」的出处：{words}",
    "related": "改了「{question}」的相关问题：{words}",
    "negatives": "改了「{question}」的反例：{words}",
    "keywords": "改了「{question}」的关键词：{words}",
    "short": "改了「{question}」的一句话回答",
    "valid_until": "改了「{question}」的有效期：{words}",
    "review_by": "改了「{question}」下次再看的日子：{words}",
    "owner": "改了「{question}」归谁管：{words}",
    "item-deleted": "删掉了「{question}」",
    "moved": "把「{question}」放到了话题「{topic}」里",
    "answer": "改了「{question}」的回答",
    "item": "新写了「{question}」",
    "document": "添了一个文件",
    "place": "提纲里改成了：{words}",
    "synonyms": "改了同义词：{words}",
    "frames": "改了套话：{words}",
    "import": "从表格导入了「{question}」等内容",
}
CORRECTION_CHANGED = "「{question}」的回答变了。"
CORRECTION_OFFER = "🔔 有 {count} 位会员想知道这条的变化，要告诉他们吗？会这样说：\n{message}"
CORRECTION_TOLD = "好，马上告诉这 {count} 位会员。告诉了就收不回来，没告诉之前撤销还来得及。"
CORRECTION_SKIPPED = "好，这次不说；以后再变，还会问你。"
CORRECTION_GONE = "现在没有人要告诉了：已经告诉过，或者回答又改回去了。"
BUTTON_TELL = "🔔 告诉他们"
BUTTON_SKIP = "先不说"
EDITED_ALREADY = "「{question}」本来就是这样，不用再改。"
CLOSED = "这张卡片上 {total} 个问法，{closed} 个现在已经答得上。"
CLOSED_ALL = "这张卡片上的问法现在都答得上了。"
CLOSED_HONESTLY = "以后这样问，会老实说没有。"
CLOSED_COMPLAINT = "这张卡片收起来了；以后再有人点 👎，还会提醒。"
TELLING = "🔔 在等的 {count} 位会员大约一分钟后会收到；这之前撤销，就不会发出去。"
STILL_MISSED = "还有 {count} 个问法没答上，可以再给它们加一种说法。"
IGNORED = "好，以后再有人这样问也不提醒了。"
BUTTON_CARE = "↩️ 刚才那张还是要管"
IGNORED_COMPLAINT = "好，这次不改；以后再有人点 👎，还会提醒。"
CARED = "好，又放回没答上来的里面了。"
UNDONE = "已经撤销：{what}"
EDIT_READ_ONLY = "请用编辑器自己改，保存以后马上生效："
PASTE = """
{file}，{where}：
{yaml}"""
PASTE_TEXTS = "在「{item}」那一条的 {field} 下面加上"
PASTE_TEXT = "把「{item}」那一条的 {field} 换成"
DELETE_LINES = "在「{item}」那一条里删掉"
PASTE_ITEM = "在最后加上"
PASTE_FILE = "新建这个文件，写上"
PASTE_OTHER = "加上"
ITEM_GONE = "这个条目已经不在了，可能刚被删掉或改了编号。"
HAS_NUMBER = "里面好像有电话或证件号码，不能存进知识库。请去掉再发一次。"
REFUSALS = {
    "folder-busy": "这会儿正好有别人在改，等几秒再点一次就行。",
    "phrasing-taken": "「{phrasing}」已经是「{question}」的问法了，一种问法只能放在一个条目里，所以没有改。",
    "word-taken": "「{word}」已经在「{standard}」那一组里了，一个词只能放在一组里，所以没有改。",
    "item-gone": ITEM_GONE,
    "place-gone": "提纲里已经没有这一处了。",
    "edit-faulty": "这样改知识库会出错，所以没有改：{fault}。",
    "edit-unsafe": "{file} 的写法比较特别，我怕改坏，所以没有动它。请用编辑器改。",
    "folder-faulty": "知识库现在有 {count} 处错误，要先改好才能再改别的。第一处：{fault}",
    "folder-changed": "文件刚刚被别人改过，为了不盖掉，这次没有改。",
    "folder-read-only": "我没有写 {file} 的权限（{reason}）。",
    "undo-gone": "这次改动已经撤销过，或者找不到记录了。",
    "undo-faulty": "撤销以后知识库会出错，所以没有动：{fault}。",
    "undo-entangled": "{file} 里这一处后来又被改过，分不清哪些是这次加的，所以没有动。请用编辑器改。",
}
"""By the values of ``bot.errors.Refusal``."""
RELOADED = "已经换上新的知识库：{answers} 条问答，{not_covered} 条讲话没说的，共 {phrasings} 种问法。"
RELOADED_SAME = "知识库没有变化。"
RELOAD_FAULTY = "知识库的新内容有 {count} 处错误，先用着原来的：\n{faults}\n改好保存就会自动换上。"
RELOAD_MORE = "……还有 {count} 处，运行 campaign-bot check 可以看全。"
FOLLOWED = "刚才的改动又让 {count} 个没答上来的问题答上了："
FOLLOWED_QUESTION = "· {question}"
FOLLOWED_MORE = "……还有 {count} 个。"
RELOAD_MENDED = "知识库的错误改好了，新内容已经换上。"
RELOAD_LOSES = "刚才编辑器里的改动已经生效，但它影响了别的问题："
RELOAD_OVERWRITES = """编辑器里存的是旧内容，把刚才在这里改的盖掉了：
{edits}
要的话，点一下再加回去；是故意删的就不用管。"""
RELOAD_OVERWRITTEN = "{number}. {when}，{what}"
HISTORY_NONE = "还没有人改过什么。"
HISTORY_HEAD = "最近改过的，最新的在前。点数字看改了什么："
HISTORY_ROW = "{number}. {done}"
HISTORY_DONE = "{when}，{who}{what}{state}"
HISTORY_STATES = {"undone": "（已撤销）", "void": "（没改成）"}
HISTORY_YOU = "你"
HISTORY_SOMEBODY = "另一位管理员"
HISTORY_MACHINE = "有人在机器人的电脑上"
"""By a command, or on the page that a command serves."""
HISTORY_KINDS = {
    "phrasing": "给「{detail}」加了问法",
    "phrasing-removed": "去掉了「{detail}」的问法",
    "question": "改了「{detail}」的标准问法",
    "source": "改了「{detail}」的出处",
    "related": "改了「{detail}」的相关问题",
    "negatives": "改了「{detail}」的反例",
    "keywords": "改了「{detail}」的关键词",
    "short": "改了「{detail}」的一句话回答",
    "valid_until": "改了「{detail}」的有效期",
    "review_by": "改了「{detail}」下次再看的日子",
    "owner": "改了「{detail}」归谁管",
    "item-deleted": "删掉了「{detail}」",
    "moved": "给「{detail}」换了话题",
    "answer": "改了「{detail}」的回答",
    "item": "新写了「{detail}」",
    "document": "添了文件「{detail}」",
    "place": "改了提纲里的「{detail}」",
    "synonyms": "改了「{detail}」的同义词",
    "frames": "改了套话",
    "import": "从表格导入了「{detail}」等内容",
    "note": "回复了等着「{detail}」的会员",
    "care": "又管起「{detail}」来",
    "ignore": "不管「{detail}」了",
    "covered": "把「{detail}」归到了已有的条目",
    "reload": "重新读了知识库",
    "judge": "看了「{detail}」答得对不对",
    "resolve": "把「{detail}」标为处理好",
    "ignore-one": "把「{detail}」标为忽略",
    "delete": "彻底删掉了一个问题",
    "ignore-many": "一次不管 {detail} 组问题",
    "unignore-many": "一次又管起了 {detail} 组问题",
    "delete-many": "一次删掉了 {detail} 组问题",
}
HISTORY_QUESTION = "把标准问法「{before}」改成了「{question}」"
HISTORY_PHRASING = "给「{detail}」加了问法「{phrasing}」"
HISTORY_PHRASINGS = "给「{detail}」加了 {count} 种问法"
HISTORY_UNDID = "撤销了一次改动：{what}"
HISTORY_UNDID_GONE = "撤销了一次改动"
HISTORY_ITEM_GONE = "（已经不在的条目）"
HISTORY_QUESTION_GONE = "（已经不在记录里的问题）"
HISTORY_ASKED = "· {missed.question}（{missed.count} 次）"
HISTORY_SOURCE = "出处：{places}"
HISTORY_NO_TEXT = "具体改了哪些字，已经不留了。"
HISTORY_GONE = "这条记录已经不在了。"
HISTORY_UNIGNORE = "↩️ 还是要管"
HISTORY_BACK = "📜 改过的"
MOMENT_NEAR = "{day} {time:%H:%M}"
MOMENT = "{time.month}月{time.day}日 {time:%H:%M}"
MOMENT_OF_YEAR = "{time.year}年{time.month}月{time.day}日 {time:%H:%M}"
DAYS_AGO = {0: "今天", 1: "昨天", 2: "前天"}
HISTORY_OLDER = "更早的 ▶️"
HISTORY_NEWER = "◀️ 更新的"
DIGEST = (
    "一周小结（{report.first.month}月{report.first.day}日到{report.last.month}月{report.last.day}日）\n"
    "问了 {report.asked} 次：答上 {report.counts[answer]}，给了备选 {report.counts[suggest]}，"
    "老实说没有 {report.counts[not-covered]}，没答上 {report.counts[unknown]}。\n"
    "👍 {report.counts[helpful]}　👎 {report.complaints}"
)
DIGEST_EDITS = "最值得先补的（按最近 30 天没答上的算）："
DIGEST_EDIT = "{number}. 给「{question}」加上「{asked}」：能答上 {covers} 次"
DIGEST_NEW_ITEM = "{number}. 写一条「{asked}」：能答上 {covers} 次"
DIGEST_CARD = "{number} 看这张卡片"
DIGEST_NO_EDITS = "最近 30 天没答上的都处理了。"
DIGEST_UNLIKE = "有 {count} 组问题（问过 {asked} 次）跟哪一条都不像，没有排进来；要看，发 /missed。"
DIGEST_JUDGE = "这周有 {count} 条回答想请你看看对不对，一条一点：一半是随机抽的，一半是我最拿不准的。"
DAILY = "新增 {waiting.misses} 条没答上的，{waiting.people} 个人在等回音。看看：/missed"
DAILY_MISSES = "新增 {waiting.misses} 条没答上的。看看：/missed"
DAILY_OVERDUE = "又有 {count} 条回答到日子了，看看是哪几条：/status"
DAILY_PEOPLE = "还有 {waiting.people} 个人在等回音。看看：/missed"
JUDGE_CARD = """有人问：「{answered.question}」
现在的回答是：
——
{item.answer}
——
对不对？（连这条还有 {left} 条）"""
JUDGED_WRONG = "记下了：答错。现在不处理也行，它会留在 /missed 里。"
BUTTON_JUDGE_NEXT = "🧐 接着看（还有 {left} 条）"
BUTTON_JUDGE_DONE = "🧐 看完了"
JUDGE_NONE = "没有要判断的了。"
JUDGED_SO_FAR = (
    "都看完啦，谢谢！到现在一共看过 {count} 条回答，{right} 条是对的。"
    "里面有专挑我拿不准的，所以平时答得怎么样，要看随机抽的那些。"
)
SAMPLE = "随机抽查 {count} 条，判错 {wrong} 条：九成五的把握，答错的不超过 {percent}%。"
SAMPLE_NONE = "随机抽的回答还没有人看过，平时答错多少现在说不准。"
STATUS = "现在有 {kinds[answer]} 条问答、{kinds[not-covered]} 条讲话没说的，一共 {phrasings} 种问法。"
THIN = (
    "有一半的回答，除了标准问法最多只有 {median} 种问法，很多问题只能给出候选、不能直接回答；"
    "先给最常被问到、问法又少的这几条各补到 {enough} 种"
)
STATUS_THIN = f"{THIN}：{{questions}}。"
OVERDUE = "有 {count} 条回答到日子了，请看看还对不对；改好日期就不再提醒："
OVERDUE_EXPIRED = "「{question}」只管到{day.year}年{day.month}月{day.day}日"
OVERDUE_REVIEW = "「{question}」该在{day.year}年{day.month}月{day.day}日前再看一遍"
OVERDUE_OWNER = "，归{owner}管"
OVERDUE_MORE = "· 还有 {count} 条"
FRESHNESS_OWNER = "归{owner}管"
FRESHNESS_VALID = "只管到{day.year}年{day.month}月{day.day}日"
FRESHNESS_REVIEW = "该在{day.year}年{day.month}月{day.day}日前再看一遍"
STATUS_REPLICAS = "🖥 一起在服务的有 {count} 台："
STATUS_REPLICA = "· {replica.name}（版本 {replica.version}，知识 {replica.knowledge}，{replica.lag_s:.0f} 秒前报过到）"
STATUS_REPLICAS_DIFFER = (
    "它们用的知识还不一样。刚改过的话，几秒就会一致；一直这样的话，请管机器的同事看看知识库文件夹同步了没有。"
)
STATUS_UNREACHABLE = (
    "🔕 有 {count} 位会员在等答案，但机器人换过 token 或密钥，他们当时留的位置现在解不开，有了答案也通知不到。"
    "请管机器的同事把原来的 CAMPAIGN_BOT_KEY 设回来（没设过就填原来的 token），再重启机器人。"
)
STATUS_ENOUGH = "每条的问法大多够了，有把握的会直接回答。"
OPINIONS = {
    "helpful": "有用",
    "wrong": "说错了",
    "incomplete": "不完整",
    "outdated": "过时了",
    "not-meant": "列出来了，但都不是",
}
