"""What becomes of misses when the knowledge changes, whoever changed it."""

from dataclasses import replace

import pytest

from bot.knowledge import read
from bot.matching import Gate
from bot.snapshot import Edition
from bot.store.records import Feedback, Opinion, Records, State
from tests.workshop import Workshop

HANDLED, OPEN, VERIFIED, NOT_COVERED = State.HANDLED, State.OPEN, State.VERIFIED, State.NOT_COVERED


def follow(workshop: Workshop, old: str, new: str, name: str = "items.yaml") -> None:
    """An editor changes a file, and the bot follows."""
    before = workshop.live.edition
    workshop.write(name, old, new)
    workshop.editor.take_over()
    workshop.lifecycle.follow(before, workshop.live.edition)


# What was asked with its verdict and item, the state it was in, the item an admin chose, and the state it reaches when
# 塑料片被狗吃了 becomes a phrasing of card.
LIVES = {
    "open, and answered now": ("塑料片被狗吃了", "unknown", None, OPEN, None, VERIFIED),
    "handled, and it reaches the item that was chosen": ("塑料片被狗吃了", "unknown", None, HANDLED, "card", VERIFIED),
    "handled, and it reaches another item": ("塑料片被狗吃了", "unknown", None, HANDLED, "opening", HANDLED),
    "handled by hand, and answered now": ("塑料片被狗吃了", "unknown", None, HANDLED, None, VERIFIED),
    "open, and still not answered": ("写首诗送我妈", "unknown", None, OPEN, None, OPEN),
    "open, and not covered": ("一份午饭多少钱", "unknown", None, OPEN, None, NOT_COVERED),
    "ignored": ("塑料片被狗吃了", "unknown", None, State.IGNORED, None, State.IGNORED),
    "a complaint of an answer that is as it was": ("补办饭卡", "answer", "card", OPEN, None, OPEN),
}


@pytest.mark.parametrize(("text", "verdict", "item", "was", "chosen", "then"), LIVES.values(), ids=LIVES.keys())
def test_the_life_of_a_miss(  # noqa: PLR0913, PLR0917 - a row of the table
    workshop: Workshop, text: str, verdict: str, item: str | None, was: State, chosen: str | None, then: State
) -> None:
    """When an editor has added a phrasing."""
    workshop.miss(text, verdict, item)
    workshop.sorting.sort()
    if was is not OPEN:
        workshop.clusters.handle(1, was, chosen)
    follow(workshop, "补办饭卡", "补办饭卡, 塑料片被狗吃了")
    assert workshop.states() == {text: then}


def test_a_complaint_closes_when_the_answer_changes(workshop: Workshop) -> None:
    """And opens again with the next thumb down."""
    workshop.miss("补办饭卡", "answer", "card")
    follow(workshop, "带上工作证就行。", "带上工作证和照片。")
    assert workshop.states() == {"补办饭卡": VERIFIED}
    workshop.miss("补办饭卡", "answer", "card")
    assert workshop.states() == {"补办饭卡": OPEN}
    workshop.lifecycle.follow(None, workshop.live.edition)
    assert workshop.states() == {"补办饭卡": OPEN}


def test_what_was_not_meant_does_not_close_a_miss(workshop: Workshop) -> None:
    """A member has said so; another item may."""
    for item in ("card", "opening"):
        workshop.journal.record(Records(feedback=(Feedback("塑料片", "塑料片", item, Opinion.NOT_MEANT),)))
    workshop.miss("塑料片", "suggest", "card")
    follow(workshop, "补办饭卡", "补办饭卡, 塑料片")
    assert workshop.states() == {"塑料片": OPEN}
    follow(workshop, "补办饭卡, 塑料片", "补办饭卡")
    follow(workshop, "放饭安排", "放饭安排, 塑料片")
    assert workshop.states() == {"塑料片": VERIFIED}


def test_what_is_verified_opens_again_when_it_is_missed(workshop: Workshop) -> None:
    """By itself."""
    workshop.miss("塑料片被狗吃了")
    follow(workshop, "补办饭卡", "补办饭卡, 塑料片被狗吃了")
    assert workshop.states() == {"塑料片被狗吃了": VERIFIED}
    workshop.miss("塑料片被狗吃了")
    assert workshop.states() == {"塑料片被狗吃了": OPEN}


