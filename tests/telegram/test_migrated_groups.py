"""A group's new id is remembered: across a restart, and nobody can read it in the database."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.inbox.encryption import Encryption
from bot.store.database import Database
from bot.store.history import History
from bot.telegram.migrated_groups import MigratedGroups
from tests.postgresql import Server

KEY = Encryption("secret")


def test_it_is_known_after_a_restart(database: Database) -> None:
    """As are all others; whoever has not moved stays where they are."""
    groups = MigratedGroups.stored(History(database), KEY)
    groups.add(-77, -10077)
    groups.add(-78, -10078)
    started = MigratedGroups.stored(History(database), KEY)
    assert [started.current_id(chat) for chat in (-77, -78, -79)] == [-10077, -10078, -79]


def test_what_one_replica_learns_another_does_not_lose(postgresql: Server) -> None:
    """Though each began before the other had learnt anything; many learn at once."""
    url = postgresql.new_database()
    with Database.open(url) as database:
        replicas = [MigratedGroups.stored(History(database), KEY) for _ in range(8)]
        with ThreadPoolExecutor(len(replicas)) as threads:
            deque(threads.map(MigratedGroups.add, replicas, range(-8, 0), range(-10008, -10000)), maxlen=0)
        replicas.append(MigratedGroups.stored(History(database), KEY))
        replicas[0].add(-9, -10009)
        for replica in (replicas[0], replicas[-1]):
            assert [replica.current_id(chat) for chat in range(-8, 0)] == list(range(-10008, -10000))
    postgresql.drop(url)


def test_nobody_can_read_it(database: Database, path: Path) -> None:
    """With another key it is learnt anew."""
    MigratedGroups.stored(History(database), KEY).add(-77123, -10077123)
    assert not any(b"77123" in file.read_bytes() for file in path.parent.iterdir())
    assert MigratedGroups.stored(History(database), Encryption("another")).current_id(-77123) == -77123


def test_without_the_store_it_is_known_until_the_end(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message that has taught it goes out all the same."""

    def full(*_: object) -> None:
        raise StoreError("The disk is full")

    history = History(database)
    monkeypatch.setattr(history, "change_mark", full)
    groups = MigratedGroups.stored(history, KEY)
    groups.add(-77, -10077)
    assert groups.current_id(-77) == -10077
