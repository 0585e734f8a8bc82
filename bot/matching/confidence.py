"""How sure a candidate is: the lanes' scores and the distance to its rivals become one number, 0..1."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """A logistic function of three things, and the thresholds that make verdicts of it.

    ``explained`` is the weight of the share of the question that the item explains; ``margin`` of its distance to
    the best other item; ``refusal_margin`` of its distance to the best item of kind ``not-covered``. They were chosen
    by logistic regression on the self-test of the shipped knowledge, then rounded: the curve is flat around them. The
    thresholds are only a start: ``calibrate`` computes those of a knowledge base.
    """

    intercept: float = -3.3
    explained: float = 2.5
    margin: float = 7.0
    refusal_margin: float = 8.0
    cap: float = 0.25
    """A distance counts up to here: beyond it nothing gets surer."""
    answer: float = 0.4
    """From here on an answer is sure."""
    tie: float = 0.399
    """The score of two items that are asked in the very same words: as sure as can be without being an answer."""
    refuse: float = 0.28
    """From here on "the speech does not say" is sure: it does less harm than a wrong answer."""
    suggest: float = 0.1
    """From here on an item may be what was meant."""

    def score(self, explained: float, margin: float, refusal_margin: float) -> float:
        """How sure, 0..1."""
        logit = (
            self.intercept
            + self.explained * explained
            + self.margin * max(-self.cap, min(self.cap, margin))
            + self.refusal_margin * max(-self.cap, min(self.cap, refusal_margin))
        )
        return 1 / (1 + math.exp(-logit))
