"""Thresholds that are computed, not guessed: an admin who adds items never tunes a number."""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import fmean

from bot.evaluation.leave_one_out import Progress, sample, without_item
from bot.items import Item, Kind, KnowledgeBase
from bot.matching import ENGINE_VERSION, ConfidenceModel, Index, Matcher

_LOG = logging.getLogger(__name__)

FALSE_ANSWERS = 0.03
"""The share of questions without an answer that may be answered all the same."""
_REFUSED = 0.9
"""The share of them that refusals catch where a base has one for each answer, and each is asked in many ways.

A question whose item is left out loses the refusals that were written beside it: it is harsher than life by so much.
The shipped base's questions show it: with 22 phrasings a refusal 0.888 are caught, with three 0.83.
"""
_CATCHING = 0.25
"""A refusal with n phrasings catches n / (n + _CATCHING) of what one that is asked in any number of ways would."""
SAMPLE = 800
"""Questions that the threshold is measured on; the standard error of the share is then about 0.013."""
_PRIOR_WEIGHT = 30
"""Questions of a base that count as much as the shipped threshold: fewer say little of it."""
_LOWEST, _HIGHEST = 0.2, 0.9
_CACHE = "calibrations.json"
_CACHED = 10
"""Calibrations that are kept: of the bases that are used on this machine, and of their last states."""


def calibrate(index: Index, progress: Progress) -> ConfidenceModel:
    """The confidence model of a knowledge base: its threshold is where the share of false answers is what it may be."""
    phrasings = [phrasing for phrasing in sample(index, 2 * SAMPLE) if index.items[phrasing[0]].kind is Kind.ANSWER]
    phrasings = phrasings[:SAMPLE]
    bests = [Matcher(without_item(index, number)).best(form) for number, form in progress(phrasings)]
    scores = sorted(best.score if best and best.item.kind is Kind.ANSWER else 0.0 for best in bests)
    allowed = min(len(scores), int(allowed_share(index.items) * len(scores)) + 1)
    own = scores[-allowed] if scores else 0.0
    threshold = (len(scores) * own + _PRIOR_WEIGHT * ConfidenceModel().answer) / (len(scores) + _PRIOR_WEIGHT)
    return ConfidenceModel.at(min(max(threshold, _LOWEST), _HIGHEST))


def allowed_share(items: Sequence[Item]) -> float:
    """The share of questions whose item is left out that may be answered, by a base's refusals and their phrasings."""
    phrasings = [len(item.all_phrasings()) for item in items if item.kind is Kind.NOT_COVERED]
    if not phrasings:
        return FALSE_ANSWERS
    answers = sum(item.kind is Kind.ANSWER for item in items)
    catching = fmean(number / (number + _CATCHING) for number in phrasings)
    return FALSE_ANSWERS / (1 - _REFUSED * catching * min(1.0, len(phrasings) / max(1, answers)))


def cached_confidence(index: Index, base: KnowledgeBase, folder: Path | None, progress: Progress) -> ConfidenceModel:
    """The confidence model of a knowledge base, calibrated once for each content and engine.

    ``folder`` holds the cache. Without one that can be written the base is calibrated anew each time.
    """
    libraries = [f"{name} {version(name)}" for name in ("opencc", "pypinyin", "rapidfuzz")]
    calibrated = repr((ENGINE_VERSION, libraries, base.items, base.synonyms, base.frames))
    key = hashlib.sha256(calibrated.encode()).hexdigest()[:32]
    if threshold := _cached(folder).get(key):
        return ConfidenceModel.at(threshold)
    confidence = calibrate(index, progress)
    if folder:
        newest = [*_cached(folder).items(), (key, confidence.answer)][-_CACHED:]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / _CACHE).write_text(json.dumps(dict(newest)), encoding="utf-8")
        except OSError as error:
            _LOG.info("The calibration can't be cached (%s).", error)
    return confidence


def _cached(folder: Path | None) -> Mapping[str, float]:
    """Thresholds in a folder by their keys, the oldest first; none if the file is missing, broken or half written."""
    try:
        cached = json.loads((folder / _CACHE).read_bytes()) if folder else {}
        return {str(key): float(value) for key, value in cached.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
