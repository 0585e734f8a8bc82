"""What was kept long enough is deleted, when the clock can be believed."""

import logging
import time
from collections.abc import Callable

_LOG = logging.getLogger(__name__)
_JUMP_S = 60.0
_EVEN_S = 3600.0


class Retention:
    """Purges the store each time that it is told to, once the clock has run evenly for an hour.

    ``purge`` deletes what is old enough and returns how many rows that were; it may raise StoreError.
    Whoever sets a wrong clock right within an hour, as time services do, loses nothing.
    """

    def __init__(
        self,
        purge: Callable[[], int],
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._purge = purge
        self._wall = wall
        self._steady = steady
        self._offset = wall() - steady()
        self._even_since = steady()

    def purge(self) -> None:
        """Delete what is old enough, if the clock has run evenly for long enough."""
        before, self._offset = self._offset, self._wall() - self._steady()
        if abs(self._offset - before) > _JUMP_S:
            _LOG.warning("The clock jumped by %.0f s: nothing is deleted for an hour.", self._offset - before)
            self._even_since = self._steady()
        if self._steady() - self._even_since < _EVEN_S:
            return
        if deleted := self._purge():
            _LOG.info("%d rows were kept long enough and are deleted.", deleted)
