"""What is remembered of members, where each message may come to another replica."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from sqlalchemy import event
from telegram.ext import ExtBot

from bot.conversation.callbacks import AdminAction, AdminCallback, OpenItems, Origin, ShowTopics
from bot.conversation.context import Context, Conversation, ConversationMemory, TimedContext
from bot.conversation.reply import Button, Reply
from bot.errors import DeliveryError
from bot.inbox.encryption import Encryption
from bot.inbox.worker import _known
from bot.store.participants import Participants
from bot.store.records import ParticipantState, Records
from bot.telegram.client import Transport
from bot.telegram.exchanges import Exchange, ExchangeMemory, Exchanges
from bot.telegram.quotas import MemberRateLimit, Rate
from bot.telegram.shared_memory import MemberMemory, SharedMemory
from tests.admin_setup import AdminSetup
from tests.clocks import Clock
from tests.conftest import CANTEEN
from tests.fake_bot_api import TOKEN, FakeBotApi, serving
from tests.telegram.test_members import A_MINUTE, MEMBER, Handlers, message

SOMEBODY = (-7, 8)


class Replicas:
    """Handlers that take turns. What they are to keep is kept; ``shared`` tells whether they share their memory."""

    def __init__(self, api: FakeBotApi, bot: ExtBot[None], setup: AdminSetup, count: int, *, shared: bool) -> None:
        self.api = api
        self.setup = setup
        participants, encryption = Participants(setup.database), Encryption(TOKEN)
        each = [SharedMemory(participants, encryption) if shared else None for _ in range(count)]
        self.turns = cycle([Handlers(api, bot, setup, memory) for memory in each])
        self.kept: list[Records] = []
        self._ids = iter(range(1, 10_000))

    async def handle(self, **update: Any) -> Records:
        """Have one raw update handled by the next one."""
        handlers = next(self.turns)
        handlers._updates = next(self._ids)
        records = await handlers.records(**update)
        self.setup.usage.record(records)
        self.kept.append(records)
        return records

    def transcript(self) -> Sequence[object]:
        """What members read and where, and what is kept of it, besides what is remembered."""
        shown = [
            (method, fields["text"], fields.get("message_id"), fields.get("reply_parameters"))
            for method, fields in self.api.calls
            if "text" in fields
        ]
        return [*shown, *(replace(records, participants=()) for records in self.kept)]


@asynccontextmanager
async def replicas(folder: Path, count: int, *, shared: bool = True) -> AsyncIterator[Replicas]:
    """So many of them, over a new store."""
    folder.mkdir()
    with serving(FakeBotApi()) as api:
        async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport()) as bot:
            with closing(AdminSetup(CANTEEN, folder, Clock())) as setup:
                yield Replicas(api, bot, setup, count, shared=shared)


def said(*texts: str) -> list[dict[str, Any]]:
    """Messages, one after the other."""
    return [{"message": message(text=text) | {"message_id": 100 + number}} for number, text in enumerate(texts)]


def under_first_reply(data: str) -> dict[str, Any]:
    """A press under the first message that the bot has sent, which quotes nothing."""
    return {"callback_query": {"id": "9", "from": MEMBER, "data": data, "message": message() | {"message_id": 1000}}}


def edited(text: str) -> dict[str, Any]:
    """The first message of ``said`` is another one now."""
    return {"edited_message": message(text=text, edit_date=1780000001) | {"message_id": 100}}


PHOTO = {"message": message(photo=[], media_group_id="5")}
CONVERSATIONS = {
    "a choice from a list": said("开饭安排", "第二个"),
    "a typed number": said("/topics", "1", "1"),
    "a follow-up": said("补办饭卡", "还有呢", "第一个"),
    "a word on the last reply": said("补办饭卡", "再说一遍"),
    "two halves of a question": said("饭卡", "怎么补"),
    "an edited question": [*said("食堂几点关门"), edited("食堂几点开门")],
    "an edit that leaves the words": [*said("食堂几点关门"), edited("食堂几点关门")],
    "a press under a reply that quotes nothing": [*said("食堂 几点开门"), under_first_reply("u:d:opening")],
    "a press, twice": [*said("食堂 几点开门"), *[under_first_reply("u:d:opening")] * 2],
    "an album": [PHOTO, PHOTO, PHOTO],
    "a flood": said(*["你好"] * (A_MINUTE + 3)),
}


@pytest.mark.parametrize("updates", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
async def test_two_replicas_talk_like_one(updates: Sequence[dict[str, Any]], tmp_path: Path) -> None:
    """Each update comes to the other one. Without what they share they would not."""
    transcripts = []
    for name, count, shared in (("one", 1, False), ("two", 2, True), ("apart", 2, False)):
        async with replicas(tmp_path / name, count, shared=shared) as running:
            for update in updates:
                await running.handle(**update)
            transcripts.append(running.transcript())
    one, two, apart = transcripts
    assert one == two
    assert one != apart


async def test_what_is_kept_can_not_be_read(tmp_path: Path) -> None:
    """Neither the words nor who said them, and not by the key either."""
    async with replicas(tmp_path / "store", 2) as running:
        records = [await running.handle(**update) for update in said("补办饭卡", "写首诗送我妈")]
    states = [state for turn in records for state in turn.participants]
    assert len(states) == 2
    assert len({state.participant for state in states}) == 1
    for state in states:
        assert state.participant < 0
        assert state.content
        assert "饭卡".encode() not in state.content
        assert "饭卡" in Encryption(TOKEN).decrypt(state.content)


async def test_forget_leaves_nothing(tmp_path: Path) -> None:
    """In no replica."""
    async with replicas(tmp_path / "store", 2) as running:
        (state,) = (await running.handle(**said("补办饭卡")[0])).participants
        (forgotten,) = (await running.handle(**said("/forget")[0])).participants
        assert forgotten == ParticipantState(state.participant, None)
        running.api.calls.clear()
        assert (await running.handle(**said("再说一遍")[0])).participants
        (fields,) = running.api.sent()[-1:]
        assert "工作证" not in fields["text"]


async def test_nothing_is_read_or_kept_of_what_is_not_meant_for_the_bot(tmp_path: Path) -> None:
    """In a group members mostly talk with each other."""
    async with replicas(tmp_path / "store", 1) as running:
        assert await running.handle(message=message(-1007, text="吃了吗")) == Records()


async def test_what_another_key_or_version_has_written_counts_for_nothing(tmp_path: Path) -> None:
    """The message is answered all the same."""
    async with replicas(tmp_path / "store", 1) as running:
        (state,) = (await running.handle(**said("补办饭卡")[0])).participants
        for content in (b"damaged", Encryption("another").encrypt("{}"), Encryption(TOKEN).encrypt('{"exchanges":1}')):
            running.setup.usage.record(Records(participants=(replace(state, content=content),)))
            running.api.calls.clear()
            await running.handle(**said("补办饭卡")[0])
            assert "工作证" in running.api.sent()[-1]["text"]


async def test_it_is_read_once_as_long_as_its_chat_stays_here(tmp_path: Path) -> None:
    """Nobody else changes it then; what fails is tried again from what is kept."""
    async with replicas(tmp_path / "store", 1) as running:
        await running.handle(**said("补办饭卡")[0])
        reads: list[str] = []

        def statement(_connection: object, _cursor: object, text: str, *_: object) -> None:
            reads.extend([text] if "FROM participants" in text else ())

        event.listen(running.setup.database._engine, "before_cursor_execute", statement)
        _known.set(set())
        for text in ("再说一遍", "太长了"):
            assert (await running.handle(**said(text)[0])).participants
        assert len(reads) == 1
        running.api.fail_next("sendMessage", 500)
        with pytest.raises(DeliveryError):
            await running.handle(**said("再说一遍")[0])
        await running.handle(**said("再说一遍")[0])
        assert len(reads) == 2


TEXTS = st.text(max_size=9)


def some(each: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Up to two."""
    return st.lists(each, max_size=2).map(tuple)


