"""What a message comes to: replies, the case, what else is to be done, the next state. Pure; nothing is written here.

The handlers are asked in their order and the first that knows what to say ends it. Danger goes before all of them: each that
could stand before :func:`need` leaves an emergency alone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

from bot.conversation.another import apart
from bot.conversation.cases import case
from bot.conversation.check import checked
from bot.conversation.commands import command, urgent
from bot.conversation.feedback import asked_useful, judged, picked
from bot.conversation.form import begin, form
from bot.conversation.group import in_group
from bot.conversation.ladders import came, sheet
from bot.conversation.later import later
from bot.conversation.leave import leave
from bot.conversation.mydata import mydata
from bot.conversation.need import need, unreadable
from bot.conversation.noanswer import noanswer, shown
from bot.conversation.refused import heard
from bot.conversation.register import offered, register
from bot.conversation.remind import remind
from bot.conversation.shared import handed_on, shared
from bot.conversation.staff import answer_to_staff
from bot.conversation.talk import Talk, talk_of
from bot.conversation.unclear import counted, unclear
from bot.effects import Forget, ReportPhone
from bot.model import Incoming, Known, Turn
from bot.replies import Replies
from bot.state import LONGEST_SAID, MOST_SAID, State
from intents.understanding import Understanding

Handler = Callable[[Talk], Turn | None]
HANDLERS: tuple[Handler, ...] = (
    in_group,
    later,
    came,
    checked,
    mydata,
    leave,
    register,
    remind,
    urgent,
    command,
    case,
    noanswer,
    judged,
    answer_to_staff,
    form,
    shared,
    unreadable,
    unclear,
)
NOTHING = Known()
_ABOUT_US = frozenset({"contact.hotline", "service.status", "service.privacy", "service.reminder"})
_NO_WORDS = frozenset({"button", "due", "location", "contact"})


def decide(
    state: State, incoming: Incoming, understanding: Understanding, replies: Replies, now: dt.datetime, known: Known = NOTHING
) -> Turn:
    """Decide on one message. ``known`` is what the database says of the resident."""
    talk = heard(talk_of(state, incoming, understanding, replies, now, known))
    turn = next((turn for handler in HANDLERS if (turn := handler(talk)) is not None), None)
    if turn is None:
        turn = asked_useful(talk, offered(talk, shown(talk, begin(talk, sheet(talk, counted(talk, apart(talk, need(talk))))))))
    return _remembered(talk, _of_site(talk, handed_on(talk, turn if incoming.group else picked(talk, turn))))


def _remembered(talk: Talk, turn: Turn) -> Turn:
    """The message's words stay for a moment, for the fragment that may follow. What began anew, or is danger already, needs none."""
    kind, state = talk.incoming.kind, turn.state
    got = turn.understanding
    # "Nobody answers" of a telephone must not be read as a door that nobody opens.
    ours = any(isinstance(effect, Forget | ReportPhone) for effect in turn.effects) or (got is not None and got.main in _ABOUT_US)
    if kind in _NO_WORDS or ours or talk.text[:1] in {"/", "／"}:
        return turn
    danger = got is not None and got.action == "emergency"
    anew = bool(talk.state.said) and not state.said
    said = () if danger or anew else (*talk.state.lately(talk.now), talk.text[:LONGEST_SAID])[-MOST_SAID:]
    return dataclasses.replace(turn, state=dataclasses.replace(state, said=tuple(words for words in said if words)))


def _of_site(talk: Talk, turn: Turn) -> Turn:
    """A case carries the site that the group, or the resident, is of."""
    site, draft = talk.known.site, turn.case
    if site is None or draft is None:
        return turn
    found = talk.known.case
    # An addition that names no place leaves the open case where it is.
    known = bool(talk.case) and found is not None and bool(found.city)
    place = (draft.city, draft.district) if draft.city or known else (site.city, site.district)
    return dataclasses.replace(turn, case=dataclasses.replace(draft, site=site.number, city=place[0], district=place[1]))
