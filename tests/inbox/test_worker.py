"""What waits is handled: each chat in order, chats side by side, nothing lost and nothing done twice."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from telegram.error import NetworkError

from bot.errors import StoppingError, StoreError
from bot.inbox import worker
from bot.store.records import NOTHING, Done, Miss, Records, State
from tests.office import Office, question

MISS = Miss("几点", "几点", "unknown", State.OPEN, None, 0.0)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here waits for seconds."""
    monkeypatch.setattr(worker, "backoff", lambda _attempt: 0.01)
    monkeypatch.setattr(worker, "_SWEEP_S", 0.02)


async def test_each_chat_in_order_and_chats_side_by_side(office: Office) -> None:
    """A chat that is stuck delays nobody else."""
    stuck = asyncio.Event()

    async def act(words: str, _attempt: int) -> Records:
        if words == "1a":
            await stuck.wait()
        return NOTHING

    office.notes.act = act
    texts = {1: "1a", 2: "2a", 3: "1b", 4: "2b", 5: "1c"}
    await office.receiver.receive([question(number, text, chat=int(text[0])) for number, text in texts.items()])

    def others_are_done() -> bool:
        if len(office.inbox.waiting(())) == 3:
            stuck.set()
        return not office.inbox.waiting(())

    await office.work_until(others_are_done)
    assert office.notes.handled == ["1a", "2a", "2b", "1b", "1c"]


async def test_what_came_before_the_start_is_handled_before_what_comes_now(office: Office) -> None:
    """In the same chat: a webhook delivers as soon as there is someone to deliver to."""
    await office.receiver.receive([question(1, "a")])
    again = Office(office.database)
    await again.worker.load()
    await again.receiver.receive([question(2, "b")])
    await again.work_through()
    assert again.notes.handled == ["a", "b"]


async def test_what_waited_before_the_start_is_handled(office: Office) -> None:
    """And what another process put back is taken up without a restart."""
    await office.receiver.receive([question(1, "a"), question(2, "b")])
    again = Office(office.database)
    await again.work_through()
    assert again.notes.handled == ["a", "b"]

    async def act(words: str, _attempt: int) -> Records:
        if words == "c":
            raise NetworkError("gone")
        if words == "d":
            again.inbox.replay()
        return NOTHING

    again.notes.act = act
    again.worker = worker.Worker(again.inbox, again.seal, again.notes, again.metrics)
    again.receiver._worker = again.worker
    await again.receiver.receive([question(3, "c"), question(4, "d")])
    await again.work_until(lambda: again.notes.handled.count("c") == 2)


async def test_the_miss_is_recorded_when_the_update_is_done(office: Office) -> None:
    """Once, though the handler had to try three times."""

    async def act(_words: str, attempt: int) -> Records:
        if attempt < 3:
            raise RuntimeError
        return Records(misses=(MISS,))

    office.notes.act = act
    await office.receiver.receive([question(1, "几点")])
    await office.work_through()
    assert [row.count for row in office.missed.rows([State.OPEN])] == [1]
    assert len(office.notes.handled) == 3


DEATHS = {
    "a fault of ours: tried three times, and the member is told": (RuntimeError("x"), 3, ["几点"], "RuntimeError"),
    "refused by Telegram over and over: the policy has tried": (NetworkError("x"), 1, [], "NetworkError"),
}


@pytest.mark.parametrize(("error", "tries", "apologies", "fault"), DEATHS.values(), ids=DEATHS.keys())
async def test_what_can_not_be_handled_is_a_dead_letter(
    office: Office, error: Exception, tries: int, apologies: list[str], fault: str
) -> None:
    """It holds up nobody, not even its own chat, and waits to be replayed."""

    async def act(words: str, _attempt: int) -> Records:
        if words == "几点":
            raise error
        return NOTHING

    office.notes.act = act
    await office.receiver.receive([question(1, "几点"), question(2, "在哪")])
    await office.work_through()
    assert office.notes.handled == ["几点"] * tries + ["在哪"]
    assert office.notes.apologies == apologies
    (letter,) = office.inbox.dead_letters()
    assert fault in letter.fault


