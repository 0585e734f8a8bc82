"""What was given up: counted, and told to admins."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.reply import Reply
from bot.service.dead_letters import DeadLetterReport
from bot.store.database import Database
from bot.store.history import History
from bot.store.notices import Notices
from bot.store.records import Entry, NoticeKind
from tests.clocks import Clock
from tests.inbox_setup import InboxSetup

ADMIN = 5


class Letters:
    """An inbox whose updates die, and what admins are told of it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.clock = clock
        self.told: list[Reply] = []
        self.delivers = True
        self.notices = Notices(database)
        self.inbox = InboxSetup(database).inbox
        self.report = DeadLetterReport(self.inbox, History(database), self._keep, clock)

    async def _keep(self, kind: NoticeKind, reply: Reply, mark: str) -> None:
        self.told.append(reply)
        self.notices.add(kind, [ADMIN], b"", mark)
        if self.delivers:
            self.deliver()

    def deliver(self) -> None:
        """What waits for the admin reaches them."""
        while notice := self.notices.next(ADMIN):
            self.notices.settle(notice.id)

    def die(self, *keys: int) -> None:
        """Updates with these ids can't be answered."""
        self.inbox.receive([Entry(key, b"", "the reply did not arrive") for key in keys])

    async def look_after(self, **time: float) -> None:
        """Look once this time has passed."""
        self.clock.now += timedelta(**time)
        await self.report.look()


@pytest.fixture
def letters(database: Database, clock: Clock) -> Letters:
    return Letters(database, clock)


async def test_admins_are_told_once(letters: Letters) -> None:
    """How many there are, and what to do about them."""
    await letters.report.look()
    letters.die(1, 2)
    for _ in range(3):
        await letters.look_after(seconds=5)
    (told,) = letters.told
    assert told.text.startswith("有 2 条消息没能回复上")
    assert "campaign-bot inbox list" in told.text


async def test_at_most_once_an_hour(letters: Letters) -> None:
    """What dies meanwhile is told together, whatever was told before."""
    letters.die(1)
    await letters.look_after(seconds=5)
    for key in range(2, 6):
        letters.die(key)
        await letters.look_after(minutes=10)
    assert len(letters.told) == 1
    await letters.look_after(minutes=25)
    assert [told.text[:5] for told in letters.told] == ["有 1 条", "有 4 条"]
    assert "现在一共 5 条" in letters.told[1].text
    await letters.look_after(hours=5)
    assert len(letters.told) == 2


async def test_what_dies_in_the_second_of_a_look_is_told_later(letters: Letters) -> None:
    """Once, and not never."""
    letters.die(1)
    await letters.look_after(seconds=0)
    assert letters.told == []
    await letters.look_after(seconds=1)
    letters.die(2)
    await letters.look_after(hours=1)
    assert [told.text[:5] for told in letters.told] == ["有 1 条", "有 1 条"]


async def test_a_restart_tells_nothing_twice_and_leaves_nothing_out(
    letters: Letters, database: Database, clock: Clock
) -> None:
    """It is noted in the database."""
    letters.die(1)
    await letters.look_after(seconds=5)
    letters.die(2)
    after = Letters(database, clock)
    await after.look_after(hours=2)
    assert [told.text[:5] for told in after.told] == ["有 1 条"]


async def test_what_waits_is_replaced_by_what_tells_all(letters: Letters) -> None:
    """Hourly, and only where more came about; what was not delivered counts as not told."""
    letters.delivers = False
    letters.die(1, 2)
    for _ in range(3):
        await letters.look_after(hours=2)
    letters.die(3)
    await letters.look_after(hours=2)
    assert [told.text[:5] for told in letters.told] == ["有 2 条", "有 3 条"]
    letters.deliver()
    letters.die(4)
    await letters.look_after(hours=2)
    assert letters.told[-1].text[:5] == "有 1 条"


async def test_what_was_not_delivered_is_told_after_a_restart(
    letters: Letters, database: Database, clock: Clock
) -> None:
    """In place of what still waits."""
    letters.delivers = False
    letters.die(1)
    await letters.look_after(seconds=5)
    after = Letters(database, clock)
    after.delivers = False
    await after.look_after(seconds=5)
    assert [told.text[:5] for told in after.told] == ["有 1 条"]
    waiting = after.notices.next(ADMIN)
    assert waiting
    after.notices.settle(waiting.id)
    assert after.notices.next(ADMIN) is None


async def test_the_time_is_the_clocks(letters: Letters) -> None:
    """Admins read it by their own day."""
    letters.clock.zone = ZoneInfo("Asia/Shanghai")
    letters.clock.now = datetime(2026, 5, 31, 16, 30, tzinfo=UTC)
    letters.die(1)
    await letters.look_after(minutes=5)
    assert "最早的一条是 6月1日 00:30" in str(letters.told[0].text)


async def test_how_many_there_are_and_since_when_is_known(letters: Letters) -> None:
    """Until they are replayed."""
    since = letters.clock.now
    letters.die(1)
    await letters.look_after(minutes=5)
    letters.die(2)
    await letters.look_after(minutes=5)
    assert (letters.report.count, letters.report.since) == (2, since)
    letters.inbox.replay()
    await letters.report.look()
    assert (letters.report.count, letters.report.since) == (0, None)
