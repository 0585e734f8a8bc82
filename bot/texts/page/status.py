"""The page that says how the bot is."""

LABEL = "状态"
INTRODUCTION = "机器人好不好，知识库有没有要改的地方，什么东西留多久。"
HEALTH = "运行情况"
WELL = "一切正常"
PROBLEMS = "有 {count} 处不正常"
UNWATCHED = "这里看不到 Telegram 那边的情况"
UNWATCHED_HINT = (
    "这个页面是用 campaign-bot page 打开的，它不连 Telegram。想知道机器人好不好，运行 campaign-bot health。"
)
KNOWLEDGE = "知识库"
SOUND = "没有要改的地方"
FAULTY = "有 {count} 处要改"
FAULTY_HINT = "改好以前，机器人先用着上一次没有错的内容。用编辑器打开下面的文件，改好保存就会自动换上。"
WARNINGS = "提醒"
PLACE = "{file}:{line}"
UNUSED = "{name}：{reason}"
COUNTS = (
    ("answer", "问答"),
    ("not-covered", "讲话没说的"),
    ("small-talk", "寒暄"),
)
PHRASINGS = "问法"
FOLDER = "文件夹"
VERSIONS = "版本"
VERSION_NAMES = {
    "program": "程序",
    "engine": "问答引擎",
    "schema": "数据库结构",
    "python": "Python",
    "knowledge": "知识库指纹",
}
KEPT = "什么东西留多久"
KEPT_HINT = "从来不记是谁问的；电话、证件号码这些在记下以前就遮掉了。"
KEPT_COLUMNS = ("东西", "怎么存", "留多久")
MASKED = "遮掉号码的文字"
ENCRYPTED = "加密"
PLAIN = "文字"
HASHED = "只存校验值"
DAYS = "{days} 天"
HOURS = "{hours} 小时"
MINUTES = "{minutes} 分钟"
KEPT_ROWS = (
    ("没答上来的问题、大家的评价、每天的次数", MASKED, "misses"),
    ("答上的问题", MASKED, "answered"),
    ("等回复的消息（回复以后只留编号）", ENCRYPTED, "inbox"),
    ("没能回复的消息", ENCRYPTED, "dead_letters"),
    ("和大家聊到哪儿了（几台机器一起用时才存）", ENCRYPTED, "participants"),
    ("谁在等答案（聊天和语言，没有名字）", ENCRYPTED, "subscriptions"),
    ("要告诉管理员、还没送到的话", ENCRYPTED, "notices"),
    ("管理员做过什么", PLAIN, "misses"),
    ("管理员没写完的东西", PLAIN, "forms"),
    ("这个页面的登录", HASHED, "sessions"),
    ("登录链接", HASHED, "links"),
)
"""What is kept, how, and the name of the time for which it is."""
