"""A help request, filled in bit by bit. The case is open before the first question: whoever stops halfway is still in the queue.

Only what is missing is asked, one question at a time and none twice; anything can be skipped, changed or left.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from bot.conversation.refused import elsewhere, taken_back, turned_away
from bot.conversation.talk import Talk
from bot.model import CASE, EXPECTS, LIST, Button, CaseDraft, Reply, State, Turn
from bot.places import in_words
from intents.understanding import Scored

FIELDS = ("who", "district", "place", "when", "reach", "consent")
"""In the order of asking."""
HOSPITAL = "hospital"
"""Asked first of whoever was turned away and has not told where; kept with the case itself."""
PATIENT_PHONE = "patient_phone"
"""Among the facts, never asked: how to reach the patient, where that is somebody else than the writer."""
PREFIX = "form."
CHECK = "form.check"
"""The summary is to be confirmed."""
SKIPPED = "-"
LEFT = "left"
"""Among the fields: the resident has had enough of the questions."""
LONGEST = 200
"""Characters of an answer that are kept."""
BRIEF = 40
"""A longer message is read as a message of its own, whatever was asked."""
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
    "reach": re.compile(r"\d{5,}|电话|微信|手机|短信|@|phone|wechat|text|chat|here", re.IGNORECASE),
}
"""What an answer looks like that could be anything."""
_ALONE = {
    "place": re.compile(r"小区|花园|家园|公寓|大院|\d+(?:号楼|栋|幢)|单元|\b(?:building|unit|flat|compound) ?\w", re.IGNORECASE),
    "when": re.compile(
        r"^(?:最好|就|要|得)?(?:今天|今晚|明天|明早|明晚|后天|现在|马上|尽快|越快越好|下?(?:周|星期|礼拜)[一二三四五六日天])"
        r"|^(?:today|tonight|tomorrow|now|as soon as|asap|(?:on |next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
        re.IGNORECASE,
    ),
    "reach": re.compile(r"(?<!\d)\d{7,}(?!\d)|微信|wechat", re.IGNORECASE),
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
_YES = re.compile(r"(?:可以|行|好|好的|嗯|同意|没问题|yes|yeah|ok|okay|sure|fine)[的了啊呀。.!！ ]*", re.IGNORECASE)
_NO = re.compile(r"(?:不|不行|不可以|不要|别|不同意|no|nope|don'?t)[的了啊呀。.!！ ]*", re.IGNORECASE)
_RIGHT = re.compile(rf"(?:对|没错|正确|是|就这样|right|correct|{_YES.pattern})[的了啊呀。.!！ ]*", re.IGNORECASE)
_WRONG = re.compile(r"(?:不对|不是|错了|要改|改一下|no|wrong|not right|change(?: it)?)[的了啊呀。.!！ ]*", re.IGNORECASE)
_CHANGED = re.compile(
    r"(?:请|把)?(?:时间|地址|电话)?(?:改成|改为|改到|换成|更正为?)[：:，, ]*|(?:change (?:it|that) to|make (?:it|that)|i meant) ",
    re.IGNORECASE,
)
_UNSURE = 0.3
"""A topic below this score says nothing of what a short message is about."""
_ASKS_BACK = frozenset({"cost", "asks_on", "phone"})
_ASKING = ("?", "？", "吗", "呢", "怎么", "哪")
_HELP = (Scored("service.human", 1.0),)
_NOBODY = ("self", "other", "")
"""Patients of the understanding that do not tell who it is; ``self`` is also what it takes for granted."""


def begin(talk: Talk, turn: Turn) -> Turn:
    """A new case: the first question below the answer, or how to go on with a form that was left for something else."""
    draft, before = turn.case, talk.state
    if talk.got.action == "emergency" or turn.understanding is None:
        return turn
    if before.asked.startswith(PREFIX) and talk.case:
        more = talk.offer("form.later", "button.form.go_on", "button.form.enough")
        return dataclasses.replace(turn, replies=(*turn.replies, *more))
    # One question at a time: where the reply asks for the city, the form waits for the next message.
    # Other buttons, such as the way to a person, ask nothing.
    asks = bool(turn.state.asked) or (not talk.got.slots.get("city") and any(reply.buttons for reply in turn.replies))
    if draft is None or (talk.case and before.form) or not (talk.case or talk.got.action == "handoff"):
        return turn
    found = talk.known.case
    told = tuple({**_told(talk), **({k: v for k, v in found.facts if k in FIELDS} if found is not None and talk.case else {})}.items())
    fields = _fields(draft.topics)
    told = ((HOSPITAL, draft.hospital), *told) if draft.hospital and HOSPITAL in fields else told
    turn = dataclasses.replace(turn, case=dataclasses.replace(draft, facts=_facts(told)))
    field = _missing(told, fields)
    if field is None or asks:
        return turn
    state = dataclasses.replace(turn.state, form=told, asked=PREFIX + field)
    first = (*talk.say("form.begin"), *_question(talk, field))
    return dataclasses.replace(turn, replies=(*turn.replies, _joined(first)), state=state)


def form(talk: Talk) -> Turn | None:
    """An answer to a question of the form, or a button of it. Anything else is answered as what it is, danger before all."""
    state = talk.state
    if not talk.case or not (state.form or state.asked.startswith(PREFIX)):
        return None
    if talk.pressed("button.form.go_on"):
        return _next(talk, _without(state.form, LEFT))
    if talk.pressed("button.form.enough"):
        return _turn(talk, talk.say("form.enough", case=CASE, expects=EXPECTS), (*_without(state.form, LEFT), (LEFT, "1")), "")
    for name in _asked(talk):
        if talk.pressed(f"button.form.change_{name}"):
            turn = _turn(talk, _question(talk, name), _without(state.form, name), PREFIX + name)
            return taken_back(turn, dict(state.form).get(name, "")) if name == HOSPITAL else turn
    if whose := _whose_phone(talk):
        return noted(talk, whose, talk.text)
    if state.asked == CHECK:
        return _checked(talk)
    # A form that was left for something else is gone on with by whatever answers a question of it.
    field = state.asked.removeprefix(PREFIX) if state.asked.startswith(PREFIX) else ""
    value = _answer(talk, field) if field else None
    if field == "district" and value is None and not state.city and talk.got.slots.get("city") and not talk.danger:
        return _turn(talk, _question(talk, field), state.form, state.asked)
    # What was answered stays: a compound's name may sound like another district.
    if value is not None:
        turn = _next(talk, tuple({**_told(talk), **dict(state.form), field: value}.items()))
        return elsewhere(talk, turn, value) if field == HOSPITAL and value != SKIPPED else turn
    beside = {} if talk.got.refused else _beside(talk, field)
    if not beside:
        return None
    known = tuple({**dict(state.form), **beside}.items())
    if not field and (LEFT in dict(known) or not _missing(known, _asked(talk))):
        return _turn(talk, talk.say("form.noted", case=CASE), known, "")
    turn = _next(talk, known)
    return dataclasses.replace(turn, replies=(_joined((*talk.say("form.so_far"), *turn.replies)),))


def _whose_phone(talk: Talk) -> str:
    """The field of a telephone number that says whose it is: the patient's does not reach the writer. Empty for anything else."""
    text = talk.text
    if talk.danger or len(text) > BRIEF or not _ALONE["reach"].search(text) or any(sign in text for sign in _ASKING):
        return ""
    return PATIENT_PHONE if _PATIENTS.search(text) else "reach" if _MINE.search(text) else ""


