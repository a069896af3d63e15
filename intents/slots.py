"""Slots: zone, code, test and patient by patterns; city and district by names of places."""

from __future__ import annotations

import re
from collections.abc import Mapping

from intents.cities import City, Place
from intents.knowledge import Knowledge
from intents.lexicon import Compiled
from intents.normalise import Text
from intents.search import Search

_LATIN = re.compile(r"[a-z0-9]+(?:'(?!s\b)[a-z0-9]+)*")
"""Words in letters; the 's of Chaoyang's is none, that of xi'an is part of it."""
_NOT = re.compile(r"(?:不是|不在|并非|离开了?|not in|not)\s*$")
_HERE = re.compile(
    r"(?:住在?|我在|人在|家在|在|位于|我们|我是|这边|现在|小区在|家住|living in|live in|we are in|i'm in|im in|here in|in|near|at)\s*$"
)
_CARE = re.compile(r"^.{0,3}(?:医院|中心医院|医学|人民医院|妇幼|hospital|医科)")
_SUFFIX = re.compile(r"(?:街道|街办|社区|地区|镇|乡|district|subdistrict|town|county)$")
_COMMON = frozenset(
    {
        "和平",
        "团结",
        "建设",
        "太平",
        "幸福",
        "新村",
        "东门",
        "北门",
        "南门",
        "西门",
        "城关",
        "大学",
        "公园",
        "市场",
        "医院",
        "中心",
        "车站",
        "火车站",
        "广场",
        "学校",
        "机场",
        "东街",
        "西街",
        "南街",
        "北街",
        "东郊",
        "西郊",
        "南郊",
        "北郊",
        "新区",
        "老城",
        "街道",
        "地铁",
        "隔离",
        "高速",
        "北苑",
        "南苑",
        "西苑",
        "和平门",
        "站",
    }
)


def _latin_key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _fit(place: Place, name: str) -> int:
    """How well a name stands for a place: districts and zones first, then exact names, then aliases."""
    if place.kind in {"district", "county", "development_zone"}:
        return 3
    return 2 if place.name == name else 1


class Places:
    """Names of places, in characters and letters, with the districts they lie in."""

    def __init__(self, cities: Mapping[str, City]) -> None:
        self._cities = cities
        self._names: dict[str, list[tuple[str, Place]]] = {}
        self._latin: dict[str, list[tuple[str, Place]]] = {}
        self._heads: dict[str, list[str]] = {}
        for city in cities.values():
            for place in city.places:
                for name in self._spellings(place):
                    self._add(name, city.id, place)
        for name in self._names:
            self._heads.setdefault(name[:2], []).append(name)
        for names in self._heads.values():
            names.sort(key=len, reverse=True)
        self._words = [(re.compile("|".join(map(re.escape, city.words))), city.id) for city in cities.values()]

    @staticmethod
    def _spellings(place: Place) -> set[str]:
        names = {place.name, *place.aliases}
        for name in list(names):
            bare = re.sub(r"[（(].*?[)）]", "", name).strip()
            names.add(bare)
            if len(bare) >= 4:
                names.add(_SUFFIX.sub("", bare).strip())
        if place.kind in {"district", "county", "development_zone"}:
            names |= {place.name[:-1]} if len(place.name) >= 3 else set()
        if place.pinyin:
            letters = place.pinyin.split()
            names.add("".join(letters))
            if len(letters) > 2 and letters[-1] in {"qu", "xian", "dao", "cun"}:
                names.add("".join(letters[: -2 if letters[-1] == "dao" else -1]))
        return {name.lower() for name in names if len(name) >= 2}

    def _add(self, name: str, city: str, place: Place) -> None:
        if re.search(r"[\u4e00-\u9fff]", name):
            if name not in _COMMON or place.kind in {"district", "county"}:
                self._names.setdefault(name, []).append((city, place))
        else:
            key = _latin_key(name)
            if len(key) >= 5 or place.kind in {"district", "county"}:
                self._latin.setdefault(key, []).append((city, place))

    def mentions(self, plain: str) -> list[tuple[int, int, list[tuple[str, Place]]]]:
        """Places named in the text: start, end, candidates; longest first at each point."""
        found = []
        position = 0
        while position < len(plain) - 1:
            for name in self._heads.get(plain[position : position + 2], ()):
                if plain.startswith(name, position):
                    found.append((position, position + len(name), self._names[name]))
                    position += len(name) - 1
                    break
            position += 1
        words = list(_LATIN.finditer(plain))
        index = 0
        while index < len(words):
            for count in (5, 4, 3, 2, 1):
                run = words[index : index + count]
                key = _latin_key("".join(word.group() for word in run)) if len(run) == count else ""
                if key in self._latin:
                    found.append((run[0].start(), run[-1].end(), self._latin[key]))
                    index += count - 1
                    break
            index += 1
        return sorted(found, key=lambda item: item[0])

    def city_named(self, plain: str) -> str:
        """The city whose own name stands in the text, if exactly one does."""
        named = {city for regex, city in self._words if regex.search(plain)}
        return named.pop() if len(named) == 1 else ""

    def locate(self, plain: str, city: str = "") -> dict[str, str]:
        """City and district that the text determines; ``city`` is what is known before."""
        named = self.city_named(plain)
        wanted = named or ""
        choices: list[tuple[int, str, str]] = []
        for start, end, candidates in self.mentions(plain):
            if _NOT.search(plain[max(0, start - 10) : start]):
                continue
            name = plain[start:end]
            best_fit = max(_fit(p, name) for _, p in candidates)
            fitting = [(c, p) for c, p in candidates if _fit(p, name) == best_fit]
            options = {(c, p.district) for c, p in fitting if (not wanted or c == wanted) and (not p.ask or p.kind == "development_zone")}
            cities = {c for c, p in fitting if not wanted or c == wanted}
            if city and len(options) > 1:
                options = {o for o in options if o[0] == city} or options
            weight = 0
            if _HERE.search(plain[max(0, start - 9) : start]):
                weight += 2
            if _CARE.search(plain[end:]):
                weight -= 2
            if any(p.kind in {"district", "county", "development_zone"} for _, p in fitting):
                weight += 1
            if len({d for _, d in options}) == 1 and len({c for c, _ in options}) == 1:
                chosen_city, district = options.pop()
                choices.append((weight, chosen_city, district))
            elif len(cities) == 1:
                choices.append((weight - 3, cities.pop(), ""))
        result = {"city": named} if named else {}
        if choices:
            top = max(weight for weight, _, _ in choices)
            best = [(c, d) for weight, c, d in choices if weight == top]
            if "到底" in plain and len({d for _, d in best}) > 1:
                best = [(best[0][0], "")]
            result["city"] = best[0][0]
            if best[0][1]:
                result["district"] = best[0][1]
        return result


class SlotFiller:
    """Reads the slots of a message."""

    def __init__(self, knowledge: Knowledge, compiled: Compiled) -> None:
        self._compiled = compiled
        self.places = Places(knowledge.cities)

    def fill(self, text: Text, search: Search, city: str = "") -> dict[str, str | bool]:
        """The slots that the words determine, without ``incident``."""
        slots: dict[str, str | bool] = dict(self.places.locate(text.plain[:4000], city))
        for name, values in self._compiled.slots.items():
            for value, patterns in values:
                if any(search.pattern(pattern) for pattern in patterns):
                    slots[name] = value
                    break
        return slots
