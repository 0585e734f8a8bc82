"""Settings from the environment, prefix ``CAMPAIGN_BOT_``; a ``.env`` file in the current directory is read too."""

import os
import re
from functools import partial
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, Secret, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError
from bot.logs import TOKEN

PREFIX = "CAMPAIGN_BOT_"
_GET_TOKEN = "talk to @BotFather on Telegram, send /newbot, and put the token it gives you into CAMPAIGN_BOT_TOKEN"  # noqa: S105


def _cache_folder() -> Path:
    """Where caches go by the XDG convention."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "campaign-bot"


def _public(url: str) -> str:
    """Telegram delivers over https alone; a Bot API server of one's own on this machine may do without."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
        raise ValueError
    return url


def _address(listen: str) -> str:
    host, _, port = listen.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and int(port) < 1 << 16):
        raise ValueError
    return listen


_Ids = Annotated[tuple[int, ...], NoDecode, BeforeValidator(partial(re.findall, r"[^\s,，]+"))]
_Folder = Annotated[Path, AfterValidator(Path.expanduser)]
_BaseUrl = Annotated[str, StringConstraints(pattern="^https?://"), AfterValidator(lambda url: url.rstrip("/"))]
_HeaderSecret = Secret[Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{1,256}$")]]


class Settings(BaseSettings):
    """All settings; the table in docs/operation.md says the same."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, validate_default=False
    )

    token: SecretStr | None = Field(None, description="Telegram's bot token; `run` needs it")
    admins: _Ids = Field(
        (), description="user ids of admins, separated by commas: they are told when something needs them"
    )
    admin_group: int | None = Field(
        None, description="id of a group in which admins' commands work too; notices go there then"
    )
    knowledge: _Folder | None = Field(None, description="folder of the knowledge base")
    database_url: str = Field(
        "sqlite:///data/bot.db", description="where everything is kept: `sqlite:///PATH`", repr=False
    )
    api_url: _BaseUrl = Field("https://api.telegram.org", description="what stands before `/bot<token>/`")
    webhook_url: Annotated[str, AfterValidator(_public)] | None = Field(
        None, description="public https address for Telegram to deliver to; set = webhook, unset = polling"
    )
    webhook_secret: _HeaderSecret | None = Field(
        None, description="required with it: 1 to 256 of A-Z, a-z, 0-9, _ and -, hard to guess"
    )
    listen: Annotated[str, AfterValidator(_address)] = Field(
        "127.0.0.1:8080", description="host:port for the webhook, `/healthz` and `/metrics`"
    )
    key: Annotated[SecretStr, Field(min_length=16)] | None = Field(
        None, description="encrypts messages in the database, 16 characters or more; the token does without it"
    )
    messages_a_minute: int = Field(20, ge=1, description="of one member; more get one kind notice, then silence")
    misses_a_day: int = Field(30, ge=0, description="that one member may add to the log of missed questions")
    missed_limit: int = Field(
        10_000, ge=1, description="rows of the log of missed questions; then it takes no new ones"
    )
    retention_days: int = Field(180, ge=1, description="days until a question that is not missed again is deleted")
    git_commit: bool = Field(
        False,  # noqa: FBT003 - a setting's default
        description="`true`: each edit from the chat is committed to the knowledge folder's git repository",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR"
    )
    cache: _Folder = Field(default_factory=_cache_folder, description="folder for what can be computed anew")

    def required_token(self) -> str:
        """The token.

        Raises:
            SettingsError: it is not set, or is none.
        """
        if self.token is None:
            message = f"{PREFIX}TOKEN is not set: {_GET_TOKEN}. To try the bot without Telegram: campaign-bot chat."
            raise SettingsError(message)
        token = self.token.get_secret_value().strip()
        if not TOKEN.fullmatch(token):
            message = f"{PREFIX}TOKEN is malformed (123456789:ABC... is what it looks like): {_GET_TOKEN}."
            raise SettingsError(message)
        return token

    def webhook(self) -> tuple[str, str] | None:
        """The webhook's address and secret; None for polling.

        Raises:
            SettingsError: the secret is missing.
        """
        if not self.webhook_url:
            return None
        if self.webhook_secret is None:
            message = f"{PREFIX}WEBHOOK_SECRET is not set: with {PREFIX}WEBHOOK_URL it is needed, e.g. what "
            raise SettingsError(message + "`openssl rand -hex 32` prints.")
        return self.webhook_url, self.webhook_secret.get_secret_value()

    def address(self) -> tuple[str, int]:
        """Host and port of LISTEN."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    def secrets(self) -> list[str]:
        """What must never be written down in the clear."""
        hidden = [secret.get_secret_value() for secret in (self.token, self.webhook_secret, self.key) if secret]
        passwords = re.findall(r"://[^:/@]*:([^@]+)@", self.database_url)
        return [*hidden, *passwords, *map(unquote, passwords)]

    def knowledge_folder(self) -> Path:
        """The knowledge folder: as set, else ``knowledge`` here, else the one beside the package in a checkout."""
        if self.knowledge is not None:
            return self.knowledge
        here = Path("knowledge")
        beside = Path(__file__).resolve().parent.parent / "knowledge"
        return beside if beside.is_dir() and not here.is_dir() else here


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: one is malformed; the message names it, never its value.
    """
    try:
        return Settings()
    except UnicodeDecodeError:
        message = "The file .env is not UTF-8: save it as UTF-8 in an editor."
        raise SettingsError(message) from None
    except ValidationError as error:
        names = ", ".join(sorted({f"{PREFIX}{str(detail['loc'][0]).upper()}" for detail in error.errors()}))
        raise SettingsError(
            f"These settings are malformed: {names}. See the table of settings in docs/operation.md."
        ) from None
