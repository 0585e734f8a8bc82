"""``make bench``: what the engine costs and finds, beside others in the same run.

Ratios tell; seconds are this machine's.

Costs: phrasings drawn from a character-bigram model of the shipped ones, 25 an item, lengths as shipped; half of the
questions short (up to 8 characters), a tenth of 150 characters. Each size runs in a process of its own, so that the
memory is its own.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz

from bot.evaluation.measure import Question, ask_question, read_questions, summary
from bot.items import Item, Kind, KnowledgeBase
from bot.matching import Index, Matcher
from bot.text import normalise
from tests import bench_admin, bench_intake, bench_page, bench_scale, bench_young
from tests.baselines import all_searches, by_bm25s, by_rapidfuzz, by_tantivy, by_tfidf
from tests.bench_text import BigramModel, percentiles
from tests.conftest import loaded

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
SIZES = (1_000, 10_000, 100_000)
PER_ITEM = 25
QUESTIONS = 200
STARTS = 15
SLOW_QUESTIONS = 60
"""Questions for what takes a third of a second for each of them."""
WORST_CASES = {"one character": "水", "mixed": "ab漢5かナ٣😀 ", "long words": "kaihui", "spaces": "会 "}


def costs(size: int) -> dict[str, object]:
    """What one size costs, for the engine and the others."""
    model = BigramModel(
        [normalise(a) for item in loaded(ROOT / "knowledge").base.items for a in item.all_phrasings()], seed=1
    )
    phrasings = list(dict.fromkeys(model.text() for _ in range(size)))
    questions = [model.question(number) for number in range(QUESTIONS)]
    items = [
        Item(f"item-{n}", "题", phrasings[n], "", phrasings=tuple(phrasings[n + 1 : n + PER_ITEM]), source=("1",))
        for n in range(0, len(phrasings), PER_ITEM)
    ]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    matcher = Matcher(Index.build(KnowledgeBase("", tuple(items))))
    build = time.perf_counter() - start
    matcher.match(questions[0])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    rows: dict[str, object] = {"engine": percentiles(matcher.match, questions)}
    rows["engine"] |= {"build_s": build, "memory_mb": memory / 1024}  # type: ignore[operator]  # a dict of floats
    # Every 10th question is among the slow ones' too.
    few = questions[:SLOW_QUESTIONS] if size > SIZES[1] else questions
    for name, search, asked in (
        ("WRatio", by_rapidfuzz(phrasings, fuzz.WRatio), few),
        ("ratio", by_rapidfuzz(phrasings, fuzz.ratio), few),
        ("bm25s", by_bm25s(phrasings), questions),
        ("tantivy", by_tantivy(phrasings), questions),
        ("TF-IDF", by_tfidf(phrasings), questions),
    ):
        rows[name] = percentiles(lambda question, search=search: search(question, 1), asked)  # type: ignore[misc]
    if size == SIZES[0]:
        ordinary = percentiles(matcher.match, [model.text() for _ in range(100)])["p50"]
        rows["worst"] = {
            name: percentiles(matcher.match, [(text * 4096)[:4096]])["p50"] / ordinary
            for name, text in {**WORST_CASES, "like a question": model.text(4096)}.items()
        }
    return rows


def recall() -> None:
    """R@1 of the engine and of every baseline, on both bases, by the facts that the first item's answer holds."""
    for name, folder, file in (
        ("shipped", ROOT / "knowledge", DATA / "questions.jsonl"),
        ("library", DATA / "library", DATA / "library-questions.jsonl"),
    ):
        base = loaded(folder).base
        asked = [q for q in read_questions(file.read_text(encoding="utf-8").splitlines()) if q.kind == "in"]
        matcher = Matcher(Index.build(base))
        engine = summary([ask_question(matcher, question) for question in asked])["recall_at_1"]
        print(f"R@1, {name}, {len(asked)} questions")
        print(f"  {'engine':28} {engine:.3f}")
        pairs = [(normalise(asking), item) for item in base.items for asking in item.all_phrasings()]
        for baseline, search in all_searches([text for text, _ in pairs]):
            right = sum(
                is_right(question, [pairs[n][1] for n, _ in search(normalise(question.text), 1)]) for question in asked
            )
            print(f"  {baseline:28} {right / len(asked):.3f}")


def is_right(question: Question, found: Sequence[Item]) -> bool:
    """Whether the first item's answer holds the facts."""
    return (
        bool(found)
        and found[0].kind is Kind.ANSWER
        and all(any(alternative in found[0].answer for alternative in group) for group in question.must)
    )


def start() -> None:
    """How long ``ask`` takes from its start to its end, and the first one, which calibrates."""

    def seconds(*command: str, cache: str) -> float:
        begin = time.perf_counter()
        environment = os.environ | {"CAMPAIGN_BOT_CACHE": cache, "CAMPAIGN_BOT_KNOWLEDGE": str(ROOT / "knowledge")}
        subprocess.run([sys.executable, *command], env=environment, capture_output=True, check=True)
        return time.perf_counter() - begin

    ask, imports = ("-m", "bot", "ask", "五带头第三个是什么"), ("-c", "import telegram, rapidfuzz, yaml")
    with tempfile.TemporaryDirectory() as cache:
        print(f"\nask, first time: {seconds(*ask, cache=cache):.1f} s, with the calibration")
        pairs = [(seconds(*ask, cache=cache), seconds(*imports, cache=cache)) for _ in range(STARTS)]
    ratio = statistics.median(one for one, _ in pairs) / statistics.median(other for _, other in pairs)
    print(f"ask, from then on: {ratio:.2f} times `python -c 'import telegram, rapidfuzz, yaml'`")


def main() -> None:
    """Print everything."""
    if len(sys.argv) > 1:
        print(json.dumps(costs(int(sys.argv[1]))))
        return
    recall()
    bench_young.main(DATA / "questions.jsonl")
    start()
    p99 = {}
    for size in SIZES:
        command = [sys.executable, "-m", "tests.bench", str(size)]
        rows = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout)
        engine = rows.pop("engine")
        p99[size] = engine["p99"]
        print(f"\n{size:,} phrasings: build {engine['build_s']:.1f} s, {engine['memory_mb']:.0f} MB; ", end="")
        print(f"p50 {engine['p50']:.2f} ms, p99 {engine['p99']:.2f} ms")
        for name, ratio in rows.pop("worst", {}).items():
            print(f"  4,096 characters, {name}: {ratio:.1f} times an ordinary question")
        for name, row in rows.items():
            print(f"  engine / {name:8} p50 {engine['p50'] / row['p50']:.3f}  p99 {engine['p99'] / row['p99']:.3f}")
    bench_intake.main()
    bench_admin.main()
    bench_page.main()
    bench_scale.main()
    print(f"\np99 grows {p99[SIZES[2]] / p99[SIZES[1]]:.1f} times from {SIZES[1]:,} to {SIZES[2]:,} phrasings")


if __name__ == "__main__":
    main()
