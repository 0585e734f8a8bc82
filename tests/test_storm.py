"""A storm of faults over 1,000 questions of 200 chats: all answered, order kept in each chat."""

import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from tests.crash import waiting_in
from tests.fake_bot_api import FakeBotApi, Fault, serving
from tests.process import UNLIMITED_BOT, missed, running, settings_for, stop, wait_for

CHATS = 200
QUESTIONS = 1000
WORST_LUCK = 3
"""Faults that one reply meets at most: fewer than the bot's bounded attempts."""
HALT = Fault(429, {"parameters": {"retry_after": 1}})
SEND_FAULTS = {
    "send: 429": (0.02, HALT),
    "send: 500": (0.05, Fault(500)),
    "send: dropped before acceptance": (0.03, Fault()),
    "send: dropped after acceptance": (0.03, Fault(accepted=True)),
    "send: time-out after acceptance": (0.005, Fault(accepted=True, hang_s=6)),
}
POLL_FAULTS = {
    "poll: 429": (0.1, HALT),
    "poll: 502": (0.1, Fault(502)),
    "poll: dropped": (0.1, Fault()),
    "poll: 409": (0.05, Fault(409)),
}


class Storm:
    """Faults by chance, from a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._met: Counter[Any] = Counter()
        self.faults: Counter[str] = Counter()

    def __call__(self, method: str, fields: dict[str, Any]) -> Fault | None:
        if method == "getupdates":
            return self._draw(POLL_FAULTS)
        if method != "sendmessage":
            return None
        question = fields["reply_parameters"]["message_id"]
        fault = self._draw(SEND_FAULTS) if self._met[question] < WORST_LUCK else None
        self._met[question] += fault is not None
        return fault

    def _draw(self, faults: dict[str, tuple[float, Fault]]) -> Fault | None:
        drawn = self._chance.random()
        for name, (share, fault) in faults.items():
            drawn -= share
            if drawn < 0:
                self.faults[name] += 1
                return fault
        return None


def test_a_storm_loses_nothing(tmp_path: Path) -> None:
    """429, 500, connections dropped before and after acceptance, time-outs after acceptance, while polling as well."""
    storm = Storm(seed=20260531)
    with serving(FakeBotApi(storm)) as api:
        settings = settings_for(api, tmp_path)
        asked: dict[int, tuple[int, str]] = {}

        with running(settings, tmp_path / "log", UNLIMITED_BOT) as process:
            for number in range(QUESTIONS):
                chat, text = 1000 + number % CHATS, f"写首诗送我妈{number}"
                asked[api.member_says(text, chat=chat)["message_id"]] = (chat, text)
            api.wait_until(lambda: len({quoted(message) for message in api.sent()}) == QUESTIONS, seconds=120)
            # The last replies may be accepted and still on their way to a time-out.
            wait_for(lambda: not waiting_in(tmp_path / "bot.db"), seconds=60)
            stop(process)
        answers = [quoted(message) for message in api.sent()]
        assert set(answers) == set(asked)
        order: dict[int, list[int]] = defaultdict(list)
        for message in dict.fromkeys(answers):
            order[asked[message][0]].append(message)
        assert all(messages == sorted(messages) for messages in order.values())
        repeats = sum(count for fault, count in storm.faults.items() if "after acceptance" in fault)
        assert len(answers) - len(asked) <= repeats
        assert set(storm.faults) >= set(SEND_FAULTS)
        assert set(storm.faults).intersection(POLL_FAULTS)
        assert {row["question"]: row["count"] for row in missed(settings)} == {text: 1 for _, text in asked.values()}
        assert api.invalid == []


def quoted(message: dict[str, Any]) -> int:
    """The question that a reply stands under."""
    return int(message["reply_to_message"]["message_id"])
