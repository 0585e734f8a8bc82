"""``make crash``: the bot is killed again and again while questions wait, and none may be lost.

The real process against the Bot API over HTTP. Every question is one that the bot can't answer, so that the log of
missed questions must hold exactly what was asked. A reply that was accepted just before a kill, too late for its
commit, may be sent once more; nothing else may.
"""

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bot.inbox.encryption import Encryption
from bot.inbox.updates import Update
from tests.fake_bot_api import TOKEN, FakeBotApi, serving
from tests.postgresql import MISSING, programs
from tests.postgresql import serving as postgresql
from tests.process import Process, missed, settings_for, start, stop

LONGEST_LIFE_S = 0.7
"""After its first call; at 27 replies a second, 20 lives then leave some of 200 questions for the last."""


@dataclass
class Report:
    """What came of a run. Questions are known by their message's id."""

    lost: list[int] = field(default_factory=list)
    unexplained: list[int] = field(default_factory=list)
    """Answered more often than kills can have caused."""
    twice: int = 0
    in_flight: int = 0
    worst_chat: int = 0
    """In flight in one chat at one kill, at most."""
    kills_while_busy: int = 0
    disordered: list[int] = field(default_factory=list)
    """Chats whose questions were not answered in their order."""
    log_is_exact: bool = False
    invalid: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        """Whether every promise was kept."""
        return self.log_is_exact and not (
            self.lost or self.unexplained or self.disordered or self.invalid or self.worst_chat > 1
        )


def crash(seed: int, *, webhook: bool, kills: int, questions: int, folder: Path, url: str = "") -> Report:
    """Ask, kill so often, let it finish, and look at what members and the log have got.

    ``url``: of the database, by default one of SQLite in this folder.
    """
    chance = random.Random(seed)
    report = Report()
    with serving(FakeBotApi()) as api:
        settings = settings_for(api, folder, webhook=webhook)
        url = url or settings["CAMPAIGN_BOT_DATABASE_URL"]
        settings["CAMPAIGN_BOT_DATABASE_URL"] = url
        asked: dict[int, tuple[int, str]] = {}
        for number in range(questions):
            # Some are asked twice: the log must count them.
            chat, text = 1000 + chance.randrange(questions // 5), f"写首诗送我妈{number * 3 // 4}"
            asked[api.member_says(text, chat=chat)["message_id"]] = (chat, text)
        allowed: Counter[int] = Counter()
        for _ in range(kills):
            process = started(settings, folder, api)
            time.sleep(chance.uniform(0, LONGEST_LIFE_S))
            process.kill()
            process.wait()
            api.wait_until(lambda: not api.active or api.active == api.polls)
            answered = Counter(replied_to(api))
            report.kills_while_busy += len(answered) < questions
            in_flight = [message for message in waiting_in(url) if answered[message]]
            allowed.update(in_flight)
            report.in_flight += len(in_flight)
            chats = Counter(asked[message][0] for message in in_flight)
            report.worst_chat = max([report.worst_chat, *chats.values()])
        process = started(settings, folder, api)
        try:
            api.wait_until(lambda: set(replied_to(api)) >= set(asked), seconds=60 + questions / 10)
            stop(process)
        except TimeoutError:
            process.kill()
            process.wait()
        answers = replied_to(api)
        report.lost = sorted(set(asked).difference(answers))
        times = Counter(answers)
        report.twice = sum(times.values()) - len(times)
        report.unexplained = [message for message, count in times.items() if count - 1 > allowed[message]]
        firsts: dict[int, list[int]] = defaultdict(list)
        for message in dict.fromkeys(answers):
            firsts[asked[message][0]].append(message)
        report.disordered = [chat for chat, messages in firsts.items() if messages != sorted(messages)]
        kept = {row["question"]: row["count"] for row in missed(settings)}
        report.log_is_exact = kept == Counter(text for _, text in asked.values())
        report.invalid = api.invalid
    return report


def started(settings: dict[str, str], folder: Path, api: FakeBotApi) -> Process:
    """The bot from its first call on."""
    calls = len(api.calls)
    process = start(settings, folder / "log")
    api.wait_until(lambda: len(api.calls) > calls)
    return process


def replied_to(api: FakeBotApi) -> list[int]:
    """The messages that accepted replies quote, in their order."""
    return [fields["reply_parameters"]["message_id"] for method, fields in list(api.calls) if method == "sendmessage"]


def waiting_in(url: str) -> list[int]:
    """The messages that the inbox holds and has not marked as done."""
    encryption = Encryption(TOKEN)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT payload FROM inbox WHERE state = 'waiting'")).all()
    updates = (Update.model_validate_json(encryption.decrypt(bytes(payload))) for (payload,) in rows)
    return [update.message.message_id for update in updates if update.message]


def main() -> int:
    """Both modes on SQLite, and on PostgreSQL if it is installed; exit code 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--questions", type=int, default=200)
    chosen = parser.parse_args()
    fine = True
    for backend, mode in itertools.product(("SQLite", "PostgreSQL"), ("polling", "webhook")):
        if backend == "PostgreSQL" and not programs():
            print(f"{MISSING}: {mode} on it is skipped.")
            continue
        with (
            tempfile.TemporaryDirectory() as folder,
            postgresql() if backend == "PostgreSQL" else nullcontext() as server,
        ):
            report = crash(
                chosen.seed,
                webhook=mode == "webhook",
                kills=chosen.kills,
                questions=chosen.questions,
                folder=Path(folder),
                url=server.new_database() if server else "",
            )
        fine &= report.fine
        print(
            f"{backend}, {mode}, seed {chosen.seed}: {chosen.kills} kills "
            f"({report.kills_while_busy} while questions waited), "
            f"{chosen.questions} questions, {len(report.lost)} lost, {report.twice} answered twice "
            f"({report.in_flight} sends in flight at the kills, at most {report.worst_chat} in a chat), "
            f"{len(report.unexplained)} of them unexplained, {len(report.disordered)} chats out of order, "
            f"the log is {'exact' if report.log_is_exact else 'WRONG'}"
        )
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