CALLBACKS = [OpenItems(Origin.HOT, ("a", "b")), ShowTopics(3), AdminCallback(AdminAction.SHOW_CARD, 3)]
BUTTONS = st.builds(Button, TEXTS, st.sampled_from(CALLBACKS))
REPLIES = st.builds(Reply, TEXTS | TEXTS.map(Markup), some(st.tuples(BUTTONS)))
CONTEXTS = st.builds(
    Context,
    question=TEXTS,
    items=some(TEXTS),
    options=some(BUTTONS),
    earlier_options=some(BUTTONS),
    subjects=some(TEXTS),
    place=st.none() | st.integers(0, 99),
    fragments=some(TEXTS),
    reply=st.none() | REPLIES,
)
LAST = st.none() | st.builds(TimedContext, CONTEXTS, st.floats(900, 1000))
IDS = st.integers(-(2**63), 2**63 - 1)
EXCHANGES = st.builds(
    Exchanges,
    some(st.builds(Exchange, IDS, TEXTS, IDS, st.booleans())),
    some(st.tuples(IDS, TEXTS)),
    some(TEXTS),
)
RATES = st.builds(Rate, some(st.floats(0, 1e10)), st.booleans())


@settings(deadline=None)
@given(LAST, st.dictionaries(TEXTS, TEXTS, max_size=2), EXCHANGES, RATES)
def test_all_that_is_remembered_is_the_same_on_the_other_replica(
    last: TimedContext | None, readings: dict[str, str], exchanges: Exchanges, rate: Rate
) -> None:
    """Texts stay plain or HTML; of nobody else is anything remembered there."""
    here, there = (
        MemberMemory(ConversationMemory(lambda: 1000.0), ExchangeMemory(), MemberRateLimit(5)) for _ in range(2)
    )
    conversation = Conversation(last, readings)
    here.conversations.put(SOMEBODY, conversation)
    here.exchanges.put(SOMEBODY, exchanges)
    here.rate_limit.put_rate(SOMEBODY, rate)
    there.put(SOMEBODY, here.of(SOMEBODY))
    found = there.conversations.of(SOMEBODY)
    assert (found, there.exchanges.of(SOMEBODY)) == (conversation, exchanges)
    if conversation != Conversation() or exchanges != Exchanges():
        assert there.rate_limit.rate(SOMEBODY) == rate
    if last and last.context.reply:
        assert found.last
        assert found.last.context.reply
        assert type(found.last.context.reply.text) is type(last.context.reply.text)
    assert there.of((-7, 9)) == ""


