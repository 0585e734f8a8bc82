"""Settings: what is read from the environment and from ``.env``, and what is said of what is malformed."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import PREFIX, Settings, check_proxies, load_settings, unknown_settings
from bot.errors import SettingsError
from tests.conftest import ROOT

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
    "admins by other marks": ({"ADMINS": "1、2；3;4"}, "admins", (1, 2, 3, 4)),
    "a number in blanks": ({"RETENTION_DAYS": " 7 "}, "retention_days", 7),
    "a number of blanks": ({"RETENTION_DAYS": "  "}, "retention_days", 180),
    "a level in blanks": ({"LOG_LEVEL": "debug "}, "log_level", "DEBUG"),
    "a key of blanks": ({"KEY": " " * 20}, "key", None),
    "an address in blanks": ({"API_URL": " HTTPS://x.org "}, "api_url", "HTTPS://x.org"),
    "no zone": ({}, "time_zone", None),
    "a zone of blanks": ({"TIME_ZONE": " "}, "time_zone", None),
    "a zone": ({"TIME_ZONE": " Asia/Shanghai "}, "time_zone", ZoneInfo("Asia/Shanghai")),
    "a zone without a place": ({"TIME_ZONE": "UTC"}, "time_zone", ZoneInfo("UTC")),
    "no hour": ({}, "daily_hour", 9),
    "an hour that is empty is not set": ({"DAILY_HOUR": ""}, "daily_hour", 9),
    "the first hour": ({"DAILY_HOUR": "0"}, "daily_hour", 0),
    "the last hour": ({"DAILY_HOUR": "23"}, "daily_hour", 23),
    "an hour with a nought": ({"DAILY_HOUR": "08"}, "daily_hour", 8),
    "no daily line": ({"DAILY_HOUR": " Off "}, "daily_hour", None),
    "a group": ({"ADMIN_GROUP": "-100123"}, "admin_group", -100123),
    "a setting that is empty is not set": ({"ADMIN_GROUP": ""}, "admin_group", None),
    "a level in small letters": ({"LOG_LEVEL": "debug"}, "log_level", "DEBUG"),
    "an address of the Bot API": ({"API_URL": "http://127.0.0.1:8081/"}, "api_url", "http://127.0.0.1:8081"),
    "a group with the longest id": ({"ADMIN_GROUP": "-1000000000000000"}, "admin_group", -(10**15)),
    "the most of a count": ({"RETENTION_DAYS": "3650"}, "retention_days", 3650),
    "the least of a count": ({"MISSES_A_DAY": "0"}, "misses_a_day", 0),
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


PATHS = {
    "at home": ("~/k", "{home}/k"),
    "home itself": ("~", "{home}"),
    "by a variable": ("$HOME/k", "{home}/k"),
    "by a variable in braces": ("${HOME}/k", "{home}/k"),
    "from the root on": ("/k", "/k"),
    "here": ("k/l", "{here}/k/l"),
    "here, as a shell says it": ("./k", "{here}/k"),
    "with a blank": ("我的 k", "{here}/我的 k"),
}


@pytest.mark.parametrize(("written", "meant"), PATHS.values(), ids=PATHS.keys())
def test_all_paths_are_read_in_the_same_way(
    environment: pytest.MonkeyPatch, tmp_path: Path, written: str, meant: str
) -> None:
    """Whatever names one: from the root on, wherever the process goes."""
    environment.setenv("HOME", "/home/canary")
    path = meant.format(home="/home/canary", here=tmp_path)
    settings = settings_of(environment, KNOWLEDGE=written, CACHE=written, DATABASE_URL=f"sqlite:///{written}")
    assert (str(settings.knowledge), str(settings.cache)) == (path, path)
    assert (settings.database_url, settings.database_file()) == (f"sqlite:///{path}", Path(path))


def test_a_database_url_keeps_its_options(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """They stand behind the path; a URL that names no file stays as it is."""
    settings = settings_of(environment, DATABASE_URL="sqlite:///x.db?timeout=9")
    assert settings.database_url == f"sqlite:///{tmp_path}/x.db?timeout=9"
    assert settings_of(environment).database_file() == settings.database_file()
    other = "postgresql+psycopg://me@db/x"
    assert settings_of(environment, DATABASE_URL=other).database_url == other
    assert settings_of(environment).database_file() is None


def test_the_default_database_stands_here(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From the root on too."""
    assert settings_of(environment).database_file() == tmp_path / "data" / "bot.db"


