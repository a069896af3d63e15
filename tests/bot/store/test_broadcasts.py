"""Broadcasts: written, approved, sent to each person at most once, stopped at any moment, counted rightly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from bot.audience import Audience
from bot.casts import CastRefused
from bot.clock import FrozenClock
from bot.reminder import Rule
from bot.store import people as people_kept
from bot.store import people as stored_people
from bot.store.store import Store
from tests.bot.store.casts import Desk, draft, people, rules, statuses
from tests.bot.store.conftest import Open
from tests.fakes.engine import NOON


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
def desk(store: Store, clock: FrozenClock) -> Iterator[Desk]:
    yield Desk(store, clock, rules(approve_above=50))


def test_it_reaches_everybody_once_and_is_done(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 40, clock.now())
    people(desk.store, 3, clock.now(), first=100, lang="en")
    number = desk.by("ann").write(draft("{district}明天停水", "No water in {district} tomorrow"))
    assert desk.by("ann").send(number).status == "on"
    desk.turn()
    assert sorted(desk.mail.sent) == sorted(f"telegram:{n}" for n in [*range(1, 41), *range(100, 103)])
    assert "【就医通知】\n雁塔区明天停水" in desk.mail.texts[desk.mail.sent.index("telegram:1")]
    assert "[Care notice]\nNo water in Yanta" in desk.mail.texts[desk.mail.sent.index("telegram:101")]
    (run,) = [one.run for one in desk.by("ann").progress(number)]
    assert (run.status, run.counts.people, run.counts.sent, run.counts.waiting) == ("done", 43, 43, 0)
    assert desk.by("ann").one(number).status == "done"
    desk.turn()
    assert len(desk.mail.sent) == 43
    rows = desk.store.read(lambda db: db.query("SELECT 1 AS found FROM outbox WHERE lane = 'broadcast'"))
    assert rows == [], "what has arrived does not stay in the outbox"


def test_for_many_a_second_person_approves(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 51, clock.now())
    number = desk.by("ann").write(draft())
    assert desk.by("ann").send(number).status == "waiting"
    desk.turn()
    assert desk.mail.sent == []
    with pytest.raises(CastRefused, match="somebody else"):
        desk.by("ann").approve(number)
    version = desk.by("bob").one(number).version
    desk.by("ann").rewrite(number, version, draft("后天停水", "No water the day after"))
    with pytest.raises(CastRefused):
        desk.by("bob").approve(number, version)
    desk.by("ann").send(number)
    assert desk.by("bob").approve(number, desk.by("bob").one(number).version).approved_by == "bob"
    desk.turn()
    assert len(desk.mail.sent) == 51 and "后天停水" in desk.mail.texts[0]


def test_one_that_has_grown_until_its_time_waits_for_an_approval(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 10, clock.now())
    number = desk.by("ann").write(draft(start=clock.now() + dt.timedelta(hours=1)))
    assert desk.by("ann").send(number).status == "on"
    people(desk.store, 60, clock.now(), first=100)
    clock.advance(3_601)
    desk.turn()
    assert desk.by("ann").one(number).status == "waiting" and desk.mail.sent == []
    desk.by("bob").approve(number)
    desk.turn()
    assert len(desk.mail.sent) == 70


def test_the_same_text_twice_a_day_is_questioned(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 1, clock.now())
    first = desk.by("ann").write(draft())
    desk.by("ann").send(first)
    second = desk.by("bob").write(draft(" 明天， 停水！", "no WATER tomorrow."))
    with pytest.raises(CastRefused) as error:
        desk.by("bob").send(second)
    assert (error.value.why, error.value.values) == ("cast_same", {"number": first})
    clock.advance(25 * 3_600)
    assert desk.by("bob").send(second).status == "on"


def test_the_same_text_is_questioned_while_the_first_waits_and_after_it_was_cancelled_on_the_way(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 120, clock.now())
    ann, bob = desk.by("ann"), desk.by("bob")
    first, second = ann.write(draft()), ann.write(draft())
    ann.send(first)
    with pytest.raises(CastRefused) as asked:
        ann.send(second)
    assert asked.value.why == "cast_same"
    ann.send(second, anyway=True)
    bob.approve(first)
    with pytest.raises(CastRefused) as approved:
        bob.approve(second)
    assert (approved.value.why, approved.value.values) == ("cast_same", {"number": first})
    desk.caster.tick()
    ann.cancel(second)
    third = ann.write(draft())
    with pytest.raises(CastRefused):
        ann.send(third)
    desk.mail.deliver(5)
    desk.caster.tick()
    ann.cancel(first)
    with pytest.raises(CastRefused) as again:
        ann.send(third)
    assert (again.value.why, again.value.values) == ("cast_same", {"number": first}), "some have it already"


def test_one_that_was_cancelled_before_anybody_had_it_is_no_question(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 5, clock.now())
    ann = desk.by("ann")
    first, second = ann.write(draft()), ann.write(draft())
    ann.send(first)
    ann.cancel(first)
    assert ann.send(second).status == "on"


def test_one_whose_time_is_over_before_the_morning_is_refused(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 5, clock.now())
    clock.advance((dt.datetime(2022, 1, 5, 15, 0, tzinfo=dt.UTC) - clock.now()).total_seconds() % 86_400)  # 23:00 in the cities
    ann = desk.by("ann")
    for plan in (
        {"quiet": True, "expires": dt.timedelta(hours=3)},
        {"quiet": True, "expires": dt.timedelta(hours=3), "rule": Rule(("23:30",))},
        {"until": clock.now() - dt.timedelta(days=1), "rule": Rule(("23:30",))},
    ):
        number = ann.write(draft(**plan))
        with pytest.raises(CastRefused) as error:
            ann.send(number)
        assert error.value.why == ("cast_over" if "until" in plan else "cast_night")
    number = ann.write(draft(quiet=True, expires=dt.timedelta(hours=9)))
    ann.send(number)
    desk.caster.tick()
    (progress,) = ann.progress(number)
    assert progress.rests is not None and progress.rests.isoformat() == "2022-04-05T23:00:00+00:00" and desk.mail.sent == []


def test_only_the_chosen_are_sent_again_after_its_time(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 20, clock.now())
    ann = desk.by("ann")
    number = ann.write(draft(expires=dt.timedelta(hours=1)))
    ann.send(number)
    desk.caster.tick()
    desk.mail.deliver(4, outcome=lambda _: "uncertain")
    clock.advance(3_601)
    desk.turn(3)
    run = ann.progress(number)[0].run
    assert (run.status, run.counts.uncertain, run.counts.waiting) == ("expired", 4, 16)
    assert ann.again(number, run.id, [ann.in_doubt(number)[run.id][0].key]) == 1
    desk.turn(4)
    assert desk.mail.sent[4:] == ["telegram:1"], "not those who were still waiting when its time was over"
    assert ann.progress(number)[0].run.counts.skipped == 16 and ann.why(run.id)["late"] == 16


def test_a_new_slot_takes_the_place_of_what_rested_at_night(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 3, clock.now())
    clock.advance((dt.datetime(2022, 1, 5, 14, 0, tzinfo=dt.UTC) - clock.now()).total_seconds() % 86_400)  # 22:00 in the cities
    ann = desk.by("ann")
    ann.send(ann.write(draft(quiet=True, rule=Rule(hours=3), expires=dt.timedelta(hours=24))))
    for _ in range(10):
        desk.turn(2)
        clock.advance(3_600)
    desk.turn(4)
    assert sorted(desk.mail.sent) == ["telegram:1", "telegram:2", "telegram:3"], "once in the morning, not once for each hour of the night"


def test_one_that_had_to_be_approved_at_its_time_is_sent_for_it(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 5, clock.now())
    ann = desk.by("ann")
    number = ann.write(draft(rule=Rule(("13:00",), (clock.now().weekday(),))))  # the clock stands at noon in the cities
    ann.send(number)
    people(desk.store, 200, clock.now(), first=100)
    clock.advance(3_660)
    desk.caster.tick()
    assert ann.one(number).status == "waiting"
    clock.advance(300)
    desk.by("bob").approve(number)
    desk.turn(20)
    assert len(desk.mail.sent) == 205


def test_groups_are_chosen_by_place_only(desk: Desk) -> None:
    with pytest.raises(CastRefused) as error:
        desk.by("ann").write(draft(audience=Audience(to="groups", zones=("sealed",))))
    assert error.value.why == "cast_groups"


def test_what_was_deleted_at_somebodys_wish_is_not_sent_again(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 2, clock.now())
    number = desk.by("ann").write(draft())
    desk.by("ann").send(number)
    desk.turn(3, outcome=lambda _: "uncertain")
    assert desk.store.outbox_retry(None, clock.now()) == 0, "broadcasts are sent again where they are looked at, and by a person"
    desk.store.write(lambda db: stored_people.forget(db, "telegram:1"))
    assert [row["address"] for row in desk.store.read(lambda db: db.query("SELECT address FROM outbox"))] == ["telegram:2"]


def test_open_ones_are_listed_however_many_are_newer(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 5, clock.now())
    number = desk.by("ann").write(draft())
    desk.by("ann").send(number)
    newer = [desk.by("ann").write(draft(f"草稿{one}", f"draft {one}")) for one in range(5)]
    assert [one.id for one in desk.by("ann").listed(2)] == [newer[4], newer[3], number]


@pytest.mark.parametrize(("text", "odd"), [("{district", "{district"), ("去{hospital}看病}", "看病}"), ("{a}", "{a}")])
def test_a_brace_without_its_half_is_refused(desk: Desk, text: str, odd: str) -> None:
    with pytest.raises(CastRefused) as error:
        desk.by("ann").write(draft(text))
    assert error.value.values["what"] == odd


def test_braces_of_a_chinese_keyboard_are_braces(desk: Desk) -> None:
    assert desk.by("ann").one(desk.by("ann").write(draft("｛district｝停水"))).draft.zh == "{district}停水"


def test_paused_it_stops_at_once_and_goes_on_where_it_was(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 40, clock.now())
    number = desk.by("ann").write(draft())
    desk.by("ann").send(number)
    desk.caster.tick()
    desk.mail.deliver(7)
    desk.by("ann").pause(number)
    desk.turn(5)
    assert len(desk.mail.sent) == 7 and desk.store.outbox_counts()["pending"] == 0
    desk.by("ann").resume(number)
    desk.turn()
    assert len(desk.mail.sent) == len(set(desk.mail.sent)) == 40
    assert desk.by("ann").progress(number)[0].run.counts.sent == 40


def test_cancelled_it_is_over_and_what_was_being_sent_is_counted(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 40, clock.now())
    number = desk.by("ann").write(draft())
    desk.by("ann").send(number)
    desk.caster.tick()
    on_its_way = desk.store.take("telegram", 5, clock.now())
    desk.by("ann").cancel(number)
    for row in on_its_way:
        assert desk.store.delivered(row.id, row.attempt, clock.now())
    desk.turn()
    run = desk.by("ann").progress(number)[0].run
    assert (run.status, run.counts.sent, run.counts.waiting) == ("cancelled", 5, 35) and desk.mail.sent == []
    with pytest.raises(CastRefused):
        desk.by("ann").resume(number)


def test_it_rests_in_the_quiet_hours_and_an_emergency_does_not(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 20, clock.now())
    clock.advance((dt.datetime(2022, 1, 5, 13, 59, 59, tzinfo=dt.UTC) - clock.now()).total_seconds() % 86_400)  # 21:59:59 in the cities
    calm, urgent = desk.by("ann").write(draft(quiet=True)), desk.by("ann").write(draft("着火，快走", "Fire: leave now", "emergency"))
    desk.by("ann").send(calm)
    desk.caster.tick()
    desk.mail.deliver(3)
    clock.advance(2)
    desk.turn(4)
    assert len(desk.mail.sent) == 3, "what was in the outbox is taken back"
    desk.by("ann").send(urgent)
    desk.turn(4)
    assert len(desk.mail.sent) == 23 and all("紧急通知" in text for text in desk.mail.texts[3:])
    clock.advance(9 * 3_600)
    desk.turn(4)
    assert len(desk.mail.sent) == 40


def test_what_is_too_late_is_not_sent(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 20, clock.now())
    number = desk.by("ann").write(draft(expires=dt.timedelta(hours=1)))
    desk.by("ann").send(number)
    desk.caster.tick()
    desk.mail.deliver(4)
    clock.advance(3_601)
    desk.turn(3)
    run = desk.by("ann").progress(number)[0].run
    assert len(desk.mail.sent) == 4 and (run.status, run.counts.sent, run.counts.waiting) == ("expired", 4, 16)


def test_a_service_that_was_down_sends_the_last_slot_only_and_only_where_it_helps(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 2, clock.now())
    number = desk.by("ann").write(draft(rule=Rule(("09:00",)), expires=dt.timedelta(hours=2)))
    desk.by("ann").send(number)
    clock.advance(4 * 86_400)  # it is noon in the cities: nine o'clock was three hours ago
    desk.turn(3)
    assert desk.mail.sent == [] and [one.run.status for one in desk.by("ann").progress(number)] == ["missed"] * 4
    clock.advance(21.5 * 3_600)
    desk.turn(3)
    assert sorted(desk.mail.sent) == ["telegram:1", "telegram:2"]
    assert [one.run.status for one in desk.by("ann").progress(number)] == ["done", *["missed"] * 4]


def test_caps_opt_outs_blocks_and_who_went_are_left_out_and_counted(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 6, clock.now())
    for round_ in range(3):
        number = desk.by("ann").write(draft(f"消息{round_}", f"news {round_}"))
        desk.by("ann").send(number)
        desk.turn()
    assert len(desk.mail.sent) == 18
    clock.advance(60)
    people(desk.store, 4, clock.now(), first=10)
    number = desk.by("ann").write(draft("第四条", "the fourth"))
    desk.by("ann").send(number)
    desk.caster.tick()
    # Between the choosing and the sending somebody leaves, somebody blocks us.
    desk.by("ann").pause(number)
    desk.store.write(lambda db: people_kept.want(db, "telegram:10", "*", False, clock.now()))
    desk.by("ann").resume(number)
    desk.turn(outcome=lambda address: "blocked" if address == "telegram:11" else "sent")
    run = desk.by("ann").progress(number)[0].run
    assert (run.counts.sent, run.counts.skipped, run.counts.blocked) == (2, 7, 1)
    assert desk.by("ann").why(run.id) == {"cap": 6, "forbidden": 1, "left": 1}
    again = desk.by("ann").preview(draft("第五条", "the fifth"))
    assert again.people == 8, "blocked and left ones are no audience any more"
    urgent = desk.by("ann").preview(draft("危险", "danger", "emergency"))
    assert urgent.people == 9, "an emergency notice is left by its own name only"


def test_who_is_uncertain_is_listed_and_sent_again_by_a_person_only(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 5, clock.now())
    number = desk.by("ann").write(draft())
    desk.by("ann").send(number)
    desk.turn(outcome=lambda address: "uncertain" if address in ("telegram:2", "telegram:3") else "sent")
    run = desk.by("ann").progress(number)[0].run
    assert (run.status, run.counts.sent, run.counts.uncertain) == ("done", 3, 2)
    clock.advance(3 * 86_400)
    desk.turn()
    assert len(desk.mail.sent) == 5
    doubts = desk.by("ann").in_doubt(number)[run.id]
    assert [doubt.address for doubt in doubts] == ["telegram:2", "telegram:3"] and doubts[0].why == "timeout"
    assert desk.by("ann").again(number, run.id, [doubts[1].key]) == 1
    desk.turn()
    assert desk.mail.sent[5:] == ["telegram:3"]
    run = desk.by("ann").progress(number)[0].run
    assert (run.status, run.counts.sent, run.counts.uncertain) == ("done", 4, 1) and desk.by("ann").one(number).status == "done"


def test_one_that_counted_as_uncertain_and_arrived_after_all_is_known_again(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 1, clock.now())
    number = desk.by("ann").write(draft())
    desk.by("ann").send(number)
    desk.caster.tick()
    (row,) = desk.store.take("telegram", 5, clock.now(), lease_s=30)
    clock.advance(31)
    desk.store.take("telegram", 5, clock.now())
    desk.caster.tick()
    assert desk.by("ann").progress(number)[0].run.counts.uncertain == 1
    assert desk.store.delivered(row.id, row.attempt, clock.now())
    desk.caster.tick()
    counts = desk.by("ann").progress(number)[0].run.counts
    assert (counts.sent, counts.uncertain) == (1, 0)


def test_who_writes_afterwards_and_asks_for_help_is_counted(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 3, clock.now())
    number = desk.by("ann").write(draft())
    desk.by("ann").send(number)
    desk.turn()
    clock.advance(60)
    for address, case in (("telegram:1", 0), ("telegram:2", 7), ("telegram:2", 7), ("telegram:9", 8)):
        desk.store.write(
            lambda db, address=address, case=case: people_kept.answered(db, address, case, clock.now(), dt.timedelta(hours=48))  # type: ignore[misc]
        )
    (progress,) = desk.by("ann").progress(number)
    assert (progress.wrote, progress.helped) == (2, 1)


def test_several_processes_send_each_person_one(opened: Open, clock: FrozenClock) -> None:
    first, second = (Desk(opened(), clock, rules(approve_above=1_000)) for _ in range(2))
    people(first.store, 300, clock.now())
    number = first.by("ann").write(draft(audience=Audience(districts=("xian/yanta", "xian/beilin"), langs=("zh", "en"))))
    first.by("ann").send(number)
    for _ in range(4):
        first.caster.tick()
        second.caster.tick()
        first.mail.deliver(100)
        second.mail.deliver(100)
    first.caster.tick()
    sent = first.mail.sent + second.mail.sent
    assert len(sent) == len(set(sent)) == 300 and second.mail.sent
    assert first.by("ann").progress(number)[0].run.counts.sent == 300 and statuses(first.store) == {"sent": 300}


def test_a_press_that_comes_twice_is_one(desk: Desk, clock: FrozenClock) -> None:
    people(desk.store, 60, clock.now())
    ann = desk.by("ann")
    number = ann.write(draft(), once="form-1")
    assert ann.write(draft(), once="form-1") == number and len(ann.newest()) == 1
    version = ann.one(number).version
    assert ann.send(number, version).status == ann.send(number, version).status == "waiting"
    with pytest.raises(CastRefused, match="meanwhile"):
        desk.by("bob").send(number, version)
