"""An hour of trouble over 250 questions of 50 chats, and one message that is at fault itself."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.fake_bot_api import Failure
from tests.faults.world import Fault, NoConnection, Slow, World, world

CHATS, QUESTIONS = range(100, 150), 250
HOUR = 3600.0
SEED = 1
HTML_502 = Failure(502, text="<html>Bad Gateway</html>")
LOST = Failure(accepted=True)
TROUBLES = (HTML_502, Failure(502), NoConnection(b""), NoConnection(b"HTTP/1.1 503 No\r\n\r\n"), Slow(40), Slow(90))


def phases(chance: random.Random) -> list[Fault]:
    """Troubles of everything for 10 to 300 s, and some calm after each."""
    faults, at = [], chance.uniform(0, 60)
    while at < HOUR:
        end = at + chance.uniform(10, 300)
        faults.append(Fault(chance.choice(TROUBLES), since=at, until=end))
        at = end + chance.uniform(10, 120)
    return faults


def unlucky(chance: random.Random) -> Fault:
    """Of one message in twelve the first response is lost after it was accepted."""
    met: set[int] = set()

    def first_time(fields: Mapping[str, Any]) -> bool:
        question = fields["reply_parameters"]["message_id"]
        is_first = question not in met
        met.add(question)
        return is_first and random.Random(f"{seed} {question}").random() < 1 / 12

    seed = chance.random()
    return Fault(LOST, ("sendmessage",), only=first_time)


def is_poison(fields: Mapping[str, Any]) -> bool:
    """Whether a message answers the first question: the fake API numbers messages from 1000 on."""
    return bool(fields["reply_parameters"]["message_id"] == 1000)


async def asking(there: World, chance: random.Random) -> None:
    """Members ask at any time of the hour; the first question is the one that no server can take."""
    for number, at in enumerate(sorted(chance.uniform(0, HOUR) for _ in range(QUESTIONS))):
        await there.until(at)
        # The second one stands right behind it.
        await there.ask(f"写首诗送我妈{number}", chat=CHATS[max(0, number - 1) % len(CHATS)])


async def test_an_hour_of_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but one are answered, each chat's in their order; an answer is repeated only where a response was lost."""
    chance = random.Random(SEED)
    troubles = phases(chance)
    faults = [Fault(Failure(500), ("sendmessage",), only=is_poison), *troubles, unlucky(chance)]
    async with world(faults, tmp_path, monkeypatch, SEED) as there:
        await there.run(asking(there, chance))
        poison, behind, *others = there.asked
        answers = {question: there.answers_to(question) for question in there.asked}
        assert [question for question in there.asked if not answers[question]] == [poison]
        assert len(there.dead_letters()) == 1
        for chat in CHATS:
            firsts = [
                answers[question][0].at for question in there.asked if question.chat == chat and answers[question]
            ]
            assert firsts == sorted(firsts)
        repeated = {question.message: len(sent) - 1 for question, sent in answers.items() if len(sent) > 1}
        assert all(count <= there.api.lost[message] for message, count in repeated.items())
        assert repeated

        held_up = answers[behind][0].at - poison.at
        met = [trouble for trouble in troubles if trouble.since < answers[behind][0].at]
        assert 600 <= held_up <= 660 + sum(trouble.until - trouble.since + 60 for trouble in met)
        quiet = [
            answers[question][0].at - question.at
            for question in others
            if not there.api.lost[question.message]
            and not any(trouble.since - 5 < question.at < trouble.until + 61 for trouble in troubles)
        ]
        assert quiet
        assert max(quiet) < 5
