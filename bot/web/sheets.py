"""Sheets to hold up to a guard, as pages and as pictures."""

from __future__ import annotations

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from bot.show import Shows
from bot.web.page import Pages
from bot.web.visitor import language


def sheets(shows: Shows, pages: Pages) -> list[Route]:
    """The routes ``/show/refused`` and ``/show/closed``, and the same with ``.png``; ``?city=`` chooses whose rules."""

    def show(request: Request) -> Response:
        kind, lang = request.path_params["kind"], language(request)
        sheet = shows.sheet(kind, request.query_params.get("city", ""))
        if sheet is None:
            raise HTTPException(404)
        picture = shows.picture(kind, sheet.city) is not None
        html = pages.sheet(request, lang, sheet, shows.places(kind), picture)
        return HTMLResponse(html, headers={"Vary": "Cookie, Accept-Language", "Content-Language": "zh, en"})

    async def picture(request: Request) -> Response:
        found = await to_thread.run_sync(shows.picture, request.path_params["kind"], request.query_params.get("city", ""))
        if found is None:
            raise HTTPException(404)
        return FileResponse(found.path, media_type="image/png", filename=found.path.name, content_disposition_type="inline")

    return [Route("/show/{kind}.png", picture, methods=["GET"]), Route("/show/{kind}", show, methods=["GET"])]
