"""Logging: ids and kinds in JSON or console lines. No token and no resident's words get through, whoever logs them."""

from __future__ import annotations

import logging
import re
import sqlite3
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog

from bot.errors import HotlineError

REMOVED = "[removed]"
_TOKEN = re.compile(r"\d{6,12}(?::|%3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9_.:/@+\-\[\]=, <>()]{0,400}")
_NOT_ASCII = re.compile(r"[^\x20-\x7e\n\t]+")
_WORDS = frozenset({"text", "words", "raw", "body", "message", "caption", "reply", "label", "query", "form"})
_OURS = frozenset({"event", "level", "logger", "timestamp", "exception"})
_ROOT = Path(__file__).resolve().parent.parent
_STAMP: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def get_logger(name: str) -> Any:
    """A structlog logger. Its events are scrubbed even where :func:`configure` was never called."""
    return structlog.get_logger(name)


def configure(
    level: str = "INFO", form: Literal["auto", "json", "console"] = "auto", secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send everything, the libraries' records included, through one scrubbed handler to ``stream`` (standard error)."""
    out = stream or sys.stderr
    hidden = tuple(secret for secret in secrets if secret)

    def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {key: _without(value, hidden) if isinstance(value, str) else value for key, value in event.items()}

    console = form == "console" or (form == "auto" and out.isatty())
    renderer: Any = structlog.dev.ConsoleRenderer(colors=out.isatty()) if console else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(out)
    handler.addFilter(_scrub)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_STAMP, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "asyncio", "uvicorn.access"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger(name).level))
    # Without this a record that cannot be formatted is printed with its arguments.
    logging.raiseExceptions = False
    logging.captureWarnings(True)


def catch_strays() -> None:
    """Log what nobody caught, in place of Python's own tracebacks with their messages."""

    def main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        get_logger("crash").critical("crashed", exc_info=error)

    def thread(args: threading.ExceptHookArgs) -> None:
        get_logger("crash").critical("thread_crashed", exc_info=args.exc_value)

    sys.excepthook = main
    threading.excepthook = thread


def describe(error: BaseException) -> str:
    """Kind and places of an exception and its causes. Its text only where it cannot hold anybody's words."""
    parts: list[str] = []
    current: BaseException | None = error
    while current is not None and len(parts) < 5:
        said = f" ({current})" if isinstance(current, HotlineError | sqlite3.Error) else ""
        if isinstance(current, OSError) and current.strerror:
            said = f" ({current.strerror})"
        frames = traceback.extract_tb(current.__traceback__)[-12:]
        places = " > ".join(f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
        parts.append(f"{type(current).__name__}{said} at {places or '?'}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return " caused by ".join(parts)


def _bind() -> None:
    """structlog's own default prints tracebacks with local variables, residents' words among them: never leave it in place."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_STAMP, _only_ids, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _place(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else "/".join(path.parts[-2:])


def _only_ids(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Our own events: an id for an event, and values that are numbers or ids."""
    error = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    kept = {key: value if key in _OURS else _id(key, value) for key, value in event.items() if not key.startswith("_")}
    kept["event"] = _safe(event.get("event", ""))
    if isinstance(error, BaseException):
        kept["exception"] = describe(error)
    return kept | {key: value for key, value in event.items() if key.startswith("_")}


def _id(key: str, value: Any) -> Any:
    return REMOVED if key in _WORDS else _safe(value)


def _safe(value: Any) -> Any:
    """A number or an id as it is; anything else is only named."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if _ID.fullmatch(value) and value.count(" ") <= 4 else REMOVED
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe(item) for item in value]
    return f"[{type(value).__name__}]"


def _scrub(record: logging.LogRecord) -> bool:
    """The libraries' records: their arguments must be ids, their exceptions lose their text."""
    if isinstance(record.msg, Mapping):
        return True
    record.msg = _NOT_ASCII.sub(REMOVED, str(record.msg))
    if isinstance(record.args, Mapping):
        record.args = {key: _safe(value) for key, value in record.args.items()}
    elif record.args:
        record.args = tuple(_safe(value) for value in record.args)
    if record.exc_info and record.exc_info[1] is not None:
        record.msg = f"{record.msg} | {describe(record.exc_info[1]).replace('%', '%%' if record.args else '%')}"
    record.exc_info = record.exc_text = record.stack_info = None
    return True


def _without(text: str, hidden: tuple[str, ...]) -> str:
    for secret in hidden:
        text = text.replace(secret, REMOVED)
    return _TOKEN.sub(REMOVED, text)


_bind()
