"""What a message does besides asking: thanks, a greeting, a curse. It is told before anything is matched.

The lists are the language's own, the same for every knowledge base. They are compared with the whole message, word by
word, never by edit distance: an insult is one character away from praise.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from bot.items import Item, Kind
from bot.matching.act_words import CURSING, EMOJI, EXCLAIMING, FILLERS, WORDS, Act
from bot.matching.phrases import Phrases, compact
from bot.matching.splitting import ASKING_WORDS

ITEM_PREFIX = "chat-"
_LONGEST = 60
"""Characters of a message that may be an act; who writes more wants something."""

_TO_US = re.compile("[你您谢]|辛苦|不好意思|对不起|抱歉|机器人")
"""What is said to the bot, beside what is told of something else."""


def act_of(item: Item) -> Act | None:
    """The act that a small-talk item words; None for every other item."""
    act = item.id.removeprefix(ITEM_PREFIX)
    is_act = item.kind is Kind.SMALL_TALK and item.id.startswith(ITEM_PREFIX) and act in Act.__members__.values()
    return Act(act) if is_act else None


_EXCLAMATIONS = frozenset({Act.INSULT, Act.COMPLAINT, Act.PRAISE, Act.EMOTION, Act.LAUGHING})
"""What is said about somebody or something, in more words than the others."""
_OUTWEIGHING = frozenset({Act.INSULT, Act.PRAISE, Act.HUMAN_OR_BOT, Act.THANKS, Act.APOLOGY})
"""What a message does, whatever else it tells."""
_CURSES = frozenset({Act.INSULT, Act.COMPLAINT})
_AFTER = frozenset(
    {Act.THANKS, Act.GREETING, Act.GOOD_MORNING, Act.GOOD_EVENING, Act.APOLOGY, Act.LAUGHING, Act.BYE, Act.INSULT}
)
"""What is taken off behind a question; other acts (好, 行不行, 对不对) may be a part of it."""
_BEFORE = frozenset(Act) - {Act.PRAISE, Act.EMOTION}
"""What is taken off before a question; the others (又好又快) may be a part of it, unless a turn follows."""
_TURNING = ("那", "请问", "我想问", "再问")


class Acts:
    """Tells acts by the lists in code and by the phrasings of the items that belong to them: one item for an act."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self.items = {act: item for item in items if (act := act_of(item))}
        self._phrasings = {
            _core(compact(phrasing)): act for act, item in self.items.items() for phrasing in item.all_phrasings()
        }

    def act(self, text: str) -> Act | None:
        """What a whole message does; None if it asks or says anything else."""
        if len(text) > _LONGEST:
            return None
        text = _EMOTICON.sub("😊", text)
        typed = compact(text)
        words = _ADDRESSED.sub("", typed) or typed
        return self._told(words) or self._told_beside(text) if words else _act_of_emoji(text)

    def _told_beside(self, text: str) -> Act | None:
        """What a message does that says something else too, and asks for nothing."""
        clauses = {words: self._told(words) for part in _PART.split(text)[::2] if (words := compact(part))}
        if any(ASKING_WORDS.search(clause) for clause, act in clauses.items() if not act):
            return None
        return next((act for clause, act in clauses.items() if act in _OUTWEIGHING and _TO_US.search(clause)), None)

    def _is_before(self, part: str, following: Sequence[str]) -> bool:
        if _INTRODUCTION.fullmatch(compact(part)):
            # Who asks may decide what the answer is.
            return False
        act = self.act(part)
        return act in _BEFORE or (act is not None and following[:1] != [] and following[0].startswith(_TURNING))

    def _told(self, words: str) -> Act | None:
        if listed := self._phrasings.get(_core(words)):
            return listed
        if patterned := next((act for act, pattern in _PATTERNS.items() if pattern.fullmatch(words)), None):
            return patterned
        told = (
            _phrases(FILLERS).kinds(words)
            or [act for act in _phrases(FILLERS, EXCLAIMING).kinds(words) if act in _EXCLAMATIONS]
            or [act for act in _phrases(FILLERS, EXCLAIMING, CURSING).kinds(words) if act in _CURSES]
        )
        return min(told, key=_RANKS.__getitem__) if told else None

    def peeled(self, text: str) -> str:
        """A message without the courtesies around its question; the message itself if there is nothing else in it."""
        parts = _PART.split(text)
        texts, ends = parts[::2], [*parts[1::2], ""]
        first, last = 0, len(texts)
        while first < last and (
            not compact(texts[first]) or self._is_before(texts[first], texts[first + 1 : first + 2])
        ):
            first += 1
        while first < last and (not compact(texts[last - 1]) or self.act(texts[last - 1]) in _AFTER):
            last -= 1
        if first == last:
            return text
        left = "".join(part + end for part, end in zip(texts[first:last], ends[first:last], strict=True))
        left = _TYPED_PARTICLE.sub("", _START.sub("", left))
        return left if compact(left) else text


@cache
def _phrases(*fillers: str) -> Phrases[Act]:
    """The words of all acts with what may stand beside them; made when the first message comes."""
    return Phrases({act: listed.split() for act, listed in WORDS.items()}, " ".join(fillers).split())


