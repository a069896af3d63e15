"""Parts of the real engine, and small ones made by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from intents.engine import Engine
from intents.load import data_folder
from intents.normalise import Normaliser
from intents.patterns import compile_pattern
from intents.read import Reader
from intents.search import Index, Search
from intents.sounds import SoundTable, common_characters, count_language, read_table
from intents.understanding import Slots

Holds = Callable[..., bool]


@pytest.fixture(scope="session")
def reader(real_engine: Engine) -> Reader:
    return real_engine.understander._reader


@pytest.fixture(scope="session")
def normalise(reader: Reader) -> Normaliser:
    return reader._compiled.normalise


@pytest.fixture(scope="session")
def slots(reader: Reader) -> Callable[..., Slots]:
    return lambda text, city="": reader(text, city).slots


@pytest.fixture(scope="session")
def sounds() -> SoundTable:
    sentences = ["我妈要做透析", "去哪里看病", "发烧去哪个医院", "肚子疼得厉害", "我的药没有了", "怎么办"]
    return SoundTable(read_table(common_characters()), *count_language(sentences))


@pytest.fixture(scope="session")
def holds(sounds: SoundTable) -> Holds:
    """Whether a pattern holds in a text that needs no normalising."""

    def search(line: str, text: str, concepts: dict[str, object] | None = None) -> bool:
        pattern = compile_pattern(line, concepts or {}, sounds.encode)  # type: ignore[arg-type]
        return bool(Search(text, sounds.encode(text), Index([pattern])).pattern(pattern))

    return search


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped data to break."""
    return Path(shutil.copytree(data_folder(), tmp_path / "data"))
