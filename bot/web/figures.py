"""How the bot does, in numbers: what was asked and answered, what waits, what is read, and what members think."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise

from bot.clock import Clock
from bot.evaluation.measure import interval
from bot.items import Item, Kind, KnowledgeBase, VerdictKind
from bot.snapshot import CONFIDENCE
from bot.store.clusters import EVERY_OPEN
from bot.store.miss_table import MissTable
from bot.store.misses import MissLog
from bot.store.records import COMPLAINTS, MissFilter, MissSort, Opinion, Sample
from bot.store.usage import UsageLog
from bot.texts.page import figures as texts
from bot.web.charts import PERCENT, Counted, Link, Series, Share, column_chart, line_chart
from bot.web.days import BEGINNING, Days
from bot.web.sections import Row, Section

_SHOWN = 10
_DOWNLOADED = 1000
"""Clusters in a file."""
_BY_WEEKS = 60
"""With more days than these there is a column for each seven of them."""
_WEEK = 7
_AGES = (1, 7, 30)
"""Days below which an open miss belongs to the first ages; all others belong to the last."""
_ANSWERED = (VerdictKind.ANSWER,)
_OFFERED = (VerdictKind.SUGGEST,)
_MISSED = (VerdictKind.UNKNOWN, VerdictKind.NOT_COVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Reads the figures of the last ``period`` days, or of all days that are kept if that is 0.

    Counts of days are kept for ``retention_days``. Every method raises StoreError where the store fails.
    """

    base: KnowledgeBase
    usage: UsageLog
    misses: MissLog
    table: MissTable
    clock: Clock
    retention_days: int
    period: int

    @property
    def names(self) -> Sequence[str]:
        """The names of all sections."""
        return list(self._sections)

    def sections(self) -> Sequence[Section]:
        """All of them, in the order in which they are read."""
        return [make(_SHOWN) for make in self._sections.values()]

    def section(self, name: str) -> Section | None:
        """One of them with all rows that its file has; None where none has this name."""
        make = self._sections.get(name)
        return make(_DOWNLOADED) if make else None

    @property
    def _sections(self) -> Mapping[str, Callable[[int], Section]]:
        return {
            "days": self._days,
            "right": self._right,
            "opinions": self._opinions,
            "clusters": self._clusters,
            "ages": self._ages,
            "hot": self._hot,
            "cold": self._cold,
        }

    def _span(self, first: date | None) -> Days:
        """The days of the period; ``first``: the oldest that is kept, None without any."""
        today = self.clock.today()
        begin = today - timedelta(days=self.period - 1) if self.period else min(first or today, today)
        return Days(begin, today)

    def _since(self) -> date:
        return self.clock.today() - timedelta(days=(self.period or self.retention_days) - 1)

    def _days(self, _most: int) -> Section:
        daily = self.usage.daily(self._since())
        runs = _runs(daily, self._span(min(daily, default=None)), (_ANSWERED, _OFFERED, _MISSED))
        answered, offered, missed = (sum(counts[n] for _, counts in runs) for n in range(3))
        asked = answered + offered + missed
        rows = [
            Row(days.words, counts, Link("/misses", {"asked": days}) if counts[2] else None) for days, counts in runs
        ]
        share = PERCENT.format(answered / asked) if asked else ""
        return Section(
            name="days",
            title=texts.DAYS,
            columns=(texts.DAY, *texts.LINES),
            rows=rows[::-1] if asked else [],
            if_empty=texts.NOTHING_ASKED,
            note=texts.DAYS_NOTE.format(asked=asked, answered=answered, share=share) if asked else "",
            chart=column_chart(_series(texts.LINES, "strong", "light", "plain"), _columns(runs, rows)),
            is_wide=True,
        )

    def _opinions(self, _most: int) -> Section:
        daily = self.usage.daily(self._since())
        span = self._span(min(daily, default=None))
        runs = _runs(daily, span, ([opinion] for opinion in Opinion))
        charted = _runs(daily, span, ([Opinion.HELPFUL], COMPLAINTS, [Opinion.NOT_MEANT]))
        links = [_opinion_link(days, complained, rejected) for days, (_, complained, rejected) in charted]
        rows = [Row(days.words, counts, link) for (days, counts), link in zip(runs, links, strict=True)]
        totals = Counter({opinion: sum(counts[n] for _, counts in runs) for n, opinion in enumerate(Opinion)})
        said = [texts.OPINION.format(name=texts.OPINION_NAMES[opinion], count=n) for opinion, n in totals.items() if n]
        return Section(
            name="opinions",
            title=texts.OPINIONS,
            columns=(texts.DAY, *(texts.OPINION_NAMES[opinion] for opinion in Opinion)),
            rows=rows[::-1] if said else [],
            if_empty=texts.NO_OPINIONS,
            note=texts.JOINT.join(said),
            chart=column_chart(_series(texts.OPINION_LINES, "strong", "bad", "plain"), _columns(charted, rows)),
        )

    def _right(self, _most: int) -> Section:
        draws = self.usage.samples(CONFIDENCE)
        sums = accumulate((sample for _, sample in draws), lambda a, b: Sample(a.count + b.count, a.wrong + b.wrong))
        drawn = [(self.clock.local(at).date(), _Judged(total)) for (at, _), total in zip(draws, sums, strict=True)]
        span = self._span(min((day for day, _ in drawn), default=None))
        drawn = [(day, judged) for day, judged in drawn if span.first <= day <= span.last]
        rows = [Row(day.isoformat(), judged.cells) for day, judged in drawn]
        length = max(1, (span.last - span.first).days)
        shares = [
            Share((day - span.first).days / length, judged.share, f"{day.isoformat()} {judged.words}", judged.ends)
            for day, judged in drawn
        ]
        ends = [(_short(span.first), 0.0), (_short(span.last), 1.0)]
        return Section(
            name="right",
            title=texts.RIGHT,
            columns=texts.RIGHT_COLUMNS,
            rows=rows[::-1],
            if_empty=texts.NOTHING_JUDGED,
            note=texts.RIGHT_NOTE.format(judged=drawn[-1][1]) if drawn else "",
            chart=line_chart({Series(texts.RIGHT_LINE, "strong"): shares}, ends),
        )

    def _clusters(self, most: int) -> Section:
        found = self.table.page(EVERY_OPEN, MissSort.PRESSING, 0, most).rows
        return Section(
            name="clusters",
            title=texts.CLUSTERS,
            columns=(texts.QUESTION, texts.TIMES, texts.ON_DAYS),
            rows=[Row(row.first.question, (row.asked, row.days), Link(f"/misses/{row.id}")) for row in found],
            if_empty=texts.NO_CLUSTERS,
        )

    def _ages(self, _most: int) -> Section:
        today = self.clock.today()
        starts = [self.clock.midnight(today - timedelta(days=days - 1)) for days in _AGES]
        younger = [self.misses.count_open(since) for since in (*starts, datetime.fromtimestamp(0, UTC))]
        counts = [count - before for before, count in pairwise([0, *younger])]
        firsts = [*(today - timedelta(days=days - 1) for days in _AGES), BEGINNING]
        lasts = [today, *(first - timedelta(days=1) for first in firsts[:-1])]
        rows = [
            Row(name, (count,), Link("/misses", {"begun": Days(first, last)}) if count else None)
            for name, count, first, last in zip(texts.AGE_NAMES, counts, firsts, lasts, strict=True)
        ]
        return Section(
            name="ages",
            title=texts.AGES,
            columns=(texts.AGE, texts.TIMES),
            rows=rows if younger[-1] else [],
            if_empty=texts.NO_CLUSTERS,
        )

    def _hot(self, most: int) -> Section:
        shown = self.usage.shown(self._since())
        hot = sorted((item for item in self._answers() if shown.get(item.id)), key=lambda item: -shown[item.id])
        return Section(
            name="hot",
            title=texts.HOT,
            columns=(texts.ITEM, texts.TIMES),
            rows=_item_rows(hot, shown),
            if_empty=texts.NO_HOT,
            most=most,
        )

    def _cold(self, most: int) -> Section:
        shown = self.usage.shown(self._since())
        cold = [item for item in self._answers() if not shown.get(item.id)]
        return Section(
            name="cold",
            title=texts.COLD,
            columns=(texts.ITEM, texts.TIMES),
            rows=_item_rows(cold, shown),
            if_empty=texts.NO_COLD,
            note=texts.COLD_NOTE.format(count=len(cold)) if len(cold) > most else "",
            most=most,
        )

    def _answers(self) -> Sequence[Item]:
        return [item for item in self.base.items if item.kind is Kind.ANSWER]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What judgements say of all answers."""

    sample: Sample

    @property
    def right(self) -> int:
        return self.sample.count - self.sample.wrong

    @property
    def share(self) -> float:
        return self.right / self.sample.count

    @property
    def ends(self) -> tuple[float, float]:
        """The interval of the share."""
        return interval(self.right, self.sample.count)

    @property
    def percent(self) -> str:
        return PERCENT.format(self.share)

    @property
    def range(self) -> str:
        return texts.RANGE.format(low=self.ends[0], high=self.ends[1])

    @property
    def cells(self) -> Sequence[int | str]:
        return self.sample.count, self.right, self.percent, self.range

    @property
    def words(self) -> str:
        return texts.RIGHT_POINT.format(judged=self)


_Run = tuple[Days, Sequence[int]]
"""Days in a row that have one column, with their counts."""


def _runs(daily: Mapping[date, Mapping[str, int]], span: Days, names: Iterable[Iterable[str]]) -> Sequence[_Run]:
    """The counts of each day or week, of which each is the sum of the counts of some names."""
    groups = [tuple(group) for group in names]
    length = _WEEK if len(span.each()) > _BY_WEEKS else 1
    return [
        (
            days,
            [sum(daily.get(day, {}).get(name, 0) for day in days.each() for name in group) for group in groups],
        )
        for days in span.parts(length)
    ]


def _columns(runs: Sequence[_Run], rows: Sequence[Row]) -> Sequence[Counted]:
    return [
        Counted(row.head, _short(days.last), counts, row.link) for (days, counts), row in zip(runs, rows, strict=True)
    ]


def _series(labels: Sequence[str], *tones: str) -> Sequence[Series]:
    return [Series(label, tone) for label, tone in zip(labels, tones, strict=True)]


def _opinion_link(days: Days, complained: int, rejected: int) -> Link | None:
    shown = MissFilter.COMPLAINED if complained else MissFilter.REJECTED
    return Link("/misses", {"show": shown, "asked": days}) if complained or rejected else None


def _item_rows(items: Iterable[Item], shown: Mapping[str, int]) -> Sequence[Row]:
    return [Row(item.question, (shown.get(item.id, 0),), Link(f"/items/{item.id}")) for item in items]


def _short(day: date) -> str:
    return texts.SHORT_DAY.format(day=day)
