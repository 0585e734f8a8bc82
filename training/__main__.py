"""``make train``: trains the confidence model, and reports how good it is on bases that took no part. Some minutes.

Gradient-boosted trees with one direction for each feature: what speaks against an item never makes it surer.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from bot.knowledge import load, read
from bot.matching import Features
from bot.matching.confidence import FORMAT, MODEL, Forest
from training.examples import (
    TUNING,
    Base,
    Example,
    Group,
    of_questions,
    of_self_test,
    of_young_bases,
    questions_for_tuning,
    with_few_phrasings,
)

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "training" / "report.json"
LEARNING_RATE = 0.06
WHOLE_BASE = 40.0
"""What a group of the whole shipped base counts against one of a young base: there are many times as many of those."""
THINNED_BASE = 10.0
"""What a group of the shipped base counts with few phrasings of each item."""
THINNED = (2, 5, 10)
"""Phrasings of each item of the shipped base as it may have been when it was younger."""
DIRECTIONS = Features(
    explained=1,
    sound=0,
    margin=1,
    refusal_margin=1,
    covered=1,
    asked=1,
    missing=-1,
    missing_all=-1,
    unheard=-1,
    unheard_all=-1,
    likeness=1,
    echo=1,
    silence=-1,
    agreement=1,
    swapped=-1,
    unserved=-1,
    served=1,
    twisted=-1,
    evidence=1,
    weight=0,
    lead=1,
)
"""1: more of it never makes an item less sure. -1: more of it never makes it surer. 0: either."""
FALSE_SHARES = {"others": 0.04, "near": 0.10, "far": 0.005}
"""Shares of questions without an answer that may be answered where models are compared."""


def trained(examples: Sequence[Example]) -> Forest:
    """The model by these examples, as it is shipped."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - it costs a second

    groups = Counter(example.group for example in examples)
    weights = np.array([_weight(example.group) / groups[example.group] for example in examples])
    classifier = HistGradientBoostingClassifier(
        max_leaf_nodes=6,
        max_depth=3,
        max_iter=120,
        learning_rate=LEARNING_RATE,
        l2_regularization=1,
        min_samples_leaf=60,
        monotonic_cst=list(DIRECTIONS),
        early_stopping=False,
        random_state=1,
    )
    rows = np.array([example.features for example in examples])
    right = np.array([example.is_right for example in examples])
    # Threads that wait for each other cost more than they save beside other programs, and sums depend on their number.
    with threadpool_limits(1, user_api="openmp"):
        classifier.fit(rows, right, sample_weight=weights * len(weights) / weights.sum())
    # There is no public way to a tree of this class; that both reckon alike is checked below.
    trees = [[_node(node) for node in predictor[0].nodes] for predictor in classifier._predictors]  # noqa: SLF001
    intercept = round(float(classifier._baseline_prediction.item()), 6)  # noqa: SLF001
    forest = Forest.parse(model_file(intercept, trees, {}))
    logits = [forest.logit(example.features) for example in examples[:500]]
    if not np.allclose(logits, classifier.decision_function(rows[:500]), atol=1e-3):
        raise SystemExit("The model that is shipped reckons otherwise than the one that was trained.")
    return forest


def _weight(group: Group) -> float:
    """What the examples of a group count together."""
    if group.size is not None:
        return 1.0
    return WHOLE_BASE if group.phrasings is None else THINNED_BASE


def _node(node: np.void) -> list[float]:
    # The learning rate is in the values of leaves alone; with it in all of them, each step's change can be told.
    if node["is_leaf"]:
        return [0, 0.0, 0, 0, round(float(node["value"]), 6)]
    feature, left, right = (int(node[name]) for name in ("feature_idx", "left", "right"))
    return [feature, float(node["num_threshold"]), left, right, round(LEARNING_RATE * float(node["value"]), 6)]


def model_file(intercept: float, trees: Sequence[Sequence[object]], provenance: Mapping[str, object]) -> str:
    """The text of a model's file, a tree a line."""
    head = {"format": FORMAT, "provenance": provenance, "features": Features._fields, "intercept": intercept}
    lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees)
    return json.dumps(head, ensure_ascii=False)[:-1] + ', "trees": [\n' + lines + "\n]}\n"


def without(examples: Sequence[Example], base: str) -> Sequence[Example]:
    """The examples that no question and no item of a base took part in."""
    return [example for example in examples if example.group.base != base]


def right_at_few_false(forest: Forest, examples: Sequence[Example]) -> Mapping[str, float]:
    """The share of own questions that are answered rightly where no more than FALSE_SHARES are answered falsely.

    By the size of the base and its phrasings, of young bases alone.
    """
    found: dict[str, float] = {}
    first = [(e.group, forest.logit(e.features), e.is_right) for e in examples if e.rank == 0]
    drawn = {(group.size, group.phrasings) for group, _, _ in first if group.size is not None}
    for size, phrasings in sorted(drawn, key=lambda drawn: (drawn[0] or 0, drawn[1] or 0)):
        here = [(group.kind, logit, right) for group, logit, right in first if group[2:] == (size, phrasings)]
        threshold = -np.inf
        for kind, share in FALSE_SHARES.items():
            logits = sorted((logit for each, logit, _ in here if each == kind), reverse=True)
            if logits:
                threshold = max(threshold, logits[int(share * len(logits))])
        own = [logit > threshold and right for kind, logit, right in here if kind == "own"]
        if own:
            found[f"{size} items, {phrasings} phrasings"] = round(sum(own) / len(own), 3)
    return found


def all_examples() -> Iterator[Example]:
    """What the shipped model is trained on: young bases, and the shipped base as it is and with few phrasings."""
    shipped = load(read(ROOT / "knowledge"), "knowledge").base
    for folder in sorted((ROOT / "training" / "bases").iterdir()):
        yield from of_young_bases(Base.read(folder, shipped))
    yield from of_young_bases(Base.of(shipped))
    questions = questions_for_tuning(ROOT / "tests" / "data" / "questions.jsonl")
    yield from of_self_test(shipped)
    yield from of_questions(shipped, questions)
    for phrasings in THINNED:
        thinned = with_few_phrasings(shipped, phrasings, random.Random(phrasings))
        yield from of_questions(thinned, questions, phrasings)


def main() -> None:
    """Train, report, write."""
    examples = list(all_examples())
    counts = Counter(example.group.base for example in examples)
    left_out = {}
    for base in counts:
        judged = [example for example in examples if example.group.base == base]
        left_out[base] = right_at_few_false(trained(without(examples, base)), judged)
        print(f"{base} left out: own questions answered rightly {left_out[base]}", flush=True)
    forest = trained(examples)
    provenance = {
        "made by": "make train",
        "scikit-learn": version("scikit-learn"),
        "examples": counts,
        "questions": TUNING,
    }
    MODEL.write_text(model_file(forest.intercept, forest.trees, provenance), encoding="utf-8")
    size = {"trees": len(forest.trees), "bytes": MODEL.stat().st_size}
    report = {"provenance": provenance, "false answers allowed": FALSE_SHARES, "left out": left_out, "model": size}
    REPORT.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"{MODEL.relative_to(ROOT)}: {len(examples)} examples, {size['trees']} trees, {size['bytes']} bytes")


if __name__ == "__main__":
    main()
