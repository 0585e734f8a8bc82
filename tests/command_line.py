"""Commands, run within the test's own process."""

import contextlib
import gc
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from bot.cli import main


def command(
    settings: Mapping[str, str], *words: str, given: str = "", folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """What ``campaign-bot`` does with these words in this environment alone, this input and this current folder."""
    stdin, stdout, stderr = (
        io.TextIOWrapper(io.BytesIO(content), encoding="utf-8") for content in (given.encode(), b"", b"")
    )
    mask = os.umask(0o077)
    code: object = 0
    with (
        mock.patch.dict(os.environ, settings, clear=True),
        contextlib.chdir(folder or Path.cwd()),
        # A command freezes what its own process imported; here that would be what the tests have made.
        mock.patch.object(gc, "freeze"),
        mock.patch.multiple(sys, argv=["campaign-bot", *words], stdin=stdin, stdout=stdout, stderr=stderr),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
        finally:
            os.umask(mask)
    for stream in (stdout, stderr):
        stream.flush()
    printed = (stream.buffer.getvalue().decode() for stream in (stdout, stderr))
    assert isinstance(code, int | None)
    return subprocess.CompletedProcess(words, code or 0, *printed)
