"""Whether a form was sent from our own page."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

_PORTS = {"http": 80, "https": 443}


def own_page(request: Request) -> bool:
    """False where the browser says that another site sent the form.

    ``Referrer-Policy: no-referrer`` makes browsers write ``Origin: null`` on our own forms, so null alone proves
    nothing: then Sec-Fetch-Site decides, and in browsers without it the cookie's SameSite=Lax, which leaves a
    form sent by another site without a chat.
    """
    site = request.headers.get("sec-fetch-site", "").lower()
    if site:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin", "").strip().lower()
    if origin in ("", "null"):
        return True
    return _host(origin) == _host(f"{origin.partition(':')[0]}://{request.headers.get('host', '').lower()}")


def _host(url: str) -> tuple[str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None, -1
