"""A busy day, made up, for charts to be looked at."""

from __future__ import annotations

import datetime as dt
from random import Random

from bot.clock import CITY_TIME
from bot.figures import Acts, Area, AtRisk, Compared, Due, Figures, Phone, Tally, Times, Waiting

DAY = dt.date(2022, 1, 5)
_SHAPE = (3, 2, 1, 1, 1, 2, 4, 9, 14, 16, 13, 11, 9, 8, 10, 11, 12, 10, 9, 12, 14, 11, 7, 4)


def busy(until_hour: int = 15) -> Figures:
    """Today until some hour, with everything in it."""
    random = Random(5)
    before = tuple(max(0, n * 2 + random.randint(-3, 3)) for n in _SHAPE)
    hours = tuple(max(0, n * 2 + random.randint(-4, 9)) for n in _SHAPE[:until_hour])
    names = ["yanta", "beilin", "lianhu", "xincheng", "weiyang", "changan", "baqiao", ""]
    areas = [Area("xian", name, tuple(random.randint(0, 9 - place) for _ in hours)) for place, name in enumerate(names)]
    areas = [Area(each.city, each.district, (*each.hours, *([0] * (24 - until_hour)))) for each in areas]
    return Figures(
        day=DAY,
        until=dt.datetime.combine(DAY, dt.time(until_hour - 1, 40), CITY_TIME),
        opened=Compared(sum(hours), sum(before[:until_hour])),
        solved=Compared(97, 104),
        hours=hours,
        before=before,
        topics=tuple(
            Tally(key, n)
            for key, n in (
                ("medicine.chronic", 71),
                ("care.dialysis", 48),
                ("supplies.daily", 40),
                ("care.refused", 22),
                ("care.maternity", 19),
                ("transport.closed_loop", 12),
                ("", 3),
            )
        ),
        areas=tuple(sorted(areas, key=lambda area: -area.n)),
        acknowledge=(
            Times("P0", 120, 40, 110, 21, 1),
            Times("P1", 600, 300, 1500, 60, 22),
            Times("P2", 1800, 700, 1700, 48, 3),
            Times("P3", 14400, None, None, 0, 0),
        ),
        solve=(
            Times("P0", 3600, 1500, 3300, 19, 1),
            Times("P1", 14400, 7000, 90000, 50, 9),
            Times("P2", 43200, 9000, 20000, 30, 0),
            Times("P3", 172800, 40000, 80000, 4, 0),
        ),
        waiting=(Waiting("P0", 2, 1, 0), Waiting("P1", 34, 5, 2), Waiting("P2", 51, 0, 0), Waiting("P3", 12, 0, 0)),
        refusals=(Tally("西安市第九医院", 7), Tally("西安国际医学中心医院", 4), Tally("", 6)),
        phones=(Phone("120", 9, 0), Phone("12345", 14, 11), Phone("029-82631000", 3, 3)),
        acts=(
            Acts("answer", 512, 470),
            Acts("handoff", 96, 0),
            Acts("emergency", 31, 0),
            Acts("clarify", 60, 58),
            Acts("smalltalk", 44, 44),
        ),
        unclear=(Tally("other", 61), Tally("service.human", 40), Tally("policy.rules", 22)),
    )


def due() -> Due:
    """People at risk on the day after."""
    rows = [
        AtRisk("dialysis", "xian", "yanta", 31, 12),
        AtRisk("pregnant", "xian", "beilin", 20, 3),
        AtRisk("oncology", "xian", "lianhu", 9, 2),
        AtRisk("alone", "xian", "", 5, 0),
    ]
    return Due(DAY + dt.timedelta(days=1), tuple(rows), (Tally("medicine", 210), Tally("dialysis", 41), Tally("temperature", 12)))


def empty() -> Figures:
    """A day on which nothing happened."""
    none = tuple(Times(name, 60, None, None, 0, 0) for name in ("P0", "P1", "P2", "P3"))
    waiting = tuple(Waiting(name, 0, 0, 0) for name in ("P0", "P1", "P2", "P3"))
    until = dt.datetime.combine(DAY + dt.timedelta(days=1), dt.time(), CITY_TIME)
    zero = Compared(0, 0)
    return Figures(DAY, until, zero, zero, (0,) * 24, (0,) * 24, (), (), none, none, waiting, (), (), (), ())
