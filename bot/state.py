"""What a conversation remembers between messages: a plain value."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

THIS = -1
"""In a state: stands for the inbox row of the message itself, which is known only inside the transaction."""

FADES = dt.timedelta(hours=6)
"""After this silence the need, the zone and the patient of before no longer count."""
PLACE_FADES = dt.timedelta(hours=24)
"""After this silence the district no longer counts, unless a case or a site says where; city and language stay."""
SAID_FADES = dt.timedelta(hours=1)
"""After this silence a fragment is no longer read together with the words before it."""
MOST_SAID, LONGEST_SAID = 3, 120
"""Messages that are read together with a fragment, and characters of each."""
EMERGENCY_FADES = dt.timedelta(hours=1)
"""After this silence a fragment no longer belongs to the emergency of before."""
REFUSED_FADES = dt.timedelta(hours=72)
"""So long after the last message a hospital that turned the patient away is not named again."""


@dataclass(frozen=True, slots=True)
class State:
    """What a conversation remembers between messages."""

    city: str = ""
    district: str = ""
    zone: str = ""
    patient: str = ""
    topics: tuple[str, ...] = ()
    lang: Literal["", "zh", "en"] = ""
    traditional: bool = False
    asked: str = ""
    case: int = 0
    updated_at: dt.datetime | None = None
    spoke: Literal["", "zh", "en"] = ""
    """The language of the last message that had words."""
    said: tuple[str, ...] = ()
    """The words of the last messages, oldest first: a fragment may mean danger only together with them."""
    elsewhere: bool = False
    """The patient is in a city that we do not hold."""
    form: tuple[tuple[str, str], ...] = ()
    """What was told of a help request, by field (:mod:`bot.conversation.form`)."""
    shared: tuple[tuple[str, str], ...] = ()
    """A place or a contact that was shared before there was a case, by field (:mod:`bot.conversation.shared`)."""
    offered: tuple[str, ...] = ()
    """The groups of people at risk that were offered already."""
    staff_at: dt.datetime | None = None
    """When a person of the staff last wrote here."""
    register: tuple[str, ...] = ()
    """Whom the questions of the register are about: group and patient (:mod:`bot.conversation.register`)."""

    site: int = 0
    """The number of the site that the resident belongs to; 0: none is known."""

    remind: str = ""
    """What was said of a reminder that lacks something yet."""
    reminded: int = 0
    """The id of the reminder that was sent last."""

    phones: tuple[str, ...] = ()
    """The telephone numbers shown last that can be reported, in their order (:mod:`bot.conversation.noanswer`)."""
    failed: tuple[str, ...] = ()
    """Those that nobody answered this resident."""
    answer: tuple[tuple[str, ...], ...] = ()
    """Topics and provisions of the answer that was last asked about: was it useful (:mod:`bot.conversation.feedback`)."""
    answered: int = 0
    """The inbox row of what it answered; :data:`THIS` while the turn is decided."""
    unclear: int = 0
    """The inbox row of the message that was not clear just now, :data:`THIS` while the turn is decided."""
    options: tuple[str, ...] = ()
    """The topics that were offered for it."""
    puzzled: tuple[str, ...] = ()
    """What was asked, or said, in this conversation because a message was not understood."""
    lost: int = 0
    """So many messages in a row were not understood."""

    def woken(self, now: dt.datetime) -> State:
        """The same after a long silence without what counts within one conversation only."""
        quiet = now - self.updated_at if self.updated_at else dt.timedelta()
        if quiet <= FADES:
            return self
        stays = self.case or self.site or quiet <= PLACE_FADES
        fresh = replace(self, zone="", patient="", district=self.district if stays else "")
        return replace(fresh, phones=(), failed=(), answer=(), answered=0, unclear=0, options=(), puzzled=(), lost=0)

    refused: tuple[str, ...] = ()
    """Names of the hospitals that have turned the patient away, in order: as in the data, else in the resident's words."""

    def lately(self, now: dt.datetime) -> tuple[str, ...]:
        """The words that a fragment is read together with."""
        return self.said if self.updated_at is None or now - self.updated_at <= SAID_FADES else ()

    def avoided(self, now: dt.datetime) -> tuple[str, ...]:
        """The hospitals that are not to be named again now."""
        return self.refused if self.updated_at is None or now - self.updated_at <= REFUSED_FADES else ()

    def needs(self, now: dt.datetime) -> tuple[str, ...]:
        """The topics of before that still count: none after a long silence, and an emergency only for a while."""
        quiet = now - self.updated_at if self.updated_at else dt.timedelta()
        if quiet > FADES:
            return ()
        return self.topics if quiet <= EMERGENCY_FADES else tuple(topic for topic in self.topics if topic != "care.emergency")
