"""What is for us to act on of what a group says among itself. Pure."""

from __future__ import annotations

from intents.understanding import Understanding

MEDICINE, VEHICLE = "medicine.", "transport."
SURE = 0.8
"""Medicine, by itself: what was heard of others or asked in general lies below."""
LIKELY = 0.6
"""A vehicle, beside care: alone, a word about cars is most often about a car."""


def in_danger(got: Understanding) -> bool:
    """Whether the message itself shows danger; a fragment after an emergency does only where it adds a sign."""
    return got.action == "emergency" and (not got.carried or bool(got.alarms) or bool(got.marks & {"again", "cant_phone"}))


def in_need(got: Understanding) -> bool:
    """Whether the message clearly asks for medicine, or for a vehicle to a doctor."""
    if got.carried or got.action not in {"answer", "handoff"}:
        return False
    scores = {topic.id: topic.score for topic in got.topics}
    happening = got.slots.get("incident") is True
    medicine = max((score for topic, score in scores.items() if topic.startswith(MEDICINE)), default=0.0)
    vehicle = max((score for topic, score in scores.items() if topic.startswith(VEHICLE)), default=0.0)
    care = max((score for topic, score in scores.items() if topic.startswith("care.")), default=0.0)
    if happening and medicine >= SURE:
        return True
    return vehicle >= LIKELY and (care >= LIKELY or (happening and got.action == "handoff"))


def heeds(got: Understanding, site: bool) -> bool:
    """Whether to act on what was not said to us: danger everywhere, a clear need where the group is a site's."""
    return in_danger(got) or (site and in_need(got))
