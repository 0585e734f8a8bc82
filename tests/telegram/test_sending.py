"""How calls go out: rates, flood waits, and what is sent again."""

import asyncio
import itertools
import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import ExtBot

from bot.backoff import backoff
from bot.errors import StoppingError
from bot.metrics import Metrics
from bot.telegram.client import NotArrivedError, Transport, explain
from bot.telegram.retries import PATIENCE
from bot.telegram.sending import Bucket, Limits, SendingPolicy
from tests.clocks import VirtualTime
from tests.fake_bot_api import TOKEN, Failure, FakeBotApi


class Calls:
    """What goes out through a policy, and when. ``answer`` raises what a call is answered with, or nothing."""

    def __init__(self, answer: Callable[[int, int], None] = lambda _chat, _attempt: None) -> None:
        self.time = VirtualTime()
        self.policy = SendingPolicy(Metrics(), now=self.time, sleep=self.time.sleep)
        self.made: list[tuple[float, Any]] = []
        self._answer = answer

    async def call(self, chat: int, endpoint: str = "sendMessage") -> Any:
        """One call through the policy."""
        data = {"chat_id": chat} if endpoint.startswith(("send", "edit", "answer")) else {}

        async def transport(method: str, data: dict[str, Any]) -> bool:
            await asyncio.sleep(0)
            to = data.get("chat_id", method)
            self.made.append((self.time.now, to))
            self._answer(to, sum(one == to for _, one in self.made))
            return True

        return await self.policy.process_request(transport, (endpoint, data), {}, endpoint, data, None)

    def at(self, chat: Any) -> list[float]:
        """When calls to a chat were made, in seconds from the start."""
        return [round(time - 1000, 3) for time, to in self.made if to == chat]


@given(
    st.lists(st.floats(0, 50), min_size=1, max_size=60).map(sorted),
    st.sampled_from([Limits().overall, Limits().private, Limits().group, (0.5, 1)]),
)
def test_a_bucket_keeps_its_rate_in_every_window(arrivals: list[float], limit: tuple[float, int]) -> None:
    """However calls arrive, any T seconds see at most burst + T / interval of them; the first ones do not wait."""
    bucket = Bucket(*limit)
    turns = sorted(now + bucket.take(now) for now in arrivals)
    assert turns[: bucket.burst] == pytest.approx(arrivals[: bucket.burst])
    for first in range(len(turns)):
        for last in range(first, len(turns)):
            assert last - first + 1 <= bucket.burst + (turns[last] - turns[first]) / bucket.interval + 1e-6


def most_in(times: list[float], window: float) -> int:
    """How many fall into the busiest window."""
    return max(sum(start <= time < start + window for time in times) for start in times)


async def test_telegram_s_limits_are_kept() -> None:
    """30 a second over all, bursts and then 1 a second in a chat, 20 a minute in a group."""
    calls = Calls()
    await calls.time.run(*(calls.call(chat) for chat in range(1, 201)))
    assert most_in([time for time, _ in calls.made], 1.0) <= 30
    assert calls.time.now - 1000 < 200 / 25
    chat, group = Calls(), Calls()
    await chat.time.run(*(chat.call(7) for _ in range(20)))
    assert chat.at(7) == [0, 0, 0, *(pytest.approx(n, abs=0.1) for n in (0.07, 0.11, *range(1, 16)))]
    await group.time.run(*(group.call(-7) for _ in range(40)))
    assert most_in(group.at(-7), 60.0) <= 20


async def test_edits_in_a_group_are_not_counted_as_messages() -> None:
    """Whoever turns over cards does not wait for the 20 messages a minute, nor does a message wait for them."""
    calls = Calls()

    async def turn_over_cards() -> None:
        for _ in range(30):
            await calls.call(-7, "editMessageText")
            await calls.time.sleep(1)

    await calls.time.run(turn_over_cards())
    assert calls.time.now - 1000 < 32
    start = calls.time.now
    await calls.time.run(*(calls.call(-7) for _ in range(5)))
    assert calls.time.now - start < 1


async def test_a_flood_wait_for_an_edit_is_obeyed(api: FakeBotApi) -> None:
    """Over HTTP: cards are turned over without a wait, and after a 429 as late as Telegram says."""
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        time.now += seconds

    time = VirtualTime()
    policy = SendingPolicy(Metrics(), now=time, sleep=wait)
    async with ExtBot[None](TOKEN, f"{api.url}/bot", request=Transport(), rate_limiter=policy) as bot:
        card = await bot.send_message(-7, "第 1 张")
        for number in range(2, 10):
            await bot.edit_message_text(f"第 {number} 张", -7, card.message_id)
        assert sum(waits) < 4
        api.inject("editMessageText", Failure(429, {"parameters": {"retry_after": 40}}))
        await bot.edit_message_text("第 10 张", -7, card.message_id)
    assert sum(waits) >= 40
    assert [fields["text"] for kind, fields in api.events if kind == "editmessagetext"][-1] == "第 10 张"


