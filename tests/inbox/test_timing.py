"""How long the chats wait that are being answered."""

import asyncio

from bot.inbox.timing import TimedHandler
from bot.store.records import NOTHING, Records
from tests.inbox_setup import InboxSetup, question


async def test_it_knows_how_long_each_chat_has_waited(inbox_setup: InboxSetup) -> None:
    """As long as something of the chat is unanswered, and in between two answers too."""
    moved = [0.0]
    timed = TimedHandler(inbox_setup.notes, lambda: moved[0])
    inbox_setup.worker.handler = timed
    goes_on = {"一": asyncio.Event(), "二": asyncio.Event()}

    async def act(words: str, _attempt: int) -> Records:
        await goes_on[words].wait()
        return NOTHING

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(1, "一", chat=-8), question(2, "二", chat=-8)])
    inbox_setup.worker.start()
    for words, event in goes_on.items():
        async with asyncio.timeout(10):
            while words not in inbox_setup.notes.handled:
                assert words == "一" or list(timed.waiting_s()) == ["chat -8"]
                await asyncio.sleep(0)
        moved[0] += 130
        assert timed.waiting_s()["chat -8"] >= 130
        event.set()
    await inbox_setup.work_through()
    assert timed.waiting_s() == {}


async def test_a_failure_ends_the_wait_too(inbox_setup: InboxSetup) -> None:
    """Nobody who was given up is late for ever."""
    timed = TimedHandler(inbox_setup.notes)
    inbox_setup.worker.handler = timed

    async def act(_words: str, _attempt: int) -> Records:
        raise ValueError

    inbox_setup.notes.act = act
    await inbox_setup.receiver.receive([question(1, "一")])
    await inbox_setup.work_through()
    assert inbox_setup.notes.apologies == ["一"]
    assert timed.waiting_s() == {}
