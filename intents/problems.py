"""What is wrong with a data file: where, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The quick safe loader where the library has it."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in a data file, and how to mend it."""

    file: str
    line: int
    what: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f" → {self.mend}" if self.mend else ""
        return f"{self.file}:{self.line}: {self.what}{mend}"


class BrokenData(Exception):
    """The data cannot be used; ``problems`` lists every reason."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


def line_of(text: str, where: tuple[int | str, ...]) -> int:
    """The line (from 1) of the YAML node at a path; the nearest one above it that exists."""
    try:
        node = yaml.compose(text)
    except yaml.YAMLError:
        return 1
    line = 1
    for step in where:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == str(step)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        else:
            break
        if node is None:
            break
        line = node.start_mark.line + 1
    return line


def bad_value(text: str) -> int:
    """The first line (from 1) with a value that has the form of a date and is none."""
    for number, line in enumerate(text.splitlines(), 1):
        try:
            yaml.load(line, Loader=LOADER)  # noqa: S506  (a safe loader)
        except yaml.YAMLError:
            continue
        except ValueError:
            return number
    return 1
