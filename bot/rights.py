"""Who of the staff may do what: roles by actions, as one table."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["readonly", "operator", "supervisor", "admin"]
Action = Literal[
    # What is looked at.
    "queue.view",
    "case.view",
    "people.view",
    "oversight.view",
    "unmatched.view",
    "directory.view",
    "broadcast.view",
    "audit.view",
    "export",
    # What is done with a case.
    "case.take",
    "case.take_over",
    "case.answer",
    "case.note",
    "case.priority",
    "case.handover",
    "case.snooze",
    "case.merge",
    "case.link",
    "case.split",
    "case.close",
    "case.reopen",
    "bulk",
    # What changes what residents are told.
    "unmatched.propose",
    "unmatched.approve",
    "broadcast.write",
    "broadcast.approve",
    "directory.edit",
    # People and shifts.
    "duty.own",
    "duty.plan",
    "accounts.manage",
    "settings.own",
    "tokens.own",
]

_LOOK = frozenset[Action](
    ("queue.view", "case.view", "people.view", "oversight.view", "unmatched.view", "directory.view", "broadcast.view")
)
_OWN = frozenset[Action](("settings.own", "tokens.own"))
_WORK = frozenset[Action](
    (
        *(action for action in get_args(Action) if action.startswith("case.") and action not in ("case.view", "case.take_over")),
        "unmatched.propose",
        "broadcast.write",
        "duty.own",
    )
)
_LEAD = frozenset[Action](
    ("case.take_over", "bulk", "unmatched.approve", "broadcast.approve", "directory.edit", "duty.plan", "audit.view", "export")
)
_ALLOWED: dict[Role, frozenset[Action]] = {
    "readonly": _LOOK | _OWN,
    "operator": _LOOK | _OWN | _WORK,
    "supervisor": _LOOK | _OWN | _WORK | _LEAD,
    "admin": frozenset(get_args(Action)),
}


def may(role: Role, action: Action) -> bool:
    """Whether this role may do this."""
    return action in _ALLOWED[role]
