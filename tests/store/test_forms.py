"""The forms that admins are filling in."""

from datetime import timedelta

import pytest

from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import Records, StoredForm
from bot.store.usage import UsageLog
from tests.clocks import Clock


@pytest.fixture
def usage(database: Database, store: MissLog) -> UsageLog:
    return UsageLog(database, store, 100)


def test_an_admin_has_one_form_in_a_chat(usage: UsageLog) -> None:
    """The one that was kept last; without content there is none any more."""
    for chat, content in ((5, "one"), (-7, "group"), (5, "two")):
        usage.record(Records(forms=(StoredForm(5, chat, content, cluster=3, keys=("几点", "几点", "几号")),)))
    assert [usage.form(*place) for place in ((5, 5), (5, -7), (6, 6))] == ["two", "group", None]
    usage.record(Records(forms=(StoredForm(5, 5, None),)))
    assert [usage.form(5, chat) for chat in (5, -7)] == [None, "group"]


def test_a_form_is_given_up_after_an_hour(usage: UsageLog, database: Database, clock: Clock) -> None:
    """Who writes something after that is not filling it in any more; then it is deleted."""
    usage.record(Records(forms=(StoredForm(5, 5, "one", keys=("几点",)),)))
    clock.now += timedelta(hours=1)
    assert usage.form(5, 5) == "one"
    clock.now += timedelta(seconds=1)
    assert usage.form(5, 5) is None
    assert database.purge(timedelta(days=180)) == 1
