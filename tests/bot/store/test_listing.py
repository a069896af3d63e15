"""Pages of cases: every filter against looking at each case; nothing is shown twice or left out while others come and go; both engines."""

from __future__ import annotations

import random

import pytest

from bot.clock import FrozenClock
from bot.desk import Desk
from bot.effects import CloseCase
from bot.filter import CaseFilter
from bot.listing import MOST, Count, Listing
from bot.model import CaseDraft, Priority
from bot.person import Entry
from bot.site import Site
from bot.staff import View
from bot.store import listing, register, sites, views
from bot.store.store import Store
from bot.views import BadView, Views
from tests.bot.store.test_search import say
from tests.fakes.engine import NOON

TOPICS = ("care.dialysis", "care.fever", "supplies.daily")
LEVELS: tuple[Priority, ...] = ("P0", "P1", "P2", "P3")
PLACES = (("xian", "yanta"), ("xian", "beilin"), ("beijing", "chaoyang"))


@pytest.fixture
def of(store: Store, clock: FrozenClock) -> Listing:
    return Listing(store, clock)


def walk(of: Listing, wanted: CaseFilter, limit: int = 7) -> list[int]:
    found, after = list[int](), ""
    while True:
        page = of.page(wanted, after, limit)
        assert len(page.cases) <= limit
        found += [case.number for case in page.cases]
        if not page.following:
            return found
        after = page.following


def fill(store: Store, clock: FrozenClock, many: int = 40) -> dict[int, CaseFilter]:
    """Cases of all kinds; each with the filter that says all that holds for it."""
    dice = random.Random(3)
    store.write(lambda db: sites.put(db, "telegram:-5", Site("阳光花园"), NOON))
    made = {}
    for chat in range(1, many + 1):
        topic, level, (city, district) = dice.choice(TOPICS), dice.choice(LEVELS), dice.choice(PLACES)
        hospital, site, grouped = dice.choice(("", "某某医院")), dice.choice((0, 1)), dice.random() < 0.5
        number = say(store, str(chat), "要透析", CaseDraft(level, "x", (topic, "other"), city, district, hospital, site=site))
        mine = dice.choice(("", "", "ann", "bob"))
        if closed := dice.random() < 0.3:
            say(store, str(chat), "好了", None, CloseCase(number, "resident"))
        elif mine:
            Desk(store, clock, mine).take(number)
        if grouped:
            store.write(lambda db, chat=chat: register.put(db, f"telegram:{chat}", Entry("pregnant"), NOON))  # type: ignore[misc]
        made[number] = CaseFilter(
            "closed" if closed else "open",
            (level,),
            city,
            district,
            topic,
            hospital,
            "阳光花园" if site else "",
            "" if closed else mine,
            closed or not mine,
            False,
            "pregnant" if grouped else "",
        )
    return made


def matches(wanted: CaseFilter, has: CaseFilter) -> bool:
    """What a filter means, slowly."""
    return (
        wanted.status in ("any", has.status)
        and (not wanted.priorities or has.priorities[0] in wanted.priorities)
        and all(not getattr(wanted, name) or getattr(wanted, name) == getattr(has, name) for name in ("city", "district", "topic", "mine"))
        and (not wanted.hospital or wanted.hospital in has.hospital)
        and (not wanted.site or wanted.site == has.site)
        and (not wanted.unassigned or has.unassigned)
        and (not wanted.group or wanted.group == has.group)
    )


