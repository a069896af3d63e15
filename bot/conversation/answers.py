"""What a message answers of a help request: the question that stands, another one, or none. Pure.

Only what looks like an answer is one: all else is a message of its own, and danger goes before every question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.address import address_in
from bot.conversation.talk import Talk
from bot.model import LIST

HOSPITAL = "hospital"
"""Asked first of whoever was turned away and has not told where; kept with the case itself."""
PATIENT_PHONE = "patient_phone"
"""Among the facts, never asked: how to reach the patient, where that is somebody else than the writer."""
SKIPPED = "-"
LONGEST = 200
"""Characters of an answer that are kept."""
BRIEF, BRIEF_LATIN = 40, 90
"""A message of more characters, Chinese ones or of Latin script alone, is read as one of its own, whatever was asked."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "who": ("button.form.self", "button.form.elder", "button.form.child", "button.form.family"),
    "when": ("button.form.now", "button.form.today", "button.form.days"),
    "reach": ("button.form.here",),
    "consent": ("button.form.agree", "button.form.disagree"),
}
_SHAPES = {
    HOSPITAL: re.compile(r"院|诊所|卫生|中心|hospital|clinic|cent(?:er|re)", re.IGNORECASE),
    "place": re.compile(
        r"\d|小区|花园|家园|公寓|大院|村|苑|里$|楼|栋|幢|单元|室|building|unit|room|flat|road|street|compound", re.IGNORECASE
    ),
    "when": re.compile(
        r"\d+ ?(?:[点时号日天:：/.-]|月|小时|[ap]\.?m\b|o'clock|hours?|days?)|今|明|后天|周|星期|礼拜|早|晚|上午|下午|马上|尽快"
        r"|now|today|tonight|tomorrow|day|week|morning|noon|soon|asap",
        re.IGNORECASE,
    ),
    "reach": re.compile(r"\d(?:[ -]?\d){4,}|电话|微信|手机|短信|@|phone|wechat|text|chat|here", re.IGNORECASE),
}
"""What an answer looks like that could be anything."""
_ALONE = {
    "place": re.compile(r"小区|花园|家园|公寓|大院|\d+(?:号楼|栋|幢)|单元|\b(?:building|unit|flat|compound) ?\w", re.IGNORECASE),
    "when": re.compile(
        r"^(?:最好|就|要|得)?(?:今天|今晚|明天|明早|明晚|后天|现在|马上|尽快|越快越好|下?(?:周|星期|礼拜)[一二三四五六日天])"
        r"|^(?:today|tonight|tomorrow|now|as soon as|asap|(?:on |next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
        re.IGNORECASE,
    ),
    "reach": re.compile(r"(?<!\d)\d(?:[ -]?\d){6,}(?!\d)|微信|wechat", re.IGNORECASE),
}
"""What tells by itself which question it answers."""
SHORT_NAME = 16
"""Whom help is for takes no more characters than this; a longer message says more than that."""
_KIN = re.compile(
    r"我|妈|爸|爹|娘|爷|奶|公|婆|姥|丈夫|妻|老伴|孩子|娃|儿|女|弟|妹|哥|姐|叔|姑|舅|姨|邻居|朋友|老人"
    r"|\b(?:me|myself|my|mother|mum|mom|father|dad|husband|wife|son|daughter|child|baby|brother|sister|neighbou?r|friend|grand\w+)\b",
    re.IGNORECASE,
)
_PATIENTS = re.compile(
    r"(?:妈|爸|母亲|父亲|奶奶|爷爷|外婆|外公|姥姥|姥爷|公公|婆婆|老人|病人|患者|孩子|儿子|女儿|老伴|[他她])(?:本人)?的?(?:电话|手机|号码)"
    r"|\b(?:her|his|patient'?s|mother'?s|mum'?s|mom'?s|father'?s|dad'?s|wife'?s|husband'?s) (?:phone|number|mobile)",
    re.IGNORECASE,
)
"""Before a telephone number: it is the patient's own."""
_MINE = re.compile(r"我(?:本人|自己)?的?(?:电话|手机|号码)|\bmy (?:own )?(?:phone|number|mobile)", re.IGNORECASE)
_RELATIVE = re.compile(
    r"我(?:的|们)?(?:妈妈?|母亲|爸爸?|父亲|爹|娘|爷爷|奶奶|公公|婆婆|姥姥|姥爷|外公|外婆|岳父|岳母|老公|丈夫|老婆|妻子|媳妇|爱人|老伴|哥哥?|姐姐?|弟弟?|妹妹?)"
    r"|\bmy (?:mother|mum|mom|father|dad|grandmother|grandma|grandfather|grandpa|husband|wife|partner|brother|sister|aunt|uncle)\b",
    re.IGNORECASE,
)
_WRITER = re.compile(r"我|\b(?:i|i'm|i've|im|me|myself)\b", re.IGNORECASE)
_UNKNOWN = re.compile(
    r"(?:我|也)?(?:不知道|不清楚|不晓得|没有|不方便说?)[。.!！]?|(?:i )?(?:don'?t|do not) know[.!]?|no idea[.!]?|none[.!]?", re.IGNORECASE
)
_YES = re.compile(
    r"(?:我)?(?:可以|行|好|好的|嗯|同意|愿意|能|没问题|yes|yeah|ok|okay|sure|fine|i agree|agreed?)"
    r"(?:转|转给|给|告诉|说)?(?:他们|社区|医院|出去)?[的了吧啊呀。.!！ ]*",
    re.IGNORECASE,
)
_NO = re.compile(r"(?:不|不行|不可以|不要|别|不同意|no|nope|don'?t)[的了啊呀。.!！ ]*", re.IGNORECASE)
_RIGHT = re.compile(rf"(?:对|没错|正确|是|就这样|right|correct|{_YES.pattern})[的了啊呀。.!！ ]*", re.IGNORECASE)
_WRONG = re.compile(r"(?:不对|不是|错了|要改|改一下|no|wrong|not right|change(?: it)?)[的了啊呀。.!！ ]*", re.IGNORECASE)
_CHANGED = re.compile(
    r"(?:请|把)?(?:时间|地址|电话)?(?:改成|改为|改到|换成|更正为?)[：:，, ]*|(?:change (?:it|that) to|make (?:it|that)|i meant) ",
    re.IGNORECASE,
)
_HANZI = re.compile(r"[\u3400-\u9fff]")
_UNSURE = 0.3
"""A topic below this score says nothing of what a short message is about."""
_ASKS_BACK = frozenset({"cost", "asks_on", "phone"})
_ASKING = ("?", "？", "吗", "呢", "怎么", "哪")
_NOBODY = ("self", "other", "")
"""Patients of the understanding that do not tell who it is; ``self`` is also what it takes for granted."""


