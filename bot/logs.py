"""Logging: one line an event, plain on a terminal and JSON otherwise, without secrets, tracebacks included."""

import json
import logging
import re
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial
from urllib.parse import quote

from bot.clock import MACHINE, Clock
from bot.masking import without_numbers

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
"""What a bot token looks like."""
_USER_INFO = (
    # Of a URL: up to the last @ before its path, and beyond a slash, # or ? where a password holds one.
    r"(?<=://)[^\s/?#]+(?=@)|(?<=://)[^\s/:@]*:[^\s@]+(?=@[\w\[])",
    # Of an address without a scheme.
    r"(?<![^\s\"'(<\[{=,;（，；：“])[^\s\"'(<\[{=,;:/@（，；：“]+:[^\s\"'@/][^\s\"'@]*(?=@[\w\[])",
)
"""Where a user name and a password stand, to which nobody gave a name as a secret."""
_SHORTEST_SECRET = 4
"""A shorter one would blank out ordinary words, and protects nothing."""


class PlainFormatter(logging.Formatter):
    """A line for people, with the time of ``clock``.

    ``secrets`` are blanked out wherever they came from, and so is all that looks like a token, or like the user name
    and the password in an address, or like a member's personal number.
    """

    def __init__(self, secrets: Collection[str] = (), clock: Clock = MACHINE) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self.converter = lambda at: clock.local(datetime.fromtimestamp(at or 0.0, UTC)).timetuple()
        known = {form for secret in secrets if len(secret) >= _SHORTEST_SECRET for form in (secret, quote(secret, ""))}
        # The longest first: a secret may be the beginning of another.
        literal = (re.escape(secret) for secret in sorted(known, key=len, reverse=True))
        self._redact = partial(re.compile("|".join((*literal, TOKEN.pattern, *_USER_INFO))).sub, "[secret]")

    def format(self, record: logging.LogRecord) -> str:
        """The record's text without secrets."""
        return self._without_secrets(super().format(record))

    def _without_secrets(self, text: str) -> str:
        return without_numbers(self._redact(text))


class JsonFormatter(PlainFormatter):
    """A line for programs: an object with ``time``, ``level``, ``logger``, ``message`` and, of a fault, ``trace``."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON without secrets."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._without_secrets(record.getMessage()),
        }
        if record.exc_info:
            fields["trace"] = self._without_secrets(self.formatException(record.exc_info))
        return json.dumps(fields, ensure_ascii=False)


def configure_logging(level: str, secrets: Collection[str], clock: Clock) -> None:
    """Log to standard error.

    Libraries tell warnings alone, whatever the level: below that they write whole updates and URLs with the token.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter(secrets, clock) if sys.stderr.isatty() else JsonFormatter(secrets))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    logging.getLogger("bot").setLevel(level)
