"""What becomes of misses when the knowledge changes, whoever changed it."""

from dataclasses import replace

import pytest

from bot.conversation.records import miss_of
from bot.curation.miss_handling import MissHandling
from bot.items import VerdictKind
from bot.knowledge import read
from bot.knowledge.edit import ChangeTexts
from bot.matching import ConfidenceModel
from bot.snapshot import Snapshot
from bot.store.records import Feedback, Opinion, Records, State, Subscription
from tests.admin_setup import AdminSetup
from tests.leading import lead

HANDLED, OPEN, VERIFIED, NOT_COVERED = State.HANDLED, State.OPEN, State.VERIFIED, State.NOT_COVERED


def follow(admin_setup: AdminSetup, old: str, new: str, name: str = "items.yaml") -> None:
    """An editor changes a file, and the bot follows."""
    before = admin_setup.current.snapshot
    admin_setup.write(name, old, new)
    admin_setup.edits.take_over()
    admin_setup.lifecycle.follow(before, admin_setup.current.snapshot)


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
    admin_setup: AdminSetup, text: str, verdict: str, item: str | None, was: State, chosen: str | None, then: State
) -> None:
    """When an editor has added a phrasing."""
    admin_setup.miss(text, VerdictKind(verdict), item)
    admin_setup.clustering.cluster_new()
    if chosen:
        lead(admin_setup.clusters, 1, chosen)
    if was is not OPEN:
        admin_setup.misses.set_state([1], was)
    follow(admin_setup, "补办饭卡", "补办饭卡\n      - 塑料片被狗吃了")
    assert admin_setup.states() == {text: then}


def test_a_complaint_closes_when_the_answer_changes(admin_setup: AdminSetup) -> None:
    """And opens again with the next thumb down."""
    admin_setup.miss("补办饭卡", VerdictKind.ANSWER, "card")
    follow(admin_setup, "带上工作证就行。", "带上工作证和照片。")
    assert admin_setup.states() == {"补办饭卡": VERIFIED}
    admin_setup.miss("补办饭卡", VerdictKind.ANSWER, "card")
    assert admin_setup.states() == {"补办饭卡": OPEN}
    admin_setup.lifecycle.follow(None, admin_setup.current.snapshot)
    assert admin_setup.states() == {"补办饭卡": OPEN}


def test_what_was_not_meant_does_not_close_a_miss(admin_setup: AdminSetup) -> None:
    """A member has said so; another item may."""
    for item in ("card", "opening"):
        admin_setup.usage.record(Records(feedback=(Feedback("塑料片", "塑料片", item, Opinion.NOT_MEANT),)))
    admin_setup.miss("塑料片", VerdictKind.SUGGEST, "card")
    follow(admin_setup, "补办饭卡", "补办饭卡\n      - 塑料片")
    assert admin_setup.states() == {"塑料片": OPEN}
    follow(admin_setup, "补办饭卡\n      - 塑料片", "补办饭卡")
    follow(admin_setup, "放饭安排", "放饭安排\n      - 塑料片")
    assert admin_setup.states() == {"塑料片": VERIFIED}


def test_what_is_verified_opens_again_when_it_is_missed(admin_setup: AdminSetup) -> None:
    """By itself."""
    admin_setup.miss("塑料片被狗吃了")
    follow(admin_setup, "补办饭卡", "补办饭卡\n      - 塑料片被狗吃了")
    assert admin_setup.states() == {"塑料片被狗吃了": VERIFIED}
    admin_setup.miss("塑料片被狗吃了")
    assert admin_setup.states() == {"塑料片被狗吃了": OPEN}


def test_other_thresholds_close_misses_too(admin_setup: AdminSetup) -> None:
    """What is answered is answered, for whatever reason."""
    admin_setup.miss("几点能开饭呀")
    snapshot = admin_setup.current.snapshot
    admin_setup.lifecycle.follow(None, snapshot)
    assert admin_setup.states() == {"几点能开饭呀": OPEN}
    easier = snapshot.calibrated(replace(ConfidenceModel(), answer=0.3))
    admin_setup.lifecycle.follow(snapshot, easier)
    assert admin_setup.states() == {"几点能开饭呀": OPEN}, "this snapshot does not answer anybody"
    admin_setup.current.snapshot = easier
    admin_setup.lifecycle.follow(snapshot, easier)
    assert admin_setup.states() == {"几点能开饭呀": VERIFIED}


def test_what_is_answered_no_more_is_open_again(admin_setup: AdminSetup) -> None:
    """Whoever took the answer away; and it closes again when another item answers it."""
    admin_setup.miss("塑料片被狗吃了")
    admin_setup.clustering.cluster_new()
    lead(admin_setup.clusters, 1, "card")
    follow(admin_setup, "补办饭卡", "补办饭卡\n      - 塑料片被狗吃了")
    assert admin_setup.states() == {"塑料片被狗吃了": VERIFIED}
    follow(admin_setup, "补办饭卡\n      - 塑料片被狗吃了", "补办饭卡")
    assert admin_setup.states() == {"塑料片被狗吃了": OPEN}
    follow(admin_setup, "放饭安排", "放饭安排\n      - 塑料片被狗吃了")
    assert admin_setup.states() == {"塑料片被狗吃了": VERIFIED}


def test_a_complaint_may_end_in_an_honest_refusal(admin_setup: AdminSetup) -> None:
    """When an admin led it there."""
    admin_setup.miss("吃一顿要花几块", VerdictKind.ANSWER, "card")
    admin_setup.clustering.cluster_new()
    lead(admin_setup.clusters, 1, "nc-price")
    admin_setup.lifecycle.follow(None, admin_setup.current.snapshot)
    assert admin_setup.states() == {"吃一顿要花几块": NOT_COVERED}


