"""What somebody wants with reminders and notices where they say it in their own words. Pure."""

from __future__ import annotations

import re
from typing import Literal

from intents.normalise import simplify

Wish = Literal["", "end", "grief", "change", "show", "trouble", "missed", "skip", "pause", "resume", "leave", "notices", "night"]
"""To end reminders, also because somebody has died; to change or see them; one that did not come; a treatment that was missed, which is
no matter of reminders; one time less; to have them rest and go on; no notices any more; what notices there are; none at night."""
_NEVER_FORGET = re.compile(r"(?:别|不要|不能|千万别)忘|don'?t (?:let \w+ )?forget")
_MISSED = re.compile(r"没(?:透|做|打|吃|去|化)成|(?<![不别能要勿得免])[停断]药|药(?:都|已经)?(?:停|断)了")
_RING = r"(?:提醒|闹钟|闹铃)"
_RING_EN = r"(?:remind(?:ers?|ing)?|alarms?)"
_NAMED = re.compile(rf"提醒|[闹鬧][钟鐘铃鈴]|\b{_RING_EN}\b|\balerts?\b")
_END = re.compile(
    rf"(?:别|不要|不用|不必|不需要|停|停掉|取消|关掉|关了|删掉|删了|删除|撤掉)(?:了)?(?:再)?[^，,。；不]{{0,10}}?{_RING}"
    rf"|\b(?:stop|cancel|end|remove|delete|turn off|switch off|no more|don'?t|do not|no)\b[^.,;?]{{0,32}}\b{_RING_EN}\b"
    r"|\b(?:stop|cancel|end|turn off)\b[^.,;?]{0,32}\balerts?\b"
    rf"|{_RING}(?:都|先|可以)?(?:取消|停掉|停了|关掉|关了|删掉|删了)[吧了掉。!！ ]*$"
)
_END_SURE = re.compile(rf"{_RING}[^，,。；]{{0,6}}(?:停了|停掉|停吧|取消|关掉|关了|删|不要了|不用了)")
_DIED = re.compile(
    r"(?:人|妈|爸|奶奶|爷爷|婆|公|老伴|老公|老婆|孩子|宝宝|娃|他|她)[^，,。药钱电]{0,4}(?:走了|没了|不在了|去世|过世|没保住)"
    r"|去世|过世|流产|\b(?:died|passed away|miscarr\w+|lost the baby)\b"
)
_SKIP = re.compile(
    r"(?:这周|本周|今天|明天|周末|双休日|星期天|周六|周日)[^，,。]{0,6}(?:不用|别|不要|不)|\bon weekends?\b|\bthis week\b|别算"
)
_PAUSE = re.compile(r"暂停|先停(?:一|几)|停(?:一|几)个?(?:周|礼拜|星期|天|阵)|\bpause\b")
_RESUME = re.compile(r"恢复|继续提醒|接着提醒|\bresume\b")
_ONLY = re.compile(r"只(?:要|提醒)|\bonly\b|\bexcept\b")
_CHANGE = re.compile(
    rf"(?:改|换|挪|调)[^。]{{0,14}}{_RING}|(?:{_RING}|alarm|时间)[^。]{{0,10}}(?:改|换|挪|调|不对)|设错"
    rf"|\b(?:move|change|shift|reschedule)\b[^.]{{0,20}}\b(?:{_RING_EN}|one)\b|\bwrong time\b(?! zone)"
)
_SHOW = re.compile(
    rf"(?:看|列|查|设过|设了|几个|哪些|都有)[^，,。]{{0,8}}{_RING}(?!.*(?:可以|能))"
    rf"|{_RING}[^。]{{0,8}}(?:列出来|有哪些|看看)|订了(?:啥|什么|哪些)"
    r"|\b(?:which|what) (?:reminders|alarms)\b|\b(?:show|list|see)\b[^.]{0,12}\b(?:reminders|alarms)\b"
)
_TROUBLE = re.compile(
    r"(?:没|没有|忘了)(?:提醒|响|叫我|喊我)|还(?:在)?提醒|提醒[^，,。]{0,8}(?:没响|没来|晚了|迟了)"
    r"|\b(?:came|come|rang|was|is)\b[^.]{0,20}\blate\b"
    r"|\b(?:did ?n[o']?t|never) (?:come|ring|go off|remind)\b|\bwrong time zone\b|\bstill remind"
)
_NOTICE = r"(?:广播|通知|群发|推送|公告|消息|信息|东西)"
_LEAVE = re.compile(
    rf"(?:别|不要|不想|不用|停|取消|关掉)(?:了)?(?:再)?[^，,。；没]{{0,12}}?(?:发|推|传|收|{_NOTICE})"
    rf"|{_NOTICE}[^，,。；没]{{0,10}}(?:别|停|不要|关掉|太吵|太多)|退订|退掉|\bunsubscribe\b"
    r"|\b(?:stop|no more|don'?t|do not|quit|too many)\b[^.;?]{0,25}"
    r"\b(?:broadcasts?|notices?|notifications?|messag\w+|msgs?|texts?|texting|bulletins?|sending|spam)\b"
)
_NIGHT = re.compile(
    r"晚上|夜里|半夜|点以后|点前|早上(?!好)|睡觉|\bat night\b|\bmorning\b|\bbefore \d|\d ?am\b|\bafter \d|\bwakes?\b|\bwoke\b"
)
_NOTICES = re.compile(
    rf"(?:订|收|想要|只要)[^，,。]{{0,10}}{_NOTICE}|{_NOTICE}[^，,。]{{0,8}}(?:换成|改成|推送给我)|推送给我|通知我"
    rf"|\bsubscribe\b|\bsign up\b|\bturn on (?:alerts?|notifications?)\b"
    r"|\b(?:get|want) (?:the )?(?:news|notices|alerts)\b|\bbroadcasts?\b|\bbulletins?\b|\bnotices\b"
)
_ASKS_HOW = re.compile(r"怎么|咋个|如何|怎样|\bhow\b|\bwhat\b")
_QUESTION = re.compile(
    r"\bhow\b|吗|么|呢|(?<!要)不[，,?？]|不$|能不能|可不可以|可以|能设|能做|[?？]|^(?:can|could|do|does|is|will|how|what|which)\b"
)
_ENDS_ALL = re.compile(r"所有|全部|都|\ball\b|\bany ?more\b|再")


