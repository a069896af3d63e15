"""The next rung where help does not come: 120 that could not be reached is asked after, until somebody answers."""

from __future__ import annotations

import dataclasses
import re

from bot.conversation.talk import Talk
from bot.effects import Effect, Later, NoLater
from bot.model import CASE, CaseDraft, Reply, Turn
from bot.show import Kind, link, picture_id, sheet_of, words_of
from intents.understanding import Scored, Understanding

CAME = "came"
"""Whether help has come: the question, and the kind of the moments at which it is asked."""
ASKED_AFTER = ((300.0, "1"), (900.0, "2"), (1_200.0, "silent"))
"""Seconds after an emergency that 120 could not be reached for: two questions, then a last look whether anybody answered."""
_CAME = re.compile(
    r"(?:救护车|120|车|人)?(?:已经|都)?(?:来|到)了[。.!！]?|(?:help|the ambulance|it|they) (?:came|is here|are here|arrived|has come)[.!]?",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"(?:救护车|120|车|人)?(?:还|都|一直)?(?:没|没有|未)(?:来|到)[。.!！]?"
    r"|(?:no|not)(?: yet|body came)?[.!]?|still (?:nobody|waiting|nothing)[.!]?",
    re.IGNORECASE,
)
_EMERGENCY = (Scored("care.emergency", 1.0), Scored("care.ambulance", 1.0))


def ask_later(talk: Talk, draft: CaseDraft | None) -> tuple[Effect, ...]:
    """What is set for later where 120 cannot be reached."""
    got = talk.got
    unreached = "again" in got.marks or any(topic.id == "care.ambulance" for topic in got.topics)
    if draft is None or got.action != "emergency" or not unreached:
        return ()
    return (NoLater(CAME), *(Later(CAME, seconds, which) for seconds, which in ASKED_AFTER))


def ask_came(talk: Talk, which: str) -> Turn | None:
    """The moment has come: ask whether help has. Where nobody answered the time before, the case is raised again."""
    if not talk.case:
        return None
    (first, _), (second, _), _ = ASKED_AFTER
    if which == "1" and (talk.now - talk.incoming.at).total_seconds() >= second - first:
        return None  # The service was away for so long that the second question is due as well: it is asked once.
    silent = talk.state.asked == CAME
    draft = _raised(talk, "silent") if silent else None
    if which == "silent":
        return Turn((), talk.state, draft, understanding=_got(talk)) if silent else None
    # In a group everybody could press.
    in_words = talk.incoming.group
    said = talk.say("came.ask.group", case=CASE) if in_words else talk.offer("came.ask", "button.came", "button.not_come", case=CASE)
    return Turn(said, dataclasses.replace(talk.state, asked=CAME), draft, understanding=_got(talk))


def sheet(talk: Talk, turn: Turn) -> Turn:
    """To somebody who is turned away: the rule to hold up, at the hospital or at the compound's gate.

    Telegram shows it as a picture, or says its words; elsewhere it is a page.
    """
    kinds: dict[str, Kind] = {"care.refused": "refused", "transport.closed_loop": "closed"}
    kind = next((kinds[topic.id] for topic in talk.got.topics if topic.id in kinds), None)
    got = talk.got
    # A fragment needs it again only at the gate of another hospital.
    if kind is None or (got.carried and not got.refused) or got.slots.get("incident") is not True:
        return turn
    found = sheet_of(talk.replies, kind, str(got.slots.get("city", "")), got.context.date)
    if found is None:
        return turn
    if talk.incoming.channel == "telegram":
        if turn.case is None:
            return turn  # A question gets its answer; a picture is for whoever stands before somebody.
        # Not in the resident's characters: the words are the document's, and guards read these.
        shown: tuple[Reply, ...] = (Reply(words_of(talk.replies, found), picture=picture_id(kind, found.city, got.lang)),)
    else:
        shown = talk.say(f"sheet.{kind}", link=link(kind, found.city))
    # Before the form's question, which comes last so that its buttons are the ones below.
    return dataclasses.replace(turn, replies=(*turn.replies, *shown))


def came(talk: Talk) -> Turn | None:
    """The answer to the question; it may be pressed long after."""
    if not talk.case or (not (yes := talk.pressed("button.came")) and not talk.pressed("button.not_come")):
        return None
    state = dataclasses.replace(talk.state, asked="", updated_at=talk.now)
    if not yes:
        return Turn(talk.say("came.not_yet", case=CASE), state, _raised(talk, "not_come"), understanding=_got(talk))
    draft = CaseDraft("P3", "resident:came", (), talk.state.city, talk.state.district, telling=False)
    said = talk.offer("case.settled", "button.close", "button.keep_open", case=CASE)
    return Turn(said, state, draft, understanding=_got(talk), effects=(NoLater(CAME),))


def came_in_group(talk: Talk) -> Turn | None:
    """The same in a group, in words: nothing there can be pressed."""
    if not talk.case or talk.state.asked != CAME:
        return None
    state = dataclasses.replace(talk.state, asked="", updated_at=talk.now)
    if _NOT_YET.fullmatch(talk.text):
        return Turn(talk.say("came.not_yet", case=CASE), state, _raised(talk, "not_come"), understanding=_got(talk))
    if not _CAME.fullmatch(talk.text):
        return None
    draft = CaseDraft("P3", "resident:came", (), talk.state.city, talk.state.district, telling=False)
    return Turn(talk.say("came.group", case=CASE), state, draft, understanding=_got(talk), effects=(NoLater(CAME),))


def _raised(talk: Talk, why: str) -> CaseDraft:
    return CaseDraft("P0", f"followup:{why}", ("care.ambulance",), talk.state.city, talk.state.district, telling=False)


def _got(talk: Talk) -> Understanding:
    return dataclasses.replace(talk.got, action="emergency", topics=_EMERGENCY)
