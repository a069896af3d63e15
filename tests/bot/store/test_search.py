"""What was said in a case is found by its words, newest first, and is gone with what is deleted; on both engines."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bot.clock import FrozenClock
from bot.desk import Desk
from bot.effects import CloseCase, Forget
from bot.filter import CaseFilter
from bot.listing import Listing
from bot.model import CaseDraft, Incoming, Reply, Turn
from bot.store import cases, listing, search
from bot.store.store import Store
from bot.terms import read_query, terms
from tests.bot.store.conftest import Open
from tests.bot.test_terms import _stands
from tests.fakes.engine import NOON

DIALYSIS = CaseDraft("P1", "handoff:care.dialysis", ("care.dialysis",), "xian", "yanta", "某某医院", (("place", "阳光花园3号楼"),))
OTHER = CaseDraft("P2", "handoff:supplies.daily", ("supplies.daily",), "xian", "beilin")


def say(store: Store, chat: str, text: str, draft: CaseDraft | None = None, *effects: Any, **more: Any) -> int:
    """A turn of a chat in these words; the number of its case."""
    store.accept(Incoming("telegram", chat, f"{chat}:{text}:{random.random()}", text, NOON, **more))
    row = store.claim(f"telegram:{chat}", NOON)
    assert row is not None
    return store.finish(row, Turn((), row.state, draft, effects=effects), row.version, NOON)[0]


@pytest.fixture
def of(store: Store, clock: FrozenClock) -> Listing:
    return Listing(store, clock)


def numbers(of: Listing, text: str, limit: int = 50, **more: Any) -> list[int]:
    of.catch_up(60)
    wanted, found, after = CaseFilter(**{"status": "any", **more}, text=text), list[int](), ""
    while True:
        page = of.page(wanted, after, limit)
        assert len(page.cases) <= limit
        found += [case.number for case in page.cases]
        if not page.following:
            return found
        assert page.following != after
        after = page.following


def test_everything_that_was_said_is_found(store: Store, of: Listing, clock: FrozenClock) -> None:
    number = say(store, "7", "我妈尿毒症要透析，小区封了", DIALYSIS)
    other = say(store, "8", "家里没吃的", OTHER)
    say(store, "7", "today she has Chest-Pain as well")
    Desk(store, clock, "ann").note(number, "已经联系街道办")
    for words in ("透析", "尿毒症 封了", '"chest pain"', "阳光花园", "某某医院", "街道办", "透析 chest 街道", f"#{number}", "痛 chest"):
        expected = [number] if "痛" not in words else []
        assert numbers(of, words) == expected, words
    assert numbers(of, "没吃") == [other] and numbers(of, "析") == [number] and numbers(of, "透析 没吃") == []
    assert numbers(of, str(other)) == [other]


def test_an_answer_of_the_staff_is_found_and_the_bots_is_not(store: Store, of: Listing) -> None:
    number = say(store, "7", "要透析", DIALYSIS)
    for update, kind, text, reply in (
        ("a", "due", 'staff:{"case": 1, "by": "ann", "do": "answer", "text": "请等救护车"}', "请等救护车"),
        ("b", "text", "好", "请带身份证"),
    ):
        store.accept(Incoming("telegram", "7", update, text, NOON, kind=kind))  # type: ignore[arg-type]
        row = store.claim("telegram:7", NOON)
        assert row is not None
        store.finish(row, Turn((Reply(reply),), row.state), row.version, NOON)
    assert numbers(of, "救护车") == [number] and numbers(of, "身份证") == []


def test_what_a_person_said_in_a_group_is_in_their_case(store: Store, of: Listing) -> None:
    number = say(store, "-5/7", "群里说要透析", DIALYSIS)
    say(store, "7", "私下说没有车")
    # What is said in private while the case is open is part of it, though that turn is about no case.
    say(store, "7", "车来了", OTHER)
    assert numbers(of, "群里 透析") == numbers(of, "私下") == numbers(of, "车来了") == [number]


def test_a_closed_case_keeps_its_words_and_not_what_comes_later(store: Store, of: Listing, clock: FrozenClock) -> None:
    number = say(store, "7", "要透析", DIALYSIS)
    say(store, "7", "好了", None, CloseCase(number, "resident"))
    clock.advance(60)
    later = say(store, "7", "没吃的了", OTHER)
    assert numbers(of, "透析") == [number] and numbers(of, "没吃") == [later]
    assert numbers(of, "透析", status="open") == [] and numbers(of, "透析", status="closed") == [number]


def test_deleted_words_are_found_nowhere_at_once(store: Store, of: Listing, clock: FrozenClock) -> None:
    closed = say(store, "7", "豆腐脑一碗", DIALYSIS)
    say(store, "7", "好了", None, CloseCase(closed, "resident"))
    number = say(store, "7", "还要豆腐脑", OTHER)
    Desk(store, clock, "ann").note(number, "他要豆腐脑")
    assert numbers(of, "豆腐脑") == [number, closed]
    say(store, "7", "delete", None, Forget())
    wanted = CaseFilter(status="any", text="豆腐脑")
    assert of.page(wanted).cases == ()
    of.catch_up(60)
    assert of.page(wanted).cases == () and numbers(of, "阳光花园") == []
    assert all("豆腐" not in row["body"] for row in store.read(lambda db: db.query("SELECT body FROM case_texts")))


def test_words_read_before_a_deletion_are_not_written_after_it(store: Store, of: Listing) -> None:
    """Two who index at once, and the resident deletes everything between the reading of one and its writing."""
    number = say(store, "7", "豆腐脑", DIALYSIS)
    read = store.read(lambda db: [(mark, search.body(db, mark[0])) for mark in search.marked(db, 10)])
    assert "豆腐" in read[0][1]
    of.catch_up(60)
    say(store, "7", "delete", None, Forget())
    assert store.write(lambda db: search.put(db, read)) == 0
    assert numbers(of, "豆腐脑") == []
    assert store.read(lambda db: search.marked(db, 10)) == [] and number


def test_it_is_newest_first_page_by_page(store: Store, of: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "WORDS", (3, 4, 10**15))
    monkeypatch.setattr(listing, "FILTERED", (2, 3))
    made = [say(store, str(chat), "要透析" if chat % 3 else "没吃的", DIALYSIS if chat % 2 else OTHER) for chat in range(1, 31)]
    expected = [number for chat, number in enumerate(made, 1) if chat % 3][::-1]
    assert numbers(of, "透析", limit=4) == expected == numbers(of, "透析", limit=100)
    odd = [number for chat, number in enumerate(made, 1) if chat % 3 and chat % 2][::-1]
    assert numbers(of, "透析", limit=4, district="yanta") == odd == numbers(of, "透析", topic="care.dialysis")


@pytest.mark.parametrize(
    "text", ['"', "*", "a*b*", "AND", "NEAR(透 析)", "'); DROP", "-透析", "^透", "a:b", "%_!", "& | ! <->", "\x00", "痛" * 500]
)
def test_no_query_breaks_the_engine(store: Store, of: Listing, text: str) -> None:
    say(store, "7", "要透析", DIALYSIS)
    of.catch_up(60)
    of.page(CaseFilter(status="any", text=text))


def test_it_finds_what_a_slow_search_finds(store: Store, of: Listing) -> None:
    """Random words in random cases, against looking at each."""
    dice = random.Random(5)
    alphabet = ["透", "析", "痛", "门", "诊", "ab", "abc", "1", "，", " "]
    texts = ["".join(dice.choices(alphabet, k=dice.randint(1, 12))) or "痛" for _ in range(80)]
    made = [say(store, str(chat), text, OTHER) for chat, text in enumerate(texts, 1)]
    of.catch_up(60)
    for _ in range(80):
        asked = "".join(dice.choices([*alphabet, "*", '"'], k=dice.randint(1, 5)))
        query = read_query(asked)
        if query.empty or query.number:
            continue
        expected = [n for n, text in zip(made, texts, strict=True) if all(_stands(phrase, terms(text)) for phrase in query.phrases)]
        assert numbers(of, asked) == expected[::-1], asked


def test_cases_of_an_earlier_version_are_indexed(database: str, clock: FrozenClock) -> None:
    from bot.store.migrations import MIGRATIONS
    from bot.store.open import open_engine
    from bot.store.schema import migrate

    before = next(number for number, all_of in enumerate(MIGRATIONS) if any("case_texts" in statement for statement in all_of))
    old = open_engine(database, lambda db: migrate(db, 0, upto=before))
    old.write(
        lambda db: db.execute(
            "INSERT INTO cases (address, priority, reason, topics, city, district, hospital, words, opened_at, updated_at) "
            "VALUES ('telegram:7', 'P1', 'x', '[\"care.dialysis\",\"care.fever\"]', '', '', '', '要透析', 0, 0)"
        )
    )
    old.close()
    store = Store(database, clock)
    try:
        of = Listing(store, clock)
        assert numbers(of, "透析") == [1]
        assert [case.number for case in of.page(CaseFilter(topic="care.fever")).cases] == [1]
    finally:
        store.close()


def test_two_who_index_at_once_do_it_once(opened: Open, clock: FrozenClock) -> None:
    from tests.bot.store.test_concurrency import together

    stores = [opened() for _ in range(3)]
    for chat in range(1, 41):
        say(stores[0], str(chat), "要透析", DIALYSIS)
    done: list[int] = []
    together(3, lambda worker: done.append(Listing(stores[worker], clock).catch_up(60)))
    assert sum(done) == 40 and len(numbers(Listing(stores[0], clock), "透析")) == 40


def test_a_case_that_is_logged_without_words(store: Store, of: Listing) -> None:
    store.write(lambda db: cases.log_case(db, "telegram:9", CaseDraft("P3", "x", ()), words="", inbox_id=1, now=NOON))
    assert of.behind().many == 1 and of.catch_up(60) == 1
    assert of.behind().many == 0 == of.catch_up(60)
