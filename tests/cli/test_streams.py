"""Commands whose standard streams, words or surroundings are not what they expect: real processes."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.cli.forked import forked
from tests.cli.test_cli import environment
from tests.conftest import ROOT
from tests.process import in_terminal, read_until

QUESTIONS = "补办饭卡\n写首诗送我妈\n".encode()
COMMANDS: dict[str, Sequence[str]] = {
    "ask": ("ask", "补办饭卡"),
    "ask --json": ("ask", "--json"),
    "chat": ("chat", "--log"),
    "chat --json": ("chat", "--json"),
    "check": ("check", "--quick"),
    "missed list": ("missed", "list"),
    "missed export": ("missed", "export"),
    "evaluate --json": ("evaluate", "--json", "--questions", "-"),
    "health": ("health",),
    "--help": ("--help",),
}
BUFFERED = {name: value for name, value in environment().items() if name != "PYTHONUNBUFFERED"}
FULL = "/dev/full"
FEW = ("ask", "chat --json", "missed export")
READ_INPUT = ("ask --json", "chat", "chat --json", "evaluate --json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that holds a miss."""
    folder = tmp_path_factory.mktemp("streams")
    assert execute(folder, ("ask", "--json", "--log")).returncode == 0
    return folder


def execute(
    folder: Path,
    words: Sequence[str | bytes],
    streams: Mapping[int, str | None] | None = None,
    settings: Mapping[str, str] = BUFFERED,
) -> "subprocess.CompletedProcess[bytes]":
    """The command with some of its streams led elsewhere, ``None`` for a closed one, and questions as its input."""
    given = b'{"q": "x", "kind": "out", "must": []}\n' if "--questions" in words else QUESTIONS
    with tempfile.TemporaryDirectory() as scratch:
        return forked(words, settings, folder, given, streams or {}, Path(scratch))


def execute_in_shell(
    folder: Path, words: Sequence[str], pipe: str = "", settings: Mapping[str, str] = BUFFERED
) -> "subprocess.CompletedProcess[bytes]":
    """The command in a Python of its own, which reads its settings, before what a shell does with its output."""
    return subprocess.run(
        ["sh", "-c", f'"$@" {pipe}', "sh", sys.executable, "-m", "bot", *words],
        env=settings,
        cwd=folder,
        input=QUESTIONS,
        capture_output=True,
        check=False,
        timeout=60,
    )


def said(done: "subprocess.CompletedProcess[bytes]") -> str:
    """The one line on standard error of a command that says what is wrong."""
    (line,) = done.stderr.decode().splitlines()
    assert done.returncode == 2
    return line


UNPRINTABLE = {
    **{f"{name}, closed": (words, None, {}) for name, words in COMMANDS.items()},
    **{f"{name}, full": (COMMANDS[name], FULL, {}) for name in FEW},
    **{f"{name}, full, unbuffered": (COMMANDS[name], FULL, {"PYTHONUNBUFFERED": "1"}) for name in FEW},
}


@pytest.mark.parametrize(("words", "output", "buffering"), UNPRINTABLE.values(), ids=UNPRINTABLE.keys())
def test_what_can_not_be_printed_is_one_line(
    folder: Path, words: Sequence[str], output: str | None, buffering: Mapping[str, str]
) -> None:
    """Never a traceback, and never as if it had been printed."""
    assert "读写失败" in said(execute(folder, words, {1: output}, {**BUFFERED, **buffering}))


@pytest.mark.parametrize("output", [None, FULL])
def test_standard_error_is_not_needed(folder: Path, output: str | None) -> None:
    """What has nothing to say there works without it; the exit code of what has stays."""
    done = execute(folder, ("ask", "补办饭卡"), {2: output})
    assert (done.returncode, bool(done.stdout)) == (0, True)
    assert execute(folder, ("nonsense",), {2: output}).returncode == 2


@pytest.mark.parametrize("name", [*READ_INPUT, "missed list", "health"])
def test_a_closed_input(folder: Path, name: str) -> None:
    """Whoever reads it says so; to the others it is nothing."""
    done = execute(folder, COMMANDS[name], {0: None})
    if name in READ_INPUT:
        assert "Bad file descriptor" in said(done)
        assert done.stdout == b""
    else:
        assert (done.returncode, done.stderr) == (1 if name == "health" else 0, b"")


@pytest.mark.parametrize("words", [("ask", "--json"), ("check", "--quick"), ("missed", "list")])
def test_no_stream_at_all(folder: Path, words: Sequence[str]) -> None:
    """As some who start programs leave it; what is opened later, such as the database, takes nobody's place."""
    done = execute(folder, words, {0: None, 1: None, 2: None})
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"")