async def test_a_flood_wait_lasts_as_long_as_it_says_and_holds_its_chat_alone() -> None:
    """Others go on at once; the refused call comes through by itself."""

    def answer(chat: int, attempt: int) -> None:
        if chat == 1 and attempt == 1:
            raise RetryAfter(300)

    calls = Calls(answer)
    results = await calls.time.run(calls.call(1), *(calls.call(chat) for chat in (2, 3)))
    assert results == [True] * 3
    assert calls.at(1) == [0, 300]
    assert max(calls.at(2) + calls.at(3)) < 0.2


async def test_a_flood_wait_of_a_method_without_a_chat_holds_that_method() -> None:
    """No chat waits for it."""

    def answer(chat: Any, attempt: int) -> None:
        if chat == "setMyDescription" and attempt == 1:
            raise RetryAfter(60)

    calls = Calls(answer)
    await calls.time.run(calls.call(0, "setMyDescription"), calls.call(1))
    assert calls.at("setMyDescription") == [0, 60]
    assert calls.at(1) == [0]


async def test_three_chats_refused_at_once_are_the_bot_as_a_whole() -> None:
    """Everyone waits then, as long as it says."""

    def answer(chat: int, attempt: int) -> None:
        if chat <= 3 and attempt == 1:
            raise RetryAfter(10)

    calls = Calls(answer)

    async def later() -> None:
        await calls.time.sleep(1)
        await calls.call(9)

    await calls.time.run(*(calls.call(chat) for chat in (1, 2, 3)), later())
    assert calls.at(9)[0] >= 10


async def test_an_old_refusal_of_three_chats_is_forgotten() -> None:
    """A method's flood wait hours later holds that method alone."""

    def answer(scope: Any, attempt: int) -> None:
        if (scope in {1, 2, 3} or scope == "setMyDescription") and attempt == 1:
            raise RetryAfter(10)

    calls = Calls(answer)
    await calls.time.run(*(calls.call(chat) for chat in (1, 2, 3)))
    await calls.time.run(calls.time.sleep(60))
    start = calls.time.now
    await calls.time.run(calls.call(0, "setMyDescription"), calls.call(9))
    assert calls.at(9) == [pytest.approx(start - 1000)]


async def test_a_shorter_flood_wait_does_not_end_a_longer_one() -> None:
    """Of the bot as a whole."""

    def answer(chat: int, attempt: int) -> None:
        if attempt == 1:
            raise RetryAfter(30 if chat < 4 else 2)

    calls = Calls(answer)
    await calls.time.run(*(calls.call(chat) for chat in (1, 2, 3, 4)))
    assert min(second for chat in (1, 2, 3) for second in calls.at(chat)[1:]) >= 30


@pytest.mark.parametrize("error", [RetryAfter(60), TimedOut(), NetworkError("502"), BadRequest("too old")])
async def test_what_is_worth_something_at_its_moment_alone_is_tried_once(error: TelegramError) -> None:
    """Nobody waits for the acknowledgement of a press; while its method has to wait it is not even made."""

    def answer(_chat: int, _attempt: int) -> None:
        raise error

    calls = Calls(answer)
    first, second = [(await calls.time.run(calls.call(1, "answerCallbackQuery")))[0] for _ in range(2)]
    assert type(first) is type(second) is type(error)
    assert calls.time.now == 1000
    assert len(calls.made) == (1 if isinstance(error, RetryAfter) else 2)


LEASES = {
    "it lasts": ([1, 1], ["here"]),
    "another one": ([1, 2], []),
    "none by then": ([1, None], []),
    "none": ([None, 1], []),
}


@pytest.mark.parametrize(("leases", "made"), LEASES.values(), ids=LEASES.keys())
async def test_a_call_is_made_by_what_entitled_it(leases: list[int | None], made: list[str]) -> None:
    """While it waits for its turn another replica may take over what it is for; then it is not made."""
    held, calls = iter(leases), list[str]()
    policy = SendingPolicy(Metrics(), lease=lambda: next(held))

    async def transport(_endpoint: str, _data: dict[str, Any]) -> bool:
        calls.append("here")
        return True

    with suppress(StoppingError):
        await policy.process_request(transport, ("sendMessage", {}), {}, "sendMessage", {"chat_id": 1}, None)
    assert calls == made


