"""Broadcasts: the list with what is being sent and what is planned, the form, one with its progress, report and who is uncertain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from bot.broadcast import OPEN
from bot.casts import CastRefused, Casts
from bot.casts.plans import plan_words
from bot.casts.write import Preview
from bot.clock import Clock
from bot.site import Site
from bot.web.console.cast_form import choices, empty_fields, fields_of, posted_fields, read_form
from bot.web.console.cast_words import CastWords, by_day, summary
from bot.web.console.gate import Gate
from bot.web.console.names import Held, Names
from bot.web.console.pages import ConsolePages
from bot.web.console.visit import Visit

SHOWN = 60
CastsOf = Callable[[str], Casts]


class BroadcastsPage:
    """Its pages and forms. ``sites`` tells the sites that can be chosen."""

    def __init__(
        self, casts: CastsOf, knowledge: Held, sites: Callable[[], Sequence[Site]], names: Names, pages: ConsolePages, clock: Clock
    ) -> None:
        self._casts, self._knowledge, self._sites, self._names, self._pages, self._clock = casts, knowledge, sites, names, pages, clock
        self._words = CastWords(names, pages, sites)

    def routes(self, gate: Gate) -> list[Route]:
        """Their routes."""
        one = "/broadcasts/{number}"
        return [
            gate.page("/broadcasts", "broadcast.view", self.index),
            gate.page("/broadcasts", "broadcast.write", self.write, post=True),
            gate.page("/broadcasts/new", "broadcast.write", self.new),
            gate.page("/broadcasts/count", "broadcast.write", self.count, post=True),
            gate.page(one, "broadcast.view", self.show),
            gate.page(f"{one}/write", "broadcast.write", self.rewrite, post=True),
            gate.page(f"{one}/test", "broadcast.write", self.test, post=True),
            gate.page(f"{one}/send", "broadcast.write", self.send, post=True),
            gate.page(f"{one}/approve", "broadcast.approve", self.approve, post=True),
            gate.page(f"{one}/refuse", "broadcast.approve", self.refuse, post=True),
            gate.page(f"{one}/pause", "broadcast.write", self.pause, post=True),
            gate.page(f"{one}/resume", "broadcast.write", self.resume, post=True),
            gate.page(f"{one}/cancel", "broadcast.write", self.cancel, post=True),
            gate.page(f"{one}/discard", "broadcast.write", self.discard, post=True),
            gate.page(f"{one}/again", "broadcast.write", self.again, post=True),
        ]

    def index(self, visit: Visit) -> Response:
        """All of them, and the calendar."""
        casts = self._casts(visit.name)
        found = casts.listed(SHOWN)
        flying = [(one, casts.progress(one.id, 1)) for one in found if one.status in OPEN]
        return self._pages.render(
            visit,
            "console/broadcasts.html",
            waiting=[one for one in found if one.status == "waiting"],
            suggested=[one for one in found if one.status == "suggested"],
            drafts=[one for one in found if one.status == "draft"],
            flying=[(one, progress[0] if progress else None) for one, progress in flying],
            over=[one for one in found if one.status in ("done", "cancelled")],
            calendar=by_day(casts.calendar()),
        )

    def new(self, visit: Visit) -> Response:
        """An empty form."""
        return self._form(visit, empty_fields(self._casts(visit.name).rules))

    def count(self, visit: Visit) -> Response:
        """The form again, with how many it is for and ten of them; nothing is kept."""
        casts = self._casts(visit.name)
        try:
            draft = casts.checked(read_form(visit, self._clock.now()))
            return self._form(visit, fields_of(draft, visit.lang), preview=casts.preview(draft))
        except CastRefused as error:
            return self._form(visit, posted_fields(visit), 400, error)

    def write(self, visit: Visit) -> Response:
        """A new draft."""
        try:
            number = self._casts(visit.name).write(read_form(visit, self._clock.now()), once=visit.once)
        except CastRefused as error:
            return self._form(visit, posted_fields(visit), 400, error)
        return self._pages.moved(visit, f"/broadcasts/{number}", "cast_written")

    def show(self, visit: Visit) -> Response:
        """One of them."""
        return self._one(visit)

    def rewrite(self, visit: Visit) -> Response:
        """A draft is written anew."""
        try:
            casts = self._casts(visit.name)
            draft = read_form(visit, self._clock.now(), casts.one(visit.case).draft.audience)
            casts.rewrite(visit.case, visit.number("version") or 0, draft)
        except CastRefused as error:
            return self._one(visit, 409 if error.why in ("cast_moved", "cast_sent") else 400, error, posted=True)
        return self._pages.moved(visit, f"/broadcasts/{visit.case}", "cast_written")

    def test(self, visit: Visit) -> Response:
        """It comes to whoever asks for it, and to nobody else."""
        return self._do(visit, "cast_tried", lambda casts: casts.test(visit.case, visit.account.telegram, visit.once))

    def send(self, visit: Visit) -> Response:
        """On its way, or to whoever approves it."""
        anyway, version = bool(visit.field("anyway")), visit.number("version")
        return self._do(
            visit,
            lambda one: "cast_asked" if one.status == "waiting" else "cast_sent",
            lambda casts: casts.send(visit.case, version, anyway=anyway),
        )

    def approve(self, visit: Visit) -> Response:
        """A second person lets it go."""
        anyway, version = bool(visit.field("anyway")), visit.number("version")
        return self._do(visit, "cast_approved", lambda casts: casts.approve(visit.case, version, anyway=anyway))

    def refuse(self, visit: Visit) -> Response:
        """A draft again."""
        return self._do(visit, "cast_refused", lambda casts: casts.refuse(visit.case, visit.number("version")))

    def pause(self, visit: Visit) -> Response:
        """Nothing more for now."""
        return self._do(visit, "cast_paused", lambda casts: casts.pause(visit.case))

    def resume(self, visit: Visit) -> Response:
        """It goes on."""
        return self._do(visit, "cast_resumed", lambda casts: casts.resume(visit.case))

    def cancel(self, visit: Visit) -> Response:
        """Nothing more, ever."""
        return self._do(visit, "cast_cancelled", lambda casts: casts.cancel(visit.case))

    def discard(self, visit: Visit) -> Response:
        """Not wanted."""
        return self._do(visit, "cast_discarded", lambda casts: casts.discard(visit.case, visit.number("version")))

    def again(self, visit: Visit) -> Response:
        """Once more to those of whom nobody knows."""
        keys = None if visit.field("all") else visit.fields("key")[:500]
        return self._do(visit, "cast_again", lambda casts: casts.again(visit.case, visit.number("run") or 0, keys))

    def _do(self, visit: Visit, done: str | Callable[[Any], str], act: Callable[[Casts], object]) -> Response:
        try:
            came = act(self._casts(visit.name))
        except CastRefused as error:
            return self._one(visit, 409, error)
        return self._pages.moved(visit, f"/broadcasts/{visit.case}", done if isinstance(done, str) else done(came))

    def _one(self, visit: Visit, status: int = 200, error: CastRefused | None = None, *, posted: bool = False) -> Response:
        casts = self._casts(visit.name)
        try:
            found = casts.one(visit.case)
        except CastRefused:
            return self._pages.problem(visit, 404, "wrong.404")
        editable = found.status in ("suggested", "draft", "waiting")
        fields = posted_fields(visit) if posted else fields_of(found.draft, visit.lang)
        try:
            preview = casts.preview(found.draft, found.id) if editable else None
        except CastRefused as wrong:  # a place that the data does not know any more
            preview, error = None, error or wrong
        return self._render(
            visit,
            "console/broadcast.html",
            fields,
            status,
            error,
            one=found,
            editable=editable,
            preview=self._seen(visit, preview),
            runs=casts.progress(found.id),
            doubts=casts.in_doubt(found.id) if not editable else {},
            whys={run.run.id: casts.why(run.run.id) for run in casts.progress(found.id, 1)} if not editable else {},
            rows=summary,
            audience=self._words.audience(visit, found),
            plan=plan_words(found.draft, casts.rules, visit.lang, self._pages.say),
        )

    def _form(
        self, visit: Visit, fields: dict[str, Any], status: int = 200, error: CastRefused | None = None, preview: Preview | None = None
    ) -> Response:
        return self._render(visit, "console/broadcast_new.html", fields, status, error, preview=self._seen(visit, preview))

    def _render(
        self, visit: Visit, template: str, fields: dict[str, Any], status: int, error: CastRefused | None, **values: Any
    ) -> Response:
        rules = self._casts(visit.name).rules
        cities = {district: city.id for city in self._knowledge().cities.values() for district in city.districts}
        same = error.values.get("number") if error is not None and error.why == "cast_same" else None
        return self._pages.render(
            visit,
            template,
            status,
            wrong=self._pages.say(f"wrong.{error.why}", visit.lang, **error.values) if error else "",
            same=same,
            f=fields,
            offered=choices(self._names.choices(visit.lang), cities, rules) | self._words.offered(visit),
            sites=self._sites(),
            rules=rules,
            **values,
        )

    def _seen(self, visit: Visit, preview: Preview | None) -> dict[str, Any] | None:
        if preview is None:
            return None
        shown = [
            (one.name or self._names.place(one.city, one.district, visit.lang) or "—", "en" if one.lang == "en" else "zh", text)
            for one, text in preview.sample
        ]
        return {"people": preview.people, "approval": preview.approval, "sample": shown}
