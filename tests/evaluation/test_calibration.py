"""Thresholds that nobody has to tune."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation import calibration
from bot.evaluation.calibration import FALSE_ANSWERS, allowed_share, cached_confidence, calibrate
from bot.evaluation.leave_one_out import sample, without_item
from bot.items import Item, Kind, KnowledgeBase
from bot.knowledge import Knowledge
from bot.matching import ENGINE_VERSION, ConfidenceModel, Index, Matcher
from tests.conftest import ROOT, loaded


@pytest.fixture(scope="module")
def library() -> Knowledge:
    return loaded(ROOT / "tests" / "data" / "library")


@pytest.fixture(scope="module")
def library_confidence(library: Knowledge) -> ConfidenceModel:
    """What the library calibrates to."""
    return calibrate(Index.build(library.base), no_progress)


PINNED = (6, 0.492583158, 0.152152573)
"""A version of the engine, the threshold that it computes for the library, and the mean score of some questions.

The threshold is the score of a single question, which a change may leave as it was.
"""


def no_progress(work: Sequence[Any]) -> Sequence[Any]:
    return work


class CountedProgress:
    """Counts what was worked on."""

    def __init__(self) -> None:
        self.worked = 0

    def __call__(self, work: Sequence[Any]) -> Sequence[Any]:
        self.worked += len(work)
        return work


def test_the_threshold_lets_through_what_it_may(library: Knowledge, library_confidence: ConfidenceModel) -> None:
    """On questions that it was not measured on, too: within twice the error of so many questions."""
    index, confidence = Index.build(library.base), library_confidence
    fresh = [(number, form) for number, form in sample(index, 600, seed=9) if index.items[number].kind is Kind.ANSWER]
    bests = [Matcher(without_item(index, number), confidence).best(form) for number, form in fresh]
    answered = [best for best in bests if best and best.item.kind is Kind.ANSWER and best.score >= confidence.answer]
    assert len(answered) / len(bests) == pytest.approx(allowed_share(index.items), abs=0.05)
    assert confidence.suggest < confidence.refuse < confidence.tie < confidence.answer


UNLIKE = ("图书馆几点开门", "停车收费吗", "谁来讲课")
ALIKE = ("图书馆几点开门", "图书馆几点关门", "图书馆几点闭馆")
WAYS = ("{}", "请问{}", "{}呢", "我想知道{}", "麻烦问一下{}", "你好，{}")


def base_of(questions: Sequence[str], ways: int, refusals: Sequence[str] = ()) -> KnowledgeBase:
    """An answer for each question, asked in so many ways, and refusals."""
    items = [
        Item(text, "small", text, "好。", phrasings=tuple(map(str.format, WAYS[1:ways], [text] * ways)))
        for text in questions
    ]
    refused = [Item(text, "small", text, "没有说。", Kind.NOT_COVERED) for text in refusals]
    return KnowledgeBase("small", (*items, *refused))


def threshold(base: KnowledgeBase) -> float:
    return calibrate(Index.build(base), no_progress).answer


@pytest.mark.parametrize("questions", [UNLIKE, ALIKE])
def test_a_base_of_three_items_stays_near_the_shipped_threshold(questions: Sequence[str]) -> None:
    """Three questions count as three of 33: they say little."""
    assert threshold(base_of(questions, ways=1)) == pytest.approx(ConfidenceModel().answer, abs=3 / 33)


def test_more_questions_move_the_threshold_further() -> None:
    """Down where nothing is like anything, up where each question may be taken for another."""
    shipped = ConfidenceModel().answer
    down, up = ([threshold(base_of(questions, ways)) for ways in (1, 3, 6)] for questions in (UNLIKE, ALIKE))
    assert shipped > down[0] > down[1] > down[2]
    assert [low < high for low, high in zip(down, up, strict=True)] == [True] * 3
    assert all(0.2 <= threshold <= 0.9 for threshold in (*down, *up))


def test_without_answers_the_shipped_threshold_stands() -> None:
    """Of an empty base, and of one that only refuses."""
    assert calibrate(Index.build(KnowledgeBase("empty", ())), no_progress) == ConfidenceModel()
    assert calibrate(Index.build(base_of([], 0, UNLIKE)), no_progress) == ConfidenceModel()


def test_more_refusals_allow_a_larger_share() -> None:
    """They catch what would be answered falsely; more than one for each answer catch no more."""
    questions = [f"第{number}个问题" for number in range(13)]
    none, some, half, all_of_them, more = (
        allowed_share(base_of(questions[:4], 1, questions[4 : 4 + refusals]).items) for refusals in (0, 1, 2, 4, 9)
    )
    assert FALSE_ANSWERS == none < some < half < all_of_them == more < 1
    assert allowed_share(()) == FALSE_ANSWERS


def test_refusals_that_are_asked_in_more_ways_allow_a_larger_share() -> None:
    """One with few phrasings lets more pass."""

    def allowed(phrasings: int) -> float:
        refusal = Item("no", "small", "停车收费吗", "没有说。", Kind.NOT_COVERED, tuple("甲乙丙丁戊己庚辛"[:phrasings]))
        return allowed_share((Item("yes", "small", "几点开门", "七点。"), refusal))

    one, two, nine = (allowed(phrasings) for phrasings in (0, 1, 8))
    assert FALSE_ANSWERS < one < two < nine < 1


def test_scores_change_with_the_version_of_the_engine_alone(
    library: Knowledge, library_confidence: ConfidenceModel
) -> None:
    """What is cached for a version of the engine must be what that version computes."""
    index = Index.build(library.base)
    bests = [Matcher(without_item(index, number)).best(form) for number, form in sample(index, 400)]
    mean = sum(best.score for best in bests if best) / len(bests)
    assert (ENGINE_VERSION, round(library_confidence.answer, 9), round(mean, 9)) == PINNED, (
        "The engine scores the library otherwise than when PINNED was written. If that is meant, raise ENGINE_VERSION "
        "in bot/matching/__init__.py and pin the new values. (If only the library's phrasings, or the versions of "
        "opencc, pypinyin or rapidfuzz changed, pin the new values; the version may stay.)"
    )


def test_it_is_computed_once_for_each_content(library: Knowledge, canteen: Knowledge, tmp_path: Path) -> None:
    """Another content is another calibration; the same one is read."""
    index, progress = Index.build(library.base), CountedProgress()
    confidence = cached_confidence(index, library.base, tmp_path, progress)
    once = progress.worked
    other = cached_confidence(Index.build(canteen.base), canteen.base, tmp_path, progress)
    both = progress.worked
    assert 0 < once < both
    assert cached_confidence(index, library.base, tmp_path, progress) == confidence != other
    assert progress.worked == both


def test_another_engine_calibrates_anew(canteen: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of ours, or of a library that scores depend on."""
    index, progress = Index.build(canteen.base), CountedProgress()
    cached_confidence(index, canteen.base, tmp_path, progress)
    once = progress.worked
    monkeypatch.setattr(calibration, "ENGINE_VERSION", ENGINE_VERSION + 1)
    cached_confidence(index, canteen.base, tmp_path, progress)
    assert progress.worked == 2 * once
    monkeypatch.setattr(calibration, "version", lambda name: f"{name} 99")
    cached_confidence(index, canteen.base, tmp_path, progress)
    assert progress.worked == 3 * once


