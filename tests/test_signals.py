"""What a hangup means: real processes with and without a terminal."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import in_terminal, read_until

PROGRAM = """
import signal, sys
from bot.signals import Hangup
hangup = Hangup()
def told(*_):
    open("end", "w").write(str(hangup.ends()))
    sys.exit(0)
signal.signal(signal.SIGHUP, told)
print("ready", flush=True)
signal.pause()
"""


IGNORING = ("sh", "-c", 'trap "" HUP; exec "$@"', "sh")
"""What ``nohup`` does, which would write to a file besides."""


@pytest.fixture
def settings() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}


@pytest.mark.parametrize(
    ("before", "closes", "ends"),
    [((), True, True), ((), False, False), (IGNORING, True, False)],
    ids=["the window is closed", "somebody sends it", "the window is closed, and hangups are ignored"],
)
def test_a_process_with_a_terminal(
    settings: dict[str, str], tmp_path: Path, before: tuple[str, ...], *, closes: bool, ends: bool
) -> None:
    """A hangup ends it where its terminal is gone, unless it was to outlive that."""
    with in_terminal(settings, tmp_path, ("-c", PROGRAM), *before) as (process, end):
        read_until(end, "ready")
        if closes:
            os.close(end)
        else:
            process.send_signal(signal.SIGHUP)
        assert process.wait(timeout=30) == 0
        if not closes:
            os.close(end)
    assert (tmp_path / "end").read_text() == str(ends)


def test_a_process_without_a_terminal(settings: dict[str, str], tmp_path: Path) -> None:
    """A hangup never ends it."""
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(
        command, env=settings, cwd=tmp_path, start_new_session=True, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGHUP)
        assert process.wait(timeout=30) == 0
    assert (tmp_path / "end").read_text() == "False"
