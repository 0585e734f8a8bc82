"""Some days in a row, as the address of a page has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from bot.clock import Clock
from bot.texts.page import frame as texts

_TO = ".."
BEGINNING = date(1970, 1, 1)
"""The first day of what has no beginning."""
_END = date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Days:
    """All days from ``first`` to ``last``. As a text: ``2026-11-28``, ``2026-11-22..2026-11-28``, ``..2026-10-29``."""

    first: date
    last: date

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The days that a text names; None if it is no such text, or names a day of another age."""
        first, to, last = text.partition(_TO)
        try:
            days = cls(date.fromisoformat(first) if first else BEGINNING, date.fromisoformat(last if to else first))
        except ValueError:
            return None
        return days if BEGINNING <= days.first <= days.last <= _END else None

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        return f"{'' if self.first == BEGINNING else self.first.isoformat()}{_TO}{self.last.isoformat()}"

    @property
    def words(self) -> str:
        """As admins read it."""
        if self.first == self.last:
            return texts.DAY.format(days=self)
        return (texts.DAYS_UNTIL if self.first == BEGINNING else texts.DAYS).format(days=self)

    def moments(self, clock: Clock) -> tuple[datetime, datetime]:
        """When the first of them begins, and when the last one is over."""
        return clock.midnight(self.first), clock.midnight(self.last + timedelta(days=1))

    def each(self) -> Sequence[date]:
        """All of them."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def parts(self, length: int) -> Sequence["Days"]:
        """Runs of so many days that end with the last one, the oldest first, which may be shorter."""
        ends = [self.last - timedelta(days=gone) for gone in range(0, (self.last - self.first).days + 1, length)]
        return [Days(max(self.first, end - timedelta(days=length - 1)), end) for end in reversed(ends)]
