"""deploy/Containerfile, as far as it can be seen without an engine: what it copies is here, and what it runs is ours."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from bot.cli import main

ROOT = Path(__file__).resolve().parents[2]
LINES = re.sub(
    r"\\\n\s*", " ", re.sub(r"^#.*\n", "", (ROOT / "deploy/Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
).splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def told(word: str) -> list[str]:
    """What follows an instruction, each time it is there."""
    return [line.removeprefix(word).strip() for line in LINES if line.startswith(f"{word} ")]


def copies() -> list[list[str]]:
    """The sources and the target of what is copied from the checkout."""
    return [line.split() for line in told("COPY") if "--from=" not in line]


def test_everything_that_is_copied_is_there() -> None:
    assert len(copies()) >= 5
    for *sources, _ in copies():
        for source in sources:
            assert (ROOT / source).exists(), source


def test_all_that_the_package_is_built_of_is_copied() -> None:
    here = {source for *sources, _ in copies() for source in sources}
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], PROJECT["project"]["readme"], "pyproject.toml", "requirements.lock"}
    assert needed <= here
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.search(r"^hatchling==", lock, re.MULTILINE)  # the build is not isolated


def test_what_the_second_stage_takes_was_made_in_the_first() -> None:
    made = " ".join(told("RUN"))
    taken = [line.split()[-2:] for line in told("COPY") if "--from=build" in line]
    assert len(taken) == 2
    for source, target in taken:
        assert source == target and source in made
    assert "--chmod" not in " ".join(told("COPY"))  # not every engine reads a mode of letters
    assert len([line for line in told("FROM") if line.endswith(" AS build")]) == 1


def test_it_runs_a_command_of_ours() -> None:
    (entry,), (command,) = json.loads(told("ENTRYPOINT")[0]), json.loads(told("CMD")[0])
    assert entry in PROJECT["project"]["scripts"] and command in main.commands
    for run in re.findall(r"bin/hotline (\S+)", " ".join(told("RUN"))):
        assert run in main.commands


def test_its_settings_are_settings_and_its_health_is_a_page_of_ours() -> None:
    names = set(re.findall(r"(HOTLINE_\w+)=", " ".join(told("ENV") + told("RUN"))))
    assert names and names <= set(re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    health = " ".join(told("HEALTHCHECK"))
    assert "/readyz" in health and '"/readyz"' in (ROOT / "bot/web/probes.py").read_text(encoding="utf-8")
    compile(json.loads(health[health.index("[") :])[2], "health", "exec")


def test_it_is_not_root_and_writes_where_it_says() -> None:
    assert told("USER") == ["10001:10001"] and "--uid 10001" in " ".join(told("RUN"))
    folder = told("VOLUME")[0]
    assert told("WORKDIR")[-1] == folder and f"HOTLINE_DATABASE={folder}/" in " ".join(told("ENV"))
