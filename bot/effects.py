"""What a turn does besides answering: written with it, in the same transaction (:mod:`bot.store.effects`)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.person import Entry
from bot.phones import Kind
from bot.reminder import ReminderKind, ReminderStatus, Rule
from bot.site import Site


@dataclass(frozen=True, slots=True)
class Later:
    """Come back to this chat after so many seconds, once, whatever is killed meanwhile (:mod:`bot.conversation.later`)."""

    kind: str
    seconds: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NoLater:
    """What was set of this kind for the chat no longer matters."""

    kind: str


@dataclass(frozen=True, slots=True)
class CloseCase:
    """The resident has their open case closed; ``why`` is a short id."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class RateCase:
    """What the resident says of the help: 1 it did, -1 it did not."""

    number: int
    rating: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A person has acted on a case; ``by``: who, a short id."""

    number: int
    by: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete what is kept about the person, before the turn's own lines are written."""


@dataclass(frozen=True, slots=True)
class Register:
    """Put somebody down as at risk, or what is now known of them."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Unregister:
    """Take those whom this chat has put down off the register again: one, or with an empty group all."""

    group: str = ""
    patient: str = ""


@dataclass(frozen=True, slots=True)
class PutSite:
    """This group is the group of a site from now on, or has another name or place."""

    site: Site


@dataclass(frozen=True, slots=True)
class DropSite:
    """This group is a site's no more."""


@dataclass(frozen=True, slots=True)
class ReportPhone:
    """What the resident says of a telephone number: that nobody answers, or that they got through."""

    number: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Judge:
    """What the resident says of an answer: 1 it was useful, -1 it was not. ``row``: the inbox row that it answered."""

    row: int
    topics: tuple[str, ...]
    provisions: tuple[str, ...]
    value: int


@dataclass(frozen=True, slots=True)
class Pick:
    """Of what was offered for a message that was not clear, the inbox row ``row``, the resident has picked this topic."""

    row: int
    topic: str


@dataclass(frozen=True, slots=True)
class PutReminder:
    """Set a reminder for the chat."""

    kind: ReminderKind
    words: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class ChangeReminder:
    """Stop (``done``), pause or go on with one of the chat's reminders; with the number 0 all."""

    number: int
    status: ReminderStatus


@dataclass(frozen=True, slots=True)
class EditReminder:
    """One of the chat's reminders has another rule; one that was paused goes on."""

    number: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class MoveReminder:
    """A reminder's moment has come: its next one is set."""

    id: int


@dataclass(frozen=True, slots=True)
class Wants:
    """The resident wants broadcasts of a kind, or no more of them; ``*``: of every kind but emergency notices."""

    kind: str
    wants: bool


Effect = (
    Later
    | NoLater
    | CloseCase
    | RateCase
    | Answered
    | Forget
    | Register
    | Unregister
    | ReportPhone
    | Judge
    | Pick
    | PutSite
    | DropSite
    | PutReminder
    | ChangeReminder
    | EditReminder
    | MoveReminder
    | Wants
)
