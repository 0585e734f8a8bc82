"""How sure a candidate is: what speaks for and against it becomes one number, 0..1, by a model that was trained."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import index
from pathlib import Path
from typing import Any, NamedTuple

from bot.matching.features import Features

MODEL = Path(__file__).with_name("confidence.json")
FORMAT = 1
"""The version of the model's file."""


class Node(NamedTuple):
    """A node of a decision tree. Values up to the threshold go left; both next nodes are 0 at the end of a path.

    ``value``: what the tree would add to the logit if a path ended here. At the end of a path it is what is added.
    """

    feature: int
    threshold: float
    left: int
    right: int
    value: float


class ModelFileError(ValueError):
    """A model file is none, or does not fit this program."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Boosted decision trees over ``Features``: their values add up to a logit. Made by ``make train``."""

    intercept: float
    trees: Sequence[Sequence[Node]]

    @classmethod
    def parse(cls, text: str) -> "Forest":
        """The model that a file holds. Raises ModelFileError."""
        try:
            row = _row(text)
            forest = cls(_finite(row["intercept"]), [_tree(nodes) for nodes in row["trees"]])
        except (ValueError, TypeError, KeyError) as error:
            raise ModelFileError(f"The confidence model can't be used ({error}): run `make train`.") from error
        return forest

    def logit(self, features: Features) -> float:
        """The sum of the trees."""
        total = self.intercept
        for tree in self.trees:
            feature, threshold, left, right, value = tree[0]
            while left:
                feature, threshold, left, right, value = tree[left if features[feature] <= threshold else right]
            total += value
        return total

    def contributions(self, features: Features) -> Mapping[str, float]:
        """What each feature adds to the logit: the sum of how the values change at the nodes that ask for it.

        They add up to the logit without the intercept and without the values of the trees' first nodes.
        """
        added = dict.fromkeys(Features._fields, 0.0)
        for tree in self.trees:
            node = tree[0]
            while node.left:
                following = tree[node.left if features[node.feature] <= node.threshold else node.right]
                added[Features._fields[node.feature]] += following.value - node.value
                node = following
        return added


def _row(text: str) -> Mapping[str, Any]:
    """What a model's file holds. Raises ValueError, TypeError or KeyError if that is not for this program."""
    row: Mapping[str, Any] = json.loads(text)
    if row["format"] != FORMAT or tuple(row["features"]) != Features._fields:
        raise ValueError("it was trained for another version")
    return row


def _tree(rows: Sequence[Sequence[Any]]) -> Sequence[Node]:
    """A tree whose paths all end: each node leads to later ones or is an end. Raises ValueError or TypeError."""
    nodes = [
        Node(index(feature), _finite(threshold), index(left), index(right), _finite(value))
        for feature, threshold, left, right, value in rows
    ]
    if not nodes:
        raise ValueError("a tree has no nodes")
    for place, node in enumerate(nodes):
        leads_on = place < min(node.left, node.right) and max(node.left, node.right) < len(nodes)
        if not (0 <= node.feature < len(Features._fields) and (leads_on or node.left == node.right == 0)):
            raise ValueError("a node leads nowhere")
    return nodes


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("a number is not finite")
    return float(value)


@cache
def shipped() -> Forest:
    """The model that this program comes with."""
    return Forest.parse(MODEL.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """The thresholds that make verdicts of scores. These are only a start: ``calibrate`` computes those of a base."""

    answer: float = 0.66
    """From here on an answer is sure."""
    tie: float = 0.659
    """The score of two items that are asked in the very same words: as sure as can be without being an answer."""
    refuse: float = 0.45
    """From here on "the speech does not say" is sure: it does less harm than a wrong answer."""
    suggest: float = 0.16
    """From here on an item may be what was meant."""

    @classmethod
    def at(cls, threshold: float) -> "ConfidenceModel":
        """With another threshold for answers; the lower ones keep their distance to it."""
        scale = threshold / cls().answer
        return cls(*(getattr(cls(), field.name) * scale for field in fields(cls)))

    def score(self, features: Features) -> float:
        """How sure, 0..1."""
        return 1 / (1 + math.exp(-shipped().logit(features)))


def reasons(features: Features) -> Mapping[str, float]:
    """What each feature adds to how sure the engine is, below 0 where it speaks against the item.

    The weightiest first; features that change nothing are left out.
    """
    added = shipped().contributions(features).items()
    return {name: round(value, 3) for name, value in sorted(added, key=lambda each: -abs(each[1])) if value}
