"""One turn of the conversation, whatever carries it: Telegram and the terminal speak the same dialogue."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from bot.conversation.followups import Subject, Subjects, Talk, leans, understood
from bot.conversation.replies import FAULTS, Action, Origin, Replies, Reply, item_key
from bot.curation.faq import Asked, Faq
from bot.items import Item, Kind, KnowledgeBase
from bot.matching import Answer, NotCovered, Settled, SmallTalk, Suggestions, Unknown, Verdict
from bot.store.records import COMPLAINTS, NOTHING, Feedback, Miss, Opinion, Records
from bot.store.usage import UsageLog
from bot.text import is_blank
from bot.texts.languages import Language, converter, translator

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
    reachable: bool = True
    """Whether they can be told something later."""

    @property
    def talk(self) -> Talk:
        """Whose subject a follow-up leans on."""
        return self.chat, self.member


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes of what a member did.

    There is no reply where none is due. ``notice`` passes by for whoever pressed a button. ``records`` are to be kept
    when the reply was read. ``subscription``: the key of the miss whose answer the speaker wants to be told of;
    ``forget``: they want to be told of nothing any more.
    """

    reply: Reply | None
    records: Records = NOTHING
    notice: str = ""
    subscription: str = ""
    forget: bool = False


_COMMAND = re.compile(r"/([A-Za-z][A-Za-z0-9_]*)(?:@([A-Za-z0-9_]+))?\s*(.*)", re.DOTALL)
_ITEM_ID = re.compile("[a-z0-9-]{1,40}")
INLINE_START = "inline"
"""The payload of the link that leads from inline mode to a private chat."""


@dataclass(frozen=True, slots=True)
class Command:
    """A message that is a command: its name in small letters, the bot that it names, if any, and the rest."""

    name: str
    bot: str
    rest: str

    @classmethod
    def of(cls, text: str) -> "Command | None":
        """The command in a text; a stroke before anything but a Latin letter makes none."""
        found = _COMMAND.match(text)
        return cls(found[1].lower(), found[2] or "", found[3].strip()) if found else None


