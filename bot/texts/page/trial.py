"""The page on which a question is tried."""

LABEL = "试一试"
INTRODUCTION = "写一个问题，看看会员会读到什么，机器人又是凭什么这样答的。这里问的不会记下来。"
QUESTION = "问题"
PLACEHOLDER = "像会员平时打字那样写，比如：几点开门"
ASK = "问一问"
REPLY = "会员会读到"
BUTTONS = "下面的按钮"
VERDICTS = {
    "answer": "直接回答",
    "suggest": "拿不准，列出来让会员选",
    "not-covered": "老实说讲话没说",
    "small-talk": "寒暄",
    "unknown": "没答上",
}
VERDICT = "机器人的判断"
WHY = "为什么"
CANDIDATES = "最接近的条目"
CANDIDATES_NONE = "没有一个条目沾边。"
CANDIDATE_COLUMNS = ("条目", "把握")
THRESHOLD = (
    "够 {answer:.0%} 才直接回答，够 {suggest:.0%} 会列出来让会员选；讲话没说的够 {refuse:.0%} 才照实说，不会列出来。"
)
PHRASING = "最像的问法"
MATCHED = "对上的字词"
UNEXPLAINED = "这一条里没有的字词"
NONE = "没有"
REASONS = "往上加的和往下拉的"
REASONS_HINT = "数字越大，这一点越要紧；加号是更有把握，减号是更没把握。"
REASON_COLUMNS = ("看什么", "影响")
REASON = "{value:+.2f}"
SCORE = "{score:.0%}"
JOINT = "、"
KIND = "{kind} · {item}"
KINDS = {"answer": "问答", "not-covered": "讲话没说的", "small-talk": "寒暄"}
