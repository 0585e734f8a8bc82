"""What was kept long enough is deleted, when the clock can be believed."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

_LOG = logging.getLogger(__name__)
_JUMP_S = 60.0
_EVEN_S = 3600.0


@dataclass(eq=False)
class Retention:
    """Purges the store each time that it is told to, once the clock has run evenly for an hour.

    ``delete`` deletes what is old enough and returns how many rows that were; it may raise StoreError.
    Whoever sets a wrong clock right within an hour, as time services do, loses nothing.
    """

    delete: Callable[[], int]
    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._offset = self.wall() - self.steady()
        self._even_since = self.steady()

    def purge(self) -> None:
        """Delete what is old enough, if the clock has run evenly for long enough."""
        before, self._offset = self._offset, self.wall() - self.steady()
        if abs(self._offset - before) > _JUMP_S:
            _LOG.warning("The clock jumped by %.0f s: nothing is deleted for an hour.", self._offset - before)
            self._even_since = self.steady()
        if self.steady() - self._even_since < _EVEN_S:
            return
        if deleted := self.delete():
            _LOG.info("%d rows were kept long enough and are deleted.", deleted)