def test_a_context_is_as_old_on_the_other_replica() -> None:
    """It is forgotten five minutes after it came about, wherever that was."""
    times = [0.0]
    here, there = (ConversationMemory(lambda: times[-1]) for _ in range(2))
    here.put_context(SOMEBODY, Context("补办饭卡"))
    times.append(200)
    there.put(SOMEBODY, here.of(SOMEBODY))
    assert there.context(SOMEBODY).question == "补办饭卡"
    times.append(301)
    assert there.context(SOMEBODY) == Context()
    there.put(SOMEBODY, Conversation(TimedContext(Context("补办饭卡"), 0)))
    assert there.context(SOMEBODY) == Context()


def test_the_latest_of_each_kind_are_remembered() -> None:
    """Twenty of them."""
    conversations, exchanges = ConversationMemory(), ExchangeMemory()
    for number in range(25):
        conversations.put_reading(SOMEBODY, f"那{number}呢", str(number))
        exchanges.add(SOMEBODY, Exchange(number, str(number), 100 + number, quotes=False))
        assert exchanges.is_first_press(SOMEBODY, number, "u")
        assert exchanges.is_first_of_album(SOMEBODY, str(number))
    assert list(conversations.of(SOMEBODY).readings.values()) == [str(number) for number in range(5, 25)]
    kept = exchanges.of(SOMEBODY)
    assert [exchange.question for exchange in kept.exchanges] == list(range(5, 25))
    assert (len(kept.presses), len(kept.albums)) == (20, 20)
    assert exchanges.to_question(SOMEBODY, 4) is None
