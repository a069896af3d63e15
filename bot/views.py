"""The saved views of one person of the staff: a filter of the queue under a name."""

from __future__ import annotations

import dataclasses

from bot.clock import Clock
from bot.errors import HotlineError
from bot.filter import CaseFilter, read_filter
from bot.staff import View
from bot.store import views
from bot.store.opened import Opened

MOST = 50
LONGEST_TITLE = 60


class BadView(HotlineError):
    """The view cannot be kept, and why, in words for the staff."""


class Views:
    """Whose views they are is ``account``, the short name. Whether they may share one is asked at the edge."""

    def __init__(self, store: Opened, clock: Clock, account: str) -> None:
        self._store, self._clock, self._account = store, clock, account

    def all(self) -> list[View]:
        """Their own in their order, then those that others share."""
        return self._store.read(lambda db: views.of(db, self._account))

    def save(self, title: str, wanted: CaseFilter, *, shared: bool = False) -> int:
        """Keep a filter; its id. Raises :class:`BadView`."""
        now = self._clock.now()
        view = View(0, self._account, _title(title), wanted.query(), 0, shared)
        made = self._store.write(lambda db: views.add(db, view, MOST, now))
        if not made:
            raise BadView(f"{MOST} views are kept already: delete one")
        return made

    def change(self, id: int, *, title: str | None = None, wanted: CaseFilter | None = None, shared: bool | None = None) -> None:
        """Give one of their views another name, filter or sharing. Raises :class:`BadView`."""
        view = self._own(id)
        view = dataclasses.replace(
            view,
            title=view.title if title is None else _title(title),
            query=view.query if wanted is None else wanted.query(),
            shared=view.shared if shared is None else shared,
        )
        self._write(view)

    def move(self, id: int, to: int) -> None:
        """Put one of their views at a place among them, from 0. Raises :class:`BadView`."""
        self._own(id)
        now = self._clock.now()
        own = [view for view in self.all() if view.account == self._account]
        order = [view for view in own if view.id != id]
        order.insert(max(0, to), next(view for view in own if view.id == id))
        placed = [dataclasses.replace(view, position=place) for place, view in enumerate(order, 1)]
        self._store.write(lambda db: [views.change(db, view, now) for view in placed])

    def remove(self, id: int) -> None:
        """Delete one of their views. Raises :class:`BadView`."""
        if not self._store.write(lambda db: views.remove(db, id, self._account)):
            raise BadView("that view is not yours, or is gone")

    def open(self, id: int) -> CaseFilter:
        """The filter of a view that they see. Raises :class:`BadView`."""
        view = self._store.read(lambda db: views.get(db, id))
        if view is None or not (view.shared or view.account == self._account):
            raise BadView("there is no such view")
        return read_filter(view.query)

    def _own(self, id: int) -> View:
        view = self._store.read(lambda db: views.get(db, id))
        if view is None or view.account != self._account:
            raise BadView("that view is not yours, or is gone")
        return view

    def _write(self, view: View) -> None:
        now = self._clock.now()
        if not self._store.write(lambda db: views.change(db, view, now)):
            raise BadView("that view is gone")


def _title(title: str) -> str:
    title = title.strip()
    if not title or len(title) > LONGEST_TITLE:
        raise BadView(f"a view's name has 1 to {LONGEST_TITLE} characters")
    return title
