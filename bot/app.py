"""The composition root: the one place that builds everything and runs it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.accounts import Accounts
from bot.clock import Clock, SystemClock
from bot.danger import Danger
from bot.engine import Progress, open_engine
from bot.errors import SettingsError
from bot.flight import Pace
from bot.hotline import Hotline
from bot.listing import INDEX_SECONDS
from bot.log import get_logger
from bot.metrics import Metrics
from bot.model import Incoming, Turn
from bot.oncall import OnCall
from bot.overlay import Overlaid
from bot.ports import Speaks
from bot.review import REFRESH_SECONDS
from bot.schedule import BRIEF_SECONDS, CASES_SECONDS, CAST_SECONDS, DUE_SECONDS, RESUME_SECONDS, SUGGEST_SECONDS, TALLY_SECONDS, Schedule
from bot.settings import Settings
from bot.show import Shows
from bot.store import group
from bot.store.store import Store, open_store
from bot.tally import Tallies
from bot.understanders import Understanders, default_count

if TYPE_CHECKING:
    from bot.desk_build import BuiltDesk
    from bot.replies import Replies
    from bot.telegram.runner import TelegramRunner
    from intents.engine import Engine

log = get_logger(__name__)


@dataclass
class App:
    """The built service. ``telegram`` is None without a token."""

    settings: Settings
    engine: Engine
    replies: Replies
    store: Store
    hotline: Hotline
    web: Any
    telegram: TelegramRunner | None
    understanders: Understanders
    desk: BuiltDesk
    tallies: Tallies
    schedule: Schedule = field(default_factory=Schedule)

    def run(self, ready: Callable[[str], None] = lambda _: None) -> None:
        """Serve until SIGINT or SIGTERM; ``ready`` gets the page's address. Raises :class:`SettingsError` where the port is taken."""
        ending = threading.Event()
        self.schedule.every(RESUME_SECONDS, "resume", lambda: self.hotline.resume(ending))
        self.schedule.every(DUE_SECONDS, "due", self.hotline.come_due)
        self.schedule.every(CASES_SECONDS, "cases", self.desk.ticks.tick)
        self.schedule.every(CAST_SECONDS, "broadcasts", self.desk.caster.tick)
        self.schedule.every(SUGGEST_SECONDS, "suggestions", self.desk.suggester.tick)
        self.schedule.every(REFRESH_SECONDS, "overlay", self.desk.review.refresh)
        self.schedule.every(TALLY_SECONDS, "tallies", self.tallies.flush)
        if self.desk.daily is not None:
            self.schedule.every(BRIEF_SECONDS, "brief", self.desk.daily.tick)
        self.schedule.every(INDEX_SECONDS, "index", self.desk.listing.catch_up)
        try:
            asyncio.run(self._serve(ready))
        finally:
            ending.set()
            self.schedule.stop()
            self.understanders.close()
            self.tallies.flush()

    async def _serve(self, ready: Callable[[str], None]) -> None:
        from bot.web.serve import server

        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        # Before the port opens: whoever sees it open may ask the service to end, and must not kill it half started.
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        with contextlib.closing(listen(self.settings.host, self.settings.port)) as listener:
            self.schedule.start()
            self.understanders.start()
            web = server(self.web, self.settings.host, self.settings.port)
            # uvicorn would take the signals and raise them again when it is done; the Telegram edge must end first.
            web.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
            host, port = listener.getsockname()[:2]
            ready(f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/")
            parts = [asyncio.create_task(web.serve([listener]))]
            if self.telegram is not None:
                parts.append(asyncio.create_task(self.telegram.run(stop)))
            ending = asyncio.create_task(stop.wait())
            await asyncio.wait([*parts, ending], return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            self.desk.console.live.close()
            web.should_exit = True
            for failure in await asyncio.gather(*parts, return_exceptions=True):
                if isinstance(failure, BaseException):
                    raise failure

    @property
    def accounts(self) -> Accounts:
        """The accounts of the staff."""
        return self.desk.accounts

    def close(self) -> None:
        """Commit what is queued and close the database."""
        self.store.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises :class:`SettingsError` where the address cannot be had."""
    listener: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise SettingsError(f"{host}:{port} cannot be used: {error.strerror}; set HOTLINE_PORT or HOTLINE_HOST to another") from error
    return listener


def build(settings: Settings, *, clock: Clock | None = None, progress: Progress | None = None, engine: Engine | None = None) -> App:
    """Build the service; a given ``engine`` understands in this process alone.

    Raises ``intents.problems.BrokenData``, :class:`SettingsError` or :class:`bot.errors.StoreError`.
    """
    from bot.desk_build import build_desk
    from bot.replies import Replies
    from bot.web.app import create
    from bot.web.hook import Hooked
    from intents.load import data_folder

    token = settings.telegram_bot_token.get_secret_value() if settings.telegram_bot_token else ""
    clock = clock or SystemClock()
    count = 0 if engine is not None else understander_count(settings)
    engine = engine or open_engine(settings, progress)
    # The token and the database are none of their business.
    opens = partial(open_engine, settings.model_copy(update={"telegram_bot_token": None, "database": ""}))
    understanders = Understanders(engine, opens, count)
    replies = Replies(engine.knowledge)
    store = open_store(settings, clock)
    metrics, tallies = Metrics(store, clock), Tallies(store, clock)

    def watch(incoming: Incoming, turn: Turn, number: int) -> None:
        metrics.turn(incoming, turn, number)
        tallies.turn(incoming, turn, number)

    overlaid = Overlaid(metrics.timed(understanders), engine.knowledge)
    hotline = Hotline(overlaid, replies, store, settings, clock, danger=danger_of(engine), watch=watch)
    shows = Shows(replies, settings.data_path or data_folder(), lambda: settings.day(clock.now()))
    desk = build_desk(settings, engine, overlaid, store, clock, hotline, replies)
    web: Any = create(
        hotline,
        replies,
        secret=store.secret("page"),
        cases=store,
        replay=None if settings.live else settings.day(clock.now()),
        clock=clock,
        shows=shows,
        probe=metrics,
        console=desk.console.app,
    )
    telegram = None
    if not (token and settings.staff_group):
        store.write(lambda db: group.use(db, 0))  # no card is wanted where there is no group
    if token:
        from bot.telegram.runner import TelegramRunner
        from bot.telegram.staff import StaffGroup

        calls = OnCall(store, desk.duty, desk.accounts)
        staff = (
            StaffGroup(
                store,
                clock,
                settings.staff_group,
                accounts=desk.accounts,
                duty=calls,
                targets=desk.targets,
                names=names(engine),
                casts=desk.casts,
            )
            if settings.staff_group
            else None
        )
        telegram = TelegramRunner(
            hotline,
            store,
            token,
            settings.telegram_base_url,
            webhook_url=settings.webhook_url,
            commands=commands(replies),
            clock=clock,
            pictures=shows.named,
            poll_turn=partial(store.poll, "telegram") if store.shared else None,
            # So many at once are on their way where a second holds many: each call takes a while.
            pace=Pace(width=max(32, settings.rate_bulk // 4), gap=1 / settings.rate_chat if settings.rate_chat else 0.0),
            staff=staff,
            hurry=hotline.come_due,
            pays=settings.paid_broadcasts == "yes",
        )
        hotline.crowd = telegram.members
        if telegram.webhook is not None:
            web = Hooked(web, telegram.webhook)
    log.info("built", data=engine.knowledge.version, date=str(settings.day(clock.now())), live=settings.live, telegram=bool(token))
    return App(settings, engine, replies, store, hotline, web, telegram, understanders, desk, tallies)


def understander_count(settings: Settings) -> int:
    """How many processes are to understand messages beside this one."""
    return default_count(settings.database) if settings.understanders is None else settings.understanders


def danger_of(engine: Engine) -> Danger:
    """The words of danger that the data holds."""
    return Danger(flag for group in engine.knowledge.groups for flag in group.flags)


def names(engine: Engine) -> Callable[[str, str, str], str]:
    """The names of cities, districts (by ``city/district``) and topics in a language; an id that the data does not know stays."""
    known = engine.knowledge
    found = {("topic", topic.id): topic.name for topic in known.topics.values()}
    for city in known.cities.values():
        found["city", city.id] = city.name
        found |= {("district", f"{city.id}/{district.id}"): district.name for district in city.districts.values()}

    def name(kind: str, id: str, lang: str) -> str:
        words = found.get((kind, id))
        return words.in_(lang) if words is not None else id.rpartition("/")[2]

    return name


def commands(replies: Speaks) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """What the channel's menu offers, by where it is shown (``""``, ``groups``, ``managers`` of a group) and language."""
    from bot.texts import GROUP_MENU, MENU, SITE_COMMANDS

    names = {"": MENU, "groups": GROUP_MENU, "managers": (*GROUP_MENU, *SITE_COMMANDS)}
    return {
        (where, lang): [(name, replies.say(f"command.{name}", lang or "zh")) for name in offered]
        for where, offered in names.items()
        for lang in ("", "zh", "en")
    }
