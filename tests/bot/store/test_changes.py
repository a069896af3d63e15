"""What pages that are open are told of: what happened to cases, and what was said in those that are open; on both engines."""

from __future__ import annotations

import datetime as dt
import re

from bot.clock import FrozenClock
from bot.effects import CloseCase
from bot.store import changes
from bot.store.changes import SAID
from bot.store.store import Store
from bot.store.translate import without_locks
from tests.bot.store.test_cases import DRAFT, turn
from tests.fakes.engine import NOON


def told(store: Store, at: dt.datetime) -> list[tuple[int, str]]:
    return [(change.case, change.kind) for change in store.read(lambda db: changes.since(db, at))]


def test_what_happened_since_a_moment_and_what_was_said(store: Store, clock: FrozenClock) -> None:
    first, other = turn(store, DRAFT), turn(store, DRAFT, chat="8")
    later = NOON + dt.timedelta(seconds=1)
    assert told(store, later) == []
    clock.advance(1)
    turn(store, None, say="there", now=later)
    assert {number for number, kind in told(store, later) if kind == SAID} == {first}, "a line that adds nothing to the case"
    turn(store, None, CloseCase(other, "resident"), chat="8", now=later)
    assert (other, "case.closed") in told(store, later) and (other, SAID) not in told(store, later)


def test_the_same_line_is_the_same_change(store: Store) -> None:
    turn(store, DRAFT)
    once, again = (store.read(lambda db: changes.since(db, NOON)) for _ in range(2))
    assert once == again and len({(change.case, change.seq) for change in once}) == len(once) == 2


def test_a_look_reads_no_whole_table(path: str, clock: FrozenClock) -> None:
    store = Store(path, clock)
    turn(store, DRAFT)
    seen: list[str] = []

    class Spy:
        def query(self, sql: str, **values: object) -> list[dict[str, object]]:
            seen.append(
                "; ".join(
                    str(row["detail"]) for row in store.read(lambda db: db.query(f"EXPLAIN QUERY PLAN {without_locks(sql)}", **values))
                )
            )
            return []

    changes.since(Spy(), NOON)  # type: ignore[arg-type]
    store.close()
    assert len(seen) == 2 and not re.search(r"SCAN (audit|cases|messages)", "; ".join(seen)), seen
