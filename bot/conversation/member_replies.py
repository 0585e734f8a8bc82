"""What members read: every verdict as a text with buttons, the same on Telegram and in the terminal."""

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from bot.conversation import callbacks
from bot.conversation.callbacks import Callback, Defect, Origin
from bot.conversation.reply import Button, Reply, Rows, short_key
from bot.items import Item, KnowledgeBase
from bot.matching import (
    QUESTION_LIMIT,
    Answer,
    Candidate,
    NotCovered,
    SmallTalk,
    Suggestions,
    Unknown,
    Verdict,
)
from bot.text import is_blank
from bot.texts import members as texts

ON_A_PAGE = 8
_RELATED = 3
_DEFECTS = {
    Defect.WRONG: texts.FAULT_WRONG,
    Defect.INCOMPLETE: texts.FAULT_INCOMPLETE,
    Defect.OUTDATED: texts.FAULT_OUTDATED,
}


class MemberReplies:
    """Puts verdicts into words. ``say`` translates messages; misses are kept for ``days``."""

    def __init__(self, base: KnowledgeBase, days: int, say: Callable[[str], str] = str) -> None:
        self._base = base
        self._days = days
        self._say = say
        self._topics = {short_key(topic): topic for topic in base.topics}

    def welcome(self) -> Reply:
        """/start: who the bot is, and the topics."""
        return Reply(self._say(texts.WELCOME).format(title=self._base.title), self._topic_rows(0))

    def help(self) -> Reply:
        """/help: how to ask."""
        return Reply(self._say(texts.HELP))

    def privacy(self) -> Reply:
        """/privacy: what is kept, how long, and how to have it deleted."""
        return Reply(self._say(texts.PRIVACY).format(days=self._days))

    def whoami(self, member: int) -> Reply:
        """/whoami: the member's own id."""
        return Reply(self._say(texts.WHOAMI).format(id=member))

    def topics(self, page: int) -> Reply:
        """A page of the topics, counted from 0; beyond the last one, the last."""
        return Reply(self._say(texts.TOPICS), self._topic_rows(page))

    def topic(self, key: str, page: int) -> Reply:
        """A page of a topic's questions; a topic that is gone says so."""
        topic = self._topics.get(key)
        if topic is None:
            return self.gone()
        items = self._base.topics[topic]
        page, last = _page(page, len(items))
        shown = items[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
        rows = (
            *_item_rows(shown, Origin.TOPIC),
            *self._pager(page, last, lambda number: callbacks.ShowTopic(key, number)),
            (Button(self._say(texts.ALL_TOPICS), callbacks.ShowTopics(0)),),
        )
        return Reply(self._say(texts.TOPIC).format(topic=topic), rows)

    def hot(self, ids: Iterable[str]) -> Reply:
        """/hot: what is asked most; without any, the topics."""
        items = [self._base.by_id[item_id] for item_id in ids if item_id in self._base.by_id]
        if not items:
            return Reply(self._say(texts.HOT_NONE), self._topic_rows(0))
        return Reply(self._say(texts.HOT), _item_rows(items, Origin.HOT))

    def items(self, items: Sequence[Item], origin: Origin, *, back: bool = True, thumbs: bool = True) -> Reply:
        """Answers, with what to ask next, thumbs and the way back, as far as they are wanted."""
        shown = {item.id for item in items}
        related = [key for item in items for key in item.related if key not in shown and key in self._base.by_id]
        rows = _item_rows((self._base.by_id[key] for key in dict.fromkeys(related[:_RELATED])), origin)
        if thumbs:
            like = Button(self._say(texts.LIKE), callbacks.Like(origin, _keys(items)))
            rows += ((like, Button(self._say(texts.DISLIKE), callbacks.Dislike(origin, _keys(items)))),)
        if back:
            rows += ((self._back(items[0], origin),),)
        return Reply(self._answer(items), rows)

    def defects(self, items: Sequence[Item], origin: Origin) -> Reply:
        """The same answers, with what may be wrong with them."""
        defects = (
            Button(self._say(label), callbacks.ReportDefect(defect, origin, _keys(items)))
            for defect, label in _DEFECTS.items()
        )
        back = Button(self._say(texts.BACK), callbacks.ReopenItems(origin, _keys(items)))
        return Reply(self._answer(items), (tuple(defects), (back,)))

    def thanks(self, *, noted: bool) -> str:
        """The notice to whoever gave an opinion."""
        return self._say(texts.THANKS if noted else texts.THANKS_NOT_KEPT)

    def verdict(self, verdict: Verdict, question: str, *, noted: bool, reachable: bool = False) -> Reply:
        """The reply to a question.

        ``noted``: it is kept as a miss, and the reply may say so; ``reachable``: and who asked can be told later.
        """
        reply = self._reply(verdict, question, noted=noted, reachable=reachable)
        if len(question) > QUESTION_LIMIT:
            cut = self._say(texts.CUT).format(limit=QUESTION_LIMIT)
            return Reply(f"{reply.text}\n\n{cut}", reply.rows)
        return reply

    def _reply(self, verdict: Verdict, question: str, *, noted: bool, reachable: bool) -> Reply:
        match verdict:
            case Answer(chosen=chosen):
                return self.items([candidate.item for candidate in chosen], Origin.QUESTION, back=False)
            case NotCovered(chosen=chosen, suggestions=suggestions):
                text = "\n\n".join(candidate.item.answer for candidate in chosen)
                nearest = self._say(texts.NOT_COVERED_NEAREST) if suggestions else "{answer}"
                return Reply(nearest.format(answer=text), _candidate_rows(suggestions))
            case SmallTalk(chosen=chosen):
                return Reply(chosen[0].item.answer)
            case Suggestions(suggestions=suggestions):
                none = Button(self._say(texts.NONE_OF_THESE), callbacks.RejectSuggestions())
                return Reply(self._say(texts.SUGGESTIONS), (*_candidate_rows(suggestions), (none,)))
            case Unknown() if is_blank(question):
                return self.blank()
            case Unknown():
                text = self._say(texts.UNKNOWN).format(noted=self._say(texts.NOTED) if noted else "")
                return Reply(text, self._tell_rows(wanted=noted and reachable) + self._topic_rows(0))
            case _:
                assert_never(verdict)

    def blank(self) -> Reply:
        """To a message without words."""
        example = next(iter(self._base.topics.values()))[0].question
        return Reply(self._say(texts.BLANK).format(example=example))

    def not_text(self) -> Reply:
        """To a sticker, a photo and the like."""
        return Reply(self._say(texts.NOT_TEXT))

    def unknown_command(self) -> Reply:
        """To a command that the bot does not have."""
        return Reply(self._say(texts.UNKNOWN_COMMAND))

    def question_gone(self) -> Reply:
        """To a button whose question is not found in the chat any more."""
        return Reply(self._say(texts.QUESTION_GONE))

    def rejected(self, *, noted: bool, reachable: bool) -> Reply:
        """To "none of these"."""
        text = self._say(texts.REJECTED if noted else texts.REJECTED_NOT_KEPT)
        return Reply(text, self._tell_rows(wanted=noted and reachable) + self._topic_rows(0))

    def promised(self) -> Reply:
        """To whoever wants to be told."""
        return Reply(self._say(texts.PROMISED), self._topic_rows(0))

    def promise(self) -> str:
        """The notice to whoever wants to be told."""
        return self._say(texts.PROMISE)

    def forgotten(self) -> Reply:
        """/forget: nobody is told of anything any more."""
        return Reply(self._say(texts.FORGOTTEN))

    def answered_since(self, verdict: Answer | NotCovered) -> Reply:
        """To whoever wanted to be told, under their question."""
        reply = self.items([chosen.item for chosen in verdict.chosen], Origin.QUESTION, back=False)
        if isinstance(verdict, Answer):
            return Reply(self._say(texts.ANSWERED_SINCE).format(answer=reply.text), reply.rows)
        return Reply(self._say(texts.NOT_COVERED_SINCE).format(answer=reply.text))

    def gone(self) -> Reply:
        """To a button or a link that means nothing any more."""
        return Reply(self._say(texts.GONE), self._topic_rows(0))

    def flooded(self) -> Reply:
        """To whoever sends faster than anyone reads."""
        return Reply(self._say(texts.FLOODED))

    def failed(self) -> Reply:
        """To whoever met a fault of ours."""
        return Reply(self._say(texts.FAILED))

    def shared(self, item: Item) -> str:
        """What an inline result sends into a chat: the question with its answer."""
        return f"{item.question}\n\n{self._answer([item])}"

    def inline_hint(self) -> str:
        """The button over inline results that are none."""
        return self._say(texts.INLINE_HINT)

    def _answer(self, items: Iterable[Item]) -> str:
        return "\n\n".join(self._grounded(item) for item in items)

    def _grounded(self, item: Item) -> str:
        """An item's answer with its place in the speech."""
        if not item.source:
            return item.answer
        joint = texts.PLACES_JOINT.join(self._base.places[source] for source in item.source)
        return self._say(texts.ANSWER).format(answer=item.answer, places=joint)

    def _back(self, item: Item, origin: Origin) -> Button:
        if origin is not Origin.TOPIC:
            return Button(self._say(texts.BACK), callbacks.GoBack(origin))
        among = self._base.topics.get(item.topic, ())
        if item not in among:
            return Button(self._say(texts.ALL_TOPICS), callbacks.ShowTopics(0))
        place = among.index(item) // ON_A_PAGE
        return Button(self._say(texts.BACK), callbacks.ShowTopic(short_key(item.topic), place))

    def _tell_rows(self, *, wanted: bool) -> Rows:
        return ((Button(self._say(texts.TELL_ME), callbacks.Subscribe()),),) if wanted else ()

    def _topic_rows(self, page: int) -> Rows:
        keys = list(self._topics)
        page, last = _page(page, len(keys))
        shown = keys[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
        rows = tuple((Button(self._topics[key], callbacks.ShowTopic(key, 0)),) for key in shown)
        return rows + self._pager(page, last, callbacks.ShowTopics)

    def _pager(self, page: int, last: int, turn_to: Callable[[int], Callback]) -> Rows:
        turns = []
        if page:
            turns.append(Button(self._say(texts.PREVIOUS_PAGE), turn_to(page - 1)))
        if page < last:
            turns.append(Button(self._say(texts.NEXT_PAGE), turn_to(page + 1)))
        return (tuple(turns),) if turns else ()


def _page(page: int, count: int) -> tuple[int, int]:
    """The nearest page that there is, and the last one."""
    last = max(0, (count - 1) // ON_A_PAGE)
    return min(max(0, page), last), last


def _keys(items: Sequence[Item]) -> tuple[str, ...]:
    """What buttons call items: one by its id, several by keys, since their ids would not fit."""
    return (items[0].id,) if len(items) == 1 else tuple(short_key(item.id) for item in items)


def _item_rows(items: Iterable[Item], origin: Origin) -> Rows:
    return tuple((Button(item.question, callbacks.OpenItems(origin, (item.id,))),) for item in items)


def _candidate_rows(candidates: Iterable[Candidate]) -> Rows:
    return _item_rows((candidate.item for candidate in candidates), Origin.QUESTION)