def test_nobody_has_a_home(environment: pytest.MonkeyPatch) -> None:
    """As in a container under a user that it does not know: a path at home is malformed, and there is no cache."""

    def unknown(_: object) -> None:
        raise KeyError

    environment.delenv("HOME", raising=False)
    environment.delenv("XDG_CACHE_HOME", raising=False)
    environment.setattr("pwd.getpwuid", unknown)
    assert settings_of(environment).cache is None
    with pytest.raises(SettingsError, match=r"CAMPAIGN_BOT_KNOWLEDGE \(a folder\)"):
        settings_of(environment, KNOWLEDGE="~/k")


@pytest.mark.parametrize("given", ["TOKN", "ADMIN", "LOGLEVEL", "X", "token_"])
def test_an_unknown_name_is_told_with_the_nearest_one(
    environment: pytest.MonkeyPatch, tmp_path: Path, given: str
) -> None:
    """From the environment and from the file, a line for each; what was given is in none."""
    environment.setenv(f"{PREFIX}{given}", "canary")
    (tmp_path / ".env").write_text(f"# {PREFIX}COMMENT=1\n export {PREFIX}MISSED_LIMITS = canary\n{PREFIX}ADMINS=1\n")
    found = list(unknown_settings())
    assert len(found) == 2
    assert f"{PREFIX}{given} in the environment" in found[0]
    assert found[1].startswith(f"The setting {PREFIX}MISSED_LIMITS in .env")
    assert found[1].endswith(f"is {PREFIX}MISSED_LIMIT meant?")
    assert "canary" not in "".join(found)


NEAREST = {
    "CAMPAIGN_BOT_TOKN": "TOKEN",
    "CAMPAIGN_BOT_ADMIN_GROUPS": "ADMIN_GROUP",
    "CAMPAIGN_BOT_LOGLEVEL": "LOG_LEVEL",
    "CAMPAIN_BOT_TOKEN": "TOKEN",
    "CAMPAIGNBOT_LISTEN": "LISTEN",
}


@pytest.mark.parametrize(("given", "meant"), NEAREST.items(), ids=NEAREST.keys())
def test_the_nearest_name_is_told(environment: pytest.MonkeyPatch, given: str, meant: str) -> None:
    """Also of a name whose prefix is misspelt."""
    environment.setenv(given, "x")
    (line,) = unknown_settings()
    assert line.endswith(f"is {PREFIX}{meant} meant?")


@pytest.mark.parametrize("written", ["{}＝canary", "{}：canary", "{}: canary", "{} canary", "“{}”=canary", "export {}"])
def test_a_line_that_sets_nothing_is_told(environment: pytest.MonkeyPatch, tmp_path: Path, written: str) -> None:
    """With its number, without what stands in it."""
    line = written.format(f"{PREFIX}KEY")
    (tmp_path / ".env").write_text(f"# {PREFIX}KEY: a comment\n\n{line}\n{PREFIX}ADMINS = 1\n", encoding="utf-8")
    assert settings_of(environment).admins == (1,)
    (told,) = unknown_settings()
    assert told.startswith("Line 3 of .env does nothing")
    assert "canary" not in told


@pytest.mark.parametrize("name", ["BOT_TOKEN", "ROBOT", "CAMPAIGN", "campaign_bot_token", "TELEGRAM_BOT_TOKEN"])
def test_other_names_are_nobodys_business(environment: pytest.MonkeyPatch, name: str) -> None:
    """Nor are settings in small letters, which count."""
    environment.setenv(name, "x")
    assert list(unknown_settings()) == []


