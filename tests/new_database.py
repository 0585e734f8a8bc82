"""A database that no migration has to make: they are tested for themselves, and take longer than most tests."""

import tempfile
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from bot.store.database import Database

VERSION = sa.table("alembic_version", sa.column("version_num"))
"""Where a database has the last of its migrations."""


def put_new_database(path: Path) -> str:
    """Put a database as the migrations make it, with nothing in it, to where none is; its URL."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(_made_by_the_migrations())
    return f"sqlite:///{path}"


@cache
def _made_by_the_migrations() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        Database.open(f"sqlite:///{path}").close()
        return path.read_bytes()
