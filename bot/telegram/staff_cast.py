"""Broadcasts in the staff's group: ``/cast`` lists them, writes one, and steers one."""

from __future__ import annotations

from collections.abc import Callable

from bot.account import Account
from bot.audience import BadAudience, audience_words, parse_audience
from bot.broadcast import Broadcast, Draft, Plan
from bot.casts import CastRefused, Casts
from bot.casts.plans import plan_words
from bot.clock import CITY_TIME
from bot.rights import Action
from bot.telegram.staff_words import say
from intents.desk_texts import said, shipped

CastsOf = Callable[[str], Casts]
SHOWN = 10
_NEEDS: dict[str, Action] = dict.fromkeys(("approve", "approve anyway", "refuse"), "broadcast.approve")
_BETWEEN = "---"


class CastRoom:
    """``casts`` gives the use cases as somebody. What it returns is said in the group."""

    def __init__(self, casts: CastsOf, refused: Callable[[Account, str], object]) -> None:
        """``refused`` keeps in the audit that somebody tried what their role may not."""
        self._casts, self._refused = casts, refused

    def do(self, account: Account, rest: str, once: str) -> str:
        """Do what stands behind the command; ``once`` names the message, so that it is done once."""
        first, _, more = rest.partition("\n") if rest.startswith("new") else rest.partition(" ")
        head = first.split()
        casts, lang = self._casts(account.name), account.lang
        try:
            if not head:
                found = [self._line(one, lang) for one in casts.newest(SHOWN)]
                return "\n".join(found) or say("cast.none", lang)
            if head[0] == "new":
                return self._may(account, "broadcast.write") or self._new(casts, " ".join(head[1:]), more, lang, once)
            if not (head[0].isascii() and head[0].isdigit() and len(head[0]) < 10):
                return say("cast.help", lang)
            return self._steer(casts, account, int(head[0]), more.strip().casefold(), once)
        except CastRefused as error:
            return say("refused", lang, why=_why(error, lang))

    def _may(self, account: Account, action: Action) -> str:
        if account.may(action):
            return ""
        self._refused(account, action)
        return say("no right", account.lang)

    def _new(self, casts: Casts, whom: str, texts: str, lang: str, once: str) -> str:
        """``/cast new WORDS``, then the Chinese text, a line of three dashes, the English one."""
        kind, _, words = whom.partition(" ")
        zh, mark, en = texts.partition(f"\n{_BETWEEN}\n")
        if not mark or casts.rules.kind(kind) is None:
            return say("cast.help", lang)
        try:
            audience = parse_audience(words)
        except BadAudience as error:
            return say("refused", lang, why=str(error))
        number = casts.write(Draft(kind, zh, en, audience, Plan()), once=once)
        return self._preview(casts, number, lang)

    def _steer(self, casts: Casts, account: Account, number: int, do: str, once: str) -> str:
        lang = account.lang
        if not do:
            one = casts.one(number)
            shown = one.status in ("draft", "suggested", "waiting")
            return self._preview(casts, number, lang) if shown else self._progress(casts, number, lang)
        acts: dict[str, Callable[[], object]] = {
            "send": lambda: casts.send(number),
            "send anyway": lambda: casts.send(number, anyway=True),
            "approve": lambda: casts.approve(number),
            "approve anyway": lambda: casts.approve(number, anyway=True),
            "refuse": lambda: casts.refuse(number),
            "pause": lambda: casts.pause(number),
            "resume": lambda: casts.resume(number),
            "cancel": lambda: casts.cancel(number),
            "discard": lambda: casts.discard(number),
            "test": lambda: casts.test(number, account.telegram, once),
        }
        act = acts.get(do)
        if act is None:
            return say("cast.help", lang)
        if no := self._may(account, _NEEDS.get(do, "broadcast.write")):
            return no
        act()
        return f"{say('done', lang)} {self._line(casts.one(number), lang)}"

    def _line(self, one: Broadcast, lang: str) -> str:
        text = one.draft.title or (one.draft.en if lang == "en" else one.draft.zh)
        state = said(f"cast.status.{one.status}", lang)
        return f"{one.id} · {state} · {audience_words(one.draft.audience)} · {text[:40]}"

    def _preview(self, casts: Casts, number: int, lang: str) -> str:
        one = casts.one(number)
        preview = casts.preview(one.draft, number)
        # One as it is read, and both texts: whoever approves answers for the other language too.
        samples = "\n\n".join((*(text for _, text in preview.sample[:1]), f"zh: {one.draft.zh}", f"en: {one.draft.en}"))
        approval = say("cast.approval", lang, many=casts.rules.approve_above) if preview.approval else ""
        plan = " · ".join(plan_words(one.draft, casts.rules, lang))
        return f"{self._line(one, lang)}\n{plan}\n{say('cast.people', lang, many=preview.people)} {approval}\n\n{samples}".strip()

    def _progress(self, casts: Casts, number: int, lang: str) -> str:
        lines = [self._line(casts.one(number), lang)]
        for one in casts.progress(number, 3):
            counts = one.run.counts
            values = {name: getattr(counts, name) for name in ("people", "settled", "sent", "failed", "blocked", "uncertain", "skipped")}
            at = one.run.slot.astimezone(CITY_TIME).strftime("%m-%d %H:%M")
            lines.append(say("cast.run", lang, at=at, rate=f"{one.rate:.1f}", wrote=one.wrote, helped=one.helped, **values))
        return "\n".join(lines)


def _why(error: CastRefused, lang: str) -> str:
    key = f"wrong.{error.why}"
    return said(key, lang, **error.values) if key in shipped()["zh"] else str(error)
