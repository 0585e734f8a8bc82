"""Settings from the environment, prefix ``CAMPAIGN_BOT_``; a ``.env`` file in the current directory is read too."""

import os
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError
from bot.logs import TOKEN

PREFIX = "CAMPAIGN_BOT_"
_GET_TOKEN = "talk to @BotFather on Telegram, send /newbot, and put the token it gives you into CAMPAIGN_BOT_TOKEN"  # noqa: S105


def _cache_folder() -> Path:
    """Where caches go by the XDG convention."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "campaign-bot"


class Settings(BaseSettings):
    """All settings; the README's table says the same."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    token: SecretStr | None = Field(None, description="Telegram's bot token; `run` needs it")
    admins: Annotated[tuple[int, ...], NoDecode] = Field(
        (), description="user ids of admins, separated by commas; nothing uses them yet"
    )
    knowledge: Path | None = Field(None, description="folder of the knowledge base")
    database_url: str = Field(
        "sqlite:///data/bot.db", description="where misses are kept: `sqlite:///PATH`", repr=False
    )
    api_url: str = Field("https://api.telegram.org", description="what stands before `/bot<token>/`")

    cache: Path = Field(default_factory=_cache_folder, description="folder for what can be computed anew")

    @field_validator("admins", mode="before")
    @classmethod
    def _split_ids(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the environment holds
        return re.split(r"[\s,，]+", value.strip(" ,，")) if isinstance(value, str) and value.strip() else value or ()

    @field_validator("knowledge", "cache")
    @classmethod
    def _at_home(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value else value

    @field_validator("api_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError(value)
        return value.rstrip("/")

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
            f"These settings are malformed: {names}. See the table of settings in the README."
        ) from None
