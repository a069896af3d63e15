"""An engine, replies and a decision that need no data, so that the service can be tested alone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from bot.model import Button, CaseDraft, Incoming, Reply, Turn
from bot.priority import priority_of
from bot.state import State
from intents.cities import Facility, Hotline
from intents.knowledge import Flag
from intents.rows import Words
from intents.understanding import Action, Citation, Context, Scored, Understanding

NOON = dt.datetime(2022, 4, 5, 4, 0, tzinfo=dt.UTC)
HEART = Flag(
    id="cardiac-01",
    name=Words(zh="胸痛", en="chest pain"),
    level="call_120",
    patterns=("胸痛",),
    source=("https://example.org",),
    confidence="published",
)
CLINIC = Facility(
    id="xian-clinic",
    name="某医院",
    name_en="A Hospital",
    kind="hospital",
    phone=("029-11111111",),
    phone_confidence="published",
    source="test",
    verified=dt.date(2022, 4, 1),
    confidence="published",
)
LINE = Hotline(
    id="12345",
    number="12345",
    scope="national",
    name=Words(zh="政务热线", en="government line"),
    purpose=Words(zh="投诉", en="complaints"),
    source="test",
    confidence="published",
)
RULE = Citation(
    "doc", "p1", {"zh": "通知", "en": "Notice"}, {"zh": "市", "en": "City"}, {"zh": "一句", "en": "a line"}, dt.date(2022, 3, 15)
)


class FakeEngine:
    """Understands a handful of words."""

    def __init__(self) -> None:
        self.knowledge = SimpleNamespace(cities={"xian": None, "beijing": None}, version="fake", topics={}, replies={}, groups=())
        self.contexts: list[Context] = []
        self.texts: list[str] = []
        self.release = threading.Event()

    @classmethod
    def open(cls, data: Any = None, progress: Callable[..., None] | None = None) -> FakeEngine:
        if progress is not None:
            progress("fitting", 1, 2)
            progress("fitting", 2, 2)
        return cls()

    def understand(self, text: str, context: Context) -> Understanding:
        self.contexts.append(context)
        self.texts.append(text)
        if "boom" in text:
            raise ValueError(f"cannot read {text}")
        if "slow" in text:
            self.release.wait(30)
        if "nap" in text:
            time.sleep(0.01)
        action, topics = _read(text)
        slots: dict[str, str | bool] = {"district": "yanta"} if "雁塔" in text else {}
        return Understanding(
            action=action,
            topics=tuple(Scored(topic, 0.9) for topic in topics),
            slots=slots,
            lang="en" if text.isascii() and text.strip() else "zh",
            flags=(HEART,) if action == "emergency" else (),
            alarms=(HEART,) if action == "emergency" else (),
            citations=(RULE,) if action == "answer" else (),
            facilities=(CLINIC,) if action == "answer" else (),
            hotlines=(LINE,) if action == "answer" else (),
            unpublished=("yanta.duty",) if "电话" in text else (),
            context=context,
        )


def _read(text: str) -> tuple[Action, tuple[str, ...]]:
    if "胸痛" in text:
        return "emergency", ("care.emergency",)
    if "拒收" in text:
        return "handoff", ("care.refused",)
    if "没饭" in text:
        return "handoff", ("supplies.daily",)
    if "hello" in text:
        return "smalltalk", ("smalltalk",)
    return "answer", ("care.dialysis",)


class FakeReplies:
    """Speaks in keys."""

    def __init__(self, knowledge: Any = None) -> None:
        self.broken = False

    def compose(self, understanding: Understanding, *, case_number: int | None, now: dt.datetime) -> tuple[Reply, ...]:
        buttons = (Button("雁塔", "我在雁塔区"),) if understanding.main == "care.dialysis" else ()
        return (Reply(f"<{understanding.action}> {understanding.main} {understanding.lang}", buttons),)

    def say(self, key: str, lang: str, **values: Any) -> str:
        if self.broken:
            raise KeyError(key)
        return f"{key} {lang} {' '.join(f'{name}={value}' for name, value in values.items())}".strip()


def fake_decide(state: State, incoming: Incoming, understanding: Understanding, replies: Any, now: dt.datetime, _: Any = None) -> Turn:
    """A case for whatever a person must act on; a second reply that names it."""
    if "undecided" in incoming.text:
        raise RuntimeError(f"no decision on {incoming.text}")
    said = replies.compose(understanding, case_number=None, now=now)
    draft = None
    if understanding.action in ("emergency", "handoff"):
        priority, reason = priority_of(understanding)
        draft = CaseDraft(priority, reason, tuple(topic.id for topic in understanding.topics))
        said = (*said, Reply("case {case}"))
    district = str(understanding.slots.get("district", state.district))
    topics = tuple(topic.id for topic in understanding.topics)
    after = dataclasses.replace(state, city="xian", district=district, topics=topics, updated_at=now)
    return Turn(said, after, draft, understanding.unpublished, understanding)
