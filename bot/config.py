"""Settings from the environment, prefix ``CAMPAIGN_BOT_``; a ``.env`` file in the current directory is read too."""

import os
import re
from functools import partial
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, BeforeValidator, Field, Secret, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError
from bot.logs import TOKEN

PREFIX = "CAMPAIGN_BOT_"


def _host_and_port(listen: str) -> tuple[str, str]:
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), port


def _knowledge_folder() -> Path:
    # The one here, else the one beside the package in a checkout.
    here, beside = Path("knowledge"), Path(__file__).resolve().parent.parent / "knowledge"
    return beside if beside.is_dir() and not here.is_dir() else here


def _cache_folder() -> Path:
    # By the XDG convention.
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "campaign-bot"


_Ids = Annotated[tuple[int, ...], NoDecode, BeforeValidator(partial(re.findall, r"[^\s,，]+"))]
_Folder = Annotated[Path, AfterValidator(Path.expanduser)]
_BaseUrl = Annotated[str, StringConstraints(pattern="^https?://"), AfterValidator(lambda url: url.rstrip("/"))]
# Telegram delivers over https alone; a Bot API server of one's own on this machine may do without.
_WebhookUrl = Annotated[str, StringConstraints(pattern=r"(?i)^(https://|http://(127\.0\.0\.1|localhost)([:/]|$))")]
_HeaderSecret = Secret[Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{1,256}$")]]
_Host = Annotated[str, StringConstraints(min_length=1)]
_Port = Annotated[int, Field(ge=0, lt=1 << 16)]
_Key = Annotated[SecretStr, Field(min_length=16)]
_LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)]


class Settings(BaseSettings):
    """All settings; the table in docs/operation.md says what each one means."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, validate_default=False
    )

    token: SecretStr | None = None
    admins: _Ids = ()
    admin_group: int | None = None
    knowledge: _Folder = Field(default_factory=_knowledge_folder)
    database_url: str = Field("sqlite:///data/bot.db", repr=False)
    api_url: _BaseUrl = "https://api.telegram.org"
    webhook_url: _WebhookUrl | None = None
    webhook_secret: _HeaderSecret | None = None
    listen: Annotated[tuple[_Host, _Port], NoDecode, BeforeValidator(_host_and_port)] = ("127.0.0.1", 8080)
    key: _Key | None = None
    messages_a_minute: int = Field(20, ge=1)
    misses_a_day: int = Field(30, ge=0)
    missed_limit: int = Field(10_000, ge=1)
    retention_days: int = Field(180, ge=1)
    git_commit: bool = False
    log_level: _LogLevel = "INFO"
    cache: _Folder = Field(default_factory=_cache_folder)

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

    def secrets(self) -> list[str]:
        """What must never be written down in the clear."""
        hidden = [secret.get_secret_value() for secret in (self.token, self.webhook_secret, self.key) if secret]
        passwords = re.findall(r"://[^:/@]*:([^@]+)@", self.database_url)
        return [*hidden, *passwords, *map(unquote, passwords)]


def load_settings() -> Settings:
    """Read the settings. Raises SettingsError where some are malformed: it names them, never their values."""
    try:
        return Settings()
    except UnicodeDecodeError:
        raise SettingsError("The file .env is not UTF-8: save it as UTF-8 in an editor.") from None
    except ValidationError as error:
        names = ", ".join(sorted({f"{PREFIX}{str(detail['loc'][0]).upper()}" for detail in error.errors()}))
        raise SettingsError(
            f"These settings are malformed: {names}. See the table of settings in docs/operation.md."
        ) from None
