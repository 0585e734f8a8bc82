"""What waits is handled: each chat in order, chats side by side, nothing lost and nothing done twice."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import DeliveryError, StoppingError, StoreError
from bot.inbox.updates import Update
from bot.inbox.worker import Worker, known_here, let_chat_go_on
from bot.items import VerdictKind
from bot.store.inbox import Inbox
from bot.store.records import NOTHING, Entry, Miss, Records, State, Waiting
from tests.inbox_setup import InboxSetup, question

MISS = Miss("几点", "几点", VerdictKind.UNKNOWN, State.OPEN, None, 0.0)


async def test_each_chat_in_order_and_chats_side_by_side(inbox_setup: InboxSetup) -> None:
    """A chat that is stuck delays nobody else."""
    stuck = asyncio.Event()

    async def act(words: str, _attempt: int) -> Records:
        if words == "1a":
            await stuck.wait()
        return NOTHING

    inbox_setup.notes.act = act
    texts = {1: "1a", 2: "2a", 3: "1b", 4: "2b", 5: "1c"}
    await inbox_setup.receiver.receive([question(number, text, chat=int(text[0])) for number, text in texts.items()])

    def others_are_done() -> bool:
        if len(inbox_setup.inbox.waiting(())) == 3:
            stuck.set()
        return not inbox_setup.inbox.waiting(())

    await inbox_setup.work_until(others_are_done)
    assert inbox_setup.notes.handled == ["1a", "2a", "2b", "1b", "1c"]


async def test_what_is_known_of_a_chat_is_known_as_long_as_more_of_it_waits(inbox_setup: InboxSetup) -> None:
    """Then another process may handle what comes next. Other chats have their own."""
    known: dict[str, set[object]] = {}

    async def act(words: str, _attempt: int) -> Records:
        known[words] = set(known_here())
        known_here().add(words)
        return NOTHING

    inbox_setup.notes.act = act
    texts = {1: "1a", 2: "2a", 3: "1b"}
    await inbox_setup.receiver.receive([question(number, text, chat=int(text[0])) for number, text in texts.items()])
    await inbox_setup.work_through()
    after = InboxSetup(inbox_setup.database)
    after.notes.act = act
    await after.receiver.receive([question(4, "1c", chat=1)])
    await after.work_through()
    assert known == {"1a": set(), "2a": set(), "1b": {"1a"}, "1c": set()}


async def test_a_chat_goes_on_behind_an_update_that_lets_it(inbox_setup: InboxSetup) -> None:
    """What came in before goes on in its order, and so does what comes in later; the update itself is done too."""
    doubtful = asyncio.Event()

    async def act(words: str, _attempt: int) -> Records:
        if words == "a":
            for _ in range(2):
                let_chat_go_on()
            await doubtful.wait()
        if words == "c":
            await inbox_setup.receiver.receive([question(4, "d")])
        if words == "d":
            doubtful.set()
        return NOTHING

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(number, text) for number, text in enumerate("abc", 1)])
    await inbox_setup.work_through()
    assert inbox_setup.notes.handled == ["a", "b", "c", "d"]
    assert inbox_setup.notes.followed["a"]
    assert inbox_setup.worker.waiting_s() == {}


async def test_a_chat_goes_on_behind_the_only_update(inbox_setup: InboxSetup) -> None:
    """What comes in afterwards is handled beside it, and what was not done at the end waits for the next start."""

    async def act(words: str, _attempt: int) -> Records:
        if words == "a":
            let_chat_go_on()
            await inbox_setup.receiver.receive([question(2, "b")])
            await inbox_setup.worker._stopping.wait()
            raise StoppingError
        return NOTHING

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(1, "a")])
    await inbox_setup.work_until(lambda: "b" in inbox_setup.notes.followed)
    assert inbox_setup.notes.handled == ["a", "b"]
    after = InboxSetup(inbox_setup.database)
    await after.work_through()
    assert after.notes.handled == ["a"]


async def test_a_handler_is_told_what_waits_behind_an_update(inbox_setup: InboxSetup) -> None:
    """In its own chat, also what comes in while it is handled."""

    async def act(words: str, _attempt: int) -> Records:
        if words == "a":
            await inbox_setup.receiver.receive([question(3, "c")])
        return NOTHING

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(1, "a"), question(2, "b", chat=8)])
    await inbox_setup.work_through()
    assert inbox_setup.notes.followed == {"a": True, "b": False, "c": False}


async def test_what_came_before_the_start_is_handled_before_what_comes_now(inbox_setup: InboxSetup) -> None:
    """In the same chat: a webhook delivers as soon as there is someone to deliver to."""
    await inbox_setup.receiver.receive([question(1, "a")])
    again = InboxSetup(inbox_setup.database)
    await again.worker.load()
    await again.receiver.receive([question(2, "b")])
    await again.work_through()
    assert again.notes.handled == ["a", "b"]


async def test_what_waited_before_the_start_is_handled(inbox_setup: InboxSetup) -> None:
    """And what another process put back is taken up without a restart."""
    await inbox_setup.receiver.receive([question(1, "a"), question(2, "b")])
    again = InboxSetup(inbox_setup.database)
    await again.work_through()
    assert again.notes.handled == ["a", "b"]

    async def act(words: str, _attempt: int) -> Records:
        if words == "c":
            raise DeliveryError("gone")
        if words == "d":
            again.inbox.replay()
        return NOTHING

    again.notes.act = act
    again.worker = Worker(again.inbox, again.encryption, again.notes, again.metrics)
    again.receiver = replace(again.receiver, worker=again.worker)
    await again.receiver.receive([question(3, "c"), question(4, "d")])
    await again.work_until(lambda: again.notes.handled.count("c") == 2)


async def test_the_miss_is_recorded_when_the_update_is_done(inbox_setup: InboxSetup) -> None:
    """Once, though the handler had to try three times."""

    async def act(_words: str, attempt: int) -> Records:
        if attempt < 3:
            raise RuntimeError
        return Records(misses=(MISS,))

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(1, "几点")])
    await inbox_setup.work_through()
    assert [row.count for row in inbox_setup.missed.rows([State.OPEN])] == [1]
    assert len(inbox_setup.notes.handled) == 3


DEATHS = {
    "a fault of ours: tried three times, and the member is told": (RuntimeError("x"), 3, ["几点"], "RuntimeError"),
    "a reply that is not accepted: it was sent often enough": (DeliveryError("timed out"), 1, [], "timed out"),
}


@pytest.mark.parametrize(("error", "tries", "apologies", "fault"), DEATHS.values(), ids=DEATHS.keys())
async def test_what_can_not_be_handled_is_a_dead_letter(
    inbox_setup: InboxSetup, error: Exception, tries: int, apologies: list[str], fault: str
) -> None:
    """It holds up nobody, not even its own chat, and waits to be replayed."""

    async def act(words: str, _attempt: int) -> Records:
        if words == "几点":
            raise error
        return NOTHING

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(1, "几点"), question(2, "在哪")])
    await inbox_setup.work_through()
    assert inbox_setup.notes.handled == ["几点"] * tries + ["在哪"]
    assert inbox_setup.notes.apologies == apologies
    (letter,) = inbox_setup.inbox.dead_letters()
    assert fault in letter.fault


async def test_while_the_store_fails_a_question_waits(inbox_setup: InboxSetup) -> None:
    """However long: it is no fault of the question's."""

    async def act(_words: str, attempt: int) -> Records:
        if attempt < 10:
            raise StoreError("locked")
        return NOTHING

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(1, "几点")])
    await inbox_setup.work_through()
    assert inbox_setup.inbox.dead_letters() == []
    assert (len(inbox_setup.notes.handled), inbox_setup.notes.apologies) == (10, [])


