"""The address that stands in a message: compound, building, unit, door, in the resident's own words. Pure."""

from __future__ import annotations

import re

LONGEST = 60
"""Characters; what is longer says more than an address."""
SHORTEST_NAME, FEWEST_NUMBERS = 3, 2
"""Characters of a compound's name before its building; else so many numbers."""
_CLAUSE = re.compile(r"[，,。；;！!？?\n]+")
_BUILDING = re.compile(r"[\d一二三四五六七八九十]+ ?(?:号楼|號樓|栋|棟|幢|号院|號院|单元|單元)")
_NUMBER = re.compile(r"\d+|[一二三四五六七八九十]+(?=[号號栋棟幢楼樓单單座层層室户戶])")
_BEFORE = re.compile(
    r"^(?:.*?(?:住在|住|家在|地址是|地址|我们在|我們在|我在|在)[:：]?\s*)?"
    r"(?:[^区區县縣]{0,6}?[省市](?=[\u4e00-\u9fff]))*"
    r"(?:.{0,8}?(?:(?<![小社园園校])[区區]|[县縣])(?=[\u4e00-\u9fffA-Za-z]))?"
)
"""What stands before an address: the verb, the city, and the district, which has a field of its own."""
_BEHIND = re.compile(
    r"(?<=[\d号號室户戶层層元楼樓])(?:的|有|里|裡|这|這|没|沒|都|已|我|他|她|老|病|独|獨|住|人|需|要|急|求|送|请|請|怎|能|可|医|醫|透|化|药|藥|封).*$"
)
"""What begins behind the numbers."""
_LATIN = re.compile(
    r"(?:(?:[A-Z][A-Za-z']+ ){0,3}[A-Z][A-Za-z']+,? )?"
    r"(?:(?i:building|block|bldg|tower) ?#?\d{1,3}[A-Za-z]?)"
    r"(?:,? ?(?i:unit|room|flat|floor|door|apartment|apt|no\.?)? ?#?\d{1,4}[A-Za-z]?\b)*"
)


def address_in(text: str) -> str:
    """The address, or nothing: a building alone is too little, it may be any compound's; a district has a field of its own."""
    latin = _LATIN.search(text)
    if latin is not None:
        return _enough(latin.group().strip(), 0)
    clause = next((clause.strip() for clause in _CLAUSE.split(text) if _BUILDING.search(clause)), "")
    found = _BEHIND.sub("", _BEFORE.sub("", clause)).strip()
    building = _BUILDING.search(found)
    return _enough(found, building.start()) if building is not None else ""


def _enough(found: str, name: int) -> str:
    """What was found, where its name is long enough or its numbers are enough to tell one door from another."""
    tells = name >= SHORTEST_NAME or len(_NUMBER.findall(found)) >= FEWEST_NUMBERS
    return found if tells and len(found) <= LONGEST else ""
