"""Who goes first: work in the background pauses while members are being answered.

What works in Python shares one interpreter: beside a page that is made, a reply takes up to twice as long. The system
can't tell the two apart, so the page's work stands aside by itself, between its pieces.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_LONGEST_REST_S = 0.1
_LONGEST_S = 0.25
"""For so long one piece of work pauses in all, however many members ask: a page is late then, and still comes."""
_LOOK_EVERY_S = 0.001


@dataclass(slots=True)
class _Background:
    is_busy: Callable[[], bool]
    left_s: float = _LONGEST_S


_background: ContextVar[_Background | None] = ContextVar("_background", default=None)


@contextmanager
def in_background(is_busy: Callable[[], bool]) -> Iterator[None]:
    """Work within this pauses wherever it gives way while ``is_busy``, which is asked from its thread."""
    token = _background.set(_Background(is_busy))
    try:
        yield
    finally:
        _background.reset(token)


def give_way() -> None:
    """Pause this thread while members are being answered, if it works in the background; else nothing happens.

    It is called between pieces of work that take some milliseconds, where nothing is held that others wait for.
    """
    here = _background.get()
    while here and here.left_s > 0 and here.is_busy():
        begin = time.monotonic()
        time.sleep(_LOOK_EVERY_S)
        here.left_s -= time.monotonic() - begin


def rest_s(worked_s: float) -> float:
    """How many seconds to rest after a piece of work: as many as it took, up to 0.1.

    So what is asked for all the time takes turns with what answers members.
    """
    return min(worked_s, _LONGEST_REST_S)
