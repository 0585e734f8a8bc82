"""Settings from the environment, prefix ``CAMPAIGN_BOT_``; a ``.env`` file in the current directory is read too."""

import difflib
import importlib.util
import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    Secret,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError
from bot.logs import TOKEN

PREFIX = "CAMPAIGN_BOT_"
_ENV_FILE = ".env"
_ENCODING = "utf-8-sig"
"""Some editors begin a file with a byte order mark."""
_ENV_NAME = re.compile(r"^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=", re.MULTILINE)
_ENV_MISTYPED = re.compile(rf"(?i)(?!\s*#)(?![\s\w.-]*=).{{,20}}{PREFIX}")
"""A line that names a setting, and does not set it: with a sign of a Chinese keyboard, or none."""
_LONGEST_ID = 10**15
"""Telegram's ids have at most 52 bits."""
_CLOSE = 0.85
"""How much a name must be like a setting's, from 0 to 1, to be taken for it though it lacks the prefix."""
_SQLITE = re.compile(r"(sqlite(?:\+pysqlite)?:///)([^?]+)(.*)")
_VARIABLE = re.compile(r"\$(?:[A-Za-z_]\w*|\{\w+\})", re.ASCII)
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_PROXY_SCHEMES = {"http", "https", "socks5", "socks5h"}


def _host_and_port(listen: str) -> tuple[str, str]:
    # An IPv6 address stands in brackets, since it holds colons itself.
    found = re.fullmatch(r"(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d+)", listen.strip())
    return (found[1] or found[2], found[3]) if found else ("", "")


def absolute(path: Path) -> Path:
    """The path with ``~`` and ``$NAME`` expanded, from the root on.

    Raises:
        ValueError: ``~`` or ``$NAME`` stands for nothing here.
    """
    expanded = os.path.expandvars(path)
    if unset := _VARIABLE.search(expanded):
        message = f"{unset[0]} is not set"
        raise ValueError(message)
    try:
        return Path(expanded).expanduser().absolute()
    except RuntimeError as error:
        raise ValueError(str(error)) from error


def _with_a_host(url: str) -> str:
    """The URL. Raises ValueError where its host or port is none."""
    address = urlsplit(url)
    if not address.hostname or address.port == 0:
        message = "a URL without a host, or with port 0"
        raise ValueError(message)
    return url


def _knowledge_folder() -> Path:
    # The one here, else the one beside the package in a checkout.
    here, beside = Path("knowledge").absolute(), Path(__file__).resolve().parent.parent / "knowledge"
    return beside if beside.is_dir() and not here.is_dir() else here


def _cache_folder() -> Path | None:
    # By the XDG convention. Whoever has no home has no cache.
    try:
        return absolute(Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache")) / "campaign-bot"
    except ValueError:
        return None


def _database_url(url: str) -> str:
    found = _SQLITE.fullmatch(url)
    if not found or found[2] == ":memory:":
        return url
    return f"{found[1]}{absolute(Path(found[2]))}{found[3]}"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        # Of what stands beside the zones' files, such as a folder, the system tells.
        raise ValueError(str(error)) from error


def _count(default: int, least: int, most: int) -> Any:  # noqa: ANN401 - as pydantic's ``Field``
    return Field(default, ge=least, le=most, description=f"a whole number from {least} to {most}")


_Id = Annotated[int, Field(gt=0, le=_LONGEST_ID)]
_Ids = Annotated[tuple[_Id, ...], NoDecode, BeforeValidator(partial(re.findall, r"[^\s,，、;；]+"))]
_Folder = Annotated[Path, AfterValidator(absolute)]
_BaseUrl = Annotated[
    str,
    StringConstraints(pattern=r"(?i)^https?://[^\s/?#]+(/[^\s?#]*)?$"),
    AfterValidator(lambda url: _with_a_host(url.rstrip("/"))),
]
# Telegram delivers over https alone; a Bot API server of one's own on this machine may do without.
_WebhookUrl = Annotated[
    str,
    StringConstraints(pattern=r"(?i)^(https://[^\s/?#]|http://(127\.0\.0\.1|localhost)([:/]|$))\S*$"),
    AfterValidator(_with_a_host),
]
# What stands before the @ of an address would be shown to whoever sees a link.
_PageUrl = Annotated[_BaseUrl, StringConstraints(pattern=r"^[^@]*$")]
_HeaderSecret = Secret[Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{1,256}$")]]
_Host = Annotated[str, StringConstraints(min_length=1)]
_Port = Annotated[int, Field(ge=0, lt=1 << 16)]
_Listen = Annotated[tuple[_Host, _Port], NoDecode, BeforeValidator(_host_and_port)]
_LISTEN = "host:port with a port from 0 to 65535, such as {}"
_Key = Annotated[SecretStr, Field(min_length=16)]
_LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)]
_TimeZone = Annotated[ZoneInfo, BeforeValidator(_zone)]
_Hour = Annotated[
    Annotated[int, Field(ge=0, le=23)] | None, BeforeValidator(lambda hour: None if hour.lower() == "off" else hour)
]
_DatabaseUrl = Annotated[
    str, StringConstraints(pattern=r"^(sqlite(\+pysqlite)?:///.|postgresql(\+\w+)?://)"), AfterValidator(_database_url)
]


