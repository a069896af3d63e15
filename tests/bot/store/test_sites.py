"""In a group everybody has a conversation and a case of their own; the site's name is on it, and both go where the group goes."""

from __future__ import annotations

from bot.effects import DropSite, Effect, Forget, PutSite
from bot.model import CaseDraft, Reply, Turn
from bot.site import Site
from bot.state import State
from bot.store import mydata, sites
from bot.store.store import Store
from tests.bot.store.play import after, incoming
from tests.fakes.engine import NOON

GROUP = "telegram:-5"
PARK = PutSite(Site("阳光花园", "xian", "yanta", "compound"))


def site_of(store: Store, group: str = "", number: int = 0) -> Site | None:
    return store.read(lambda db: sites.numbered(db, number) if number else sites.of_group(db, group))


def says(store: Store, chat: str, text: str, *effects: Effect, site: int = 0, priority: str = "", at: float = 0.0, **more: object) -> int:
    """Somebody writes and is answered; with a priority it becomes a case. The case's number."""
    store.accept(incoming(chat, text=text))
    row = store.claim(f"telegram:{chat}", after(at))
    assert row is not None and row.incoming.text == text
    draft = CaseDraft(priority, "handoff:x", ("medicine.chronic",), site=site) if priority else None  # type: ignore[arg-type]
    turn = Turn((Reply("好"),), row.state, draft, effects=effects, **more)  # type: ignore[arg-type]
    return store.finish(row, turn, row.version, after(at))[0]


def registered(store: Store) -> int:
    says(store, "-5/1", "/register_site 阳光花园", PARK)
    site = site_of(store, GROUP)
    assert site is not None
    return site.number


def words(store: Store) -> dict[str, str]:
    return {case.address: case.words for case in store.queue()}


def test_two_people_in_a_group_are_two_cases_and_each_keeps_its_words(store: Store) -> None:
    says(store, "-5/7", "胸痛", priority="P0")
    says(store, "-5/8", "没有药了", priority="P2")
    says(store, "-5/7", "还在痛", priority="P0")
    assert words(store) == {"telegram:7": "还在痛", "telegram:8": "没有药了"}


def test_one_person_has_one_case_wherever_they_write(store: Store) -> None:
    site = registered(store)
    number = says(store, "-5/7", "没有药了", site=site, priority="P2")
    assert says(store, "7", "是降压药", priority="P2") == number
    (case,) = store.queue()
    assert (case.words, case.site) == ("是降压药", "阳光花园")


def test_an_administrator_without_a_name_keeps_the_group_s_address(store: Store) -> None:
    says(store, "-5/-5", "没有药了", priority="P2")
    assert words(store) == {"telegram:-5/-5": "没有药了"}


def test_answers_go_to_the_group_and_count_as_its_own(store: Store) -> None:
    says(store, "-5/7", "在吗")
    says(store, "-5/8", "在吗")
    assert {row.address for row in store.take("telegram", 5, NOON)} == {GROUP}


def test_whoever_writes_in_a_group_shows_that_it_can_be_reached(store: Store) -> None:
    store.unreachable(GROUP, "kicked", NOON)
    store.accept(incoming("-5/7"))
    row = store.claim("telegram:-5/7", NOON)
    assert row is not None and row.unreachable


def test_a_site_has_its_list_and_no_other(store: Store) -> None:
    site = registered(store)
    says(store, "-6/1", "/register_site", PutSite(Site("方舱")))
    other = site_of(store, "telegram:-6")
    assert other is not None and other.number != site
    low = says(store, "-5/7", "没有药了", site=site, priority="P2")
    high = says(store, "-5/8", "胸痛", site=site, priority="P0", at=60)
    there = says(store, "-6/9", "没车", site=other.number, priority="P1")
    assert [case.number for case in store.queue(site=site)] == [high, low]
    assert [case.number for case in store.queue(named="方舱")] == [there]
    assert store.queue(named="别处") == [] and len(store.queue()) == 3


def test_another_name_is_the_cases_name_too_and_the_number_stays(store: Store) -> None:
    site = registered(store)
    says(store, "-5/7", "没有药了", site=site, priority="P2")
    says(store, "-5/1", "改名", PutSite(Site("月光花园", "xian", "baqiao")))
    found = site_of(store, number=site)
    assert found is not None and (found.name, found.district) == ("月光花园", "baqiao")
    assert [case.site for case in store.queue(site=site)] == ["月光花园"]


def test_a_site_that_is_none_any_more_leaves_its_name_on_its_cases(store: Store) -> None:
    site = registered(store)
    says(store, "-5/7", "没有药了", site=site, priority="P2")
    says(store, "-5/1", "不用了", DropSite())
    assert site_of(store, GROUP) is None and site_of(store, number=site) is None
    assert [case.site for case in store.queue()] == ["阳光花园"]
    says(store, "-5/1", "还是用", PARK)
    again = site_of(store, GROUP)
    assert again is not None and again.number != site


def test_a_group_that_becomes_a_supergroup_keeps_its_site_and_everybody_s_conversation(store: Store) -> None:
    site = registered(store)
    number = says(store, "-5/7", "没有药了", site=site, priority="P2")
    for _ in range(2):  # told twice: in the old group and in the new one
        store.reroute("telegram", GROUP, "telegram:-1005", after(1))
    moved = site_of(store, "telegram:-1005")
    assert site_of(store, GROUP) is None and moved is not None and moved.number == site
    assert store.conversation("telegram:-1005/7")[0].case == number
    assert [line.text for line in store.history("telegram:-1005/7")] == ["没有药了", "好"]
    assert {row.address for row in store.take("telegram", 5, after(2))} == {"telegram:-1005"}
    assert says(store, "-1005/7", "还是没有", site=site, priority="P2", at=3) == number


def test_what_was_written_in_groups_is_told_and_deleted_with_the_rest(store: Store) -> None:
    site = registered(store)
    says(store, "-5/7", "没有药了", site=site, priority="P2")
    says(store, "-5/8", "胸痛", site=site, priority="P0")
    says(store, "7", "/mydata", at=1)
    person = store.read(lambda db: mydata.person(db, "telegram:7"))
    assert [line.text for line in person.lines if line.author == "resident"] == ["没有药了", "/mydata"]
    says(store, "7", "删除", Forget(), at=2)
    assert store.history("telegram:-5/7") == [] and store.conversation("telegram:-5/7") == (State(), 0)
    assert words(store) == {"telegram:7": "", "telegram:8": "胸痛"}
    tables = ("inbox", "members", "messages", "outbox", "cases", "conversations")
    kept = store.read(lambda db: [str(row) for table in tables for row in db.query(f"SELECT * FROM {table}")])
    assert not [row for row in kept if "没有药了" in row or "'person': 'telegram:7'" in row]
    assert len(store.history("telegram:-5/8")) == 2