async def test_while_the_store_fails_nothing_is_answered_again(
    inbox_setup: InboxSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit is tried until it succeeds."""
    finish, failures = inbox_setup.inbox.finish, iter(range(5))

    def failing(done: Mapping[int, Records]) -> None:
        if next(failures, None) is not None:
            raise StoreError("full")
        finish(done)

    monkeypatch.setattr(inbox_setup.inbox, "finish", failing)
    await inbox_setup.receiver.receive([question(1, "a"), question(2, "b")])
    await inbox_setup.work_through()
    assert inbox_setup.notes.handled == ["a", "b"]


async def test_records_that_can_not_be_stored_hold_up_nobody(inbox_setup: InboxSetup) -> None:
    """Their question is not answered again; the others of the same commit are done."""
    broken = Miss("\ud800", "\ud800", VerdictKind.UNKNOWN, State.OPEN, None, 0.0)

    async def act(words: str, _attempt: int) -> Records:
        return Records(misses=(broken if words == "a" else MISS,))

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(n, text, chat=n) for n, text in enumerate("abc", 1)])
    await inbox_setup.work_through()
    assert sorted(inbox_setup.notes.handled) == ["a", "b", "c"]
    assert [letter.fault for letter in inbox_setup.inbox.dead_letters()] == ["answered; its records can't be stored"]
    assert [row.count for row in inbox_setup.missed.rows([State.OPEN])] == [2]


async def test_a_dead_letter_that_can_not_be_stored_holds_up_nobody(
    inbox_setup: InboxSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What else comes in is taken in, answered and finished meanwhile; it is made one as soon as the store takes it."""
    before = InboxSetup(inbox_setup.database, "another secret")
    await before.receiver.receive([question(1, "a"), question(2, "b")])

    def fails(_faults: Mapping[int, str]) -> None:
        raise StoreError("The disk is full")

    with monkeypatch.context() as context:
        context.setattr(inbox_setup.inbox, "make_dead_letters", fails)
        await inbox_setup.receiver.receive([question(3, "c")])
        await inbox_setup.work_until(lambda: len(inbox_setup.inbox.waiting(())) == 2)
    assert inbox_setup.notes.handled == ["c"]
    after = InboxSetup(inbox_setup.database)
    await after.work_through()
    assert len(after.inbox.dead_letters()) == 2


async def test_what_was_encrypted_with_another_key_is_kept_as_a_dead_letter(inbox_setup: InboxSetup) -> None:
    """With the former key it can be replayed."""
    await inbox_setup.receiver.receive([question(1, "几点")])
    await InboxSetup(inbox_setup.database, "another secret").work_through()
    (letter,) = inbox_setup.inbox.dead_letters()
    assert "CAMPAIGN_BOT_KEY" in letter.fault
    inbox_setup.inbox.replay()
    after = InboxSetup(inbox_setup.database)
    await after.work_through()
    assert after.notes.handled == ["几点"]


async def test_how_long_each_chat_has_waited_is_known(inbox_setup: InboxSetup) -> None:
    """By its oldest update, until that is done: health is red once that has lasted."""
    await inbox_setup.receiver.receive([question(1, "几点"), question(2, "几点", chat=-8)])
    received = time.monotonic()
    await inbox_setup.receiver.receive([question(3, "几点")])
    lasted = time.monotonic() - received
    waiting = inbox_setup.worker.waiting_s()
    assert waiting.keys() == {"chat 7", "chat -8"}
    assert min(waiting.values()) >= lasted
    assert inbox_setup.worker.is_busy()
    await inbox_setup.work_through()
    assert inbox_setup.worker.waiting_s() == {}
    assert not inbox_setup.worker.is_busy()


async def test_it_is_busy_while_an_update_is_taken_in(inbox_setup: InboxSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    """What gives way to members gives way from then on."""
    seen, receive = list[bool](), Inbox.receive

    def seeing(inbox: Inbox, entries: Sequence[Entry]) -> Sequence[Waiting]:
        seen.append(inbox_setup.worker.is_busy())
        return receive(inbox, entries)

    monkeypatch.setattr(Inbox, "receive", seeing)
    assert not inbox_setup.worker.is_busy()
    await inbox_setup.receiver.receive([question(1, "几点")])
    assert seen == [True]


async def test_a_chat_waits_as_long_as_an_update_of_it_does(inbox_setup: InboxSetup) -> None:
    """Also where others of it go on beside that one."""
    goes_on = asyncio.Event()

    async def act(words: str, _attempt: int) -> Records:
        if words == "a":
            let_chat_go_on()
            await goes_on.wait()
        return NOTHING

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(1, "a", chat=-8)])
    received = time.monotonic()
    await inbox_setup.receiver.receive([question(2, "b", chat=-8)])
    inbox_setup.worker.start()
    async with asyncio.timeout(10):
        while "b" not in inbox_setup.notes.followed or len(inbox_setup.inbox.waiting(())) > 1:
            await asyncio.sleep(0.005)
    lasted = time.monotonic() - received
    assert inbox_setup.worker.waiting_s()["chat -8"] >= lasted
    goes_on.set()
    await inbox_setup.work_through()
    assert inbox_setup.worker.waiting_s() == {}


