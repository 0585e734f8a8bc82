"""The whole bot as a process."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import CANTEEN, ROOT
from tests.fake_bot_api import TOKEN, FakeBotApi

WEBHOOK_SECRET = "canary-webhook-secret"


def free_port() -> int:
    """A port of loopback that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def settings_for(api: FakeBotApi, folder: Path, *, webhook: bool = False) -> dict[str, str]:
    """The environment of a bot that serves this API and keeps its files in this folder."""
    listen = f"127.0.0.1:{free_port()}"
    settings = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_BOT_")},
        "CAMPAIGN_BOT_TOKEN": TOKEN,
        "CAMPAIGN_BOT_API_URL": api.url,
        "CAMPAIGN_BOT_DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "CAMPAIGN_BOT_KNOWLEDGE": str(CANTEEN),
        "CAMPAIGN_BOT_LISTEN": listen,
        # Tests type faster than any member.
        "CAMPAIGN_BOT_MESSAGES_A_MINUTE": "1000",
    }
    if webhook:
        api.deliver_to = listen
        settings |= {
            "CAMPAIGN_BOT_WEBHOOK_URL": "https://bot.example.org/telegram",
            "CAMPAIGN_BOT_WEBHOOK_SECRET": WEBHOOK_SECRET,
        }
    return settings


BOT = ("-m", "bot", "run")
UNLIMITED_BOT = (str(ROOT / "tests" / "unlimited.py"),)


def start(settings: Mapping[str, str], log: Path, program: Sequence[str] = BOT) -> subprocess.Popen[bytes]:
    """Start the bot; it logs to this file."""
    with log.open("ab") as stream:
        command = [sys.executable, *program]
        return subprocess.Popen(command, env=dict(settings), stdout=stream, stderr=stream, cwd=log.parent)


def wait_for(reached: Callable[[], bool], seconds: float = 30) -> None:
    """Block until a state is reached that the fake API does not see."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def running(settings: Mapping[str, str], log: Path, program: Sequence[str] = BOT) -> Iterator[subprocess.Popen[bytes]]:
    """The bot while it runs; it is killed at the end."""
    process = start(settings, log, program)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def stop(process: subprocess.Popen[bytes]) -> None:
    """End it as an operator would; what is under way is brought to its end."""
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0


def command(settings: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Another command beside the running bot."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env=dict(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def missed(settings: Mapping[str, str]) -> list[dict[str, Any]]:
    """The log of missed questions."""
    done = command(settings, "missed", "export", "--format", "json")
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def waiting(database: Path) -> int:
    """How many members are still to be told of an answer."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM subscriptions").fetchone()[0])