_START = re.compile(
    "^(?:我是(?:想)?问的?|我问的是|我是说|我说的是|我想问的是|我(?:的)?意思是|(?:谢谢|多谢|感谢|你好|您好|hi|hello|哈喽|早上好|上午好|中午好|下午好|晚上好|不好意思|对不起|抱歉|打扰了|哈哈+)"
    "(?:你们|你|您|了|啦|啊|呀|哈|哦)*|(?:好的?|行|嗯+|哦+|明白了?|知道了|收到|算了|很好|不错)(?:啊|呀|吧|了)*(?=那|请问|我想问|再问))",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    "^(?:小同志|小伙子|小姑娘|[小老][王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗])(?:啊|呀|哎|诶)*|(?:小同志|[小老][王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗])$"
)
"""Who speaks to the bot by a name."""
_TYPED_PARTICLE = re.compile(r"(?<=[a-z]) +(?:ne|ma|ba|ya|a|la|ha)\W*$", re.IGNORECASE)
"""A particle behind a question that is typed in pinyin."""
_ACT_OF_EMOJI = {emoji: act for act, listed in EMOJI.items() for emoji in listed}
_RANKS = {act: rank for rank, act in enumerate(Act)}
_PART = re.compile(r"([,.;:?!，。；：？！…~～\n]+|(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f]))")
_EMOTICON = re.compile(r"\[[\u4e00-\u9fff]{1,4}\]")
"""An emoticon as some phones send it: [微笑]."""
_BEING = "(?:真人|活人|人类?|机器人?|电脑|程序|软件|ai|人工智能|人工客服|人工|自动回复|客服)"
_HUMAN_OR_BOT = re.compile(
    f"(?:.{{0,6}}(?:耐心|快|厉害|好))?(?:你|您|对面|那头|屏幕那头|到底|究竟|不会|该不会|莫不|莫非|真的)*(?:是|是不是|就是|坐的是|不是){_BEING}"
    f"(?:(?:吗|呢|啊|呀)*(?:还是|或者)(?:是)?{_BEING})?(?:吗|吧|不|么|嘛|啊|呀|呢|噻|哦|嗦)*"
)
_OPINION = re.compile(
    "(?:你|您)(?:个人)?(?:觉得|认为).{0,14}(?:好不好|怎么样|咋样|对不对|好吗|棒不棒|行不行|有没有意思|有没有用|靠谱吗)(?:啊|呀|呢|嘛)*"
)
_GRUMBLE = re.compile(
    "(?:行吧|好吧|唉|哎)*(?:你|您|尽|净|都|就|老|说|讲|些|给我|是|一堆|1堆|全|听着|听起来|感觉|还)+(?:没用|废话|空话|套话|屁话|车轱辘话)(?:的|啊|嘛|话|吗)*"
)
_INTRODUCTION = re.compile(
    f"(?!.*(?:{ASKING_WORDS.pattern}))(?:你好|您好|小|老|同志|老师|师傅)*(?:我|俺|咱)"
    "(?:[就也只]?[是叫姓](?![想问说要不指看从怕觉])[^有要能也得该想]{1,13}[^有要能也得该想不没么]|(?:刚|才|新)(?:刚|才|调|分)*(?:来|到|入职)[^要能也得该想不没么]{0,6})"
    "(?:(?:想|要|来)?(?:跟你|向你)?(?:问问?|打听|了解)(?:1下)?(?:这次|这个|那个)?(?:创先争优)?(?:活动|事情?|情况)?(?:的事情?)?)?"
)
"""Who says who they are, and asks nothing yet."""
_ENTERTAINING = re.compile(
    "(?:你|您|给我|给大家|帮我|能不能|可以|可不可以|会不会|会|能|来|再|请)*(?:唱|讲|说|写|放|跳|作|编|背|表演|来)(?:1|几)?(?:个|首|段|支|篇|下)?"
    "(?:歌|笑话|故事|诗|舞|相声|段子|小说|歌曲|音乐|绕口令|节目)(?:给我|来)?(?:听听?|看看)?(?:吗|吧|呗|不|么|嘛|啊|呀)*"
)
_WRITING = re.compile(
    "(?:你|能不能|能|可以|可不可以|请|麻烦)*(?:帮我|给我|替我|帮忙)(?:写|拟|编|起草|弄|整)(?:1|两)?(?:[份篇封].{0,10}|个?(?:简报|总结|材料|报告|稿子|心得|发言稿))(?:吧|吗|呗|嘛|啊|不)*"
)
"""Who wants something written."""
_SWEARING = re.compile("(?:你|您)?(?:他|特)?(?:妈|娘)的?.{0,3}(?:听不懂|看不懂|有病|瞎|聋|傻|蠢|笨).{0,6}")
_PATTERNS = {
    Act.INSULT: _SWEARING,
    Act.HUMAN_OR_BOT: _HUMAN_OR_BOT,
    Act.OPINION: _OPINION,
    Act.COMPLAINT: _GRUMBLE,
    Act.OPENING: _INTRODUCTION,
    Act.LAUGHING: re.compile(f"(?!.*(?:{ASKING_WORDS.pattern}))哈哈+.{{0,8}}[的了啊呀]"),
    Act.ENTERTAIN: re.compile(f"{_ENTERTAINING.pattern}|{_WRITING.pattern}"),
}
"""What has a place for other words, and so can't be listed."""
_PARTICLES = re.compile("^(?:那|啊|哎|唉|哦|噢|嗯|诶|喂|哈)+|[啊呀哦噢喔呢吧嘛么啦了的哈哇呃哟嘞咯哩噻哒滴嗦]+$")


def _core(words: str) -> str:
    """A compact text without the particles around it; the text itself if it is made of them."""
    return _PARTICLES.sub("", words) or words


def _act_of_emoji(text: str) -> Act | None:
    """What emoji do, by the first that is known; other symbols are a smile."""
    symbols = [symbol for symbol in text if unicodedata.category(symbol) == "So"]
    known = next((_ACT_OF_EMOJI[symbol] for symbol in symbols if symbol in _ACT_OF_EMOJI), None)
    return known or (Act.LAUGHING if symbols else None)
