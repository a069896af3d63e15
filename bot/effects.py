"""What a turn does besides answering: written with it, in the same transaction (:mod:`bot.store.effects`)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.person import Entry
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


Effect = Later | NoLater | CloseCase | RateCase | Forget | Register | Unregister | PutSite | DropSite
