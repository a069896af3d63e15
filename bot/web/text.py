"""Making people's words fit to show: harmless characters, a first part of what is long, phone numbers as links."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from bot.web.ports import Lang

_SHOW = re.compile(r"/show/(?:refused|closed)(?:\?city=[a-z]{1,20})?(?![\w/?=&.])")
ECHO = 1_000
"""Characters shown of one of the resident's own messages."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]"
)
_HANZI = re.compile("[\u3400-\u9fff]")
_UNITS = (
    r"(?:[元块米人名例个条岁克毫斤次下%％℃度]|分钟|小时|公里|天|min|km|mg|ml"
    r"|(?:days?|hours?|h|people|yuan|m|times|compressions|beats|a minute|per minute)\b)"
)
_RANGE = re.compile(r"\d\s?(?:到|至|to|or|or up to|~|～|–|—)\s?$")
_PHONE = re.compile(
    r"(?<![A-Za-z0-9#＃№/._-])(?<!\d[:：])(?P<number>"
    r"\(?0\d{2,3}\)?[-–— ]?(?:\d{7,8}|1\d{4}|9\d{4})"
    r"|[48]00[- ]?\d{3}[- ]?\d{4}|400-\d{4}-\d{3}"
    r"|(?:\+86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
    r"|[2-8]\d{7}"
    r"|11[09]|12[02]|12[13]\d\d|95\d{3}|96\d{3,4}"
    r")(?![A-Za-z0-9_]|[-–—./:：,]\d|\s?" + _UNITS + r")"
)


def harmless(text: str) -> str:
    """Without control characters, direction overrides and lone surrogates; newlines and tabs stay."""
    return _UNSEEN.sub("", text)


def shortened(text: str, most: int = ECHO) -> tuple[str, bool]:
    """The first ``most`` characters, and whether something was left off."""
    return (text, False) if len(text) <= most else (text[:most].rstrip() + "…", True)


def spoken(text: str) -> Lang:
    """The language a screen reader should read the text in."""
    return "zh" if _HANZI.search(text) else "en"


def with_phones(text: str) -> Markup:
    """Escaped text in which phone numbers are ``tel:`` links; nothing else becomes markup."""
    parts: list[Markup] = []
    end = 0
    for match in _PHONE.finditer(text):
        number = match["number"]
        if _RANGE.search(text[max(0, match.start() - 12) : match.start()]):
            continue
        dial = re.sub(r"[^\d+]", "", number)
        parts.append(escape(text[end : match.start()]))
        parts.append(Markup('<a href="tel:{}">{}</a>').format(dial, number))
        end = match.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def with_links(text: str, root: str, label: str) -> Markup:
    """As :func:`with_phones`; and where one of our sheets is named (:func:`bot.show.link`), a link to it that reads ``label``."""
    parts: list[Markup] = []
    end = 0
    for match in _SHOW.finditer(text):
        parts.append(with_phones(text[end : match.start()]))
        parts.append(Markup('<a href="{}">{}</a>').format(root + match[0], label))
        end = match.end()
    return Markup("").join([*parts, with_phones(text[end:])])
