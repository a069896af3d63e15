"""Whole conversations as data: what goes in, and exactly what comes out.

A turn may also be what the staff do: staff with a case, cast with a broadcast (who: by; what: write, send, approve, refuse, pause,
resume, cancel), deliver with how many messages go out now.

In a group (a chat below zero) a turn says who writes (by: 5), that it was not said to the bot (overheard: true), or that the same
person goes on in private (private: true); managers are the group's administrators.

python -m tests.scenario            compares all, prints the differences
python -m tests.scenario --update   rewrites what comes out; read the diff before committing
"""

from __future__ import annotations

import argparse
import datetime as dt
import difflib
import json
import sqlite3
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.audience import parse_audience
from bot.broadcast import Draft
from bot.casts import CastRefused, Casts
from bot.casts.plans import plan_of
from bot.casts.ticks import Caster
from bot.casts.words import Letters
from bot.clock import CITY_TIME, FrozenClock
from bot.conversation import decide
from bot.desk import Desk
from bot.engine import open_engine
from bot.hotline import Hotline
from bot.model import MEMBER, Incoming, Turn
from bot.replies import Replies
from bot.settings import REPLAY, Settings
from bot.shape import buttons_of, understood
from bot.store.pacer import Pace
from bot.store.store import Store
from intents.broadcasts import read_cast_rules
from intents.understanding import Context

