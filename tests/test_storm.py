"""A storm of failures over 500 questions of 100 chats: all answered, order kept in each chat."""

import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from tests.crash import waiting_in
from tests.fake_bot_api import Failure, FakeBotApi, serving
from tests.process import missed, running, settings_for, stop, wait_for
from tests.unlimited import unlimited_bot

CHATS = 100
QUESTIONS = 500
WORST_LUCK = 2
"""Failures that one reply meets at most: fewer than what may have arrived is sent."""
FLOOD_WAIT = Failure(429, {"parameters": {"retry_after": 1}})
SEND_FAILURES = {
    "send: 429": (0.02, FLOOD_WAIT),
    "send: 500": (0.05, Failure(500)),
    "send: dropped before acceptance": (0.03, Failure()),
    "send: dropped after acceptance": (0.03, Failure(accepted=True)),
    "send: dropped late after acceptance": (0.01, Failure(accepted=True, hang_s=2)),
}
POLL_FAILURES = {
    "poll: 429": (0.1, FLOOD_WAIT),
    "poll: 502": (0.1, Failure(502)),
    "poll: dropped": (0.1, Failure()),
    "poll: 409": (0.05, Failure(409)),
}


class Storm:
    """Failures by chance, from a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._met: Counter[Any] = Counter()
        self.failures: Counter[str] = Counter()

    def __call__(self, method: str, fields: dict[str, Any]) -> Failure | None:
        if method == "getupdates":
            return self._draw(POLL_FAILURES)
        if method != "sendmessage":
            return None
        question = fields["reply_parameters"]["message_id"]
        failure = self._draw(SEND_FAILURES) if self._met[question] < WORST_LUCK else None
        self._met[question] += failure is not None
        return failure

    def _draw(self, failures: dict[str, tuple[float, Failure]]) -> Failure | None:
        drawn = self._chance.random()
        for name, (share, failure) in failures.items():
            drawn -= share
            if drawn < 0:
                self.failures[name] += 1
                return failure
        return None


def test_a_storm_loses_nothing(tmp_path: Path) -> None:
    """429, 500, connections dropped before and after acceptance, at once and late, while polling as well."""
    storm = Storm(seed=20260531)
    with serving(FakeBotApi(storm)) as api:
        settings = settings_for(api, tmp_path)
        asked: dict[int, tuple[int, str]] = {}

        with running(settings, tmp_path / "log", unlimited_bot) as process:
            for number in range(QUESTIONS):
                chat, text = 1000 + number % CHATS, f"写首诗送我妈{number}"
                asked[api.member_says(text, chat=chat)["message_id"]] = (chat, text)
            api.wait_until(lambda: len(api.sent()) >= QUESTIONS and answered(api) == QUESTIONS, seconds=120)
            # The last replies may be accepted and not yet dropped.
            wait_for(lambda: not waiting_in(settings["CAMPAIGN_BOT_DATABASE_URL"]), seconds=60)
            stop(process)
        answers = [quoted(message) for message in api.sent()]
        assert set(answers) == set(asked)
        order: dict[int, list[int]] = defaultdict(list)
        for message in dict.fromkeys(answers):
            order[asked[message][0]].append(message)
        assert all(messages == sorted(messages) for messages in order.values())
        repeats = sum(count for failure, count in storm.failures.items() if "after acceptance" in failure)
        assert len(answers) - len(asked) <= repeats
        assert set(storm.failures) >= set(SEND_FAILURES)
        assert set(storm.failures).intersection(POLL_FAILURES)
        assert {row["question"]: row["count"] for row in missed(settings)} == {text: 1 for _, text in asked.values()}
        assert api.invalid == []


def answered(api: FakeBotApi) -> int:
    """How many questions have a reply."""
    return len({quoted(message) for message in api.sent()})


def quoted(message: dict[str, Any]) -> int:
    """The question that a reply stands under."""
    return int(message["reply_to_message"]["message_id"])
