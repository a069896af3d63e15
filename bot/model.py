"""Plain values of the service: what comes in, what goes out, cases and turns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.clocks import Course
from bot.effects import Effect
from bot.person import Entry
from bot.phones import Standings
from bot.reminder import Reminder
from bot.site import Site
from bot.staff import Lease, Note
from bot.state import State
from intents.understanding import Understanding

Channel = Literal["telegram", "web", "terminal"]
Priority = Literal["P0", "P1", "P2", "P3"]
CaseStatus = Literal["open", "closed"]
Linked = Literal["same", "household", "compound", "contact"]
"""Why two cases are linked. ``same``: one household and the same need, perhaps told twice; ``household``: its other needs;
``compound``: the same need in one compound; ``contact``: the same telephone number.
"""
Kind = Literal[
    "text", "button", "photo", "voice", "document", "location", "contact", "other", "unparsed", "left", "back", "moved", "noted", "due"
]
"""What came in. ``other``: a message of a kind that we cannot read. ``unparsed``: nobody can tell what it is; a person must look.

Then there is what nobody said (:data:`EVENTS`): ``left``, the chat cannot be reached any more; ``back``, it can again; ``moved``, it has
another number, which is the text; ``noted``, anything else. ``due``: a moment has come that was set before; the text says what for.
"""
CASE = "{case}"
"""In a reply: stands for the case's number, which is known only inside the transaction."""
EXPECTS = "{expects}"
"""In a reply: stands for what :attr:`Turn.expects` makes of what the resident may expect, known only inside the transaction too."""
NOWHERE = "unknown"
"""The chat of what came from nobody knows where: it is kept for the operators and never answered."""
MEMBER = "/"
"""Between a group's number and the number of who writes there."""
EVENTS: frozenset[Kind] = frozenset({"left", "back", "moved", "noted"})
"""Recorded and acted on, but never answered."""
LIST = "、"
"""Between the names of hospitals."""
DATA = "{data}"
"""Stands in a reply for what :attr:`Turn.about` makes of what is kept about the person."""

REOPENS = dt.timedelta(hours=72)
"""So long after it was closed the resident can have a case opened again; later it is a new one."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as an edge hands it over. ``chat`` and ``update`` are unique within the channel."""

    channel: Channel
    chat: str
    update: str
    text: str
    at: dt.datetime
    """When it arrived, aware UTC."""
    lang: Literal["", "zh", "en"] = ""
    """The language the person chose; empty: the message's own."""
    city: str = ""
    """A city the request fixes; empty: from the message or the settings."""
    kind: Kind = "text"
    raw: str = ""
    """The raw body as it came, JSON; empty for the terminal."""

    @property
    def address(self) -> str:
        """Channel and chat in one key: whose conversation it is. In a group everybody who writes has one of their own."""
        return f"{self.channel}:{self.chat}"

    @property
    def group(self) -> bool:
        """Whether others read it too. Telegram's groups have numbers below zero; who writes stands behind the stroke."""
        return self.channel == "telegram" and self.chat.startswith("-")

    @property
    def where(self) -> str:
        """The address that answers go to: in a group the group itself."""
        return self.address.partition(MEMBER)[0] if self.group else self.address

    @property
    def person(self) -> str:
        """The address whose case it is: in a group the private chat of who writes, so that one person has one case wherever they write."""
        member = self.chat.partition(MEMBER)[2] if self.group else ""
        return f"{self.channel}:{member}" if member.isdecimal() else self.address


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a reply; pressing it sends ``text`` as the resident's own words."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a resident, without any markup."""

    text: str
    buttons: tuple[Button, ...] = ()
    picture: str = ""
    """What a channel that can show pictures shows in place of the text (:func:`bot.show.picture_id`); empty: nothing."""


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A case to be opened, or facts to be added to the open case of the same chat."""

    priority: Priority
    reason: str
    """Why, in ids: ``emergency:cardiac-01``, ``handoff:care.refused`` …"""
    topics: tuple[str, ...]
    city: str = ""
    district: str = ""
    hospital: str = ""
    """As in :class:`Case`; all that are known, or empty."""
    facts: tuple[tuple[str, str], ...] = ()
    """What the resident told of the request, by field (:mod:`bot.conversation.form`); added to what is known."""
    telling: bool = True
    """Whether the message tells what it is about; the answer to a question of ours does not, and the words of before stay."""
    site: int = 0
    """The number of the site it is of; 0: of none."""
    reopens: int = 0
    """The closed case that this is about, opened again where the chat has no open one; 0: a new one is opened."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """How long the resident of a case will probably wait."""

    ahead: int
    """Cases that are more urgent or were opened earlier."""
    more: bool = False
    """Whether there are more than that."""
    usual_minutes: int | None = None
    """What cases of this priority took of late until a person acted; None where nobody can tell."""
    this_hour: bool = False
    """Whether that is of this hour of the day."""
    taken: bool = False
    """Whether a person has acted on it already."""


@dataclass(frozen=True, slots=True)
class Link:
    """Another case that may be of the same people."""

    number: int
    why: Linked


_NO_COURSE = Course(dt.datetime.min.replace(tzinfo=dt.UTC))


@dataclass(frozen=True, slots=True)
class Case:
    """A logged case, as the queue shows it."""

    number: int
    address: str
    status: CaseStatus
    priority: Priority
    reason: str
    topics: tuple[str, ...]
    city: str
    district: str
    opened_at: dt.datetime
    updated_at: dt.datetime
    words: str
    """The resident's last words of the case; never written to a log."""
    facts: tuple[tuple[str, str], ...] = ()
    """What they told of the request, by field; never written to a log."""
    closed_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    """When a person first acted on it."""
    rating: int = 0
    """What the resident said of the help: 1 it did, -1 it did not, 0 nothing."""
    hospital: str = ""
    """The hospitals that turned the patient away, in order, joined by :data:`LIST`; empty where none was named."""
    links: tuple[Link, ...] = ()
    """Read for the queue only."""

    site: str = ""
    """The name of the site it is of, a compound or a quarantine site; empty: of none."""
    lease: Lease | None = None
    """Who of the staff took it; what counts is :meth:`held_by`."""
    taken_at: dt.datetime | None = None
    """When somebody took it first."""
    course: Course = _NO_COURSE
    """What its clocks are computed from."""
    team: str = ""
    """Whom it was handed over to besides a colleague: ``team:``, ``hospital:`` or ``community:`` and a name."""
    merged_into: int = 0
    """The case that it is worked on with; 0: by itself."""

    def held_by(self, now: dt.datetime) -> str:
        """Who works on it; empty where nobody does, or they have fallen silent."""
        return self.lease.who if self.lease is not None and self.lease.held(now) else ""

    def reopens_until(self) -> dt.datetime | None:
        """Until when the resident can have it opened again; None while it is open."""
        return self.closed_at + REOPENS if self.closed_at else None


