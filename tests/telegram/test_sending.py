"""How calls go out: rates, flood waits, and what is sent again."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.backoff import backoff
from bot.errors import StoppingError
from bot.metrics import Metrics
from bot.telegram.client import NeverSentError
from bot.telegram.sending import TRIES, Bucket, Limits, SendingPolicy
from tests.clocks import VirtualTime


class Calls:
    """What goes out through a policy, and when. ``answer`` raises what a call is answered with, or nothing."""

    def __init__(self, answer: Callable[[int, int], None] = lambda _chat, _attempt: None) -> None:
        self.time = VirtualTime()
        self.policy = SendingPolicy(Metrics(), now=self.time, sleep=self.time.sleep)
        self.made: list[tuple[float, Any]] = []
        self._answer = answer

    async def call(self, chat: int, endpoint: str = "sendMessage") -> Any:
        """One call through the policy."""
        data = {"chat_id": chat} if endpoint != "getMe" else {}

        async def transport(_endpoint: str, data: dict[str, Any]) -> bool:
            await asyncio.sleep(0)
            to = data.get("chat_id", endpoint)
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
        if chat == "getMe" and attempt == 1:
            raise RetryAfter(60)

    calls = Calls(answer)
    await calls.time.run(calls.call(0, "getMe"), calls.call(1))
    assert calls.at("getMe") == [0, 60]
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
        if (scope in {1, 2, 3} or scope == "getMe") and attempt == 1:
            raise RetryAfter(10)

    calls = Calls(answer)
    await calls.time.run(*(calls.call(chat) for chat in (1, 2, 3)))
    await calls.time.run(calls.time.sleep(60))
    start = calls.time.now
    await calls.time.run(calls.call(0, "getMe"), calls.call(9))
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


def never_sent(_attempt: int) -> None:
    raise NeverSentError("no network")


def unless(attempt_of_success: int, error: Exception) -> Callable[[int], None]:
    """Fails until this attempt."""

    def answer(attempt: int) -> None:
        if attempt < attempt_of_success:
            raise error

    return answer


OUTCOMES: dict[str, tuple[Callable[[int], None], int, type[Exception] | None]] = {
    "taken at once": (unless(1, TimedOut()), 1, None),
    "a time-out, which may have been taken: again": (unless(2, TimedOut()), 2, None),
    "a server error: again": (unless(3, NetworkError("Bad Gateway")), 3, None),
    "again and again: bounded": (unless(99, NetworkError("Bad Gateway")), TRIES, NetworkError),
    "not a member any more: final": (unless(99, Forbidden("blocked")), 1, Forbidden),
    "a bad request, which is a NetworkError to PTB: final": (unless(99, BadRequest("chat not found")), 1, BadRequest),
    "refused token: until it is accepted": (unless(30, InvalidToken()), 30, None),
    "429 over and over: until it ends": (unless(30, RetryAfter(1)), 30, None),
}


@pytest.mark.parametrize(("answer", "attempts", "error"), OUTCOMES.values(), ids=OUTCOMES.keys())
async def test_what_is_sent_again(answer: Callable[[int], None], attempts: int, error: type[Exception] | None) -> None:
    """What may have reached Telegram is bounded, what can't have is not, what is final is final."""
    calls = Calls(lambda _chat, attempt: answer(attempt))
    (result,) = await calls.time.run(calls.call(1))
    assert len(calls.made) == attempts
    assert isinstance(result, error) if error else result is True


async def test_what_can_not_have_been_sent_is_tried_until_it_is() -> None:
    """A night without network costs no question."""

    def answer(_chat: int, attempt: int) -> None:
        if attempt < 200:
            never_sent(attempt)

    calls = Calls(answer)
    assert await calls.time.run(calls.call(1)) == [True]
    assert calls.time.now - 1000 > 3600
    assert max(b - a for a, b in zip(calls.at(1), calls.at(1)[1:], strict=False)) <= 60


async def test_a_group_that_moved_gets_its_reply_at_its_new_place() -> None:
    """A group becomes a supergroup with another id."""

    def answer(chat: int, _attempt: int) -> None:
        if chat == -1:
            raise ChatMigrated(-1001)

    calls = Calls(answer)
    assert await calls.time.run(calls.call(-1)) == [True]
    assert calls.at(-1001)


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
