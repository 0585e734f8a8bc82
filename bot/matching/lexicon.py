"""The words that admins teach the matcher: synonyms become their standard word, frames weigh next to nothing."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.text import normalise

_RUN_TOGETHER = re.compile(r"[a-z]{2}|\d{2}")
"""Two characters of one word: only Latin letters and digits run together into longer words."""


class Lexicon:
    """Both tables of a knowledge base, in normal form. It is applied to phrasings and questions alike.

    Those of the same tables are one: what is remembered of texts by their lexicon then serves each new snapshot.
    """

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, synonyms: tuple[tuple[str, ...], ...], frames: tuple[str, ...]) -> "Lexicon":
        """The lexicon of these tables."""
        return cls(synonyms, frames)

    def __init__(self, synonyms: Iterable[Iterable[str]] = (), frames: Iterable[str] = ()) -> None:
        self._standard: dict[str, str] = {}
        for first, *others in ([form for word in group if (form := normalise(word))] or [""] for group in synonyms):
            # The standard word maps to itself, so that a shorter synonym inside it stays untouched.
            for word in (first, *others):
                self._standard.setdefault(word, first)
        self._synonyms = Words(self._standard)
        # Frames are looked for in standardised texts, so they take that form too.
        self._frames = Words({self.form(word) for word in frames})

    def form(self, text: str) -> str:
        """The form in which phrasings and questions meet: normal, with standard words."""
        return _form(text, self)

    def standardise(self, form: str) -> str:
        """A normal form with each synonym replaced by its standard word; the longest match first, left to right."""
        parts, end = [], 0
        for start, word in self._synonyms.find(form):
            parts += [form[end:start], self._standard[word]]
            end = start + len(word)
        return "".join([*parts, form[end:]])

    def framed(self, form: str) -> frozenset[int]:
        """The positions of a standardised form that frames cover."""
        found = self._frames.find(form)
        return frozenset(position for start, word in found for position in range(start, start + len(word)))

    def core(self, form: str) -> str:
        """A standardised form without its frames: what is asked, bare of how."""
        framed = self.framed(form)
        return "".join(character for position, character in enumerate(form) if position not in framed).strip()


@lru_cache(maxsize=1 << 15)  # each edit indexes all phrasings again, and asks many of them
def _form(text: str, lexicon: Lexicon) -> str:
    return lexicon.standardise(normalise(text))


class Words:
    """Words that are looked for by their first two characters: every phrasing goes through here."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_start: dict[str, tuple[str, ...]] = {}
        for word in sorted(filter(None, words), key=len, reverse=True):
            self._by_start[word[:2]] = (*self._by_start.get(word[:2], ()), word)

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Non-overlapping words with their starts; the longest at each place. A Latin word is found as a whole only."""
        position, starting_with = 0, self._by_start.get
        while position < len(text):
            for word in starting_with(text[position : position + 2], ()) + starting_with(text[position], ()):
                if text.startswith(word, position) and not _cuts_word(text, position, position + len(word)):
                    yield position, word
                    position += len(word)
                    break
            else:
                position += 1


def _cuts_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin word or a number stands across one of the bounds."""
    return any(_RUN_TOGETHER.match(text, bound - 1, bound + 1) for bound in (start, end) if bound)
