"""Whom an admin may have told that an answer has changed, and whom not."""

import pytest

from bot.curation.corrections import Corrections
from bot.inbox.encryption import Encryption
from bot.knowledge import read
from bot.snapshot import Snapshot
from bot.store.records import Records
from tests.admin_setup import AdminSetup

OLD = "早上七点开门。"


class Followers:
    """Members who follow an answer, and an editor who changes it."""

    def __init__(self, setup: AdminSetup) -> None:
        self.setup = setup
        self.corrections = setup.corrections
        self.answer = OLD

    def follow(self, member: int, corrections: Corrections | None = None) -> None:
        """A member wants to be told when the answer of now changes."""
        item = self.setup.current.snapshot.base.by_id["opening"]
        subscription = (corrections or self.corrections).subscription(item, member, f"chat {member}")
        self.setup.usage.record(Records(answer_subscriptions=(subscription,)))

    def change(self, answer: str) -> None:
        """The answer is another one from here on."""
        self.setup.write("items.yaml", f"answer: {self.answer}", f"answer: {answer}")
        self.answer = answer
        self.setup.current.snapshot = Snapshot.of(
            read(self.setup.folder), str(self.setup.folder), self.setup.current.snapshot.confidence
        )

    def offered(self) -> tuple[str, str, int] | None:
        """What admins are asked about: the answer before and after, and how many want to be told."""
        found = self.corrections.offer("opening")
        return (found.before, found.item.answer, found.count) if found else None

    def due(self) -> list[tuple[str, str]]:
        """Who is told now, and which answer they know."""
        return [(due.address, due.before) for due in self.corrections.due()]


@pytest.fixture
def followers(admin_setup: AdminSetup) -> Followers:
    followers = Followers(admin_setup)
    followers.follow(1)
    followers.follow(2)
    return followers


CHANGES = {
    "another hour": ("早上六点开门。", True),
    "a word more": ("早上七点整开门。", True),
    "a decimal point": ("早上七.五点开门。", True),
    "other punctuation": ("早上七点开门！", False),
    "spaces": ("早上 七点 开门", False),
    "traditional characters and other numerals": ("早上7點開門。", False),
    "nothing": (OLD, False),
}


@pytest.mark.parametrize(("answer", "is_offered"), CHANGES.values(), ids=CHANGES.keys())
def test_only_a_change_in_substance_is_offered(followers: Followers, answer: str, is_offered: bool) -> None:  # noqa: FBT001
    """What is read the same is the same answer."""
    followers.change(answer)
    assert followers.offered() == ((OLD, answer, 2) if is_offered else None)


def test_nobody_is_told_before_an_admin_wants_it(followers: Followers) -> None:
    """Then each of them is, until they were."""
    followers.change("早上六点开门。")
    assert followers.due() == []
    assert followers.offered()
    assert followers.due() == []
    assert followers.corrections.approve("opening") == 2
    assert followers.due() == [("chat 1", OLD), ("chat 2", OLD)]
    assert followers.due() == [("chat 1", OLD), ("chat 2", OLD)]


def test_an_undo_before_they_were_told_cancels_it(followers: Followers) -> None:
    """They stay subscribed, and nothing is told of itself when the change is made again."""
    followers.change("早上六点开门。")
    followers.offered()
    followers.corrections.approve("opening")
    followers.change(OLD)
    assert followers.due() == []
    assert followers.offered() is None
    followers.change("早上六点开门。")
    assert followers.due() == []
    assert followers.offered() == (OLD, "早上六点开门。", 2)


def test_another_change_before_they_were_told_needs_another_word(followers: Followers) -> None:
    """Nobody is told what no admin has seen; of both changes one correction is made."""
    followers.change("早上六点开门。")
    followers.offered()
    followers.corrections.approve("opening")
    followers.change("早上五点开门。")
    assert followers.due() == []
    assert followers.corrections.approve("opening") == 0
    assert followers.offered() == (OLD, "早上五点开门。", 2)


def test_what_is_not_told_is_asked_about_no_more(followers: Followers) -> None:
    """They are told of the next change, which starts from there."""
    followers.change("早上六点开门。")
    followers.offered()
    followers.corrections.skip("opening")
    assert followers.offered() is None
    followers.change("早上五点开门。")
    assert followers.offered() == ("早上六点开门。", "早上五点开门。", 2)


def test_what_an_editor_changed_is_offered_once(followers: Followers) -> None:
    """Also to somebody who has subscribed since; what an admin was asked about already is not."""
    assert followers.corrections.offer_new() == []
    followers.change("早上六点开门。")
    assert [found.count for found in followers.corrections.offer_new()] == [2]
    assert followers.corrections.offer_new() == []
    followers.change("早上五点开门。")
    followers.offered()
    assert followers.corrections.offer_new() == []


def test_an_item_that_is_gone_is_no_change(followers: Followers) -> None:
    """It may come back."""
    followers.setup.write("items.yaml", "id: opening", "id: entry")
    followers.setup.write("items.yaml", "related: [opening]", "related: [entry]")
    followers.change("早上六点开门。")
    assert followers.offered() is None
    assert len(followers.corrections.subscriptions.all()) == 2


def test_who_can_not_be_found_is_not_counted(followers: Followers) -> None:
    """With another key nobody is; they are kept, since the key may come back."""
    other = Corrections(followers.corrections.subscriptions, Encryption("another"), followers.setup.current)
    followers.follow(3, other)
    followers.change("早上六点开门。")
    assert followers.offered() == (OLD, "早上六点开门。", 2)
    followers.corrections.approve("opening")
    assert followers.due() == [("chat 1", OLD), ("chat 2", OLD)]
    assert len(followers.corrections.subscriptions.all()) == 3


def test_who_is_forgotten_is_not_told(followers: Followers) -> None:
    """And nobody else is forgotten."""
    followers.corrections.forget(1)
    followers.change("早上六点开门。")
    assert followers.offered() == (OLD, "早上六点开门。", 1)