MALFORMED = {
    "no id": ("admins", "1,x"),
    "an id of nobody": ("admins", "0"),
    "an id that is too long": ("admins", "99999999999999999999"),
    "a member for a group": ("admin_group", "5500112233"),
    "a group that is too long": ("admin_group", "-99999999999999999999"),
    "a public webhook without https": ("webhook_url", "http://bot.example.org/x"),
    "a webhook without a host": ("webhook_url", "https://"),
    "a secret with a blank": ("webhook_secret", "a b"),
    "a secret that is too long": ("webhook_secret", "a" * 257),
    "a short key": ("key", "short"),
    "a port alone": ("listen", "8080"),
    "a port that is too high": ("listen", "127.0.0.1:65536"),
    "a URL to listen at": ("listen", "http://127.0.0.1:8080"),
    "an IPv6 address without brackets": ("listen", "::1:8080"),
    "an unknown level": ("log_level", "loud"),
    "an address without its scheme": ("api_url", "127.0.0.1"),
    "an address without a host": ("api_url", "https://"),
    "an address with a query": ("api_url", "https://x.org/?a=b"),
    "an address whose port is too high": ("api_url", "http://127.0.0.1:99999"),
    "an address whose port is a word": ("api_url", "http://127.0.0.1:abc"),
    "an address with half a bracket": ("api_url", "http://[::1"),
    "a webhook whose port is too high": ("webhook_url", "https://bot.example.org:70000/x"),
    "a webhook with half a bracket": ("webhook_url", "https://[::1/x"),
    "a path by a variable that is not set": ("knowledge", "$CANARY_NOT_SET/k"),
    "a database by a variable that is not set": ("database_url", "sqlite:///${CANARY_NOT_SET}/x.db"),
    "a page without a scheme": ("page_url", "bot.example.org"),
    "a page with a query": ("page_url", "https://bot.example.org/?a=b"),
    "a page with a password": ("page_url", "https://me:secret@bot.example.org"),
    "a page that listens at a port alone": ("page_listen", "8081"),
    "digits of a Chinese keyboard": ("retention_days", "１８０"),
    "no number": ("retention_days", "nan"),
    "a name for an id": ("admins", "@zhang"),
    "a full-width colon": ("listen", "127.0.0.1：8080"),
    "a key that is short but for blanks": ("key", "short" + " " * 20),
    "a path for a URL": ("database_url", "/var/lib/bot.db"),
    "a URL with a slash too few": ("database_url", "sqlite://bot.db"),
    "a URL without its path": ("database_url", "sqlite:///"),
    "too little": ("messages_a_minute", "0"),
    "too much": ("messages_a_minute", "1001"),
    "less than nothing": ("misses_a_day", "-1"),
    "more than fits": ("missed_limit", "1000001"),
    "a word for a number": ("retention_days", "long"),
    "more days than dates have": ("retention_days", "99999999999"),
    "half a day": ("retention_days", "0.5"),
    "perhaps": ("git_commit", "maybe"),
    "a zone that is none": ("time_zone", "Asia/Canary"),
    "a zone in Chinese": ("time_zone", "北京"),
    "an offset for a zone": ("time_zone", "UTC+8"),
    "half a zone": ("time_zone", "Asia"),
    "a file for a zone": ("time_zone", "/etc/localtime"),
    "a path out of the zones": ("time_zone", "../../../etc/passwd"),
    "a file that is no zone": ("time_zone", "zone.tab"),
    "an hour of the next day": ("daily_hour", "24"),
    "an hour before the day": ("daily_hour", "-1"),
    "a time for an hour": ("daily_hour", "9:30"),
    "a word for an hour": ("daily_hour", "never"),
    "no home": ("knowledge", "~nobody-canary/k"),
    "no home for the database": ("database_url", "sqlite:///~nobody-canary/k"),
}