def brief(text: str) -> bool:
    """Whether a message is short enough to be an answer to a question."""
    return len(text) <= (BRIEF if _HANZI.search(text) else BRIEF_LATIN)


def answer(talk: Talk, field: str) -> str | None:
    """What the message answers to a question; None where it is about something else."""
    if talk.pressed("button.form.skip"):
        return SKIPPED
    for key in CHOICES.get(field, ()):
        if talk.pressed(key):
            return key.rpartition(".")[2]
    got = talk.got
    if talk.danger or not talk.text:
        return None
    if _UNKNOWN.fullmatch(talk.text):
        return SKIPPED
    if field == HOSPITAL and got.hospitals and brief(talk.text):
        return LIST.join(got.hospitals)
    if got.refused and field != HOSPITAL:
        return None
    if field == "district" or (field == "who" and not _KIN.search(talk.text)):
        return tells(talk).get(field)
    if field == "place" and _city_only(talk):
        return None
    if field == "consent":
        return "agree" if _YES.fullmatch(talk.text) else "disagree" if _NO.fullmatch(talk.text) else None
    if got.action == "handoff" and not (got.carried or _detail(talk)):
        return None
    # An address or a date may look like any topic; what neither looks like an answer nor adds to the case is a message of its own.
    asks = any(sign in talk.text for sign in _ASKING) or bool(got.marks & _ASKS_BACK)
    if field == "who":
        return talk.text if not asks and len(talk.text) <= SHORT_NAME else None
    alone = got.action in {"clarify", "decline"} or (got.carried and field == "place" and not beside(talk, field))
    answers = alone or bool(_SHAPES[field].search(talk.text))
    return talk.text[:LONGEST] if answers and not asks and brief(talk.text) else None


