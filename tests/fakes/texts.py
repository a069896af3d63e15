"""The sentences of ``data/replies`` without the engine."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(os.environ.get("HOTLINE_TEST_DATA") or Path(__file__).parents[2] / "data")


class FileTexts:
    """Says what the files hold; a key that they lack is an error."""

    def say(self, key: str, lang: str, **values: str) -> str:
        return _texts(lang)[key].format(**values)


@cache
def _texts(lang: str) -> dict[str, str]:
    content = yaml.safe_load((DATA / "replies" / f"{lang}.yaml").read_text(encoding="utf-8"))
    return dict(_flat("", content))


def _flat(prefix: str, content: Any) -> list[tuple[str, str]]:
    if not isinstance(content, dict):
        return [(prefix, str(content))]
    return [pair for key, value in content.items() for pair in _flat(f"{prefix}.{key}" if prefix else str(key), value)]
