"""The answers nearest to questions."""

from bot.curation.item_search import NearestAnswers
from bot.knowledge.edit import ChangeTexts
from tests.admin_setup import AdminSetup

ASKED = "夜宵摊什么时候收"


def test_they_are_those_of_the_snapshot_that_answers(admin_setup: AdminSetup) -> None:
    """After an edit they are found anew."""
    nearest = NearestAnswers(admin_setup.current)
    before = nearest.first(ASKED)
    assert before is None or before.score < 1
    admin_setup.edits.apply(admin_setup.edits.plan(ChangeTexts("opening", "phrasings", (ASKED,))), None)
    after = nearest.first(ASKED)
    assert after
    assert (after.item.id, nearest.first(ASKED)) == ("opening", after)


def test_what_members_rejected_is_left_out(admin_setup: AdminSetup) -> None:
    """The next one is the nearest then."""
    nearest = NearestAnswers(admin_setup.current)
    first = nearest.first("饭卡丢了怎么补")
    assert first
    other = nearest.first("饭卡丢了怎么补", {first.item.id})
    assert other is None or other.item.id != first.item.id
    assert nearest.first("饭卡丢了怎么补") == first