async def test_what_waits_for_a_slot_does_not_begin_after_a_stop() -> None:
    """More calls than may be under way."""
    policy = SendingPolicy(Metrics(), Limits((0, 1), (0, 1), (0, 1)))
    begun, go_on = [], asyncio.Event()

    async def transport(_endpoint: str, data: dict[str, Any]) -> bool:
        begun.append(data["chat_id"])
        await go_on.wait()
        return True

    def call(chat: int) -> asyncio.Task[Any]:
        data = {"chat_id": chat}
        request = policy.process_request(transport, ("sendMessage", data), {}, "sendMessage", data, None)
        return asyncio.create_task(request)

    tasks = [call(chat) for chat in range(1, 101)]
    while len(begun) < 64:
        await asyncio.sleep(0)
    policy.stop()
    go_on.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert len(begun) == 64
    assert sum(isinstance(result, StoppingError) for result in results) == 36


NOT_ARRIVED, PERHAPS = NotArrivedError("no network"), NetworkError("Bad Gateway")
FIRST, SECOND = PATIENCE.resend_after


def until(end_s: float, error: Exception, method: str = "getMe") -> Callable[[Any, float], None]:
    """Messages, and ``getMe`` or not, fail until so many seconds have passed."""

    def answer(to: Any, now_s: float) -> None:
        if now_s < end_s and to in {7, method}:
            raise error

    return answer


class Timed(Calls):
    """Calls that are answered by the time, in seconds from the start."""

    def __init__(self, answer: Callable[[Any, float], None]) -> None:
        super().__init__(lambda to, _attempt: answer(to, self.time.now - 1000))


async def test_a_refusal_is_final() -> None:
    """It is not sent again, and Telegram is not asked anything."""
    for error in (Forbidden("blocked"), BadRequest("chat not found"), Conflict("another")):
        calls = Timed(until(1, error))
        assert await calls.time.run(calls.call(7)) == [error]
        assert calls.made == [(1000, 7)]


async def test_429_over_and_over_is_waited_out() -> None:
    """As long as Telegram says, but no longer than a day."""
    calls = Timed(until(3600, RetryAfter(60)))
    assert await calls.time.run(calls.call(7)) == [True]
    assert calls.at(7)[-1] >= 3600
    calls = Timed(until(math.inf, RetryAfter(3600)))
    (error,) = await calls.time.run(calls.call(7))
    assert isinstance(error, RetryAfter)
    assert calls.at(7)[-1] == pytest.approx(24 * 3600)


async def test_what_did_not_arrive_is_sent_again_for_as_long_as_the_trouble_is_general() -> None:
    """A night without network costs no question, and meanwhile ``getMe`` alone is called, each minute."""
    calls = Timed(until(8 * 3600, NOT_ARRIVED))
    assert await calls.time.run(calls.call(7)) == [True]
    assert len(calls.at(7)) == 2
    asked = calls.at("getMe")
    assert max(later - earlier for earlier, later in itertools.pairwise(asked)) <= 60
    assert 0 <= calls.at(7)[-1] - asked[-1] <= 1


async def test_after_a_day_it_is_given_up() -> None:
    """When Telegram can be reached again."""
    calls = Timed(until(25 * 3600, NOT_ARRIVED))
    assert await calls.time.run(calls.call(7)) == [NOT_ARRIVED]
    assert calls.at(7) == [0]


async def test_a_message_that_fails_while_telegram_can_be_reached_is_given_up_after_ten_minutes() -> None:
    """With growing pauses of up to a minute, and Telegram is asked each time."""
    calls = Timed(until(math.inf, NOT_ARRIVED, method="nothing else"))
    assert await calls.time.run(calls.call(7)) == [NOT_ARRIVED]
    assert 600 <= calls.at(7)[-1] <= 661
    pauses = [later - earlier for earlier, later in itertools.pairwise(calls.at(7))]
    assert pauses[0] <= 1
    assert 30 <= max(pauses) <= 60
    assert len(calls.at("getMe")) == len(calls.at(7))


async def test_general_trouble_does_not_count_for_the_ten_minutes() -> None:
    """An hour of it in between."""

    def answer(to: Any, now_s: float) -> None:
        if to == 7 or (to == "getMe" and 60 < now_s < 3660):
            raise NOT_ARRIVED

    calls = Timed(answer)
    assert await calls.time.run(calls.call(7)) == [NOT_ARRIVED]
    assert 4100 <= calls.at(7)[-1] <= 4400


async def test_when_no_message_gets_through_none_is_at_fault() -> None:
    """Though ``getMe`` succeeds; once one gets through, the one that still fails is."""

    def answer(to: Any, now_s: float) -> None:
        if to == 7 or (to == 8 and now_s < 1800):
            raise NOT_ARRIVED

    calls = Timed(answer)
    assert await calls.time.run(*(calls.call(chat) for chat in (7, 8))) == [NOT_ARRIVED, True]
    assert 1800 <= calls.at(7)[-1] <= 1900