FOLDER = Path(__file__).resolve().parent / "scenarios"
BETWEEN = 60
"""Seconds from one turn to the next, unless a turn says otherwise."""
_OUT = "\nout:\n"
_KINDS = ("photo", "voice", "document", "location", "contact", "other")


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, short lists on one line."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.SequenceNode:
    plain = all(isinstance(value, str | int) and "\n" not in str(value) for value in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=plain)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def dump(value: Any) -> str:
    """YAML that a translator can read."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=140)


@cache
def engine() -> Any:
    """The real engine, opened once."""
    return open_engine(Settings())


class Player:
    """Plays one definition through the real service on a database of its own."""

    def __init__(self, definition: dict[str, Any], path: str) -> None:
        self._given = definition
        self._path = path
        day = definition.get("date", REPLAY)
        self._clock = FrozenClock(dt.datetime.combine(day, dt.time(12), CITY_TIME))
        self._store = Store(path, self._clock, pace=Pace(0, 0, 0))
        settings = Settings(database=path, date=day.isoformat(), city="")
        self._turns: list[tuple[Turn, int, list[str]]] = []
        self._last = 0
        replies = Replies(engine().knowledge)
        self._hotline = Hotline(engine(), replies, self._store, settings, self._clock, decide=decide, watch=self._watch, patience=60)
        self._hotline.crowd = self
        rules = read_cast_rules().model_copy(update={"approve_above": definition.get("approve_above", 100)})
        letters = Letters(replies, lambda: engine().knowledge, lambda: Context(date=day))
        self._casts = lambda by: Casts(self._store, self._clock, rules, letters, by)
        self._caster = Caster(self._store, self._clock, rules, letters, 0)
        self._updates = 0
        self._buttons: dict[str, str] = {}

    @property
    def bot(self) -> str:
        """The bot's name on the channel (:class:`bot.ports.Crowd`)."""
        return "green_bot"

    def manages(self, incoming: Incoming) -> bool:
        """Whether who wrote this is among the scenario's ``managers``."""
        return int(incoming.chat.partition(MEMBER)[2] or 0) in self._given.get("managers", [])

    def _watch(self, incoming: Incoming, turn: Turn, case: int) -> None:
        lines = self._hotline.history(incoming.address, self._last)
        self._last = max((line.id for line in lines), default=self._last)
        self._turns.append((turn, case, [line.text for line in lines if line.author == "bot"]))

    def play(self) -> dict[str, Any]:
        """All turns, then the rows that are left."""
        try:
            exchange = [step for turn in self._given["turns"] for step in self._step(turn)]
            return {"exchange": exchange, **self._rows()}
        finally:
            self._store.close()

    def _step(self, turn: Any) -> list[dict[str, Any]]:
        turn = turn if isinstance(turn, dict) else {"user": turn}
        self._turns = []
        self._wait(float(turn.get("wait", turn.get("after", BETWEEN))))
        if "cast" in turn:
            return [self._cast(**turn["cast"])]
        if "deliver" in turn:
            return [self._deliver(int(turn["deliver"]))]
        if "staff" in turn:
            self._act(**turn["staff"])
            self._hotline.come_due()
        if "wait" in turn or "staff" in turn:  # no resident writes
            return [self._shown(*turn) for turn in self._turns]
        together = turn.get("together") or [turn]
        for one in together:
            incoming = self._incoming(one if isinstance(one, dict) else {"user": one})
            if turn.get("overheard") and not self._hotline.overhears(incoming):
                return [{"heard": False}]
            self._hotline.accept(incoming)
            for _ in range(int(turn.get("times", 1)) - 1):  # the same update again, as after a lost acknowledgement
                self._hotline.accept(incoming)
        self._hotline.process(incoming.address)
        self._hotline.process(incoming.address)
        return [self._shown(*turn) for turn in self._turns]

    def _act(self, case: int, answer: str = "", close: str = "", reopen: bool = False, note: str = "", check: float = 0) -> None:
        """What somebody does at the desk."""
        desk = Desk(self._store, self._clock, "op")
        if answer:
            desk.answer(case, answer)
        elif close:
            desk.close(case, close)  # type: ignore[arg-type]
        elif reopen:
            desk.reopen(case)
        elif note:
            desk.note(case, note)
        elif check:
            desk.check_back(case, self._clock.now() + dt.timedelta(seconds=check))

    def _cast(self, by: str = "ann", write: dict[str, Any] | None = None, anyway: bool = False, **act: int) -> dict[str, Any]:
        """What somebody does with a broadcast; where it stands then."""
        casts = self._casts(by)
        try:
            if write is not None:
                plan = plan_of(
                    self._clock.now(), every=write.get("every", ""), hours=write.get("hours", 24), quiet=write.get("quiet", False)
                )
                kind = write.get("kind", "service")
                number = casts.write(Draft(kind, write["zh"], write["en"], parse_audience(write.get("to", "all")), plan))
            else:
                ((what, number),) = act.items()
                getattr(casts, what)(number, **({"anyway": True} if anyway else {}))
        except CastRefused as error:
            return {"refused": error.why}
        one = casts.one(number)
        shown = {"broadcast": number, "status": one.status}
        return {**shown, "people": casts.preview(one.draft).people} if write is not None else shown

    def _deliver(self, most: int) -> dict[str, Any]:
        """Up to so many broadcasts go out; to whom, what they read, and what the run counts then."""
        self._caster.tick()
        arrived = []
        for row in [row for row in self._store.take("telegram", 1_000, self._clock.now()) if row.lane == "broadcast"][:most]:
            self._store.delivered(row.id, row.attempt, self._clock.now())
            self._buttons = {button.label: button.text for button in row.buttons}
            arrived.append({"to": row.address, "text": row.text})
        self._store.write(lambda db: db.execute("UPDATE outbox SET status = 'pending', not_before = 0 WHERE status = 'sending'"))
        self._caster.tick()
        found = [one for broadcast in self._casts("ann").newest() for one in self._casts("ann").progress(broadcast.id)]
        runs = []
        for one in found:
            counts = one.run.counts
            runs.append((one.run.status, counts.sent, counts.waiting + counts.queued, counts.skipped, one.wrote, one.helped))
        names = ("run", "sent", "waiting", "left_out", "wrote", "helped")
        return {"arrived": arrived, "runs": [dict(zip(names, run, strict=True)) for run in runs]}

    def _wait(self, seconds: float) -> None:
        """Let time pass; what was set for a moment on the way comes at that moment."""
        until = self._clock.now() + dt.timedelta(seconds=seconds)
        while (moment := self._store.next_moment()) is not None and moment <= until:
            self._clock.advance(max(0.0, (moment - self._clock.now()).total_seconds()))
            self._hotline.come_due()
        self._clock.advance((until - self._clock.now()).total_seconds())

    def _incoming(self, turn: dict[str, Any]) -> Incoming:
        given = self._given
        kind = next((kind for kind in _KINDS if kind in turn), "button" if "button" in turn else "text")
        text, raw = turn.get("user", ""), ""
        if kind == "button":
            text = self._buttons[turn["button"]]
        elif kind in {"location", "contact"} and turn[kind] is not True:
            raw = json.dumps({"message": _shared(kind, turn[kind])})
        elif kind != "text" and isinstance(turn[kind], str):
            text = turn[kind]
        self._updates += 1
        now = self._clock.now()
        channel, lang, city = given.get("channel", "telegram"), given.get("lang", ""), given.get("city", "")
        # Who writes in the group, or the same person in private.
        chat, member = str(turn.get("chat", given.get("chat", "7"))), turn.get("by")
        chat = str(member) if turn.get("private") else f"{chat}{MEMBER}{member}" if member else chat
        return Incoming(channel, chat, str(self._updates), text, now, lang, city, kind, raw)  # type: ignore[arg-type]

    def _shown(self, turn: Turn, case: int, texts: list[str]) -> dict[str, Any]:
        assert turn.understanding is not None
        shape = understood(turn.understanding)
        self._buttons = {button.label: button.text for button in buttons_of(turn.replies)}
        return {
            "action": shape["action"],
            "topics": [topic["id"] for topic in shape["topics"]],
            "slots": shape["slots"],
            "flags": shape["flags"],
            "case": case if turn.case else 0,
            # The words of a picture stand in data/directives; who reads this wants to see that it comes, and where.
            "replies": [f"[{said.picture}]" if said.picture else text for said, text in zip(turn.replies, texts, strict=True)],
            "buttons": list(self._buttons),
            **({"effects": [type(effect).__name__ for effect in turn.effects]} if turn.effects else {}),
        }

    def _rows(self) -> dict[str, Any]:
        db = sqlite3.connect(self._path)
        db.row_factory = sqlite3.Row
        audit = "SELECT kind FROM audit WHERE case_number = ? ORDER BY seq"
        cases = [
            {
                "number": row["number"],
                "status": row["status"],
                "priority": row["priority"],
                "reason": row["reason"],
                "topics": json.loads(row["topics"]),
                "place": [part for part in (row["city"], row["district"]) if part],
                **({"site": row["site"], "of": row["address"]} if row["site"] else {}),
                **({"hospital": row["hospital"]} if row["hospital"] else {}),
                "audit": [link["kind"] for link in db.execute(audit, (row["number"],))],
            }
            for row in db.execute("SELECT * FROM cases ORDER BY number")
        ]
        outbox = [f"{row['key']} {row['status']}" for row in db.execute("SELECT key, status FROM outbox ORDER BY id")]
        gaps = [row["what"] for row in db.execute("SELECT what FROM gaps ORDER BY what")]
        db.close()
        return {"cases": cases, "outbox": outbox, "gaps": gaps}


