"""Logging: one line an event, with everything that looks like a bot token redacted, tracebacks included."""

import logging
import re
import sys

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
"""What a bot token looks like."""


class RedactingFormatter(logging.Formatter):
    """Formats as usual, then blanks out tokens, wherever they came from."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's text without secrets."""
        return TOKEN.sub("[token]", super().format(record))


def configure_logging(level: int = logging.INFO) -> None:
    """Log to standard error. httpx would log a line, with the token in it, for every poll."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "alembic", "telegram.ext"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    # It logs a traceback for every answer that is no JSON; the poller says the same in a line.
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)
