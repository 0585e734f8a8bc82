"""What becomes of a cluster's misses after an edit for them, and after its undo."""

import pytest

from bot.curation.miss_handling import MissHandling
from bot.knowledge.edit import ChangeTexts
from bot.store.records import ActionKind, State
from tests.admin_setup import AdminSetup

ASKED = "饭卡坏了咋整"


@pytest.fixture
def handling(admin_setup: AdminSetup) -> MissHandling:
    """With one cluster."""
    admin_setup.miss(ASKED)
    admin_setup.clustering.cluster_new()
    return MissHandling(admin_setup.edits, admin_setup.lifecycle, admin_setup.clusters, admin_setup.history)


def test_it_is_led_to_an_item(admin_setup: AdminSetup, handling: MissHandling) -> None:
    """And asked again; the undo opens it."""
    action = handling.lead([1], admin_setup.edits.plan(ChangeTexts("card", "phrasings", (ASKED,))), None)
    (row,) = admin_setup.misses.rows(list(State))
    assert (row.state, row.chosen) == (State.VERIFIED, "card")
    handling.undo(action, 5)
    assert admin_setup.states() == {ASKED: State.OPEN}


def test_it_is_answered_by_the_edit_before_it_is_led(admin_setup: AdminSetup, handling: MissHandling) -> None:
    """What watches the knowledge was faster: it is the admin's all the same."""
    plan = admin_setup.edits.plan(ChangeTexts("card", "phrasings", (ASKED,)))
    missed = admin_setup.clusters.open_misses([1])
    action = admin_setup.edits.apply(plan, 5)
    admin_setup.lifecycle.follow(plan.before, admin_setup.current.snapshot)
    assert len(handling.lead_misses([1], missed, "card", plan.before)) == 1
    (row,) = admin_setup.misses.rows(list(State))
    assert (row.state, row.chosen) == (State.VERIFIED, "card")
    handling.undo(action, 5)
    assert admin_setup.states() == {ASKED: State.OPEN}


def test_it_is_led_to_what_does_not_answer_it(admin_setup: AdminSetup, handling: MissHandling) -> None:
    """An admin saw to it; it is not answered yet."""
    handling.lead_covered([1], "opening", 5)
    assert admin_setup.states() == {ASKED: State.HANDLED}
    assert [action.kind for action in admin_setup.history.latest(9)] == [ActionKind.COVERED]


def test_it_is_kept_away_from_an_item(admin_setup: AdminSetup, handling: MissHandling) -> None:
    """And stays open."""
    handling.keep_away(1, admin_setup.edits.plan(ChangeTexts("card", "negatives", (ASKED,))), 5)
    assert admin_setup.states() == {ASKED: State.OPEN}
    assert admin_setup.current.snapshot.base.by_id["card"].negatives == (ASKED,)
