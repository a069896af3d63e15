"""What the store asks of SQLite does not grow with what has been settled long ago: no statement reads a whole table."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import sqlite3
from typing import Any

import pytest

from bot.clock import FrozenClock
from bot.effects import Forget, PutSite
from bot.filter import CaseFilter
from bot.listing import Listing
from bot.model import CaseDraft, Reply, Turn
from bot.oversight import Oversight
from bot.site import Site
from bot.state import State
from bot.store import broadcasts, cards, feeding, group, group_answers, openings, people, runs, sites, slots, tallies, watched
from bot.store.pacer import Pace, windows
from bot.store.sqlite import SqliteConnection
from bot.store.store import Store
from bot.store.take import _HEADS
from bot.store.translate import without_locks
from bot.views import Views
from intents.targets import read_targets
from tests.bot.store.casts import draft
from tests.bot.store.play import after, incoming
from tests.fakes.engine import NOON
from tests.postgres import Postgres

SMALL = re.compile(
    r"SCAN \w+ USING (COVERING )?INDEX "
    r"(inbox_open|cases_queue|cases_due|outbox_chats|outbox_lanes|outbox_sending|outbox_trouble|register_counts"
    r"|staff_cards_due|staff_answers_open|sqlite_autoindex_targets_1|runs_flying|runs_uncertain|broadcasts_to_decide)"
    r"|SCAN \w+ USING INDEX (cases_of_site|views_shared)"
    r"|SCAN (case_search|hits|chosen|case_dirty)( |$)"
)
"""These hold only what is open, waiting or in trouble, four rows for ever, and the people at risk, who are all counted; the index of
words is asked for words, and what was chosen is read."""


def send_to_many(store: Store) -> None:
    """Broadcasts, but for the choosing of an audience, which walks through all people by design."""
    number = store.write(lambda db: broadcasts.add(db, draft(), "ann", NOON))
    run = store.write(lambda db: runs.begin(db, number, NOON, "service", dt.timedelta(hours=1), NOON))
    sql = "INSERT INTO recipients (run, address, status, at) VALUES (:run, :address, 'waiting', 0)"
    store.write(lambda db: db.execute_many(sql, [{"run": run, "address": f"telegram:{n}"} for n in range(3)]))
    store.write(lambda db: feeding.lock(db, NOON))
    store.write(lambda db: feeding.feed(db, run, "service", 2, 3, lambda _: ("a", ()), NOON))
    store.read(lambda db: feeding.on_the_way(db, "telegram"))
    store.write(lambda db: feeding.withdraw(db, run))
    store.write(lambda db: feeding.reap(db, run, NOON))
    store.read(lambda db: feeding.known_again(db, NOON))
    store.read(lambda db: feeding.uncertain(db, run, 5))
    store.write(lambda db: feeding.again(db, run, None, NOON))
    store.read(lambda db: feeding.answers(db, run))
    store.read(lambda db: feeding.skipped(db, run))
    store.read(runs.flying)
    store.write(lambda db: runs.end_if_settled(db, run, NOON))
    store.write(lambda db: runs.end_early(db, run, "expired", NOON))
    store.read(lambda db: runs.of(db, number))
    store.read(lambda db: runs.is_in_flight(db, number))
    store.read(lambda db: broadcasts.due(db, NOON))
    store.read(lambda db: broadcasts.same_text(db, draft(), 0, NOON))
    store.write(lambda db: broadcasts.move(db, number, ("draft",), "on", next_at=NOON, keep_next=False))
    store.read(lambda db: watched.known(db, "facility"))
    store.read(lambda db: broadcasts.to_decide(db, "ann"))
    store.write(lambda db: people.want(db, "telegram:1", people.ALL, False, NOON))
    store.write(lambda db: people.answered(db, "telegram:1", 1, NOON, dt.timedelta(hours=1)))
    store.write(lambda db: people.move(db, "telegram:1", "telegram:9"))
    store.read(lambda db: people.counted_in(db, "telegram:1"))
    store.read(lambda db: people.sent_to(db, "telegram:1", 5))


def use_everything(store: Store) -> None:
    send_to_many(store)
    store.write(lambda db: group.use(db, -100))
    for number in range(3):
        store.accept(incoming("1", str(number)))
        row = store.claim("telegram:1", NOON)
        assert row is not None
        store.finish(row, Turn((Reply("a"),), State(), CaseDraft("P1", "handoff:x", ()), ("gap",)), row.version, NOON)
    for row in store.take("telegram", 2, NOON):
        store.delivered(row.id, row.attempt, NOON, part=1, last=False)
        store.retry(row.id, row.attempt, "x", after(1), NOON)
    store.next_due("telegram", NOON)
    store.pause("telegram", NOON, NOON)
    store.open_addresses(NOON)
    store.queue()
    store.outbox_counts()
    store.outbox_oldest()
    store.outbox_list(["pending", "dead"], 5)
    store.outbox_retry(None, NOON)
    store.outbox_retry([1], NOON)
    store.history("telegram:1")
    store.intact(1)
    store.unreachable("telegram:1", "blocked", NOON)
    store.reachable("telegram:1", NOON)
    store.reroute("telegram", "telegram:1", "telegram:2", NOON)
    store.accept(incoming("-5/7", "group"))
    row = store.claim("telegram:-5/7", NOON)
    assert row is not None
    store.finish(row, Turn((), State(), CaseDraft("P1", "x", (), site=1), effects=(PutSite(Site("a")), Forget())), row.version, NOON)
    store.read(lambda db: sites.of_group(db, "telegram:-5"))
    store.read(lambda db: sites.numbered(db, 1))
    store.queue(site=1)
    store.queue(named="a")
    store.write(lambda db: group.claim(db, Pace(), -100, NOON))
    store.write(lambda db: cards.ring(db, 1))
    store.write(lambda db: group_answers.answered(db, -100, 5, 1, 1))
    store.read(lambda db: group_answers.open_answers(db, 5))
    store.read(lambda db: group_answers.was_answer(db, -100, 5))
    store.read(lambda db: [group.any_due(db, NOON), group.case_at(db, -100, 5, 5), group.posts(db, 1, "line"), group.place_of(db, 1)])
    store.read(lambda db: [group.lines(db, "telegram:2", 0, 5), group.newest_line(db, "telegram:2")])
    store.write(lambda db: group.moved(db, -100, -200))
    store.reroute("telegram", "telegram:-5", "telegram:-105", NOON)
    oversight = Oversight(store, FrozenClock(NOON), read_targets())
    oversight.figures()
    oversight.due()
    list(openings.opened(store, NOON - dt.timedelta(days=1), NOON))
    store.write(lambda db: tallies.add(db, {(0, "turn", "answer"): 1}))
    store.write(lambda db: slots.take(db, "brief", "x", NOON))
    store.write(lambda db: slots.done(db, "brief", "x", NOON))
    store.read(lambda db: slots.is_open(db, "brief", "x", NOON))
    listing, views = Listing(store, FrozenClock(NOON)), Views(store, FrozenClock(NOON), "ann")
    listing.catch_up()
    kinds = ("mine", "topic", "district", "city", "hospital", "site")
    for wanted in (CaseFilter(), *(CaseFilter(**{name: "a"}) for name in kinds), CaseFilter(unassigned=True, group="alone")):  # type: ignore[arg-type]
        for status in ("open", "closed", "any"):
            for text in ("", "没饭", "1", "#1"):
                listing.page(dataclasses.replace(wanted, status=status, text=text), "", 1)  # type: ignore[arg-type]
        listing.count(wanted)
    listing.page(CaseFilter(), "P1.0.0")
    listing.similar(1)
    view = views.save("a", CaseFilter(text="没饭"))
    views.move(view, 0)
    views.open(view)
    views.remove(view)


def test_no_statement_reads_a_whole_table(path: str, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def spy(name: str) -> None:
        real = getattr(SqliteConnection, name)

        def call(self: SqliteConnection, sql: str, /, *rows: Any, **values: Any) -> Any:
            if not rows or rows[0]:
                seen[without_locks(sql)] = rows[0][0] if rows else values
            return real(self, sql, *rows, **values)

        monkeypatch.setattr(SqliteConnection, name, call)

    store = Store(path, clock, pace=Pace(30, 1, 20))
    for name in ("query", "execute", "execute_many"):
        spy(name)
    use_everything(store)
    store.close()
    conn = sqlite3.connect(path)
    asked = {sql: values for sql, values in seen.items() if re.match(r"\s*(WITH|SELECT|INSERT|UPDATE|DELETE)", sql)}
    assert len(asked) > 40
    whole = {}
    for sql, values in asked.items():
        steps = [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
        large = [step for step in steps if re.match(r"SCAN \w+( |$)", step) and not SMALL.match(step) and "full_chats" not in step]
        if large and "CONSTANT ROW" not in str(large):
            whole[sql] = large
    conn.close()
    assert not whole


@pytest.mark.parametrize("counted", [False, True])
def test_a_server_looks_for_a_chats_oldest_by_the_chat(postgres: Postgres, clock: FrozenClock, counted: bool) -> None:
    """Before PostgreSQL has counted its rows, and after, with most of them settled long ago."""
    store = Store(postgres.fresh(), clock, pace=Pace(0, 0, 0))
    series = "FROM generate_series(1, 4000) AS g(n)"
    try:
        store.write(lambda db: db.execute(_INBOX + series) + db.execute(_OUTBOX + series))
        if counted:
            store.write(lambda db: db.execute("ANALYZE inbox") + db.execute("ANALYZE outbox"))
        values: dict[str, Any] = {"channel": "telegram", "lane": "reply", "beside": "emergency", "limit": 50, "now": 1}
        values |= windows(Pace(0, 0, 0), "telegram", NOON)
        take = "\n".join(row["QUERY PLAN"] for row in store.read(lambda db: db.query("EXPLAIN " + without_locks(_HEADS), **values)))
        oldest = "EXPLAIN SELECT min(id) FROM inbox WHERE address = :address AND status = 'open'"
        claim = "\n".join(row["QUERY PLAN"] for row in store.read(lambda db: db.query(oldest, address="telegram:7")))
    finally:
        store.close()
    assert "Seq Scan" not in take + claim
    assert "outbox_chats" in take and "address = o.address" in take and "inbox_open" in claim


_INBOX = """
    INSERT INTO inbox (channel, chat, update_id, address, kind, text, lang, city, raw, received_at, status)
    SELECT 'telegram', CAST(n AS text), CAST(n AS text), 'telegram:' || n % 600, 'text', '', '', '', '', 0,
           CASE WHEN n % 50 = 0 THEN 'open' ELSE 'done' END
    """
_OUTBOX = """
    INSERT INTO outbox (key, channel, address, text, buttons, status, created_at, updated_at)
    SELECT 'f' || n, 'telegram', 'telegram:' || n % 600, '', '[]', CASE WHEN n % 3 = 0 THEN 'pending' ELSE 'sent' END, 0, 0
    """
