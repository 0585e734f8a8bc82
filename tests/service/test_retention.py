"""What is old is deleted, but only by a clock that can be believed."""

from bot.service.retention import Retention


def test_a_clock_that_jumped_deletes_nothing() -> None:
    """Neither ahead nor back; when it has run evenly for an hour since, it is believed again."""
    purges: list[int] = []
    wall, steady = [1000.0], [50.0]

    def purge() -> int:
        purges.append(1)
        return 1

    retention = Retention(purge, lambda: wall[-1], lambda: steady[-1])

    def ten_minutes_later(jump: float = 0) -> int:
        wall.append(wall[-1] + 600 + jump)
        steady.append(steady[-1] + 600)
        retention.purge()
        return len(purges)

    year = 365 * 86400
    assert [ten_minutes_later() for _ in range(7)] == [0, 0, 0, 0, 0, 1, 2]
    assert [ten_minutes_later(jump) for jump in (30, year, 0, -year, 0, 0, 0, 0, 0)] == [3] * 9
    assert ten_minutes_later() == 4