@pytest.mark.parametrize("error", [PERHAPS, TimedOut()])
async def test_what_may_have_arrived_is_sent_three_times_at_most(error: TelegramError) -> None:
    """Within some minutes."""
    calls = Timed(until(math.inf, error, method="nothing else"))
    assert await calls.time.run(calls.call(7)) == [error]
    assert calls.at(7) == pytest.approx([0, FIRST, FIRST + SECOND])
    calls = Timed(until(FIRST + 1, error, method="nothing else"))
    assert await calls.time.run(calls.call(7)) == [True]


async def test_general_trouble_does_not_count_for_the_three_times() -> None:
    """It is sent as soon as Telegram can be reached again, and three times more if need be."""

    def answer(to: Any, now_s: float) -> None:
        if to == 7 or now_s < 300:
            raise PERHAPS

    calls = Timed(answer)
    assert await calls.time.run(calls.call(7)) == [PERHAPS]
    first, second, third, fourth = calls.at(7)
    assert first == 0
    assert 300 <= second <= 361
    assert (third - second, fourth - third) == pytest.approx((FIRST, SECOND))


async def test_while_telegram_can_not_be_reached_nothing_else_is_sent() -> None:
    """Not even what is worth something at its moment alone; then all goes on."""
    calls = Timed(lambda to, now_s: until(300, NOT_ARRIVED)(7 if to != "getMe" else to, now_s))

    async def later(chat: int, endpoint: str) -> Any:
        await calls.time.sleep(10)
        return await calls.call(chat, endpoint)

    results = await calls.time.run(
        calls.call(7), later(8, "sendMessage"), later(9, "sendMessage"), later(9, "answerCallbackQuery")
    )
    assert results[:3] == [True] * 3
    assert isinstance(results[3], NotArrivedError)
    assert [at for at, to in calls.made if to in {8, 9}]
    assert min(at for at, to in calls.made if to in {8, 9}) >= 1300


async def test_other_chats_go_on_beside_a_message_that_fails() -> None:
    """They are not even slower."""
    calls = Timed(until(math.inf, NOT_ARRIVED, method="nothing else"))
    await calls.time.run(calls.call(7), *(calls.call(chat) for chat in range(8, 20)))
    assert max(calls.at(chat)[0] for chat in range(8, 20)) < 1


async def test_a_refused_token_is_waited_out() -> None:
    """Where ``getMe`` says so too."""
    calls = Timed(until(3600, InvalidToken("Unauthorized")))
    assert await calls.time.run(calls.call(7)) == [True]


async def test_a_method_that_a_server_does_not_know_says_nothing_about_the_token() -> None:
    """It is refused for good."""
    calls = Timed(until(math.inf, InvalidToken("Not Found"), method="nothing else"))
    (error,) = await calls.time.run(calls.call(7))
    assert isinstance(error, EndPointNotFound)
    assert "token" not in explain(error)


async def test_getme_is_not_made_again() -> None:
    """It is the question; whoever asks it at the start tries again."""
    calls = Timed(until(1, NOT_ARRIVED))
    assert await calls.time.run(calls.call(0, "getMe")) == [NOT_ARRIVED]
    assert calls.at("getMe") == [0]


async def test_a_group_that_moved_gets_its_reply_at_its_new_place() -> None:
    """A group becomes a supergroup with another id, which is remembered."""

    def answer(chat: int, _attempt: int) -> None:
        if chat == -1:
            raise ChatMigrated(-1001)

    calls = Calls(answer)
    assert await calls.time.run(calls.call(-1)) == [True]
    assert await calls.time.run(calls.call(-1)) == [True]
    assert len(calls.at(-1)) == 1
    assert len(calls.at(-1001)) == 2


async def test_when_the_bot_stops_no_call_begins() -> None:
    """Whoever waits for a turn is told; a call under way is left to end."""
    policy = SendingPolicy(Metrics())
    made = 0
    under_way, go_on = asyncio.Event(), asyncio.Event()

    async def transport(*_: object) -> bool:
        nonlocal made
        made += 1
        if made == 1:
            raise RetryAfter(300)
        under_way.set()
        await go_on.wait()
        return True

    def call(chat: int) -> asyncio.Task[Any]:
        data = {"chat_id": chat}
        return asyncio.create_task(
            policy.process_request(transport, ("sendMessage", data), {}, "sendMessage", data, None)
        )

    waiting, busy = call(1), call(2)
    await under_way.wait()
    policy.stop()
    go_on.set()
    results = await asyncio.gather(waiting, busy, call(3), return_exceptions=True)
    assert [type(result) for result in results] == [StoppingError, bool, StoppingError]
    assert made == 2


def test_pauses_double_up_to_a_minute() -> None:
    """With jitter, and without an end."""
    assert all(0.5 <= backoff(1) <= 1 for _ in range(50))
    assert all(4 <= backoff(4) <= 8 for _ in range(50))
    assert all(30 <= backoff(n) <= 60 for n in range(7, 2000))
