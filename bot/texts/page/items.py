"""The pages of the items: all of them by topic, one of them with all that can be changed, and the lists of words."""

LABEL = "条目"
INTRODUCTION = (
    "机器人知道的都在这里。找一条，点进去改；改了马上生效，也都能撤销。"
    "要写新条目，在“待处理”里点开一组问题来写，或者在聊天里发 /new，或者用表格导入。"
)
SEARCH = "找一找"
PLACEHOLDER = "标准问法、别的问法、回答里的字都行"
FIND = "找"
TOPIC = "话题"
ALL_TOPICS = "所有话题"
FILTER = "只看"
FILTERS = {
    "": "全部",
    "few": "问法少的",
    "disliked": "有人点 👎",
    "unasked": "没人问过",
    "overlapping": "问法和别的条目撞车",
    "overdue": "该再看一遍",
}
FILTER_HINTS = {
    "few": "一共不到 {few} 种问法的。会员的说法五花八门，问法多一点才接得住。",
    "disliked": "有会员说答得不对、不全，或者过时了的。",
    "unasked": "最近 30 天没有给会员看过的。",
    "overlapping": "有些问法更像别的条目：会员换个差不多的说法来问，得到的会是那一条。",
    "overdue": "有效期过了，或者到了该再看一遍的日子。",
}
FOUND = "{count} 条"
NONE_FOUND = "没有找到。换几个字，或者去掉上面的条件再看看。"
PHRASINGS_COUNT = "{count} 种问法"
SHOWN = "30 天看了 {count} 次"
OVERLAPS_COUNT = "{count} 种撞车"
COMPARING = "正在拿每一种问法和别的条目比，要一两分钟，好了会自动列出来；没有的话，过一会儿再点一次“找”。"
COMPLAINTS = "👎 {count}"
OVERDUE = "该再看了"
EARLIER, LATER = "上一页", "下一页"
WORDS = "说法"
WORDS_LINKS = {"synonyms": "同义词", "frames": "套话"}
WORDS_HEADS = {"synonyms": "同义词", "frames": "提问时的套话"}
WORDS_HINTS = {
    "synonyms": "每组意思一样，怎么说都当成标准说法。一个词只能放在一组里，意思不一样的别放在一起，不然会答错。",
    "frames": "“请问”“想了解一下”这样的话和内容无关，比对的时候几乎不算。",
}
WORDS_NONE = "还没有。"
WORDS_SEARCH = "找一个词"
WORDS_FOUND = {"synonyms": "{count} 组", "frames": "{count} 句"}
WORDS_ADD = {"synonyms": "加一组，或者给已有的一组加词", "frames": "加套话"}
WORDS_ADD_HINTS = {"synonyms": "一行一个词。标准说法已经有了，就加到那一组里。", "frames": "一行一句。"}
STANDARD = "标准说法"
OTHER_WORDS = "也这么说"
OTHER_WORDS_OF = "给「{word}」加的词，一行一个"
FRAME_WORDS = "套话"
CHANGE_GROUP = "加词、删掉"
CHANGE_GROUP_OF = "加词、删掉：「{word}」这一组"
DELETE_GROUP = "删掉这一组"
DELETE_GROUP_OF = "删掉这一组：「{word}」"
WORD_TOO_LONG = "「{text}」太长了，一个词最多 {limit} 个字。"
TOO_MANY_WORDS = "一次最多加 {limit} 个，请分几次。"

