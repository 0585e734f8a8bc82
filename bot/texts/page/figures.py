"""The page of figures."""

LABEL = "数字"
INTRODUCTION = "大家问了多少，答上了多少，还有什么没答上。"
PERIODS = "时间"
PERIOD_NAMES = {7: "7 天", 30: "30 天", 90: "90 天", 0: "全部"}
DAYS = "每天问了多少"
DAY = "日期"
LINES = {"answered": "答上", "offered": "让人挑", "missed": "没答上"}
NOTHING_ASKED = "这段时间还没有人提问。"
TABLE = "看表格"
RIGHT = "答得对不对"
OPINIONS = "这段时间大家的评价"
OPINION_NAMES = {"helpful": "有用", "wrong": "不对", "incomplete": "不全", "outdated": "过时", "not-meant": "都不是"}
NO_OPINIONS = "这段时间还没有人评价。"
CLUSTERS = "没答上最多的"
NO_CLUSTERS = "没有等着处理的问题。"
QUESTION = "问题"
TIMES = "次数"
HOT = "看得最多的条目（最近 30 天）"
COLD = "没人看的条目（最近 30 天）"
NO_HOT = "最近 30 天还没有人看过哪一条。"
NO_COLD = "每一条都有人看过。"
ITEM = "条目"
AGES = "没处理的放了多久"
AGE = "放了"
AGE_NAMES = ("一天以内", "一周以内", "一个月以内", "一个月以上")
