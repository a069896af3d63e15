"""Every page of the console on either database: what it asks for, both of them understand."""

from __future__ import annotations

from starlette.testclient import TestClient

from bot.app import build
from bot.clock import FrozenClock
from bot.login import Logins, SignedIn
from bot.model import Incoming
from bot.settings import Settings
from bot.web.console.gate import COOKIE
from intents.engine import Engine
from tests.fakes.engine import NOON

PASSWORD = "four words and a comma"
SAYS = ("西安市一家医院拒收我妈，她要透析，我们在雁塔区", "我爸胸口疼得厉害，喘不上气，出冷汗，雁塔区", "咱这片儿咋弄那个绿本本")
PAGES = (
    *(
        "/",
        "/?overdue=1&topic=care.refused&group=dialysis&handed=1",
        "/?snoozed=1&mine=boss",
        "/?status=closed",
        "/search?text=%E9%80%8F%E6%9E%90",
    ),
    *("/case/1?understood=1", "/case/1/sheet", "/shift", "/oversight", "/people", "/unmatched", "/directory", "/audit", "/accounts"),
    *("/settings", "/oversight/cases.csv", "/oversight/figures.csv", "/oversight/brief"),
)


def test_every_page(database: str, real_engine: Engine) -> None:
    clock = FrozenClock(NOON)
    app = build(Settings(database=database, telegram_bot_token=None), clock=clock, engine=real_engine)
    try:
        for chat, text in enumerate(
            ("西安市一家医院拒收我妈，她要透析，我们在雁塔区", "我爸胸口疼得厉害，喘不上气，出冷汗，雁塔区", "咱这片儿咋弄那个绿本本")
        ):
            app.hotline.accept(Incoming("telegram", str(chat), f"u{chat}", text, NOON))
            app.hotline.process(f"telegram:{chat}")
        app.desk.listing.catch_up(5)
        first = app.accounts.first_link()
        assert first is not None
        app.accounts.use_link(first, PASSWORD, "boss")
        came = Logins(app.store, clock).login("boss", PASSWORD, "", "here", "")
        assert isinstance(came, SignedIn)
        client = TestClient(app.web, cookies={COOKIE: came.token})
        for page in PAGES:
            assert client.get(f"/desk{page}").status_code == 200, page
        assert "透析" in client.get("/desk/search?text=%E9%80%8F%E6%9E%90").text and "#2" in client.get("/desk/").text
        form = {"csrf": came.session.csrf, "seen": ""}
        for act, more in (("take", {}), ("answer", {"text": "车到了"}), ("note", {"note": "在办"}), ("close", {"outcome": "helped"})):
            assert client.post(f"/desk/case/1/{act}", data=form | more, follow_redirects=False).status_code == 303, act
        assert app.store.case(1) is not None and app.store.case(1).status == "closed"  # type: ignore[union-attr]
    finally:
        app.close()
