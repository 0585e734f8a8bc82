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

/topics 看话题  /hot 看大家常问的  /privacy 看我记下什么  /whoami 看自己的编号""")
PRIVACY = N_("""我只记必要的东西，不记你是谁：
· 没答上来的问题、点的赞和踩、每条答案被看了几次：只记问题、次数和日期，不记是谁；电话、证件号、卡号和邮箱会先遮掉。
  {days} 天没有动静，就自动删掉。
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

COMMAND_MISSED = "看没答上来的问题"
ADMIN_MISSED = """问得最多、还没处理的：
{rows}

处理用 campaign-bot missed。"""
ADMIN_MISSED_ROW = "{id}. {question}（{count} 次）"

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

HELP_MISSED = "没答上来的问题"
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
HELP_EVALUATE_JSON = "输出 JSON"
HELP_HTML = "把图表写进这个网页文件"
HELP_WITHOUT = "关掉一个通道再测，看它有没有用；可以写几次"
HELP_SAMPLE = "自测最多抽多少种问法"
HELP_SEED = "抽样用的种子"
