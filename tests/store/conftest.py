"""A real SQLite file, and a clock that stands until it is moved."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.interface import Miss, State
from bot.store.missed import SqlMissedLog


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 31, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def miss(text: str, state: State = State.OPEN) -> Miss:
    """A miss of this text."""
    return Miss(question=text, key=text, verdict="unknown", state=state, item="opening", score=0.25)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "bot.db"


@pytest.fixture
def database(path: Path, clock: Clock) -> Iterator[Database]:
    database = Database.open(f"sqlite:///{path}", clock)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> SqlMissedLog:
    return SqlMissedLog(database, 100)
