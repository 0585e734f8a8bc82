"""How cost grows with replicas over one PostgreSQL, with members, and with items."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bot.conversation.members import MemberConversation, Speaker
from bot.inbox.encryption import Encryption
from bot.items import Item, KnowledgeBase
from bot.knowledge import read
from bot.matching import ConfidenceModel, Index, Matcher
from bot.snapshot import Snapshot
from bot.store.database import Database
from bot.store.inbox import Inbox
from bot.store.misses import MissLog
from bot.store.records import Entry
from bot.store.usage import UsageLog
from bot.text import normalise
from tests.bench_text import BigramModel, percentiles
from tests.cluster.cluster import ask_while, cluster
from tests.conftest import CANTEEN, ROOT, loaded
from tests.postgresql import MISSING, programs, serving

REPLICAS = (1, 2, 3)
QUESTIONS, CHATS = 1_000, 400
MEMBERS = (100, 1_000, 10_000, 100_000)
ITEMS = (100, 1_000, 10_000)
PER_ITEM = 10
"""Phrasings of an item."""
ASKED = 300
BATCH = 50
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """The seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def busy_s() -> float:
    """The seconds of CPU that all processes of this machine have used."""
    times = Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:]
    return (sum(map(int, times)) - int(times[3]) - int(times[4])) / _TICKS


def replicas() -> None:
    """Updates a second of so many, and what of the machine's CPU each part takes."""
    if not programs():
        print(f"{MISSING}: replicas are not measured.")
        return
    print(f"\nReplicas over PostgreSQL, {QUESTIONS} questions of {CHATS} chats, {os.cpu_count()} cores")
    with serving() as server:
        for count in REPLICAS:
            with tempfile.TemporaryDirectory() as folder, cluster(server, Path(folder), count) as running:
                before = busy_s(), time.process_time(), sum(cpu_s(one.pid) for one in running.replicas)
                used: list[float] = []
                report = ask_while(
                    running,
                    seed=1,
                    questions=QUESTIONS,
                    chats=CHATS,
                    finished=lambda running=running, used=used: used.extend(  # type: ignore[misc]  # bound at once
                        (busy_s(), time.process_time(), sum(cpu_s(one.pid) for one in running.replicas))
                    ),
                )
            everything, api, bots = (after - start for after, start in zip(used, before, strict=True))
            each = 1000 / QUESTIONS
            rest = everything - api - bots
            print(
                f"  {count}: {QUESTIONS / report.seconds:.0f} updates a second; CPU an update: "
                f"{bots * each:.1f} ms bots, {api * each:.1f} ms fake Bot API, "
                f"{rest * each:.1f} ms PostgreSQL and the rest; {everything / report.seconds:.2f} cores busy"
            )


def member_costs(count: int) -> Mapping[str, float]:
    """What one question of each of so many members costs: received, answered and finished, on SQLite."""
    snapshot = Snapshot.of(read(CANTEEN), str(CANTEEN), ConfidenceModel())
    with tempfile.TemporaryDirectory() as folder, Database.open(f"sqlite:///{folder}/bot.db") as database:
        usage = UsageLog(database, MissLog(database, 10_000), 10_000)
        inbox, encryption = Inbox(database, usage), Encryption("secret")
        conversation = MemberConversation(usage, 180)
        began = time.perf_counter()
        for start in range(0, count, BATCH):
            members = range(start, min(start + BATCH, count))
            entries = [Entry(member, encryption.encrypt("饭卡丢了怎么补"), chat=member) for member in members]
            rows = inbox.receive(entries)
            turns = [conversation.ask("饭卡丢了怎么补", Speaker(member, member), snapshot) for member in members]
            inbox.finish({row.id: turn.records for row, turn in zip(rows, turns, strict=True)})
        seconds = time.perf_counter() - began
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    return {"ms": 1000 * seconds / count, "mb": peak_mb(), "file_mb": size / 2**20}


def item_costs(count: int) -> Mapping[str, float]:
    """What so many items cost: to be indexed, to be held in memory, and for each question."""
    known = [normalise(text) for item in loaded(ROOT / "knowledge").base.items for text in item.all_phrasings()]
    model = BigramModel(known, seed=1)
    phrasings = list(dict.fromkeys(model.text() for _ in range(count * PER_ITEM * 2)))[: count * PER_ITEM]
    items = [
        Item(f"item-{n}", "题", phrasings[n], "答", phrasings=tuple(phrasings[n + 1 : n + PER_ITEM]), source=("1",))
        for n in range(0, len(phrasings), PER_ITEM)
    ]
    began = time.perf_counter()
    matcher = Matcher(Index.build(KnowledgeBase("", tuple(items))))
    build = time.perf_counter() - began
    asked = [model.question(number) for number in range(ASKED)]
    matcher.match(asked[0])
    return {"items": len(items), "build_s": build, "mb": peak_mb(), **percentiles(matcher.match, asked)}


def peak_mb() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(what: str, count: int) -> Mapping[str, float]:
    """Costs that a process of its own has measured, so that memory is that of this size alone."""
    command = [sys.executable, "-m", "tests.bench_scale", what, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return dict(json.loads(done.stdout))


def main() -> None:
    """Print everything; with two words, the costs of one size as JSON."""
    if len(sys.argv) == 3:
        costs = {"members": member_costs, "items": item_costs}[sys.argv[1]]
        print(json.dumps(costs(int(sys.argv[2]))))
        return
    print("\nMembers, a question each, received, answered and finished, on SQLite")
    for count in MEMBERS:
        row = measured("members", count)
        print(f"  {count:,}: {row['ms']:.2f} ms a question, {row['mb']:.0f} MB, file {row['file_mb']:.1f} MB")
    print(f"\nItems with {PER_ITEM} phrasings each")
    for count in ITEMS:
        row = measured("items", count)
        print(f"  {row['items']:,.0f}: indexed in {row['build_s']:.1f} s, {row['mb']:.0f} MB, ", end="")
        print(f"p50 {row['p50']:.1f} ms, p99 {row['p99']:.1f} ms a question")
    replicas()


if __name__ == "__main__":
    main()
