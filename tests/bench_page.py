"""What the admins' page costs: each page over a large base, and members beside a page that many requests come for."""

import itertools
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

import httpx
import yaml

from bot.items import VerdictKind
from bot.store.database import Database
from bot.store.records import Records
from tests.admin_setup import ADMIN, AdminSetup
from tests.bench_admin import fill, missed_texts
from tests.bench_intake import sent_at
from tests.browsing import served
from tests.clocks import Clock
from tests.conftest import SHIPPED
from tests.fake_bot_api import FakeBotApi, serving
from tests.page_setup import SAME_ORIGIN, paths
from tests.process import ending, execute, free_port, settings_for, wait_for

MISSES, ITEMS, PHRASINGS = 10_000, 2_000, 5
TOPICS = 20
TIMES = 7
MORE = (
    "/misses?q=会议&sort=waiting",
    "/misses?show=handled&sort=last",
    "/misses?start=9000",
    "/misses?begun=..2026-05-01",
    "/misses/choice?every=1&do=ignore",
    "/misses/7?item=会议",
    "/items?q=会议",
    "/items?only=unasked&page=7",
    "/items?only=few",
    "/try?q=五带头是哪五个",
    "/figures?days=0",
    "/figures?csv=clusters",
)
"""What is asked for besides each page as it begins."""
SHOWN = (
    "/misses",
    "/misses/1",
    "/items",
    "/items/five-goods",
    "/try?q=五带头是哪五个",
    "/figures",
    "/history",
    "/status",
)
"""Pages that are opened in turn while members ask."""
REQUESTS_A_SECOND = 50
BESIDE_MISSES = 1_000
"""Misses of the bot that members ask: it asks all of them again as it starts, which must be over before."""
QUIET_S = 3
ROUNDS, ASKED = 4, 150
PACE_S = 1 / 15
"""Between the questions of members."""


def large_base(folder: Path) -> Path:
    """The shipped folder with other items, in as many topics, which resemble what is shipped."""
    for name in ("speech.yaml", "synonyms.yaml", "frames.yaml"):
        shutil.copy(SHIPPED / name, folder / name)
    texts = missed_texts(MISSES + ITEMS * PHRASINGS)[MISSES:]
    source = next(iter(yaml.safe_load((folder / "speech.yaml").read_text(encoding="utf-8"))["paragraphs"]))
    for topic in range(TOPICS):
        items = [
            {
                "id": f"item-{number}",
                "question": texts[number * PHRASINGS],
                "phrasings": texts[number * PHRASINGS + 1 : (number + 1) * PHRASINGS],
                "answer": f"这是第 {number} 条的回答。" * 8,
                "source": [source],
            }
            for number in range(topic, ITEMS, TOPICS)
        ]
        content = yaml.safe_dump({"topic": f"第 {topic} 个话题", "items": items}, allow_unicode=True)
        (folder / f"topic-{topic}.yaml").write_text(content, encoding="utf-8")
    return folder


@contextmanager
def large() -> Iterator[AdminSetup]:
    """All that admins work with, with so many items and misses, and some use."""
    with tempfile.TemporaryDirectory() as base, tempfile.TemporaryDirectory() as data:
        setup = AdminSetup(large_base(Path(base)), Path(data), Clock())
        with setup.database:
            snapshot = setup.current.snapshot
            fill(setup.database, missed_texts(MISSES), [item.id for item in snapshot.base.items])
            setup.clustering.cluster_new()
            # A bot that has started has matched: it asks its misses again.
            snapshot.matcher.match("这个活动是谁监督")
            shown = tuple(item.id for item in snapshot.base.items[::3])
            setup.usage.record(Records(shown=shown, verdicts=(VerdictKind.ANSWER,) * 9))
            yield setup


def pages() -> None:
    """How long each page takes over HTTP, the slowest last."""
    examples = {"/items/opening": "/items/item-1"}
    with large() as setup, served(setup) as page_setup, httpx.Client(base_url=page_setup.address.url) as admin:
        admin.post(page_setup.access.new_link(ADMIN.id), headers=SAME_ORIGIN)
        costs: dict[str, tuple[float, float, float]] = {}
        for path in (*(examples.get(path, path) for path in paths()), *MORE):
            taken, worked = [], []
            for _ in range(TIMES):
                begin, begin_cpu = time.perf_counter(), time.process_time()
                response = admin.get(path)
                worked.append(1000 * (time.process_time() - begin_cpu))
                taken.append(1000 * (time.perf_counter() - begin))
                assert response.status_code == 200, (path, response.status_code)
            costs[path] = statistics.median(worked), worked[0], statistics.median(taken)
    print(
        f"\nthe page with {MISSES:,} misses and {ITEMS:,} items: CPU time, of {TIMES} times the median and the first;"
    )
    print("the median of the time that passed, which is longer where others use the machine")
    for path, (median, first, passed) in sorted(costs.items(), key=lambda row: row[1]):
        print(f"  {median:5.0f} ms {first:5.0f} ms {passed:5.0f} ms  {path}")


