"""Opening the engine as the settings say; apart from the rest so that ``hotline ask`` loads nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.errors import SettingsError
from bot.settings import Settings

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done and how many there are."""

if TYPE_CHECKING:
    from intents.engine import Engine


def open_engine(settings: Settings, progress: Progress | None = None) -> Engine:
    """The engine over the data that the settings name.

    Raises ``intents.problems.BrokenData`` where it cannot be used, and :class:`SettingsError` for a city or a folder that is not there.
    """
    from intents.engine import Engine

    folder = settings.data_path
    if folder is not None and not folder.is_dir():
        raise SettingsError(f"HOTLINE_DATA: there is no folder {folder}")
    engine = Engine.open(folder, progress)
    cities = sorted(engine.knowledge.cities)
    if settings.city and settings.city not in cities:
        raise SettingsError(f"HOTLINE_CITY: the data has no city {settings.city!r}; use one of {', '.join(cities)}")
    return engine