async def test_an_inline_query_that_came_too_late_is_dropped(
    inbox_setup: InboxSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it any more; a button is handled however late, its age given."""
    sender = {"id": 5, "is_bot": False, "first_name": "王小明"}
    late = datetime.now(UTC) - timedelta(seconds=200)
    monkeypatch.setattr(inbox_setup.database, "_clock", lambda: late)
    await inbox_setup.receiver.receive(
        [
            {"update_id": 1, "inline_query": {"id": "1", "from": sender, "query": "五"}},
            {"update_id": 2, "callback_query": {"id": "1", "from": sender, "data": "none"}},
        ]
    )
    after = InboxSetup(inbox_setup.database)
    await after.work_through()
    assert after.notes.handled == ["?"]
    assert after.notes.ages[0] > 190
    assert after.metrics.registry.get_sample_value("campaign_bot_updates_finished_total", {"outcome": "expired"}) == 1


async def test_what_was_just_received_is_not_read_from_the_store(
    inbox_setup: InboxSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was parsed when it came in; what another process put back is."""
    parsed: list[str] = []
    validate = Update.model_validate_json

    def noted(text: str) -> Update:
        parsed.append(text)
        return validate(text)

    monkeypatch.setattr(Update, "model_validate_json", noted)
    await inbox_setup.receiver.receive([question(1, "几点")])
    await inbox_setup.work_through()
    assert (inbox_setup.notes.handled, parsed) == (["几点"], [])
    await inbox_setup.receiver.receive([question(2, "在哪")])
    after = InboxSetup(inbox_setup.database)
    await after.work_through()
    assert (after.notes.handled, len(parsed)) == (["在哪"], 1)


async def test_a_clock_that_jumps_loses_nothing(inbox_setup: InboxSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    """Years ahead or back while questions wait: each is answered once, with an age that is not negative."""
    for number, years in enumerate((0, 5, -30), start=1):
        at = datetime.now(UTC) + timedelta(days=365 * years)
        monkeypatch.setattr(inbox_setup.database, "_clock", lambda at=at: at)
        await inbox_setup.receiver.receive([question(number, str(number), chat=number)])
    await inbox_setup.work_through()
    assert sorted(inbox_setup.notes.handled) == ["1", "2", "3"]
    assert min(inbox_setup.notes.ages) >= 0


async def test_at_its_end_it_finishes_what_is_under_way_and_leaves_the_rest(inbox_setup: InboxSetup) -> None:
    """What was not begun waits for the next start."""
    begun = asyncio.Event()

    async def act(words: str, _attempt: int) -> Records:
        begun.set()
        await inbox_setup.worker._stopping.wait()
        if words == "stopped":
            raise StoppingError
        return NOTHING

    inbox_setup.notes.act = act
    texts = ["under way", "next"]
    await inbox_setup.receiver.receive(
        [*(question(n, text) for n, text in enumerate(texts, 1)), question(3, "stopped", 8)]
    )
    await inbox_setup.work_until(begun.is_set)
    assert sorted(inbox_setup.notes.handled) == ["stopped", "under way"]
    after = InboxSetup(inbox_setup.database)
    await after.work_through()
    assert after.notes.handled == ["next", "stopped"]


async def test_what_is_dropped_is_found_again(inbox_setup: InboxSetup) -> None:
    """Whether it was being handled, or had not begun; nothing is claimed until this process has joined anew."""
    begun, joined = asyncio.Event(), []

    async def act(words: str, attempt: int) -> Records:
        begun.set()
        if (words, attempt) == ("a", 1):
            await asyncio.Event().wait()
        return NOTHING

    async def join() -> None:
        joined.append(inbox_setup.worker.waiting_s())

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(1, "a"), question(2, "b")])
    inbox_setup.worker.start()
    await begun.wait()
    await inbox_setup.receiver.receive([question(3, "c", chat=8)])
    await inbox_setup.worker.drop(join)
    assert joined == [{}]
    await inbox_setup.work_through()
    assert inbox_setup.notes.handled[0] == "a"
    assert sorted(inbox_setup.notes.handled[1:]) == ["a", "b", "c"]


async def test_what_may_not_be_sent_now_comes_before_what_comes_next(inbox_setup: InboxSetup) -> None:
    """It has left the memory, and is found in the inbox before anything new of its chat is handled."""
    refused = asyncio.Event()

    async def act(words: str, attempt: int) -> Records:
        if (words, attempt) == ("a", 1):
            refused.set()
            raise StoppingError
        return NOTHING

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(1, "a")])
    inbox_setup.worker.start()
    await refused.wait()
    await inbox_setup.receiver.receive([question(2, "b")])
    async with asyncio.timeout(10):
        while inbox_setup.inbox.waiting(()):
            await asyncio.sleep(0.005)
    assert inbox_setup.notes.handled == ["a", "a", "b"]
    await inbox_setup.worker.stop(5)