def test_old_calibrations_are_deleted(canteen: Knowledge, tmp_path: Path) -> None:
    """Only the last ten are kept."""
    for number in range(12):
        base = replace(canteen.base, frames=(f"词{number}",))
        cached_confidence(Index.build(base), base, tmp_path, no_progress)
    (path,) = tmp_path.iterdir()
    assert len(json.loads(path.read_text())) == 10
    written = path.stat().st_mtime_ns
    cached_confidence(Index.build(base), base, tmp_path, no_progress)
    assert path.stat().st_mtime_ns == written


@pytest.mark.parametrize("content", ["", "[]", '{"KEY": "x"}', '{"KEY": null}', '{"KEY": 0}'])
def test_a_broken_cache_is_made_anew(canteen: Knowledge, tmp_path: Path, content: str) -> None:
    """Whatever stands there."""
    index = Index.build(canteen.base)
    cached_confidence(index, canteen.base, tmp_path, no_progress)
    (path,) = tmp_path.iterdir()
    kept = json.loads(path.read_text())
    (key,) = kept
    path.write_text(content.replace("KEY", key))
    computed = calibrate(index, no_progress)
    assert cached_confidence(index, canteen.base, tmp_path, no_progress) == computed
    assert json.loads(path.read_text()) == kept == {key: computed.answer}


def test_without_a_cache_it_still_works(canteen: Knowledge, tmp_path: Path) -> None:
    """A file where the folder should be can't be written into."""
    (tmp_path / "file").write_text("")
    index = Index.build(canteen.base)
    computed = calibrate(index, no_progress)
    assert cached_confidence(index, canteen.base, tmp_path / "file" / "cache", no_progress) == computed
    assert cached_confidence(index, canteen.base, None, no_progress) == computed
