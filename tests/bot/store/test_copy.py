"""A whole database is copied from one engine to the other, goes on after a break, and is never mixed with another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.accounts import Accounts
from bot.clock import FrozenClock
from bot.desk import Desk
from bot.desk.ticks import Ticks
from bot.duty import Duty
from bot.effects import Judge, Later, Pick, PutReminder, PutSite, ReportPhone
from bot.errors import StoreError, StoreUnavailable
from bot.filter import CaseFilter
from bot.listing import Listing
from bot.login import Logins, SignedIn, Wrong
from bot.model import CaseDraft, Incoming, Reply, Turn
from bot.overlay import Proposal
from bot.person import Entry
from bot.reminder import Rule
from bot.site import Site
from bot.state import State
from bot.store import alarms, copy, effects, group, group_answers, people, register, slots, tallies, unmatched, watched
from bot.store.copy import TABLES, CopyRefused, copy_database
from bot.store.pacer import Pace
from bot.store.store import Store
from bot.views import Views
from intents.targets import Alarms, read_targets
from tests.bot.store import casts
from tests.bot.store.conftest import FREE
from tests.bot.store.play import answer, incoming
from tests.fakes.engine import NOON
from tests.postgres import Postgres

REMINDER = PutReminder("dialysis", "每天早上7点透析", Rule(("07:00",)))
Ways = Callable[[str], tuple[str, str]]


@pytest.fixture
def way(tmp_path: Path, postgres: Postgres) -> Ways:
    """From and to, by a name such as ``sqlite-postgresql``."""

    def name(both: str) -> tuple[str, str]:
        places = [postgres.fresh() if engine == "postgresql" else str(tmp_path / f"{n}.db") for n, engine in enumerate(both.split("-"))]
        return places[0], places[1]

    return name


both_ways = pytest.mark.parametrize("engines", ["sqlite-postgresql", "postgresql-sqlite", "sqlite-sqlite", "postgresql-postgresql"])


def fill(database: str, clock: FrozenClock) -> None:
    store = Store(database, clock, pace=Pace(100, 0, 0))
    store.write(lambda db: group.use(db, -100))
    store.write(lambda db: group_answers.answered(db, -100, 5, 1, 1))
    for number in range(25):
        store.accept(incoming(str(number % 7), f"u{number}", text=f"第{number}条 %s :x"))
        if number % 3 == 0:
            row = store.claim(f"telegram:{number % 7}", NOON)
            assert row is not None
            turn = Turn(
                (Reply("好"),),
                State(city="xian"),
                CaseDraft("P1", "handoff:other", ("other",), facts=(("reach", "00000001"),)),
                gaps=("duty",),
                effects=(Later("came", 300),),
            )
            store.finish(row, turn, store.conversation(row.incoming.address)[1], NOON)
    store.accept(incoming("-5/7", "group"))
    row = store.claim("telegram:-5/7", NOON)
    assert row is not None
    store.finish(row, Turn((), State(), effects=(PutSite(Site("阳光花园", "xian", "yanta")),)), row.version, NOON)
    store.take("telegram", 3, NOON)
    store.pause("telegram", NOON, NOON)
    store.unreachable("telegram:3", "blocked", NOON)
    store.secret("page")
    store.write(lambda db: register.put(db, "telegram:0", Entry("dialysis", "family", "xian", "yanta", "2022-04-06", "周三"), NOON))
    said = (ReportPhone("12345", "noanswer"), Judge(1, ("care.fever",), ("doc/p1",), -1), Pick(1, "care.fever"), REMINDER)
    store.write(lambda db: [effects.apply(db, incoming("0"), effect, NOON) for effect in said])
    desk = Desk(store, clock, "ann")
    desk.note(1, "第一件", once="form")
    desk.look(1)
    desk.call(1, "打给家属")
    store.write(lambda db: tallies.add(db, {(0, "turn", "answer"): 2}))
    store.write(lambda db: slots.take(db, "brief", "2022-04-05", NOON))
    listing = Listing(store, clock)
    listing.catch_up(60)
    desk.note(2, "第二件")
    Views(store, clock, "ann").save("透析", CaseFilter(topic="care.dialysis"))
    staff(store, clock)
    cast(store, clock)
    store.close()


def cast(store: Store, clock: FrozenClock) -> None:
    """The tables of broadcasts."""
    store.write(lambda db: people.want(db, "telegram:1", "news", True, NOON))
    store.write(lambda db: watched.moved(db, "facility", "xian/xa-001", None, "open", NOON))
    store.write(
        lambda db: people.seen(db, incoming("2"), State(), State(city="xian", district="yanta", topics=("care.dialysis",), lang="en"), NOON)
    )
    desk = casts.Desk(store, clock)
    desk.by("ann").send(desk.by("ann").write(casts.draft()))
    desk.caster.tick()


def staff(store: Store, clock: FrozenClock) -> None:
    """The tables of the accounts, the alarms and the targets."""
    ticks = Ticks(store, clock, Alarms(every=3, supervisors=6))
    ticks.start(read_targets())
    accounts, logins = Accounts(store, clock), Logins(store, clock)
    token = accounts.create("ann", "operator")
    accounts.use_link(token, "a long password of hers")
    accounts.relink("ann")
    assert isinstance(logins.login("ann", "a long password of hers", "", "there", ""), SignedIn)
    assert logins.login("bob", "x", "", "here", "") == Wrong()
    logins.token_make("ann", "for a program")
    store.write(lambda db: alarms.ring(db, 1, NOON))
    store.write(lambda db: unmatched.note(db, 1, "clarify", NOON))
    store.write(lambda db: unmatched.add(db, Proposal(0, "care.fever", ("烧",), proposed_by="ann"), NOON))
    Duty(store, clock).start("ann", NOON + dt.timedelta(hours=8))


def content(database: str) -> dict[str, list[dict[str, Any]]]:
    store = Store(database)
    try:
        return {
            table: sorted(store.read(lambda db, table=table: db.query(f"SELECT * FROM {table}")), key=repr)  # type: ignore[misc]
            for table in TABLES
        }
    finally:
        store.close()


@both_ways
def test_everything_arrives(way: Ways, engines: str, clock: FrozenClock) -> None:
    source, target = way(engines)
    fill(source, clock)
    steps: list[tuple[str, int, int]] = []
    counts = copy_database(source, target, 0, lambda *step: steps.append(step))
    before, after = content(source), content(target)
    assert after == before and counts == {table: len(rows) for table, rows in before.items()}
    assert all(counts.values()) and steps[-1][1] == steps[-1][2] == sum(counts.values())
    store = Store(target, clock, pace=FREE)
    try:
        assert store.accept(Incoming("telegram", "9", "new", "没饭", NOON)) > max(row["id"] for row in before["inbox"])
        assert store.accept(incoming("0", "u0")) == min(row["id"] for row in before["inbox"])
        assert answer(store, "telegram:9") is not None
        assert all(store.intact(case.number) for case in store.queue())
        # Their words are found there too, and what had not been indexed is.
        listing = Listing(store, clock)
        assert [case.number for case in listing.page(CaseFilter(status="any", text="第一件")).cases] == [1]
        assert listing.page(CaseFilter(status="any", text="第二件")).cases == ()
        listing.catch_up(60)
        assert [case.number for case in listing.page(CaseFilter(status="any", text="第二件")).cases] == [2]
    finally:
        store.close()


@both_ways
@pytest.mark.parametrize("after", [0, 1, 4, 9])
def test_a_broken_copy_goes_on_where_it_stopped(
    way: Ways, engines: str, after: int, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = way(engines)
    fill(source, clock)
    monkeypatch.setattr(copy, "BATCH", 4)
    real, left = copy._put, [after]

    def breaking(*args: Any) -> None:
        real(*args)
        if not left[0]:
            raise StoreUnavailable("the power went")
        left[0] -= 1

    with monkeypatch.context() as patch:
        patch.setattr(copy, "_put", breaking)
        with pytest.raises(StoreUnavailable, match="power"):
            copy_database(source, target, 0, lambda *_: None)
    with pytest.raises(StoreUnavailable, match="broken copy"):
        Store(target, clock)
    with pytest.raises(CopyRefused, match="itself a broken copy"):
        copy_database(target, way("sqlite-sqlite")[0] + ".third", 0, lambda *_: None)
    copied: list[int] = []
    monkeypatch.setattr(copy, "_put", lambda db, table, key, rows: (copied.append(len(rows)), real(db, table, key, rows)))
    copy_database(source, target, 0, lambda *_: None)
    assert content(target) == content(source)
    assert sum(copied) == sum(len(rows) for rows in content(source).values()) - after * 4 or after > 4


def test_nothing_is_mixed(way: Ways, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = way("sqlite-postgresql")
    fill(source, clock)
    fill(target, clock)
    before = content(target)
    with pytest.raises(CopyRefused, match="not empty"):
        copy_database(source, target, 0, lambda *_: None)
    assert content(target) == before
    with pytest.raises(CopyRefused, match="same database"):
        copy_database(source, str(tmp_path / "." / "0.db"), 0, lambda *_: None)
    with pytest.raises(CopyRefused, match="no database"):
        copy_database(str(tmp_path / "none.db"), target, 0, lambda *_: None)
    with pytest.raises(CopyRefused, match="keeps nothing"):
        copy_database(source, ":memory:", 0, lambda *_: None)
    third, other = str(tmp_path / "third.db"), str(tmp_path / "other.db")
    fill(other, clock)
    with monkeypatch.context() as patch:
        patch.setattr(copy, "_put", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            copy_database(source, third, 0, lambda *_: None)
    with pytest.raises(CopyRefused, match="another database"):
        copy_database(other, third, 0, lambda *_: None)


def test_a_source_that_is_written_to_meanwhile_is_noticed(way: Ways, clock: FrozenClock) -> None:
    source, target = way("sqlite-sqlite")
    fill(source, clock)
    busy = Store(source, clock)

    def progress(what: str, done: int, total: int) -> None:
        if what == "Copying residents":
            busy.accept(incoming("8"))

    with pytest.raises(StoreError, match="has changed"):
        copy_database(source, target, 0, progress)
    busy.close()
    with pytest.raises(StoreError, match="has changed"):
        copy_database(source, target, 0, lambda *_: None)
    Path(target).unlink()
    copy_database(source, target, 0, lambda *_: None)
    assert content(target) == content(source)


def test_a_nul_of_an_earlier_version_does_not_stop_it(way: Ways, clock: FrozenClock) -> None:
    source, target = way("sqlite-postgresql")
    fill(source, clock)
    store = Store(source, clock)
    store.write(lambda db: db.execute("UPDATE inbox SET text = :text WHERE update_id = 'u1'", text="a\x00b"))
    store.close()
    copy_database(source, target, 0, lambda *_: None)
    assert [row["text"] for row in content(target)["inbox"] if row["update_id"] == "u1"] == ["ab"]
