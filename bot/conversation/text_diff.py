"""What differs between two texts, in lines that are read in a chat, with the changed characters marked in HTML."""

from difflib import SequenceMatcher

from markupsafe import Markup, escape

_ALIKE = 0.5
"""Two lines that are less alike than this are marked as a whole: few characters in common by chance tell nothing."""
_REMOVED = Markup("－ {}")
_ADDED = Markup("＋ {}")
_STRUCK = Markup("<s>{}</s>")
_UNDERLINED = Markup("<u>{}</u>")


def text_diff(before: str, after: str) -> Markup:
    """The lines of both texts: those that went after －, those that came after ＋, the others as they are.

    What a line lost is struck through, what it got is underlined.
    """
    old, new = before.splitlines(), after.splitlines()
    lines = list[Markup]()
    for kind, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += map(escape, old[first:last])
            continue
        removed, added = _marked("\n".join(old[first:last]), "\n".join(new[start:end]))
        lines += [_REMOVED.format(line) for line in removed]
        lines += [_ADDED.format(line) for line in added]
    return Markup("\n").join(lines)


def _marked(before: str, after: str) -> tuple[list[Markup], list[Markup]]:
    """The lines of two texts that gave way to each other, with what they do not have in common marked."""
    pieces = SequenceMatcher(None, before, after, autojunk=False)
    alike = pieces.ratio() >= _ALIKE
    codes = pieces.get_opcodes() if alike else [("replace", 0, len(before), 0, len(after))]
    old, new = Markup(), Markup()
    for kind, first, last, start, end in codes:
        same = kind == "equal"
        old += before[first:last] if same else _each_line(_STRUCK, before[first:last])
        new += after[start:end] if same else _each_line(_UNDERLINED, after[start:end])
    return _lines(old), _lines(new)


def _each_line(mark: Markup, text: str) -> Markup:
    return Markup("\n").join(mark.format(line) if line else Markup() for line in text.split("\n"))


def _lines(text: Markup) -> list[Markup]:
    return [Markup(line) for line in text.split("\n")] if text else []  # noqa: S704 - it is HTML already
