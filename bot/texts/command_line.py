"""What the command line prints, in Chinese. Names in braces are filled in with ``str.format``."""

from bot.texts.admins import THIN

CHAT_PROMPT = "你："
CHAT_HINT = "打字提问，打数字选按钮，打“退出”离开。没答上来的问题会记下来。"
CHAT_QUIT = ("退出", "exit", "quit")
CHAT_BYE = "再见！"
ASK_USAGE = "请写上要问的问题，如 campaign-bot ask 五个好是什么；或者加上 --json，从标准输入每行读一个问题。"
EXPLAIN_ITEM = "最接近的条目：{question}（{score:.0%}，够 {answer:.0%} 才直接回答）"
EXPLAIN_PHRASING = "最像的问法：{phrasing}"
EXPLAIN_MISSING = "这一条里没有的字词：{terms}"
EXPLAIN_FOR = "往上加的：{reasons}"
EXPLAIN_AGAINST = "往下拉的：{reasons}"
FEATURES = {
    "explained": "问题里要紧的字词，这一条占了多少",
    "sound": "靠读音对上了多少",
    "margin": "比第二名领先多少",
    "refusal_margin": "比“讲话没说”的条目领先多少",
    "covered": "问题里的词，这一条有多少",
    "asked": "问题里的词，这一条的问法里有多少",
    "missing": "有没有一个要紧的词这一条里没有",
    "missing_all": "这一条里没有的词一共有多重",
    "unheard": "有没有一个词整个知识库都没有",
    "unheard_all": "整个知识库都没有的词一共有多重",
    "likeness": "和最像的问法有多像",
    "echo": "最像的问法里的词，问题里有多少",
    "silence": "最像的问法里有没有一个要紧的词问题没提",
    "agreement": "问题和最像的问法互相对上了多少",
    "swapped": "有没有把限定的词换成了别的（市委换县委、六换五）",
    "unserved": "问的是不是这一条不管的（问地点，它只讲时间）",
    "served": "问的正是这一条管的（时间、地点、谁……）",
    "twisted": "有没有“除了、不用、最重要”这类转了弯的词",
    "evidence": "问题里有多少可以比的",
    "weight": "问题的信息量",
    "lead": "占得多不多、领先多不多，合起来看",
}
"""By the name of what the confidence is made of."""
CHECK_BROKEN = "知识库有 {count} 处要改："
CHECK_FINE = (
    "知识库没有发现问题：{kinds[answer]} 条问答，{kinds[not-covered]} 条讲话没说的，{kinds[small-talk]} 条寒暄，"
    "共 {phrasings} 种问法。"
)
CHECK_WARNING = "提醒：{warning}"
CHECK_OVERDUE = "{place}: {late}；请看看还对不对，再改日期"
CHECK_USED = "用到的文件：{files}"
CHECK_USED_ITEMS = "{file}（{count} 条）"
CHECK_UNUSED = "没用到，也不用管：{files}（{reason}）"
CHECK_ADVICE = "建议（{places}）：{advice}"
CHECK_PLACE = "{place} 的 {item}"
CHECK_MORE_PLACES = "{places}，还有 {count} 处"
CHECK_MORE = "　　这样的还有 {count} 处；加上 --all 全部列出。"
ADVICE = {
    "thin-base": THIN,
    "few-phrasings": (
        "问法太少（回答少于 {answer} 种，讲话没说的少于 {refusal} 种）；请想想不同的人会怎么问，再补几种"
    ),
    "same-opening": (
        "{total} 条同类的回答里有 {count} 条都用“{opening}”开头，接连读几条像念稿子；请换几种开头，或者直接从内容说起"
    ),
    "long-question": "标准问法有 {length} 个字，按钮上显示不全；请缩到 {most} 个字以内",
    "no-subject": "“{question}”单独放在按钮上，看不出问的是什么；请把问的人或事写进去",
    "stray-phrasing": (
        "“{phrasing}”更像在问后一条（{question}）；真是问那一条的就挪过去，不是就把话说明白，或者再补几种相近的问法"
    ),
    "foreign-phrasing": (
        "“{phrasing}”里要紧的词，这一条别处都没有；要是像猜谜或者放错了条目，请改写、挪走或删掉，"
        "要是真会有人这么问，就用这些词再补一两种问法"
    ),
    "redundant-phrasings": "换成标准说法以后，“{one}”和“{other}”几乎一样；请删掉一种，或换个很不一样的说法",
    "shared-form": "把同义词换成标准说法以后，都有“{form}”这种问法，机器人分不清；请改掉一边，或改同义词",
    "merged-keywords": "同义词把它们的关键词当成了一个词（{words}）；如果不是一回事，请拆开这一组同义词",
    "confused-items": (
        "前一条的问法常被后一条抢走（抽查中 {count} 次，例如“{example}”）；请给前一条多写些问法，或把两条的分工写清楚"
    ),
}
"""By the kind of advice."""
HELP_ALL_ADVICE = "列出全部建议，不只是每一种的前 {most} 条"
HELP_QUICK = "只查错误，不给建议（快）"
COVERAGE = "讲话各段对应的条目："
COVERAGE_ROW = "{paragraph}（{place}）：{items}"
COVERAGE_NONE = "还没有条目"
KNOWLEDGE_UNUSABLE = (
    "知识库 {folder} 有 {count} 处错误，暂时用不了；运行 campaign-bot check {folder} 查看每一处怎么改。"
)
FEEDBACK_NONE = "还没有人评价过。"
FEEDBACK_COLUMNS = ("问题", "条目", "评价", "次数", "最近")
HELP_FEEDBACK = "看会员对答案的评价：哪个问题，哪个条目，觉得怎样。"
NO_DATABASE = (
    "{file} 那里还没有数据库，所以什么也没记下。要是它在别处，请换到那个文件夹，或者用 CAMPAIGN_BOT_DATABASE_URL 写明。"
)
STREAM_FAILED = "读写失败（{reason}）；请检查标准输入、标准输出和磁盘：可能关了、满了，也可能读的一方先走了。"
FILE_FAILED = "{file} 读写失败（{reason}）；请检查路径、权限和磁盘。"
NO_SUCH_PATH = "找不到 {path}（{reason}）；请检查路径。"
INBOX_NONE = "没有没能回复的消息。"
INBOX_COLUMNS = ("编号", "收到", "放弃", "原因")
INBOX_REPLAYED = "{count} 条消息重新排队，机器人会再试着回复。"
INBOX_UNKNOWN = "没有编号为 {ids} 的消息；运行 campaign-bot inbox list 查看有哪些。"
HELP_INBOX = "没能回复的消息（加密保存，最多 7 天）"
HELP_INBOX_LIST = "列出没能回复的消息和原因，不含内容。"
HELP_INBOX_REPLAY = "让没能回复的消息重新排队；不写编号就是全部。"
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
MISSED_STATES = {
    "open": "待处理",
    "handled": "处理过",
    "verified": "答得上了",
    "ignored": "不管",
    "not-covered": "老实说没有",
}
MISSED_VERDICTS = {
    "answer": "答了，被点踩",
    "suggest": "给了备选",
    "not-covered": "老实说没有",
    "small-talk": "寒暄",
    "unknown": "没答上",
}
"""An answer is missed where it got a thumb down."""
TIME = "{time:%Y-%m-%d %H:%M}"
MISSED_NONE = "没有记下的问题。"
MISSED_UNKNOWN = "没有编号为 {id} 的记录；运行 campaign-bot missed list --all 查看有哪些。"
MISSED_RESOLVED = "已标为处理好：{question}"
MISSED_IGNORED = "已标为忽略：{question}"
MISSED_AWAITED = (
    "有 {count} 位会员在等答案，不管了就没有人告诉他们；"
    "在 Telegram 里发 /missed，从“不管的”里找回来，可以老实告诉他们讲话里没说。"
)
MISSED_DELETED = "已彻底删掉：{question}"
MISSED_CELL = "{name}：{value}"
MISSED_DAYS = "问过的日子："
MISSED_DAY = "  {day}  {count} 次"
MISSED_CLUSTER_COLUMNS = ("组", "问题", "次数", "天数", "问法", "最接近的条目和得分")
MISSED_UNKNOWN_QUESTION = "哪里都没有记下“{question}”；运行 campaign-bot missed list --all 查看有哪些。"
HELP_MISSED = "没答上来的问题；后面什么也不写，就看分好组的"
HELP_FORGET = "彻底删掉记下的一个问题，不管它答没答上来。"
HELP_REPORT = "写一个网页报告：每天问了多少、答上多少，哪些问题最多，哪些条目冷热，没处理的放了多久。"
REPORT_TITLE = "没答上来的问题：报告"
REPORT_INTRODUCTION = "大家问了多少，答上了多少，还有什么没答上。{day} 写的。"
REPORT_WRITTEN = "报告写好了：{file}"
HELP_AGAINST = "和另一个文件夹或 git 版本比：哪些问题的答案会变，丢了答案时退出码为 1"
AGAINST_NEW = "＋ 新条目 {item}：{question}"
AGAINST_GONE = "－ 条目没了 {item}：{question}"
AGAINST_ANSWER = "＊ 回答改了 {item}：{question}"
AGAINST_HEAD = "和 {against} 比，重问了 {count} 个问题："
HELP_KNOWLEDGE = "知识库所在的文件夹"
HELP_WORDS = "要问的一个问题，中间可以有空格"
HELP_JSON = "从标准输入每行读一个问题，每行输出一个 JSON"
HELP_PAGE = "在这台机器上打开管理页面，不需要 Telegram；会给出一个只能用一次的链接。"
PAGE_LINK = "管理页面开好了。用浏览器打开下面的链接，5 分钟内有效，只能用一次；按 Ctrl-C 结束。\n{link}"
HELP_BACKUP = "把数据库和知识库一起存进一个备份文件；机器人不用停。"
HELP_BACKUP_FILE = "备份文件，如 bot-2026-06-01.tar；同名的旧文件会换成新的"
HELP_RESTORE = "用备份文件换掉现在的数据库和知识库；原来的会留一份。要先停掉机器人。"
HELP_RESTORE_FILE = "用 backup 做的备份文件"
HELP_COPY_STORE = (
    "把一个数据库里的全部内容搬到另一个空的数据库，如从 SQLite 搬到 PostgreSQL；中断了可以接着搬。要先停掉机器人。"
)
HELP_COPY_FROM = "从哪里搬，如 sqlite:///data/bot.db"
HELP_COPY_TO = "搬到哪里，如 postgresql+psycopg://用户:密码@主机/库名"
BACKUP_PROGRESS = "正在备份"
BACKUP_MADE = (
    "备份好了：{file}，{size:.1f} MB，知识库 {count} 个文件。\n"
    "里面有会员的提问，请收好；.env 里的口令和密钥不在里面，请另外保存。"
)
BACKUP_RESTORING = "正在恢复"
BACKUP_RESTORED = (
    "恢复好了：{made_at} 的备份（{program} 版），知识库 {count} 个文件。\n"
    "原来的数据库和知识库留在 {aside}，确认没问题再删。"
)
BACKUP_NONE = "{file} 不是备份，或者不完整（{reason}）；请换一个用 campaign-bot backup 做的文件。什么也没改。"
BACKUP_DAMAGED = "{file} 坏了：{name} 和做备份时不一样；请换一个备份文件。什么也没改。"
BACKUP_NEWER = "{file} 是更新的版本做的备份；请先升级机器人，再恢复。什么也没改。"
COPY_PROGRESS = "正在搬"
COPY_DONE = "搬好了：{count} 行，两边逐表核对过，一样。"
COPY_SAME = "FROM 和 TO 是同一个数据库；请写两个不同的。"
COPY_NO_SOURCE = "{file} 那里没有数据库；请检查 FROM 写得对不对。"
HELP_EXPLAIN = "同时说明判断的依据"
HELP_LOG = "把没答上来的问题记下来"
HELP_ALL = "也列出已处理和已忽略的"
HELP_ID = "编号"
HELP_IDS = "编号，可以写几个"
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
EVALUATING = "正在测试"
EVALUATE_SELF = "自测：每种问法在不看它自己的情况下再问一遍（抽样 {count} 种）"
EVALUATE_FILE = "测试题：{count} 题"
EVALUATE_RECALL = "第一名就是对的：{recall:.1%}（仅限有答案的题）"
EVALUATE_THRESHOLDS = "门槛：{answer:.2f} 以上直接回答，{suggest:.2f} 以上列出相近的问题"
EVALUATE_LATENCY = "每题用时：一半在 {p50:.1f} 毫秒以内，99% 在 {p99:.1f} 毫秒以内"
EVALUATE_AUGRC = "AUGRC（得分从高到低一路答下去，答错的平均占多少；0 最好，0.5 最差）：{augrc:.4f}"
EVALUATE_RISK_COLUMNS = ("回答了", "门槛", "答对", "答错")
EVALUATE_CONFUSIONS = "最容易混的条目（应该是 → 排在第一的是）："
EVALUATE_CONFUSION = "  {count} 次  {expected} → {got}  例如：{example}"
EVALUATE_KINDS = {
    "in": "有答案的题",
    "near": "看着沾边、其实没有答案的题",
    "out": "不相干的题",
    "not-covered": "讲话没说的",
    "hidden": "整个条目拿掉以后再问",
    "refuted": "管理员判过答错的题",
    "negative": "反例（没有给出那一条就算对）",
}
EVALUATE_OUTCOMES = {
    "right": "答对",
    "offered": "列出供选",
    "wrong": "答错",
    "missed": "没答上",
    "false": "不该答却答了",
    "declined": "老实说没有",
}
EVALUATE_COLUMNS = ("分类", "题数", "第一名对")
BAD_QUESTIONS = (
    '{file} 第 {line} 行不是测试题；每行写一个 JSON，如 {{"q": "几号开会？", "kind": "in", "must": [["5月31日"]]}}。'
)
UNREADABLE_QUESTIONS = "读不了 {file}（{reason}）；请检查路径。"
UNKNOWN_LANE = "没有叫“{lane}”的通道；可以写：{known}。"
NO_FOLDER = "{file} 所在的文件夹不存在；请先建好，或换个位置。"
PLOT_TITLE = "问答测试报告"
PLOT_SCORES = "得分的分布"
PLOT_SCORE = "得分"
PLOT_SCORE_SERIES = ("第一名是对的", "第一名不对", "没有答案的题")
PLOT_BETWEEN = "{low:.2f} 到 {high:.2f}"
PLOT_ZERO = "另有 {count:,} 题得 0 分，没有画出来：没有一个能回答的条目沾边。"
PLOT_NOTHING = "没有测试题可画。"
PLOT_CONFUSIONS = "最容易混的条目"
PLOT_CONFUSION_COLUMNS = ("应该是 → 排在第一的是", "次数")
PLOT_CONFUSION = "{expected} → {got}（例如：{example}）"
PLOT_NO_CONFUSIONS = "没有混的。"
PLOT_RELIABILITY = "得分有多可靠"
PLOT_RELIABILITY_AXES = "横着是得分，竖着是其中对的比例。点离斜线越近，得分越可靠。"
PLOT_RELIABILITY_COLUMNS = ("得分", "对的")
PLOT_POINT = "得分 {score:.2f}，对的 {right:.0%}"
PLOT_RISK = "回答得多与少"
PLOT_RISK_AXES = "横着是回答了多少，竖着是答对的、答错的各占全部的多少。"
PLOT_RISK_POINT = "回答 {coverage:.0%}，答对 {right:.0%}，答错 {wrong:.0%}，门槛 {threshold:.2f}"
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

HELP_CHAT_JSON = "一行一句话，一行一个 JSON 结果；/reset 另起一段对话"
