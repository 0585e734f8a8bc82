"""Notices that files of a folder have changed, and that whoever changed them has come to rest."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import awatch

_LOG = logging.getLogger(__name__)


async def changes(
    folder: Path, *, calm_s: float = 0.2, longest_s: float = 1.0, look_s: float = 10.0, retry_s: float = 2.0
) -> AsyncIterator[None]:
    """Yields whenever YAML files may have changed, for ever; a folder that is gone is waited for.

    An editor saves in several steps: a change counts when nothing was written for ``calm_s`` seconds, but whoever
    writes on and on is not waited for longer than ``longest_s``. On some network drives no change is noticed: every
    ``look_s`` seconds there may have been one. A folder that can't be watched is tried again after ``retry_s``.
    """
    while True:
        try:
            async for _ in awatch(
                folder,
                watch_filter=lambda _, path: path.endswith((".yaml", ".yml")),
                step=round(1000 * calm_s),
                debounce=round(1000 * longest_s),
                rust_timeout=round(1000 * look_s),
                yield_on_timeout=True,
                recursive=False,
            ):
                yield
        except (OSError, RuntimeError) as error:
            _LOG.warning("The knowledge folder can't be watched (%s); trying again.", error)
        await asyncio.sleep(retry_s)
