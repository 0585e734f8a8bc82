"""Thresholds that are computed, not guessed: an admin who adds items never tunes a number."""

import hashlib
import json
import logging
import os
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from bot import matching
from bot.evaluation.leave_one_out import Progress, leave_items_out, sample
from bot.items import Kind, KnowledgeBase
from bot.matching.confidence import ConfidenceModel
from bot.matching.index import Index
from bot.matching.matcher import Matcher

_LOG = logging.getLogger(__name__)

FALSE_ANSWERS = 0.15
"""The share of questions whose item is hidden that may be answered: all of them falsely.

A hidden item leaves its neighbours as rivals but takes every refusal of its own with it, so this is harsher than life:
on the questions for tuning, a threshold at this share lets one near miss in twenty through.
"""
SAMPLE = 800
"""Questions that the threshold is measured on; the standard error of the share is then about 0.013."""
_TOO_FEW = 40
"""With fewer questions than this the shipped threshold is the better guess."""
_LOWEST, _HIGHEST = 0.2, 0.9


def calibrate(index: Index, track: Progress) -> ConfidenceModel:
    """The confidence model of a knowledge base: its threshold is where the share of false answers is what it may be."""
    askings = [asking for asking in sample(index, 2 * SAMPLE) if index.items[asking[0]].kind is Kind.ANSWER][:SAMPLE]
    if len(askings) < _TOO_FEW:
        return ConfidenceModel()
    scores = []
    for question in track(leave_items_out(index, askings), len(askings)):
        best = Matcher(question.index).best(question.form)
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


def cached_confidence(index: Index, base: KnowledgeBase, folder: Path | None, track: Progress) -> ConfidenceModel:
    """The confidence model of a knowledge base, calibrated once for each content and engine.

    Without a folder that can be written it is calibrated anew each time.
    """
    path = folder / f"gate-{_fingerprint(base)}.json" if folder else None
    try:
        if path:
            return _confidence(float(json.loads(path.read_text(encoding="utf-8"))["answer"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there yet, or not ours: it is written below
    confidence = calibrate(index, track)
    if path:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Written aside first: another process may read it at any moment.
            aside = path.with_suffix(f".{os.getpid()}")
            aside.write_text(json.dumps({"answer": confidence.answer}), encoding="utf-8")
            aside.replace(path)
        except OSError as error:
            _LOG.info("The calibration can't be cached (%s).", error)
    return confidence


def _fingerprint(base: KnowledgeBase) -> str:
    """Names the content of a knowledge base and the engine that it is calibrated for."""
    digest = hashlib.sha256()
    engine = Path(matching.__file__).parent
    for source in (engine.parent / "text.py", *sorted(engine.rglob("*.py"))):
        digest.update(source.read_bytes())
    digest.update(" ".join(map(version, ("opencc", "pypinyin", "rapidfuzz"))).encode())
    digest.update(repr((base.items, base.synonyms, base.frames)).encode())
    return digest.hexdigest()[:32]