def noted(talk: Talk, field: str, value: str) -> Turn:
    """Something that was told otherwise than in words: with it the next question, where one stood."""
    known = tuple({**dict(talk.state.form), field: value}.items())
    if not talk.state.asked.startswith(PREFIX):
        return _turn(talk, talk.say("form.noted", case=CASE), known, "")
    turn = _next(talk, known)
    return dataclasses.replace(turn, replies=(_joined((*talk.say("form.so_far"), *turn.replies)),))


def _asked(talk: Talk) -> tuple[str, ...]:
    """The fields of the chat's case."""
    found = talk.known.case
    return _fields(found.topics if found is not None else ())


def _fields(topics: tuple[str, ...]) -> tuple[str, ...]:
    return (HOSPITAL, *FIELDS) if turned_away(topics) else FIELDS


def _facts(form: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """What goes to the case as told on being asked."""
    return _without(_without(form, LEFT), HOSPITAL)


def _answer(talk: Talk, field: str) -> str | None:
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
    if field == HOSPITAL and got.hospitals and len(talk.text) <= BRIEF:
        return LIST.join(got.hospitals)
    if got.refused and field != HOSPITAL:
        return None
    if field == "district" or (field == "who" and not _KIN.search(talk.text)):
        return _told(talk).get(field)
    if field == "consent":
        return "agree" if _YES.fullmatch(talk.text) else "disagree" if _NO.fullmatch(talk.text) else None
    if got.action == "handoff" and not (got.carried or _detail(talk)):
        return None
    # An address or a date may look like any topic; what neither looks like an answer nor adds to the case is a message of its own.
    asks = any(sign in talk.text for sign in _ASKING) or bool(got.marks & _ASKS_BACK)
    if field == "who":
        return talk.text if not asks and len(talk.text) <= SHORT_NAME else None
    alone = got.action in {"clarify", "decline"} or (got.carried and field == "place" and not _beside(talk, field))
    answers = alone or bool(_SHAPES[field].search(talk.text))
    return talk.text[:LONGEST] if answers and not asks and len(talk.text) <= BRIEF else None


def _beside(talk: Talk, field: str) -> dict[str, str]:
    """What the message answers that was not asked just now; nothing where it says anything else too."""
    got, text = talk.got, talk.text
    plain = got.carried or got.action in {"clarify", "decline", "smalltalk"} or _detail(talk)
    if talk.danger or not plain or len(text) > BRIEF or got.marks & _ASKS_BACK or any(sign in text for sign in _ASKING):
        return {}
    changed = _CHANGED.match(text)
    text = text[changed.end() :] if changed else text
    known = {} if changed or "correction" in got.marks else dict(talk.state.form)
    found = {**_told(talk), **{name: text for name, shape in _ALONE.items() if shape.search(text)}}
    return {name: value for name, value in found.items() if name not in known and (changed or name != field)}


def _detail(talk: Talk) -> bool:
    """Whether a message has the form of a detail and no topic of its own, as a bare address."""
    got = talk.got
    return "detail" in got.marks and bool(got.topics) and got.topics[0].score < _UNSURE


def _checked(talk: Talk) -> Turn | None:
    if talk.pressed("button.form.right") or _RIGHT.fullmatch(talk.text):
        return _turn(talk, talk.say("form.done", case=CASE, expects=EXPECTS), talk.state.form, "")
    if talk.pressed("button.form.change") or _WRONG.fullmatch(talk.text):
        keys = [f"button.form.change_{name}" for name in _asked(talk)]
        return _turn(talk, talk.offer("form.change", *keys), talk.state.form, CHECK)
    return None


def _told(talk: Talk) -> dict[str, str]:
    """What the message, or the conversation, says by itself."""
    slots = talk.got.slots
    district, patient = str(slots.get("district", "")), str(slots.get("patient", ""))
    who = patient if patient not in _NOBODY else relative(talk.text)
    return {**({"district": district} if district else {}), **({"who": who} if who else {})}


def relative(text: str) -> str:
    """The one of the family whom the message is about, as it names them; empty where it may as well be about the writer."""
    found = {named.group() for named in _RELATIVE.finditer(text)}
    return found.pop() if len(found) == 1 and not _WRITER.search(_RELATIVE.sub("", text)) else ""


def _missing(form: tuple[tuple[str, str], ...], fields: tuple[str, ...]) -> str | None:
    known = dict(form)
    return next((name for name in fields if name not in known), None)


def _without(form: tuple[tuple[str, str], ...], name: str) -> tuple[tuple[str, str], ...]:
    return tuple((field, value) for field, value in form if field != name)


def _next(talk: Talk, form: tuple[tuple[str, str], ...]) -> Turn:
    fields = _asked(talk)
    field = _missing(form, fields)
    if field is not None:
        return _turn(talk, _question(talk, field), form, PREFIX + field)
    names = [(talk.replies.say(f"form.name.{name}", talk.got.lang), shown(talk, name, dict(form)[name])) for name in fields]
    lines = "\n".join(f"· {name}{'：' if talk.got.lang == 'zh' else ': '}{value}" for name, value in names)
    return _turn(talk, talk.offer("form.check", "button.form.right", "button.form.change", case=CASE, lines=lines), form, CHECK)


def shown(talk: Talk, name: str, value: str) -> str:
    """An answer in words; what the resident wrote stays as it is."""
    lang, replies = talk.got.lang, talk.replies
    if value == SKIPPED:
        return replies.say("form.skipped", lang)
    if name == HOSPITAL:
        return in_words(replies, lang, value.split(LIST))
    if replies.has(f"button.form.{value}"):
        return replies.say(f"button.form.{value}", lang)
    if name == "district":
        city = replies.knowledge.cities.get(_city(talk, value))
        found = city.districts.get(value) if city else None
        return found.name.in_(lang) if found else value
    return replies.say(f"form.patient.{value}", lang) if replies.has(f"form.patient.{value}") else value


def _city(talk: Talk, district: str) -> str:
    """The city of the request: an address may bear the name of another city's district."""
    named, before = str(talk.got.slots.get("city", "")), talk.state.city
    held = talk.replies.knowledge.cities
    return named if not before or (named in held and district in held[named].districts) else before


def _question(talk: Talk, field: str) -> tuple[Reply, ...]:
    choices = [talk.button(key) for key in CHOICES.get(field, ())]
    key = f"form.ask.{field}"
    if field == "district":
        held = talk.replies.knowledge.cities
        city = held.get(_city(talk, ""))
        away = talk.state.elsewhere or "city" in talk.got.unpublished
        if city is None and not away:
            key = "ask.city"  # nobody can choose a district before the city is known
        places = city.districts.values() if city else () if away else held.values()
        choices = [Button(name, name) for place in places for name in (place.name.in_(talk.got.lang),)]
    if field != "consent":
        choices.append(talk.button("button.form.skip"))
    (plain,) = talk.say(key)
    return talk.with_buttons(plain, (*choices, talk.button("button.form.enough")))


def _joined(replies: tuple[Reply, ...]) -> Reply:
    """Several sentences as one message, with the buttons of the last."""
    return Reply("\n".join(reply.text for reply in replies), replies[-1].buttons)


def _turn(talk: Talk, replies: tuple[Reply, ...], form: tuple[tuple[str, str], ...], asked: str) -> Turn:
    """``asked``: the question that stands after it; empty: none."""
    got, before = talk.got, talk.state
    told = dict(form)
    district = told.get("district", "")
    state: State = dataclasses.replace(
        before,
        form=form,
        asked=asked,
        district=district if district not in ("", SKIPPED) else before.district,
        city=_city(talk, district),
        spoke=got.lang,
        traditional=got.traditional,
        updated_at=talk.now,
    )
    draft = CaseDraft("P3", "resident:form", (), state.city, state.district, facts=_facts(form), telling=False)
    place = {name: value for name, value in (("city", state.city), ("district", state.district)) if value}
    slots = {**{name: value for name, value in got.slots.items() if name not in {"city", "district"}}, **place}
    known = dataclasses.replace(got, action="clarify" if asked else "answer", topics=_HELP, alarms=(), slots=slots)
    return Turn(replies, state, draft, understanding=known, expects=talk.expects)
