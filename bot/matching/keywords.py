"""The keywords of items: what a message that is nothing but a term means, and what a question is about."""

from collections.abc import Iterator, Mapping, Sequence

from bot.items import Item, Kind
from bot.matching.lexicon import Lexicon, Words
from bot.matching.phonetics import segment, sound_of

_HEARD_LENGTH = 3
"""Characters from which on a term is also known by its sound; shorter ones sound like too much else."""
_ATTRIBUTES = frozenset(
    (
        *("时间", "时候", "日期", "地点", "地方", "人", "人员", "名字"),
        *("要求", "内容", "目的", "意义", "原因", "方式", "方法", "办法", "措施"),
        *("任务", "工作", "负责", "情况", "结果", "问题", "会议", "开会", "活动", "讲话"),
    )
)
"""Words that ask about something rather than name it."""


class Keywords:
    """All keywords of a knowledge base, in standard form. Items are known by their number.

    ``terms``: those of answers that name what a question is about.
    """

    def __init__(self, items: Sequence[Item], lexicon: Lexicon) -> None:
        by_kind: dict[Kind, dict[str, list[int]]] = {kind: {} for kind in Kind}
        for number, item in enumerate(items):
            for keyword in dict.fromkeys(map(lexicon.form, item.keywords)):
                by_kind[item.kind].setdefault(keyword, []).append(number)
        answers = by_kind[Kind.ANSWER]
        # A refusal's keyword counts only where no answer has it.
        self._items: Mapping[str, Sequence[int]] = {**by_kind[Kind.NOT_COVERED], **answers}
        self._heard: dict[str, str] = {}
        for keyword in self._items:
            self._heard.setdefault(_sound(keyword), keyword)
        self.terms = Words(keyword for keyword in answers if keyword not in _ATTRIBUTES)

    def items(self, form: str) -> Sequence[int]:
        """The items of a keyword, as it is spelt or else as it sounds; refusals only where no answer has it."""
        if form in self._items:
            return self._items[form]
        heard = self._heard.get(_sound(form)) if len(form) >= _HEARD_LENGTH else None
        return self._items[heard] if heard else ()

    def subjects(self, form: str) -> Iterator[str]:
        """The keywords of answers in a standardised form that name what it is about, in order; the longest first."""
        return (word for _, word in self.terms.find(form))


def _sound(form: str) -> str:
    """How a form sounds, whether it is written or typed in pinyin."""
    typed = segment(form.replace(" ", "")) if form.isascii() and not form.isdigit() else ()
    return " ".join(typed) or sound_of(form)
