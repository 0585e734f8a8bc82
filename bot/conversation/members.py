"""One turn of a conversation with a member, whatever carries it: Telegram and the terminal hold the same one."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.conversation import callbacks
from bot.conversation.callbacks import Callback, Defect, Origin
from bot.conversation.commands import Command
from bot.conversation.followups import ConversationMemory, Participant, Subject, is_follow_up, readings
from bot.conversation.member_replies import MemberReplies
from bot.conversation.records import answered_questions, complaint, miss_of, opinion_on, rejected_miss
from bot.conversation.reply import Reply, short_key
from bot.items import Item, Kind
from bot.matching import Answer, NotCovered, Settled, SmallTalk, Suggestions, Unknown, Verdict
from bot.snapshot import Snapshot
from bot.store.records import COMPLAINTS, NOTHING, Opinion, Records
from bot.store.usage import UsageLog
from bot.text import is_blank
from bot.texts.languages import Language, converter, translator

HOT_ITEMS = 8
INLINE_ITEMS = 10
INLINE_START = "inline"
"""The payload of the link that leads from inline mode to a private chat."""
_INLINE_SHARE = 0.5
"""An inline result's score is at least this share of the best one's."""
_ITEM_ID = re.compile("[a-z0-9-]{1,40}")
_OPINIONS = {Defect.WRONG: Opinion.WRONG, Defect.INCOMPLETE: Opinion.INCOMPLETE, Defect.OUTDATED: Opinion.OUTDATED}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, and where.

    ``addresses_bot``: nobody else can be meant, so that a reply is due even if nothing is known. ``reachable``: they
    can be told something later.
    """

    chat: int
    member: int
    language: Language = Language.SIMPLIFIED
    addresses_bot: bool = True
    reachable: bool = True

    @property
    def participant(self) -> Participant:
        """Whose subject a follow-up leans on."""
        return self.chat, self.member


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes of what a member did.

    There is no reply where none is due. ``notice`` is a line that passes by for whoever pressed a button. ``records``
    are to be kept once the reply was delivered. ``subscribe_to`` is the key of the miss whose answer the member wants
    to be told; ``unsubscribe``: they want to be told nothing any more. ``unrecorded`` is the turn instead where there
    is no room for the records: its words promise nothing that is not kept.
    """

    reply: Reply | None
    records: Records = NOTHING
    notice: str = ""
    subscribe_to: str = ""
    unsubscribe: bool = False
    unrecorded: "Turn | None" = None

    def admitted(self, has_capacity: Callable[[Records], bool]) -> "Turn":
        """The turn itself, or the first of the turns instead of it whose records there is room for."""
        turn = self
        while turn.unrecorded is not None and not has_capacity(turn.records):
            turn = turn.unrecorded
        return turn

    def converted(self, convert: Callable[[str], str]) -> "Turn":
        """The same turn in other characters."""
        return replace(
            self,
            reply=self.reply.converted(convert) if self.reply else None,
            notice=convert(self.notice),
            unrecorded=self.unrecorded.converted(convert) if self.unrecorded else None,
        )


class MemberConversation:
    """What members say and press, to what they read. Each turn is answered from the one snapshot that it is given.

    ``retention_days``: how long misses are kept, which members are told. Every method raises StoreError where it looks
    up what is asked most and the store fails.
    """

    def __init__(self, usage: UsageLog, retention_days: int, memory: ConversationMemory | None = None) -> None:
        self._usage = usage
        self._retention_days = retention_days
        self._memory = memory or ConversationMemory()

    def replies(self, snapshot: Snapshot, language: Language) -> MemberReplies:
        """What words replies in a language, before its characters are converted."""
        return MemberReplies(snapshot.base, self._retention_days, translator(language))

    def ask(self, text: str, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """The turn after a question."""
        return self._question(text, speaker, snapshot).converted(converter(speaker.language))

    def command(self, command: Command, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """The turn after a command; ``/ask`` is the question that follows it."""
        if command.name == "ask":
            return self.ask(command.rest, speaker, snapshot)
        return self._command(command, speaker, snapshot).converted(converter(speaker.language))

    def press(self, callback: Callback | None, question: str, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """The turn after a pressed button.

        ``callback`` is None where it can't be read. ``question``: what the button's message replied to, empty if that
        is not known.
        """
        return self._pressed(callback, question, speaker, snapshot).converted(converter(speaker.language))

    def inline(self, query: str, snapshot: Snapshot) -> Sequence[Item]:
        """What may be shared for a few typed words, the best first; what is asked most for none."""
        base = snapshot.base
        if not query.strip():
            hot = [base.by_id[item_id] for item_id in self._hot() if item_id in base.by_id]
            return hot or [items[0] for items in base.topics.values()][:INLINE_ITEMS]
        verdict = snapshot.matcher.match(query)
        if isinstance(verdict, Unknown):
            return []
        first = [chosen.item for chosen in verdict.chosen] if isinstance(verdict, Answer) else []
        enough = verdict.score * _INLINE_SHARE
        ranked = (*verdict.suggestions, *verdict.candidates)
        others = [candidate.item for candidate in ranked if candidate.score >= enough]
        found = {item.id: item for item in (*first, *others) if item.kind is Kind.ANSWER}
        return list(found.values())[:INLINE_ITEMS]

    def _command(self, command: Command, speaker: Speaker, snapshot: Snapshot) -> Turn:  # noqa: PLR0911 - a command each
        replies = self.replies(snapshot, speaker.language)
        match command.name:
            case "start":
                return self._start(command.rest, speaker, snapshot)
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
                return Turn(replies.forgotten(), unsubscribe=True)
            case _:
                return Turn(replies.unknown_command())

    def _start(self, payload: str, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """A link may name an item, or one that is gone since."""
        item = snapshot.base.by_id.get(payload)
        if item and item.kind is not Kind.SMALL_TALK:
            return self._open([item], Origin.TOPIC, speaker, snapshot)
        replies = self.replies(snapshot, speaker.language)
        is_gone = payload != INLINE_START and _ITEM_ID.fullmatch(payload)
        return Turn(replies.gone() if is_gone else replies.welcome())

    def _hot(self) -> Sequence[str]:
        return self._usage.hot(HOT_ITEMS)

    def _question(self, text: str, speaker: Speaker, snapshot: Snapshot) -> Turn:
        question, verdict = self._read(text, speaker, snapshot)
        self._memory.put_reading(speaker.participant, text, question)
        if not speaker.addresses_bot and not isinstance(verdict, Settled):
            return Turn(None)
        shown: tuple[str, ...] = ()
        if isinstance(verdict, Answer):
            shown = tuple(chosen.item.id for chosen in verdict.chosen)
            self._memory.put_subject(speaker.participant, Subject(question, verdict.chosen[-1].item))
        records = Records(
            shown=shown,
            answered=answered_questions(question, verdict),
            # What holds no word is no question.
            verdicts=() if is_blank(question) else (verdict.kind,),
        )
        replies = self.replies(snapshot, speaker.language)
        plain = Turn(replies.verdict(verdict, text, noted=False), records)
        miss = miss_of(question, verdict)
        if miss is None:
            return plain
        reply = replies.verdict(verdict, text, noted=True, reachable=speaker.reachable)
        return Turn(reply, replace(records, misses=(miss,)), unrecorded=plain)

    def _read(self, text: str, speaker: Speaker, snapshot: Snapshot) -> tuple[str, Verdict]:
        """A question as it is understood, and its verdict: of a follow-up, the reading that helps most."""
        match = snapshot.matcher.match
        best = text, match(text)
        subject = self._memory.subject(speaker.participant)
        if subject is None or isinstance(best[1], Answer | SmallTalk) or not is_follow_up(text):
            return best
        for reading in readings(text, subject):
            verdict = match(reading)
            if isinstance(verdict, Answer) and [chosen.item for chosen in verdict.chosen] == [subject.item]:
                # Whoever asks on does not want to read the same once more.
                continue
            if _helpfulness(verdict) > _helpfulness(best[1]):
                best = reading, verdict
        return best

    def _pressed(self, callback: Callback | None, question: str, speaker: Speaker, snapshot: Snapshot) -> Turn:  # noqa: C901, PLR0911, PLR0912 - a button each
        replies = self.replies(snapshot, speaker.language)
        match callback:
            case callbacks.RejectSuggestions():
                return self._reject(question, speaker, snapshot)
            case callbacks.Subscribe() if question:
                return self._subscribe(question, speaker, snapshot)
            case callbacks.ShowTopics(page):
                return Turn(replies.topics(page))
            case callbacks.ShowTopic(topic, page):
                return Turn(replies.topic(topic, page))
            case callbacks.GoBack(Origin.HOT):
                return Turn(replies.hot(self._hot()))
            case callbacks.GoBack(Origin.QUESTION) if question:
                verdict = self._verdict(question, speaker, snapshot)
                return Turn(replies.verdict(verdict, question, noted=False))
            case callbacks.GoBack(Origin.QUESTION):
                return Turn(replies.question_gone())
            case callbacks.OpenItems(origin, keys) if items := _items(keys, snapshot):
                return self._open(items, origin, speaker, snapshot)
            case callbacks.ReopenItems(origin, keys) if items := _items(keys, snapshot):
                back = not self._is_own_answer(items, origin, question, speaker, snapshot)
                return Turn(replies.items(items, origin, back=back))
            case callbacks.Dislike(origin, keys) if items := _items(keys, snapshot):
                return Turn(replies.defects(items, origin))
            case callbacks.Like(origin, keys) if items := _items(keys, snapshot):
                return self._judge(items, origin, Opinion.HELPFUL, question, speaker, snapshot)
            case callbacks.ReportDefect(defect, origin, keys) if items := _items(keys, snapshot):
                return self._judge(items, origin, _OPINIONS[defect], question, speaker, snapshot)
            case _:
                return Turn(replies.gone())

    def _verdict(self, question: str, speaker: Speaker, snapshot: Snapshot) -> Verdict:
        """The verdict on a question that was asked before, as it was understood then."""
        return snapshot.matcher.match(self._memory.reading(speaker.participant, question))

    def _is_own_answer(
        self, items: Sequence[Item], origin: Origin, question: str, speaker: Speaker, snapshot: Snapshot
    ) -> bool:
        """Whether these are the very answer to the question, which has no way back."""
        if origin is not Origin.QUESTION or not question:
            return False
        verdict = self._verdict(question, speaker, snapshot)
        return isinstance(verdict, Answer) and [chosen.item for chosen in verdict.chosen] == list(items)

    def _open(self, items: Sequence[Item], origin: Origin, speaker: Speaker, snapshot: Snapshot) -> Turn:
        self._memory.put_subject(speaker.participant, Subject(items[0].question, items[0]))
        shown = tuple(item.id for item in items if item.kind is Kind.ANSWER)
        return Turn(self.replies(snapshot, speaker.language).items(items, origin), Records(shown=shown))

    def _judge(
        self,
        items: Sequence[Item],
        origin: Origin,
        opinion: Opinion,
        question: str,
        speaker: Speaker,
        snapshot: Snapshot,
    ) -> Turn:
        shown: Sequence[Item] = ()
        if origin is Origin.QUESTION and question:
            verdict = self._verdict(question, speaker, snapshot)
            chosen = verdict.chosen if isinstance(verdict, Settled) else ()
            shown = [candidate.item for candidate in (*chosen, *verdict.suggestions)]
        asked = self._memory.reading(speaker.participant, question)
        # An item that the question did not lead to was opened for its own question.
        feedback = tuple(opinion_on(item, asked if item in shown else item.question, opinion) for item in items)
        replies = self.replies(snapshot, speaker.language)
        back = not self._is_own_answer(items, origin, question, speaker, snapshot)
        reply = replies.items(items, origin, back=back, thumbs=False)
        plain = Turn(reply, notice=replies.thanks(noted=False))
        noted = Turn(reply, Records(feedback=feedback), replies.thanks(noted=True), unrecorded=plain)
        if opinion not in COMPLAINTS:
            return noted
        complaints = tuple(map(complaint, feedback))
        return replace(noted, records=replace(noted.records, misses=complaints), unrecorded=noted)

    def _reject(self, question: str, speaker: Speaker, snapshot: Snapshot) -> Turn:
        replies = self.replies(snapshot, speaker.language)
        asked = self._memory.reading(speaker.participant, question)
        verdict = snapshot.matcher.match(asked)
        miss = rejected_miss(asked, verdict)
        if miss is None:
            return Turn(replies.question_gone())
        not_meant = tuple(opinion_on(suggestion.item, asked, Opinion.NOT_MEANT) for suggestion in verdict.suggestions)
        plain = Turn(replies.rejected(noted=False, reachable=speaker.reachable))
        reply = replies.rejected(noted=True, reachable=speaker.reachable)
        noted = Turn(reply, Records(misses=(miss,)), unrecorded=plain)
        return replace(noted, records=replace(noted.records, feedback=not_meant), unrecorded=noted)

    def _subscribe(self, question: str, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """The miss is known by the question as it was understood."""
        replies = self.replies(snapshot, speaker.language)
        asked = self._memory.reading(speaker.participant, question)
        miss = rejected_miss(asked, snapshot.matcher.match(asked))
        if miss is None or not speaker.reachable:
            return Turn(replies.question_gone())
        return Turn(replies.promised(), notice=replies.promise(), subscribe_to=miss.key)


def _items(keys: Iterable[str], snapshot: Snapshot) -> Sequence[Item]:
    """The items that a button means and that there still are."""
    found: dict[str, Item] = {**snapshot.base.by_id}
    if not found.keys() >= set(keys):
        found |= {short_key(item.id): item for item in snapshot.base.items}
    return [found[key] for key in keys if key in found]


def _helpfulness(verdict: Verdict) -> int:
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