def test_each_filter_gives_what_it_says(store: Store, of: Listing, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PLAIN", (5, 9))
    made = fill(store, clock)
    order = [case.number for case in store.queue(1_000)]
    choices = {
        "status": ("open", "closed", "any"),
        "priorities": ((), ("P1",), ("P0", "P3")),
        "city": ("", "xian"),
        "district": ("", "yanta"),
        "topic": ("", "care.dialysis"),
        "hospital": ("", "某"),
        "site": ("", "阳光花园"),
        "mine": ("", "ann"),
        "unassigned": (False, True),
        "group": ("", "pregnant"),
    }
    dice = random.Random(9)
    single = [{name: value} for name, values in choices.items() for value in values]
    many = [{name: dice.choice(values) for name, values in choices.items() if dice.random() < 0.4} for _ in range(60)]
    some = 0
    for given in [*single, *many]:
        wanted = CaseFilter(**given)  # type: ignore[arg-type]
        expected = [number for number in made if matches(wanted, made[number])]
        ordered = [number for number in order if number in expected] if wanted.status == "open" else expected[::-1]
        assert walk(of, wanted) == ordered, given
        counted = of.count(wanted)
        assert counted == (Count(len(expected)) if wanted.status == "open" else None)
        some += bool(expected)
    assert some > 40


def test_a_page_stays_where_it_is_while_cases_come_and_go(store: Store, of: Listing) -> None:
    made = [say(store, str(chat), "x", CaseDraft("P2", "x", ())) for chat in range(1, 13)]
    first = of.page(CaseFilter(), "", 5)
    say(store, "99", "x", CaseDraft("P0", "x", ()))
    say(store, "2", "x", None, CloseCase(made[1], "resident"))
    say(store, "5", "x", None, CloseCase(made[4], "resident"))
    second = of.page(CaseFilter(), first.following, 5)
    assert [case.number for case in (*first.cases, *second.cases)] == made[:10]


@pytest.mark.parametrize("key", ["x", "P9.1.1", "P1.1", "P1.1.1.1", "1.1.1", "P1.P1.P1", "-1", "9" * 30, "P1.٣.1", "'; DROP", "0", "\x00"])
def test_a_key_that_is_none_breaks_nothing(store: Store, of: Listing, key: str) -> None:
    number = say(store, "7", "要透析", CaseDraft("P2", "x", ()))
    of.catch_up()
    assert [case.number for case in of.page(CaseFilter(), key).cases] == [number]
    for wanted in (CaseFilter(status="any"), CaseFilter(status="any", text="透析")):
        assert [case.number for case in of.page(wanted, key).cases] == ([] if key == "0" else [number])


def test_a_topic_that_is_added_later_and_counts_above_the_cap(store: Store, of: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    number = say(store, "7", "x", CaseDraft("P2", "x", ("care.fever",)))
    say(store, "7", "x", CaseDraft("P2", "x", ("care.fever", "care.dialysis")))
    for topic in ("care.fever", "care.dialysis"):
        assert walk(of, CaseFilter(topic=topic)) == [number]
    monkeypatch.setattr("bot.listing.MOST", 3)
    assert str(of.count(CaseFilter())) == "1" and MOST == 1_000
    for chat in "123":
        say(store, chat, "x", CaseDraft("P2", "x", ()))
    assert str(of.count(CaseFilter())) == "2+" and of.count(CaseFilter(text="a")) is None


def test_nothing_is_overdue_before_there_are_clocks(store: Store, of: Listing) -> None:
    say(store, "7", "x", CaseDraft("P0", "x", ()))
    assert walk(of, CaseFilter(overdue=True)) == []


def test_like_cases_of_the_same_place_and_need(store: Store, of: Listing) -> None:
    def logged(chat: str, text: str, topic: str = "care.dialysis", district: str = "yanta") -> int:
        return say(store, chat, text, CaseDraft("P2", "x", (topic, "other"), "xian", district))

    one = logged("1", "我妈尿毒症要透析，小区封了不让出去")
    same = logged("2", "我妈尿毒症要透析，小区封了不放行")
    logged("3", "家里的猫想吃罐头，哪里能买到呢")
    logged("4", "我妈尿毒症要透析，小区封了不让出去", district="beilin")
    logged("5", "我妈尿毒症要透析，小区封了不让出去", topic="supplies.daily")
    closed = logged("6", "我妈尿毒症要透析，小区封了不让出去")
    say(store, "6", "好了", None, CloseCase(closed, "resident"))
    assert of.similar(one) == [] == of.similar(999)
    of.catch_up(60)
    ((number, score),) = of.similar(one)
    assert number == same and 55 <= score < 100
    again = logged("7", "我妈尿毒症要透析，小区封了不让出去")
    of.catch_up(60)
    assert [number for number, _ in of.similar(one)] == [again, same] and of.similar(one)[0][1] == 100


def test_views_of_ones_own_and_shared_ones(store: Store, clock: FrozenClock) -> None:
    ann, bob = Views(store, clock, "ann"), Views(store, clock, "bob")
    wanted = CaseFilter(topic="care.dialysis", text="透析 雁塔")
    first, second, third = (
        ann.save(" 透析 ", wanted),
        ann.save("危险", CaseFilter(priorities=("P0",))),
        ann.save("三", CaseFilter(), shared=True),
    )
    assert [view.title for view in ann.all()] == ["透析", "危险", "三"] and ann.open(first) == wanted
    assert bob.all() == [View(third, "ann", "三", "", 3, True)] and bob.open(third) == CaseFilter()
    ann.move(third, 0)
    ann.move(second, 99)
    assert [view.id for view in ann.all()] == [third, first, second]
    ann.change(first, title="改名", shared=True, wanted=CaseFilter(status="closed"))
    assert [view.title for view in bob.all()] == ["三", "改名"] and bob.open(first) == CaseFilter(status="closed")
    for act in (lambda: bob.change(first, title="x"), lambda: bob.remove(first), lambda: bob.move(first, 0), lambda: bob.open(second)):
        with pytest.raises(BadView):
            act()
    ann.remove(second)
    for title in ("", "  ", "x" * 61):
        with pytest.raises(BadView):
            ann.save(title, wanted)
    with pytest.raises(BadView, match="gone"):
        ann.change(second, title="x")
    assert [view.id for view in ann.all()] == [third, first]


def test_so_many_views_and_no_more(store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.views.MOST", 2)
    ann = Views(store, clock, "ann")
    for title in "ab":
        ann.save(title, CaseFilter())
    with pytest.raises(BadView, match="2 views"):
        ann.save("more", CaseFilter())
    assert store.read(lambda db: views.get(db, 99)) is None
