"""Work in the background pauses while members are being answered, and never for long."""

from collections.abc import Iterator

import pytest

from bot import priority
from bot.priority import give_way, in_background


class Clocked:
    """A clock that only pauses move on: each by a tenth of a second, whatever is asked for."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        """Its time, in seconds."""
        return self.now

    def sleep(self, _seconds: float) -> None:
        """Pause."""
        self.now += 0.1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clocked:
    """What pauses are made by."""
    clocked = Clocked()
    monkeypatch.setattr(priority, "time", clocked)
    return clocked


def always_but(times: int) -> Iterator[bool]:
    """Busy so many times, then not."""
    yield from [True] * times
    while True:
        yield False


def test_only_the_background_gives_way(clock: Clocked) -> None:
    """Members' own work goes on, before it and after it."""
    give_way()
    with in_background(lambda: True):
        pass
    give_way()
    assert clock.now == 0


def test_it_goes_on_as_soon_as_nobody_is_being_answered(clock: Clocked) -> None:
    """And it pauses again when somebody asks again."""
    busy = always_but(1)
    with in_background(lambda: next(busy)):
        give_way()
        assert clock.now == pytest.approx(0.1)
        give_way()
        assert clock.now == pytest.approx(0.1)
        busy = always_but(1)
        give_way()
    assert clock.now == pytest.approx(0.2)


def test_it_does_not_pause_for_ever(clock: Clocked) -> None:
    """All pauses of one piece of work end after a quarter of a second, or one look later."""
    with in_background(lambda: True):
        for _ in range(9):
            give_way()
    assert clock.now == pytest.approx(0.3)
    with in_background(lambda: True):
        give_way()
    assert clock.now == pytest.approx(0.6)
