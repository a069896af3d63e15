"""``hotline doctor``: whether the service can work here, what to look at and how to mend it. It changes nothing."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.clock import Clock
from bot.errors import SettingsError, StoreError
from bot.settings import Settings, read_settings
from bot.store.connect import MEMORY
from bot.store.open import exists
from bot.store.survey import Survey, can_write, room, survey

if TYPE_CHECKING:
    from bot.telegram.look import Look

State = Literal["ok", "look", "broken"]
SCARCE, TIGHT = 100 * 2**20, 2**30
"""Bytes of a disk: under the first it is about to be full, under the second somebody should look."""
LATE = dt.timedelta(minutes=15)
"""A message that waits longer to be sent than this has met something."""
SKEW, WRONG = dt.timedelta(seconds=30), dt.timedelta(minutes=5)
"""How far the clock may be off before somebody looks, and before it is wrong."""
_OTHERS = {"HOTLINE_CACHE"}
"""Variables that are read elsewhere."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: about what, how it is, what was seen, and how to mend it (empty where nothing is to be done)."""

    about: Literal["settings", "database", "messages", "telegram", "clock", "data"]
    state: State
    says: str
    mend: str = ""


def examine(clock: Clock, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Every finding, one after the other: some take seconds. Raises nothing that it should find."""
    try:
        settings = read_settings()
    except SettingsError as error:
        for line in str(error).splitlines():
            yield Finding("settings", "broken", line, "mend this variable; the README lists them all")
        return
    yield from _settings(settings, environment)
    yield from _database(settings, clock)
    yield from _telegram(settings, clock)
    yield from _data(settings, clock)


def _settings(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    known = {f"HOTLINE_{name.upper()}" for name in Settings.model_fields} | _OTHERS
    strange = sorted(name for name in environment if name.startswith("HOTLINE_") and name not in known)
    if strange:
        yield Finding("settings", "look", f"nothing reads {', '.join(strange)}", "mend the name, or remove it; the README lists them all")
    date = "today's date" if settings.live else f"a replay of {settings.date}"
    yield Finding("settings", "ok", f"{date}; the page on {settings.host}:{settings.port}")


def _database(settings: Settings, clock: Clock) -> Iterator[Finding]:
    path = settings.database
    if path == MEMORY:
        yield Finding("database", "look", "kept in memory: all is lost when the service ends", "set HOTLINE_DATABASE to a file")
        return
    if not exists(path):
        if can_write(path):
            yield Finding("database", "ok", f"{path} is not there yet; the first start makes it")
            yield from _disk(room(path), 0)
        else:
            yield Finding("database", "broken", f"{path} cannot be made", "create its folder and let the service's user write there")
        return
    try:
        found = survey(path)
    except StoreError as error:
        yield Finding("database", "broken", str(error), "see the brackets")
        return
    yield _tables(found)
    yield from _disk(found.free, found.size)
    yield from _messages(found, clock)


def _tables(found: Survey) -> Finding:
    name = "PostgreSQL" if found.engine == "postgresql" else "SQLite"
    what = f"{name}, {found.place}, version {found.version}, {_bytes(found.size)}"
    if found.version > found.newest:
        return Finding("database", "broken", f"{what}; this program knows {found.newest}", "install the newer program")
    if found.half:
        return Finding("database", "broken", f"{what}; a copy into it broke off", "run the copy or the restore again until it ends")
    if not found.writable:
        return Finding(
            "database", "broken", f"{what}; it cannot be written to", "run this as the service's user, or give that user the right"
        )
    if found.version < found.newest:
        return Finding("database", "look", what, f"the next start brings it to version {found.newest}; back up first")
    return Finding("database", "ok", what)


def _disk(free: int | None, size: int) -> Iterator[Finding]:
    if free is None:
        return
    what = f"{_bytes(free)} left on its disk"
    if free < SCARCE:
        yield Finding("database", "broken", what, "make room: a full disk refuses residents' messages")
    elif free < max(TIGHT, size):
        yield Finding("database", "look", what, "make room: a copy of the database should fit")
    else:
        yield Finding("database", "ok", what)


def _messages(found: Survey, clock: Clock) -> Iterator[Finding]:
    counts = found.outbox
    waiting = counts.get("pending", 0) + counts.get("sending", 0)
    age = clock.now() - found.oldest if found.oldest else dt.timedelta()
    what = f"{found.chats} chats to answer, {waiting} messages to send"
    if waiting and age > LATE:
        minutes = int(age.total_seconds() // 60)
        yield Finding("messages", "look", f"{what}, the oldest for {minutes} minutes", "see that the service runs; hotline outbox says why")
    else:
        yield Finding("messages", "ok", what)
    dead, uncertain = counts.get("dead", 0), counts.get("uncertain", 0)
    if dead or uncertain:
        yield Finding(
            "messages", "look", f"{dead} dead, {uncertain} uncertain", "hotline outbox says why; hotline outbox retry sends again"
        )


def _telegram(settings: Settings, clock: Clock) -> Iterator[Finding]:
    token = settings.telegram_bot_token.get_secret_value() if settings.telegram_bot_token else ""
    if not token:
        yield Finding("telegram", "ok", "no TELEGRAM_BOT_TOKEN: the page only")
        yield Finding("clock", "ok", f"{clock.now():%Y-%m-%d %H:%M:%S} UTC, compared with nothing")
        return
    from bot.telegram.look import look, server_time

    yield _token(look(token, settings.telegram_base_url), settings)
    before = clock.now()
    there = server_time(settings.telegram_base_url)
    yield _clock(before, there, clock.now())


def _token(found: Look, settings: Settings) -> Finding:
    server = settings.telegram_base_url or "api.telegram.org"
    if found.state == "refused":
        return Finding("telegram", "broken", f"{server} refuses the token", "ask @BotFather for it, and set TELEGRAM_BOT_TOKEN")
    if found.state == "away":
        return Finding("telegram", "broken", f"{server} cannot be reached ({found.why})", "see the network, HTTPS_PROXY and the base URL")
    if found.state == "strange":
        return Finding("telegram", "broken", f"{server} answers as no Bot API does ({found.why})", "see HOTLINE_TELEGRAM_BASE_URL")
    what = f"{found.name}, {found.waiting} messages wait there"
    if found.webhook != bool(settings.webhook_url):
        how = "by a webhook" if found.webhook else "by polling"
        return Finding("telegram", "look", f"{what}; it is set up for messages {how}", "the next start of the service changes that")
    heard = "" if found.hears else "; privacy mode: in groups it hears commands and replies only, /setprivacy with @BotFather ends that"
    return Finding("telegram", "ok", f"{what}{heard}")


def _clock(before: dt.datetime, there: dt.datetime | None, after: dt.datetime) -> Finding:
    if there is None:
        return Finding("clock", "look", f"{before:%Y-%m-%d %H:%M:%S} UTC; the Bot API did not say its time", "compare it by hand")
    # The header has whole seconds, and the answer took its time.
    off = max(before - there - dt.timedelta(seconds=1), there - after, dt.timedelta())
    what = f"{after:%Y-%m-%d %H:%M:%S} UTC, {int(off.total_seconds())} seconds from the Bot API's"
    mend = "set up time synchronisation (timedatectl set-ntp true)"
    return (
        Finding("clock", "broken", what, mend)
        if off > WRONG
        else Finding("clock", "look", what, mend)
        if off > SKEW
        else Finding("clock", "ok", what)
    )


def _data(settings: Settings, clock: Clock) -> Iterator[Finding]:
    from intents.check import check
    from intents.directory import VERIFIED_DAYS
    from intents.load import data_folder, load

    folder = settings.data_path
    if folder is not None and not folder.is_dir():
        yield Finding("data", "broken", f"there is no folder {folder}", "mend HOTLINE_DATA")
        return
    if problems := check(folder):
        yield Finding("data", "broken", f"{len(problems)} problems, the first: {problems[0]}", "hotline check lists them all")
        return
    knowledge = load(folder or data_folder())
    if settings.city and settings.city not in knowledge.cities:
        yield Finding(
            "settings",
            "broken",
            f"HOTLINE_CITY: the data has no city {settings.city!r}",
            f"use one of {', '.join(sorted(knowledge.cities))}",
        )
    cities = knowledge.cities.values()
    rows = [place.verified for city in cities for place in city.facilities]
    rows += [line.verified for city in cities for line in city.hotlines]
    dates = sorted(date for date in rows if date)
    today = clock.now().date()
    old = sum(date is None or (today - date).days > VERIFIED_DAYS for date in rows)
    newest = f"the newest verified on {dates[-1]}" if dates else "none ever verified"
    what = f"no problems; {old} of {len(rows)} hospitals and lines not verified within {VERIFIED_DAYS} days, {newest}"
    if old and settings.live:
        yield Finding("data", "look", f"{what}: they are withheld", "verify rows, see data/README.md")
    elif old:
        yield Finding("data", "look", f"{what}; the service says that it is a replay", "before a live date verify rows, see data/README.md")
    else:
        yield Finding("data", "ok", what)


def _bytes(many: int) -> str:
    for unit, size in (("GB", 2**30), ("MB", 2**20)):
        if many >= size:
            return f"{many / size:.1f} {unit}"
    return f"{many // 1024} KB"
