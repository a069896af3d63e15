"""Read ``data/`` into a :class:`~intents.knowledge.Knowledge`; all errors at once, with file, line and mend."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from intents.cities import City, CityFile, Facility, Hotline, Place
from intents.knowledge import Cues, Directive, Example, FlagGroup, Follow, Knowledge, Lexicon, Show, SlotWords, Spoken, Topic
from intents.problems import LOADER, BrokenData, Problem, bad_value, line_of
from intents.rows import Words
from intents.versions import data_version

Model = TypeVar("Model", bound=BaseModel)


def data_folder() -> Path:
    """The folder ``data``: beside the code in a checkout, inside the package when installed."""
    here = Path(__file__).resolve().parent
    beside = here.parent / "data"
    return beside if (beside / "topics").is_dir() else here / "_data"


class Reader:
    """Reads files below one folder and gathers what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def _name(self, path: Path) -> str:
        return f"data/{path.relative_to(self.folder).as_posix()}"

    def text(self, path: Path) -> str:
        """The file's text; a missing or unreadable file is a problem."""
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(Problem(self._name(path), 1, f"cannot be read: {error}", "restore the file as UTF-8"))
            return ""

    def yaml(self, path: Path) -> Any:
        """The file's value, or None with a problem noted."""
        text = self.text(path)
        try:
            return yaml.load(text, Loader=LOADER)  # noqa: S506  (a safe loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            what = getattr(error, "problem", None) or "is no YAML"
            self.problems.append(Problem(self._name(path), line, str(what), "mend the indentation, quotes or colon"))
            return None
        except ValueError as error:  # a date that is none, such as 2022-13-40
            self.problems.append(Problem(self._name(path), bad_value(text), str(error), "write the date as YYYY-MM-DD"))
            return None

    def model(self, path: Path, model: type[Model]) -> Model | None:
        """One YAML file as one model."""
        value = self.yaml(path)
        if value is None:
            if path.exists() and not any(p.file == self._name(path) for p in self.problems):
                self.problems.append(Problem(self._name(path), 1, "is empty", f"write a {model.__name__}"))
            return None
        try:
            return model.model_validate(value)
        except ValidationError as error:
            text = self.text(path)
            for item in error.errors():
                self._invalid(path, line_of(text, item["loc"]), item)
            return None

    def rows(self, path: Path, model: type[Model]) -> Iterator[Model]:
        """The rows of a CSV file."""
        reader = csv.DictReader(io.StringIO(self.text(path)))
        for row in reader:
            if None in row or None in row.values():
                self.problems.append(Problem(self._name(path), reader.line_num, "has too many or too few cells", "quote cells with commas"))
                continue
            words: dict[str, Any] = dict(row)
            for key in ("name", "purpose"):
                if f"{key}_zh" in words:
                    words[key] = {"zh": words.pop(f"{key}_zh"), "en": words.pop(f"{key}_en")}
            try:
                yield model.model_validate(words)
            except ValidationError as error:
                for item in error.errors():
                    self._invalid(path, reader.line_num, item)

    def lines(self, path: Path, model: type[Model]) -> Iterator[Model]:
        """The rows of a JSON-lines file."""
        for number, line in enumerate(self.text(path).split("\n"), 1):
            if not line.strip():
                continue
            try:
                yield model.model_validate_json(line)
            except ValidationError as error:
                for item in error.errors():
                    self._invalid(path, number, item)

    def _invalid(self, path: Path, line: int, item: Any) -> None:
        where = ".".join(map(str, item["loc"]))
        what = f"{where}: {item['msg']}" if where else str(item["msg"])
        mends = {
            "missing": f"add the field {where}",
            "extra_forbidden": f"remove or rename {where}",
            "literal_error": "use one of the values it names",
            "date_from_datetime_parsing": "write the date as YYYY-MM-DD",
        }
        self.problems.append(
            Problem(self._name(path), line, what, mends.get(item["type"], "see the model's documentation in intents/knowledge.py"))
        )


def _city(reader: Reader, folder: Path) -> City | None:
    head = reader.model(folder / "city.yaml", CityFile)
    places = tuple(reader.rows(folder / "places.csv", Place))
    facilities = tuple(reader.rows(folder / "facilities.csv", Facility))
    hotlines = tuple(reader.rows(folder / "hotlines.csv", Hotline))
    if head is None:
        return None
    districts = {district.id: district for district in head.districts}
    return City(head.id, head.name, head.words, districts, places, facilities, hotlines)


def read_examples(folder: Path) -> list[Example]:
    """All example messages. Raises :class:`BrokenData`."""
    reader = Reader(folder)
    found = [row for path in sorted((folder / "topics" / "examples").glob("*.jsonl")) for row in reader.lines(path, Example)]
    if reader.problems:
        raise BrokenData(reader.problems)
    return found


def load(folder: Path | None = None) -> Knowledge:
    """Read everything but the examples. Raises :class:`BrokenData` with every problem of form."""
    folder = folder or data_folder()
    reader = Reader(folder)
    directives = [reader.model(path, Directive) for path in sorted((folder / "directives").glob("*.yaml"))]
    topics = [reader.model(path, Topic) for path in sorted((folder / "topics").glob("*.yaml"))]
    groups = [reader.model(path, FlagGroup) for path in sorted((folder / "triage").glob("*.yaml")) if path.stem != "cues"]
    cues = reader.model(folder / "triage" / "cues.yaml", Cues)
    lexicon = reader.model(folder / "lexicon" / "words.yaml", Lexicon)
    slot_words = reader.model(folder / "lexicon" / "slots.yaml", SlotWords)
    follow = reader.model(folder / "lexicon" / "follow.yaml", Follow)
    spoken = reader.model(folder / "lexicon" / "commands.yaml", Spoken)
    cities = [_city(reader, path.parent) for path in sorted((folder / "cities").glob("*/city.yaml"))]
    hotlines = tuple(reader.rows(folder / "cities" / "hotlines.csv", Hotline))
    shows = [reader.model(path, Show) for path in sorted((folder / "show").glob("*.yaml"))]
    replies = {path.stem: reader.yaml(path) for path in sorted((folder / "replies").glob("*.yaml"))}
    for language, texts in replies.items():
        for key, text in (texts or {}).items():
            if not isinstance(text, str):
                name = f"data/replies/{language}.yaml"
                line = line_of(reader.text(folder / "replies" / f"{language}.yaml"), (key,))
                reader.problems.append(Problem(name, line, f"{key} is no text", "put the reply in quotes or after |"))
    if not reader.problems and not (directives and topics and groups and cities):
        reader.problems.append(
            Problem("data", 1, "directives, topics, triage or cities are missing", "restore the folder from the repository")
        )
    if reader.problems or cues is None or lexicon is None or slot_words is None or follow is None or spoken is None:
        raise BrokenData(reader.problems)
    return Knowledge(
        version=data_version(folder),
        directives=tuple(d for d in directives if d),
        topics={t.id: t for t in topics if t},
        groups=tuple(g for g in groups if g),
        cues=cues,
        lexicon=lexicon,
        slot_words=slot_words,
        follow=follow,
        spoken=spoken,
        cities={c.id: c for c in cities if c},
        hotlines=hotlines,
        replies=replies,
        shows={s.id: s for s in shows if s},
    )


def dump_line(row: Example) -> str:
    """An example as a line of JSON."""
    return json.dumps(row.model_dump(exclude_defaults=True), ensure_ascii=False)


__all__ = ["BrokenData", "Problem", "Words", "data_folder", "dump_line", "load", "read_examples"]
