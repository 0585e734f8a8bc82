"""Questions drawn from a model of phrasings, and how long searches for them take."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence


class BigramModel:
    """Texts that look like the given ones, character by character."""

    def __init__(self, texts: Sequence[str], seed: int) -> None:
        self._random = random.Random(seed)
        self._lengths = [len(text) for text in texts]
        self._next: dict[str, list[str]] = defaultdict(list)
        for text in texts:
            for left, right in zip(f"^{text}", text, strict=False):
                self._next[left].append(right)

    def text(self, length: int | None = None) -> str:
        """One text of this length, or of one that is as common as in the texts."""
        length = length or self._random.choice(self._lengths)
        text, last = "", "^"
        while len(text) < length:
            last = self._random.choice(self._next.get(last) or self._next["^"])
            text += last
        return text

    def question(self, number: int) -> str:
        """Every second question is short, every tenth has 150 characters."""
        if number % 10 == 9:
            return self.text(150)
        return self.text(self._random.randint(2, 8)) if number % 2 == 0 else self.text()


def percentiles(search: Callable[[str], object], questions: Sequence[str]) -> dict[str, float]:
    """p50 and p99 in milliseconds."""
    times = []
    for question in questions:
        start = time.perf_counter()
        search(question)
        times.append(1000 * (time.perf_counter() - start))
    times.sort()
    return {"p50": times[len(times) // 2], "p99": times[int(0.99 * (len(times) - 1))]}
