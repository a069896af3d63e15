"""The words of the staff's pages (``data/desk/{zh,en}.yaml``): read, and checked like the replies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from intents.load import Reader, data_folder
from intents.problems import BrokenData, Problem

LANGS = ("zh", "en")
DeskTexts = Mapping[str, Mapping[str, str]]
BUILT = re.compile(
    r"^(nav|role|priority|status|outcome|fact|kind|done|wrong|action|author|delivery|clock|key|theme|reason|because|file|duty|alarm|to|filter|"
    r"right|browser|call|group|span|view|bulk|did|proposal|directory|room|brief|cast|run|zone|lang|weekday)\."
)
"""Keys that are put together at run time."""
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


def read_desk_texts(folder: Path | None = None) -> DeskTexts:
    """The texts by language and key. Raises :class:`BrokenData`."""
    reader = Reader(folder or data_folder())
    found: dict[str, dict[str, str]] = {}
    for lang in LANGS:
        value = reader.yaml(reader.folder / f"desk/{lang}.yaml")
        texts = value if isinstance(value, dict) else {}
        for key, text in texts.items():
            if not isinstance(key, str) or not isinstance(text, str):
                reader.problems.append(Problem(f"data/desk/{lang}.yaml", 1, f"{key} is no text", "write key: text, in quotes where needed"))
        found[lang] = {str(key): str(text) for key, text in texts.items()}
    if reader.problems:
        raise BrokenData(reader.problems)
    return found


@cache
def shipped() -> DeskTexts:
    """The texts that ship, read once. Raises :class:`BrokenData`."""
    return read_desk_texts()


def said(key: str, lang: str, **values: object) -> str:
    """A text that ships with its placeholders filled in; Chinese unless ``lang`` is ``en``. Raises KeyError for an unknown key."""
    text = shipped()["en" if lang == "en" else "zh"][key]
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def wrong_desk_texts(texts: DeskTexts) -> Iterator[tuple[str, str, str, str]]:
    """What form alone does not show: file, what stands on the line, what is wrong, how to mend it."""
    zh, en = texts["zh"], texts["en"]
    for key in sorted(set(zh) ^ set(en)):
        yield f"desk/{'en' if key in zh else 'zh'}.yaml", "", f"text {key} is missing", "write it in both languages"
    for key in sorted(set(zh) & set(en)):
        if sorted(_PLACEHOLDER.findall(zh[key])) != sorted(_PLACEHOLDER.findall(en[key])):
            yield "desk/en.yaml", f"{key}:", f"{key} has other placeholders than in zh", "use the same ones"
    folder = Path(__file__).parent.parent / "bot"
    files = [*folder.glob("web/console/**/*.py"), *folder.glob("web/templates/console/*.html"), *folder.glob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    for key in sorted(zh):
        if not BUILT.match(key) and f'"{key}"' not in code and f"'{key}'" not in code:
            yield "desk/zh.yaml", f"{key}:", f"text {key} is not used", "remove it from both languages, or use it"
