"""What the table of misses shows, and the way back to it from a cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import FormData, QueryParams

from bot.clock import Clock
from bot.store.records import MissFilter, MissQuery, MissSort
from bot.web.days import Days
from bot.web.visit import number

_LONGEST_SEARCH = 60
_ACTS: Mapping[MissFilter, Sequence[str]] = {MissFilter.IGNORED: ("unignore", "delete"), MissFilter.HANDLED: ()}
"""What can be done to what is listed, other than what can be done to open misses."""
_ACTS_ON_OPEN = ("add", "refuse", "ignore", "delete")


@dataclass(frozen=True, slots=True)
class MissView:
    """What the table shows, as its address says it; ``start``: the place of a cluster on the page that is shown."""

    filter: MissFilter
    search: str
    sort: MissSort
    asked: Days | None
    begun: Days | None
    start: int = 0

    @classmethod
    def of(cls, given: QueryParams | FormData) -> "MissView":
        """What is not known is taken for what the table begins with."""
        shown, sort = str(given.get("show", "")), str(given.get("sort", ""))
        return cls(
            MissFilter(shown) if shown in set(MissFilter) else MissFilter.ALL,
            " ".join(str(given.get("q", "")).split())[:_LONGEST_SEARCH],
            MissSort(sort) if sort in set(MissSort) else MissSort.PRESSING,
            Days.of(str(given.get("asked", ""))),
            Days.of(str(given.get("begun", ""))),
            number(given.get("start", "")),
        )

    @classmethod
    def back(cls, text: str) -> "MissView":
        """The table that a cluster was opened from, by ``here`` of its view."""
        return cls.of(QueryParams(text))

    @property
    def here(self) -> str:
        """The query of the address of this page of the table."""
        return urlencode(self.address(start=self.start))

    def query(self, clock: Clock) -> MissQuery:
        """What is looked up for it."""
        asked = (self.asked.first, self.asked.last) if self.asked else None
        begun = self.begun.moments(clock) if self.begun else None
        return replace(MissQuery.of(self.filter, self.search), asked=asked, begun=begun)

    @property
    def acts(self) -> Sequence[str]:
        """What can be done to what is listed."""
        return _ACTS.get(self.filter, _ACTS_ON_OPEN)

    def address(self, **changed: object) -> Mapping[str, object]:
        """The query of the address of this table, at its first page, with these changes.

        What the table begins with anyway is left out.
        """
        shown = {"show": self.filter, "q": self.search, "sort": self.sort, "asked": self.asked, "begun": self.begun}
        parts: dict[str, object] = shown | changed
        plain = {"show": MissFilter.ALL, "q": "", "sort": MissSort.PRESSING, "start": 0}
        return {name: value for name, value in parts.items() if value not in {None, plain.get(name)}}
