"""Which hospitals a message names, and which of them have turned the patient away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from intents.cities import City
from intents.normalise import printable, simplify
from intents.slots import Places

LONGEST = 24
"""Characters of a name that we do not know."""
_MOST_READ = 2_000
_MOST = 24
"""Names, and words of refusing, that are looked at: each is held against each."""
_KINDS = frozenset({"hospital", "excluded"})
_NOTE = re.compile(r"[（(].*?[)）]")
_HEADS = re.compile(
    r"^(?:首都医科大学附属|中国中医科学院|中国医学科学院|北京大学|北京市|西安市|陕西省|北京|西安|陕西|xi'an |beijing |shaanxi )"
)
_SHARED = re.compile(
    r"[省市区县]?(?:第?[\d一二三四五六七八九十]+|中心|人民|儿童|妇幼|妇女儿童|妇产|肿瘤|胸科?|中医|红会|红十字会|武警|空军|工会|电力|航天总?|"
    r"精卫中心|东方|友谊|复兴|同仁|朝阳|协和)(?:医?院)?|省医院"
)
"""Names that other cities have too: they stand for one of ours only where the city is known."""
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_REFUSES = re.compile(
    r"拒[诊收接绝]|被拒|不(?:收|接(?!种)|给[^，,。]{0,3}[看治进]|让[^，,。]{0,4}[进看]|肯|管我|要我|治)|没收|推诿|推出来|往外推|"
    r"[赶轰撵](?:出|走|回)|打发|[拦挡](?:在|住|着|了)|让我?们?(?:先?回|走|等)|拒之门外|停诊|"
    r"\bturn(?:ed|ing|s)?\b[^.!?]{0,25}?\baway\b|\brefus\w+|\breject\w*|\bden(?:y|ied|ies)\b|"
    r"\b(?:won'?t|wouldn'?t|will not|would not|didn'?t|did not|don'?t|doesn'?t|does not|cannot|can'?t)"
    r" (?:let|take|admit|see|accept|treat)\b|"
    r"\bsen[dt]\b[^.!?]{0,20}?\b(?:away|home|back)\b|\bnot (?:let|allowed|admitted|accepted)\b|\bkicked\b[^.!?]{0,12}?\bout\b|\bchased\b"
)
_AFTER = re.compile(r"(?:by|at|from|outside|in front of|of)(?: the)?\s*$|(?:的是|是)$")
"""What stands before a name behind the verb: turned away at …, refused by …"""
_GOING = re.compile(r"(?:去|转到?|转院到|换到?|还有|改去|try|go to|going to|to)(?: the)?\s*$")
"""What stands before a hospital that somebody wants to go to."""
_ASKS = re.compile(r"[?？吗呢]|哪")
_JOINS = re.compile(r"[\s、,，和跟与及&]*(?:and|还有|以及)?[\s、,，]*(?:the )?")
_OWN = re.compile(
    r"[\u4e00-\u9fffa-z0-9]{1,20}?(?:医院|卫生院|诊所|妇幼保健院|保健院|医学中心|卫生服务中心|门诊部)(?:[\u4e00-\u9fff]{1,4}院区)?"
)
_CUT = re.compile(
    r"[去到在被让说是找送跑从给往来了的把跟叫对着过等问这那哪几每各家个妈爸爷奶婆他她我你您们人子亲老公岁]|孩子|结果|不收|拒收|但是|可是|因为|现在|今天|昨天|刚才|急诊|所有|附近|定点|别处"
)
"""In front of a name: where it begins is not marked in Chinese, so everything up to the last of these is left off."""
_COMMON = re.compile(
    r"社区|大|小|人民|三甲|公立|私立|其他|别|专科|综合|本地|当地|镇|乡|高新|口腔|建档|互[联连]网|网络|网上|就诊|原来|平时|普通|[市区县]级|"
    r"对口|指定|收治|方舱|隔离|签约|正规"
)
_HOUSE = re.compile(r"\b(?:hospital|clinic|medical cent(?:er|re))\b")
_PLAIN = re.compile(
    r"an?|the|this|that|one|some|any|another|other|every|each|all|no|our|my|your|his|her|their|which|what|local|near(?:est|by)?|designated|"
    r"big|public|private|first|second|last|next|same|fever|emergency|children'?s|women's|maternity|cancer|eye|at|by|from|to|in|of|and|or|"
    r"but|for|with|is|was|were|has|have|had|went|go|going|took|take|visited|tried|left|called|outside|inside|into|before|after|when|where|"
    r"because|so|then|we|i|they|he|she|it|dad|mom|mum|mother|father|refused?|says?|said|told|asked|show|community|district|city|county|"
    r"general|dental|online|dialysis|closest|good|old|new|two|three|several|many|most|few|not|even|only|just|also|still|about|can|could|"
    r"will|would|should|do|does|did|if|as|than|there|here|who|its|be|been|turned|wait(?:ing|ed)?"
)
"""Words that are no part of a name in front of *hospital*."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A hospital's name in a message. ``city``: where it is; empty where we do not know the hospital."""

    name: str
    city: str
    start: int
    end: int


