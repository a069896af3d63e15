"""The sentences of ``data/replies`` by key and language."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from intents.knowledge import Knowledge
from intents.numbers import Listed, listed

MENU = ("start", "help", "district", "emergency", "case", "remind", "stop", "mydata", "forget", "language")
"""The commands, in the order of a channel's menu."""
SITE_COMMANDS = ("register_site", "site_off", "cases")
"""What the managers of a group may write there."""
GROUP_MENU = ("help", "emergency")
"""What a group's menu offers to everybody; the rest belongs in a private chat."""
LONGEST = 60
"""Characters of a message that may be a command in plain words."""
_AROUND = re.compile(
    r"^(?:[\s，,。.!！?？、]|请|請|麻烦|麻煩|please\b|hi\b|hello\b|你好)+|(?:[\s，,。.!！?？、]|please|谢谢|謝謝|thanks|吧|啊|呀)+$"
)


class Texts:
    """Looks up texts. Nothing of it changes."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._texts = knowledge.replies
        self._labels: dict[str, frozenset[str]] = {}

    @cached_property
    def _commands(self) -> list[tuple[str, re.Pattern[str]]]:
        spoken = self.knowledge.spoken.commands
        return [(name, re.compile("|".join(f"(?:{line})" for line in lines))) for name, lines in spoken.items()]

    @cached_property
    def _any_command(self) -> re.Pattern[str]:
        """All of them at once: hardly any message is one, and each is asked about several times."""
        return re.compile("|".join(f"(?:{pattern.pattern})" for _, pattern in self._commands))

    @cached_property
    def listed(self) -> dict[str, Listed]:
        """Every number that may be shown, with whose it is."""
        return listed(self.knowledge)

    @cached_property
    def _alone(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{line})" for line in self.knowledge.spoken.alone))

    def meant(self, text: str) -> str:
        """The command, or the short answer, that a whole message stands for (``lexicon/commands.yaml``); empty where it is more."""
        if len(text) > LONGEST:
            return ""
        bare = _AROUND.sub("", text.strip().casefold().replace("’", "'"))
        if self._any_command.fullmatch(bare) is None:
            return ""
        return next((name for name, pattern in self._commands if pattern.fullmatch(bare)), "")

    def alone(self, text: str) -> bool:
        """Whether the words show somebody who lives alone."""
        return self._alone.search(text.casefold()) is not None

    def labels(self, key: str) -> frozenset[str]:
        """What a button may be called by whoever writes it, in small letters. Raises KeyError for an unknown key."""
        found = self._labels.get(key)
        if found is None:
            found = self._labels[key] = frozenset(self.say(key, lang).casefold() for lang in ("zh", "en"))
        return found

    def has(self, key: str) -> bool:
        """Whether there is a text under this key."""
        return key in self._texts["zh"]

    def say(self, key: str, lang: str, **values: Any) -> str:
        """One text with its placeholders filled in. Raises KeyError for an unknown key."""
        text = self._texts["en" if lang == "en" else "zh"][key]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text