@contextmanager
def bot_with_page() -> Iterator[tuple[FakeBotApi, httpx.Client]]:
    """A running bot over the shipped knowledge and some misses, and a browser that is signed in on its page."""
    with serving(FakeBotApi()) as api, tempfile.TemporaryDirectory() as folder:
        listen = f"127.0.0.1:{free_port()}"
        settings = settings_for(api, Path(folder)) | {
            "CAMPAIGN_BOT_ADMINS": str(ADMIN.id),
            "CAMPAIGN_BOT_KNOWLEDGE": str(SHIPPED),
            "CAMPAIGN_BOT_PAGE_URL": f"http://{listen}",
            "CAMPAIGN_BOT_PAGE_LISTEN": listen,
            "CAMPAIGN_BOT_MISSED_LIMIT": str(2 * BESIDE_MISSES),
        }
        with Database.open(settings["CAMPAIGN_BOT_DATABASE_URL"]) as database:
            fill(database, missed_texts(BESIDE_MISSES))
        log = Path(folder) / "log"
        page = httpx.Client(base_url=f"http://{listen}", headers=SAME_ORIGIN)
        with ending(execute(settings, log)) as process, page as admin:
            api.member_says("/page", chat=ADMIN.id)
            api.wait_until(lambda: bool(links(api)), seconds=120)
            admin.post(links(api)[-1])
            wait_for(lambda: is_idle(process.pid), seconds=300)
            yield api, admin


def is_idle(pid: int) -> bool:
    """Whether a process has done next to nothing for some seconds: after a start every miss is asked again."""
    before = cpu_seconds(pid)
    time.sleep(QUIET_S)
    return cpu_seconds(pid) - before < QUIET_S / 20


def cpu_seconds(pid: int) -> float:
    """The time that a process has worked."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def links(api: FakeBotApi) -> list[str]:
    """The links to the page that the bot has sent."""
    rows = [row for sent in api.sent() for row in sent.get("reply_markup", {}).get("inline_keyboard", ())]
    return [button["url"] for row in rows for button in row if "url" in button]


def open_pages(address: str, cookies: dict[str, str], begun: Event, done: Event, answered: "Synchronized[int]") -> None:
    """Open pages in turn, so many a second, until it is done; count those that were answered."""
    with (
        httpx.Client(base_url=address, cookies=cookies, timeout=300) as admin,
        ThreadPoolExecutor(REQUESTS_A_SECOND) as browsers,
    ):
        begun.set()
        begin, requests = time.monotonic(), list[Future[httpx.Response]]()
        for path in itertools.cycle(SHOWN):
            if done.wait(max(0.0, begin + len(requests) / REQUESTS_A_SECOND - time.monotonic())):
                break
            requests.append(browsers.submit(admin.get, path))
        answered.value = sum(request.done() for request in requests)
        for request in requests:
            request.cancel()


@contextmanager
def browsing(admin: httpx.Client) -> Iterator["Synchronized[int]"]:
    """Pages are opened meanwhile, by a process of its own: what members notice is measured in this one."""
    spawning = get_context("spawn")
    begun, done, answered = spawning.Event(), spawning.Event(), spawning.Value("i", 0)
    words = (str(admin.base_url), dict(admin.cookies), begun, done, answered)
    process = spawning.Process(target=open_pages, args=words)
    process.start()
    begun.wait()
    try:
        yield answered
    finally:
        done.set()
        process.join()


def waits_ms(api: FakeBotApi, chats: Iterator[int]) -> list[float]:
    """How long members wait for their replies, of whom one asks after the other."""
    asked: dict[int, float] = {}
    pace = threading.Event()
    for chat in itertools.islice(chats, ASKED):
        asked[api.member_says("写首诗送我妈", chat=chat)["message_id"]] = time.monotonic()
        pace.wait(PACE_S)
    api.wait_until(lambda: set(sent_at(api)).issuperset(asked), seconds=120)
    times = sent_at(api)
    return [1000 * (times[message] - at) for message, at in asked.items()]


def p99(waits: list[float]) -> float:
    """What all but a hundredth of them stay below."""
    return statistics.quantiles(waits, n=100)[-1]


def members() -> None:
    """What members notice of a page that is asked for all the time, by turns with no page at all."""
    without, beside, answered_a_second = list[float](), list[float](), list[float]()
    chats = itertools.count(1000)
    with bot_with_page() as (api, admin):
        for _ in range(ROUNDS):
            without += waits_ms(api, chats)
            with browsing(admin) as answered:
                begin = time.monotonic()
                beside += waits_ms(api, chats)
                lasted = time.monotonic() - begin
            answered_a_second.append(answered.value / lasted)
    print(f"p99 beside {REQUESTS_A_SECOND} requests a second on the page, ", end="")
    print(f"{statistics.mean(answered_a_second):.0f} of them answered: {p99(beside):.0f} ms, ", end="")
    print(f"without them {p99(without):.0f} ms, ratio {p99(beside) / p99(without):.2f}")


def main() -> None:
    """Print everything."""
    pages()
    members()


if __name__ == "__main__":
    main()
