"""Whatever comes in is kept or left out on purpose; nothing stops the loop."""

import asyncio
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.database import Database
from bot.store.tables import INBOX
from tests.inbox_setup import InboxSetup, question

HUGE = st.sampled_from([2**31, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, float("inf"), float("nan"), -1, 0])
TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
"""Halves of surrogate pairs included, which JSON may hold."""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | HUGE | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    *(
        "message_id",
        "date",
        "edit_date",
        "chat",
        "from",
        "text",
        "caption",
        "photo",
        "sticker",
        "entities",
        "id",
        "type",
    ),
    *("reply_to_message", "is_topic_message", "message_thread_id", "data", "message", "query", "first_name", "is_bot"),
]
PARTS = st.recursive(
    st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6),
    lambda inner: st.dictionaries(st.sampled_from(FIELDS), inner | VALUES, max_size=6),
    max_leaves=6,
)
VALID = st.builds(
    question,
    st.integers(1, 2**62),
    TEXT,
    chat=st.integers(-(2**52), 2**52),
)
KINDS = ["message", "edited_message", "callback_query", "inline_query", "channel_post", "poll", "business_message", "x"]
RAW = st.one_of(
    VALUES,
    VALID,
    st.builds(
        lambda number, kind, part: {"update_id": number, kind: part},
        st.integers() | HUGE | VALUES,
        st.sampled_from(KINDS),
        PARTS | VALUES,
    ),
    st.builds(
        lambda raw, name, value: {**raw, "message": {**raw["message"], name: value}},
        VALID,
        st.sampled_from(FIELDS),
        VALUES,
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(RAW, max_size=4))
def test_no_raw_update_stops_the_loop(database: Database, raws: list[Any]) -> None:
    """Missing fields, wrong types, huge numbers, unknown kinds: each is handled, a dead letter, or none of ours."""
    database.write(INBOX.delete())

    async def check() -> None:
        inbox_setup = InboxSetup(database)
        await inbox_setup.receiver.receive(raws)
        before = len(inbox_setup.inbox.dead_letters())
        await inbox_setup.receiver.receive(raws)
        assert len(inbox_setup.inbox.dead_letters()) == before
        await inbox_setup.receiver.receive([question(2**62 + 1, "还在吗")])
        await inbox_setup.work_through()
        assert inbox_setup.notes.handled[-1] == "还在吗" or "还在吗" in inbox_setup.notes.handled

    asyncio.run(check())


async def test_an_unreadable_update_is_a_dead_letter_that_tells_where(inbox_setup: InboxSetup) -> None:
    """The field, never what it held."""
    await inbox_setup.receiver.receive([{"update_id": 1, "message": {"message_id": "王小明", "date": 1}}])
    (letter,) = inbox_setup.inbox.dead_letters()
    assert letter.fault == "can't be read: message.message_id, message.chat"


async def test_half_a_surrogate_pair_is_a_dead_letter(inbox_setup: InboxSetup) -> None:
    """JSON may hold it, UTF-8 can't."""
    await inbox_setup.receiver.receive([question(1, "\ud800"), question(2, "在吗")])
    assert len(inbox_setup.inbox.dead_letters()) == 1
    assert len(inbox_setup.inbox.waiting(())) == 1


async def test_a_replayed_dead_letter_that_can_be_read_now_is_answered(inbox_setup: InboxSetup) -> None:
    """It was kept as it came, but for names: a newer version may understand it."""
    raw = question(1, "几点", chat=2**70)
    raw["message"]["contact"] = {"phone_number": "13812345678"}
    await inbox_setup.receiver.receive([raw])
    (letter,) = inbox_setup.inbox.dead_letters()
    inbox_setup.inbox.replay([letter.id])
    (row,) = inbox_setup.inbox.waiting(())
    kept = json.loads(inbox_setup.encryption.decrypt(row.payload))
    assert kept["message"]["chat"]["id"] == 2**70
    assert "王小明" not in str(kept)
    assert "13812345678" not in str(kept)


async def test_names_never_reach_the_store(inbox_setup: InboxSetup, tmp_path: Path) -> None:
    """Nor what was asked: it is encrypted."""
    await inbox_setup.receiver.receive([question(1, "王小明的电话", chat=7700112233)])
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for canary in ("王小明".encode(), b"7700112233", (7700112233).to_bytes(8, "big"), (7700112233).to_bytes(6, "big")):
        assert canary not in written
    (row,) = inbox_setup.inbox.waiting(())
    assert "first_name" not in inbox_setup.encryption.decrypt(row.payload)