class Dialogue:
    """What a member says, to what a member reads."""

    def __init__(
        self,
        faq: Faq,
        base: KnowledgeBase,
        days: int,
        usage: UsageLog,
        subjects: Subjects | None = None,
    ) -> None:
        self._faq = faq
        self._base = base
        self._usage = usage
        self._by_key = {item_key(item.id): item for item in base.items} | dict(base.by_id)
        self._subjects = subjects or Subjects()
        self._replies = cache(lambda language: Replies(base, days, translator(language)))

    def say(self, text: str, speaker: Speaker) -> Turn:
        """The turn after a typed message, a command or a question. ``/start@bot`` is ``/start``."""
        command = Command.of(text)
        if command is None or command.name == "ask":
            return self._converted(self._question(command.rest if command else text, speaker), speaker)
        return self._converted(self._command(command, speaker), speaker)

    def press(self, action: str, asked: str, speaker: Speaker) -> Turn:
        """The turn after a pressed button. ``asked``: the message that its own one replies to, empty if not known."""
        command = Command.of(asked)
        question = (command.rest if command.name == "ask" else "") if command else asked
        return self._converted(self._pressed(action, question, speaker), speaker)

    def inline(self, query: str) -> Sequence[Item]:
        """What may be shared for a few typed words, the best first; what is asked most for none."""
        if not query.strip():
            hot = [self._base.by_id[one] for one in self._hot() if one in self._base.by_id]
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

    def answered_since(self, verdict: Answer | NotCovered, language: Language) -> Reply:
        """What is told to whoever waited for an answer."""
        return self._replies(language).answered_since(verdict).converted(converter(language))

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
        return replace(turn, reply=reply, notice=convert(turn.notice))

    def _command(self, command: Command, speaker: Speaker) -> Turn:  # noqa: PLR0911 - one return a command
        replies = self._replies(speaker.language)
        match command.name:
            case "start":
                return self._start(command.rest, speaker)
            case "topics":
                return Turn(replies.topics(0))
            case "hot":
                return Turn(replies.hot(self._hot()))
            case "help":
                return Turn(replies.help())
            case "privacy":
                return Turn(replies.privacy())
            case "whoami":
                return Turn(replies.whoami(speaker.member))
            case "forget":
                return Turn(replies.forgotten(), forget=True)
            case _:
                return Turn(replies.unknown_command())

    def _start(self, payload: str, speaker: Speaker) -> Turn:
        """A link may name an item, or one that is gone since."""
        item = self._base.by_id.get(payload)
        if item and item.kind is not Kind.SMALL_TALK:
            return self._open([item], Origin.TOPIC, speaker)
        replies = self._replies(speaker.language)
        is_gone = payload != INLINE_START and _ITEM_ID.fullmatch(payload)
        return Turn(replies.gone() if is_gone else replies.welcome())

    def _hot(self) -> Sequence[str]:
        return self._usage.hot(HOT_ITEMS)

    def _question(self, text: str, speaker: Speaker) -> Turn:
        question, asked = self._in_context(text, speaker)
        self._subjects.read(speaker.talk, text, question)
        verdict = asked.verdict
        if not speaker.expects and not isinstance(verdict, Settled):
            return Turn(None)
        shown: tuple[str, ...] = ()
        if isinstance(verdict, Answer):
            shown = tuple(candidate.item.id for candidate in verdict.chosen)
            self._subjects.put(speaker.talk, Subject(question, verdict.chosen[-1].item))
        misses = (asked.miss,) if asked.miss and speaker.keeps(asked.miss) else ()
        reply = self._replies(speaker.language).verdict(verdict, text, noted=bool(misses), reachable=speaker.reachable)
        # What holds no word is no question.
        verdicts = () if is_blank(question) else (verdict.kind,)
        return Turn(
            reply,
            Records(misses=misses, shown=shown, answered=self._faq.answered(question, verdict), verdicts=verdicts),
        )

    def _in_context(self, text: str, speaker: Speaker) -> tuple[str, Asked]:
        """A question as it is understood, and what came of it. A miss is always what was typed, never a guess."""
        asked = self._faq.ask(text)
        subject = self._subjects.get(speaker.talk)
        if subject is None or isinstance(asked.verdict, Answer | SmallTalk) or not leans(text):
            return text, asked
        best = text, asked
        for meant in understood(text, subject):
            verdict = self._faq.ask(meant).verdict
            if isinstance(verdict, Answer) and [one.item for one in verdict.chosen] == [subject.item]:
                # Whoever asks on does not want to read the same once more.
                continue
            if _worth(verdict) > _worth(best[1].verdict):
                best = meant, Asked(verdict, asked.miss if isinstance(verdict, NotCovered) else None)
        return best

    def _pressed(self, action: str, question: str, speaker: Speaker) -> Turn:  # noqa: C901, PLR0911, PLR0912 - one case a kind
        replies = self._replies(speaker.language)
        match action.split(":"):
            case [Action.NONE]:
                return self._reject(question, speaker)
            case [Action.TELL] if question:
                return self._subscribe(question, speaker)
            case [Action.TOPICS, page] if _is_page(page):
                return Turn(replies.topics(int(page)))
            case [Action.TOPIC, key, page] if _is_page(page):
                return Turn(replies.topic(key, int(page)))
            case [Action.BACK, Origin.HOT]:
                return Turn(replies.hot(self._hot()))
            case [Action.BACK, Origin.QUESTION] if question:
                return Turn(replies.verdict(self._verdict(question, speaker), question, noted=False))
            case [Action.BACK, Origin.QUESTION]:
                return Turn(replies.question_gone())
            case [Action.ITEM, origin, ids] if items := self._items(origin, ids):
                return self._open(items, Origin(origin), speaker)
            case [Action.AGAIN, origin, ids] if items := self._items(origin, ids):
                back = not self._is_own(items, origin, question, speaker)
                return Turn(replies.items(items, Origin(origin), back=back))
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
        return [self._by_key[one] for one in ids.split("+") if one in self._by_key]

    def _verdict(self, question: str, speaker: Speaker) -> Verdict:
        """The verdict on a question that was asked before, as it was understood then."""
        return self._faq.ask(self._subjects.reading(speaker.talk, question)).verdict

    def _is_own(self, items: Sequence[Item], origin: str, question: str, speaker: Speaker) -> bool:
        """Whether these are the very answer to the question, which has no way back."""
        if origin != Origin.QUESTION or not question:
            return False
        verdict = self._verdict(question, speaker)
        return isinstance(verdict, Answer) and [one.item for one in verdict.chosen] == list(items)

    def _open(self, items: Sequence[Item], origin: Origin, speaker: Speaker) -> Turn:
        self._subjects.put(speaker.talk, Subject(items[0].question, items[0]))
        shown = tuple(item.id for item in items if item.kind is Kind.ANSWER)
        return Turn(self._replies(speaker.language).items(items, origin), Records(shown=shown))

    def _judge(self, items: Sequence[Item], origin: Origin, opinion: Opinion, question: str, speaker: Speaker) -> Turn:
        shown: Sequence[Item] = ()
        if origin is Origin.QUESTION and question:
            verdict = self._verdict(question, speaker)
            chosen = verdict.chosen if isinstance(verdict, Settled) else ()
            shown = [one.item for one in (*chosen, *verdict.suggestions)]
        meant = self._subjects.reading(speaker.talk, question)
        # An item that the question did not lead to was opened for its own question.
        pairs = ((meant if item in shown else item.question, item) for item in items)
        feedback = (self._faq.opinion(asked, item, opinion) for asked, item in pairs)
        kept = tuple(one for one in feedback if speaker.keeps(one))
        complaints = (self._faq.complaint(one) for one in kept if one.opinion in COMPLAINTS)
        misses = tuple(one for one in complaints if speaker.keeps(one))
        replies = self._replies(speaker.language)
        back = not self._is_own(items, origin, question, speaker)
        reply = replies.items(items, origin, back=back, thumbs=False)
        return Turn(reply, Records(misses=misses, feedback=kept), replies.thanks(noted=bool(kept)))

    def _reject(self, question: str, speaker: Speaker) -> Turn:
        replies, meant = self._replies(speaker.language), self._subjects.reading(speaker.talk, question)
        asked = self._faq.reject(meant)
        if asked.miss is None:
            return Turn(replies.question_gone())
        misses = (asked.miss,) if speaker.keeps(asked.miss) else ()
        shown = (self._faq.opinion(meant, one.item, Opinion.NOT_MEANT) for one in asked.verdict.suggestions)
        not_meant = tuple(one for one in shown if misses and speaker.keeps(one))
        reply = replies.rejected(noted=bool(misses), reachable=speaker.reachable)
        return Turn(reply, Records(misses=misses, feedback=not_meant))

    def _subscribe(self, question: str, speaker: Speaker) -> Turn:
        """Whoever asked wants to be told; the miss is known by the question as it was understood."""
        replies = self._replies(speaker.language)
        missed = self._faq.reject(self._subjects.reading(speaker.talk, question)).miss
        if missed is None or not speaker.reachable:
            return Turn(replies.question_gone())
        return Turn(replies.promised(), notice=replies.promise(), subscription=missed.key)


def _worth(verdict: Verdict) -> int:
    """How much a verdict on a follow-up helps: of a guess, a choice is better than a refusal."""
    match verdict:
        case Answer():
            return 3
        case Suggestions():
            return 2
        case NotCovered():
            return 1
        case _:
            return 0


def _is_page(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_PAGE