def wish(text: str, *, sure: bool) -> Wish:
    """What a message wants. ``sure``: it was understood to be about reminders and notices; else only what names reminders is read."""
    # Every message comes by here: most of them name nothing of the kind.
    if not sure and _NAMED.search(text.casefold()) is None:
        return ""
    words = simplify(text).casefold().replace("’", "'")
    if _MISSED.search(words):
        return "missed"
    forgets = _NEVER_FORGET.search(words) is not None
    if not forgets and (_END.search(words) or (sure and _END_SURE.search(words))):
        return "skip" if _SKIP.search(words) or _ONLY.search(words) else "show" if _ASKS_HOW.search(words) else _ended(words)
    if sure:
        return "trouble" if _TROUBLE.search(words) and not forgets else _of_reminders(words) or ("" if forgets else _of_notices(words))
    return _of_reminders(words)


def asks(text: str) -> bool:
    """Whether it is a question, of what can be done."""
    return _QUESTION.search(simplify(text).casefold().strip()) is not None


def ends_all(text: str) -> bool:
    """Whether no reminder at all is to come any more."""
    return _ENDS_ALL.search(simplify(text).casefold()) is not None


def _ended(words: str) -> Wish:
    return "grief" if _DIED.search(words) else "end"


def _of_reminders(words: str) -> Wish:
    found: tuple[tuple[Wish, re.Pattern[str]], ...] = (("pause", _PAUSE), ("resume", _RESUME), ("change", _CHANGE), ("show", _SHOW))
    return next((name for name, pattern in found if pattern.search(words)), "")


def _of_notices(words: str) -> Wish:
    if re.search(_RING, words):
        return ""
    if _SKIP.search(words) or (_ONLY.search(words) and not _NOTICES.search(words) and not re.search(_NOTICE, words)):
        return "skip"
    if _LEAVE.search(words):
        return "night" if _NIGHT.search(words) else "notices" if _ASKS_HOW.search(words) or _ONLY.search(words) else "leave"
    return "notices" if _NOTICES.search(words) and "没" not in words else ""