class Hospitals:
    """Finds the names of hospitals, in any of their spellings. Immutable."""

    def __init__(self, cities: Mapping[str, City], places: Places | None = None) -> None:
        """``places`` are those of the cities; made anew where they are not at hand."""
        self._places = places or Places(cities)
        self._known: dict[str, set[tuple[str, str]]] = {}
        self._shared: set[str] = set()
        alone: set[str] = set()
        for city in cities.values():
            for facility in city.facilities:
                if facility.kind in _KINDS:
                    for spelling, shared in _spellings((facility.name, facility.name_en, *facility.aliases)):
                        self._known.setdefault(spelling, set()).add((city.id, facility.name))
                        (self._shared if shared else alone).add(spelling)
        self._shared -= alone
        words = sorted(self._known, key=lambda word: (-len(word), word))
        self._any = re.compile("|".join(rf"\b{re.escape(w)}\b" if not _HANZI.search(w) else re.escape(w) for w in words) or r"(?!)")

    def mentions(self, raw: str, city: str = "") -> tuple[Mention, ...]:
        """The hospitals that a text names, in order; ``city`` decides between two of one name."""
        shown = printable(raw)[:_MOST_READ]
        text = _fold(shown)
        # Where folding has changed the length, the folded words stand for the resident's own.
        shown = shown if len(shown) == len(text) else text
        found = [mention for match in self._any.finditer(text) if (mention := self._held(match, city)) is not None]
        for start, end in (*_chinese(text), *_english(text)):
            if not any(start < other.end and other.start < end for other in found):
                found.append(Mention(shown[start:end], "", start, end))
        return tuple(sorted(found, key=lambda mention: mention.start)[:_MOST])

    def around(self, raw: str, city: str = "") -> dict[str, str]:
        """City and district that a text determines without its hospitals: where one stands is not where the patient lives."""
        text = _fold(printable(raw)[:_MOST_READ])
        for mention in reversed(self.mentions(raw, city)):
            text = f"{text[: mention.start]}，{text[mention.end :]}"
        return self._places.locate(text, city)

    def refusing(self, raw: str, city: str = "", *, sure: bool = False) -> tuple[Mention, ...]:
        """Of the hospitals named those that turned the patient away, by where the refusing words stand.

        Without such words a single one counts, where the message is known to be about being turned away; not if ``sure``.
        """
        mentions = self.mentions(raw, city)
        if not mentions:
            return ()
        text = _fold(printable(raw)[:_MOST_READ])
        verbs = [match.span() for match in _REFUSES.finditer(text)][:_MOST]
        chosen: set[Mention] = set()
        for start, end in verbs:
            behind = next((m for m in mentions if end <= m.start <= end + 40 and _AFTER.search(text[end : m.start])), None)
            before = [m for m in mentions if m.end <= start and not re.search(r"[。!！?？.]", text[m.end : start])]
            before = before or [m for m in mentions if m.end <= start]
            subject = behind or (before[-1] if before else None)
            if subject is not None:
                chosen |= set(_together(mentions, subject, text, behind is not None))
        if not chosen and not sure and len(mentions) == 1 and not _GOING.search(text[: mentions[0].start]) and not _ASKS.search(text):
            chosen = set(mentions)
        return tuple(mention for mention in mentions if mention in chosen)

    def _held(self, match: re.Match[str], city: str) -> Mention | None:
        """A known hospital; None where the name stands for several and nothing tells which."""
        options = self._known[match.group()]
        here = {option for option in options if option[0] == city} or options
        if len(here) != 1:
            return None
        place, name = next(iter(here))
        return None if place != city and match.group() in self._shared else Mention(name, place, match.start(), match.end())


def _fold(shown: str) -> str:
    return simplify(shown).lower().replace("\u2019", "'")


def _spellings(names: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each way of writing the names of one hospital, and whether hospitals of other cities are called so too."""
    for name in names:
        if "(旧)" in name or not name:
            continue
        folded = _fold(printable(name))
        bare = _NOTE.sub("", folded).strip()
        noted = bool(re.search(r"[（(](?!.*院)", name))
        short = _HEADS.sub("", bare)
        yield folded, _shared(folded)
        yield bare, noted or _shared(bare)
        if short != bare and (len(short) >= 5 or not _HANZI.search(short)):
            yield short, True
        if (alone := short.removesuffix(" hospital")) != short and alone.isalpha() and len(alone) >= 6 and not _PLAIN.fullmatch(alone):
            yield alone, short != bare
    for inner in {inner for name in names for inner in re.findall(r"[（(]([^（()）]*医院)[)）]", name)}:
        yield _fold(printable(inner)), False


def _shared(spelling: str) -> bool:
    return _SHARED.fullmatch(spelling) is not None


def _together(mentions: tuple[Mention, ...], subject: Mention, text: str, onwards: bool) -> Iterator[Mention]:
    """The one that a verb is about and those named in one breath with it: before it, or ``onwards``."""
    place, step = mentions.index(subject), 1 if onwards else -1
    yield subject
    while 0 <= place + step < len(mentions):
        first, second = sorted((mentions[place], mentions[place + step]), key=lambda mention: mention.start)
        if not _JOINS.fullmatch(text[first.end : second.start]):
            return
        place += step
        yield mentions[place]


def _chinese(text: str) -> Iterator[tuple[int, int]]:
    """Names that we do not hold, as far as the words before them show where they begin."""
    for match in _OWN.finditer(text):
        head = re.search(r"(?:医院|卫生院|诊所|保健院|中心|门诊部)", match.group())
        stem = match.group()[: head.start()] if head else ""
        cuts = [cut.end() for cut in _CUT.finditer(stem)]
        begin = max(cuts, default=0)
        if 2 <= len(stem) - begin <= 10 and not _COMMON.fullmatch(stem[begin:]) and match.end() - match.start() - begin <= LONGEST:
            yield match.start() + begin, match.end()


def _english(text: str) -> Iterator[tuple[int, int]]:
    words = list(re.finditer(r"[a-z][a-z'.&-]*", text))
    for number, word in enumerate(words):
        house = _HOUSE.match(text, word.start())
        if house is None:
            continue
        first = number
        while (
            first
            and number - first < 4
            and not _PLAIN.fullmatch(words[first - 1].group())
            and text[words[first - 1].end() : words[first].start()] == " "
        ):
            first -= 1
        if first < number:
            yield words[first].start(), house.end()