def test_another_refusal_does_not_settle_what_was_led_to_an_item(admin_setup: AdminSetup) -> None:
    """Whoever waits would be told the wrong thing."""
    admin_setup.miss("吃一顿要花几块")
    admin_setup.clustering.cluster_new()
    lead(admin_setup.clusters, 1, "opening")
    admin_setup.lifecycle.follow(None, admin_setup.current.snapshot)
    assert admin_setup.states() == {"吃一顿要花几块": HANDLED}


def test_an_undo_opens_what_it_takes_away(admin_setup: AdminSetup) -> None:
    """Of those that were led to an item; others stay."""
    admin_setup.miss("塑料片被狗吃了")
    admin_setup.miss("写首诗送我妈")
    admin_setup.clustering.cluster_new()
    lead(admin_setup.clusters, 1, "card")
    admin_setup.clusters.ignore(2)
    admin_setup.lifecycle.reopen("opening", admin_setup.current.snapshot, answer=False)
    assert admin_setup.states()["塑料片被狗吃了"] is HANDLED
    admin_setup.lifecycle.reopen("card", admin_setup.current.snapshot, answer=False)
    assert admin_setup.states() == {"塑料片被狗吃了": OPEN, "写首诗送我妈": State.IGNORED}
    lead(admin_setup.clusters, 1, "card")
    admin_setup.write("items.yaml", "补办饭卡", "补办饭卡\n      - 塑料片被狗吃了")
    admin_setup.lifecycle.reopen("card", Snapshot.of(read(admin_setup.folder), "", ConfidenceModel()), answer=False)
    assert admin_setup.states() == {"塑料片被狗吃了": HANDLED, "写首诗送我妈": State.IGNORED}


def test_an_answer_that_is_taken_back_is_complained_of_again(admin_setup: AdminSetup) -> None:
    """And nothing else."""
    admin_setup.miss("补办饭卡", VerdictKind.ANSWER, "card")
    admin_setup.miss("卡不见了找谁")
    admin_setup.clustering.cluster_new()
    for cluster in (1, 2):
        lead(admin_setup.clusters, cluster, "card")
    admin_setup.misses.set_state([1, 2], VERIFIED)
    admin_setup.lifecycle.reopen("card", admin_setup.current.snapshot, answer=False)
    assert admin_setup.states() == {"补办饭卡": VERIFIED, "卡不见了找谁": VERIFIED}
    admin_setup.lifecycle.reopen("card", admin_setup.current.snapshot, answer=True)
    assert admin_setup.states() == {"补办饭卡": OPEN, "卡不见了找谁": VERIFIED}


def test_whoever_waits_for_what_is_led_to_an_item_is_told_where_that_answers(admin_setup: AdminSetup) -> None:
    """As it is before the edit is made, so it comes."""
    answered, other = "塑料片被狗吃了", "塑料片在哪里领"
    for person, question in enumerate((answered, other)):
        admin_setup.miss(question)
        admin_setup.usage.record(Records(subscriptions=(Subscription(question, person, b""),)))
    ids = {row.question: row.id for row in admin_setup.misses.rows([OPEN])}
    plan = admin_setup.edits.plan(ChangeTexts("card", "phrasings", (answered,)))
    assert admin_setup.lifecycle.awaited(plan.before, plan.after, ids.values(), "card") == {ids[answered]}
    assert admin_setup.lifecycle.awaited(plan.before, plan.after, ids.values(), "opening") == frozenset()
    admin_setup.clustering.cluster_new()
    setup = admin_setup
    MissHandling(setup.edits, setup.lifecycle, setup.clusters, setup.history).lead([1, 2], plan, None)
    assert setup.states() == {answered: VERIFIED, other: HANDLED}


def nearest(admin_setup: AdminSetup) -> dict[str, str | None]:
    """The item that each missed question comes nearest to, as far as is noted."""
    return {row.question: row.item for row in admin_setup.misses.rows(list(State)) if row.score or row.is_complaint}


def test_what_comes_nearest_is_noted_when_it_is_asked_again(admin_setup: AdminSetup) -> None:
    """After each edit; a complaint stays about its item, and what was asked of a snapshot that is gone counts not."""
    admin_setup.miss("饭卡丢在哪里")
    admin_setup.miss("补办饭卡", VerdictKind.ANSWER, "opening")
    before = admin_setup.current.snapshot
    admin_setup.lifecycle.follow(None, before)
    noted = {"饭卡丢在哪里": "card", "补办饭卡": "opening"}
    assert nearest(admin_setup) == noted
    follow(admin_setup, "放饭安排", "放饭安排\n      - 饭卡丢在哪儿呢")
    assert nearest(admin_setup) == noted | {"饭卡丢在哪里": "closing"}
    admin_setup.lifecycle.follow(None, before)
    assert nearest(admin_setup) == noted | {"饭卡丢在哪里": "closing"}


def test_a_number_in_a_question_changes_nothing(admin_setup: AdminSetup) -> None:
    """It is masked in the log, and not looked at before."""
    raw = "写首诗送我妈13812345678"
    miss = miss_of(raw, admin_setup.current.snapshot.matcher.match(raw))
    assert miss
    assert admin_setup.current.snapshot.matcher.match(raw) == admin_setup.current.snapshot.matcher.match(miss.question)
