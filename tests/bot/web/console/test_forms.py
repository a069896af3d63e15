"""What the forms do: nothing twice, nothing overwritten, nothing lost; and pages for what cannot be."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.login import FREE_TRIES, NAME_WAIT
from bot.store import clocks
from tests.bot.web.console.conftest import PASSWORD, Person, World

WROTE = "车十分钟后到，请在楼下等"


def seen(world: World, number: int) -> str:
    return str(world.desk("anybody").version(number))


def owner(world: World, number: int) -> str:
    found = world.store.case(number)
    assert found is not None
    return found.held_by(world.clock.now())


@pytest.mark.parametrize("text", ["请到 ____ 等", "您在{district}哪里？", "{hospital}会给您打电话"])
def test_an_answer_with_a_gap_is_not_sent_and_not_lost(world: World, text: str) -> None:
    number, person = world.case(), world.person()
    answer = person.post(f"/case/{number}/answer", text=text, seen=seen(world, number))
    assert answer.status_code == 409 and text in answer.text and 'role="alert"' in answer.text
    assert "staff.answer" not in world.kinds(number)


def test_an_answer_after_a_change_is_not_sent_and_says_what_changed(world: World) -> None:
    number, person = world.case(), world.person()
    before = seen(world, number)
    world.desk("bob").set_priority(number, "P0", "急")
    answer = person.post(f"/case/{number}/answer", text=WROTE, seen=before)
    assert answer.status_code == 409 and f">{WROTE}</textarea>" in answer.text
    told = answer.text.partition('role="alert" id="wrong">')[2].partition("</p>")[0]
    assert "bob" in told and "{what}" not in told
    assert "staff.answer" not in world.kinds(number) and world.store.intact(number)
    assert f'name="seen" value="{seen(world, number)}"' in answer.text, "sent again from this page it is what they looked at"
    again = person.post(f"/case/{number}/answer", text=WROTE, seen=seen(world, number))
    assert again.status_code == 303


def test_somebody_else_s_case_is_not_answered_and_the_words_stay(world: World) -> None:
    number, person = world.case(), world.person()
    world.desk("bob").take(number)
    answer = person.post(f"/case/{number}/answer", text=WROTE, seen=seen(world, number))
    assert answer.status_code == 409 and f">{WROTE}</textarea>" in answer.text and "bob" in answer.text
    assert owner(world, number) == "bob"


@pytest.mark.parametrize(
    ("path", "fields", "kind"),
    [
        ("take", {}, "case.taken"),
        ("note", {"note": "社区在办"}, "case.noted"),
        ("priority", {"level": "P3", "reason": "好些了"}, "case.priority"),
        ("snooze", {"for": "30"}, "case.snoozed"),
        ("handover", {"to": "team", "whom": "night", "needs": "请接着打"}, "case.handed"),
        ("split", {"about": "还有一位老人"}, "case.split_off"),
        ("call", {"call": "打电话问"}, "case.call"),
        ("merge", {"into": "2"}, "case.merged"),
    ],
)
def test_a_form_that_is_sent_twice_is_one_action(world: World, path: str, fields: dict[str, str], kind: str) -> None:
    number, _, person = world.case("1"), world.case("2"), world.person()
    once = {"once": "the-same-form", "seen": seen(world, number), **fields}
    assert [person.post(f"/case/{number}/{path}", **once).status_code for _ in range(2)] == [303, 303]
    assert world.kinds(number).count(kind) == 1, world.kinds(number)
    assert world.store.intact(number)


def test_an_answer_that_is_sent_twice_reaches_the_resident_once(world: World) -> None:
    number, person = world.case(), world.person()
    once = {"once": "the-same-form", "seen": seen(world, number), "text": WROTE}
    assert [person.post(f"/case/{number}/answer", **once).status_code for _ in range(2)] == [303, 303]
    kept = world.store.read(lambda db: db.query("SELECT * FROM dues WHERE kind = 'staff'"))
    assert len(kept) == 1 and WROTE in str(kept[0])


def merged(world: World, person: Person) -> tuple[int, int]:
    one, two = world.case("1", "第一件"), world.case("2", "第二件")
    assert person.post(f"/case/{one}/merge", into=str(two), seen=seen(world, one)).status_code == 303
    return one, two


def test_a_merged_case_leaves_the_queue_and_comes_back(world: World) -> None:
    person = world.person()
    one, two = merged(world, person)
    queue = person.get("/").text
    assert f"/case/{two}" in queue and f"/case/{one}" not in queue
    assert "第一件" in person.get(f"/case/{two}").text, "what its resident says stands with the other"
    assert person.post(f"/case/{one}/unmerge").status_code == 303
    assert f"/case/{one}" in person.get("/").text and "第一件" not in person.get(f"/case/{two}").text
    assert (world.kinds(one)[-1], world.kinds(two)[-1]) == ("case.unmerged", "case.parted")


@pytest.mark.parametrize("into", ["", "0", "99", "1", "x", "999999999999999", "-2"])
def test_a_case_is_not_merged_into_what_is_none(world: World, into: str) -> None:
    number, person = world.case(), world.person()
    assert number == 1
    before = world.kinds(number)
    answer = person.post(f"/case/{number}/merge", into=into, seen=seen(world, number))
    assert answer.status_code == 409 and world.kinds(number) == before


def test_a_split_case_is_a_second_one_of_the_same_chat(world: World) -> None:
    number, person = world.case(), world.person()
    assert person.post(f"/case/{number}/split", about="还有一位老人", seen=seen(world, number)).status_code == 303
    first, second = world.store.case(number), world.store.case(number + 1)
    assert first is not None and second is not None
    assert (second.address, second.words, first.words) == (first.address, "还有一位老人", "没饭")


def test_handed_to_a_colleague_it_is_theirs_with_what_they_must_know(world: World) -> None:
    number, person = world.case(), world.person()
    bob = world.person(name="bob")
    assert (
        person.post(f"/case/{number}/handover", to="colleague", colleague="bob", needs="等社区回电", seen=seen(world, number)).status_code
        == 303
    )
    assert owner(world, number) == "bob" and "等社区回电" in bob.get(f"/case/{number}").text
    assert f"/case/{number}" in bob.get("/shift").text


@pytest.mark.parametrize("colleague", ["", "nobody", "reader", "shut", "<b>x</b>"])
def test_a_case_is_handed_to_nobody_who_cannot_take_it(world: World, colleague: str) -> None:
    number, person = world.case(), world.person()
    world.account("readonly", "reader")
    world.accounts.disable(world.account(name="shut"))
    before = world.kinds(number)
    answer = person.post(f"/case/{number}/handover", to="colleague", colleague=colleague, needs="等社区回电", seen=seen(world, number))
    assert answer.status_code in (400, 409) and "等社区回电" in answer.text
    assert owner(world, number) == "" and world.kinds(number) == before


def test_put_off_it_leaves_the_queue_until_then(world: World) -> None:
    number, person = world.case(), world.person()
    assert (
        person.post(f"/case/{number}/snooze", **{"for": "at", "until": "2022-04-05T13:30", "seen": seen(world, number)}).status_code == 303
    )
    found = world.store.case(number)
    # 13:30 on the clocks of the cities is 05:30 UTC.
    assert found is not None and found.course.snoozed == dt.datetime(2022, 4, 5, 5, 30, tzinfo=dt.UTC)
    assert f"/case/{number}" not in person.get("/").text and f"/case/{number}" in person.get("/?snoozed=1").text
    assert person.post(f"/case/{number}/wake").status_code == 303 and f"/case/{number}" in person.get("/").text
    assert person.post(f"/case/{number}/snooze", **{"for": "answer", "seen": seen(world, number)}).status_code == 303
    assert f"/case/{number}" not in person.get("/").text
    world.store.write(lambda db: clocks.resident_told(db, number, world.clock.now()))
    assert f"/case/{number}" in person.get("/").text


TIMES = [
    "",
    "x",
    "2022-04-05T11:00",
    "2022-04-13T12:00",
    "0001-01-01T00:00",
    "9999-12-31T23:59-12:00",
    "0001-01-01T00:00+14:00",
    "2022-02-30T10:00",
]


@pytest.mark.parametrize("until", TIMES)
def test_it_is_not_put_off_until_no_time_the_past_or_far_away(world: World, until: str) -> None:
    number, person = world.case(), world.person()
    assert person.post(f"/case/{number}/snooze", **{"for": "at", "until": until}).status_code in (400, 409)
    found = world.store.case(number)
    assert found is not None and not found.course.put_off


@pytest.mark.parametrize("begin", ["", "x", "2022-04-04T11:00", *TIMES[4:]])
@pytest.mark.parametrize("hours", ["4", "999999999999999"])
def test_no_shift_is_planned_for_no_time(world: World, begin: str, hours: str) -> None:
    person = world.person("supervisor")
    assert person.post("/shift/plan", **{"from": begin, "hours": hours, "name": person.name}).status_code in (400, 409)
    assert person.post("/shift/drop", **{"from": "999999999999999", "name": person.name}).status_code in (400, 409)
    assert world.store.read(lambda db: db.query("SELECT * FROM duty")) == []


def test_on_duty_and_off(world: World) -> None:
    person = world.person()
    assert person.post("/shift/start", hours="999999999999999").status_code == 303, "as long as a shift can be"
    assert person.post("/shift/stop").status_code == 303
    assert person.post("/shift/stop").status_code == 409


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "x", "2022-13-01", "1969-12-31"])
@pytest.mark.parametrize(
    "path", ["/oversight?day=", "/oversight/brief?day=", "/people?day=", "/oversight/cases.csv?to=", "/oversight/figures.csv?from="]
)
def test_a_day_that_is_none_breaks_no_page(world: World, path: str, day: str) -> None:
    assert world.person("supervisor").get(path + day).status_code == 200


def test_many_cases_after_a_preview_and_a_report_of_what_failed(world: World) -> None:
    person = world.person("supervisor")
    numbers = [world.case(str(chat)) for chat in range(1, 5)]
    world.desk("bob").take(numbers[1])
    picked = [*map(str, numbers), "99", "x"]
    preview = person.post("/bulk", number=picked, act="priority")
    assert preview.status_code == 200 and [owner(world, one) for one in numbers] == ["", "bob", "", ""]
    assert [f'name="number" value="{one}"' in preview.text for one in numbers] == [True, False, True, True]
    world.desk("bob").take(numbers[2])
    fields = {
        "act": "priority",
        "level": "P3",
        "number": [str(one) for one in (numbers[0], numbers[2], numbers[3])],
        "once": "the-same-form",
    }
    assert person.post("/bulk/do", **fields).status_code == 400, "no reason"
    done = person.post("/bulk/do", **fields, reason="不急")
    assert done.status_code == 200 and "bob" in done.text
    levels = [case.priority for case in map(world.store.case, numbers) if case is not None]
    assert levels == ["P3", "P1", "P1", "P3"]
    person.post("/bulk/do", **fields, reason="不急")
    assert world.kinds(numbers[0]).count("case.priority") == 1
    assert person.post("/bulk", act="close").status_code == 400 and person.post("/bulk", number="1", act="delete").status_code == 400
    assert person.post("/bulk/do", act="delete", number="1").status_code == 400


def test_views_are_kept_for_oneself_or_shared_by_who_may(world: World) -> None:
    one, two = world.person(), world.person("supervisor")
    one.post("/views", title="mine alone", query="priority=P0", shared="1")
    assert "mine alone" in one.get("/").text and "mine alone" not in two.get("/").text
    two.post("/views", title="for all", query="priority=P1", shared="1")
    assert "for all" in one.get("/").text
    number = world.store.read(lambda db: db.query("SELECT id FROM views WHERE title = 'for all'"))[0]["id"]
    assert one.post("/views/remove", view=str(number)).status_code == 400 and "for all" in two.get("/").text


@pytest.mark.parametrize(
    "path", ["/none", "/case/99", "/case/0", "/case/x", "/case/999999999999999", "/case/9999999999999999999", "/case/１"]
)
def test_what_is_not_there_is_said_on_a_page(world: World, path: str) -> None:
    world.case()
    answer = world.person().get(path)
    assert answer.status_code == 404 and "<h1" in answer.text and "Traceback" not in answer.text


@pytest.mark.parametrize(
    "what", ["take", "answer", "note", "priority", "close", "handover", "merge", "split", "link", "call", "called", "again"]
)
@pytest.mark.parametrize("number", ["99", "999999999999999", "x"])
def test_nothing_is_done_with_a_case_that_is_none(world: World, what: str, number: str) -> None:
    person, real = world.person("admin"), world.case()
    fields = {"text": "a", "note": "a", "level": "P2", "reason": "a", "outcome": "helped", "to": "team", "whom": "a", "needs": "a"}
    more = {"into": str(real), "other": str(real), "about": "a", "call": "1", "outbox": "999999999999999"}
    assert person.post(f"/case/{number}/{what}", **fields, **more).status_code in (404, 409)
    assert world.kinds(real) == ["case.opened"]


def test_what_is_too_much_or_no_form_is_said_on_a_page(world: World) -> None:
    number, person = world.case(), world.person()
    at = f"/desk/case/{number}/note"
    before = world.kinds(number)
    assert person.post(f"/case/{number}/note", note="长" * 1_000_000).status_code == 413
    broken = {
        "application/json": b"{}",
        "multipart/form-data": b"no boundary",
        "multipart/form-data; boundary=x": b"--y\r\nno",
        "application/x-www-form-urlencoded": b"&".join(b"a=b" for _ in range(2_000)),
        "text/plain": b"csrf=a",
    }
    for kind, body in broken.items():
        answer = person.client.post(at, content=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 403) and "<h1" in answer.text, kind
    assert person.client.put(at).status_code == 405
    assert person.get("/case/1/note").status_code == 405
    assert world.kinds(number) == before


@pytest.mark.parametrize("text", ["", "   ", "\n", "长" * 3_001, "\x00"])
def test_words_that_are_none_or_too_many_are_refused(world: World, text: str) -> None:
    number, person = world.case(), world.person()
    for what, name in (("answer", "text"), ("note", "note"), ("split", "about"), ("call", "call")):
        answer = person.post(f"/case/{number}/{what}", **{name: text}, seen=seen(world, number))
        if text != "\x00":
            assert answer.status_code == 409, what
    answer = person.post(f"/case/{number}/priority", level="P0", reason=text)
    assert answer.status_code == 409 or text == "\x00"
    assert world.store.intact(number)


def test_the_second_step_is_not_taken_away_by_guessing(world: World) -> None:
    person = world.person()
    world.store.write(lambda db: db.execute("UPDATE accounts SET totp = 'JBSWY3DPEHPK3PXP' WHERE name = 'operator'"))
    for n in range(FREE_TRIES):
        assert person.post("/settings/totp/off", password=f"wrong, wrong {n}").status_code == 400
    assert person.post("/settings/totp/off", password=PASSWORD).status_code == 400 and world.logins.totp_on("operator")
    world.clock.advance(NAME_WAIT.total_seconds())
    assert person.post("/settings/totp/off", password=PASSWORD).status_code == 303 and not world.logins.totp_on("operator")


@pytest.mark.parametrize("name", ["nobody", "", "readonly"])
def test_a_shift_is_planned_for_an_account_that_works(world: World, name: str) -> None:
    world.account("readonly")
    boss = world.person("supervisor")
    assert boss.post("/shift/plan", name=name, **{"from": "2022-04-05T18:00", "hours": "8"}).status_code == 400
    assert boss.post("/shift/plan", name="supervisor", **{"from": "2022-04-05T18:00", "hours": "8"}).status_code == 303
