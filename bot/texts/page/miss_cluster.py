"""The page of one cluster of misses, and the forms that come of it."""

TITLE = "一组问题"
TO_LIST = "◀ 回到列表"
FIGURES = {"asked": "问过", "days": "问了几天", "waiting": "在等答案"}
GONE = "这一组已经不在了，可能刚被删掉。"
DONE_ALREADY = "这一组已经处理好了。"
NEXT = "下一组 ▶"
WORDINGS = "都是这样问的"
WORDING_COLUMNS = ("问法", "次数", "最近一次", "现在")
STATES = {
    "open": "没处理",
    "handled": "已经归好，还没答上",
    "verified": "现在答得上",
    "ignored": "不管了",
    "not-covered": "老实说讲话没说",
}
LED = "{state} →「{question}」"
COMPLAINT = "👎 会员说这一条的回答不好：「{question}」"
CANDIDATES = "最接近的条目"
CANDIDATES_NONE = "没有一个条目沾边。可以自己找，或者写一条新的。"
SCORE = "像 {score:.0%}"
NOT_MEANT = "会员说过不是这一条"
REFUSAL = "讲话没说的"
ADD = "归到这一条"
NEVER = "永远不是这一条"
ABOUT = "{label}：{question}"
SEARCH = "在所有条目里找"
PLACEHOLDER = "问题或回答里的字，比如：饭卡"
FIND = "找"
FOUND_NONE = "没有找到，换几个字试试。"
OTHERWISE = "都不合适？"
NEW = "✏️ 写新条目"
REFUSE = "🈚 讲话没说"
IGNORE = "🙈 不管了"
UNIGNORE = "↩️ 还是要管"
DELETE = "🗑 删掉"
UNDO = "撤销"
BACK = "◀ 回到这一组"
TITLES = {"add": "归到这一条", "never": "永远不是这一条", "new": "写新条目", "refuse": "讲话没说"}
INTRODUCTIONS = {
    "add": "下面的问法加到这一条里，以后这样问就用它回答。",
    "never": "下面的话记成反例：以后这样问，绝不用这一条回答。这一组还留在列表里。",
    "new": "写好回答、选好出处，这一组问题就由它回答。",
    "refuse": "老实告诉会员讲话没有说。这一组问题就由它回答。",
}
MANY = "这次一共 {count} 组问题，一起处理，也一起撤销。"
LINES = {"add": "加上这些问法", "never": "这些话永远不用这一条", "new": "别的问法", "refuse": "别的问法"}
LINES_HINT = "一行一种，像会员平时打字那样。"
QUESTION = "标准问法"
ANSWER = "回答"
ANSWER_HINT = "最多 {limit} 个字，不用排版。"
TOPIC = "话题"
SOURCES = "出处"
DOCUMENT = "讲话以外的文件"
DOCUMENT_HINT = "出处不在讲话里，就写文件的名字。"
IMPACT = "这样改的影响"
NOTHING_ELSE = "不影响别的问题。"
LOSS = "先别急，这样改会影响别的问题："
COVERED = "这一条本来就是这样，不用改；点一下，这一组就收起来。"
INCOMPLETE = "还差一点："
DO = {"add": "就这样，加上", "never": "就这样，记成反例", "new": "就这样，存下来", "refuse": "就这样，存下来"}
DO_LOSS = "看清楚了，还是要改"
TRY = "看看影响"
CHANGED_BY_OTHERS = "你写的时候，知识库又有人改过。你写的都还在，按现在的内容重新试了一遍；要改就再点一次。"
CHANGE = "{when}　{who}：{what}"
CHANGED_HERE = "还没有存：先看看这样改的影响，再点一次。"
OVERTAKEN = "你写的时候，这一组已经有人处理了，现在是下面这样。你写的都还在；还是要存，就再点一次。"
LINE_TOO_LONG = "「{text}」太长了，最多 {limit} 个字。"
MASKED = "「{text}」里好像有电话或证件号码，不能存进知识库，请去掉。"
NO_LINES = "至少写一种问法。"
NO_QUESTION = "写上标准问法。"
NO_ANSWER = "写上回答。"
NO_TOPIC = "选一个话题，或者写个新的。"
NO_SOURCE = "至少选一处出处，答案才站得住。"
TOO_LONG = "{name}太长了，最多 {limit} 个字。"
TOO_MANY_LINES = "一次最多 {limit} 种问法。"
