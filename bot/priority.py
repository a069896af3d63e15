"""How urgent a message is, and why in ids. Pure."""

from __future__ import annotations

from bot.model import Priority
from intents.understanding import Understanding

URGENT_TOPICS = ("care.refused", "care.ambulance")
"""Turned away, or 120 does not come: urgent whenever it is happening."""
FRAGILE_TOPICS = ("care.dialysis", "care.oncology", "care.maternity", "care.newborn")
"""Treatments and patients that cannot wait: urgent when a person must act."""
FRAGILE_PATIENTS = ("pregnant", "newborn")


def priority_of(understanding: Understanding) -> tuple[Priority, str]:
    """The priority and its reason, such as ``emergency:cardiac-01``, ``handoff:care.refused`` or ``handoff:patient.pregnant``.

    P0: an emergency. P1: refused, 120 unreachable, or a handoff of dialysis, oncology, a pregnancy or a newborn.
    P2: another handoff. P3: the rest.
    """
    action = understanding.action
    if action == "emergency" or understanding.alarms:
        return "P0", f"emergency:{understanding.alarms[0].id if understanding.alarms else understanding.main}"
    topics = [topic.id for topic in understanding.topics]
    if action == "handoff" or understanding.slots.get("incident") is True:
        for topic in URGENT_TOPICS:
            if topic in topics:
                return "P1", f"{action}:{topic}"
    if action != "handoff":
        return "P3", f"{action}:{understanding.main}"
    for topic in FRAGILE_TOPICS:
        if topic in topics:
            return "P1", f"handoff:{topic}"
    patient = understanding.slots.get("patient")
    if patient in FRAGILE_PATIENTS:
        return "P1", f"handoff:patient.{patient}"
    return "P2", f"handoff:{understanding.main}"


def more_urgent(one: Priority, other: Priority) -> Priority:
    """The more urgent of two priorities."""
    return min(one, other)
