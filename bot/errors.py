"""Every exception the service raises on purpose; none of them ever holds a resident's words."""

from __future__ import annotations


class HotlineError(Exception):
    """Base of all. Its text is written for the person who runs the service and may be shown and logged."""


class SettingsError(HotlineError):
    """A setting cannot be used; the text names it and says how to mend it."""


class StoreError(HotlineError):
    """Something about the database."""


class StoreUnavailable(StoreError):
    """The database cannot be read or written now; trying again may help. What was to be written counts as not written."""


class StoreRefused(StoreError):
    """The database refused a value or a statement: a mistake of ours, that trying again does not mend. Nothing was written."""


class StoreTooNew(StoreError):
    """The database was written by a newer version of this program."""


class Overtaken(StoreError):
    """Another worker answered the row, or moved the conversation on, in the meantime; nothing was written."""


class BadLine(HotlineError):
    """A line of input that cannot be answered. ``code`` is stable, the text says what is wrong; ``line_id`` is the line's own id."""

    def __init__(self, code: str, message: str, line_id: str | float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.line_id = line_id
