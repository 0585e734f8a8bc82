"""How sure a candidate is: the lanes' scores and the distance to its rivals become one number, 0..1."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """A logistic function of three things, and the two thresholds and the margin that make verdicts of it.

    ``explained`` is the weight of what the item explains of the question; ``margin`` of its distance to the best other
    item; ``refusal_margin`` of its distance to the best item of kind ``not-covered``. The weights come from the
    self-test of the shipped knowledge (each phrasing asked without itself, each item left out whole).
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
    suggest: float = 0.1

    def score(self, explained: float, margin: float, refusal_margin: float) -> float:
        """How sure, 0..1."""
        logit = (
            self.intercept
            + self.explained * explained
            + self.margin * max(-self.cap, min(self.cap, margin))
            + self.refusal_margin * max(-self.cap, min(self.cap, refusal_margin))
        )
        return 1 / (1 + math.exp(-logit))
