"""Signatures and codes: the same everywhere on one database, different for everything else."""

from __future__ import annotations

import pytest

from bot.web.seal import _LETTERS, CODE, Seal
from tests.fakes.desk import SECRET

ADDRESS = "web:abc"


def test_a_code_belongs_to_a_case_of_a_chat_on_a_database() -> None:
    ours = Seal(SECRET)
    code = ours.code(7, ADDRESS)
    assert Seal(SECRET).code(7, ADDRESS) == code
    others = {ours.code(8, ADDRESS), ours.code(7, "web:abd"), ours.code(7, ""), Seal(SECRET[::-1]).code(7, ADDRESS)}
    assert code not in others and len(others) == 4


def test_codes_have_no_look_alikes_and_use_every_letter() -> None:
    assert not set("01OIL") & set(_LETTERS)
    for alike in ("1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert len(set(alike) & set(_LETTERS)) <= 1
    codes = {Seal(SECRET).code(number, ADDRESS) for number in range(2000)}
    assert len(codes) == 2000
    assert {letter for code in codes for letter in code} == {*_LETTERS, "-"}
    assert all(len(code.replace("-", "")) == CODE and code[4] == "-" for code in codes)


@pytest.mark.parametrize("write", [str, str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code.replace('-', ' ')} "])
def test_a_code_may_be_written_in_many_ways(write: object) -> None:
    seal = Seal(SECRET)
    assert callable(write) and seal.fits(write(seal.code(7, ADDRESS)), 7, ADDRESS)
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in seal.code(7, ADDRESS))
    assert seal.fits(full_width, 7, ADDRESS)


@pytest.mark.parametrize("code", ["", "-", "AAAA-AAAA", "\ud800", "救命", "A" * 10_000])
def test_anything_else_is_no_code(code: str) -> None:
    assert not Seal(SECRET).fits(code, 7, ADDRESS)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError):
        Seal(b"short")
