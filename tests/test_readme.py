"""The documents show what the program says, and name what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.settings import Settings
from intents.engine import Engine
from tests.readme import BLOCK, READMES, ROOT, stale

DOCUMENTS = (*READMES, ROOT / "CHANGELOG.md", ROOT / "data" / "README.md", *sorted((ROOT / "deploy").glob("*.md")))
_LINK = re.compile(r"\]\(([^)#\s]+)\)")
_MAP = re.compile(r"^```text\nbot/.*?^```$", re.DOTALL | re.MULTILINE)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_exchanges_are_generated(real_engine: Engine) -> None:
    assert all(len(BLOCK.findall(read(path))) >= 6 for path in READMES)
    assert stale(real_engine) == [], "run make update-readme"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_make_targets_exist(path: Path) -> None:
    text = read(path)
    links = [link for link in _LINK.findall(text) if not link.startswith("http")]
    assert [link for link in links if not (path.parent / link).exists()] == []
    targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^    )make ([a-z-]+)", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_setting_has_its_row(path: Path) -> None:
    rows = [line for line in read(path).splitlines() if line.startswith("| `")]
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"HOTLINE_{name.upper()}"
        row = next((row for row in rows if f"`{variable}`" in row), "")
        assert row, variable
        assert field.default in ("", None) or f"`{field.default}`" in row, row


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_map_of_the_code_is_whole(path: Path) -> None:
    found = _MAP.search(read(path))
    assert found, "the map is a block of text that begins with bot/"
    named = [line.split()[0] for line in found[0].splitlines()[1:-1] if line and not line.startswith(" ")]
    assert [name for name in named if not (ROOT / name).exists()] == []
    modules = {f"{folder}/{each.name}" for folder in ("bot", "intents") for each in (ROOT / folder).glob("*.py")}
    assert modules - set(named) - {"bot/__init__.py", "intents/__init__.py"} == set()


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_library_is_explained(path: Path) -> None:
    project = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
    names = [re.split(r"[<>=;\[ ]", dependency)[0] for dependency in project["dependencies"]]
    text = read(path).lower()
    assert [name for name in names if name.lower() not in text] == []
