"""Thresholds that nobody has to tune."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation import calibration
from bot.evaluation.calibration import FALSE_ANSWERS, cached_confidence, calibrate
from bot.evaluation.leave_one_out import sample, without_item
from bot.items import Kind
from bot.knowledge import Knowledge
from bot.matching import ENGINE_VERSION, ConfidenceModel, Index, Matcher
from tests.conftest import ROOT, loaded


@pytest.fixture(scope="module")
def library() -> Knowledge:
    return loaded(ROOT / "tests" / "data" / "library")


PINNED = (3, 0.595173979, 0.291776013)
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


def test_the_threshold_lets_through_what_it_may(library: Knowledge) -> None:
    """On questions that it was not measured on, too: within twice the error of so many questions."""
    index = Index.build(library.base)
    confidence = calibrate(index, no_progress)
    fresh = [(number, form) for number, form in sample(index, 600, seed=9) if index.items[number].kind is Kind.ANSWER]
    bests = [Matcher(without_item(index, number), confidence).best(form) for number, form in fresh]
    answered = [best for best in bests if best and best.item.kind is Kind.ANSWER and best.score >= confidence.answer]
    assert len(answered) / len(bests) == pytest.approx(FALSE_ANSWERS, abs=0.05)
    assert confidence.suggest < confidence.refuse < confidence.tie < confidence.answer


def test_a_small_base_keeps_the_shipped_threshold(canteen: Knowledge) -> None:
    """A dozen questions say nothing."""
    assert calibrate(Index.build(canteen.base), no_progress) == ConfidenceModel()


def test_scores_change_with_the_version_of_the_engine_alone(library: Knowledge) -> None:
    """What is cached for a version of the engine must be what that version computes."""
    index = Index.build(library.base)
    bests = [Matcher(without_item(index, number)).best(form) for number, form in sample(index, 400)]
    mean = sum(best.score for best in bests if best) / len(bests)
    threshold = calibrate(index, no_progress).answer
    assert (ENGINE_VERSION, round(threshold, 9), round(mean, 9)) == PINNED, (
        "The engine scores the library otherwise than when PINNED was written. If that is meant, raise ENGINE_VERSION "
        "in bot/matching/__init__.py and pin the new values. (If only the library's phrasings, or the versions of "
        "opencc, pypinyin or rapidfuzz changed, pin the new values; the version may stay.)"
    )


def test_it_is_computed_once_for_each_content(library: Knowledge, canteen: Knowledge, tmp_path: Path) -> None:
    """Another content is another calibration; the same one is read."""
    index, progress = Index.build(library.base), CountedProgress()
    confidence = cached_confidence(index, library.base, tmp_path, progress)
    worked = progress.worked
    assert worked > 0
    cached_confidence(Index.build(canteen.base), canteen.base, tmp_path, progress)
    assert cached_confidence(index, library.base, tmp_path, progress) == confidence
    assert progress.worked == worked


def test_another_engine_calibrates_anew(library: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of ours, or of a library that scores depend on."""
    index, progress = Index.build(library.base), CountedProgress()
    cached_confidence(index, library.base, tmp_path, progress)
    once = progress.worked
    monkeypatch.setattr(calibration, "ENGINE_VERSION", ENGINE_VERSION + 1)
    cached_confidence(index, library.base, tmp_path, progress)
    assert progress.worked == 2 * once
    monkeypatch.setattr(calibration, "version", lambda name: f"{name} 99")
    cached_confidence(index, library.base, tmp_path, progress)
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
    assert cached_confidence(index, canteen.base, tmp_path, no_progress) == ConfidenceModel()
    assert json.loads(path.read_text()) == kept == {key: ConfidenceModel().answer}


def test_without_a_cache_it_still_works(canteen: Knowledge, tmp_path: Path) -> None:
    """A file where the folder should be can't be written into."""
    (tmp_path / "file").write_text("")
    index = Index.build(canteen.base)
    assert cached_confidence(index, canteen.base, tmp_path / "file" / "cache", no_progress) == ConfidenceModel()
    assert cached_confidence(index, canteen.base, None, no_progress) == ConfidenceModel()
