"""The page of figures."""

LABEL = "数字"
INTRODUCTION = "大家问了多少，答上了多少，还有什么没答上。点一根柱子，就看到是哪些问题。"
PERIODS = "时间"
PERIOD_NAMES = {7: "7 天", 30: "30 天", 90: "90 天", 0: "全部"}
DAYS = "每天问了多少"
DAYS_NOTE = "一共问了 {asked:,} 次，答上 {answered:,} 次，占 {share}。"
DAY = "日期"
SHORT_DAY = "{day.month}月{day.day}日"
LINES = ("答上", "让人挑", "没答上")
NOTHING_ASKED = "这段时间还没有人提问。"
TABLE = "看表格"
TABLE_OF = "看表格：{title}"
CSV = "下载 CSV"
CSV_OF = "下载 CSV：{title}"
RIGHT = "答得对不对"
RIGHT_COLUMNS = ("抽查的日子", "看过", "对的", "占", "多半在")
RIGHT_LINE = "到那天为止抽查的，答对的占多少；竖线是多半在的范围"
RIGHT_POINT = "看过 {judged.sample.count}，对 {judged.right}，占 {judged.percent}，多半在 {judged.range}"
RIGHT_NOTE = (
    "随机抽查了 {judged.sample.count} 次回答，{judged.right} 次是对的，占 {judged.percent}。照这样看，"
    "所有回答里答对的多半在 {judged.range}（九成五的把握）。"
)
RANGE = "{low:.0%} 到 {high:.0%}"
NOTHING_JUDGED = "这段时间随机抽的回答还没有人看过，对多少现在说不准。在聊天里发 /digest，就能一条条判断。"
OPINIONS = "大家的评价"
OPINION_NAMES = {"helpful": "有用", "wrong": "不对", "incomplete": "不全", "outdated": "过时", "not-meant": "都不是"}
OPINION_LINES = ("有用", "不好（不对、不全、过时）", "都不是")
OPINION = "{name} {count:,} 次"
JOINT = "，"
NO_OPINIONS = "这段时间还没有人评价。"
CLUSTERS = "没答上最多的"
NO_CLUSTERS = "没有等着处理的问题。"
QUESTION = "问题"
TIMES = "次数"
ON_DAYS = "天数"
HOT = "看得最多的条目"
COLD = "没人看的条目"
COLD_NOTE = "一共 {count:,} 条，下面是前几条，全部的在 CSV 里。"
NO_HOT = "这段时间还没有人看过哪一条。"
NO_COLD = "这段时间每一条都有人看过。"
ITEM = "条目"
AGES = "没处理的放了多久"
AGE = "放了"
AGE_NAMES = ("一天以内", "一周以内", "一个月以内", "一个月以上")