async def test_while_the_store_fails_a_question_waits(office: Office) -> None:
    """However long: it is no fault of the question's."""

    async def act(_words: str, attempt: int) -> Records:
        if attempt < 10:
            raise StoreError("locked")
        return NOTHING

    office.notes.act = act
    await office.receiver.receive([question(1, "几点")])
    await office.work_through()
    assert office.inbox.dead_letters() == []
    assert (len(office.notes.handled), office.notes.apologies) == (10, [])


async def test_while_the_store_fails_nothing_is_answered_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit is tried until it succeeds."""
    finish, failures = office.inbox.finish, iter(range(5))

    def failing(done: Sequence[Done]) -> None:
        if next(failures, None) is not None:
            raise StoreError("full")
        finish(done)

    monkeypatch.setattr(office.inbox, "finish", failing)
    await office.receiver.receive([question(1, "a"), question(2, "b")])
    await office.work_through()
    assert office.notes.handled == ["a", "b"]


async def test_records_that_can_not_be_stored_hold_up_nobody(office: Office) -> None:
    """Their question is not answered again; the others of the same commit are done."""
    broken = Miss("\ud800", "\ud800", "unknown", State.OPEN, None, 0.0)

    async def act(words: str, _attempt: int) -> Records:
        return Records(misses=(broken if words == "a" else MISS,))

    office.notes.act = act
    await office.receiver.receive([question(n, text, chat=n) for n, text in enumerate("abc", 1)])
    await office.work_through()
    assert sorted(office.notes.handled) == ["a", "b", "c"]
    assert [letter.fault for letter in office.inbox.dead_letters()] == ["answered; its records can't be stored"]
    assert [row.count for row in office.missed.rows([State.OPEN])] == [2]


async def test_what_was_sealed_with_another_key_is_kept_as_a_dead_letter(office: Office) -> None:
    """With the former key it can be replayed."""
    await office.receiver.receive([question(1, "几点")])
    await Office(office.database, "another secret").work_through()
    (letter,) = office.inbox.dead_letters()
    assert "CAMPAIGN_BOT_KEY" in letter.fault
    office.inbox.replay()
    after = Office(office.database)
    await after.work_through()
    assert after.notes.handled == ["几点"]


async def test_an_inline_query_that_came_too_late_is_dropped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it any more; a button is handled however late, its age given."""
    sender = {"id": 5, "is_bot": False, "first_name": "王小明"}
    late = datetime.now(UTC) - timedelta(seconds=200)
    monkeypatch.setattr(office.database, "_clock", lambda: late)
    await office.receiver.receive(
        [
            {"update_id": 1, "inline_query": {"id": "1", "from": sender, "query": "五"}},
            {"update_id": 2, "callback_query": {"id": "1", "from": sender, "data": "none"}},
        ]
    )
    await office.work_through()
    assert office.notes.handled == ["?"]
    assert office.notes.ages[0] > 190
    assert office.metrics.expired._value.get() == 1


async def test_a_clock_that_jumps_loses_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Years ahead or back while questions wait: each is answered once, with an age that is not negative."""
    for number, years in enumerate((0, 5, -30), start=1):
        at = datetime.now(UTC) + timedelta(days=365 * years)
        monkeypatch.setattr(office.database, "_clock", lambda at=at: at)
        await office.receiver.receive([question(number, str(number), chat=number)])
    await office.work_through()
    assert sorted(office.notes.handled) == ["1", "2", "3"]
    assert min(office.notes.ages) >= 0


async def test_at_its_end_it_finishes_what_is_under_way_and_leaves_the_rest(office: Office) -> None:
    """What was not begun waits for the next start."""
    begun = asyncio.Event()

    async def act(words: str, _attempt: int) -> Records:
        begun.set()
        await asyncio.sleep(0.1)
        if words == "stopped":
            raise StoppingError
        return NOTHING

    office.notes.act = act
    texts = ["under way", "next"]
    await office.receiver.receive([*(question(n, text) for n, text in enumerate(texts, 1)), question(3, "stopped", 8)])
    await office.work_until(begun.is_set)
    assert sorted(office.notes.handled) == ["stopped", "under way"]
    after = Office(office.database)
    await after.work_through()
    assert after.notes.handled == ["next", "stopped"]
