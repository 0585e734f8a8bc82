"""What is old is deleted, but only by a clock that can be believed."""

from datetime import timedelta

from bot.errors import StoreError
from bot.service.retention import Retention


class Store:
    """Counts purges."""

    def __init__(self) -> None:
        self.purges: list[timedelta] = []
        self.broken = False

    def probe(self) -> None:
        """Not asked for here."""

    def purge(self, misses_kept: timedelta) -> int:
        if self.broken:
            raise StoreError("The disk is full")
        self.purges.append(misses_kept)
        return 1


def test_a_clock_that_jumped_deletes_nothing() -> None:
    """Neither ahead nor back; when it has run evenly for an hour since, it is believed again."""
    store, wall, steady = Store(), [1000.0], [50.0]
    retention = Retention(store, timedelta(days=180), lambda: wall[-1], lambda: steady[-1])

    def ten_minutes_later(jump: float = 0) -> int:
        wall.append(wall[-1] + 600 + jump)
        steady.append(steady[-1] + 600)
        retention.purge()
        return len(store.purges)

    year = 365 * 86400
    assert [ten_minutes_later() for _ in range(7)] == [0, 0, 0, 0, 0, 1, 2]
    assert [ten_minutes_later(jump) for jump in (30, year, 0, -year, 0, 0, 0, 0, 0)] == [3] * 9
    assert ten_minutes_later() == 4
    assert set(store.purges) == {timedelta(days=180)}


def test_a_store_that_fails_is_tried_again_later() -> None:
    """The process goes on."""
    store, steady = Store(), [0.0]
    retention = Retention(store, timedelta(days=1), lambda: steady[-1], lambda: steady[-1])
    steady.append(4000)
    store.broken = True
    retention.purge()
    store.broken = False
    retention.purge()
    assert len(store.purges) == 1
