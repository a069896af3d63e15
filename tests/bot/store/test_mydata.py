"""What is kept about a person is told as a whole and deleted as a whole, on both engines, whatever is under way in their chat."""

from __future__ import annotations

from typing import Any

import pytest

from bot.effects import CloseCase, Effect, Forget, Later, Register, ReportPhone
from bot.errors import Overtaken
from bot.model import CaseDraft, Incoming, Person, Reply, Turn
from bot.person import Entry
from bot.state import State
from bot.store import mydata, notes
from bot.store.connection import Connection
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.bot.store.play import after
from tests.fakes.engine import NOON

SECRET = "豆腐脑"
"""A word that must be nowhere once it was forgotten."""
DRAFT = CaseDraft("P0", "emergency:x", ("care.emergency",), "xian", "yanta", "某医院", (("place", SECRET),))
TABLES = (
    "inbox",
    "conversations",
    "cases",
    "messages",
    "audit",
    "outbox",
    "residents",
    "dues",
    "register",
    "phone_reports",
    "sites",
    "members",
    "case_notes",
)


def accept(store: Store, update: str, text: str = SECRET, chat: str = "7") -> int:
    return store.accept(Incoming("telegram", chat, update, text, NOON, city="xian", raw=f'{{"text": "{text}"}}'))


def turn(store: Store, *effects: Effect, draft: CaseDraft | None = None, chat: str = "7", state: State | None = None, **more: Any) -> int:
    """The oldest row of a chat answered with its own words."""
    row = store.claim(f"telegram:{chat}", NOON)
    assert row is not None
    told = Turn((Reply(more.pop("say", row.incoming.text)),), state or row.state, draft, effects=effects, **more)
    number, _ = store.finish(row, told, row.version, NOON)
    return number


def life(store: Store, chat: str = "7") -> int:
    """A chat that has left something in every table; the number of its open case."""
    accept(store, f"{chat}-1", chat=chat)
    entry = Entry("dialysis", "self", "xian", "yanta", "2022-04-06", SECRET)
    told = ReportPhone(SECRET, "noanswer")
    number = turn(store, Register(entry), Later("came", 300, SECRET), told, draft=DRAFT, chat=chat, state=State(district=SECRET))
    (sent,) = store.take("telegram", 1, NOON)
    assert store.delivered(sent.id, sent.attempt, NOON)
    store.write(lambda db: notes.add(db, number, "ann", "note", SECRET, NOON))
    return number


def forget(store: Store, chat: str = "7", state: State | None = None) -> None:
    accept(store, f"{chat}-forget", "是的，全部删除", chat)
    turn(store, Forget(), chat=chat, say="好", state=state or State())


def holding(store: Store, word: str) -> list[str]:
    """The tables that hold a word anywhere."""

    def look(db: Connection) -> list[str]:
        return [table for table in TABLES if any(word in str(row) for row in db.query(f"SELECT * FROM {table}"))]

    return store.read(look)


def test_everything_is_told(store: Store) -> None:
    number = life(store)
    life(store, "8")
    person = store.read(lambda db: mydata.person(db, "telegram:7"))
    assert [(line.author, line.text) for line in person.lines] == [("resident", SECRET), ("bot", SECRET)]
    assert [(case.number, case.words, case.facts) for case in person.cases] == [(number, SECRET, (("place", SECRET),))]
    assert person.entries == (Entry("dialysis", "self", "xian", "yanta", "2022-04-06", SECRET),) and person.moments == 1
    assert person.reports == 1
    assert store.read(lambda db: mydata.person(db, "telegram:9")) == Person()


def test_a_copy_is_sent_whole_and_is_no_part_of_the_next(store: Store) -> None:
    accept(store, "1", "{case} {data}")
    turn(store, say="好")
    for update in ("2", "3"):
        accept(store, update, "my data")
        turn(store, say="{data}", about=lambda person: "|".join(line.text for line in person.lines))
    # What the resident wrote is not taken for a placeholder of ours.
    assert [line.text for line in store.history("telegram:7")] == [
        "{case} {data}",
        "好",
        "my data",
        "{case} {data}|好",
        "my data",
        "{case} {data}|好|my data",
    ]
    sent = []
    while rows := store.take("telegram", 1, NOON):
        sent.append(rows[0].text)
        assert store.delivered(rows[0].id, rows[0].attempt, NOON)
    assert sent == ["好", "{case} {data}|好", "{case} {data}|好|my data"]