BACK = "所有条目"
KIND = "{kind} · {topic} · {item}"
KINDS = {"answer": "问答", "not-covered": "讲话没说的", "small-talk": "寒暄"}
WHERE = "写在 {place}"
ANSWER = "回答"
COUNTER = "{length} 字，最多 {limit} 字"
COUNTER_LONG = "{length} 字，超过 {limit} 字了"
SAVE = "保存"
PREVIEW = "会员会读到"
PREVIEW_BUTTONS = "下面的按钮"
QUESTION = "标准问法"
QUESTION_HINT = "会显示在按钮上。改了以后，原来的说法还算一种问法。"
SHORT = "一句话回答"
SHORT_HINT = "有人嫌长的时候说这一句；可以空着。"
SHORT_DIFFERS = "一句话回答里的 {numbers}，回答里没有，请对一对。"
SHORT_SEE = "看一句话回答"
PHRASINGS = "别的问法"
PHRASINGS_NONE = "现在只有标准问法。会员的说法五花八门，多加几种才接得住。"
OVERLAP_HINT = "标出来的问法更像别的条目：会员换个差不多的说法，得到的会是那一条。可以去掉，或者移到那一条里。"
TAKEN = "会用「{question}」回答"
CLOSE = "更像「{question}」"
ADD_PHRASINGS = "加问法"
ADD_HINT = "一行一种，像会员平时打字那样写。"
ADD = "加上"
REMOVE = "去掉「{text}」"
READY = "点一下就加上"
NEGATIVES = "反例"
NEGATIVES_HINT = "这么问的时候，绝不用这一条回答。"
ADD_NEGATIVES = "加反例"
KEYWORDS = "关键词"
KEYWORDS_HINT = "光发这个词过来，就用这一条回答。"
ADD_KEYWORDS = "加关键词"
SOURCES = "出处"
SOURCES_HINT = "勾上这条回答用到的地方。"
OTHER_SOURCES = "别的地方"
CITED_BY = "也用到这里的：{questions}"
CITED_BY_MORE = "也用到这里的：{questions}，一共 {count} 条"
DOCUMENT = "讲话以外的文件（可以空着）"
DOCUMENT_HINT = "写文件的名字，比如：关于食堂的通知"
RELATED = "相关问题"
RELATED_HINT = "看完这一条，会推荐这些。"
RELATED_NONE = "现在什么都不推荐。"
ADD_RELATED = "加别的条目"
ADD_RELATED_HINT = "写它的标准问法或者编号"
KEPT_BY = "谁管、管到什么时候"
OWNER = "归谁管"
VALID_UNTIL = "有效期到"
REVIEW_BY = "最晚再看一遍"
MOVE = "换话题"
MOVE_HINT = "选一个已经有的话题，或者写一个新的。"
DELETE = "删掉这一条"
DELETE_HINT = "会先让你看看删了以后有什么影响。"
ASKED = "最近问过的"
ASKED_NONE = "最近 30 天没有人问到这一条。"
OPINIONS = "大家怎么说"
OPINION = "{opinion} {count}"
HISTORY = "改过什么"
HISTORY_NONE = "还没有人在这里改过它。"
UNDO = "撤销"
UNDO_OF = "撤销：{what}"

EDITED_UNDO = "改得不对的话，可以马上撤销。"
READERS = "有 {count} 位会员读过以前的回答，想知道它的变化。要告诉他们吗？告诉了就收不回来。"
TELL, SKIP = "告诉他们", "先不说"

CHANGE_TITLE = "先看看，再决定"
CHANGE_INTRODUCTION = "还什么都没有改。"
REFUSED_TITLE = "这次没有改"
OVERTAKEN = "你写的时候，别人已经改过这里。两份都在下面，什么都没丢。"
THEIRS = "现在的（别人刚改的）"
YOURS = "你写的"
WANTED = "要改成这样"
IMPACT = "会影响什么"
LOSS = "有问题会因此答不上来，或者换成别的回答。"
CONFIRM = "就这样改"
CONFIRM_DELETE = "确定删掉"
CANCEL = "不改了，回去"
TRY_AGAIN = "改一改再试"
LIMITS = {
    "short": (100, "一句话回答最多 {limit} 个字，现在有 {length} 个。"),
    "owner": (20, "归谁管最多写 {limit} 个字，现在有 {length} 个。"),
    "keywords": (20, "关键词「{text}」太长了，最多 {limit} 个字。"),
}
NO_SUCH_ITEM = "没有找到「{text}」这一条。请写它的标准问法或者编号，一个字都不要差。"
NOTHING_WRITTEN = "什么都没有写。"
ITEM_ITSELF = "不能把自己加成自己的相关问题。"
