"""Reading a form: capped, and whatever bytes it holds."""

from __future__ import annotations

from urllib.parse import parse_qsl

from python_multipart import FormParser, create_form_parser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.web.origin import own_page

BODY_CAP = 1_048_576
"""Bytes of a request's body."""
_DRAIN = 8 * BODY_CAP
_FIELDS = 20
_MANY = 1_000
"""Fields of a form in which many cases are ticked."""


class BodyTooLarge(Exception):
    """The body has more than :data:`BODY_CAP` bytes."""


class BrokenForm(Exception):
    """The body is no form."""


async def posted(request: Request) -> dict[str, str]:
    """The fields of a form that our own page sent. Raises HTTPException: 403, 413 or 400."""
    if not own_page(request):
        raise HTTPException(403)
    try:
        return await read_form(request)
    except BodyTooLarge:
        raise HTTPException(413) from None
    except BrokenForm:
        raise HTTPException(400) from None


async def posted_fields(request: Request) -> list[tuple[str, str]]:
    """The fields of a form of the staff's pages in their order, some of them several times. Raises HTTPException: 403, 413 or 400."""
    if not own_page(request):
        raise HTTPException(403)
    try:
        return await _read(request, _MANY)
    except BodyTooLarge:
        raise HTTPException(413) from None
    except BrokenForm:
        raise HTTPException(400) from None


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form; bytes that are no UTF-8 become U+FFFD, line ends become a newline.

    Raises :class:`BodyTooLarge` or :class:`BrokenForm`.
    """
    return dict(await _read(request, _FIELDS))


async def _read(request: Request, most: int) -> list[tuple[str, str]]:
    body = await read_body(request)
    if not body:
        return []
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        pairs = _urlencoded(body, most)
    elif kind == "multipart/form-data":
        pairs = _multipart(request.headers.get("content-type", ""), body, most)
    else:
        raise BrokenForm
    return [(name, value.replace("\r\n", "\n").replace("\r", "\n")) for name, value in pairs]


async def read_body(request: Request) -> bytes:
    """The body; one that is too large is still read for a while, because a browser shows our page only after it sent its own.

    Raises :class:`BodyTooLarge`.
    """
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= BODY_CAP:
            chunks.append(chunk)
        elif size > _DRAIN:
            break
    if size > BODY_CAP:
        raise BodyTooLarge
    return b"".join(chunks)


def _urlencoded(body: bytes, most: int) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("latin-1"), keep_blank_values=True, errors="replace", max_num_fields=most)
    except ValueError:
        raise BrokenForm from None


def _multipart(content_type: str, body: bytes, most: int) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []

    def on_field(field: Field) -> None:
        if len(fields) >= most:
            raise BrokenForm
        name = (field.field_name or b"").decode("utf-8", "replace")
        fields.append((name, (field.value or b"").decode("utf-8", "replace")))

    try:
        parser: FormParser = create_form_parser({"Content-Type": content_type.encode("latin-1")}, on_field, lambda _: None)
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError):
        raise BrokenForm from None
    return fields
