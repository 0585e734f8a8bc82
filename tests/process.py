"""The whole bot as a process.

Imports are most of what a start costs. So they are done once, in a server that forks: each bot is a process of its own,
which can be killed, but begins with its imports done. ``execute`` begins with a bare interpreter, as an operator does.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from bot.store.tables import SUBSCRIPTIONS
from tests.command_line import command
from tests.conftest import CANTEEN
from tests.fake_bot_api import TOKEN, FakeBotApi
from tests.forking import FORKING
from tests.new_database import put_new_database
from tests.programs import campaign_bot

WEBHOOK_SECRET = "canary-webhook-secret"


def free_port() -> int:
    """A port of loopback that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def settings_for(api: FakeBotApi, folder: Path, *, webhook: bool = False) -> dict[str, str]:
    """The environment of a bot that serves this API and keeps its files in this folder, where its database is put."""
    listen = f"127.0.0.1:{free_port()}"
    settings = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_BOT_")},
        "CAMPAIGN_BOT_TOKEN": TOKEN,
        "CAMPAIGN_BOT_API_URL": api.url,
        "CAMPAIGN_BOT_DATABASE_URL": put_new_database(folder / "bot.db"),
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


class Process(Protocol):
    """A process as the tests see it; ``subprocess.Popen`` is one."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended."""

    def kill(self) -> None:
        """End it at once."""

    def send_signal(self, number: int) -> None:
        """Send it a signal."""


class ForkedProcess:
    """A process that runs a function, with this environment alone; it writes to this file and works beside it."""

    def __init__(
        self, program: Callable[..., None], words: Sequence[str], settings: Mapping[str, str], log: Path
    ) -> None:
        log.touch()
        self._process = FORKING.Process(target=_run, args=(program, words, dict(settings), log), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """As ``Process`` says, and so below."""
        assert self._process.pid
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self._process.exitcode
        assert code is not None, "it still runs"
        return code

    def kill(self) -> None:
        self._process.kill()

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)


def _run(program: Callable[..., None], words: Sequence[str], settings: dict[str, str], log: Path) -> None:
    """Run a program in a process that was just forked."""
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(written, stream.fileno())
    os.close(written)
    os.environ.clear()
    os.environ.update(settings)
    os.chdir(log.parent)
    program(*words)


def start(settings: Mapping[str, str], log: Path, program: Callable[..., None] = campaign_bot) -> Process:
    """Start the bot; it logs to this file."""
    return ForkedProcess(program, (), settings, log)


BOT = ("-m", "bot", "run")


def execute(settings: Mapping[str, str], log: Path, program: Sequence[str] = BOT) -> Process:
    """Start the bot as an operator does, by the words after ``python``; it logs to this file."""
    with log.open("ab") as stream:
        command = [sys.executable, *program]
        return subprocess.Popen(command, env=dict(settings), stdout=stream, stderr=stream, cwd=log.parent)


@contextmanager
def in_terminal(
    settings: Mapping[str, str], folder: Path, program: Sequence[str], *before: str
) -> "Iterator[tuple[subprocess.Popen[bytes], int]]":
    """A program that owns a terminal of its own, and the other end of that terminal: who closes it closes the window.

    ``before``: words in front of the program.
    """
    end, terminal = os.openpty()
    # Whoever leads a session takes the first terminal that it opens for its own.
    script = 'exec "$@" < "$0" > "$0" 2>&1'
    words = ["sh", "-c", script, os.ttyname(terminal), *before, sys.executable, *program]
    with subprocess.Popen(words, env=dict(settings), cwd=folder, start_new_session=True) as process, ending(process):
        yield process, end
    os.close(terminal)


def read_until(end: int, text: str) -> str:
    """All that is printed to a terminal until this text is."""
    read = bytearray()

    def is_there() -> bool:
        with suppress(BlockingIOError):
            read.extend(os.read(end, 4096))
        return text.encode() in read

    os.set_blocking(end, False)

    wait_for(is_there)
    return read.decode()


@contextmanager
def ending(process: Process) -> Iterator[Process]:
    """A process that is killed at the end."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def running(settings: Mapping[str, str], log: Path, program: Callable[..., None] = campaign_bot) -> Iterator[Process]:
    """The bot while it runs; it is killed at the end."""
    with ending(start(settings, log, program)) as process:
        yield process


def stop(process: Process) -> None:
    """End it as an operator would; what is under way is brought to its end."""
    process.send_signal(signal.SIGTERM)
    code = process.wait(timeout=10)
    assert code == 0, f"exit code {code}"


def refusal(settings: Mapping[str, str], folder: Path) -> str:
    """What a bot prints that can't start; its exit code is 2."""
    log = folder / "refusal"
    with ending(start(settings, log)) as process:
        assert process.wait(timeout=30) == 2
    return log.read_text()


def wait_for(reached: Callable[[], bool], seconds: float = 60) -> None:
    """Block until a state is reached that the fake API does not see."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)


def missed(settings: Mapping[str, str]) -> list[dict[str, Any]]:
    """The log of missed questions."""
    done = command(settings, "missed", "export", "--format", "json")
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def waiting(database: Path) -> int:
    """How many members are still to be told of an answer."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {SUBSCRIPTIONS.name}").fetchone()[0])
