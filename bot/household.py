"""Who may live in one household or compound, by what they told: keys that are equal where two addresses or numbers are the same."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

FEWEST_NUMBERS = 2
"""A building and a door; a compound's name with one number may be anybody of a hundred families."""
SHORTEST_NAME = 2
FEWEST_DIGITS = 7
"""Of a telephone number."""
_DIGITS = str.maketrans("零〇一二两三四五六七八九", "001223456789")
_TENS = re.compile(r"([一二三四五六七八九])?十([一二三四五六七八九])?")
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十]+(?=号|栋|幢|楼|座|单元|层|室|门|户)")
_WORDS = re.compile(
    r"小区|社区|号楼|号院|单元|门牌|[号栋幢楼座层室门户]|\b(?:compound|building|block|bldg|unit|room|flat|floor|door|apartment|apt|no|number)\b"
)
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"[^\W\d_]+")
_FILLER = re.compile(r"^(?:我们?|我家|家)?(?:是|在|住在?)|^(?:i |we )?(?:live |am |are )?(?:in|at) ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Keys:
    """Empty where what was told is too little to tell one from another."""

    household: str = ""
    compound: str = ""
    contact: str = ""


def keys_of(district: str, place: str, reach: str) -> Keys:
    """The keys of a case's facts; ``district`` is an id, the others are the resident's words."""
    name, numbers = _parts(place)
    compound = f"{district}:{name}" if district and len(name) >= SHORTEST_NAME else ""
    household = f"{compound}:{'-'.join(numbers)}" if compound and len(numbers) >= FEWEST_NUMBERS else ""
    digits = max(_NUMBER.findall(re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", reach))), key=len, default="")
    return Keys(household, compound, digits if len(digits) >= FEWEST_DIGITS else "")


def _parts(place: str) -> tuple[str, list[str]]:
    """The name and the numbers of an address."""
    plain = _FILLER.sub("", unicodedata.normalize("NFKC", place).casefold().strip())
    plain = _NUMERAL.sub(lambda found: _TENS.sub(_ten, found.group()).translate(_DIGITS), plain)
    return "".join(_NAME.findall(_WORDS.sub(" ", plain))), [number.lstrip("0") or "0" for number in _NUMBER.findall(plain)]


def _ten(found: re.Match[str]) -> str:
    return f"{found[1] or '一'}{found[2] or '零'}"
