"""The settings, from the environment (``HOTLINE_…`` and ``TELEGRAM_BOT_TOKEN``)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.clock import CITY_TIME
from bot.errors import SettingsError

REPLAY = dt.date(2022, 4, 5)
"""The day at which the data that ships is replayed: after all five documents."""

_TOKEN = re.compile(r"[A-Za-z0-9_:-]+")
LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value)
]


FREE_RATE = 30
"""Messages a second that Telegram lets through for nothing (Bots FAQ, "broadcasting")."""


class Settings(BaseSettings):
    """What can be set from outside. An empty variable counts as unset."""

    model_config = SettingsConfigDict(
        env_prefix="HOTLINE_", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True, populate_by_name=True
    )

    database: str = "hotline.db"
    """Path of the SQLite file (``:memory:`` keeps nothing), or a ``postgresql://`` URL."""
    date: str = REPLAY.isoformat()
    """An ISO date to replay, or ``today``."""
    city: str = ""
    """The city of messages that name none; empty: it is asked for."""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    data: str = ""
    """The folder ``data``; empty: the one that ships."""
    telegram_base_url: str = ""
    """Another Bot API server, such as ``http://127.0.0.1:9000``."""
    webhook_url: str = ""
    """Where Telegram is to call us, such as ``https://hotline.example.org/telegram``; empty: we poll."""
    understanders: int | None = Field(default=None, ge=0, le=64)
    """Processes that understand messages, beside the service's own; 0: it does so itself. Unset: with SQLite one for each core
    (4 at most); with PostgreSQL none, for there more services are started instead."""
    rate_bulk: int = Field(default=30, ge=0, le=1000)
    """Messages a second that a channel sends, all chats together; 0: no limit. Telegram lets 30 through for nothing, and 1000 with
    :attr:`paid_broadcasts` (Bot API, ``allow_paid_broadcast``)."""
    paid_broadcasts: Literal["no", "yes"] = "no"
    """Whether Telegram may charge for messages above 30 a second."""
    rate_chat: int = Field(default=1, ge=0)
    """Messages a second to one chat; 0: no limit."""
    rate_group: int = Field(default=20, ge=0)
    """Messages a minute to one group; 0: no limit."""
    brief_hour: Annotated[int, Field(ge=0, le=23)] | Literal["off"] = 7
    """The hour of the city's day from which yesterday's brief is made."""
    briefs: str = ""
    """The folder of the briefs; empty: ``briefs`` beside the SQLite file, and none with a server."""
    staff_group: int = Field(default=0, le=0)
    """The number of the staff's Telegram group, below zero; 0: none."""
    log_level: LogLevel = "INFO"
    log_format: Literal["auto", "json", "console"] = "auto"
    """``auto``: console lines in a terminal, JSON otherwise."""
    telegram_bot_token: SecretStr | None = Field(default=None, validation_alias="TELEGRAM_BOT_TOKEN")

    @model_validator(mode="after")
    def _paid(self) -> Settings:
        if self.rate_bulk > FREE_RATE and self.paid_broadcasts == "no":
            raise ValueError(f"HOTLINE_RATE_BULK: more than {FREE_RATE} a second cost money: set HOTLINE_PAID_BROADCASTS=yes too")
        return self

    @field_validator("date")
    @classmethod
    def _date(cls, value: str) -> str:
        value = value.strip().lower()
        if value != "today":
            try:
                dt.date.fromisoformat(value)
            except ValueError:
                raise ValueError("write YYYY-MM-DD or today") from None
        return value

    @field_validator("telegram_base_url")
    @classmethod
    def _url(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
            raise ValueError("write a URL such as http://127.0.0.1:9000")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _webhook(cls, value: str) -> str:
        value = value.strip()
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path in {"", "/"} or parts.query):
            raise ValueError("write a URL with a path of its own, such as https://hotline.example.org/telegram")
        return value

    @field_validator("telegram_bot_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        token = value.get_secret_value().strip() if value is not None else ""
        if token and not _TOKEN.fullmatch(token):
            raise ValueError("write the token as @BotFather gave it, such as 123456789:AAE…")
        return SecretStr(token) if token else None

    @property
    def live(self) -> bool:
        """Whether the service runs at the present day and not at a replayed one."""
        return self.date == "today"

    @property
    def data_path(self) -> Path | None:
        """The folder ``data`` where one is set."""
        return Path(self.data).expanduser() if self.data else None

    @property
    def briefs_path(self) -> Path | None:
        """The folder of the daily briefs; None where none are to be made."""
        if self.brief_hour == "off":
            return None
        if self.briefs:
            return Path(self.briefs).expanduser()
        beside = "://" not in self.database and self.database != ":memory:"
        return Path(self.database).expanduser().absolute().parent / "briefs" if beside else None

    def day(self, now: dt.datetime) -> dt.date:
        """The day the service runs at: the replayed one, or that of ``now`` in the cities' time."""
        return now.astimezone(CITY_TIME).date() if self.live else dt.date.fromisoformat(self.date)


def read_settings(**given: Any) -> Settings:
    """The settings of this process; ``given`` win over the environment. Raises :class:`SettingsError`, never with a value in it."""
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = []
        for item in error.errors(include_input=False, include_url=False, include_context=False):
            name = str(item["loc"][0]) if item["loc"] else ""
            variable = name if name == "TELEGRAM_BOT_TOKEN" else f"HOTLINE_{name.upper()}"
            lines.append(f"{variable}: {item['msg']}" if name else item["msg"].removeprefix("Value error, "))
        raise SettingsError("\n".join(lines)) from None
