"""What did not arrive: sent again, or turned into a phone call."""

from __future__ import annotations

from bot.desk.base import Base, Refused, words
from bot.store import audit, calls, outbox_view
from bot.store.calls import Call
from bot.store.connection import Connection
from bot.store.desk import Act, begin, hold, is_new


class Reaching(Base):
    """Sends again, and keeps the calls that must be made."""

    def send_again(self, number: int, outbox: int, *, once: str = "") -> None:
        """Try a message again that failed or of which nobody knows. Raises :class:`Refused`."""
        now, act = self._clock.now(), Act(number, self._by, None, once)

        def work(db: Connection) -> bool:
            case = hold(db, number)
            if not is_new(db, act, "again", now):
                return True
            row = db.one("SELECT address FROM outbox WHERE id = :id", id=outbox)
            if row is None or row["address"] != case.address or not outbox_view.again(db, [outbox], now):
                return False
            audit.record(db, number, "case.sent_again", {"by": self._by, "outbox": outbox}, now)
            return True

        with self._told(number):
            if not self._store.write(work):
                raise Refused("that message is on its way, or has arrived", "not_failed", case=number)

    def call(self, number: int, text: str, *, once: str = "") -> None:
        """Somebody must phone the resident of an open case; ``text``: what for. Raises :class:`Refused`."""
        text = words(text, "what the call is for")
        now, act = self._clock.now(), Act(number, self._by, None, once)

        def work(db: Connection) -> bool:
            case = begin(db, act, "call", self._leases, now)
            if case is None:
                return True
            if case.status != "open":
                return False
            call = calls.add(db, number, self._by, text, now)
            audit.record(db, number, "case.call", {"by": self._by, "call": call}, now)
            return True

        with self._told(number):
            if not self._store.write(work):
                raise Refused(f"case {number} is closed", "closed", case=number)

    def called(self, number: int, call: int) -> None:
        """The call was made. Raises :class:`Refused`."""
        now = self._clock.now()

        def work(db: Connection) -> bool:
            hold(db, number)
            if not calls.done(db, number, call, self._by, now):
                return False
            audit.record(db, number, "case.called", {"by": self._by, "call": call}, now)
            return True

        with self._told(number):
            if not self._store.write(work):
                raise Refused("that call was made already", "call_made", case=number)

    def calls_to_make(self, most: int = 100) -> list[Call]:
        """The calls that nobody has made yet, oldest first."""
        return self._store.read(lambda db: calls.to_make(db, most))
