"""What the matcher can say of a question: a closed set of values, consumed with ``match`` and ``assert_never``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from bot.items import Item, VerdictKind
from bot.matching.act_words import Act
from bot.matching.features import Features


@dataclass(frozen=True, slots=True)
class Why:
    """What decided for a candidate.

    ``phrasing`` is the nearest way to ask it; ``lanes`` are 0..1; ``matched`` and ``unexplained`` are the parts of the
    question (after synonyms) that the item explains, and those that it does not, the weightiest first. ``features``:
    what spoke for and against it; None where no item was compared.
    """

    phrasing: str = ""
    lanes: Mapping[str, float] = field(default_factory=dict)
    matched: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()
    features: Features | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item and how sure the engine is that it settles the question: 0..1, one scale for every kind of item."""

    item: Item
    score: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all verdicts hold.

    ``candidates``: at most 6, best first, equal scores in the order of their ids. ``suggestions``: at most 3 items of
    kind ``answer`` that a member may have meant, best first.
    """

    candidates: tuple[Candidate, ...]
    suggestions: tuple[Candidate, ...]
    why: Why

    @property
    def score(self) -> float:
        """The best candidate's score; 0 without one."""
        return self.candidates[0].score if self.candidates else 0.0


@dataclass(frozen=True, slots=True)
class Settled(Judgement):
    """What a reply is made of: one item, or one for each part of a compound question, in the order they were asked."""

    chosen: tuple[Candidate, ...]

    @property
    def score(self) -> float:
        """The least sure part's score."""
        return min(candidate.score for candidate in self.chosen)


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A part of a message that asks for something that is not settled: its words, and what may have been meant."""

    words: str
    suggestions: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Answer(Settled):
    """Sure of at least one part. Parts that the speech does not cover are among ``chosen``; ``open``: all others."""

    open: tuple[OpenPart, ...] = ()

    kind: ClassVar = VerdictKind.ANSWER


@dataclass(frozen=True, slots=True)
class NotCovered(Settled):
    """The knowledge base knows the question, or each part of it, and that the speech does not answer it."""

    kind: ClassVar = VerdictKind.NOT_COVERED


@dataclass(frozen=True, slots=True)
class SmallTalk(Settled):
    """A greeting, thanks and the like: an act, or else an item that answers what is asked about the bot.

    Of an act the item that words it is chosen, if the knowledge base has one.
    """

    act: Act | None = None

    kind: ClassVar = VerdictKind.SMALL_TALK

    @classmethod
    def of(cls, act: Act, item: Item | None) -> "SmallTalk":
        """The verdict on a message that is nothing but an act."""
        chosen = (Candidate(item, 1.0),) if item else ()
        return cls(chosen, (), Why(), chosen, act)

    @property
    def score(self) -> float:
        """1 for an act, else the item's score."""
        return 1.0 if self.act else self.chosen[0].score


@dataclass(frozen=True, slots=True)
class Suggestions(Judgement):
    """Unsure: the member is asked which of the suggestions was meant; there is at least one.

    ``word``: what they are offered for, where a message is nothing but a word that several items have; up to five then.
    """

    word: str = ""

    kind: ClassVar = VerdictKind.SUGGEST


@dataclass(frozen=True, slots=True)
class Unknown(Judgement):
    """Nothing is near enough to answer or to have been meant; there may be suggestions, to look around."""

    kind: ClassVar = VerdictKind.UNKNOWN


Verdict = Answer | Suggestions | NotCovered | SmallTalk | Unknown
