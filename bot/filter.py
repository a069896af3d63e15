"""Which cases are looked at: a filter, as it stands in an address and as it is said in words. Pure."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args
from urllib.parse import parse_qs, urlencode

from bot.model import Priority
from bot.safe import one_line, storable

Status = Literal["open", "closed", "any"]
Group = Literal["dialysis", "oncology", "pregnant", "newborn", "alone"]
LONGEST = 200
"""Characters of a name or of words; the rest is left off."""
_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_IDS = ("city", "district", "topic", "mine")
_TEXTS = ("hospital", "site", "text")
_SWITCHES = ("unassigned", "overdue", "snoozed", "handed")
_SAID: dict[str, tuple[str, str]] = {
    "open": ("未结", "open"),
    "closed": ("已结", "closed"),
    "any": ("全部", "open or closed"),
    "city": ("城市：{}", "in {}"),
    "district": ("区：{}", "in {}"),
    "topic": ("事项：{}", "about {}"),
    "hospital": ("医院名含“{}”", "hospital “{}”"),
    "site": ("小区或隔离点：{}", "of {}"),
    "mine": ("{} 在办", "taken by {}"),
    "unassigned": ("没人办", "nobody's"),
    "overdue": ("超时", "overdue"),
    "snoozed": ("推迟的", "put off"),
    "handed": ("已转出", "handed over"),
    "group": ("登记为：{}", "put down as {}"),
    "text": ("含“{}”", "with “{}”"),
}


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """All that is set must hold. An empty one shows the open cases."""

    status: Status = "open"
    priorities: tuple[Priority, ...] = ()
    city: str = ""
    district: str = ""
    topic: str = ""
    hospital: str = ""
    """Part of the name of a hospital that turned the patient away."""
    site: str = ""
    """The name of a compound or a quarantine site."""
    mine: str = ""
    """The name of whoever works on it now."""
    unassigned: bool = False
    overdue: bool = False
    """Whether a moment has passed by which it was to be taken, answered or solved."""
    group: Group | Literal[""] = ""
    """Whose resident is put down as at risk."""
    text: str = ""
    """Words to be found, or a case's number (:func:`bot.terms.read_query`)."""
    snoozed: bool = False
    """Only those that are put off; without it, an open queue leaves them out."""
    handed: bool = False
    """Handed over to a team, a hospital or a community."""

    def query(self) -> str:
        """As it stands in an address, without what is at its default; empty for the filter of the open cases."""
        given: list[tuple[str, str]] = []
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value == field.default:
                continue
            text = ",".join(value) if isinstance(value, tuple) else "1" if value is True else value
            given.append(("priority" if field.name == "priorities" else field.name, text))
        return urlencode(given)

    def words(self, lang: Literal["zh", "en"] = "zh", named: Callable[[str, str], str] = lambda _, name: name) -> str:
        """In words for the staff. ``named`` gives the name of an id: it is called with the field and the id."""
        place = 0 if lang == "zh" else 1
        parts = [_SAID[self.status][place], *([("、", ", ")[place].join(self.priorities)] if self.priorities else [])]
        for name in (*_IDS, "group", *_TEXTS, *_SWITCHES):
            if value := getattr(self, name):
                shown = named(name, value) if name in (*_IDS, "group") else value
                parts.append(_SAID[name][place].format(one_line(str(shown), 60)))
        return ("，", ", ")[place].join(parts)


def read_filter(query: str) -> CaseFilter:
    """The filter of an address. What is unknown, broken or too long is left out; never raises."""
    try:
        # A filter has a dozen fields; who sends a million is not read.
        given = parse_qs(storable(query[:4_000]).removeprefix("?"), errors="replace", max_num_fields=50)
    except ValueError:
        return CaseFilter()
    # What was decoded may hold what no database keeps.
    one = {name: storable(values[-1]).strip()[:LONGEST] for name, values in given.items()}
    wanted = {level for values in given.get("priority", []) for level in values.split(",")}
    status, group = one.get("status", ""), one.get("group", "")
    ids: dict[str, Any] = {name: one[name] for name in _IDS if _ID.fullmatch(one.get(name, ""))}
    texts: dict[str, Any] = {name: one[name] for name in _TEXTS if one.get(name)}
    return CaseFilter(
        status=cast(Status, status) if status in get_args(Status) else "open",
        priorities=tuple(level for level in get_args(Priority) if level in wanted),
        group=cast(Group, group) if group in get_args(Group) else "",
        **ids | texts | {name: one.get(name) == "1" for name in _SWITCHES},
    )
