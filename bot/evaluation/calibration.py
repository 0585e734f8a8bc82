"""Thresholds that are computed, not guessed: an admin who adds items never tunes a number."""

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from bot.evaluation.leave_one_out import Progress, sample, without_item
from bot.items import Kind, KnowledgeBase
from bot.matching import ENGINE_VERSION, ConfidenceModel, Index, Matcher

_LOG = logging.getLogger(__name__)

FALSE_ANSWERS = 0.15
"""The share of questions whose item is left out that may be answered: all of them falsely.

An item that is left out leaves its neighbours as rivals but takes every refusal of its own with it, so this is harsher
than life: on the questions for tuning, a threshold at this share lets one near miss in twenty through.
"""
SAMPLE = 800
"""Questions that the threshold is measured on; the standard error of the share is then about 0.013."""
_TOO_FEW = 40
"""With fewer questions than this the shipped threshold is the better guess."""
_LOWEST, _HIGHEST = 0.2, 0.9
_CACHE = "calibrations.json"
_CACHED = 10
"""Calibrations that are kept: of the bases that are used on this machine, and of their last states."""
_FORMER_CACHES = "gate-*.json"
"""What version 0.1 wrote: a file for each calibration, which nothing deleted."""


def calibrate(index: Index, progress: Progress) -> ConfidenceModel:
    """The confidence model of a knowledge base: its threshold is where the share of false answers is what it may be."""
    phrasings = [phrasing for phrasing in sample(index, 2 * SAMPLE) if index.items[phrasing[0]].kind is Kind.ANSWER]
    phrasings = phrasings[:SAMPLE]
    if len(phrasings) < _TOO_FEW:
        return ConfidenceModel()
    scores = []
    for number, form in progress(phrasings):
        best = Matcher(without_item(index, number)).best(form)
        scores.append(best.score if best and best.item.kind is Kind.ANSWER else 0.0)
    scores.sort()
    return _confidence(scores[-1 - int(FALSE_ANSWERS * len(scores))])


def _confidence(threshold: float) -> ConfidenceModel:
    """The confidence model with another threshold; the lower ones keep their distance to it."""
    shipped = ConfidenceModel()
    scale = min(max(threshold, _LOWEST), _HIGHEST) / shipped.answer
    return replace(
        shipped,
        answer=shipped.answer * scale,
        tie=shipped.tie * scale,
        refuse=shipped.refuse * scale,
        suggest=shipped.suggest * scale,
    )


def cached_confidence(index: Index, base: KnowledgeBase, folder: Path | None, progress: Progress) -> ConfidenceModel:
    """The confidence model of a knowledge base, calibrated once for each content and engine.

    ``folder`` holds the cache. Without one that can be written the base is calibrated anew each time.
    """
    key = _key(base)
    if threshold := (_cached(folder) if folder else {}).get(key):
        return _confidence(threshold)
    confidence = calibrate(index, progress)
    if folder:
        try:
            _cache(folder, key, confidence.answer)
        except OSError as error:
            _LOG.info("The calibration can't be cached (%s).", error)
    return confidence


def _key(base: KnowledgeBase) -> str:
    """Names the content of a knowledge base and the engine that it is calibrated for."""
    libraries = [f"{name} {version(name)}" for name in ("opencc", "pypinyin", "rapidfuzz")]
    calibrated = repr((ENGINE_VERSION, libraries, base.items, base.synonyms, base.frames))
    return hashlib.sha256(calibrated.encode()).hexdigest()[:32]


def _cached(folder: Path) -> Mapping[str, float]:
    """The thresholds in a folder by their keys, the oldest first; none if there is no such file, or it is not ours."""
    try:
        return {str(key): float(value) for key, value in json.loads((folder / _CACHE).read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _cache(folder: Path, key: str, threshold: float) -> None:
    """Keep a threshold, and only the last few before it."""
    folder.mkdir(parents=True, exist_ok=True)
    newest = [*_cached(folder).items(), (key, threshold)][-_CACHED:]
    # Written aside first: another process may read it at any moment.
    aside = folder / f"{_CACHE}.{os.getpid()}"
    aside.write_text(json.dumps(dict(newest)), encoding="utf-8")
    aside.replace(folder / _CACHE)
    for former in folder.glob(_FORMER_CACHES):
        former.unlink(missing_ok=True)
