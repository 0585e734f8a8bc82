"""Days in the address of a page."""

from datetime import date

import pytest

from bot.web.days import BEGINNING, Days
from tests.clocks import Clock

DAY = date(2026, 11, 28)
TEXTS = {
    "2026-11-28": Days(DAY, DAY),
    "2026-11-22..2026-11-28": Days(date(2026, 11, 22), DAY),
    "..2026-11-28": Days(BEGINNING, DAY),
}
WRONG = ["", "..", "2026-11-28..", "2026-11-28..2026-11-22", "9999-12-31", "0001-01-01", "x", "2026-13-01", "<b>..<b>"]


@pytest.mark.parametrize(("text", "days"), TEXTS.items())
def test_a_text_and_back(text: str, days: Days) -> None:
    """Without loss."""
    assert Days.of(text) == days
    assert str(days) == text


@pytest.mark.parametrize("text", WRONG)
def test_what_names_no_days(text: str) -> None:
    """It is hostile input."""
    assert Days.of(text) is None


def test_parts_end_with_the_last_day() -> None:
    """The first one may be shorter."""
    parts = Days(date(2026, 11, 13), DAY).parts(7)
    assert [len(part.each()) for part in parts] == [2, 7, 7]
    assert parts[-1].last == DAY
    assert [day for part in parts for day in part.each()] == list(Days(date(2026, 11, 13), DAY).each())


def test_moments_are_those_of_the_clock(clock: Clock) -> None:
    """From the first day's midnight to that after the last."""
    since, until = Days(DAY, DAY).moments(clock)
    assert (since, until) == (clock.midnight(DAY), clock.midnight(date(2026, 11, 29)))
