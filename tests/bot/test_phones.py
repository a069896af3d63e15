"""How a number stands after what was said of it; and how that is shown."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random

import pytest

from bot.phones import ENOUGH, LASTS, NEVER, RECENT, Kind, Report, Standing, in_order, standings
from bot.replies import Replies
from intents.directory import phones
from intents.understanding import Context, Understanding
from tests.fakes.engine import NOON
from tests.scenario import engine

LINE = "029-86320424"
HOUR = 60.0


def at(minutes: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minutes)


def told(*reports: tuple[str, float, Kind] | tuple[str, float]) -> list[Report]:
    """Reports of one number: who, at which minute, and what if not that nobody answers."""
    return [Report(LINE, report[0], at(report[1]), report[2] if len(report) == 3 else "noanswer") for report in reports]


def stands(reports: list[Report], minutes: float) -> Standing:
    return standings(reports, at(minutes)).get(LINE, Standing())


def test_one_report_is_shown_for_an_hour() -> None:
    reports = told(("a", 0))
    assert [stands(reports, minutes).minutes for minutes in (0, 1.5, 10, HOUR, HOUR + 0.1)] == [0, 1, 10, 60, None]
    assert not stands(reports, 1).demoted


def test_three_different_residents_within_an_hour_demote() -> None:
    assert stands(told(("a", 0), ("b", 20), ("c", 60)), 61).demoted == "residents"
    assert not stands(told(("a", 0), ("b", 20), ("c", 60.1)), 61).demoted
    assert not stands(told(("a", 0), ("b", 20), ("a", 30), ("b", 40)), 41).demoted


def test_a_demotion_ends_by_itself_three_hours_after_the_last_report() -> None:
    reports = told(("a", 0), ("b", 1), ("c", 2))
    assert [stands(reports, minutes).demoted for minutes in (181.9, 182)] == ["residents", ""]
    # While it stands one more resident is enough to make it last.
    longer = [*reports, *told(("a", 170))]
    assert [stands(longer, minutes).demoted for minutes in (349.9, 350)] == ["residents", ""]
    # After its end three are needed again.
    assert not stands([*reports, *told(("a", 190))], 191).demoted


@pytest.mark.parametrize("kind", ["answered", "restored"])
def test_whoever_gets_through_ends_it_and_so_does_an_operator(kind: Kind) -> None:
    demoted = told(("a", 0), ("b", 1), ("c", 2), ("", 3, "demoted"))
    assert stands(demoted, 4).demoted == "operator"
    assert stands([*demoted, *told(("d", 5, kind))], 6) == Standing()
    # What was said before does not count towards the next demotion.
    assert not stands([*demoted, *told(("d", 5, kind), ("a", 6), ("b", 7))], 8).demoted


def test_an_operators_demotion_does_not_end_by_itself() -> None:
    assert stands(told(("", 0, "demoted")), 60 * 24 * 30) == Standing(None, "operator")


def test_reports_in_any_order_come_to_the_same_and_numbers_do_not_mix() -> None:
    rng = random.Random(20221123)
    for _ in range(200):
        kinds: list[Kind] = ["noanswer", "noanswer", "noanswer", "answered"]
        reports = [
            Report(rng.choice("xyz"), rng.choice("abcd"), at(minute), rng.choice(kinds))
            for minute in rng.sample(range(300), rng.randint(1, 12))
        ]
        found = standings(reports, at(300))
        assert standings(rng.sample(reports, len(reports)), at(300)) == found
        assert {
            number: standing for one in "xyz" for number, standing in standings([r for r in reports if r.number == one], at(300)).items()
        } == found
        for number, standing in found.items():
            if standing.demoted:
                assert len({r.address for r in reports if r.number == number and r.kind == "noanswer"}) >= ENOUGH


def test_the_constants_fit_each_other() -> None:
    # A demotion that ended before its reports are forgotten would never be seen to end.
    assert RECENT < LASTS
    assert {"120", "110", "119"} <= NEVER


def test_the_demoted_go_behind_and_else_keep_their_order() -> None:
    found = {"b": Standing(3, "residents"), "c": Standing(5)}
    assert in_order("abcd", found) == ("a", "c", "d", "b")


def answered(lang: str, **standing: Standing) -> str:
    """The answer for dialysis in a sealed compound, with how its numbers stand."""
    got = engine().understand("我妈要透析，小区封了怎么去医院，雁塔区", Context(city="xian"))
    got = dataclasses.replace(got, lang=lang)
    return said(got, {name.replace("_", "-"): one for name, one in standing.items()})


def said(got: Understanding, standing: dict[str, Standing]) -> str:
    (reply,) = Replies(engine().knowledge).compose(got, case_number=None, now=NOON, phones=standing)
    return reply.text


def test_a_failed_number_says_so_and_a_demoted_one_stands_last_of_its_hospital() -> None:
    plain = answered("zh")
    assert plain.index("☎ 029-86320424\n") < plain.index("☎ 029-86320262\n")
    failed = answered("zh", **{"029-86320424": Standing(10)})
    assert "☎ 029-86320424（10分钟前有人打不通）\n  ☎ 029-86320262\n" in failed
    demoted = answered("en", **{"029-86320424": Standing(10, "residents")})
    assert "☎ 029-86320262\n  ☎ 029-86320424 (several could not get through: call another first)\n" in demoted


def test_a_hospital_that_nobody_reaches_stands_behind_the_others() -> None:
    got = engine().understand("我妈要透析，小区封了怎么去医院，雁塔区", Context(city="xian"))
    first, *others = got.facilities
    numbers = phones(first, got.context)
    assert len(numbers) > 1 and others
    for dead, last in ((numbers[:1], False), (numbers, True)):
        text = said(got, {number: Standing(None, "operator") for number in dead})
        assert (text.index(first.name) > max(text.index(other.name) for other in others)) is last
        # It is still shown.
        assert all(f"☎ {number}" in text for number in numbers)


def test_a_line_that_fails_is_shown_though_the_text_names_it() -> None:
    got = engine().understand("西安看病该打什么电话", Context(city="xian"))
    assert "☎ 12345" not in said(got, {})
    assert "☎ 12345（刚才有人打不通）" in said(got, {"12345": Standing(0)})


def test_the_numbers_of_danger_never_look_dead() -> None:
    every = {number: Standing(1, "residents") for number in NEVER}
    for text in ("我爸胸口疼得厉害，一身冷汗，在雁塔", "他打我，救命", "120一直占线怎么办", "西安看病该打什么电话"):
        got = engine().understand(text, Context(city="xian"))
        assert said(got, every) == said(got, {}), text
