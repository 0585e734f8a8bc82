"""The one clock by which days, weeks and hours are told."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


@dataclass(eq=False)
class Clock:
    """Gives the time in ``zone``; None is the machine's own time zone.

    ``offset`` is added to the machine's time: where there are several machines they go by one of them.
    """

    zone: tzinfo | None = None
    offset: timedelta = timedelta()

    def __call__(self) -> datetime:
        """The time."""
        return self.local(datetime.now(UTC) + self.offset)

    def timestamp(self) -> float:
        """The time in seconds since 1970."""
        return self().timestamp()

    def local(self, at: datetime) -> datetime:
        """The same moment in this clock's zone."""
        return at.astimezone(self.zone)

    def today(self) -> date:
        """The day that it is."""
        return self().date()

    def midnight(self, day: date) -> datetime:
        """The moment at which a day begins, as far as its offset goes: a day without 0 o'clock begins later."""
        # Without a zone, a time is taken for the machine's own, by the offset of that day.
        return datetime.combine(day, time(), self.zone).astimezone(self.zone)


MACHINE = Clock()
"""The clock in the machine's time zone."""
