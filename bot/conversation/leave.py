"""Notices that the staff send to many: left and had back in one word, for one kind or all; and asked for help after one."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from functools import lru_cache

from bot.conversation.talk import Talk
from bot.effects import Effect, Wants
from bot.model import CASE, CaseDraft, Turn
from bot.replies import Replies
from intents.understanding import Action, Scored

ALL, EMERGENCY = "*", "emergency"
_KEY = "cast.kind."
_END = r"[ :：“\"]*(?P<what>.*?)[”\" 。.!！]*"
_LEAVE = re.compile(
    rf"(?:(?:回复?|发|發) ?)?(?:退订|退訂|取消订阅|取消訂閱|unsubscribe(?: from)?\b|t ?d(?![a-z])|t(?=[。.!！ ]*$)){_END}", re.IGNORECASE
)
_JOIN = re.compile(rf"(?:订阅|訂閱|恢复通知|恢復通知|subscribe(?: to)?\b){_END}", re.IGNORECASE)
_ALL = frozenset({"全部", "所有", "所有通知", "全部通知", "通知", "all", "all notices", "everything", "notices"})
_LONGEST, _SHORT = 40, 20
_TOPIC = (Scored("service.reminder", 1.0),)


def leave(talk: Talk) -> Turn | None:
    """What is said of notices. Danger goes before all of it; the bare word leaves every kind but emergency notices."""
    if talk.danger or not talk.text or len(talk.text) > _LONGEST or talk.incoming.group:
        return None
    if talk.pressed("button.cast.help"):
        return _help(talk)
    for pattern, wants in ((_LEAVE, False), (_JOIN, True)):
        found = pattern.fullmatch(unicodedata.normalize("NFKC", talk.text))
        if found is None:
            continue
        what = found["what"].strip().casefold()
        if not what:
            return _all(talk, wants)
        if what in _ALL:
            # "All" with the word said is all: also what is never among the rest.
            return _all(talk, wants, Wants(EMERGENCY, wants)) if what in {"全部", "所有", "all", "everything"} else _all(talk, wants)
        kind = kinds(talk.replies).get(what)
        if kind is not None:
            return _turn(talk, "cast.back.one" if wants else "cast.left.one", Wants(kind, wants), kind=_name(talk, kind))
        if len(what) <= _SHORT:
            return kinds_of_notices(talk)
    return None


def left(talk: Talk) -> Turn:
    """Somebody wants no notices any more; emergency notices still come."""
    return _all(talk, False)


def kinds_of_notices(talk: Talk) -> Turn:
    """What notices there are, and how each is had and left."""
    names = "、" if talk.got.lang == "zh" else ", "
    return _turn(talk, "cast.which", kinds=names.join(_name(talk, one) for one in dict.fromkeys(kinds(talk.replies).values())))


@lru_cache(4)
def kinds(replies: Replies) -> dict[str, str]:
    """The kinds of notices by what they are called, in small letters, in both languages, and by their id."""
    texts = replies.knowledge.replies
    found = {texts[lang][key].casefold(): key.removeprefix(_KEY) for lang in ("zh", "en") for key in texts[lang] if key.startswith(_KEY)}
    found |= {name + "s": kind for name, kind in found.items() if name.isascii()}
    return found | {kind: kind for kind in found.values()}


def _all(talk: Talk, wants: bool, *more: Effect) -> Turn:
    if wants:
        more = (Wants(EMERGENCY, True),)  # whoever wants notices back wants the urgent ones first
    return _turn(talk, "cast.back" if wants else "cast.left.all" if more else "cast.left", Wants(ALL, wants), *more)


def _help(talk: Talk) -> Turn:
    draft = CaseDraft("P1", "broadcast:help", ("other",), talk.state.city, talk.state.district, telling=False)
    turn = _turn(talk, "cast.help", case=CASE)
    return dataclasses.replace(turn, case=draft)


def _name(talk: Talk, kind: str) -> str:
    return talk.replies.say(f"{_KEY}{kind}", talk.got.lang)


def _turn(talk: Talk, key: str, *effects: Effect, action: Action = "answer", **values: str) -> Turn:
    got = dataclasses.replace(talk.got, action=action, topics=_TOPIC, ask="", options=(), alarms=())
    state = dataclasses.replace(talk.state, spoke=talk.got.lang, traditional=talk.got.traditional, updated_at=talk.now)
    return Turn(talk.say(key, **values), state, understanding=got, effects=effects)
