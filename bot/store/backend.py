"""What a kind of database does in its own way, and how its errors are told."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError

from bot.errors import StoreError


class Backend(Protocol):
    """One database of a kind. Whoever opens its engine disposes of it by ``close``."""

    engine: sa.Engine
    is_shared: bool
    """Whether several processes may serve from it."""
    reading_options: Mapping[str, object]
    """What a connection needs for transactions that only read."""

    def claim(self) -> None:
        """Be the one process that serves from this database until it is closed, where only one may.

        Raises:
            StoreError: another process does.
        """

    def editing(self) -> AbstractContextManager[bool]:
        """Within this no other process that edits the knowledge folder is; False where one is. A kill ends it too."""

    def check(self) -> None:
        """See that what is written goes to where it is looked for. Raises StoreGoneError if it does not."""

    def forget_deleted(self) -> None:
        """Leave nothing of what was deleted, as far as the database can be told to.

        Raises:
            StoreError: it still stands somewhere.
        """

    def close(self) -> None:
        """Close all connections, and give up the claim."""


_FIXES = {
    "full": "free some space on its disk",
    "disk I/O error": "check that its disk is neither full nor failing",
    "locked": "another program holds it; end that one, or wait",
    "malformed": "the file is damaged: stop the bot, move it aside, and put a backup in its place or start without one",
    "not a database": "move that file aside, or name another one in CAMPAIGN_BOT_DATABASE_URL",
    "readonly": "check that the file and its folder can be written",
    "No module named": "install campaign-bot[postgres]",
    "timeout": "it is busy or out of reach; it is tried again",
    "onnection": "check that PostgreSQL takes connections where CAMPAIGN_BOT_DATABASE_URL says; it is tried again",
    "authentication failed": "check user and password in CAMPAIGN_BOT_DATABASE_URL",
    "does not exist": "make it first, or name another one in CAMPAIGN_BOT_DATABASE_URL",
}
"""What to do, by a piece of what the database says; the first that fits."""


@contextmanager
def clear_errors(database: sa.URL | str, *errors: type[Exception]) -> Iterator[None]:
    """What the database or the file system says becomes one line that names the database and the fix."""
    try:
        yield
    except (DataError, IntegrityError):
        # What is wrong with the values does not pass, and is a fault of ours.
        raise
    except errors as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        otherwise = "check CAMPAIGN_BOT_DATABASE_URL, and that its folder can be written"
        fix = next((fix for sign, fix in _FIXES.items() if sign in reason), otherwise)
        raise StoreError(f"The database {database} can't be used ({reason}): {fix}.") from error
