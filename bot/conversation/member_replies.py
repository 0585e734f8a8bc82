"""What members read: every verdict as a text with buttons, the same on Telegram and in the terminal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from bot.conversation import callbacks
from bot.conversation.callbacks import Callback, Defect, Origin
from bot.conversation.reply import Button, Reply, Rows, row, short_key
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
from bot.texts.languages import Language, converter, translator

ON_A_PAGE = 8
_RELATED = 3
_DEFECTS = {
    Defect.WRONG: texts.FAULT_WRONG,
    Defect.INCOMPLETE: texts.FAULT_INCOMPLETE,
    Defect.OUTDATED: texts.FAULT_OUTDATED,
}


class MemberReplies:
    """Puts verdicts into words, finished in translation and characters. Misses are kept for ``days``."""

    def __init__(self, base: KnowledgeBase, days: int, language: Language = Language.SIMPLIFIED) -> None:
        self._base = base
        self._days = days
        self._translate = translator(language)
        self._convert = converter(language)
        self._topics = {short_key(topic): topic for topic in base.topics}

    def say(self, message: str, **values: object) -> str:
        """A message of ``bot.texts.members`` in the member's language, with its places filled in.

        ``{title}`` and ``{days}`` are known here.
        """
        return self._convert(self._translated(message, title=self._base.title, days=self._days, **values))

    def plain(self, message: str, **values: object) -> Reply:
        """A message without buttons."""
        return Reply(self.say(message, **values))

    def with_topics(self, message: str, page: int = 0, *, subscribe: bool = False, **values: object) -> Reply:
        """A message over a page of the topics, counted from 0; beyond the last one, the last.

        ``subscribe``: it offers to tell the member later.
        """
        shown, pager = self._page(len(self._topics), page, callbacks.ShowTopics)
        topics = list(self._topics.items())[shown]
        rows = ((Button(self._convert(topic), callbacks.ShowTopic(key, 0)),) for key, topic in topics)
        offer = row(Button(self.say(texts.TELL_ME), callbacks.Subscribe()) if subscribe else None)
        return Reply(self.say(message, **values), (*offer, *rows, *pager))

    def gone(self) -> Reply:
        """To a button or a link that means nothing any more."""
        return self.with_topics(texts.GONE)

    def topic(self, key: str, page: int) -> Reply:
        """A page of a topic's questions; a topic that is gone says so."""
        topic = self._topics.get(key)
        if topic is None:
            return self.gone()
        items = self._base.topics[topic]
        shown, pager = self._page(len(items), page, lambda number: callbacks.ShowTopic(key, number))
        all_topics = Button(self.say(texts.ALL_TOPICS), callbacks.ShowTopics(0))
        rows = (*self._item_rows(items[shown], Origin.TOPIC), *pager, (all_topics,))
        return Reply(self.say(texts.TOPIC, topic=topic), rows)

    def hot(self, items: Sequence[Item]) -> Reply:
        """What is asked most; without any, the topics."""
        if not items:
            return self.with_topics(texts.HOT_NONE)
        return Reply(self.say(texts.HOT), self._item_rows(items, Origin.HOT))

    def items(self, items: Sequence[Item], origin: Origin, *, back: bool = True, thumbs: bool = True) -> Reply:
        """Answers, with what to ask next, thumbs and the way back, as far as they are wanted."""
        shown = {item.id for item in items}
        related = [key for item in items for key in item.related if key not in shown and key in self._base.by_id]
        rows = self._item_rows((self._base.by_id[key] for key in dict.fromkeys(related[:_RELATED])), origin)
        if thumbs:
            like = Button(self.say(texts.LIKE), callbacks.Like(origin, _keys(items)))
            rows += ((like, Button(self.say(texts.DISLIKE), callbacks.Dislike(origin, _keys(items)))),)
        if back:
            rows += ((self._back(items[0], origin),),)
        return Reply(self._convert(self._answer(items)), rows)

    def defects(self, items: Sequence[Item], origin: Origin) -> Reply:
        """The same answers, with what may be wrong with them."""
        defects = (
            Button(self.say(label), callbacks.ReportDefect(defect, origin, _keys(items)))
            for defect, label in _DEFECTS.items()
        )
        back = Button(self.say(texts.BACK), callbacks.ReopenItems(origin, _keys(items)))
        return Reply(self._convert(self._answer(items)), (tuple(defects), (back,)))

    def verdict(self, verdict: Verdict, question: str, *, noted: bool, reachable: bool = False) -> Reply:
        """The reply to a question.

        ``noted``: it is kept as a miss, and the reply may say so; ``reachable``: and who asked can be told later.
        """
        reply = self._reply(verdict, question, noted=noted, reachable=reachable)
        if len(question) > QUESTION_LIMIT:
            return replace(reply, text=f"{reply.text}\n\n{self.say(texts.CUT, limit=QUESTION_LIMIT)}")
        return reply

    def _reply(self, verdict: Verdict, question: str, *, noted: bool, reachable: bool) -> Reply:
        match verdict:
            case Answer(chosen=chosen):
                return self.items([candidate.item for candidate in chosen], Origin.QUESTION, back=False)
            case NotCovered(chosen=chosen, suggestions=suggestions):
                answer = "\n\n".join(candidate.item.answer for candidate in chosen)
                message = texts.NOT_COVERED_NEAREST if suggestions else "{answer}"
                return Reply(self.say(message, answer=answer), self._candidate_rows(suggestions))
            case SmallTalk(chosen=chosen):
                return Reply(self._convert(chosen[0].item.answer))
            case Suggestions(suggestions=suggestions):
                none = Button(self.say(texts.NONE_OF_THESE), callbacks.RejectSuggestions())
                return Reply(self.say(texts.SUGGESTIONS), (*self._candidate_rows(suggestions), (none,)))
            case Unknown() if is_blank(question):
                return self.plain(texts.BLANK, example=next(iter(self._base.topics.values()))[0].question)
            case Unknown():
                words = self._translated(texts.NOTED) if noted else ""
                return self.with_topics(texts.UNKNOWN, subscribe=noted and reachable, noted=words)
            case _:
                assert_never(verdict)

    def answered_since(self, verdict: Answer | NotCovered) -> Reply:
        """To whoever wanted to be told, under their question."""
        items = [chosen.item for chosen in verdict.chosen]
        if isinstance(verdict, NotCovered):
            return self.plain(texts.NOT_COVERED_SINCE, answer=self._answer(items))
        text = self.say(texts.ANSWERED_SINCE, answer=self._answer(items))
        return replace(self.items(items, Origin.QUESTION, back=False), text=text)

    def shared(self, item: Item) -> str:
        """What an inline result sends into a chat: the question with its answer."""
        return self._convert(f"{item.question}\n\n{self._answer([item])}")

    def _translated(self, message: str, **values: object) -> str:
        """A message whose characters are still to be converted."""
        return self._translate(message).format(**values)

    def _answer(self, items: Iterable[Item]) -> str:
        """Items' answers with their places in the speech, whose characters are still to be converted."""
        return "\n\n".join(
            self._translated(texts.ANSWER, answer=item.answer, places=places(item, self._base))
            if item.source
            else item.answer
            for item in items
        )

    def _back(self, item: Item, origin: Origin) -> Button:
        if origin is not Origin.TOPIC:
            return Button(self.say(texts.BACK), callbacks.GoBack(origin))
        among = self._base.topics.get(item.topic, ())
        if item not in among:
            return Button(self.say(texts.ALL_TOPICS), callbacks.ShowTopics(0))
        page = among.index(item) // ON_A_PAGE
        return Button(self.say(texts.BACK), callbacks.ShowTopic(short_key(item.topic), page))

    def _page(self, count: int, page: int, turn_to: Callable[[int], Callback]) -> tuple[slice, Rows]:
        """What stands on a page, or on the last one if there is no such page, and the way to the pages beside it."""
        last = max(0, (count - 1) // ON_A_PAGE)
        page = min(page, last)
        pager = row(
            Button(self.say(texts.PREVIOUS_PAGE), turn_to(page - 1)) if page else None,
            Button(self.say(texts.NEXT_PAGE), turn_to(page + 1)) if page < last else None,
        )
        return slice(page * ON_A_PAGE, (page + 1) * ON_A_PAGE), pager

    def _item_rows(self, items: Iterable[Item], origin: Origin) -> Rows:
        return tuple((Button(self._convert(item.question), callbacks.OpenItems(origin, (item.id,))),) for item in items)

    def _candidate_rows(self, candidates: Iterable[Candidate]) -> Rows:
        return self._item_rows((candidate.item for candidate in candidates), Origin.QUESTION)


def places(item: Item, base: KnowledgeBase) -> str:
    """Where in the speech an item stands, in words; empty for one without a source."""
    return texts.PLACES_JOINT.join(base.places[source] for source in item.source)


def _keys(items: Sequence[Item]) -> tuple[str, ...]:
    """What buttons call items: one by its id, several by keys, since their ids would not fit."""
    return (items[0].id,) if len(items) == 1 else tuple(short_key(item.id) for item in items)
