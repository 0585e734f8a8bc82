"""Links to the admins' page, and the sessions that they are exchanged for."""

from datetime import timedelta

import pytest

from bot.store.database import Database
from bot.store.page_access import PageAccess
from bot.store.records import PageVisitor
from tests.clocks import Clock

ADMIN, OTHER = 5, 6
LINK, SESSION = b"link", b"session"


@pytest.fixture
def access(database: Database) -> PageAccess:
    return PageAccess(database)


@pytest.mark.parametrize("admin", [ADMIN, None])
def test_a_link_leads_to_a_session_once(access: PageAccess, admin: int | None) -> None:
    """Of the admin for whom it was made, or of the command line."""
    access.add_link(LINK, admin)
    assert access.link(LINK) == PageVisitor(admin)
    assert access.spend(LINK, SESSION)
    assert access.session(SESSION) == PageVisitor(admin)
    assert access.link(LINK) is None
    assert not access.spend(LINK, b"another")
    assert access.session(b"another") is None


def test_a_link_lives_for_five_minutes(access: PageAccess, clock: Clock) -> None:
    """Also where nothing was purged."""
    access.add_link(LINK, ADMIN)
    clock.now += timedelta(minutes=4, seconds=59)
    assert access.link(LINK)
    clock.now += timedelta(seconds=1)
    assert access.link(LINK) is None
    assert not access.spend(LINK, SESSION)


def test_three_links_of_an_admin_are_open(access: PageAccess, clock: Clock) -> None:
    """A fourth closes the oldest of theirs, and nobody else's."""
    access.add_link(b"other", OTHER)
    access.add_link(b"local", None)
    for link in (b"1", b"2", b"3", b"4"):
        clock.now += timedelta(seconds=1)
        access.add_link(link, ADMIN)
    assert [link for link in (b"1", b"2", b"3", b"4", b"other", b"local") if access.link(link)] == [
        b"2",
        b"3",
        b"4",
        b"other",
        b"local",
    ]


ENDS = {
    "an hour after it was last used": (timedelta(minutes=60), 1),
    "twelve hours after it began, however much it is used": (timedelta(minutes=59), 12 * 60 // 59 + 1),
}


@pytest.mark.parametrize(("step", "steps"), ENDS.values(), ids=ENDS.keys())
def test_a_session_ends(access: PageAccess, clock: Clock, step: timedelta, steps: int) -> None:
    """By itself."""
    access.add_link(LINK, ADMIN)
    access.spend(LINK, SESSION)
    for _ in range(steps - 1):
        clock.now += step
        assert access.session(SESSION)
    clock.now += step
    assert access.session(SESSION) is None


def test_an_admin_ends_all_of_theirs(access: PageAccess) -> None:
    """Sessions and open links; nobody else's."""
    for link, session, admin in ((b"1", b"a", ADMIN), (b"2", b"b", ADMIN), (b"3", b"c", OTHER), (b"4", b"d", None)):
        access.add_link(link, admin)
        access.spend(link, session)
    access.add_link(LINK, ADMIN)
    assert access.end(ADMIN) == 2
    assert access.link(LINK) is None
    assert [session for session in (b"a", b"b", b"c", b"d") if access.session(session)] == [b"c", b"d"]


def test_what_is_over_is_deleted(access: PageAccess, database: Database, clock: Clock) -> None:
    """With all that is kept long enough."""
    access.add_link(LINK, ADMIN)
    access.spend(LINK, SESSION)
    access.add_link(LINK, ADMIN)
    clock.now += timedelta(minutes=6)
    assert database.purge(timedelta(days=180)) == 1
    clock.now += timedelta(hours=1)
    assert database.purge(timedelta(days=180)) == 1
