"""What the admins' loop costs: clusters, cards, an edit tried, a change taken over."""

import random
import shutil
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from bot.evaluation.impact import replay_all
from bot.items import Kind
from bot.knowledge import read
from bot.knowledge.edit import ChangeTexts
from bot.matching import ConfidenceModel
from bot.snapshot import Snapshot
from bot.store.clusters import EVERY_OPEN
from bot.store.database import Database
from bot.store.miss_table import MissTable
from bot.store.records import MissSort
from bot.store.tables import MISSED, MISSED_DAYS
from bot.text import normalise
from tests.admin_setup import AdminSetup
from tests.clocks import Clock
from tests.conftest import SHIPPED, loaded
from tests.fake_bot_api import FakeBotApi, serving
from tests.process import ending, execute, settings_for, wait_for

MISSES = 10_000
SIZES = (10_000, 100_000)
COMPARED = 2_000
KEPT_DAYS = 180
PAGES = 15
TABLE_ROWS = 20
RELOADS = 5


def phrasings() -> list[str]:
    """Every way to ask the shipped knowledge."""
    return [asking for item in loaded(SHIPPED).base.items for asking in item.all_phrasings()]


def missed_texts(count: int) -> list[str]:
    """So many different questions: two phrasings mixed, so that they look like ones that were never answered."""
    chance, texts, found = random.Random(1), phrasings(), dict[str, None]()
    while len(found) < count:
        first, second = chance.choice(texts), chance.choice(texts)
        found[first[: len(first) // 2] + second[len(second) // 2 :]] = None
    return list(found)


@contextmanager
def prepared() -> Iterator[AdminSetup]:
    """All that admins work with, over a copy of the shipped knowledge."""
    with tempfile.TemporaryDirectory() as folder:
        admin_setup = AdminSetup(SHIPPED, Path(folder), Clock())
        with admin_setup.database:
            yield admin_setup


def fill(database: Database, texts: Sequence[str], items: Sequence[str] = ()) -> None:
    """Put misses into the log as if they had been recorded: two of three once, a few of them often, on any day.

    They came nearest to these ``items`` in turn, or to none.
    """
    now, chance = database.now(), random.Random(2)
    rows: list[dict[str, Any]] = []
    days: list[dict[str, Any]] = []
    for number, text in enumerate(texts, start=1):
        count = int(chance.paretovariate(1.5))
        row = {"id": number, "key": normalise(text) or text, "question": text, "count": count, "state": "open"}
        near = {"item": items[number % len(items)], "score": 0.3} if items else {"item": None, "score": 0.0}
        rows.append(row | near | {"first_asked": now, "last_asked": now, "verdict": "unknown"})
        dates = Counter((now - timedelta(days=chance.randrange(KEPT_DAYS))).date() for _ in range(count))
        days += ({"missed_id": number, "day": day, "count": times} for day, times in dates.items())
    unique = {row["key"]: row for row in rows}
    kept = {row["id"] for row in unique.values()}
    with database.transaction() as connection:
        connection.execute(MISSED.insert(), list(unique.values()))
        connection.execute(MISSED_DAYS.insert(), [day for day in days if day["missed_id"] in kept])


def seconds(work: Callable[..., object], *given: object) -> float:
    """How long a call takes."""
    begin = time.perf_counter()
    work(*given)
    return time.perf_counter() - begin


def clustering() -> None:
    """Putting misses into clusters, beside comparing each with each."""
    with prepared() as admin_setup:
        texts = missed_texts(MISSES)
        fill(admin_setup.database, texts)
        taken = seconds(admin_setup.clustering.cluster_new)
        some = list(map(normalise, texts))[:COMPARED]
        every = seconds(lambda: process.cdist(some, some, scorer=fuzz.ratio)) * (MISSES / COMPARED) ** 2
    print(f"{MISSES:,} misses are clustered in {taken:.1f} s, {taken / every:.2f} of comparing each with each by ratio")


def cards() -> None:
    """The first page of a log of an ordinary size, and of one as large as a log may be."""
    for size in SIZES:
        with prepared() as admin_setup:
            fill(admin_setup.database, missed_texts(size))
            admin_setup.clustering.cluster_new()
            admin_setup.say("/missed")
            times = [seconds(admin_setup.say, "/missed") * 1000 for _ in range(PAGES)]
        print(f"/missed with {size:,} rows takes {statistics.median(times):.0f} ms (at least {min(times):.0f} ms)")


def table() -> None:
    """A page of the table of misses, in its costliest order, beside matching the questions that it lists."""
    with prepared() as admin_setup:
        fill(admin_setup.database, missed_texts(MISSES))
        admin_setup.clustering.cluster_new()
        misses, matcher = MissTable(admin_setup.database), admin_setup.current.snapshot.matcher
        costs = {
            sort: statistics.median(seconds(misses.page, EVERY_OPEN, sort, 0, TABLE_ROWS) for _ in range(PAGES))
            for sort in MissSort
        }
        listed = [row.first.question for row in misses.page(EVERY_OPEN, MissSort.PRESSING, 0, TABLE_ROWS).rows]
        matched = seconds(lambda: [matcher.match(question) for question in listed])
    sort, longest = max(costs.items(), key=lambda cost: cost[1])
    print(f"a page of the table of {MISSES:,} misses takes {longest * 1000:.0f} ms at most (by {sort})", end=", ")
    print(f"{longest / matched:.2f} of matching its {TABLE_ROWS} questions")


def edits() -> None:
    """A phrasing tried on what it may reach, beside a trial on everything."""
    with prepared() as admin_setup:
        items = [item for item in admin_setup.current.snapshot.base.items if item.kind is Kind.ANSWER]
        texts, times = missed_texts(20), []
        for number, text in enumerate(texts):
            change = ChangeTexts(items[number * 7 % len(items)].id, "phrasings", (text,))
            times.append(seconds(admin_setup.edits.plan, change))
        plan = admin_setup.edits.plan(change)
        every = seconds(lambda: replay_all(plan.before.index, plan.after.index, plan.before.confidence, [], list))
        median, longest = statistics.median(times), max(times)
        print(f"an edit is planned and tried in {median:.2f} s (at most {longest:.2f} s of {len(times)})", end=", ")
        print(f"{median / every:.3f} of asking everything again")


def reloads() -> None:
    """From an editor's last write to the answer, beside loading and indexing the same files."""
    with tempfile.TemporaryDirectory() as folder, serving(FakeBotApi()) as api:
        knowledge, log = Path(folder) / "knowledge", Path(folder) / "log"
        shutil.copytree(SHIPPED, knowledge)
        settings = settings_for(api, Path(folder)) | {"CAMPAIGN_BOT_KNOWLEDGE": str(knowledge)}
        with ending(execute(settings, log)):
            api.member_says("你好")
            api.wait_for_messages(1)
            times = []
            for number in range(RELOADS):
                text = (knowledge / "meeting.yaml").read_text(encoding="utf-8")
                (knowledge / "meeting.yaml").write_text(f"{text}# {number}\n", encoding="utf-8")
                begin = time.perf_counter()
                wait_for(lambda number=number: log.read_text().count("loaded anew") > number)  # type: ignore[misc]
                times.append(time.perf_counter() - begin)
        bare = seconds(lambda: Snapshot.of(read(knowledge), "", ConfidenceModel()))
    print(
        f"a change is live {statistics.median(times):.2f} s after its last write (at most {max(times):.2f} s of ",
        end="",
    )
    print(f"{len(times)}), {statistics.median(times) / bare:.1f} times loading and indexing alone")


def main() -> None:
    """Print everything."""
    print()
    edits()
    reloads()
    clustering()
    cards()
    table()


if __name__ == "__main__":
    main()
