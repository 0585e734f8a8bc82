"""Notices that files of a folder have changed, and that whoever changed them has come to rest."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import Change, awatch

_LOG = logging.getLogger(__name__)
_CALM_MS = 200
"""So long nothing was written: an editor saves in several steps."""
_LONGEST_MS = 1000
"""Somebody who writes on and on is not waited for longer."""
_LOOK_MS = 10_000
"""On some network drives nothing is noticed: now and then it is looked at all the same."""
_AGAIN_S = 2.0


async def changes(folder: Path) -> AsyncIterator[None]:
    """Yields whenever YAML files may have changed, for ever; a folder that is gone is waited for."""

    def is_knowledge(_: Change, path: str) -> bool:
        return path.endswith((".yaml", ".yml"))

    while True:
        try:
            async for _ in awatch(
                folder,
                watch_filter=is_knowledge,
                step=_CALM_MS,
                debounce=_LONGEST_MS,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
                recursive=False,
            ):
                yield
        except (OSError, RuntimeError) as error:
            _LOG.warning("The knowledge folder can't be watched (%s); trying again.", error)
        await asyncio.sleep(_AGAIN_S)
