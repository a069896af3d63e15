"""Whose district it is, where a message names two."""

from __future__ import annotations

import pytest

from intents.whose import patients_district

NAMES = {"雁塔区": "yanta", "雁塔": "yanta", "碑林区": "beilin", "碑林": "beilin", "yanta": "yanta", "beilin": "beilin"}


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("我在碑林区，我妈在雁塔区要透析", "yanta"),
        ("我妈在雁塔，我人在碑林，回不去", "yanta"),
        ("i live in beilin but my mother in yanta needs dialysis", "yanta"),
        ("我妈在雁塔区要透析", ""),
        ("我在碑林区，雁塔区的医院收不收", ""),
        ("我妈在雁塔区，我爸在碑林区", ""),
        ("我妈从碑林到雁塔透析，我在雁塔", ""),
    ],
)
def test_the_patients_is_the_one_beside_the_relative(text: str, district: str) -> None:
    assert patients_district(text, NAMES) == district
