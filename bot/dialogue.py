"""One turn of the conversation, whatever carries it: Telegram and the terminal speak the same dialogue."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache

from bot.faq import Asked, Faq
from bot.followups import Subject, Subjects, leans, understood
from bot.items import Item, Kind, KnowledgeBase
from bot.languages import Language, converter, translator
from bot.matching import Answer, NotCovered, Settled, SmallTalk, Suggestions, Unknown
from bot.replies import FAULTS, Action, Origin, Replies, Reply
from bot.store.interface import NOTHING, Feedback, Journal, Miss, MissedLog, Opinion, Records, State

HOT_ITEMS = 8
INLINE_ITEMS = 10
_INLINE_SHARE = 0.5
"""An inline result's score is at least this share of the best one's."""
_LONGEST_PAGE = 3

Keeps = Callable[[Miss | Feedback], bool]
"""Whether a record may be kept: it is asked before the reply says that it is."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, and where. ``expects``: nobody else is meant, and a reply is due even if nothing is known."""

    chat: int
    member: int
    keeps: Keeps
    language: Language = Language.SIMPLIFIED
    expects: bool = True
    admin: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes of what a member did.

    There is no reply where none is due. ``notice`` passes by for whoever pressed a button. ``records`` are to be kept
    when the reply was read.
    """

    reply: Reply | None
    records: Records = NOTHING
    notice: str = ""


_COMMANDS = frozenset({"start", "topics", "hot", "ask", "help", "privacy", "whoami"})


class Dialogue:
    """What a member says, to what a member reads."""

    def __init__(
        self,
        faq: Faq,
        base: KnowledgeBase,
        days: int,
        journal: Journal,
        missed: MissedLog,
        subjects: Subjects | None = None,
    ) -> None:
        self._faq = faq
        self._base = base
        self._hot = journal.hot
        self._missed = missed
        self._subjects = subjects or Subjects()
        self._replies = cache(lambda language: Replies(base, days, translator(language)))

    @property
    def commands(self) -> Collection[str]:
        """The commands that there are."""
        return _COMMANDS

    def say(self, text: str, speaker: Speaker) -> Turn:
        """The turn after a typed message, a command or a question. ``/start@bot`` is ``/start``."""
        if text.startswith("/") and text[1:2].isascii() and text[1:2].isalpha():
            command, _, rest = text[1:].partition(" ")
            name, rest = command.split(maxsplit=1)[0].partition("@")[0].lower(), rest.strip()
            if name != "ask":
                return self._converted(self._command(name, rest, speaker), speaker)
            text = rest
        return self._converted(self._question(text, speaker), speaker)

    def press(self, action: str, question: str, speaker: Speaker) -> Turn:
        """The turn after a pressed button. ``question``: what was asked where it stands, empty if that is not known."""
        return self._converted(self._pressed(action, question, speaker), speaker)

    def inline(self, query: str) -> Sequence[Item]:
        """What may be shared for a few typed words, the best first; what is asked most for none."""
        if not query.strip():
            hot = [self._base.by_id[one] for one in self._hot(INLINE_ITEMS) if one in self._base.by_id]
            return hot or [items[0] for items in self._base.topics.values()][:INLINE_ITEMS]
        verdict = self._faq.ask(query).verdict
        if isinstance(verdict, Unknown):
            return []
        first = [one.item for one in verdict.chosen] if isinstance(verdict, Answer) else []
        enough = verdict.score * _INLINE_SHARE
        others = [one.item for one in (*verdict.suggestions, *verdict.candidates) if one.score >= enough]
        found = {item.id: item for item in (*first, *others) if item.kind is Kind.ANSWER}
        return list(found.values())[:INLINE_ITEMS]

    def not_text(self, speaker: Speaker) -> Turn:
        """To what holds no text."""
        return self._converted(Turn(self._replies(speaker.language).not_text()), speaker)

    def flooded(self, speaker: Speaker) -> Turn:
        """To whoever sends too fast."""
        return self._converted(Turn(self._replies(speaker.language).flooded()), speaker)

    def failed(self, speaker: Speaker) -> Turn:
        """When the bot itself failed."""
        return self._converted(Turn(self._replies(speaker.language).failed()), speaker)

    def shared(self, item: Item, language: Language) -> str:
        """What an inline result sends into a chat."""
        return converter(language)(self._replies(language).shared(item))

    def inline_hint(self, language: Language) -> str:
        """The button over inline results that are none."""
        return converter(language)(self._replies(language).inline_hint())

    @staticmethod
    def _converted(turn: Turn, speaker: Speaker) -> Turn:
        convert = converter(speaker.language)
        reply = turn.reply.converted(convert) if turn.reply else None
        return Turn(reply, turn.records, convert(turn.notice))

    def _command(self, name: str, rest: str, speaker: Speaker) -> Turn:  # noqa: PLR0911 - one return a command
        replies = self._replies(speaker.language)
        match name:
            case "start" if rest in self._base.by_id:
                return self._open([self._base.by_id[rest]], Origin.TOPIC, speaker)
            case "start":
                return Turn(replies.welcome())
            case "topics":
                return Turn(replies.topics(0))
            case "hot":
                return Turn(replies.hot(self._hot(HOT_ITEMS)))
            case "help":
                return Turn(replies.help())
            case "privacy":
                return Turn(replies.privacy())
            case "whoami":
                return Turn(replies.whoami(speaker.member))
            case "missed" if speaker.admin:
                return Turn(replies.missed(self._missed.rows([State.OPEN])))
            case _:
                return Turn(replies.unknown_command())

    def _question(self, text: str, speaker: Speaker) -> Turn:
        question, asked = self._in_context(text, speaker.chat)
        verdict = asked.verdict
        if not speaker.expects and not isinstance(verdict, Settled):
            return Turn(None)
        shown: tuple[str, ...] = ()
        if isinstance(verdict, Answer):
            shown = tuple(candidate.item.id for candidate in verdict.chosen)
            self._subjects.put(speaker.chat, Subject(question, verdict.chosen[-1].item))
        misses = (asked.miss,) if asked.miss and speaker.keeps(asked.miss) else ()
        reply = self._replies(speaker.language).verdict(verdict, text, noted=bool(misses))
        return Turn(reply, Records(misses=misses, asked=shown))

    def _in_context(self, text: str, chat: int) -> tuple[str, Asked]:
        """A question as it is understood, and what came of it."""
        asked = self._faq.ask(text)
        subject = self._subjects.get(chat)
        if subject is None or isinstance(asked.verdict, Answer | SmallTalk) or not leans(text):
            return text, asked
        best = text, asked
        for meant in understood(text, subject):
            found = self._faq.ask(meant)
            if _worth(found) > _worth(best[1]):
                best = meant, found
        return best

    def _pressed(self, action: str, question: str, speaker: Speaker) -> Turn:  # noqa: PLR0911 - one return a kind
        replies = self._replies(speaker.language)
        match action.split(":"):
            case [Action.NONE]:
                return self._reject(question, speaker)
            case [Action.TOPICS, page] if _is_page(page):
                return Turn(replies.topics(int(page)))
            case [Action.TOPIC, key, page] if _is_page(page):
                return Turn(replies.topic(key, int(page)))
            case [Action.BACK, Origin.HOT]:
                return Turn(replies.hot(self._hot(HOT_ITEMS)))
            case [Action.BACK, Origin.QUESTION] if question:
                return Turn(replies.verdict(self._in_context(question, speaker.chat)[1].verdict, question, noted=False))
            case [Action.ITEM, origin, ids] if items := self._items(origin, ids):
                return self._open(items, Origin(origin), speaker)
            case [Action.DISLIKE, origin, ids] if items := self._items(origin, ids):
                return Turn(replies.faults(items, Origin(origin)))
            case [Action.LIKE, origin, ids] if items := self._items(origin, ids):
                return self._judge(items, Origin(origin), Opinion.HELPFUL, question, speaker)
            case [Action.FAULT, fault, origin, ids] if fault in FAULTS and (items := self._items(origin, ids)):
                return self._judge(items, Origin(origin), FAULTS[fault], question, speaker)
            case _:
                return Turn(replies.gone())

    def _items(self, origin: str, ids: str) -> Sequence[Item]:
        """The items that a button means and that there still are; none if it is forged."""
        if origin not in set(Origin):
            return ()
        return [self._base.by_id[one] for one in ids.split("+") if one in self._base.by_id]

    def _open(self, items: Sequence[Item], origin: Origin, speaker: Speaker) -> Turn:
        self._subjects.put(speaker.chat, Subject(items[0].question, items[0]))
        shown = tuple(item.id for item in items)
        return Turn(self._replies(speaker.language).items(items, origin), Records(asked=shown))

    def _judge(self, items: Sequence[Item], origin: Origin, opinion: Opinion, question: str, speaker: Speaker) -> Turn:
        feedback = (self._faq.opinion(question or item.question, item, opinion) for item in items)
        kept = tuple(one for one in feedback if speaker.keeps(one))
        replies = self._replies(speaker.language)
        return Turn(replies.items(items, origin, thumbs=False), Records(feedback=kept), replies.thanks())

    def _reject(self, question: str, speaker: Speaker) -> Turn:
        asked = self._faq.reject(question)
        if asked.miss is None:
            return Turn(self._replies(speaker.language).rejected(found=False, noted=False))
        misses = (asked.miss,) if speaker.keeps(asked.miss) else ()
        shown = (one.item for one in asked.verdict.suggestions)
        not_meant = tuple(self._faq.opinion(question, item, Opinion.NOT_MEANT) for item in shown) if misses else ()
        reply = self._replies(speaker.language).rejected(found=True, noted=bool(misses))
        return Turn(reply, Records(misses=misses, feedback=not_meant))


def _worth(asked: Asked) -> int:
    """How much a verdict helps."""
    match asked.verdict:
        case Answer():
            return 3
        case NotCovered():
            return 2
        case Suggestions():
            return 1
        case _:
            return 0


def _is_page(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_PAGE