class Settings(BaseSettings):
    """All settings; the table in docs/operations.md says what each one means."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=_ENV_FILE,
        env_file_encoding=_ENCODING,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        validate_default=False,
    )

    token: SecretStr | None = Field(None, description="what @BotFather gives, 123456789:ABC...")
    admins: _Ids = Field((), description="user ids, whole numbers above 0, separated by commas")
    admin_group: int | None = Field(
        None, ge=-_LONGEST_ID, lt=0, description="the id of a group, a whole number below 0 such as -1001234567890"
    )
    knowledge: _Folder = Field(default_factory=_knowledge_folder, description="a folder")
    database_url: _DatabaseUrl = Field(
        "sqlite:///data/bot.db", validate_default=True, repr=False, description="sqlite:///PATH"
    )
    api_url: _BaseUrl = Field(
        "https://api.telegram.org", description="http:// or https:// and a host, without a query: http://127.0.0.1:8081"
    )
    webhook_url: _WebhookUrl | None = Field(None, description="a public https:// address")
    webhook_secret: _HeaderSecret | None = Field(None, description="1 to 256 of A-Z, a-z, 0-9, _ and -")
    listen: _Listen = Field(("127.0.0.1", 8080), description=_LISTEN.format("127.0.0.1:8080 or [::1]:8080"))
    page_url: _PageUrl | None = Field(
        None, description="http:// or https:// and a host, without a query: https://bot.example.org/admin"
    )
    page_listen: _Listen = Field(("127.0.0.1", 8081), description=_LISTEN.format("127.0.0.1:8081 or [::1]:8081"))
    key: _Key | None = Field(None, description="16 characters or more")
    messages_a_minute: int = _count(20, 1, 1000)
    misses_a_day: int = _count(30, 0, 10_000)
    missed_limit: int = _count(10_000, 1, 1_000_000)
    retention_days: int = _count(180, 1, 3650)
    time_zone: _TimeZone | None = Field(None, description="an IANA name such as Asia/Shanghai")
    daily_hour: _Hour = Field(9, description="a whole hour from 0 to 23, or off")
    git_commit: bool = Field(default=False, description="true or false")
    log_level: _LogLevel = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    cache: _Folder | None = Field(default_factory=_cache_folder, description="a folder")

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: dict[str, Any]) -> dict[str, Any]:
        # Blanks around a value are nobody's wish, and what is nothing but blanks is not set.
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    def required_token(self) -> str:
        """The token. Raises SettingsError where it is not set, or is none."""
        token = self.token.get_secret_value().strip() if self.token else ""
        if TOKEN.fullmatch(token):
            return token
        raise SettingsError(
            f"{PREFIX}TOKEN is {'malformed (123456789:ABC... is what it looks like)' if token else 'not set'}: talk to "
            f"@BotFather on Telegram, send /newbot, and put the token it gives you into {PREFIX}TOKEN. "
            "To try the bot without Telegram: campaign-bot chat."
        )

    def webhook(self) -> tuple[str, str] | None:
        """The webhook's address and secret; None for polling. Raises SettingsError where the secret is missing."""
        if not self.webhook_url:
            return None
        if self.webhook_secret is None:
            message = f"{PREFIX}WEBHOOK_SECRET is not set: with {PREFIX}WEBHOOK_URL it is needed, e.g. what "
            raise SettingsError(message + "`openssl rand -hex 32` prints.")
        return self.webhook_url, self.webhook_secret.get_secret_value()

    def page(self) -> tuple[str, tuple[str, int]] | None:
        """The page's address and where it listens; None without a page. Raises SettingsError where that is taken."""
        if not self.page_url:
            return None
        if self.page_listen == self.listen and self.page_listen[1]:
            raise SettingsError(
                f"{PREFIX}PAGE_LISTEN is the same as {PREFIX}LISTEN: the page never shares the webhook's listener. "
                "Choose another port for one of them."
            )
        return self.page_url, self.page_listen

    @property
    def digest_hour(self) -> int:
        """From which hour on the weekly digest is sent: that of the daily line, or 9 o'clock without one."""
        return 9 if self.daily_hour is None else self.daily_hour

    def database_file(self) -> Path | None:
        """The file of the SQLite database, whether it is there or not; None for another database."""
        return sqlite_file(self.database_url)

    def has_database(self) -> bool:
        """Whether there is a database already; what is no file counts as one."""
        file = self.database_file()
        return file is None or file.is_file()

    def secrets(self) -> list[str]:
        """What must never be written down in the clear, the passwords of proxies included."""
        hidden = [secret.get_secret_value() for secret in (self.token, self.webhook_secret, self.key) if secret]
        urls = (self.database_url, *(f"://{proxy.rpartition('://')[2]}" for _, proxy in _proxies()))
        passwords = [password for url in urls for password in re.findall(r"://[^:/@]*:([^@]+)@", url)]
        return [*hidden, *passwords, *map(unquote, passwords)]


