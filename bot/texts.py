"""The sentences of ``data/replies`` by key and language."""

from __future__ import annotations

from typing import Any

from intents.knowledge import Knowledge


class Texts:
    """Looks up texts. Immutable."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._texts = knowledge.replies

    def has(self, key: str) -> bool:
        """Whether there is a text under this key."""
        return key in self._texts["zh"]

    def say(self, key: str, lang: str, **values: Any) -> str:
        """One text with its placeholders filled in. Raises KeyError for an unknown key."""
        text = self._texts["en" if lang == "en" else "zh"][key]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text
