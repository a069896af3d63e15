"""The derived file: written whole, read back the same, fitted anew where it is torn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from intents import fit as fitting
from intents import matcher
from intents.embed import DIMENSIONS
from intents.engine import Engine
from intents.features import Vocabulary, grams
from intents.matcher import Fitted, Matcher, Stage
from intents.problems import BrokenData
from intents.sounds import SoundTable
from intents.understanding import Context

HEADS = ("main:care.fever", "main:other", "also:care.fever", "also:other", "head:handoff", "head:emergency")


def small() -> Fitted:
    random = np.random.default_rng(0)
    vocabulary = Vocabulary(["w:fever", "w:help", "发烧", "c:fever"], np.array([1.0, 1.5, 2.0, 1.0], dtype=np.float32))

    def stage(rows: int) -> Stage:
        return Stage(random.normal(size=(rows, len(HEADS))).astype(np.float32), random.normal(size=len(HEADS)).astype(np.float32))

    made = Matcher(vocabulary, HEADS, stage(4), stage(4 + DIMENSIONS), 1.0, None)
    sounds = SoundTable({"发": "fa", "烧": "shao"}, {"发": 3, "烧": 12}, {"发烧": 2})
    return Fitted(made, sounds, ("发烧去哪\tcare.fever", "help\tother"), frozenset({"fever", "help"}))


def predicted(fitted: Fitted, text: str) -> list[float]:
    found = fitted.matcher.predict(text, grams(text), {"c:fever": 0.25})
    return [*found.main.values(), *found.also.values(), *found.heads.values()]


@pytest.mark.parametrize("text", ["发烧", "help fever", "", "别的"])
def test_what_is_read_back_predicts_the_same(text: str, tmp_path: Path) -> None:
    fitted = small()
    matcher.save(tmp_path / "deep" / "m.npz", fitted)
    again = matcher.load(tmp_path / "deep" / "m.npz", None)
    assert predicted(again, text) == pytest.approx(predicted(fitted, text), abs=2e-3)


def test_everything_else_is_read_back_too(tmp_path: Path) -> None:
    fitted = small()
    matcher.save(tmp_path / "m.npz", fitted)
    again = matcher.load(tmp_path / "m.npz", None)
    assert (again.phrases, again.words, again.matcher.heads) == (fitted.phrases, fitted.words, fitted.matcher.heads)
    assert again.matcher.vocabulary.names == fitted.matcher.vocabulary.names
    assert dict(again.sounds.readings) == dict(fitted.sounds.readings)
    assert (dict(again.sounds.unigrams), dict(again.sounds.bigrams)) == ({"发": 3, "烧": 12}, {"发烧": 2})


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    matcher.save(tmp_path / "m.npz", small())
    matcher.save(tmp_path / "m.npz", small())
    assert [path.name for path in tmp_path.iterdir()] == ["m.npz"]


def test_the_words_of_a_message_count() -> None:
    fitted = small()
    assert predicted(fitted, "发烧") != predicted(fitted, "help")


@pytest.mark.parametrize("size", [0, 1, 100, 0.5, -1])
def test_a_torn_file_is_refused(size: float, tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    matcher.save(path, small())
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * size) if 0 < size < 1 else int(size)])
    with pytest.raises((OSError, ValueError, KeyError)):
        matcher.load(path, None)


def test_another_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.npz"
    matcher.save(path, small())
    monkeypatch.setattr(matcher, "FORMAT", matcher.FORMAT + 1)
    with pytest.raises(ValueError, match="format"):
        matcher.load(path, None)


@pytest.fixture
def few(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data with few examples and a cache of its own: a fit takes a second or two."""
    for path in (data / "topics" / "examples").glob("*.jsonl"):
        path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:5]) + "\n", encoding="utf-8")
    monkeypatch.setenv("HOTLINE_CACHE", str(tmp_path / "cache"))
    return data


def test_a_torn_file_is_fitted_anew(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    first = Engine.open(few, lambda what, _done, _total: steps.append(what))
    assert steps
    (path,) = (tmp_path / "cache").glob("matcher-*.npz")
    whole = path.read_bytes()

    steps.clear()
    Engine.open(few, lambda what, _done, _total: steps.append(what))
    assert not steps, "a whole file is read, not fitted anew"

    path.write_bytes(whole[: len(whole) // 2])
    again = Engine.open(few, lambda what, _done, _total: steps.append(what))
    assert steps
    assert path.read_bytes() == whole or matcher.load(path, None).phrases
    text = "我妈胸口疼得厉害，出冷汗"
    assert again.understand(text, Context()) == first.understand(text, Context())

    with monkeypatch.context() as patch:
        patch.setattr(fitting, "fit", _never)
        Engine.open(few)  # mended on disk too


def _never(*_args: object, **_values: object) -> Fitted:
    raise AssertionError("fitted again")


def test_broken_data_is_refused_before_anything_is_fitted(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = few / "topics" / "care.fever.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
    monkeypatch.setattr(fitting, "fit", _never)
    with pytest.raises(BrokenData, match=r"care\.fever\.yaml:\d+: colour"):
        Engine.open(few)


def test_a_broken_pattern_is_refused(few: Path) -> None:
    path = few / "triage" / "stroke.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("patterns:\n", "patterns:\n  - '@nobody & 疼'\n", 1), encoding="utf-8")
    with pytest.raises(BrokenData, match="@nobody"):
        Engine.open(few)