def test_other_thresholds_close_misses_too(workshop: Workshop) -> None:
    """What is answered is answered, for whatever reason."""
    workshop.miss("开饭安排怎么样")
    edition = workshop.live.edition
    workshop.lifecycle.follow(None, edition)
    assert workshop.states() == {"开饭安排怎么样": OPEN}
    easier = edition.calibrated(replace(Gate(), answer=0.3))
    workshop.lifecycle.follow(edition, easier)
    assert workshop.states() == {"开饭安排怎么样": OPEN}, "this edition does not answer anybody"
    workshop.live.adopt(easier)
    workshop.lifecycle.follow(edition, easier)
    assert workshop.states() == {"开饭安排怎么样": VERIFIED}


def test_what_is_answered_no_more_is_open_again(workshop: Workshop) -> None:
    """Whoever took the answer away; and it closes again when another item answers it."""
    workshop.miss("塑料片被狗吃了")
    workshop.sorting.sort()
    workshop.clusters.handle(1, HANDLED, "card")
    follow(workshop, "补办饭卡", "补办饭卡, 塑料片被狗吃了")
    assert workshop.states() == {"塑料片被狗吃了": VERIFIED}
    follow(workshop, "补办饭卡, 塑料片被狗吃了", "补办饭卡")
    assert workshop.states() == {"塑料片被狗吃了": OPEN}
    follow(workshop, "放饭安排", "放饭安排, 塑料片被狗吃了")
    assert workshop.states() == {"塑料片被狗吃了": VERIFIED}


def test_a_complaint_may_end_in_an_honest_refusal(workshop: Workshop) -> None:
    """When an admin led it there."""
    workshop.miss("吃一顿要花几块", "answer", "card")
    workshop.sorting.sort()
    workshop.clusters.handle(1, HANDLED, "nc-price")
    workshop.lifecycle.follow(None, workshop.live.edition)
    assert workshop.states() == {"吃一顿要花几块": NOT_COVERED}


def test_another_refusal_does_not_settle_what_was_led_to_an_item(workshop: Workshop) -> None:
    """Whoever waits would be told the wrong thing."""
    workshop.miss("吃一顿要花几块")
    workshop.sorting.sort()
    workshop.clusters.handle(1, HANDLED, "opening")
    workshop.lifecycle.follow(None, workshop.live.edition)
    assert workshop.states() == {"吃一顿要花几块": HANDLED}


def test_an_undo_opens_what_it_takes_away(workshop: Workshop) -> None:
    """Of those that were led to an item; others stay."""
    workshop.miss("塑料片被狗吃了")
    workshop.miss("写首诗送我妈")
    workshop.sorting.sort()
    workshop.clusters.handle(1, HANDLED, "card")
    workshop.clusters.handle(2, State.IGNORED)
    workshop.lifecycle.reopen("opening", workshop.live.edition, answer=False)
    assert workshop.states()["塑料片被狗吃了"] is HANDLED
    workshop.lifecycle.reopen("card", workshop.live.edition, answer=False)
    assert workshop.states() == {"塑料片被狗吃了": OPEN, "写首诗送我妈": State.IGNORED}
    workshop.clusters.handle(1, HANDLED, "card")
    workshop.write("items.yaml", "补办饭卡", "补办饭卡, 塑料片被狗吃了")
    workshop.lifecycle.reopen("card", Edition.of(read(workshop.folder), "", Gate()), answer=False)
    assert workshop.states() == {"塑料片被狗吃了": HANDLED, "写首诗送我妈": State.IGNORED}


def test_an_answer_that_is_taken_back_is_complained_of_again(workshop: Workshop) -> None:
    """And nothing else."""
    workshop.miss("补办饭卡", "answer", "card")
    workshop.miss("卡不见了找谁")
    workshop.sorting.sort()
    for cluster in (1, 2):
        workshop.clusters.handle(cluster, VERIFIED, "card")
    workshop.lifecycle.reopen("card", workshop.live.edition, answer=False)
    assert workshop.states() == {"补办饭卡": VERIFIED, "卡不见了找谁": VERIFIED}
    workshop.lifecycle.reopen("card", workshop.live.edition, answer=True)
    assert workshop.states() == {"补办饭卡": OPEN, "卡不见了找谁": VERIFIED}


def test_a_number_in_a_question_changes_nothing(workshop: Workshop) -> None:
    """It is masked in the log, and not looked at before."""
    raw = "写首诗送我妈13812345678"
    miss = workshop.live.edition.faq.ask(raw).miss
    assert miss
    assert workshop.live.edition.matcher.match(raw) == workshop.live.edition.matcher.match(miss.question)
