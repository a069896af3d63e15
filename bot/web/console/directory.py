"""The directory as the bot has it: hospitals and lines, with where each row is from and when it was verified."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from bot.web.console.gate import Gate
from bot.web.console.names import Held, Names
from bot.web.console.pages import ConsolePages
from bot.web.console.visit import Visit


class DirectoryPage:
    """One page. It shows rows of the data; what is not published stays empty."""

    def __init__(self, knowledge: Held, names: Names, pages: ConsolePages) -> None:
        self._knowledge, self._names, self._pages = knowledge, names, pages

    def routes(self, gate: Gate) -> list[Route]:
        """Its route."""
        return [gate.page("/directory", "directory.view", self.show)]

    def show(self, visit: Visit) -> Response:
        """The rows of a city, of all its districts or of one."""
        held = self._knowledge()
        district = visit.query.get("district", "")
        whose = next((one for one in held.cities.values() if district in one.districts), next(iter(held.cities.values())))
        city = held.cities.get(visit.query.get("city", "")) or whose
        places = [
            (self._names.district(one.district, visit.lang), one)
            for one in city.facilities
            if one.kind in ("hospital", "ambulance", "primary_care") and district in ("", one.district, one.managed_by)
        ]
        lines = [line for line in (*city.hotlines, *held.hotlines) if district in ("", line.district) or not line.district]
        return self._pages.render(
            visit,
            "console/directory.html",
            places=sorted(places, key=lambda row: (row[1].district, row[1].name)),
            lines=lines,
            city=city.id,
            district=district,
            cities=[(one.id, one.name.in_(visit.lang)) for one in held.cities.values()],
            districts=[(key, one.name.in_(visit.lang)) for key, one in city.districts.items()],
        )
