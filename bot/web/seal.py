"""What shows that a cookie or a code is ours: HMACs with the secret of the database, so that nothing about them need be kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata

CODE = 8
"""Characters of a code."""
_LETTERS = "2345679ACDEFHJKMNPQRTUWXY"
"""No two of them look alike, on a small screen or written down by hand."""


class Seal:
    """Signs and checks. ``secret`` must be the same for all processes on one database."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the secret is too short")
        self._secret = secret

    def sealed(self, chat: str) -> str:
        """The chat with its signature, as the cookie holds it."""
        return f"{chat}.{self._signature(chat)}"

    def opened(self, cookie: str) -> str:
        """The chat of a cookie of ours; empty for any other."""
        chat, _, signature = cookie.partition(".")
        return chat if _same(signature, self._signature(chat)) else ""

    def code(self, case: int, address: str) -> str:
        """The code of a chat's case, such as ``7KQM-4XWA``. Bound to both: a number that is given out anew has another."""
        number = int.from_bytes(self._mac("case", f"{case} {address}"))
        letters = ""
        for _ in range(CODE):
            number, place = divmod(number, len(_LETTERS))
            letters += _LETTERS[place]
        return f"{letters[: CODE // 2]}-{letters[CODE // 2 :]}"

    def fits(self, code: str, case: int, address: str) -> bool:
        """Whether somebody wrote the code; small letters, full width, blanks and dashes don't matter."""
        written = "".join(char for char in unicodedata.normalize("NFKC", code[:100]).upper() if char.isalnum())
        return _same(written, self.code(case, address).replace("-", ""))

    def _signature(self, chat: str) -> str:
        return base64.urlsafe_b64encode(self._mac("cookie", chat)).decode("ascii").rstrip("=")

    def _mac(self, use: str, text: str) -> bytes:
        return hmac.digest(self._secret, f"{use} {text}".encode("utf-8", "replace"), hashlib.sha256)


def _same(given: str, ours: str) -> bool:
    """Compared in a time that does not tell how much of it is right."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), ours.encode("utf-8"))