def sqlite_file(url: str) -> Path | None:
    """The file of the SQLite database at a URL; None for another database."""
    found = _SQLITE.fullmatch(url)
    return Path(found[2]) if found and found[2] != ":memory:" else None


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: some are malformed: it names them with the form that is wanted, never their values; or what they
            are read from can't be read.
    """
    try:
        return Settings()
    except UnicodeDecodeError:
        raise SettingsError("The file .env is not UTF-8: save it as UTF-8 in an editor.") from None
    except OSError as error:
        where = f"The file {_ENV_FILE}" if error.filename else "The current folder"
        raise SettingsError(f"{where} can't be read ({error.strerror}): change to a folder that exists.") from None
    except ValidationError as error:
        names = sorted({str(detail["loc"][0]) for detail in error.errors(include_input=False)})
        wanted = (f"{PREFIX}{name.upper()} ({Settings.model_fields[name].description})" for name in names)
        raise SettingsError(
            f"These settings are malformed: {'; '.join(wanted)}. See the table of settings in docs/operations.md."
        ) from None


def unknown_settings() -> Iterator[str]:
    """What to tell of each name in the environment and in ``.env`` that looks like a setting's and is none.

    It holds the name that is most like it, never its value. A line of ``.env`` without an equals sign is told too.
    """
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    file = Path(_ENV_FILE)
    text = file.read_text(encoding=_ENCODING) if file.is_file() else ""
    written = _ENV_NAME.findall(text)
    for number, line in enumerate(text.splitlines(), 1):
        if _ENV_MISTYPED.match(line):
            yield f"Line {number} of {_ENV_FILE} does nothing: write {PREFIX}NAME=value, with =."
    for place, names in (("the environment", os.environ), (_ENV_FILE, written)):
        for name in names:
            if name.upper() in known or "BOT" not in name.upper():
                continue
            is_ours = name.upper().startswith(PREFIX)
            nearest = difflib.get_close_matches(name.upper(), known, 1, 0.0 if is_ours else _CLOSE)
            if nearest:
                yield f"The setting {name} in {place} is unknown and does nothing: is {nearest[0]} meant?"


def _proxies() -> Iterator[tuple[str, str]]:
    """The proxies that the environment names, as the HTTP client reads them: a variable and its value, each once."""
    for name in _PROXIES:
        variable = next((variable for variable in (name.lower(), name) if os.environ.get(variable)), None)
        if variable:
            yield variable, os.environ[variable]


def check_proxies() -> None:
    """Raise SettingsError where the environment names a proxy that the HTTP client can't use, never its value."""
    if "*" in re.split(r"[\s,]+", os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""):
        return
    for name, proxy in _proxies():
        try:
            url = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            fits = url.scheme in _PROXY_SCHEMES and bool(url.hostname) and url.port != 0
        except ValueError:
            fits = False
        if not fits:
            raise SettingsError(f"The proxy in {name} can't be used: write http://user:password@host:port.")
        if url.scheme.startswith("socks") and not importlib.util.find_spec("socksio"):
            raise SettingsError(
                f"The proxy in {name} is a SOCKS proxy, which needs another package: run "
                "pip install 'campaign-bot[socks]', or name an http:// proxy."
            )