@pytest.mark.parametrize(("field", "value"), MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_malformed_is_named(environment: pytest.MonkeyPatch, field: str, value: str) -> None:
    """With the form that is wanted, never with its value, which may be a secret."""
    with pytest.raises(SettingsError) as caught:
        settings_of(environment, **{"MISSES_A_DAY": "7", field.upper(): value})
    form = Settings.model_fields[field].description
    where = "See the table of settings in docs/operations.md."
    assert str(caught.value) == f"These settings are malformed: {PREFIX}{field.upper()} ({form}). {where}"


def test_every_setting_says_which_form_is_wanted() -> None:
    """In a few words."""
    assert all(field.description for field in Settings.model_fields.values())


def test_all_that_is_malformed_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    """In the order of the alphabet."""
    with pytest.raises(SettingsError, match=r"CAMPAIGN_BOT_ADMINS \(.*\); CAMPAIGN_BOT_LISTEN"):
        settings_of(environment, LISTEN="x", ADMINS="x")


def test_a_file_that_is_not_utf_8(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As some editors save it."""
    (tmp_path / ".env").write_bytes(f"{PREFIX}ADMIN_GROUP=-1 # 管理群".encode("gbk"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        settings_of(environment)


def test_a_file_that_begins_with_a_byte_order_mark(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As other editors save it."""
    (tmp_path / ".env").write_text(f"{PREFIX}ADMINS=1\n", encoding="utf-8-sig")
    assert settings_of(environment).admins == (1,)
    assert list(unknown_settings()) == []


def test_a_current_folder_that_is_gone(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A relative path leads nowhere from there."""
    (tmp_path / "gone").mkdir()
    environment.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(SettingsError, match="The current folder can't be read"):
        load_settings()
    environment.chdir(tmp_path)


PROXIES = {
    "http": ("HTTPS_PROXY", "http://127.0.0.1:3128", ""),
    "without a scheme": ("https_proxy", "user:canary@127.0.0.1:3128", ""),
    "without a port": ("ALL_PROXY", "http://proxy.example.org", ""),
    "SOCKS without its package": (
        "ALL_PROXY",
        "socks5://user:canary@127.0.0.1:1080",
        "ALL_PROXY is a SOCKS proxy.*socks",
    ),
    "SOCKS in capitals": ("HTTP_PROXY", "SOCKS5H://127.0.0.1:1080", "HTTP_PROXY is a SOCKS proxy"),
    "another scheme": ("https_proxy", "ftp://user:canary@127.0.0.1", "https_proxy can't be used"),
    "an old SOCKS": ("ALL_PROXY", "socks4://127.0.0.1:1", "ALL_PROXY can't be used"),
    "no port": ("HTTPS_PROXY", "http://user:can#ary@127.0.0.1:x", "HTTPS_PROXY can't be used"),
    "a port that is too high": ("HTTPS_PROXY", "127.0.0.1:99999", "HTTPS_PROXY can't be used"),
    "no host": ("HTTPS_PROXY", "http://:3128", "HTTPS_PROXY can't be used"),
}


@pytest.mark.parametrize(("name", "value", "fault"), PROXIES.values(), ids=PROXIES.keys())
def test_a_proxy_that_can_not_be_used_is_told(
    environment: pytest.MonkeyPatch, name: str, value: str, fault: str
) -> None:
    """By the variable that names it, and by what can be done; not where no proxy is used at all."""
    for variable in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        environment.delenv(variable, raising=False)
        environment.delenv(variable.lower(), raising=False)
    environment.setattr("importlib.util.find_spec", lambda _: None)
    environment.setenv(name, value)
    if not fault:
        check_proxies()
        return
    with pytest.raises(SettingsError, match=fault) as caught:
        check_proxies()
    assert "canary" not in str(caught.value)
    environment.setenv("NO_PROXY", "*")
    check_proxies()


def test_socks_with_its_package(environment: pytest.MonkeyPatch) -> None:
    """It is as good as any."""
    environment.setattr("importlib.util.find_spec", lambda _: object())
    environment.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    check_proxies()


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


def test_the_page_has_a_listener_of_its_own(environment: pytest.MonkeyPatch) -> None:
    """Without an address there is no page; a stroke at its end counts for nothing."""
    assert settings_of(environment).page() is None
    settings = settings_of(environment, PAGE_URL="https://bot.example.org/admin/")
    assert settings.page() == ("https://bot.example.org/admin", ("127.0.0.1", 8081))
    with pytest.raises(SettingsError, match="CAMPAIGN_BOT_PAGE_LISTEN is the same as CAMPAIGN_BOT_LISTEN"):
        settings_of(environment, PAGE_LISTEN="127.0.0.1:8080").page()
    assert settings_of(environment, PAGE_LISTEN="127.0.0.1:0", LISTEN="127.0.0.1:0").page()


def test_where_the_knowledge_is(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As set; else a folder here, before the one that stands beside the package."""
    assert settings_of(environment).knowledge == ROOT / "knowledge"
    (tmp_path / "knowledge").mkdir()
    assert settings_of(environment).knowledge == tmp_path / "knowledge"
    assert settings_of(environment, KNOWLEDGE="/k").knowledge == Path("/k")


def test_where_what_can_be_computed_anew_is_kept(environment: pytest.MonkeyPatch) -> None:
    """By the XDG convention, unless it is set."""
    environment.setenv("XDG_CACHE_HOME", "/c")
    assert settings_of(environment).cache == Path("/c/campaign-bot")
    environment.delenv("XDG_CACHE_HOME")
    assert settings_of(environment).cache == Path("~/.cache/campaign-bot").expanduser()
    assert settings_of(environment, CACHE="~/c").cache == Path("~/c").expanduser()