def test_no_word_is_left_and_others_lose_nothing(store: Store) -> None:
    number, other = life(store), life(store, "8")
    assert set(holding(store, SECRET)) == {
        "inbox",
        "conversations",
        "cases",
        "messages",
        "outbox",
        "residents",
        "dues",
        "register",
        "phone_reports",
        "case_notes",
    }
    before = store.read(lambda db: mydata.person(db, "telegram:8"))
    forget(store, state=State(case=number))
    assert store.read(lambda db: mydata.person(db, "telegram:8")) == before
    forget(store, "8", State(case=other))
    assert holding(store, SECRET) == [] and holding(store, "全部删除") == [] and holding(store, "某医院") == []
    assert [line.text for line in store.history("telegram:7")] == ["好"]
    assert store.conversation("telegram:7")[0] == State(case=number)
    # The open case stays in the queue, with number, kind and place.
    left = store.case(number)
    assert left is not None and (left.status, left.priority, left.topics, left.district) == ("open", "P0", ("care.emergency",), "yanta")
    assert [row.kind for row in store.trail(number)] == ["case.opened", "case.forgotten"] and store.intact(number)


def test_a_closed_case_no_longer_says_whose_it_was(store: Store) -> None:
    number = life(store)
    accept(store, "2", "好了")
    turn(store, CloseCase(number, "resident"))
    forget(store)
    left = store.case(number)
    assert left is not None and (left.address, left.words, left.facts) == ("", "", ())
    assert store.case_of("telegram:7") is None and store.intact(number)


def test_an_update_that_comes_again_is_still_known(store: Store) -> None:
    life(store)
    forget(store)
    assert accept(store, "7-1") and store.claim("telegram:7", NOON) is None
    assert holding(store, SECRET) == []


def test_what_came_meanwhile_is_answered(store: Store) -> None:
    life(store)
    accept(store, "7-forget", "是的，全部删除")
    accept(store, "after", "没饭")
    turn(store, Forget(), say="好", state=State())
    row = store.claim("telegram:7", NOON)
    assert row is not None and (row.incoming.text, row.incoming.city, row.state) == ("没饭", "xian", State())
    store.finish(row, Turn((Reply("在"),), State()), row.version, NOON)
    assert [line.text for line in store.history("telegram:7")] == ["好", "没饭", "在"]


@pytest.mark.parametrize("end", ["delivered", "progressed", "retry", "dead", "uncertain", "given back"])
def test_a_message_on_its_way_ends_in_nothing(store: Store, opened: Open, end: str) -> None:
    accept(store, "1")
    turn(store)
    sender = opened()
    (row,) = sender.take("telegram", 1, NOON)
    forget(store)
    ends = {
        "delivered": lambda: sender.delivered(row.id, row.attempt, NOON),
        "progressed": lambda: sender.delivered(row.id, row.attempt, NOON, part=1, last=False),
        "retry": lambda: sender.retry(row.id, row.attempt, "timeout", after(1), NOON),
        "dead": lambda: sender.dead(row.id, row.attempt, "gone", NOON),
        "uncertain": lambda: sender.uncertain(row.id, row.attempt, "timeout", NOON),
        "given back": lambda: sender.give_back([(row.id, row.attempt)], NOON),
    }
    assert not ends[end]()
    # Only the confirmation is left to be sent, at once: nothing stands before it any more.
    assert [left.text for left in sender.take("telegram", 10, after(60))] == ["好"]


def test_where_the_conversation_has_moved_on_nothing_is_deleted(store: Store) -> None:
    life(store)
    accept(store, "2", "是的，全部删除")
    row = store.claim("telegram:7", NOON)
    assert row is not None
    with pytest.raises(Overtaken):
        store.finish(row, Turn((), State(), effects=(Forget(),)), row.version + 1, NOON)
    assert "messages" in holding(store, SECRET) and "register" in holding(store, SECRET)


def test_a_moment_that_had_come_already_is_harmless(store: Store) -> None:
    life(store)
    assert store.come_due(after(300)) == ["telegram:7"]
    accept(store, "2", "是的，全部删除")
    due = store.claim("telegram:7", after(300))
    assert due is not None and due.incoming.kind == "due"
    store.finish(due, Turn((), due.state), due.version, after(300))
    turn(store, Forget(), say="好", state=State())
    assert store.claim("telegram:7", after(300)) is None and store.next_moment() is None


def test_a_chat_that_has_moved_is_forgotten_under_its_earlier_number_too(store: Store) -> None:
    life(store)
    store.reroute("telegram", "telegram:7", "telegram:70", NOON)
    forget(store, "70")
    assert holding(store, SECRET) == []
