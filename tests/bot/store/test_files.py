"""What residents sent and the bot cannot read is found with their case, on both engines."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.effects import Forget
from bot.model import CaseDraft, Turn
from bot.state import State
from bot.store import body, files
from bot.store.files import File
from bot.store.store import Store
from tests.bot.store.play import incoming
from tests.bot.store.test_cases import DRAFT, turn
from tests.fakes.engine import NOON

SIZES = [{"file_id": "small", "width": 1}, {"file_id": "large", "width": 9}]
PHOTO = json.dumps({"update_id": 1, "message": {"chat": {"id": 7}, "photo": SIZES, "caption": "处方"}})


def sent(store: Store, raw: str, draft: CaseDraft) -> int:
    store.accept(replace(incoming(), kind="photo", raw=raw))
    row = store.claim("telegram:7", NOON)
    assert row is not None
    number, _ = store.finish(row, Turn((), State(), draft), row.version, NOON)
    return number


def found(store: Store, number: int) -> list[File]:
    return store.read(lambda db: files.of(db, number))


def test_a_picture_is_found_with_the_case_it_was_added_to(store: Store) -> None:
    number = turn(store, DRAFT)
    assert found(store, number) == []
    assert sent(store, PHOTO, CaseDraft("P3", "resident:photo", ())) == number
    assert found(store, number) == [File("photo", "large", NOON)]
    turn(store, None, Forget())
    assert found(store, number) == []


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        ('{"edited_message": {"voice": {"file_id": "v", "duration": 2}}}', ["v"]),
        ('{"message": {"document": {"file_id": "d"}, "from": {"id": 1}, "caption": "x"}}', ["d"]),
        ('{"message": {"photo": [], "text": "x"}}', []),
        ('{"message": {"photo": ["x"]}}', []),
        ('{"callback_query": {"id": "1"}}', []),
        ("[1]", []),
        ("not json", []),
    ],
)
def test_the_ids_in_a_body(raw: str, ids: list[str]) -> None:
    assert body.files_in(raw) == ids


@pytest.mark.parametrize(("raw", "number"), [('{"message": {"message_id": 5}}', 5), ('{"message": {"message_id": true}}', 0), ("", 0)])
def test_the_number_of_a_message(raw: str, number: int) -> None:
    assert body.number_in(raw) == number
