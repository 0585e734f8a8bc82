"""What ``/status`` says of the processes that serve together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.store.records import Replica
from bot.texts import admins as texts
from tests.admin_setup import AdminSetup


def replica(name: str, knowledge: str) -> Replica:
    return Replica(1, name, "0.2.0", knowledge, datetime(2026, 5, 31, tzinfo=UTC), 1.2)


REPLICAS = {
    "one process": ([], 0, False),
    "two with the same knowledge": ([replica("东", "abc"), replica("西", "abc")], 2, False),
    "two of which one has not seen a change": ([replica("东", "abc"), replica("西", "def")], 2, True),
}


@pytest.mark.parametrize(("replicas", "count", "differ"), REPLICAS.values(), ids=REPLICAS.keys())
def test_status_names_the_replicas(
    admin_setup: AdminSetup, replicas: Sequence[Replica], count: int, *, differ: bool
) -> None:
    """With what each answers from; where that differs it says so."""
    admin_setup.conversation = replace(admin_setup.conversation, replicas=lambda: replicas)
    lines = admin_setup.say("/status").text.splitlines()
    named = [line for line in lines if line.startswith("· ")]
    assert [line.split("（")[0] for line in named] == [f"· {one.name}" for one in replicas]
    assert (texts.STATUS_REPLICAS.format(count=count) in lines) == (count > 1)
    assert (texts.STATUS_REPLICAS_DIFFER in lines) == differ
