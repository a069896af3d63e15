"""Which words of a message are an address."""

from __future__ import annotations

import pytest

from bot.address import LONGEST, address_in


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("社区不管，我爸的药没人给开，雁塔区曲江花园3号楼2单元501", "曲江花园3号楼2单元501"),
        ("我家在雁塔区曲江花园三号楼二单元501室有老人要透析", "曲江花园三号楼二单元501室"),
        ("西安市雁塔区小寨东路10号院3号楼", "小寨东路10号院3号楼"),
        ("地址：明德门小区二号楼一单元6层东户", "明德门小区二号楼一单元6层东户"),
        ("曲江花园3號樓2單元501，我媽要透析", "曲江花园3號樓2單元501"),
        ("3号楼2单元501", "3号楼2单元501"),
        ("nobody helps, Yanta, Qujiang Garden building 3 unit 2 room 501", "Qujiang Garden building 3 unit 2 room 501"),
        ("Qujiang Garden, building 3, unit 2, 501 please", "Qujiang Garden, building 3, unit 2, 501"),
    ],
)
def test_an_address_is_found(text: str, address: str) -> None:
    assert address_in(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", "3号楼有人晕倒了", "透析一周三次，2单元封了", "没药了，5号楼没人管", "我在二楼，三单元封了"),
        *("the building is sealed", "our building 3 is locked for 5 days", "unit 2 please", "还剩2天，3片"),
        "小区" * LONGEST + "3号楼2单元501",
    ],
)
def test_what_is_none(text: str) -> None:
    assert address_in(text) == ""