@dataclass(frozen=True, slots=True)
class Message:
    """A line of a conversation as the page and the terminal show it."""

    id: int
    author: Literal["resident", "bot"]
    text: str
    at: dt.datetime
    buttons: tuple[Button, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Person:
    """Everything kept about one chat, but for the state of its conversation."""

    lines: tuple[Message, ...] = ()
    cases: tuple[Case, ...] = ()
    entries: tuple[Entry, ...] = ()
    """Whom they have put down as at risk."""
    reminders: tuple[Reminder, ...] = ()
    """What they have set and not stopped."""
    moments: int = 0
    """So many moments are set at which the chat is to be come back to."""
    reports: int = 0
    """So many times they have told how a telephone number answers."""
    notes: tuple[Note, ...] = ()
    """What the staff wrote about their cases."""
    broadcasts: int = 0
    """So many notices they were sent."""
    preferences: Mapping[str, bool] = field(default_factory=dict)
    """What they said of kinds of notices; ``*`` stands for all but emergencies."""
    place: tuple[str, str, str] = ("", "", "")
    """City, district and zone, as they are kept to choose who is sent a notice."""
    topics: tuple[str, ...] = ()
    """What they asked about lately, kept for the same."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a decision comes to: replies, the case change and the next state. Nothing is written by it."""

    replies: tuple[Reply, ...]
    state: State
    case: CaseDraft | None = None
    gaps: tuple[str, ...] = ()
    """Names and numbers that were asked for and are not published to us."""
    understanding: Understanding | None = None
    effects: tuple[Effect, ...] = ()
    """What else is to be done, in the same transaction."""
    expects: Callable[[Expectation], str] | None = None
    """What stands for ``{expects}`` in the replies; pure, called in the transaction."""
    about: Callable[[Person], str] | None = None
    """What stands for ``{data}`` in the replies, made of what is kept about the person; pure, called in the transaction."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the database and the channel know of a resident and of where they write, as far as a decision needs it."""

    case: Case | None = None
    """The case that the conversation is about, open or closed."""
    site: Site | None = None
    """The site of the group, or the one that the resident came from."""
    manages: bool | None = None
    """Whether who asks for something only managers may do is one; None: the channel could not be asked."""
    waiting: tuple[Case, ...] = ()
    """The site's open cases, where a manager asks for them."""
    bot: str = ""
    """The bot's name on the channel; empty: not known yet."""
    reminder: Reminder | None = None
    """The one whose moment has come, or that was sent last; None where it was stopped since."""
    reminders: tuple[Reminder, ...] = ()
    """All of the chat that are not done; read only where reminders are spoken of."""
    phones: Standings = field(default_factory=dict)
    """How telephone numbers stand that something is said against; read only where numbers are shown or were."""
