"""Settings: what is read from the environment and from ``.env``, and what is said of what is malformed."""

from pathlib import Path

import pytest

from bot.config import PREFIX, Settings, load_settings
from bot.errors import SettingsError

TOKEN = "123456789:AAcanaryTOKENcanaryTOKENcanaryTOKEN"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An empty folder, and no setting of this bot."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    return monkeypatch


def settings_of(environment: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        environment.setenv(f"{PREFIX}{name}", value)
    return load_settings()


READ: dict[str, tuple[dict[str, str], str, object]] = {
    "no admins": ({}, "admins", ()),
    "admins that are empty": ({"ADMINS": " "}, "admins", ()),
    "admins by commas": ({"ADMINS": "1,2, 3"}, "admins", (1, 2, 3)),
    "admins by Chinese commas and spaces": ({"ADMINS": " 1，2 3， "}, "admins", (1, 2, 3)),
    "a group": ({"ADMIN_GROUP": "-100123"}, "admin_group", -100123),
    "a setting that is empty is not set": ({"ADMIN_GROUP": ""}, "admin_group", None),
    "a level in small letters": ({"LOG_LEVEL": "debug"}, "log_level", "DEBUG"),
    "an address of the Bot API": ({"API_URL": "http://127.0.0.1:8081/"}, "api_url", "http://127.0.0.1:8081"),
    "a folder at home": ({"KNOWLEDGE": "~/k"}, "knowledge", Path("~/k").expanduser()),
    "a public webhook": ({"WEBHOOK_URL": "https://bot.example.org/x"}, "webhook_url", "https://bot.example.org/x"),
    "a webhook of a server of one's own": ({"WEBHOOK_URL": "http://127.0.0.1/x"}, "webhook_url", "http://127.0.0.1/x"),
}


@pytest.mark.parametrize(("values", "field", "expected"), READ.values(), ids=READ.keys())
def test_what_is_read(environment: pytest.MonkeyPatch, values: dict[str, str], field: str, expected: object) -> None:
    """As people write it."""
    assert getattr(settings_of(environment, **values), field) == expected


def test_the_environment_wins_over_the_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is not in the environment comes from ``.env``; names of other programs are nobody's business."""
    (tmp_path / ".env").write_text(f"{PREFIX}ADMINS=1\n{PREFIX}MISSES_A_DAY=7\nOTHER=x\n", encoding="utf-8")
    settings = settings_of(environment, ADMINS="2")
    assert (settings.admins, settings.misses_a_day) == ((2,), 7)


MALFORMED = {
    "admins": "1,x",
    "webhook_url": "http://bot.example.org/x",
    "webhook_secret": "a b",
    "key": "short",
    "listen": "8080",
    "log_level": "loud",
    "api_url": "127.0.0.1",
    "messages_a_minute": "0",
    "misses_a_day": "-1",
    "retention_days": "long",
}


@pytest.mark.parametrize(("field", "value"), MALFORMED.items(), ids=MALFORMED.keys())
def test_what_is_malformed_is_named(environment: pytest.MonkeyPatch, field: str, value: str) -> None:
    """It is named alone: its value may be a secret."""
    with pytest.raises(SettingsError) as caught:
        settings_of(environment, **{field.upper(): value, "ADMIN_GROUP": "-1"})
    assert str(caught.value).startswith(f"These settings are malformed: {PREFIX}{field.upper()}.")
    assert value not in str(caught.value).removeprefix(f"These settings are malformed: {PREFIX}{field.upper()}.")


def test_all_that_is_malformed_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    """In the order of the alphabet."""
    with pytest.raises(SettingsError, match="CAMPAIGN_BOT_ADMINS, CAMPAIGN_BOT_LISTEN"):
        settings_of(environment, LISTEN="x", ADMINS="x")


def test_a_file_that_is_not_utf_8(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As some editors save it."""
    (tmp_path / ".env").write_bytes(f"{PREFIX}ADMIN_GROUP=-1 # 管理群".encode("gbk"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        settings_of(environment)


ADDRESSES = {"127.0.0.1:8080": ("127.0.0.1", 8080), "[::1]:80": ("::1", 80), "localhost:0": ("localhost", 0)}


@pytest.mark.parametrize(("listen", "address"), ADDRESSES.items(), ids=ADDRESSES.keys())
def test_where_it_listens(environment: pytest.MonkeyPatch, listen: str, address: tuple[str, int]) -> None:
    """A host, or an IPv6 address in brackets, and a port."""
    assert settings_of(environment, LISTEN=listen).listen == address


TOKENS = {"none": (None, "is not set"), "one that nobody gave": ("abc", "is malformed")}


@pytest.mark.parametrize(("token", "reason"), TOKENS.values(), ids=TOKENS.keys())
def test_a_token_is_needed(environment: pytest.MonkeyPatch, token: str | None, reason: str) -> None:
    """The message tells who gives one."""
    settings = settings_of(environment, **({"TOKEN": token} if token else {}))
    with pytest.raises(SettingsError, match=f"CAMPAIGN_BOT_TOKEN {reason}.*@BotFather"):
        settings.required_token()


def test_a_token_may_stand_in_spaces(environment: pytest.MonkeyPatch) -> None:
    """As it is copied from a chat."""
    assert settings_of(environment, TOKEN=f" {TOKEN}\n").required_token() == TOKEN


def test_a_webhook_needs_its_secret(environment: pytest.MonkeyPatch) -> None:
    """Without an address there is none; a secret alone does nothing."""
    assert settings_of(environment, WEBHOOK_SECRET="s3cret").webhook() is None
    url = "https://bot.example.org/x"
    assert settings_of(environment, WEBHOOK_URL=url).webhook() == (url, "s3cret")
    environment.delenv(f"{PREFIX}WEBHOOK_SECRET")
    with pytest.raises(SettingsError, match="CAMPAIGN_BOT_WEBHOOK_SECRET is not set"):
        settings_of(environment, WEBHOOK_URL=url).webhook()


def test_where_the_knowledge_is(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As set; else a folder here, before the one that stands beside the package."""
    beside = settings_of(environment).knowledge
    assert beside.is_absolute()
    (tmp_path / "knowledge").mkdir()
    assert settings_of(environment).knowledge == Path("knowledge")
    assert settings_of(environment, KNOWLEDGE="/k").knowledge == Path("/k")


def test_where_what_can_be_computed_anew_is_kept(environment: pytest.MonkeyPatch) -> None:
    """By the XDG convention, unless it is set."""
    environment.setenv("XDG_CACHE_HOME", "/c")
    assert settings_of(environment).cache == Path("/c/campaign-bot")
    environment.delenv("XDG_CACHE_HOME")
    assert settings_of(environment).cache == Path("~/.cache/campaign-bot").expanduser()
    assert settings_of(environment, CACHE="~/c").cache == Path("~/c").expanduser()
