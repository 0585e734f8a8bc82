"""One turn of a conversation with a member, whatever carries it: Telegram and the terminal hold the same one."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bot.conversation import callbacks
from bot.conversation.callbacks import Callback, Origin
from bot.conversation.commands import Command
from bot.conversation.followups import ConversationMemory, Participant, Subject, is_follow_up, readings
from bot.conversation.member_replies import MemberReplies
from bot.conversation.records import answered_questions, complaint, miss_of, opinion_on, rejected_miss
from bot.conversation.reply import Reply, short_key
from bot.items import Item, Kind, VerdictKind
from bot.matching import Answer, Settled, SmallTalk, Unknown, Verdict
from bot.snapshot import Snapshot
from bot.store.records import COMPLAINTS, NOTHING, Opinion, Records
from bot.store.usage import UsageLog
from bot.text import is_blank
from bot.texts import members as texts
from bot.texts.languages import Language

HOT_ITEMS = 8
INLINE_ITEMS = 10
INLINE_START = "inline"
"""The payload of the link that leads from inline mode to a private chat."""
_INLINE_SHARE = 0.5
"""An inline result's score is at least this share of the best one's."""
_ITEM_ID = re.compile("[a-z0-9-]{1,40}")
_HELPFULNESS = {VerdictKind.ANSWER: 3, VerdictKind.SUGGEST: 2, VerdictKind.NOT_COVERED: 1}
"""How much a verdict on a follow-up helps: of a guess, a choice is better than a refusal."""
_COMMANDS = {"help": texts.HELP, "privacy": texts.PRIVACY, "whoami": texts.WHOAMI}
"""Commands that are answered with a text alone."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, and where.

    ``addresses_bot``: nobody else can be meant, so that a reply is due even if nothing is known. ``reachable``: they
    can be told something later. ``has_capacity``: whether there is room for records of what they do.
    """

    chat: int
    member: int
    language: Language = Language.SIMPLIFIED
    addresses_bot: bool = True
    reachable: bool = True
    has_capacity: Callable[[Records], bool] = lambda _: True

    @property
    def participant(self) -> Participant:
        """Whose subject a follow-up leans on."""
        return self.chat, self.member


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes of what a member did.

    There is no reply where none is due. ``notice`` is a line that passes by for whoever pressed a button. ``records``
    are to be kept once the reply was delivered. ``subscribe_to`` is the key of the miss whose answer the member wants
    to be told; ``unsubscribe``: they want to be told nothing any more. ``refused``: there was no room for some records;
    the reply promises nothing that is not kept.
    """

    reply: Reply | None
    records: Records = NOTHING
    notice: str = ""
    subscribe_to: str = ""
    unsubscribe: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class MemberConversation:
    """What members say and press, to what they read. Each turn is answered from the one snapshot that it is given.

    ``retention_days``: how long misses are kept, which members are told. Every method raises StoreError where it looks
    up what is asked most and the store fails.
    """

    usage: UsageLog
    retention_days: int
    memory: ConversationMemory = field(default_factory=ConversationMemory)

    def replies(self, snapshot: Snapshot, language: Language) -> MemberReplies:
        """What words replies in a language."""
        return MemberReplies(snapshot.base, self.retention_days, language)

    def ask(self, text: str, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """The turn after a question."""
        question, verdict = self._read(text, speaker, snapshot)
        self.memory.put_reading(speaker.participant, text, question)
        if not speaker.addresses_bot and not isinstance(verdict, Settled):
            return Turn(None)
        shown: tuple[str, ...] = ()
        if isinstance(verdict, Answer):
            shown = tuple(chosen.item.id for chosen in verdict.chosen)
            self.memory.put_subject(speaker.participant, Subject(question, verdict.chosen[-1].item))
        miss = miss_of(question, verdict)
        misses = (miss,) if miss and speaker.has_capacity(Records(misses=(miss,))) else ()
        records = Records(
            misses=misses,
            shown=shown,
            answered=answered_questions(question, verdict),
            # What holds no word is no question.
            verdicts=() if is_blank(question) else (verdict.kind,),
        )
        replies = self.replies(snapshot, speaker.language)
        reply = replies.verdict(verdict, text, noted=bool(misses), reachable=speaker.reachable)
        return Turn(reply, records, refused=miss is not None and not misses)

    def command(self, command: Command, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """The turn after a command; ``/ask`` is the question that follows it."""
        replies = self.replies(snapshot, speaker.language)
        match command.name:
            case "ask":
                return self.ask(command.rest, speaker, snapshot)
            case "start":
                return self._start(command.rest, speaker, snapshot)
            case "topics":
                return Turn(replies.with_topics(texts.TOPICS))
            case "hot":
                return Turn(replies.hot(self._hot(snapshot)))
            case "forget":
                return Turn(replies.plain(texts.FORGOTTEN), unsubscribe=True)
            case name:
                return Turn(replies.plain(_COMMANDS.get(name, texts.UNKNOWN_COMMAND), id=speaker.member))

    def press(self, callback: Callback | None, question: str, speaker: Speaker, snapshot: Snapshot) -> Turn:  # noqa: C901, PLR0911 - a button each
        """The turn after a pressed button.

        ``callback`` is None where it can't be read. ``question``: what the button's message replied to, empty if that
        is not known.
        """
        replies = self.replies(snapshot, speaker.language)
        asked = self.memory.reading(speaker.participant, question)
        verdict = snapshot.matcher.match(asked)
        match callback:
            case callbacks.RejectSuggestions():
                return _rejected(asked, verdict, speaker, replies)
            case callbacks.Subscribe() if question:
                return _subscribed(asked, verdict, speaker, replies)
            case callbacks.ShowTopics(page):
                return Turn(replies.with_topics(texts.TOPICS, page))
            case callbacks.ShowTopic(topic, page):
                return Turn(replies.topic(topic, page))
            case callbacks.GoBack(Origin.HOT):
                return Turn(replies.hot(self._hot(snapshot)))
            case callbacks.GoBack(Origin.QUESTION) if question:
                return Turn(replies.verdict(verdict, question, noted=False))
            case callbacks.GoBack(Origin.QUESTION):
                return Turn(replies.plain(texts.QUESTION_GONE))
            case callbacks.OpenItems(origin, keys) if items := _items(keys, snapshot):
                return self._open(items, origin, speaker, snapshot)
            case callbacks.ReopenItems(origin, keys) if items := _items(keys, snapshot):
                return Turn(replies.items(items, origin, back=_leads_back(items, origin, verdict)))
            case callbacks.Dislike(origin, keys) if items := _items(keys, snapshot):
                return Turn(replies.defects(items, origin))
            case callbacks.Like() | callbacks.ReportDefect() if items := _items(callback.items, snapshot):
                return _judged(callback, items, asked, verdict, speaker, replies)
            case _:
                return Turn(replies.gone())

    def inline(self, query: str, snapshot: Snapshot) -> Sequence[Item]:
        """What may be shared for a few typed words, the best first; what is asked most for none."""
        if not query.strip():
            return self._hot(snapshot) or [items[0] for items in snapshot.base.topics.values()][:INLINE_ITEMS]
        verdict = snapshot.matcher.match(query)
        if isinstance(verdict, Unknown):
            return []
        first = [chosen.item for chosen in verdict.chosen] if isinstance(verdict, Answer) else []
        enough = verdict.score * _INLINE_SHARE
        ranked = (*verdict.suggestions, *verdict.candidates)
        others = [candidate.item for candidate in ranked if candidate.score >= enough]
        found = {item.id: item for item in (*first, *others) if item.kind is Kind.ANSWER}
        return list(found.values())[:INLINE_ITEMS]

    def _start(self, payload: str, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """A link may name an item, or one that is gone since."""
        item = snapshot.base.by_id.get(payload)
        if item and item.kind is not Kind.SMALL_TALK:
            return self._open([item], Origin.TOPIC, speaker, snapshot)
        is_gone = payload != INLINE_START and _ITEM_ID.fullmatch(payload)
        replies = self.replies(snapshot, speaker.language)
        return Turn(replies.gone() if is_gone else replies.with_topics(texts.WELCOME))

    def _open(self, items: Sequence[Item], origin: Origin, speaker: Speaker, snapshot: Snapshot) -> Turn:
        self.memory.put_subject(speaker.participant, Subject(items[0].question, items[0]))
        shown = tuple(item.id for item in items if item.kind is Kind.ANSWER)
        return Turn(self.replies(snapshot, speaker.language).items(items, origin), Records(shown=shown))

    def _hot(self, snapshot: Snapshot) -> Sequence[Item]:
        """What is asked most, as far as it is still there."""
        by_id = snapshot.base.by_id
        return [by_id[item_id] for item_id in list(self.usage.shown())[:HOT_ITEMS] if item_id in by_id]

    def _read(self, text: str, speaker: Speaker, snapshot: Snapshot) -> tuple[str, Verdict]:
        """A question as it is understood, and its verdict: of a follow-up, the reading that helps most."""
        match = snapshot.matcher.match
        best = text, match(text)
        subject = self.memory.subject(speaker.participant)
        if subject is None or isinstance(best[1], Answer | SmallTalk) or not is_follow_up(text):
            return best
        for reading in readings(text, subject):
            verdict = match(reading)
            if _is_answer([subject.item], verdict):
                # Whoever asks on does not want to read the same once more.
                continue
            if _HELPFULNESS.get(verdict.kind, 0) > _HELPFULNESS.get(best[1].kind, 0):
                best = reading, verdict
        return best


def _judged(
    callback: callbacks.Like | callbacks.ReportDefect,
    items: Sequence[Item],
    asked: str,
    verdict: Verdict,
    speaker: Speaker,
    replies: MemberReplies,
) -> Turn:
    origin = callback.origin
    opinion = Opinion[callback.defect.name] if isinstance(callback, callbacks.ReportDefect) else Opinion.HELPFUL
    chosen = verdict.chosen if isinstance(verdict, Settled) else ()
    led_to = [candidate.item for candidate in (*chosen, *verdict.suggestions)] if origin is Origin.QUESTION else []
    # An item that the question did not lead to was opened for its own question.
    feedback = tuple(opinion_on(item, asked if item in led_to else item.question, opinion) for item in items)
    complaints = tuple(map(complaint, feedback)) if opinion in COMPLAINTS else ()
    wanted = Records(misses=complaints, feedback=feedback)
    kept = _first_kept(speaker, wanted, Records(feedback=feedback))
    reply = replies.items(items, origin, back=_leads_back(items, origin, verdict), thumbs=False)
    notice = replies.say(texts.THANKS if kept.feedback else texts.THANKS_NOT_KEPT)
    return Turn(reply, kept, notice, refused=kept != wanted)


def _rejected(asked: str, verdict: Verdict, speaker: Speaker, replies: MemberReplies) -> Turn:
    miss = rejected_miss(asked, verdict)
    if miss is None:
        return Turn(replies.plain(texts.QUESTION_GONE))
    not_meant = tuple(opinion_on(suggestion.item, asked, Opinion.NOT_MEANT) for suggestion in verdict.suggestions)
    wanted = Records(misses=(miss,), feedback=not_meant)
    kept = _first_kept(speaker, wanted, Records(misses=(miss,)))
    if kept.misses:
        return Turn(replies.with_topics(texts.REJECTED, subscribe=speaker.reachable), kept, refused=kept != wanted)
    return Turn(replies.with_topics(texts.REJECTED_NOT_KEPT), refused=True)


def _first_kept(speaker: Speaker, *wanted: Records) -> Records:
    """The first of these records that there is room for; without any, nothing."""
    return next(filter(speaker.has_capacity, wanted), NOTHING)


def _subscribed(asked: str, verdict: Verdict, speaker: Speaker, replies: MemberReplies) -> Turn:
    """The miss is known by the question as it was understood."""
    miss = rejected_miss(asked, verdict)
    if miss is None or not speaker.reachable:
        return Turn(replies.plain(texts.QUESTION_GONE))
    return Turn(replies.with_topics(texts.PROMISED), notice=replies.say(texts.PROMISE), subscribe_to=miss.key)


def _is_answer(items: Sequence[Item], verdict: Verdict) -> bool:
    """Whether these items are the very answer that a verdict gives."""
    return isinstance(verdict, Answer) and [chosen.item for chosen in verdict.chosen] == list(items)


def _leads_back(items: Sequence[Item], origin: Origin, verdict: Verdict) -> bool:
    """Whether there is a way back from items: the very answer to the question has none."""
    return origin is not Origin.QUESTION or not _is_answer(items, verdict)


def _items(keys: Iterable[str], snapshot: Snapshot) -> Sequence[Item]:
    """The items that a button means and that there still are."""
    found: dict[str, Item] = {**snapshot.base.by_id}
    if not found.keys() >= set(keys):
        found |= {short_key(item.id): item for item in snapshot.base.items}
    return [found[key] for key in keys if key in found]
