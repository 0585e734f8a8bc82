"""The command line: it parses and prints; everything else is elsewhere."""

import contextlib
import gc
import io
import os
import signal
import sys
from typing import TextIO

from bot.errors import CampaignBotError
from bot.signals import Hangup
from bot.texts import command_line as texts


def main() -> None:
    """Run a command. What a person can fix is one line on standard error and exit code 2, never a traceback.

    So is what could not be read or printed because a standard stream is closed or full, or because its reader has left.
    """
    # First of all: a signal may come while everything else is imported.
    if sys.argv[1:2] == ["run"]:
        _handle_early_signals()
    _open_closed_streams()
    # Whatever is created is its owner's alone.
    os.umask(0o077)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace", newline="\n" if stream is sys.stdin else None)
    # Words are read as the input is, whatever the locale says.
    sys.argv[1:] = [os.fsencode(word).decode("utf-8", "replace") for word in sys.argv[1:]]
    code, message = _run()
    if message:
        with contextlib.suppress(OSError):
            print(message, file=sys.stderr)
    _flush(sys.stderr)
    sys.exit(code)


def _run() -> tuple[int, str]:
    """The command's exit code once all is printed, and the line that is to be said of it."""
    output = sys.stdout
    try:
        from bot.cli.commands import run_command  # noqa: PLC0415 - signals and streams come first

        # What was imported stays: looking for garbage in it again and again would cost a seventh of the start of `ask`.
        gc.freeze()
        code, message = run_command(), ""
    except CampaignBotError as error:
        code, message = 2, str(error)
    except OSError as error:
        code, message = 2, _in_words(error)
    except KeyboardInterrupt:
        code, message = 130, ""
    except SystemExit as end:
        code, message = int(end.code or 0), ""
        # Typer and rich end the process when the reader has left.
        if isinstance(end.__context__, BrokenPipeError):
            code, message = 2, _in_words(end.__context__)
    if failure := _flush(output):
        code, message = 2, _in_words(failure)
    return code, message


def _in_words(error: OSError) -> str:
    failed = texts.FILE_FAILED if error.filename else texts.STREAM_FAILED
    return failed.format(file=error.filename, reason=error.strerror or error)


def _handle_early_signals() -> None:
    """Until the bot serves there is nothing to finish, and nothing to load anew: it is loaded then."""
    # The first process of a container ignores what it does not handle.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    hangup = Hangup()
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: sys.exit(0) if hangup.ends() else None)


def _open_closed_streams() -> None:
    """Open the standard streams that are closed: else the next file, such as the database, would stand in their place.

    Whatever uses standard input or output fails then; what would be said on standard error is lost.
    """
    ways = {"stdin": ("r", os.O_WRONLY), "stdout": ("w", os.O_RDONLY), "stderr": ("w", os.O_WRONLY)}
    for number, (name, (mode, access)) in enumerate(ways.items()):
        if getattr(sys, name) is None:
            # The lowest number that is free, which is this one.
            os.open(os.devnull, access)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - it stays open


def _flush(stream: TextIO) -> OSError | None:
    """Write what waits to be written. Where that fails it is given up, and the error is returned."""
    try:
        stream.flush()
    except OSError as error:
        # Python would try once more at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None