@pytest.mark.parametrize("name", ["ask", "ask --json", "missed export"])
def test_a_reader_that_has_left(folder: Path, name: str) -> None:
    """It is told of, since more was to be read; a reader that wants a line alone gets it."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "bot", *COMMANDS[name]]
    with subprocess.Popen(
        command, env=environment(), cwd=folder, stdin=subprocess.PIPE, stdout=writing, stderr=subprocess.PIPE
    ) as process:
        os.close(writing)
        _, stderr = process.communicate(QUESTIONS, timeout=60)
    assert process.returncode == 2
    (line,) = stderr.decode().splitlines()
    assert "读写失败" in line
    done = execute_in_shell(folder, COMMANDS[name], "| head -n 1")
    assert (done.returncode, bool(done.stdout)) == (0, True)
    assert b"Traceback" not in done.stderr


LOCALES: dict[str, dict[str, str]] = {
    "none": {},
    "C": {"LC_ALL": "C"},
    "C without Python's help": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "one that is not there": {"LC_ALL": "zh_CN.GB18030"},
    "ASCII by Python's own setting": {"PYTHONIOENCODING": "ascii:strict"},
}


@pytest.mark.parametrize("locale", LOCALES.values(), ids=LOCALES.keys())
def test_any_locale(folder: Path, locale: Mapping[str, str]) -> None:
    """Words, input and output are UTF-8."""
    bare = {name: value for name, value in environment().items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    settings = {**bare, "PYTHONPATH": str(ROOT), **locale}
    done = execute_in_shell(folder, ("ask", "饭卡丢了怎么补"), settings=settings)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "带上工作证就行" in done.stdout.decode()
    done = execute_in_shell(folder, ("ask", "--json"), settings=settings)
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["answer", "unknown"]


NOT_UTF_8 = {
    "GB18030": "补办饭卡".encode("gb18030"),
    "a byte": b"\xff",
    "in a word": "补办".encode() + b"\xfe" + "饭卡".encode(),
    "half a character": "补办饭卡".encode()[:-1],
    "a surrogate": b"\xed\xa0\x80",
}


@pytest.mark.parametrize("text", NOT_UTF_8.values(), ids=NOT_UTF_8.keys())
def test_a_word_that_is_not_utf_8_is_a_question_too(folder: Path, text: bytes) -> None:
    """What can't be read of it is replaced."""
    done = execute(folder, ("ask", "--log", text))
    assert (done.returncode, done.stderr) == (0, b"")
    done.stdout.decode()


@pytest.mark.parametrize("command", ["ask", "chat"])
def test_a_line_that_is_not_utf_8_is_a_question_too(folder: Path, command: str) -> None:
    """As a word is."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", command, "--json"],
        env=environment(),
        cwd=folder,
        input=b"\n".join((*NOT_UTF_8.values(), b"")),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    asked = [json.loads(line)["say" if command == "chat" else "question"] for line in done.stdout.splitlines()]
    assert asked == [text.decode("utf-8", "replace") for text in NOT_UTF_8.values()]


WORDS_FOR_FILES: dict[str, Sequence[str | bytes]] = {
    "check": ("check", b"\xff"),
    "ask": ("ask", "几点", "--knowledge", b"\xff"),
    "evaluate": ("evaluate", "--questions", b"\xff"),
    "a home of nobody": ("check", "~nobody-canary/k"),
    "a report to a folder": ("missed", "report", "--html", "."),
    "a report to what is full": ("missed", "report", "--html", "/dev/full"),
    "plots to what is full": ("evaluate", "--sample", "5", "--html", "/dev/full"),
}


@pytest.mark.parametrize("words", WORDS_FOR_FILES.values(), ids=WORDS_FOR_FILES.keys())
def test_a_file_that_can_not_be_used_is_one_line(folder: Path, words: Sequence[str | bytes]) -> None:
    """It says which; ``check`` says that it is a fault of the knowledge."""
    done = execute(folder, words)
    assert done.returncode in {1, 2}
    assert len(done.stderr.splitlines()) == done.returncode - 1
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("home", ["/dev/null", "/proc/none"])
def test_a_home_that_is_not_there(folder: Path, home: str) -> None:
    """Nothing needs one: what would be kept there is computed anew."""
    settings = {name: value for name, value in environment(HOME=home).items() if name != "XDG_CACHE_HOME"}
    done = execute(folder, ("chat", "--json"), settings=settings)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, b"", 2)


def test_a_current_folder_that_is_gone(tmp_path: Path) -> None:
    """One line."""
    script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    settings = {name: value for name, value in environment().items() if name != "CAMPAIGN_BOT_KNOWLEDGE"}
    done = subprocess.run(
        ["sh", "-c", script, "sh", sys.executable, "-P", "-m", "bot", "ask", "几点"],
        env=settings | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert "The current folder" in said(done)


def test_the_window_of_a_conversation_is_closed(folder: Path) -> None:
    """It ends."""
    with in_terminal(environment(TERM="dumb"), folder, ("-m", "bot", "chat")) as (process, end):
        assert "Traceback" not in read_until(end, "你：")
        os.close(end)
        assert process.wait(timeout=30) in {-signal.SIGHUP, 0, 2}
