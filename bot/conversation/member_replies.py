"""What members read: every verdict as a text with buttons, the same on Telegram and in the terminal."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import chain, takewhile, zip_longest
from typing import assert_never

from markupsafe import Markup, escape

from bot.clock import MACHINE, Clock
from bot.conversation import callbacks
from bot.conversation.callbacks import Callback, Defect, Origin
from bot.conversation.reply import Button, Reply, Rows, paragraphs, plain_text, row, short_key
from bot.items import Item, KnowledgeBase
from bot.matching import (
    QUESTION_LIMIT,
    Act,
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
_EXAMPLES = 4
_QUOTED = re.compile("“([^”]+)”")
_RELATED = 3
_PLACES = 2
"""Places that an answer names."""
_LONG = 200
"""Characters; of a longer answer with several lines all but the first are folded away."""
_EXCERPT = 80
"""Characters of an old and of a new answer that are shown to whoever wanted to be told of the change."""
_BEFORE_CHANGE = 15
"""So many of them stand before the change, where it does not come early."""
_DEFECTS = {
    Defect.WRONG: texts.FAULT_WRONG,
    Defect.INCOMPLETE: texts.FAULT_INCOMPLETE,
    Defect.OUTDATED: texts.FAULT_OUTDATED,
}


class MemberReplies:
    """Puts verdicts into words, finished in translation and characters. Misses are kept for ``days``.

    ``shown`` tells how often each item was shown lately, by id; it is called when topics are listed. ``clock`` tells
    which answers are past their day.
    """

    def __init__(
        self,
        base: KnowledgeBase,
        days: int,
        language: Language = Language.SIMPLIFIED,
        shown: Callable[[], Mapping[str, int]] = dict,
        clock: Clock = MACHINE,
    ) -> None:
        self._base = base
        self._today = clock.today()
        self._days = days
        self._translate = translator(language)
        self._convert = converter(language)
        self._shown = shown

    @cached_property
    def _topics(self) -> Mapping[str, str]:
        """The topics by their keys: those first whose answers were shown most, then in the order of the files."""
        shown = self._shown()
        times = {topic: sum(shown.get(item.id, 0) for item in items) for topic, items in self._base.topics.items()}
        return {short_key(topic): topic for topic in sorted(times, key=lambda topic: -times[topic])}

    def say(self, message: str, **values: object) -> str:
        """A message of ``bot.texts.members`` as plain text, which labels and notices are; else as ``text`` has it."""
        return plain_text(self.text(message, **values))

    def text(self, message: str, **values: object) -> Markup:
        """A message of ``bot.texts.members`` in the member's language, with its places filled in and escaped.

        ``{title}`` and ``{days}`` are known here.
        """
        return self._converted(self._translated(message, title=self._base.title, days=self._days, **values))

    def plain(self, message: str, **values: object) -> Reply:
        """A message without buttons."""
        return Reply(self.text(message, **values))

    def with_topics(self, message: str, page: int = 0, **values: object) -> Reply:
        """A message over a page of the topics, counted from 0; beyond the last one, the last."""
        shown, pager = self._page(len(self._topics), page, callbacks.ShowTopics)
        topics = list(self._topics.items())[shown]
        rows = ((Button(self._convert(topic), callbacks.ShowTopic(key, 0)),) for key, topic in topics)
        return Reply(self.text(message, **values), (*rows, *pager))

    def welcome(self, hot: Sequence[Item]) -> Reply:
        """To whoever comes in: four questions as examples, those asked most and then the first of each topic."""
        by_rank = zip_longest(*(self._base.topics[topic] for topic in self._topics.values()))
        examples = {item.id: item for item in (*hot, *chain.from_iterable(by_rank)) if item}
        rows = self._item_rows(list(examples.values())[:_EXAMPLES], Origin.START)
        return Reply(self.text(texts.WELCOME), (*rows, (self._all_topics(),)))

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
        rows = (*self._item_rows(items[shown], Origin.TOPIC), *pager, (self._all_topics(),))
        return Reply(self.text(texts.TOPIC, topic=topic), rows)

    def hot(self, items: Sequence[Item]) -> Reply:
        """What is asked most; without any, the topics."""
        if not items:
            return self.with_topics(texts.HOT_NONE)
        return Reply(self.text(texts.HOT), self._item_rows(items, Origin.HOT))

    def items(self, items: Sequence[Item], origin: Origin, *, thumbs: bool = True) -> Reply:
        """Answers, with what to ask next, with thumbs if they are wanted, and with the way back if there is one."""
        shown = {item.id for item in items}
        related = [key for item in items for key in item.related if key not in shown and key in self._base.by_id]
        rows = self._item_rows((self._base.by_id[key] for key in dict.fromkeys(related[:_RELATED])), Origin.ANSWER)
        if thumbs:
            like = Button(self.say(texts.LIKE), callbacks.Like(origin, _keys(items)))
            rows += ((like, Button(self.say(texts.DISLIKE), callbacks.Dislike(origin, _keys(items)))),)
        rows += row(self._back(items[0], origin))
        return Reply(self._answers(items, origin), rows)

    def defects(self, items: Sequence[Item], origin: Origin) -> Reply:
        """The same answers, with what may be wrong with them."""
        defects = (
            Button(self.say(label), callbacks.ReportDefect(defect, origin, _keys(items)))
            for defect, label in _DEFECTS.items()
        )
        back = Button(self.say(texts.BACK), callbacks.ReopenItems(origin, _keys(items)))
        return Reply(self._answers(items, origin), (tuple(defects), (back,)))

    def verdict(self, verdict: Verdict, question: str, *, noted: bool, reachable: bool = False) -> Reply:
        """The reply to a question.

        ``noted``: it is kept as a miss, and the reply may say so; ``reachable``: and who asked can be told later.
        """
        reply = self._reply(verdict, question, noted=noted, reachable=reachable)
        if len(question) > QUESTION_LIMIT:
            return replace(reply, text=paragraphs(reply.text, self.text(texts.CUT, limit=QUESTION_LIMIT)))
        return reply

    def _reply(self, verdict: Verdict, question: str, *, noted: bool, reachable: bool) -> Reply:
        match verdict:
            case Answer(chosen=chosen, open=parts):
                reply = self.items([candidate.item for candidate in chosen], Origin.DIRECT)
                unsettled = (
                    self.text(texts.UNSURE_PART if part.suggestions else texts.UNKNOWN_PART, part=part.words)
                    for part in parts
                )
                near = self._candidate_rows(candidate for part in parts for candidate in part.suggestions)
                return Reply(paragraphs(reply.text, *unsettled), (*near, *reply.rows))
            case NotCovered(chosen=chosen, suggestions=suggestions):
                refused = [candidate.item for candidate in chosen]
                nearest = self._nearest(refused, suggestions)
                message = texts.NOT_COVERED_NEAREST if nearest else "{answer}"
                wrong = Button(self.say(texts.DISLIKE), callbacks.Dislike(Origin.DIRECT, _keys(refused)))
                none = Button(self.say(texts.NONE_OF_THESE), callbacks.RejectSuggestions())
                rows = (*self._item_rows(nearest, Origin.ANSWER), (wrong, none))
                return Reply(self.text(message, answer=self._joined(refused)), rows)
            case SmallTalk(act=act, chosen=chosen):
                return self._small_talk(act, chosen[0].item if chosen else None)
            case Suggestions(suggestions=suggestions, word=word):
                none = Button(self.say(texts.NONE_OF_THESE), callbacks.RejectSuggestions())
                text = self.text(texts.ABOUT, word=word) if word else self.text(texts.SUGGESTIONS)
                return Reply(text, (*self._candidate_rows(suggestions), (none,)))
            case Unknown() if is_blank(question):
                return self.plain(texts.BLANK, example=next(iter(self._base.topics.values()))[0].question)
            case Unknown(suggestions=suggestions):
                words = self._translated(texts.NOTED) if noted else ""
                return self.unknown(texts.UNKNOWN, suggestions, subscribe=noted and reachable, noted=words)
            case _:
                assert_never(verdict)

    def _small_talk(self, act: Act | None, item: Item | None) -> Reply:
        """What is said to an act, or about the bot: the item's text, which is Chinese, unless our own is translated."""
        message = texts.ACTS[act] if act else texts.ABOUT_THE_BOT.get(item.id, "") if item else ""
        if item and (not message or self._translate(message) == message):
            return self.plain("{answer}", answer=item.answer)
        return self.plain(message)

    def read_as(self, question: str, reply: Reply) -> Reply:
        """The reply to a message that was read as something else than it says."""
        return replace(reply, text=paragraphs(self.text(texts.READ_AS, question=question), reply.text))

    def parts(self, item: Item, parts: Mapping[int, str]) -> Reply:
        """Parts of an item's answer, by their places from 0."""
        quoted = _QUOTED.search(item.question)
        subject = quoted[1] if quoted else next(iter(item.keywords), item.question.rstrip("？?"))
        lines = (
            self._translated(texts.PART, subject=subject, number=place + 1, text=text) for place, text in parts.items()
        )
        whole = self.items([item], Origin.DIRECT)
        answer = Markup("\n").join(lines)
        text = self.text(texts.ANSWER, answer=answer, places=_cited(item, self._base))
        return self.with_expiry(replace(whole, text=text), [item])

    def with_expiry(self, reply: Reply, items: Iterable[Item]) -> Reply:
        """A reply that is made of items but holds none of their whole answers: it says which are past their day."""
        notes = [note for item in items if (note := self._expiry(item))]
        said = self._converted(paragraphs(*dict.fromkeys(notes)))
        return replace(reply, text=paragraphs(reply.text, said)) if notes else reply

    def more(self, items: Sequence[Item]) -> Reply:
        """What else there is to read."""
        return Reply(self.text(texts.MORE), self._item_rows(items, Origin.MORE))

    def places(self, items: Iterable[Item]) -> str:
        """The places of items in the speech, in words; empty for refusals."""
        return texts.PLACES_JOINT.join(dict.fromkeys(places(item, self._base) for item in items if item.source))

    def unknown(
        self, message: str, nearest: Iterable[Candidate] = (), *, subscribe: bool = False, **values: object
    ) -> Reply:
        """A message to whoever got no answer: being told later, the nearest questions, and the way to the topics."""
        offer = row(Button(self.say(texts.TELL_ME), callbacks.Subscribe()) if subscribe else None)
        rows = (*offer, *self._candidate_rows(nearest), (self._all_topics(),))
        return Reply(self.text(message, **values), rows)

    def _nearest(self, refused: Sequence[Item], suggestions: Iterable[Candidate]) -> Sequence[Item]:
        """What stands under a refusal: what is related to it, then what is clearly near."""
        related = [self._base.by_id[key] for item in refused for key in item.related if key in self._base.by_id]
        found = dict.fromkeys([*(item.id for item in related), *(near.item.id for near in suggestions)])
        return [self._base.by_id[key] for key in found][:_RELATED]

    def answered_since(self, verdict: Answer | NotCovered) -> Reply:
        """To whoever wanted to be told, under their question."""
        items = [chosen.item for chosen in verdict.chosen]
        if isinstance(verdict, NotCovered):
            return self.plain(texts.NOT_COVERED_SINCE, answer=self._joined(items))
        text = self.text(texts.ANSWERED_SINCE, answer=self._joined(items))
        return replace(self.items(items, Origin.DIRECT), text=text)

    def with_follow(self, reply: Reply, items: Sequence[Item], origin: Origin) -> Reply:
        """A reply of answers, with the way to be told when they change; of none, without it."""
        follow = Button(self.say(texts.FOLLOW), callbacks.FollowAnswers(origin, _keys(items))) if items else None
        return replace(reply, rows=(*reply.rows, *row(follow)))

    def followed(self, items: Sequence[Item], origin: Origin) -> Reply:
        """The same answers, with the promise to tell when they change."""
        reply = self.items(items, origin, thumbs=False)
        return replace(reply, text=paragraphs(reply.text, self.text(texts.FOLLOWED)))

    def corrected(self, item: Item, before: str) -> Reply:
        """To whoever wanted to be told that an answer changes: in two lines, and with the way to all of it."""
        old, new = excerpts(before, item.answer)
        text = self.text(texts.CORRECTED, question=item.question, before=old, after=new)
        return Reply(text, self._item_rows([item], Origin.ANSWER))

    def note(self, note: str) -> Reply:
        """To whoever wanted to be told, under their question: what an admin replies to them."""
        return self.plain(texts.NOTE, note=note)

    def shared(self, item: Item) -> Markup:
        """What an inline result sends into a chat: the question with its answer."""
        return self._converted(self._opened(item))

    def _translated(self, message: str, **values: object) -> Markup:
        """A message whose characters are still to be converted."""
        return Markup(self._translate(message)).format(**values)  # noqa: S704 - our own text; values are escaped

    def _converted(self, text: Markup) -> Markup:
        return Markup(self._convert(text))  # noqa: S704 - it was HTML before

    def _answers(self, items: Iterable[Item], origin: Origin) -> Markup:
        """The answers of items, each under its question if that was not asked in so many words."""
        return self._converted(paragraphs(*map(self._answer if origin is Origin.DIRECT else self._opened, items)))

    def _joined(self, items: Iterable[Item]) -> Markup:
        """The answers of items, whose characters are still to be converted; so below."""
        return paragraphs(*map(self._answer, items))

    def _opened(self, item: Item) -> Markup:
        return self._translated(texts.OPENED, question=item.question, answer=self._answer(item))

    def _answer(self, item: Item) -> Markup:
        """An item's answer with its places in the speech, which says if it is past its day."""
        first, _, rest = item.answer.partition("\n")
        is_long = rest and len(item.answer) > _LONG
        answer = self._translated(texts.LONG_ANSWER, first=first, rest=rest) if is_long else escape(item.answer)
        if item.source:
            answer = self._translated(texts.ANSWER, answer=answer, places=_cited(item, self._base))
        expiry = self._expiry(item)
        return paragraphs(answer, expiry) if expiry else answer

    def _expiry(self, item: Item) -> Markup | None:
        """What is said of an item that is past its day; None where it is not."""
        if not item.is_expired(self._today):
            return None
        return self._translated(texts.EXPIRED, until=date.fromisoformat(item.valid_until))

    def _back(self, item: Item, origin: Origin) -> Button | None:
        """The way to the list that an item was opened from; None if it was not opened from a list."""
        if origin in {Origin.DIRECT, Origin.ANSWER}:
            return None
        if origin is not Origin.TOPIC:
            return Button(self.say(texts.BACK), callbacks.GoBack(origin))
        among = self._base.topics.get(item.topic, ())
        if item not in among:
            return self._all_topics()
        page = among.index(item) // ON_A_PAGE
        return Button(self.say(texts.BACK), callbacks.ShowTopic(short_key(item.topic), page))

    def _all_topics(self) -> Button:
        return Button(self.say(texts.ALL_TOPICS), callbacks.ShowTopics(0))

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


def excerpts(before: str, after: str) -> tuple[str, str]:
    """What two texts say where they begin to differ, each on one line."""
    old, new = (" ".join(text.split()) for text in (before, after))
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
    same = sum(1 for _ in alike)
    start = same - _BEFORE_CHANGE if same > _EXCERPT // 2 else 0
    return _excerpt(old, start), _excerpt(new, start)


def _excerpt(text: str, start: int) -> str:
    end = start + _EXCERPT
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


def places(item: Item, base: KnowledgeBase) -> str:
    """Where in the speech an item stands, in words; empty for one without a source."""
    return texts.PLACES_JOINT.join(base.places[source] for source in item.source)


def _cited(item: Item, base: KnowledgeBase) -> str:
    """The first places of an item in the speech, in words, which tell if there are more."""
    first = texts.PLACES_JOINT.join(base.places[source] for source in item.source[:_PLACES])
    return first if len(item.source) <= _PLACES else texts.PLACES_CUT.format(places=first)


def _keys(items: Sequence[Item]) -> tuple[str, ...]:
    """What buttons call items: one by its id, several by keys, since their ids would not fit."""
    return (items[0].id,) if len(items) == 1 else tuple(short_key(item.id) for item in items)
