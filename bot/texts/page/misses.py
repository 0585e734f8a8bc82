"""The page on which misses are handled."""

LABEL = "待处理"
INTRODUCTION = (
    "会员问了、机器人没答好的，问法相近的归在一起。点开一组，看看归到哪一条，或者写一条新的；勾选几组，可以一起处理。"
)
FILTERS = {
    "all": "全部",
    "unanswered": "没答上",
    "rejected": "说“都不是”",
    "complained": "被点踩",
    "waiting": "有人等",
    "ignored": "不管的",
    "handled": "处理过的",
}
FILTERS_LABEL = "只看"
DAYS = {"asked": "{days} 问过", "begun": "{days} 头一次问"}
CLEAR = "✕"
WITHOUT_DAYS = "，点一下就不限日子"
SEARCH = "找问题"
PLACEHOLDER = "问题里的几个字，比如：食堂"
SORT = "排序"
SORTS = {
    "pressing": "最要紧的在前",
    "asked": "问得最多的在前",
    "days": "问了最多天的在前",
    "waiting": "等的人最多的在前",
    "last": "最近问过的在前",
}
FIND = "找"
COUNT = "一共 {count:,} 组，下面是第 {first:,}–{last:,} 组。"
NONE = "没有要处理的，都补上啦 🎉"
NOTHING_FOUND = "没有找到。换几个字，或者看看别的。"
TABLE = "没答好的问题"
TICK_COLUMN = "勾选"
QUESTION_COLUMN = "问题"
COLUMNS = {"asked": "次数", "days": "天数", "waiting": "在等", "last": "最近一次"}
"""The columns that the table can be sorted by, by the value of their sort."""
NEAREST_COLUMN = "上次查到最接近的条目"
"""As of when it was asked the last time, by a member or by the bot after an edit."""
SORTED_BY = "按{column}排"
TIMES = "{count:,}"
WAITING = "🔔 {count:,} 位"
COMPLAINT = "👎 说的是「{question}」"
NOTHING_NEAR = "没有相近的"
TICK = "勾选「{question}」"
THIS_PAGE = "选这一页的 {count:,} 组"
EVERY = "选全部 {count:,} 组，不只这一页"
ACTS = {
    "add": "📎 归到一条",
    "refuse": "🈚 讲话没说",
    "ignore": "🙈 不管了",
    "unignore": "↩️ 还是要管",
    "delete": "🗑 删掉",
}
ACTS_LABEL = "对勾选的"
BACK = "◀ 上一页"
ON = "下一页 ▶"
PAGER = "翻页"
UNDO = "撤销"
TO_LIST = "◀ 回到列表"
CHOICE = {
    "ignore": "这 {count:,} 组都不管了吗？以后再有人这样问也不提醒。",
    "unignore": "把这 {count:,} 组都放回没处理的里面吗？",
    "delete": (
        "把这 {count:,} 组都从记录里删掉吗？10 分钟内还可以撤销，之后就彻底删掉，找不回来了；以后再有人问会重新记。"
    ),
}
CHOICE_WAITING = {
    "ignore": "🔔 有 {count:,} 位会员在等这些问题的答案，不管了就没有人告诉他们。",
    "unignore": "🔔 有 {count:,} 位会员在等这些问题的答案。",
    "delete": "🔔 有 {count:,} 位会员在等这些问题的答案，删掉以后就等不到了。",
}
CHOICE_TITLES = {"add": "归到一条", "refuse": "讲话没说", "ignore": "不管了", "unignore": "还是要管", "delete": "删掉"}
TOO_MANY = "这样一次最多 {limit:,} 组，现在勾了 {count:,} 组。回到列表少勾几组，或者用搜索找得更细一点。"
MANY = "勾选的 {count:,} 组"
MANY_ITEM = "都归到哪一条？"
CHOICE_CHANGED = "刚才这段时间里，勾选的有变化，可能是别人处理了几组。现在是下面这些，什么都还没做。"
CHOICE_NONE = "还没有勾选，或者勾选的已经处理过了。回到列表，点前面的方框。"
CHOICE_MORE = "……还有 {count:,} 组"
CHOICE_DO = {"ignore": "不管这 {count:,} 组", "unignore": "放回这 {count:,} 组", "delete": "删掉这 {count:,} 组"}
