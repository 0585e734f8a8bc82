"""What it costs to lose nothing: updates a second beside a bare PTB bot, and what a stuck chat costs the others."""

import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.fake_bot_api import Failure, FakeBotApi, serving
from tests.process import BOT, ending, execute, settings_for

UPDATES = 1000
CHATS = 200
UNLIMITED_BOT = (str(ROOT / "tests" / "unlimited.py"),)
ECHO_BOT = (str(ROOT / "tests" / "echo_bot.py"),)
PACE_S = 1 / 15
"""Between questions, well below what may be sent."""
ASKED = 300
STUCK = 1
"""The chat that has to wait."""


@contextmanager
def served(program: Sequence[str], **changed: str) -> Iterator[FakeBotApi]:
    """A program that serves a fake Bot API, over the knowledge that is shipped."""
    with serving(FakeBotApi()) as api, tempfile.TemporaryDirectory() as folder:
        settings: Mapping[str, str] = settings_for(api, Path(folder)) | {
            "CAMPAIGN_BOT_KNOWLEDGE": str(ROOT / "knowledge"),
            **changed,
        }
        with ending(execute(settings, Path(folder) / "log", program)):
            yield api


def updates_a_second(program: Sequence[str]) -> float:
    """From the first reply to the last, while so many questions wait."""
    with served(program) as api:
        for number in range(UPDATES):
            api.member_says(f"五带头第{number % 5 + 1}个是什么", chat=1000 + number % CHATS)
        api.wait_until(lambda: len(api.sent()) >= UPDATES, seconds=300)
        times = [at for (method, _), at in zip(api.calls, api.times, strict=True) if method == "sendmessage"]
    return (len(times) - 1) / (times[-1] - times[0])


def p99_ms(*, stuck: bool) -> float:
    """Of the time from a question to its reply, in the chats that do not have to wait."""
    with served(BOT) as api:
        if stuck:
            api.failure_rule = lambda method, fields: (
                Failure(429, {"parameters": {"retry_after": 600}})
                if method == "sendmessage" and fields["chat_id"] == STUCK
                else None
            )
        api.member_says("/start", chat=STUCK + 1)
        api.wait_until(lambda: len(api.sent()) == 1, seconds=60)
        asked: dict[int, float] = {}
        pace = threading.Event()
        for number in range(ASKED):
            # Every tenth question is the stuck chat's.
            chat = STUCK if number % 10 == 0 else 1000 + number
            asked[api.member_says("写首诗送我妈", chat=chat)["message_id"]] = time.monotonic()
            pace.wait(PACE_S)
        others = [number for place, number in enumerate(asked) if place % 10]
        api.wait_until(lambda: set(sent_at(api)).issuperset(others))
        times = sent_at(api)
    waits = sorted(1000 * (times[message] - asked[message]) for message in others)
    return waits[int(0.99 * (len(waits) - 1))]


def sent_at(api: FakeBotApi) -> dict[int, float]:
    """When the question with this message id got its reply."""
    return {
        fields["reply_parameters"]["message_id"]: at
        for (method, fields), at in zip(list(api.calls), list(api.times), strict=False)
        if method == "sendmessage" and "reply_parameters" in fields
    }


def main() -> None:
    """Print both."""
    ours, bare = updates_a_second(UNLIMITED_BOT), updates_a_second(ECHO_BOT)
    print(f"\nupdates a second: {ours:.0f}, a bare PTB echo bot {bare:.0f}, ratio {ours / bare:.2f}")
    without, beside = p99_ms(stuck=False), p99_ms(stuck=True)
    ratio = beside / without
    print(f"p99 beside a chat in a long flood wait: {beside:.0f} ms, without it {without:.0f} ms, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
