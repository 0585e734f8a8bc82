"""One turn of a conversation with a member, whatever carries it: Telegram and the terminal hold the same one."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.clock import MACHINE, Clock
from bot.conversation import callbacks
from bot.conversation.callbacks import Callback, Origin
from bot.conversation.commands import Command, carried_question
from bot.conversation.context import Context, ConversationMemory, Participant
from bot.conversation.member_replies import MemberReplies
from bot.conversation.parts import parts_of
from bot.conversation.records import answered_questions, complaint, miss_of, misses_of_parts, opinion_on, rejected_miss
from bot.conversation.reply import Button, Reply, short_key
from bot.conversation.steering_words import Steering
from bot.conversation.understanding import (
    Asked,
    Chosen,
    Incomplete,
    NoSuchOption,
    Parts,
    Rejected,
    Steered,
    subjects_of,
    understand,
)
from bot.items import Item, Kind, VerdictKind
from bot.matching import Answer, NotCovered, Settled, SmallTalk, Unknown, Verdict
from bot.snapshot import Snapshot
from bot.store.records import COMPLAINTS, NOTHING, Opinion, Records
from bot.store.usage import UsageLog
from bot.text import is_blank
from bot.texts import members as texts
from bot.texts.languages import Language

HOT_ITEMS = 8
INLINE_ITEMS = 10
_INLINE_SHARE = 0.5
"""An inline result's score is at least this share of the best one's."""
_SENTENCE = re.compile("[^。！？!?\n]+[。！？!?]?")
_STEERED = {
    Steering.SHORTEN: "{short}",
    Steering.CERTAIN: texts.CERTAIN,
    Steering.SOURCE: texts.ORIGINAL,
    Steering.MORE: texts.NO_MORE,
    Steering.EXPLAIN: texts.NO_EXPLANATION,
    Steering.EXAMPLE: texts.NO_EXAMPLE,
    Steering.REASON: texts.NO_REASON,
}
_STEERED_NOT_COVERED = {
    **_STEERED,
    Steering.CERTAIN: texts.CERTAIN_NOT_COVERED,
    Steering.SOURCE: texts.NO_PLACE,
    Steering.EXPLAIN: "{short}",
    Steering.EXAMPLE: "{short}",
    Steering.REASON: "{short}",
}
"""What is said to a word on the last reply, if it was an answer, and if it was a refusal."""
_MORE = 3
"""Items that are offered to whoever wants to read on."""
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

    @property
    def is_followable(self) -> bool:
        """Whether they can be told something later that nobody else reads."""
        return self.reachable and self.chat == self.member


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes of what a member did.

    There is no reply where none is due. ``verdict`` names what it is made of, where what is settled without the
    knowledge is small talk; ``items`` are the ids of its items. ``notice`` is a line that passes by for whoever pressed
    a button. ``records`` are to be kept once the reply was delivered. ``subscribe_to`` is the key of the miss whose
    answer the member wants to be told; ``follows``: the items of which they want to be told when the answer changes;
    ``unsubscribe``: they want to be told nothing any more. ``refused``: there was
    no room for some records; the reply promises nothing that is not kept. ``replaces``: the reply to a button stands in
    the place of the message that has the button, not below it.
    """

    reply: Reply | None
    records: Records = NOTHING
    notice: str = ""
    subscribe_to: str = ""
    follows: tuple[Item, ...] = ()
    unsubscribe: bool = False
    refused: bool = False
    verdict: VerdictKind = VerdictKind.SMALL_TALK
    items: tuple[str, ...] = ()
    replaces: bool = True


