"""The forms that admins are filling in."""

from datetime import timedelta

import pytest

from bot.store.database import Database
from bot.store.misses import MissLog
from bot.store.records import KeptForm, Records, StoredForm
from bot.store.usage import UsageLog
from tests.clocks import Clock


@pytest.fixture
def usage(database: Database, store: MissLog) -> UsageLog:
    return UsageLog(database, store, 100)


def content(usage: UsageLog, admin: int = 5, chat: int = 5) -> str | None:
    """What is kept of an admin's form in a chat."""
    kept = usage.form(admin, chat)
    return kept.content if kept else None


def test_an_admin_has_one_form_in_a_chat(usage: UsageLog) -> None:
    """The one that was kept last; without content there is none any more."""
    for chat, text in ((5, "one"), (-7, "group"), (5, "two")):
        usage.record(Records(forms=(StoredForm(5, chat, text, cluster=3, keys=("几点", "几点", "几号")),)))
    assert [content(usage, *place) for place in ((5, 5), (5, -7), (6, 6))] == ["two", "group", None]
    usage.record(Records(forms=(StoredForm(5, 5, None),)))
    assert [content(usage, 5, chat) for chat in (5, -7)] == [None, "group"]


def test_a_form_is_kept_for_thirty_days(usage: UsageLog, database: Database, clock: Clock) -> None:
    """Since its last change, with how long ago that was; then it is deleted."""
    usage.record(Records(forms=(StoredForm(5, 5, "one", keys=("几点",)),)))
    clock.now += timedelta(days=30)
    assert usage.form(5, 5) == KeptForm("one", timedelta(days=30))
    clock.now += timedelta(seconds=1)
    assert usage.form(5, 5) is None
    assert database.purge(timedelta(days=180)) == 1
