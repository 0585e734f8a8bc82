"""What a member reads: every verdict as a text with buttons, the same on Telegram and in the terminal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from bot import catalogue
from bot.items import Item, KnowledgeBase
from bot.matching import QUESTION_LIMIT, Answer, Candidate, NotCovered, SmallTalk, Suggestions, Unknown, Verdict
from bot.text import is_blank

ITEM_ACTION = "a:"
"""Callback data of a button that answers: this and an item's id; at most 42 of Telegram's 64 bytes."""
TOPIC_ACTION = "t:"
"""Callback data of a button that opens a topic: this and the topic's number among the topics."""
NONE_ACTION = "none"
"""Callback data of "none of these"."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it shows, and what pressing it sends back."""

    label: str
    action: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a member gets to see: plain text, and one button a row."""

    text: str
    buttons: tuple[Button, ...] = ()


class Replies:
    """Puts verdicts into words. ``base`` gives the places, the title and the topics; misses are kept for ``days``."""

    def __init__(self, base: KnowledgeBase, days: int) -> None:
        self._base = base
        self._days = days

    def welcome(self) -> Reply:
        """/start: who the bot is, and the topics."""
        return Reply(catalogue.WELCOME.format(title=self._base.title), self._topic_buttons())

    def help(self) -> Reply:
        """/help: how to ask."""
        return Reply(catalogue.HELP)

    def privacy(self) -> Reply:
        """/privacy: what is kept, how long, and how to have it deleted."""
        return Reply(catalogue.PRIVACY.format(days=self._days))

    def topic(self, number: int) -> Reply:
        """The questions of one topic, counted from 0; one that is gone says so."""
        topics = list(self._base.topics.items())
        if not 0 <= number < len(topics):
            return Reply(catalogue.GONE, self._topic_buttons())
        topic, items = topics[number]
        return Reply(catalogue.TOPIC.format(topic=topic), _item_buttons(items))

    def item(self, item_id: str) -> Reply:
        """The answer of one item; one that is gone says so."""
        item = self._base.by_id.get(item_id)
        return Reply(self._answer([item])) if item else Reply(catalogue.GONE)

    def verdict(self, verdict: Verdict, question: str, *, noted: bool) -> Reply:
        """The reply to a question. ``noted``: it is kept as a miss, and the reply may say so."""
        reply = self._reply(verdict, question, catalogue.NOTED if noted else "")
        if len(question) > QUESTION_LIMIT:
            return Reply(f"{reply.text}\n\n{catalogue.CUT.format(limit=QUESTION_LIMIT)}", reply.buttons)
        return reply

    def _reply(self, verdict: Verdict, question: str, noted: str) -> Reply:
        match verdict:
            case Answer(chosen=chosen):
                return Reply(self._answer([candidate.item for candidate in chosen]))
            case NotCovered(chosen=chosen, suggestions=suggestions):
                text = "\n\n".join(candidate.item.answer for candidate in chosen)
                nearest = catalogue.NOT_COVERED_NEAREST if suggestions else "{answer}"
                return Reply(nearest.format(answer=text), _candidate_buttons(suggestions))
            case SmallTalk(chosen=chosen):
                return Reply(chosen[0].item.answer)
            case Suggestions(suggestions=suggestions):
                none = Button(catalogue.NONE_OF_THESE, NONE_ACTION)
                return Reply(catalogue.SUGGESTIONS, (*_candidate_buttons(suggestions), none))
            case Unknown():
                return self._unknown(question, noted)
            case _:
                assert_never(verdict)

    def _unknown(self, question: str, noted: str) -> Reply:
        if is_blank(question):
            return Reply(catalogue.BLANK.format(example=next(iter(self._base.topics.values()))[0].question))
        return Reply(catalogue.UNKNOWN.format(noted=noted), self._topic_buttons())

    def not_text(self) -> Reply:
        """To a sticker, a photo and the like."""
        return Reply(catalogue.NOT_TEXT)

    def unknown_command(self) -> Reply:
        """To a command that the bot does not have."""
        return Reply(catalogue.UNKNOWN_COMMAND)

    def rejected(self, *, found: bool, noted: bool) -> Reply:
        """To "none of these"; the question may not be ``found`` in the chat any more."""
        if not found:
            return Reply(catalogue.REJECTED_UNKNOWN)
        return Reply(catalogue.REJECTED if noted else catalogue.REJECTED_NOT_KEPT)

    def gone(self) -> Reply:
        """To a button that means nothing any more."""
        return Reply(catalogue.GONE)

    def flooded(self) -> Reply:
        """To whoever sends faster than anyone reads."""
        return Reply(catalogue.FLOODED)

    def failed(self) -> Reply:
        """To whoever met a fault of ours."""
        return Reply(catalogue.FAILED)

    def _answer(self, items: Iterable[Item]) -> str:
        return "\n\n".join(_grounded(item, self._base.places) for item in items)

    def _topic_buttons(self) -> tuple[Button, ...]:
        return tuple(Button(topic, f"{TOPIC_ACTION}{number}") for number, topic in enumerate(self._base.topics))


def _grounded(item: Item, places: Mapping[str, str]) -> str:
    """An item's answer with its place in the speech."""
    if not item.source:
        return item.answer
    joint = catalogue.PLACES_JOINT.join(places[source] for source in item.source)
    return catalogue.ANSWER.format(answer=item.answer, places=joint)


def _item_buttons(items: Iterable[Item]) -> tuple[Button, ...]:
    return tuple(Button(item.question, f"{ITEM_ACTION}{item.id}") for item in items)


def _candidate_buttons(candidates: Iterable[Candidate]) -> tuple[Button, ...]:
    return _item_buttons(candidate.item for candidate in candidates)
