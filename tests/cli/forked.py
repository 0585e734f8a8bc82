"""Commands in processes that are forked from one that has imported them: real streams, without the cost of a start."""

import io
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess

from bot.cli import main
from tests.forking import FORKING

_MODES = {0: "r", 1: "w", 2: "w"}


def forked(
    words: Sequence[str | bytes],
    settings: Mapping[str, str],
    folder: Path,
    given: bytes,
    streams: Mapping[int, str | None],
    scratch: Path,
) -> "CompletedProcess[bytes]":
    """What the command does in this environment and folder with this input.

    ``streams``: by its number, the file that a standard stream leads to instead, or ``None`` if it is closed.
    ``scratch`` is an empty folder for what it reads and prints.
    """
    paths: dict[int, str | None] = {number: str(scratch / str(number)) for number in _MODES}
    for number in _MODES:
        (scratch / str(number)).write_bytes(given if number == 0 else b"")
    process = FORKING.Process(target=_run, args=(words, dict(settings), folder, paths | dict(streams)))
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return CompletedProcess(words, process.exitcode, (scratch / "1").read_bytes(), (scratch / "2").read_bytes())


def _run(
    words: Sequence[str | bytes], settings: Mapping[str, str], folder: Path, paths: Mapping[int, str | None]
) -> None:
    os.environ.clear()
    os.environ.update(settings)
    os.chdir(folder)
    for number, path in paths.items():
        os.close(number)
        if path:
            opened = os.open(path, os.O_WRONLY if number else os.O_RDONLY)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
    is_unbuffered = "PYTHONUNBUFFERED" in settings
    for (number, mode), name in zip(_MODES.items(), ("stdin", "stdout", "stderr"), strict=True):
        setattr(sys, name, _stream(number, mode, is_unbuffered=is_unbuffered) if paths[number] else None)
    sys.argv = ["campaign-bot", *map(os.fsdecode, words)]
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001 - as Python does at its end
        traceback.print_exc()
        code = 1
    try:
        sys.stdout.flush()
    except OSError:
        traceback.print_exc()
        code = 120
    os._exit(code if isinstance(code, int) else 1)


def _stream(number: int, mode: str, *, is_unbuffered: bool) -> io.TextIOWrapper:
    """A standard stream as Python opens it."""
    buffer = open(number, f"{mode}b", 0 if is_unbuffered and mode == "w" else -1, closefd=False)  # noqa: SIM115
    errors = "backslashreplace" if number == 2 else "surrogateescape"
    return io.TextIOWrapper(
        buffer, encoding="utf-8", errors=errors, line_buffering=number == 2, write_through=is_unbuffered
    )