def _city_only(talk: Talk) -> bool:
    """Whether a message names a city or a district and nothing else: no compound has that address."""
    city = talk.replies.knowledge.cities.get(str(talk.got.slots.get("city", "")))
    if city is None:
        return False
    places = [city.name, *(one.name for one in city.districts.values())]
    names = [name.in_(lang) for name in places for lang in ("zh", "en")]
    left = talk.text.casefold()
    for name in sorted(names, key=len, reverse=True):
        left = left.replace(name.casefold(), "")
    return not re.sub(r"[\s，,。.!！的在是市区呀啊]|\b(?:in|at)\b", "", left)


def beside(talk: Talk, field: str) -> dict[str, str]:
    """What the message answers that was not asked just now; nothing where it says anything else too."""
    got, text = talk.got, talk.text
    plain = got.carried or got.action in {"clarify", "decline", "smalltalk"} or _detail(talk)
    if talk.danger or not plain or not brief(text) or got.marks & _ASKS_BACK or any(sign in text for sign in _ASKING):
        return {}
    changed = _CHANGED.match(text)
    text = text[changed.end() :] if changed else text
    known = {} if changed or "correction" in got.marks else dict(talk.state.form)
    found = {**tells(talk), **{name: text for name, shape in _ALONE.items() if shape.search(text)}}
    return {name: value for name, value in found.items() if name not in known and (changed or name != field)}


def _detail(talk: Talk) -> bool:
    """Whether a message has the form of a detail and no topic of its own, as a bare address."""
    got = talk.got
    return "detail" in got.marks and bool(got.topics) and got.topics[0].score < _UNSURE


def whose_phone(talk: Talk) -> str:
    """The field of a telephone number that says whose it is: the patient's does not reach the writer. Empty for anything else."""
    text = talk.text
    if talk.danger or not brief(text) or not _ALONE["reach"].search(text) or any(sign in text for sign in _ASKING):
        return ""
    return PATIENT_PHONE if _PATIENTS.search(text) else "reach" if _MINE.search(text) else ""


def tells(talk: Talk) -> dict[str, str]:
    """What the message, or the conversation, says by itself."""
    slots = talk.got.slots
    district, patient = str(slots.get("district", "")), str(slots.get("patient", ""))
    who = patient if patient not in _NOBODY else next(filter(None, map(relative, (talk.text, *reversed(talk.state.said)))), "")
    found = {"district": district, "who": who, "place": address_in(talk.text)}
    return {name: value for name, value in found.items() if value}


def relative(text: str) -> str:
    """The one of the family whom the message is about, as it names them; empty where it may as well be about the writer."""
    found = {named.group() for named in _RELATIVE.finditer(text)}
    return found.pop() if len(found) == 1 and not _WRITER.search(_RELATIVE.sub("", text)) else ""


def is_right(text: str) -> bool:
    """Whether somebody says in words that a summary is right."""
    return bool(_RIGHT.fullmatch(text))


def is_wrong(text: str) -> bool:
    """Whether somebody says in words that something is to be changed."""
    return bool(_WRONG.fullmatch(text))
