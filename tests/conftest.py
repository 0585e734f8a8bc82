"""What many tests share: knowledge bases, loaded once; a SQLite file; the parts around it."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.items import VerdictKind
from bot.knowledge import Knowledge, load, read
from bot.matching import ConfidenceModel, Index, Matcher, Settled, Verdict
from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import Miss, State
from tests.admin_setup import AdminSetup
from tests.clocks import Clock
from tests.fake_bot_api import FakeBotApi, serving
from tests.inbox_setup import InboxSetup
from tests.new_database import put_new_database
from tests.page_setup import PageSetup
from tests.postgresql import MISSING, Server, programs
from tests.postgresql import serving as serving_postgresql

# As serving does: without it PTB warns of a change of its next major version at every 429.
os.environ.setdefault("PTB_TIMEDELTA", "true")

ROOT = Path(__file__).parent.parent
# What is calibrated once need not be again in the next run; nothing is written where the user's own is.
os.environ["XDG_CACHE_HOME"] = str(ROOT / ".cache")

SHIPPED = ROOT / "knowledge"
SHIPPED_CONFIDENCE = ConfidenceModel.at(0.4)
"""About what the shipped knowledge calibrates to, which takes a while."""
CANTEEN = ROOT / "tests" / "data" / "canteen"


def pytest_configure() -> None:
    """What is collected stays: to look for garbage in it again and again would cost a quarter of collecting it."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on garbage is looked for in what the tests make."""
    gc.enable()
    gc.freeze()


def loaded(folder: Path) -> Knowledge:
    """A knowledge folder. Raises KnowledgeError if it has faults."""
    return load(read(folder), str(folder))


@pytest.fixture(scope="session")
def shipped() -> Knowledge:
    """The knowledge that this repository ships."""
    return loaded(SHIPPED)


@pytest.fixture(scope="session")
def matcher(shipped: Knowledge) -> Matcher:
    """A matcher over the shipped knowledge."""
    return Matcher(Index.build(shipped.base), SHIPPED_CONFIDENCE)


@pytest.fixture(scope="session")
def canteen() -> Knowledge:
    """A base of three answers, one refusal and one greeting, on another subject; 开饭 and 放饭 are one word to it."""
    return loaded(CANTEEN)


def miss(text: str, state: State = State.OPEN) -> Miss:
    """A miss of this text."""
    return Miss(question=text, key=text, verdict=VerdictKind.UNKNOWN, state=state, item="opening", score=0.25)


@pytest.fixture
def api() -> Iterator[FakeBotApi]:
    """A Bot API over HTTP. Every call that was made must be one that the real one would take."""
    with serving(FakeBotApi()) as running:
        yield running
    assert running.invalid == []


@pytest.fixture
def clock() -> Clock:
    """A clock that stands until it is moved."""
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "data" / "bot.db"


@pytest.fixture
def database(path: Path, clock: Clock) -> Iterator[Database]:
    """A real SQLite file whose time stands until it is moved."""
    with Database.open(put_new_database(path), clock) as database:
        yield database


@pytest.fixture
def store(database: Database) -> MissLog:
    """The log of missed questions in it."""
    return MissLog(database, 100)


@pytest.fixture
def admin_setup(tmp_path: Path, clock: Clock) -> Iterator[AdminSetup]:
    """All that admins work with, over a copy of the canteen's rules."""
    admin_setup = AdminSetup(CANTEEN, tmp_path, clock)
    yield admin_setup
    admin_setup.database.close()


@pytest.fixture
def page_setup(admin_setup: AdminSetup) -> PageSetup:
    """The admins' page over it."""
    return PageSetup(admin_setup)


@pytest.fixture
async def inbox_setup(tmp_path: Path) -> AsyncIterator[InboxSetup]:
    """An inbox with those who fill and empty it, on real time."""
    with Database.open(put_new_database(tmp_path / "bot.db")) as database:
        yield InboxSetup(database)


def settled_by(verdict: Verdict) -> list[str]:
    """The ids of the items that a reply is made of."""
    return [candidate.item.id for candidate in verdict.chosen] if isinstance(verdict, Settled) else []


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server."""
    if not programs():
        pytest.skip(MISSING)
    with serving_postgresql() as server:
        yield server
