"""What the oversight's charts and the daily brief say, in the two languages of the staff (``data/desk``, below ``brief.``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from intents.desk_texts import shipped

_OWN = "brief."


@cache
def words(lang: str) -> Mapping[str, str]:
    """The words of a language; English for any but Chinese."""
    texts = shipped()["zh" if lang == "zh" else "en"]
    return {key.removeprefix(_OWN): text for key, text in texts.items() if key.startswith(_OWN)}
