"""The words that admins teach the matcher: synonyms become their standard word, frames weigh next to nothing."""

from collections.abc import Iterable, Iterator, Mapping

from bot.text import normalise


class Lexicon:
    """Both tables of a knowledge base, in normal form. It is applied to phrasings and questions alike."""

    def __init__(self, synonyms: Iterable[Iterable[str]] = (), frames: Iterable[str] = ()) -> None:
        standard: dict[str, str] = {}
        for first, *others in ([form for word in group if (form := normalise(word))] or [""] for group in synonyms):
            # The standard word maps to itself, so that a shorter synonym inside it stays untouched.
            standard.setdefault(first, first)
            for word in others:
                standard.setdefault(word, first)
        self._standard = _Words(standard)
        # Frames are looked for in standardised texts, so they take that form too.
        self._frames = _Words({self.standardise(normalise(word)): "" for word in frames})

    def standardise(self, form: str) -> str:
        """A normal form with each synonym replaced by its standard word; the longest match first, left to right."""
        parts, end = [], 0
        for start, word in self._standard.find(form):
            parts += [form[end:start], self._standard.words[word]]
            end = start + len(word)
        return "".join([*parts, form[end:]]) if parts else form

    def framed(self, form: str) -> frozenset[int]:
        """The positions of a standardised form that frames cover."""
        found = self._frames.find(form)
        return frozenset(position for start, word in found for position in range(start, start + len(word)))

    def core(self, form: str) -> str:
        """A standardised form without its frames: what is asked, bare of how."""
        framed = self.framed(form)
        return "".join(character for position, character in enumerate(form) if position not in framed).strip()


class _Words:
    """A table of words, found in a text by their first two characters: every phrasing goes through here."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = {word: value for word, value in words.items() if word}
        starts: dict[str, set[int]] = {}
        for word in self.words:
            starts.setdefault(word[:2], set()).add(len(word))
        self._lengths = {start: sorted(lengths, reverse=True) for start, lengths in starts.items()}
        # Only Latin letters and digits run together into longer words.
        self._may_be_cut = {word for word in self.words if not word.isalpha() or word[0] < "\x80" or word[-1] < "\x80"}

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Non-overlapping words with their starts; the longest at each place. A Latin word is found as a whole only."""
        lengths, position = self._lengths, 0
        while position < len(text):
            word = ""
            if (start := text[position : position + 2]) in lengths:
                word = self._longest(text, position, lengths[start])
            if not word and text[position] in lengths:
                word = self._longest(text, position, lengths[text[position]])
            if word:
                yield position, word
            position += len(word) or 1

    def _longest(self, text: str, position: int, lengths: Iterable[int]) -> str:
        for length in lengths:
            word = text[position : position + length]
            if word in self.words and not (
                word in self._may_be_cut and _inside_word(text, position, position + len(word))
            ):
                return word
        return ""


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether a match cuts a Latin word or a number in two."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return _joined(before, text[start]) or _joined(text[end - 1], after)


def _joined(left: str, right: str) -> bool:
    return (left.isascii() and left.isalpha() and right.isascii() and right.isalpha()) or (
        left.isdigit() and right.isdigit()
    )
