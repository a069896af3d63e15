"""What goes in and out of the JSON API, and its OpenAPI description made of the same models."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from bot.desk import LONGEST
from bot.model import Case, Priority
from bot.rights import Role
from bot.staff import Outcome

Text = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Seen = Annotated[
    int | None, Field(default=None, ge=0, le=2**31 - 1, description="The version that was looked at; refused where it has changed.")
]
Once = Annotated[
    str, Field(default="", max_length=64, pattern=r"^[A-Za-z0-9_-]*$", description="Names the action: sent twice, it is done once.")
]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    seen: Seen = None
    once: Once = ""


class Act(_In):
    """An action that needs no more."""


class Take(_In):
    """Work on a case."""

    over: bool = False


class Answer(_In):
    """Write to the resident."""

    text: Text


class Note(_In):
    """Write to the colleagues."""

    text: Text


class Close(_In):
    """End a case."""

    outcome: Outcome


class SetPriority(_In):
    """Another priority."""

    level: Priority
    reason: Text


class Snooze(_In):
    """Put off; without a time until the resident writes."""

    until: dt.datetime | None = None


class Me(BaseModel):
    """Whose token it is."""

    name: str
    role: Role


class CaseOut(BaseModel):
    """A case. Times are UTC."""

    number: int
    version: int | None = None
    status: Literal["open", "closed"]
    priority: Priority
    reason: str
    topics: list[str]
    city: str
    district: str
    hospital: str
    site: str
    words: str
    facts: dict[str, str]
    owner: str
    team: str
    merged_into: int
    opened_at: dt.datetime
    updated_at: dt.datetime
    closed_at: dt.datetime | None
    due_at: dt.datetime | None
    snoozed_until: dt.datetime | None


class Page(BaseModel):
    """Some cases, and the key of the next page; empty: there is none."""

    cases: list[CaseOut]
    following: str


class Done(BaseModel):
    """It is done; what reaches the resident is on its way."""

    case: int
    version: int


class Problem(BaseModel):
    """Why it cannot be done (RFC 9457). ``why``: a short id."""

    type: str = "about:blank"
    title: str
    status: int
    why: str = ""
    changed: list[str] = []
    """What has changed since the version that was looked at."""


MODELS: dict[str, type[_In]] = {
    "take": Take,
    "release": Act,
    "answer": Answer,
    "note": Note,
    "close": Close,
    "reopen": Act,
    "priority": SetPriority,
    "snooze": Snooze,
}
"""What each action takes."""
_FILTERS = (
    *("status", "priority", "city", "district", "topic", "hospital", "site", "mine", "unassigned", "overdue", "snoozed", "handed"),
    *("group", "text", "after"),
)


def out(case: Case, now: dt.datetime, version: int | None = None) -> CaseOut:
    """A case as it is given out."""
    return CaseOut(
        number=case.number,
        version=version,
        status=case.status,
        priority=case.priority,
        reason=case.reason,
        topics=list(case.topics),
        city=case.city,
        district=case.district,
        hospital=case.hospital,
        site=case.site,
        words=case.words,
        facts=dict(case.facts),
        owner=case.held_by(now),
        team=case.team,
        merged_into=case.merged_into,
        opened_at=case.opened_at,
        updated_at=case.updated_at,
        closed_at=case.closed_at,
        due_at=case.course.due,
        snoozed_until=case.course.snoozed,
    )


def description(server: str) -> dict[str, Any]:
    """The OpenAPI 3.1 description. ``server``: where the API begins."""
    given: list[type[BaseModel]] = [*dict.fromkeys(MODELS.values()), Me, CaseOut, Page, Done, Problem]
    _, schemas = models_json_schema([(model, "validation") for model in given], ref_template="#/components/schemas/{model}")
    number = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}}
    filters = [{"name": name, "in": "query", "schema": {"type": "string", "maxLength": 200}} for name in _FILTERS]
    paths: dict[str, Any] = {
        "/me": {"get": _operation("Whose token it is", "Me")},
        "/cases": {"get": {**_operation("Cases by a filter, a page at a time", "Page"), "parameters": filters}},
        "/cases/{number}": {"get": {**_operation("A case", "CaseOut", 404), "parameters": [number]}},
    }
    for name, model in MODELS.items():
        body = {"required": True, "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}}
        paths[f"/cases/{{number}}/{name}"] = {
            "post": {**_operation(model.__doc__ or name, "Done", 400, 404, 409, 413), "parameters": [number], "requestBody": body}
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Green Channel, the operators' desk", "version": "1"},
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "components": {"schemas": schemas["$defs"], "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
    }


def _operation(summary: str, answer: str, *problems: int) -> dict[str, Any]:
    def content(kind: str, name: str) -> dict[str, Any]:
        return {"content": {kind: {"schema": {"$ref": f"#/components/schemas/{name}"}}}}

    refused = {
        str(status): {"description": "refused", **content("application/problem+json", "Problem")} for status in (401, 403, *problems)
    }
    return {"summary": summary, "responses": {"200": {"description": "done", **content("application/json", answer)}, **refused}}
