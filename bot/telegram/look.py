"""A look at the Bot API for the person who runs the service: whether the token is good, and what time it is there."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.error import HTTPError
from urllib.request import Request, build_opener

from telegram.error import Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.telegram.client import Client, connect

_PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Look:
    """What came of it; never with the token."""

    state: Literal["ok", "refused", "away", "strange"]
    name: str = ""
    """The bot's."""
    webhook: bool = False
    """Whether Telegram is told to call somebody."""
    waiting: int = 0
    """Messages that Telegram keeps for us."""
    hears: bool = True
    """Whether it is shown what a group says among itself; False: only what is said to it."""
    why: str = ""


def look(token: str, base_url: str = "") -> Look:
    """Ask who we are; takes up to half a minute where nobody answers. Raises nothing."""
    return asyncio.run(_look(token, base_url))


async def _look(token: str, base_url: str) -> Look:
    client: Client | None = None
    try:
        client = connect(token, base_url, 1)
        async with asyncio.timeout(_PATIENCE):
            me = await client.get_me()
            hook = await client.get_webhook_info()
        return Look("ok", f"@{me.username}", bool(hook.url), hook.pending_update_count, me.can_read_all_group_messages is not False)
    except (InvalidToken, Forbidden) as error:
        return Look("refused", why=type(error).__name__)
    except RetryAfter:
        return Look("strange", why="it asks us to wait")
    except (NetworkError, TimeoutError) as error:
        return Look("away", why=type(error).__name__)
    except (TelegramError, ValueError, TypeError, KeyError) as error:
        # Their words may hold the address, and with it the token.
        return Look("strange", why=type(error).__name__)
    finally:
        if client is not None:
            await client.close_connections()


def server_time(base_url: str = "") -> dt.datetime | None:
    """What time the Bot API says it is, to the second; None where it does not say. The token is not sent."""
    request = Request(f"{base_url.rstrip('/') or 'https://api.telegram.org'}/", method="HEAD")  # noqa: S310  (the settings take http only)
    try:
        with build_opener().open(request, timeout=_PATIENCE) as answer:
            said = answer.headers.get("Date")
    except HTTPError as error:
        said = error.headers.get("Date")
        error.close()
    except (OSError, ValueError):
        return None
    try:
        at = parsedate_to_datetime(said) if said else None
    except ValueError:
        return None
    return at.astimezone(dt.UTC) if at and at.tzinfo else None
