"""The model that makes one number of what speaks for and against an item."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching import ConfidenceModel, Features
from bot.matching.confidence import MODEL, Forest, ModelFileError, shipped

SMALL = {
    "format": 1,
    "features": list(Features._fields),
    "intercept": -0.5,
    "trees": [
        [[0, 0.5, 1, 2, 0.1], [0, 0.0, 0, 0, -1.0], [6, 1.5, 3, 4, 0.4], [0, 0.0, 0, 0, 2.0], [0, 0.0, 0, 0, 0.25]],
        [[6, 0.5, 1, 2, 0.0], [0, 0.0, 0, 0, 0.125], [0, 0.0, 0, 0, -0.125]],
    ],
}
"""A model of two trees: by ``explained`` (0) and then ``missing`` (6), and by ``missing`` alone."""
NOTHING = Features(*[0.0] * len(Features._fields))
FOR = (
    "explained",
    "margin",
    "refusal_margin",
    "covered",
    "asked",
    "likeness",
    "echo",
    "agreement",
    "served",
    "evidence",
    "lead",
)
AGAINST = ("missing", "missing_all", "unheard", "unheard_all", "silence", "swapped", "unserved", "twisted")


def broken(change: Callable[[dict[str, Any]], object]) -> str:
    """The small model's file after a change."""
    row = json.loads(json.dumps(SMALL))
    change(row)
    return json.dumps(row)


BROKEN = {
    "no JSON": "{",
    "empty": "",
    "no object": "[]",
    "another format": broken(lambda row: row.update(format=0)),
    "other features": broken(lambda row: row["features"].reverse()),
    "a feature more": broken(lambda row: row["features"].append("luck")),
    "no trees": broken(lambda row: row.pop("trees")),
    "no intercept": broken(lambda row: row.pop("intercept")),
    "no format": broken(lambda row: row.pop("format")),
    "the intercept is not a number": broken(lambda row: row.update(intercept=float("nan"))),
    "a value is not a number": broken(lambda row: row["trees"][0][3].__setitem__(4, float("nan"))),
    "a threshold without end": broken(lambda row: row["trees"][0][0].__setitem__(1, float("inf"))),
    "a value is a word": broken(lambda row: row["trees"][0][3].__setitem__(4, "much")),
    "a node leads nowhere": broken(lambda row: row["trees"][0][0].__setitem__(3, 9)),
    "a node leads back": broken(lambda row: row["trees"][0][2].__setitem__(2, 0)),
    "a node leads to itself": broken(lambda row: row["trees"][0][2].__setitem__(3, 2)),
    "a node leads left alone": broken(lambda row: row["trees"][0][0].__setitem__(3, 0)),
    "a node between two": broken(lambda row: row["trees"][0][0].__setitem__(2, 1.5)),
    "a feature that there is not": broken(lambda row: row["trees"][0][0].__setitem__(0, 99)),
    "a node without a value": broken(lambda row: row["trees"][0][3].pop()),
    "a tree without nodes": broken(lambda row: row["trees"].append([])),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_used_is_refused(content: str) -> None:
    """In one line that says what to do; a file that parses gives a number to whatever is asked."""
    with pytest.raises(ModelFileError) as error:
        Forest.parse(content)
    assert "make train" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("explained", "missing", "logit"),
    [
        (0.0, 0.0, -0.5 - 1 + 0.125),
        (0.5, 9.0, -0.5 - 1 - 0.125),
        (0.6, 1.5, -0.5 + 2 - 0.125),
        (1.0, 2.0, -0.5 + 0.25 - 0.125),
    ],
)
def test_the_logit_is_the_intercept_and_the_ends_of_all_paths(explained: float, missing: float, logit: float) -> None:
    """A value at the threshold goes left."""
    features = NOTHING._replace(explained=explained, missing=missing)
    assert Forest.parse(json.dumps(SMALL)).logit(features) == pytest.approx(logit)


def test_contributions_are_the_changes_on_the_way() -> None:
    """Each node's change belongs to the feature that it asks for."""
    added = Forest.parse(json.dumps(SMALL)).contributions(NOTHING._replace(explained=1.0, missing=2.0))
    assert {name: value for name, value in added.items() if value} == pytest.approx(
        {"explained": 0.4 - 0.1, "missing": (0.25 - 0.4) + (-0.125 - 0.0)}
    )


def test_the_shipped_model_is_what_its_file_holds() -> None:
    """It loads, and gives a score between 0 and 1."""
    assert shipped() == Forest.parse(MODEL.read_text(encoding="utf-8"))
    assert 0 < ConfidenceModel().score(NOTHING) < 1


THRESHOLDS = {
    place: sorted({node.threshold for tree in shipped().trees for node in tree if node.left and node.feature == place})
    for place in range(len(Features._fields))
}


def between(place: int) -> st.SearchStrategy[float]:
    """Values of a feature on both sides of each threshold of the shipped model."""
    values = [0.0, *(value for threshold in THRESHOLDS[place] for value in (threshold, threshold + 1e-6))]
    return st.sampled_from(values) | st.floats(min(values) - 1, max(values) + 1)


FEATURES = st.tuples(*map(between, range(len(Features._fields)))).map(Features._make)


@given(FEATURES, st.data(), st.sampled_from([*FOR, *AGAINST]))
def test_what_speaks_for_an_item_never_makes_it_less_sure(features: Features, data: st.DataObject, name: str) -> None:
    """Nor does what speaks against it make it surer, whatever else is known."""
    low, high = sorted((getattr(features, name), data.draw(between(Features._fields.index(name)))))
    less, more = (shipped().logit(features._replace(**{name: value})) for value in (low, high))
    surer, less_sure = (more, less) if name in FOR else (less, more)
    assert surer >= less_sure - 1e-9


@given(FEATURES)
def test_contributions_add_up_to_the_logit(features: Features) -> None:
    """Together with the intercept and the values of the trees' first nodes."""
    forest = shipped()
    first = sum(tree[0].value for tree in forest.trees)
    total = forest.intercept + first + sum(forest.contributions(features).values())
    assert total == pytest.approx(forest.logit(features), abs=1e-9)


def test_a_step_changes_no_more_than_the_tree_can_give() -> None:
    """The values before a path's end are on the scale of those at it: each is between those that it leads to."""
    for tree in shipped().trees:
        ends = [node.value for node in tree if not node.left]
        assert all(min(ends) <= node.value <= max(ends) for node in tree[1:])