@dataclass(frozen=True, slots=True)
class MemberConversation:
    """What members say and press, to what they read. Each turn is answered from the one snapshot that it is given.

    ``retention_days``: how long misses are kept, which members are told; ``clock`` tells which answers are past their
    day. Every method raises StoreError where it looks
    up what is asked most and the store fails.
    """

    usage: UsageLog
    retention_days: int
    memory: ConversationMemory = field(default_factory=ConversationMemory)
    clock: Clock = MACHINE

    def replies(self, snapshot: Snapshot, language: Language) -> MemberReplies:
        """What words replies in a language."""
        return MemberReplies(snapshot.base, self.retention_days, language, self.usage.shown, self.clock)

    def ask(self, text: str, speaker: Speaker, snapshot: Snapshot) -> Turn:  # noqa: PLR0911 - one return a meaning
        """The turn after a message, as it is understood after what was said before."""
        # What is not said to the bot leans on nothing that the bot has said.
        context = self.memory.context(speaker.participant) if speaker.addresses_bot else Context()
        replies = self.replies(snapshot, speaker.language)
        understood = understand(text, context, snapshot)
        if not speaker.addresses_bot and not (isinstance(understood, Asked) and _is_due(understood.verdict)):
            return Turn(None)
        match understood:
            case Asked():
                return self._asked(text, understood, speaker, snapshot)
            case Chosen(button):
                self.memory.put_reading(speaker.participant, text, context.question)
                turn = self.press(button.callback, text, speaker, snapshot)
                # Who has read one may want another of the same list.
                chosen = self.memory.context(speaker.participant)
                options = context.options or context.earlier_options
                self.memory.put_context(speaker.participant, replace(chosen, earlier_options=options))
                return turn
            case Rejected():
                self.memory.put_reading(speaker.participant, text, context.question)
                turn = self.press(callbacks.RejectSuggestions(), text, speaker, snapshot)
                self.memory.put_context(speaker.participant, replace(context, options=(), reply=turn.reply))
                return turn
            case NoSuchOption(count):
                return Turn(replies.plain(texts.NO_SUCH_OPTION if count else texts.NOTHING_TO_CHOOSE, count=count))
            case Parts(item, places):
                self.memory.put_reading(speaker.participant, text, item.question)
                return self._parts(item, places, speaker, snapshot)
            case Steered(steering):
                # The way back under what is opened then leads to what is said here.
                self.memory.put_reading(speaker.participant, text, context.question)
                return self._steered(steering, context, speaker, snapshot)
            case Incomplete(fragments):
                self.memory.put_context(speaker.participant, replace(context, fragments=fragments))
                return Turn(replies.plain(texts.INCOMPLETE))

    def say(self, text: str, command: Command | None, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """The turn after a message, or after the command that it is."""
        if command:
            return self.command(command, speaker, snapshot)
        return self.ask(text, speaker, snapshot)

    def command(self, command: Command, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """The turn after a command; ``/ask`` is the question that follows it."""
        replies = self.replies(snapshot, speaker.language)
        match command.name:
            case "ask":
                return self.ask(command.rest, speaker, snapshot)
            case "start":
                return self._start(command.rest, speaker, snapshot)
            case "topics":
                return self._listed(replies.with_topics(texts.TOPICS), speaker)
            case "hot":
                return self._listed(replies.hot(self._hot(snapshot)), speaker)
            case "forget":
                self.memory.forget(speaker.participant)
                return Turn(replies.plain(texts.FORGOTTEN), unsubscribe=True)
            case name:
                return Turn(replies.plain(_COMMANDS.get(name, texts.UNKNOWN_COMMAND), id=speaker.member))

    def press(self, callback: Callback | None, question: str, speaker: Speaker, snapshot: Snapshot) -> Turn:  # noqa: C901, PLR0911 - a button each
        """The turn after a pressed button.

        ``callback`` is None where it can't be read. ``question``: what the button's message replied to, empty if that
        is not known. An item that is opened under an answer stands below it, any other in the place of its list.
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
                return self._listed(replies.with_topics(texts.TOPICS, page), speaker)
            case callbacks.ShowTopic(topic, page):
                return self._listed(replies.topic(topic, page), speaker)
            case callbacks.GoBack(origin):
                return self._back(origin, question, speaker, snapshot)
            case callbacks.OpenItems(origin, keys) if items := _items(keys, snapshot):
                return self._open(items, origin, speaker, snapshot)
            case callbacks.ReopenItems(origin, keys) if items := _items(keys, snapshot):
                return Turn(_with_follow(replies.items(items, origin), _dated(items), origin, speaker, replies))
            case callbacks.FollowAnswers(origin, keys) if speaker.is_followable and (items := _items(keys, snapshot)):
                notice = replies.say(texts.FOLLOW_PROMISE)
                return Turn(replies.followed(items, origin), notice=notice, follows=tuple(items))
            case callbacks.Dislike(origin, keys) if items := _items(keys, snapshot):
                return Turn(replies.defects(items, origin))
            case callbacks.Like() | callbacks.ReportDefect() if items := _items(callback.items, snapshot):
                return _judged(callback, items, asked, verdict, speaker, replies)
            case _:
                return Turn(replies.gone())

    def _back(self, origin: Origin, question: str, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """The list that an item was opened from."""
        replies = self.replies(snapshot, speaker.language)
        asked = self.memory.reading(speaker.participant, question)
        verdict = snapshot.matcher.match(asked)
        items = _chosen(verdict)
        match origin:
            case Origin.HOT:
                return self._listed(replies.hot(self._hot(snapshot)), speaker)
            case Origin.START:
                return self._listed(replies.welcome(self._hot(snapshot)), speaker)
            case Origin.QUESTION if question:
                return Turn(replies.verdict(verdict, question, noted=False))
            case Origin.MORE if more := _more(items, snapshot):
                about = Context(
                    asked, tuple(item.id for item in items), subjects=subjects_of(asked, items, snapshot.matcher)
                )
                return self._more(replies.more(more), about, speaker)
            case Origin.QUESTION | Origin.MORE:
                return Turn(replies.plain(texts.QUESTION_GONE))
            case _:
                return Turn(replies.gone())

    def _more(self, reply: Reply, about: Context, speaker: Speaker) -> Turn:
        """A list of what else there is to read after what was talked about: the next message may choose from it."""
        self.memory.put_context(speaker.participant, replace(about, options=_options(reply), reply=reply))
        return Turn(reply, verdict=VerdictKind.SUGGEST)

    def _asked(self, text: str, asked: Asked, speaker: Speaker, snapshot: Snapshot) -> Turn:
        question, verdict = asked.question, asked.verdict
        self.memory.put_reading(speaker.participant, text, question)
        chosen = _chosen(verdict)
        wanted = tuple(miss for miss in (miss_of(question, verdict), *misses_of_parts(verdict)) if miss)
        misses = wanted if wanted and speaker.has_capacity(Records(misses=wanted)) else ()
        records = Records(
            misses=misses,
            shown=tuple(item.id for item in chosen if item.kind is Kind.ANSWER),
            answered=answered_questions(question, verdict),
            # What holds no word is no question.
            verdicts=() if is_blank(question) else (verdict.kind,),
        )
        replies = self.replies(snapshot, speaker.language)
        reply = replies.verdict(verdict, text, noted=bool(misses), reachable=speaker.reachable)
        reply = _with_follow(reply, _dated(chosen), Origin.DIRECT, speaker, replies)
        if asked.leans:
            reply = replies.read_as(chosen[0].question if len(chosen) == 1 else question, reply)
        if not isinstance(verdict, SmallTalk):
            self._remember(question, chosen, reply, speaker, snapshot, asked.fragments)
        refused = misses != wanted
        return Turn(reply, records, refused=refused, verdict=verdict.kind, items=tuple(item.id for item in chosen))

    def _remember(
        self,
        question: str,
        items: Sequence[Item],
        reply: Reply,
        speaker: Speaker,
        snapshot: Snapshot,
        fragments: tuple[str, ...] = (),
    ) -> None:
        """Remember what the next message may lean on. Under an answer there is nothing to choose from."""
        is_answer = any(item.kind is Kind.ANSWER for item in items)
        context = Context(
            question,
            tuple(item.id for item in items),
            () if is_answer else _options(reply),
            _options(reply) if is_answer else (),
            subjects=subjects_of(question, items, snapshot.matcher),
            fragments=fragments,
            reply=reply,
        )
        self.memory.put_context(speaker.participant, context)

    def _listed(self, reply: Reply, speaker: Speaker) -> Turn:
        """A list that was not asked for in words: the next message may choose from it."""
        self.memory.put_context(speaker.participant, Context(options=_options(reply), reply=reply))
        return Turn(reply, verdict=VerdictKind.SUGGEST)

    def _parts(self, item: Item, places: Sequence[int], speaker: Speaker, snapshot: Snapshot) -> Turn:
        replies = self.replies(snapshot, speaker.language)
        parts = parts_of(item)
        if not places:
            return Turn(replies.plain(texts.NO_SUCH_PART, count=len(parts)))
        subjects = subjects_of(item.question, [item], snapshot.matcher)
        reply = replies.parts(item, {place: parts[place] for place in places})
        context = Context(item.question, (item.id,), subjects=subjects, place=places[-1], reply=reply)
        self.memory.put_context(speaker.participant, context)
        return Turn(reply, Records(shown=(item.id,)), verdict=VerdictKind.ANSWER, items=(item.id,))

    def _steered(self, steering: Steering, context: Context, speaker: Speaker, snapshot: Snapshot) -> Turn:
        """The turn after a word on the last reply; nothing is asked, and nothing is recorded."""
        replies = self.replies(snapshot, speaker.language)
        if context.reply is None:
            return Turn(replies.plain(texts.NOTHING_SAID))
        items = [snapshot.base.by_id[key] for key in context.items if key in snapshot.base.by_id]
        if steering is Steering.MORE and (more := _more(items, snapshot)):
            return self._more(replies.more(more), context, speaker)
        if steering is Steering.REPEAT:
            return Turn(context.reply)
        if not items:
            return Turn(replies.plain(texts.ACTS["complaint"]))
        short = "\n".join(map(_short, items))
        places = replies.places(items)
        message = (_STEERED if places else _STEERED_NOT_COVERED)[steering]
        return Turn(replies.with_expiry(replies.plain(message, short=short, places=places), items))

    def inline(self, query: str, snapshot: Snapshot) -> Sequence[Item]:
        """What may be shared for a few typed words, the best first; what is asked most for none.

        For a keyword these are the items that hold it.
        """
        if not query.strip():
            return self._hot(snapshot) or [items[0] for items in snapshot.base.topics.values()][:INLINE_ITEMS]
        if held := snapshot.matcher.holding(query):
            return held[:INLINE_ITEMS]
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
        """A link may name an item, also one that was shown and is gone since, or carry a question."""
        item = snapshot.base.by_id.get(payload)
        if item and item.kind is not Kind.SMALL_TALK:
            return self._open([item], Origin.TOPIC, speaker, snapshot)
        replies = self.replies(snapshot, speaker.language)
        if question := carried_question(payload):
            # It leans on nothing that was said here.
            self.memory.put_context(speaker.participant, Context())
            turn = self.ask(question, speaker, snapshot)
            return replace(turn, reply=turn.reply and replies.read_as(question, turn.reply))
        is_gone = item is None and payload in self.usage.shown()
        return self._listed(replies.gone() if is_gone else replies.welcome(self._hot(snapshot)), speaker)

    def _open(self, items: Sequence[Item], origin: Origin, speaker: Speaker, snapshot: Snapshot) -> Turn:
        shown = tuple(item.id for item in items if item.kind is Kind.ANSWER)
        replies = self.replies(snapshot, speaker.language)
        reply = _with_follow(replies.items(items, origin), _dated(items), origin, speaker, replies)
        self._remember(items[0].question, items, reply, speaker, snapshot)
        kind = VerdictKind.ANSWER if shown else VerdictKind.NOT_COVERED
        ids = tuple(item.id for item in items)
        return Turn(reply, Records(shown=shown), verdict=kind, items=ids, replaces=origin is not Origin.ANSWER)

    def _hot(self, snapshot: Snapshot) -> Sequence[Item]:
        """The answers that are asked for most, as far as they are still there."""
        found = [snapshot.base.by_id.get(item_id) for item_id in list(self.usage.shown())[:HOT_ITEMS]]
        return [item for item in found if item and item.kind is Kind.ANSWER]


def _is_due(verdict: Verdict) -> bool:
    """Whether a reply is due where nobody is addressed."""
    return isinstance(verdict, Answer | NotCovered)


def _chosen(verdict: Verdict) -> list[Item]:
    """The items that the reply to a question is made of."""
    return [candidate.item for candidate in verdict.chosen] if isinstance(verdict, Settled) else []


def _options(reply: Reply) -> tuple[Button, ...]:
    """The buttons of a reply that can be chosen by typing."""
    return tuple(
        button
        for button in reply.buttons
        if isinstance(button.callback, callbacks.OpenItems | callbacks.ShowTopic | callbacks.ShowTopics)
    )


def _more(items: Sequence[Item], snapshot: Snapshot) -> Sequence[Item]:
    """What to read after some items: what is related to them, then others of their topics."""
    by_id = snapshot.base.by_id
    related = [by_id[key] for item in items for key in item.related if key in by_id]
    others = [other for item in items for other in snapshot.base.topics.get(item.topic, ())]
    found = {item.id: item for item in (*related, *others)}
    return [item for item in found.values() if item not in items][:_MORE]


def _short(item: Item) -> str:
    """An answer in one sentence."""
    return item.short or next(iter(_SENTENCE.findall(item.answer)), item.answer)


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
    is_asked = origin in {Origin.DIRECT, Origin.QUESTION}
    led_to = [*_chosen(verdict), *(near.item for near in verdict.suggestions)] if is_asked else []
    # An item that the question did not lead to was opened for its own question.
    feedback = tuple(opinion_on(item, asked if item in led_to else item.question, opinion) for item in items)
    complaints = tuple(map(complaint, feedback)) if opinion in COMPLAINTS else ()
    wanted = Records(misses=complaints, feedback=feedback)
    kept = _first_kept(speaker, wanted, Records(feedback=feedback))
    # Where the thumbs were there is room: whoever has judged an answer may want to hear of a better one.
    reply = _with_follow(replies.items(items, origin, thumbs=False), items, origin, speaker, replies)
    notice = replies.say(texts.THANKS if kept.feedback else texts.THANKS_NOT_KEPT)
    return Turn(reply, kept, notice, refused=kept != wanted)


def _dated(items: Iterable[Item]) -> Sequence[Item]:
    """The items of which admins expect that their answers change."""
    return [item for item in items if item.valid_until or item.review_by]


def _with_follow(
    reply: Reply, items: Sequence[Item], origin: Origin, speaker: Speaker, replies: MemberReplies
) -> Reply:
    """A reply with the way to be told when some of its items change, where its reader can be told alone."""
    return replies.with_follow(reply, items, origin) if speaker.is_followable else reply


def _rejected(asked: str, verdict: Verdict, speaker: Speaker, replies: MemberReplies) -> Turn:
    miss = rejected_miss(asked, verdict)
    if miss is None:
        return Turn(replies.plain(texts.QUESTION_GONE))
    not_meant = tuple(opinion_on(suggestion.item, asked, Opinion.NOT_MEANT) for suggestion in verdict.suggestions)
    wanted = Records(misses=(miss,), feedback=not_meant)
    kept = _first_kept(speaker, wanted, Records(misses=(miss,)))
    if kept.misses:
        return Turn(replies.unknown(texts.REJECTED, subscribe=speaker.reachable), kept, refused=kept != wanted)
    return Turn(replies.unknown(texts.REJECTED_NOT_KEPT), refused=True)


def _first_kept(speaker: Speaker, *wanted: Records) -> Records:
    """The first of these records that there is room for; without any, nothing."""
    return next(filter(speaker.has_capacity, wanted), NOTHING)


def _subscribed(asked: str, verdict: Verdict, speaker: Speaker, replies: MemberReplies) -> Turn:
    """The miss is known by the question as it was understood."""
    miss = rejected_miss(asked, verdict)
    if miss is None or not speaker.reachable:
        return Turn(replies.plain(texts.QUESTION_GONE))
    return Turn(replies.unknown(texts.PROMISED), notice=replies.say(texts.PROMISE), subscribe_to=miss.key)


def _items(keys: Iterable[str], snapshot: Snapshot) -> Sequence[Item]:
    """The items that a button means and that there still are."""
    found: dict[str, Item] = {**snapshot.base.by_id}
    if not found.keys() >= set(keys):
        found |= {short_key(item.id): item for item in snapshot.base.items}
    return [found[key] for key in keys if key in found]
