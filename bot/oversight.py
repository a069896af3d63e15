"""How a day went and what the next one brings: the figures for the console, the brief, the command line and the export."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Container, Iterable, Mapping

from bot.clock import CITY_TIME, Clock, to_ms
from bot.errors import HotlineError
from bot.figures import OTHER, Acts, Area, AtRisk, Compared, Due, Figures, Phone, Tally, Times, Waiting, percentile
from bot.store import statistics, tallies
from bot.store.connection import Connection
from bot.store.opened import Opened
from bot.tally import SETTLED, TURN, UNCLEAR, UNREACHED
from intents.targets import Targets

DAY = dt.timedelta(days=1)


class NotYet(HotlineError):
    """The day has not begun."""


class Oversight:
    """Asks the database, each time in one reading transaction. Every method may raise :class:`bot.errors.StoreUnavailable`."""

    def __init__(self, store: Opened, clock: Clock, targets: Targets, hospitals: Container[str] = ()) -> None:
        """``hospitals``: the names of the directory. Another name is a resident's words and counts as :data:`OTHER`."""
        self._store, self._clock, self._targets, self._hospitals = store, clock, targets, hospitals

    def today(self) -> dt.date:
        """The day that it is in the city."""
        return self._clock.now().astimezone(CITY_TIME).date()

    def figures(self, day: dt.date | None = None) -> Figures:
        """A day, or today so far. Raises :class:`NotYet` for a day that has not begun."""
        now, day = self._clock.now(), day or self.today()
        if day > self.today():
            raise NotYet(f"{day} has not begun")
        return self._store.read(lambda db: self._figures(db, day, now))

    def due(self, day: dt.date | None = None) -> Due:
        """Who is at risk, and what is due on a day."""
        day = day or self.today()
        return self._store.read(lambda db: _due(db, day))

    def _figures(self, db: Connection, day: dt.date, now: dt.datetime) -> Figures:
        begin = midnight(day)
        until = min(now, begin + DAY)
        start, end, back = to_ms(begin), to_ms(until), to_ms(begin - DAY)
        same = to_ms(until - DAY)
        places = statistics.by_place(db, start, end)
        hours, before = _hours(places), _hours(statistics.by_place(db, back, start))
        counted = tallies.sums(db, start, end)
        return Figures(
            day=day,
            until=until,
            opened=Compared(sum(hours), statistics.opened(db, back, same)),
            solved=Compared(statistics.closed(db, start, end), statistics.closed(db, back, same)),
            hours=hours[: max(1, -(-(end - start) // tallies.HOUR))],
            before=before,
            topics=_ranked(statistics.by_topic(db, start, end)),
            areas=_areas(places),
            acknowledge=self._acknowledge(db, start, end),
            solve=self._solve(db, start, end),
            waiting=self._waiting(db, to_ms(now)),
            refusals=self._refusals(statistics.refusals(db, start, end)),
            phones=(*_unreached(counted), *statistics.unanswered(db, start, end)),
            acts=_acts(counted),
            unclear=_ranked({key: n for (what, key), n in counted.items() if what == UNCLEAR}),
        )

    def _acknowledge(self, db: Connection, start: int, end: int) -> tuple[Times, ...]:
        spread = statistics.acknowledged(db, start, end)
        found = []
        for priority, target in _each(self._targets.of(name).acknowledge for name in Targets.model_fields):
            late = max(start, end - target * 1000)
            unseen = statistics.unseen(db, start, end, priority, late)
            found.append(_times(priority, target, spread.get(priority, []), unseen))
        return tuple(found)

    def _solve(self, db: Connection, start: int, end: int) -> tuple[Times, ...]:
        spread = statistics.solved(db, start, end)
        targets = _each(self._targets.of(name).solve for name in Targets.model_fields)
        return tuple(_times(priority, target, spread.get(priority, []), 0) for priority, target in targets)

    def _waiting(self, db: Connection, now: int) -> tuple[Waiting, ...]:
        targets = {name: self._targets.of(name) for name in Targets.model_fields}
        late = {name: (now - each.acknowledge * 60_000, now - each.solve * 60_000) for name, each in targets.items()}
        found = statistics.waiting(db, late)
        return tuple(Waiting(name, *found.get(name, (0, 0, 0))) for name in targets)

    def _refusals(self, named: Mapping[str, int]) -> tuple[Tally, ...]:
        known: Counter[str] = Counter()
        for name, n in named.items():
            known[name if name in self._hospitals else OTHER] += n
        return _ranked(known)


def midnight(day: dt.date) -> dt.datetime:
    """The beginning of a day in the city."""
    return dt.datetime.combine(day, dt.time(), CITY_TIME)


def _each(minutes: Iterable[int]) -> list[tuple[str, int]]:
    """Priorities with their targets in seconds."""
    return [(name, each * 60) for name, each in zip(Targets.model_fields, minutes, strict=True)]


def _hours(places: Mapping[tuple[str, str, int], int]) -> tuple[int, ...]:
    sums: Counter[int] = Counter()
    for (_, _, hour), n in places.items():
        sums[hour] += n
    return tuple(sums[hour] for hour in range(24))


def _areas(places: Mapping[tuple[str, str, int], int]) -> tuple[Area, ...]:
    of: dict[tuple[str, str], Counter[int]] = {}
    for (city, district, hour), n in places.items():
        of.setdefault((city, district), Counter())[hour] += n
    areas = [Area(city, district, tuple(hours[hour] for hour in range(24))) for (city, district), hours in of.items()]
    return tuple(sorted(areas, key=lambda area: (-area.n, area.city, area.district)))


def _ranked(counts: Mapping[str, int]) -> tuple[Tally, ...]:
    return tuple(Tally(key, n) for key, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _times(priority: str, target: int, spread: list[tuple[int, int]], unseen: int) -> Times:
    met = sum(n for seconds, n in spread if seconds <= target)
    late = sum(n for seconds, n in spread if seconds > target)
    return Times(priority, target, percentile(spread, 0.5), percentile(spread, 0.9), met, late + unseen)


def _unreached(counted: Mapping[tuple[str, str], int]) -> tuple[Phone, ...]:
    return tuple(Phone(key, n, 0) for (what, key), n in sorted(counted.items()) if what == UNREACHED)


def _acts(counted: Mapping[tuple[str, str], int]) -> tuple[Acts, ...]:
    turns = _ranked({key: n for (what, key), n in counted.items() if what == TURN})
    return tuple(Acts(each.key, each.n, counted.get((SETTLED, each.key), 0)) for each in turns)


def _due(db: Connection, day: dt.date) -> Due:
    people, due = statistics.at_risk(db), statistics.due_people(db, day.isoformat())
    start = to_ms(midnight(day))
    reminders = statistics.due_reminders(db, start, start + 24 * tallies.HOUR)
    rows = [AtRisk(*where, n, due.get(where, 0)) for where, n in people.items()]
    rows.sort(key=lambda row: (-row.due, -row.people, row.city, row.district, row.group))
    return Due(day, tuple(rows), _ranked(reminders))