def _shared(kind: str, value: Any) -> dict[str, Any]:
    """As Telegram's body holds it."""
    return {kind: {"phone_number": value} if kind == "contact" else {"latitude": value[0], "longitude": value[1]}}


def read(path: Path) -> tuple[str, dict[str, Any], str]:
    """A scenario: its definition as written, as read, and what came out of it when it was last written down."""
    head, _, tail = path.read_text(encoding="utf-8").partition(_OUT)
    return head, yaml.safe_load(head), tail


def play(definition: dict[str, Any]) -> str:
    """What comes out of a definition now, as it is written down."""
    with tempfile.TemporaryDirectory() as folder:
        return dump(Player(definition["in"], str(Path(folder) / "hotline.db")).play())


def difference(path: Path) -> str:
    """What differs between what is written down and what comes out; empty where nothing does."""
    _, definition, written = read(path)
    lines = difflib.unified_diff(written.splitlines(), play(definition).splitlines(), f"{path.name} (written)", "now", lineterm="", n=2)
    return "\n".join(lines)


def update(path: Path) -> bool:
    """Write down what comes out; whether that changed the file."""
    head, definition, written = read(path)
    now = play(definition)
    path.write_text(f"{head.rstrip()}\n{_OUT[1:]}{now}", encoding="utf-8")
    return now != written


def main() -> int:
    """Compare or rewrite the scenarios named, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="rewrite what comes out")
    parser.add_argument("names", nargs="*", help="scenarios by name, without .yaml")
    args = parser.parse_args()
    wrong = 0
    for path in sorted(FOLDER.glob("*.yaml")):
        if args.names and path.stem not in args.names:
            continue
        if args.update:
            print(f"{'rewritten' if update(path) else 'unchanged'}  {path.stem}")
        elif found := difference(path):
            wrong += 1
            print(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
