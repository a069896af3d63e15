"""More than Telegram lets through for nothing is sent only where somebody says that it may cost money."""

from __future__ import annotations

import pytest

from bot.errors import SettingsError
from bot.settings import read_settings


@pytest.mark.parametrize(
    ("rate", "paid", "fine"), [(30, False, True), (0, False, True), (31, False, False), (1000, True, True), (1001, True, False)]
)
def test_a_rate_that_costs_money_must_be_wanted(rate: int, paid: bool, fine: bool) -> None:
    if fine:
        assert read_settings(rate_bulk=rate, paid_broadcasts="yes" if paid else "no").rate_bulk == rate
    else:
        with pytest.raises(SettingsError, match="HOTLINE_RATE_BULK"):
            read_settings(rate_bulk=rate, paid_broadcasts="yes" if paid else "no")
