"""What one person is sent: the text in their language, placeholders filled in, whose it is above and how to leave below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from bot.broadcast import Draft, filled
from bot.model import Button
from intents.broadcasts import EMERGENCY
from intents.cities import City
from intents.directory import usable
from intents.knowledge import Knowledge
from intents.understanding import Context

MOST_HOSPITALS = 3


class Says(Protocol):
    """The sentences of ``data/replies``."""

    def say(self, key: str, lang: str, **values: Any) -> str:
        """One of them."""
        ...


class Letters:
    """Writes to people. ``context``: the day and whether it is the present one: no hospital is named that may not be on that day."""

    def __init__(self, texts: Says, knowledge: Callable[[], Knowledge], context: Callable[[], Context]) -> None:
        self._texts, self._knowledge, self._context = texts, knowledge, context

    def cities(self) -> Mapping[str, City]:
        """The cities that are known."""
        return self._knowledge().cities

    def topics(self) -> set[str]:
        """The topics that are known."""
        return set(self._knowledge().topics)

    def write(self, draft: Draft, city: str, district: str, lang: str, *, group: bool = False) -> tuple[str, tuple[Button, ...]]:
        """The text and the buttons. A group is written to in both languages and has no buttons: everybody could press them."""
        if group:
            return "\n\n".join(self._text(draft, city, district, one, group=True) for one in ("zh", "en")), ()
        spoken = "en" if lang == "en" else "zh"
        names = ["button.cast.help"] if draft.kind == EMERGENCY else ["button.cast.help", "button.cast.stop"]
        labels = [self._texts.say(name, spoken) for name in names]
        return self._text(draft, city, district, spoken), tuple(Button(label, label) for label in labels)

    def _text(self, draft: Draft, city: str, district: str, lang: str, *, group: bool = False) -> str:
        say = self._texts.say
        head = say("cast.head", lang, kind=say(f"cast.kind.{draft.kind}", lang))
        foot = say("cast.foot.emergency" if draft.kind == EMERGENCY or group else "cast.foot", lang)
        body = filled(draft.en if lang == "en" else draft.zh, self.values(city, district, lang))
        return f"{head}\n{body.strip()}\n\n{foot}"

    def values(self, city: str, district: str, lang: str) -> dict[str, str]:
        """What stands for the placeholders; where nothing is known, words that are right anyway."""
        say, context = self._texts.say, self._context()
        held = self.cities().get(city)
        inner = held.districts.get(district) if held else None
        return {
            "city": held.name.in_(lang) if held else say("cast.city", lang),
            "district": inner.name.in_(lang) if inner else say("cast.district", lang),
            "hospital": self._hospitals(held, district, lang, context) or say("cast.hospital", lang),
            "date": context.date.isoformat(),
        }

    def _hospitals(self, city: City | None, district: str, lang: str, context: Context) -> str:
        """Those that the directory names for closed areas of the district, with what they are for as it stands there."""
        if city is None or not district:
            return ""
        found = [
            one
            for one in city.facilities
            if one.designated == "closed_area" and district in {one.district, one.managed_by} and usable(one, context)
        ]
        names = [one.name_en if lang == "en" and one.name_en else one.name for one in found[:MOST_HOSPITALS]]
        return self._texts.say("cast.and", lang).join(names)
