"""``make train``: the confidence model anew, and how good it is on bases that it has not seen. Some minutes.

Gradient-boosted trees with one direction for each feature: what speaks against an item never makes it surer. Each base
of ``training/bases`` is also left out once, to see how the model does on a base that took no part.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from bot.knowledge import load, read
from bot.matching import Features
from bot.matching.confidence import FORMAT, Forest
from training.examples import Base, Example, of_questions, of_self_test, of_young_bases, questions_for_tuning, with_few_phrasings

ROOT = Path(__file__).parent.parent
MODEL = ROOT / "bot" / "matching" / "confidence.json"
TUNING = 680
"""Questions of ``tests/data/questions.jsonl`` that are for tuning; the others are for judging."""
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
FALSE = {"others": 0.04, "near": 0.10, "far": 0.005}
"""Shares of questions without an answer that may be answered where models are compared."""


def trained(examples: Sequence[Example]) -> tuple[HistGradientBoostingClassifier, Forest]:
    """A model by these examples, as it was trained and as it is shipped."""
    groups = Counter(example.group for example in examples)
    weights = np.array([_weight(example.group) / groups[example.group] for example in examples])
    classifier = HistGradientBoostingClassifier(
        max_leaf_nodes=6,
        max_depth=3,
        max_iter=150,
        learning_rate=0.06,
        l2_regularization=1,
        min_samples_leaf=60,
        monotonic_cst=list(DIRECTIONS),
        early_stopping=False,
        random_state=1,
    )
    rows = np.array([example.features for example in examples])
    right = np.array([example.is_right for example in examples])
    classifier.fit(rows, right, sample_weight=weights * len(weights) / weights.sum())
    # There is no public way to a tree of this class; that both reckon alike is checked below.
    trees = [[_node(node) for node in predictor[0].nodes] for predictor in classifier._predictors]  # noqa: SLF001
    forest = Forest.parse(_file(float(classifier._baseline_prediction.item()), trees, {}))  # noqa: SLF001
    logits = [forest.logit(example.features) for example in examples[:500]]
    if not np.allclose(logits, classifier.decision_function(rows[:500]), atol=1e-3):
        raise SystemExit("The model that is shipped reckons otherwise than the one that was trained.")
    return classifier, forest


def _weight(group: tuple[object, ...]) -> float:
    """What the examples of a group count together."""
    if len(group) == len(("base", "size", "phrasings", "kind")):
        return 1.0
    return THINNED_BASE if len(group) == len(("base", "phrasings", "kind")) else WHOLE_BASE


def _node(node: np.void) -> list[float]:
    if node["is_leaf"]:
        return [0, 0.0, 0, 0, round(float(node["value"]), 6)]
    feature, left, right = (int(node[name]) for name in ("feature_idx", "left", "right"))
    return [feature, float(node["num_threshold"]), left, right, round(float(node["value"]), 6)]


def _file(intercept: float, trees: Sequence[object], provenance: dict[str, object]) -> str:
    head = {"format": FORMAT, "provenance": provenance, "features": Features._fields, "intercept": round(intercept, 6)}
    lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees)
    return json.dumps(head, ensure_ascii=False)[:-1] + ', "trees": [\n' + lines + "\n]}\n"


def right_at_few_false(forest: Forest, examples: Sequence[Example]) -> dict[str, float]:
    """The share of own questions answered rightly where the shares of false answers are FALSE, by size and phrasings."""
    found: dict[str, float] = {}
    first = [(e.group, forest.logit(e.features), e.is_right) for e in examples if e.rank == 0]
    for size, phrasings in sorted({(group[1], group[2]) for group, _, _ in first}):  # type: ignore[misc]
        here = [(group[3], logit, right) for group, logit, right in first if group[1:3] == (size, phrasings)]
        threshold = -np.inf
        for kind, share in FALSE.items():
            logits = sorted((logit for each, logit, _ in here if each == kind), reverse=True)
            if logits:
                threshold = max(threshold, logits[int(share * len(logits))])
        own = [logit > threshold and right for kind, logit, right in here if kind == "own"]
        if own:
            found[f"{size} items, {phrasings} phrasings"] = round(sum(own) / len(own), 3)
    return found


def main() -> None:
    """Train, report, write."""
    shipped = load(read(ROOT / "knowledge"), "knowledge").base
    young = {
        folder.name: list(of_young_bases(Base.read(folder, shipped)))
        for folder in sorted((ROOT / "training" / "bases").iterdir())
    }
    young["shipped"] = list(of_young_bases(Base.of(shipped)))
    questions = questions_for_tuning(ROOT / "tests" / "data" / "questions.jsonl", TUNING)
    whole = [*of_self_test(shipped), *of_questions(shipped, questions)]
    for phrasings in THINNED:
        thinned = with_few_phrasings(shipped, phrasings, random.Random(phrasings))  # noqa: S311 - a draw
        whole += of_questions(thinned, questions, phrasings)
    for name, examples in young.items():
        others = [e for other, those in young.items() if other != name for e in those]
        _, forest = trained([*others, *whole])
        print(f"{name} left out: own questions answered rightly {right_at_few_false(forest, examples)}", flush=True)
    everything = [*(e for those in young.values() for e in those), *whole]
    classifier, forest = trained(everything)
    provenance = {
        "made by": "make train",
        "bases": [*young, shipped.title],
        "examples": len(everything),
        "questions": TUNING,
    }
    trees = [[list(node) for node in tree] for tree in forest.trees]
    MODEL.write_text(_file(forest.intercept, trees, provenance), encoding="utf-8")
    print(f"{MODEL.relative_to(ROOT)}: {len(everything)} examples, {len(trees)} trees, {MODEL.stat().st_size} bytes")


if __name__ == "__main__":
    main()
