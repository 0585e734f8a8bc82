"""Log lines: plain on a terminal, JSON otherwise, and no secret in either."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.clock import Clock
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


ADDRESSES = {
    "a URL": ("proxy http://user:canary@10.0.0.1:3128 refused", "proxy http://[secret]@10.0.0.1:3128 refused"),
    "a user alone": ("https://canary@example.org/x", "https://[secret]@example.org/x"),
    "a password alone": ("redis://:canary@cache/0", "redis://[secret]@cache/0"),
    "a password with @": ("http://user:p@canary@host:1/x", "http://[secret]@host:1/x"),
    "a password with a slash": ("http://user:can/ary@host:1", "http://[secret]@host:1"),
    "a password with #": ("http://user:can#ary@host:1", "http://[secret]@host:1"),
    "a password that is quoted": ("socks5h://user:can%2Fary@[::1]:1", "socks5h://[secret]@[::1]:1"),
    "a database": ("postgresql+psycopg://me:canary@db/x?a=b", "postgresql+psycopg://[secret]@db/x?a=b"),
    "without a scheme": ("proxy user:canary@host:3128: no", "proxy [secret]@host:3128: no"),
    "without a scheme, quoted": ("URL('user:canary@host:3128')", "URL('[secret]@host:3128')"),
    "without a scheme, as a value": ("HTTPS_PROXY=user:canary@host:1", "HTTPS_PROXY=[secret]@host:1"),
    "without a scheme, a password with a slash": ("user:can/ary@host:1", "[secret]@host:1"),
    "without a scheme, a password with colons": ("user:can:ary@host", "[secret]@host"),
    "in Chinese": ("代理：user:canary@host:1", "代理：[secret]@host:1"),
    "two in a line": ("http://a:canary@b, c:canary@d", "http://[secret]@b, [secret]@d"),
    "in an object": ('{"proxy": "http://a:canary@b"}', '{"proxy": "http://[secret]@b"}'),
}


@pytest.mark.parametrize(("leak", "left"), ADDRESSES.values(), ids=ADDRESSES.keys())
@pytest.mark.parametrize("failed", [False, True])
def test_no_address_keeps_its_user_and_password(leak: str, left: str, *, failed: bool) -> None:
    """Whatever it comes from: nobody has named them as secrets."""
    plain, written = PlainFormatter(), json.loads(JsonFormatter().format(record(leak, failed=failed)))
    lines = [plain.format(record(leak, failed=failed)), written.get("trace", written["message"])]
    for line in lines:
        assert "canary" not in line.replace("can/ary", "canary").replace("can#ary", "canary")
    assert failed or all(line.endswith(left) for line in lines)


def test_a_line_for_people_has_the_time_of_their_zone() -> None:
    """A line for programs has UTC, whatever the zone."""
    row = record("几点")
    row.created, row.msecs = datetime(2026, 5, 31, 16, 30, tzinfo=UTC).timestamp(), 0
    plain = PlainFormatter(clock=Clock(ZoneInfo("Asia/Shanghai"))).format(row)
    assert plain.startswith("2026-06-01 00:30:00,000 ")
    assert json.loads(JsonFormatter(clock=Clock(ZoneInfo("Asia/Shanghai"))).format(row))["time"] == (
        "2026-05-31T16:30:00.000+00:00"
    )


def test_no_personal_number_is_written() -> None:
    """A fault may hold a member's words."""
    fault = record("KeyError: '打13812345678，写给a@b.cn，513321199001011234'", failed=True)
    for formatter in (PlainFormatter(), JsonFormatter()):
        assert not re.search(r"138|a@b|5133", formatter.format(fault))


HARMLESS = [
    "https://api.telegram.org/bot/getMe answered 502",
    "another program serves this bot's token: end that one (12:30:05)",
    "http://127.0.0.1:8080/healthz does not answer",
    "The knowledge is in /srv/bot@home/knowledge",
    "a chat of 5500112233 was asked in update 123456789",
    "@campaign_bot: retry",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    """An operator needs it."""
    assert json.loads(JsonFormatter().format(record(text)))["message"] == text


def test_json_is_one_object_a_line() -> None:
    """Whatever the message holds."""
    line = JsonFormatter().format(record("几点\n开会", failed=True))
    assert "\n" not in line
    fields = json.loads(line)
    assert (fields["level"], fields["logger"], fields["message"]) == ("ERROR", "bot.x", "failed")
    assert "ValueError: invalid literal" in fields["trace"]


def test_the_settings_know_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also passwords in the URLs of the database and of proxies, as they stand there and as they are meant."""
    for name, value in {
        "TOKEN": TOKEN,
        "KEY": "k" * 16,
        "WEBHOOK_SECRET": "webhook-secret",
        "DATABASE_URL": "postgresql://me:p%40ss@db/x",
    }.items():
        monkeypatch.setenv(f"CAMPAIGN_BOT_{name}", value)
    monkeypatch.setenv("HTTPS_PROXY", "user:pr%6Fxy@127.0.0.1:1")
    settings = Settings()
    assert settings.secrets() == [TOKEN, "webhook-secret", "k" * 16, "p%40ss", "pr%6Fxy", "p@ss", "proxy"]
    assert not any(secret in repr(settings) for secret in settings.secrets())
