"""Thresholds that nobody has to tune."""

import json
from pathlib import Path

import pytest

from bot.evaluation.calibration import FALSE_ANSWERS, cached_confidence, calibrate
from bot.evaluation.leave_one_out import HeldOut, leave_items_out, sample
from bot.items import Kind
from bot.knowledge import Knowledge, load
from bot.matching import ConfidenceModel, Index, Matcher
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def library() -> Knowledge:
    return load(ROOT / "tests" / "data" / "library")


class Progress:
    """Counts what was worked on."""

    def __init__(self) -> None:
        self.worked = 0

    def __call__(self, work: object, total: int) -> list[HeldOut]:
        self.worked += total
        return list(work)  # type: ignore[call-overload, no-any-return]  # an iterable of hidden questions


def test_the_threshold_lets_through_what_it_may(library: Knowledge) -> None:
    """On questions that it was not measured on, too: within twice the error of so many questions."""
    index = Index.build(library.base)
    confidence = calibrate(index, Progress())
    fresh = [one for one in sample(index, 600, seed=9) if index.items[one[0]].kind is Kind.ANSWER]
    bests = [Matcher(one.index, confidence).best(one.form) for one in leave_items_out(index, fresh)]
    answered = [best for best in bests if best and best.item.kind is Kind.ANSWER and best.score >= confidence.answer]
    assert len(answered) / len(bests) == pytest.approx(FALSE_ANSWERS, abs=0.05)
    assert confidence.suggest < confidence.refuse < confidence.tie < confidence.answer


def test_a_small_base_keeps_the_shipped_threshold(canteen: Knowledge) -> None:
    """A dozen questions say nothing."""
    assert calibrate(Index.build(canteen.base), Progress()) == ConfidenceModel()


def test_it_is_computed_once_for_each_content(library: Knowledge, canteen: Knowledge, tmp_path: Path) -> None:
    """Another content is another calibration; the same one is read."""
    index, track = Index.build(library.base), Progress()
    confidence = cached_confidence(index, library.base, tmp_path, track)
    worked = track.worked
    assert worked > 0
    assert cached_confidence(index, library.base, tmp_path, track) == confidence
    assert track.worked == worked
    cached_confidence(Index.build(canteen.base), canteen.base, tmp_path, track)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"answer": "x"}', '{"answer": null}'])
def test_a_broken_cache_is_made_anew(canteen: Knowledge, tmp_path: Path, content: str) -> None:
    """Whatever stands there."""
    index = Index.build(canteen.base)
    cached_confidence(index, canteen.base, tmp_path, Progress())
    (path,) = tmp_path.iterdir()
    path.write_text(content)
    assert cached_confidence(index, canteen.base, tmp_path, Progress()) == ConfidenceModel()
    assert json.loads(path.read_text()) == {"answer": ConfidenceModel().answer}


def test_without_a_cache_it_still_works(canteen: Knowledge, tmp_path: Path) -> None:
    """A file where the folder should be can't be written into."""
    (tmp_path / "file").write_text("")
    index = Index.build(canteen.base)
    assert cached_confidence(index, canteen.base, tmp_path / "file" / "cache", Progress()) == ConfidenceModel()
    assert cached_confidence(index, canteen.base, None, Progress()) == ConfidenceModel()
