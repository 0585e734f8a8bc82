"""Log lines: plain on a terminal, JSON otherwise, and no secret in either."""

import json
import logging
import sys

import pytest

from bot.config import Settings
from bot.logs import JsonFormatter, PlainFormatter
from tests.fake_bot_api import TOKEN

SECRETS = ['k"ey of sixteen characters', "p@ss word", "webhook-secret"]


def record(message: str, *, failed: bool = False) -> logging.LogRecord:
    """A record, with the traceback of a fault whose text is the message too."""
    if not failed:
        return logging.LogRecord("bot.x", logging.INFO, "x.py", 1, "%s", (message,), None)
    try:
        fault = int(message)
    except ValueError:
        return logging.LogRecord("bot.x", logging.ERROR, "x.py", 1, "failed", (), sys.exc_info())
    raise AssertionError(fault)


LEAKS = [f"GET /bot{TOKEN}/getMe", *SECRETS, "postgresql://me:p%40ss%20word@db/x", f"{SECRETS[0]} {TOKEN}"]


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("failed", [False, True])
def test_no_secret_is_written(leak: str, *, failed: bool) -> None:
    """In the message, in a traceback, quoted for a URL."""
    for formatter in (PlainFormatter(SECRETS), JsonFormatter(SECRETS)):
        line = formatter.format(record(leak, failed=failed))
        assert "[secret]" in line
        for secret in (TOKEN, *SECRETS, "p%40ss%20word"):
            assert secret not in line


def test_json_is_one_object_a_line() -> None:
    """Whatever the message holds."""
    line = JsonFormatter().format(record("几点\n开会", failed=True))
    assert "\n" not in line
    fields = json.loads(line)
    assert (fields["level"], fields["logger"], fields["message"]) == ("ERROR", "bot.x", "failed")
    assert "ValueError: invalid literal" in fields["trace"]


def test_the_settings_know_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a password in the database's URL, as it stands there and as it is meant."""
    for name, value in {
        "TOKEN": TOKEN,
        "KEY": "k" * 16,
        "WEBHOOK_SECRET": "webhook-secret",
        "DATABASE_URL": "postgresql://me:p%40ss@db/x",
    }.items():
        monkeypatch.setenv(f"CAMPAIGN_BOT_{name}", value)
    settings = Settings()
    assert settings.secrets() == [TOKEN, "webhook-secret", "k" * 16, "p%40ss", "p@ss"]
    assert not any(secret in repr(settings) for secret in settings.secrets())
