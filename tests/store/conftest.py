"""What the repositories do is the same on SQLite and on PostgreSQL: each test runs on both, but those of the file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.database import Database
from tests.clocks import Clock
from tests.new_database import put_new_database
from tests.postgresql import Server

BACKENDS = ("sqlite", "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for the path of the file runs on SQLite alone."""
    if "database" in metafunc.fixturenames:
        backends = BACKENDS[:1] if "path" in metafunc.fixturenames else BACKENDS
        metafunc.parametrize("database", backends, indirect=True)
    if "bare_url" in metafunc.fixturenames:
        metafunc.parametrize("bare_url", BACKENDS, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Database]:
    """An empty database whose time stands until it is moved."""
    if request.param == "sqlite":
        with Database.open(put_new_database(request.getfixturevalue("path")), clock) as database:
            yield database
        return
    server: Server = request.getfixturevalue("postgresql")
    url = server.new_database()
    with Database.open(url, clock) as database:
        yield database
    server.drop(url)


@pytest.fixture
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bare.db"
        return
    server: Server = request.getfixturevalue("postgresql")
    url = server.new_database(template="template1")
    yield url
    server.drop(url)
