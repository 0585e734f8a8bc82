"""The training of the confidence model, on bases of a few items."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot.evaluation.measure import Question, QuestionKind
from bot.items import KnowledgeBase
from bot.matching import Features
from bot.matching.confidence import MODEL, Forest
from bot.text import normalise
from tests.conftest import ROOT
from training.__main__ import DIRECTIONS, model_file, right_at_few_false, trained, without
from training.examples import (
    TUNING,
    Base,
    Example,
    of_questions,
    of_self_test,
    of_young_bases,
    questions_for_tuning,
    with_few_phrasings,
)
from training.words import WORDS, jieba_table, word_table

LANGUAGE = KnowledgeBase("language", ())
BASES = ROOT / "training" / "bases"


def few_items(folder: str) -> Base:
    """Eight items of a base, with some of the questions that it has no answer to."""
    base = Base.read(BASES / folder, LANGUAGE)
    return Base(replace(base.knowledge, items=base.knowledge.items[:8]), base.near[:10], base.far[:10])


@pytest.fixture(scope="module")
def bases() -> Sequence[Base]:
    return [few_items("clinic"), few_items("sports")]


@pytest.fixture(scope="module")
def examples(bases: Sequence[Base]) -> Sequence[Example]:
    return [example for base in bases for example in of_young_bases(base)]


@pytest.fixture(scope="module")
def forest(examples: Sequence[Example]) -> Forest:
    return trained(examples)


def test_what_is_trained_is_a_model_that_tells_right_from_wrong(examples: Sequence[Example], forest: Forest) -> None:
    """Its file parses to the same model, and right items are surer than wrong ones."""
    assert Forest.parse(model_file(forest.intercept, forest.trees, {"made by": "a test"})) == forest
    logits = {right: [forest.logit(e.features) for e in examples if e.is_right is right] for right in (True, False)}
    assert sum(logits[True]) / len(logits[True]) > sum(logits[False]) / len(logits[False]) + 1


def test_it_keeps_the_directions(examples: Sequence[Example], forest: Forest) -> None:
    """Whatever a feature of an example becomes, the logit moves the way that it may."""
    for example in examples[::40]:
        for name, direction, value in zip(Features._fields, DIRECTIONS, examples[7].features, strict=True):
            low, high = sorted((getattr(example.features, name), value))
            less, more = (forest.logit(example.features._replace(**{name: each})) for each in (low, high))
            assert direction * (more - less) >= -1e-9, name


def test_it_is_the_same_twice(bases: Sequence[Base], examples: Sequence[Example], forest: Forest) -> None:
    """Draws and trees are seeded."""
    again = [example for base in bases for example in of_young_bases(base)]
    assert again == examples
    assert trained(again) == forest


def test_a_base_that_is_left_out_takes_no_part(bases: Sequence[Base], examples: Sequence[Example]) -> None:
    """No question that was asked of it is in what is left, however it was drawn."""
    left_out, kept = (base.knowledge for base in bases)
    thinned = with_few_phrasings(left_out, 2, random.Random(1))
    whole = [*of_self_test(left_out), *of_questions(thinned, [Question("几点开门", QuestionKind.NEAR_MISS, "")], 2)]
    left = without([*examples, *whole], left_out.title)
    assert {example.group.base for example in left} == {kept.title}
    assert left == [example for example in examples if example.group.base == kept.title]
    asked = {example.form for example in left if example.group.kind in {"own", "others"}}
    assert asked <= {normalise(text) for item in kept.items for text in item.all_phrasings()}


def test_a_young_base_is_never_asked_what_it_holds(examples: Sequence[Example]) -> None:
    """A question of its own is asked only where its item was drawn without it: none is word for word a phrasing."""
    own = [example for example in examples if example.group.kind == "own" and example.rank == 0]
    assert own
    assert all(example.features.likeness < 1 for example in own)


def test_the_report_tells_the_share_of_right_answers(
    bases: Sequence[Base], examples: Sequence[Example], forest: Forest
) -> None:
    """By size and phrasings, of young bases alone."""
    found = right_at_few_false(forest, examples)
    assert {"3 items, 0 phrasings", "8 items, 5 phrasings"} <= {*found}
    assert all(0 <= share <= 1 for share in found.values())
    assert right_at_few_false(forest, list(of_self_test(bases[0].knowledge))) == {}


def test_the_questions_that_judge_are_never_read(tmp_path: Path) -> None:
    """Only the first ones are for tuning: behind them may stand what can't be read at all."""
    row = json.dumps({"q": "几点开会", "kind": "out"}, ensure_ascii=False)
    path = tmp_path / "questions.jsonl"
    path.write_text(f"{row}\n" * TUNING + "{no JSON\n", encoding="utf-8")
    assert TUNING == 680
    assert len(questions_for_tuning(path)) == TUNING


def test_the_library_takes_no_part() -> None:
    """Tests measure on it."""
    trained_on = json.loads((ROOT / "training" / "report.json").read_text(encoding="utf-8"))["provenance"]["examples"]
    assert {folder.name for folder in BASES.iterdir()} < {*trained_on}
    assert len(trained_on) == len(list(BASES.iterdir())) + 1
    model = json.loads(MODEL.read_text(encoding="utf-8"))
    assert model["provenance"]["examples"] == trained_on


def test_a_word_table_from_a_dictionary() -> None:
    """Words of one normal form are one; numbers, Latin words and long words are left out; particles have a star."""
    dictionary = "图书馆 90 n\n圖書館 10 n\n的 800 uj\n是 97 v\n二十 1 m\nT恤 1 n\n中华人民共和国 1 ns\n"
    lines = [line for line in word_table(dictionary, "0").splitlines() if not line.startswith("#")]
    assert lines == ["1* 的", "10 图书馆", "10* 是"]


@pytest.mark.skipif(not find_spec("jieba"), reason="jieba is not installed")
def test_the_word_table_is_what_the_script_makes() -> None:
    """Byte for byte."""
    assert jieba_table() == WORDS.read_text(encoding="utf-8")
