"""A group, from Telegram's update to the answer: what is kept of it, who may act for it, and what is said there."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.conversation import decide
from bot.hotline import Hotline
from bot.replies import Replies
from bot.settings import Settings
from bot.site import Site
from bot.store import sites
from bot.store.pacer import Pace as Rates
from bot.store.store import Store
from bot.telegram.members import Members
from bot.telegram.runner import TelegramRunner
from intents.engine import Engine
from tests.bot.telegram.play import play
from tests.fakes.bot_api import BotApi, Fault
from tests.fakes.bot_api.updates import message
from tests.fakes.desk import FakeDesk

GROUP, MANAGER = -5, 1
CHATTER = "谁家有多的盐，能换点吗"
PLEA = "我爸胸口疼得厉害，一身冷汗"


def by(member: int, **more: Any) -> dict[str, Any]:
    return {"from": {"id": member, "is_bot": False, "first_name": "R"}, **more}


@pytest.fixture
def there(path: str) -> Iterator[Store]:
    store = Store(path, SystemClock(), pace=Rates(0, 0, 0))
    yield store
    store.close()


@pytest.fixture
def desk(there: Store, real_engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Hotline:
    """The real service; whatever edge runs tells it who manages the group."""
    hotline = Hotline(real_engine, Replies(real_engine.knowledge), there, settings, decide=decide, patience=30)
    real = TelegramRunner.__init__

    def init(self: TelegramRunner, *args: Any, **more: Any) -> None:
        real(self, *args, **more)
        hotline.crowd = self.members

    monkeypatch.setattr(TelegramRunner, "__init__", init)
    return hotline


def site(store: Store, group: str) -> Site | None:
    return store.read(lambda db: sites.of_group(db, group))


def known(api: BotApi, desk: Any, outbox: Any) -> None:
    """Run until the bot knows its name."""
    play(api, desk, lambda: "getMe" in api.calls, outbox=outbox)


def rows(store: Store, table: str = "inbox") -> list[dict[str, Any]]:
    return store.read(lambda db: db.query(f"SELECT * FROM {table} ORDER BY 1"))


def test_what_a_group_says_among_itself_leaves_no_row_no_line_and_no_byte(
    api: BotApi, desk: Hotline, there: Store, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        api.says(CHATTER, GROUP, **by(7))
        api.update(
            message={**message(GROUP, 3), "photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}], "caption": CHATTER}
        )
        last = api.update(edited_message={**message(GROUP, 3), "edit_date": 1649131300, "text": CHATTER})
        play(api, desk, lambda: last in api.confirmed, outbox=there)
    assert rows(there) == [] and rows(there, "conversations") == [] and api.sent == []
    kept = b"".join(file.read_bytes() for file in Path(path).parent.glob("hotline.db*"))
    assert CHATTER.encode() not in kept and json.dumps(CHATTER).encode() not in kept and "盐" not in caplog.text


def test_a_plea_is_heard_though_nobody_called_us_and_a_neighbour_s_words_are_not_kept_with_it(
    api: BotApi, desk: Hotline, there: Store
) -> None:
    neighbour = {**message(GROUP, 2), **by(8), "text": CHATTER}
    api.says(PLEA, GROUP, **by(7, reply_to_message=neighbour))
    play(api, desk, lambda: api.sent, outbox=there)
    (sent,) = api.sent
    assert sent.chat == GROUP and sent.text.startswith("现在就打120。") and len(sent.text) <= 600 and sent.buttons == ()
    (row,) = rows(there)
    assert (
        row["address"] == "telegram:-5/7" and PLEA in json.loads(row["raw"])["message"]["text"] and "盐" not in str(json.loads(row["raw"]))
    )
    (case,) = there.queue()
    assert (case.priority, case.address, case.words) == ("P0", "telegram:7", PLEA)


def test_two_who_plead_are_two_cases(api: BotApi, desk: Hotline, there: Store) -> None:
    api.says(PLEA, GROUP, **by(7))
    api.says("3号楼有人晕倒了，叫不醒", GROUP, **by(8))
    play(api, desk, lambda: len(api.sent) == 2, outbox=there)
    assert {(case.address, case.words) for case in there.queue()} == {("telegram:7", PLEA), ("telegram:8", "3号楼有人晕倒了，叫不醒")}


def test_medicine_is_asked_of_the_neighbours_unless_the_group_is_a_site_s(api: BotApi, desk: Hotline, there: Store) -> None:
    need = "我妈降压药只剩两天了，谁能帮忙买"
    api.state.managers = {MANAGER}
    first = api.says(need, GROUP, **by(7))
    play(api, desk, lambda: first in api.confirmed, outbox=there)
    assert rows(there) == []
    api.says("/register_site@green_bot 阳光花园 雁塔", GROUP, **by(MANAGER))
    play(api, desk, lambda: len(api.sent) == 1, outbox=there)
    api.says(need, GROUP, **by(7))
    play(api, desk, lambda: len(api.sent) == 2, outbox=there)
    (case,) = there.queue()
    assert (case.site, case.city, case.district) == ("阳光花园", "xian", "yanta")
    found = site(there, "telegram:-5")
    assert found is not None and f"https://t.me/green_bot?start=site_{found.number}" in api.sent[1].text
    api.says(f"/start site_{found.number}", 7)
    play(api, desk, lambda: [sent for sent in api.sent if sent.chat == 7], outbox=there)
    assert there.conversation("telegram:7")[0].case == case.number and "阳光花园" in api.sent[2].text


def test_only_managers_put_a_site_down_and_see_its_list(api: BotApi, desk: Hotline, there: Store) -> None:
    known(api, desk, there)
    for member in (7, MANAGER):
        api.says("/register_site 阳光花园 雁塔", GROUP, **by(member))
        api.state.managers = set() if member == 7 else {MANAGER}
        wanted = len(api.sent) + 1
        play(api, desk, lambda wanted=wanted: len(api.sent) == wanted, outbox=there)  # type: ignore[misc]
        assert (site(there, "telegram:-5") is not None) == (member == MANAGER)
    api.says(PLEA, GROUP, **by(8))
    play(api, desk, lambda: len(api.sent) == 3, outbox=there)
    api.says("/cases", GROUP, **by(7))
    play(api, desk, lambda: len(api.sent) == 4, outbox=there)
    api.says("/cases", GROUP, **by(MANAGER))
    play(api, desk, lambda: len(api.sent) == 5, outbox=there)
    denied, listed = api.sent[3].text, api.sent[4].text
    assert denied == api.sent[0].text and "阳光花园" not in denied
    assert "P0" in listed and "胸口" not in listed


def test_an_administrator_who_shows_no_name_may_and_nobody_is_asked(api: BotApi, desk: Hotline, there: Store) -> None:
    api.says("/register_site 阳光花园 雁塔", GROUP, **by(1087968824, sender_chat={"id": GROUP, "type": "group", "title": "G"}))
    play(api, desk, lambda: api.sent, outbox=there)
    assert site(there, "telegram:-5") is not None and "getChatMember" not in api.calls


def test_where_telegram_does_not_say_who_manages_nobody_does(api: BotApi, desk: Hotline, there: Store) -> None:
    api.state.managers = {MANAGER}
    api.fault("getChatMember", Fault(500, "Internal"))
    api.says("/register_site 阳光花园", GROUP, **by(MANAGER))
    play(api, desk, lambda: api.sent, outbox=there)
    assert site(there, "telegram:-5") is None and "请过一分钟再发" in api.sent[0].text


def test_without_a_running_edge_nobody_manages(there: Store) -> None:
    from bot.model import Incoming
    from bot.telegram.client import connect
    from tests.fakes.bot_api import TOKEN

    members = Members(connect(TOKEN, "http://127.0.0.1:1"))
    now = SystemClock().now()
    assert members.manages(Incoming("telegram", "-5/7", "1", "/cases", now)) is None
    assert members.manages(Incoming("telegram", "-5", "1", "/cases", now)) is False


def test_a_mention_is_answered_and_a_group_that_moved_keeps_its_site(api: BotApi, desk: Hotline, there: Store) -> None:
    api.state.managers = {MANAGER}
    api.says("/register_site 阳光花园 雁塔", GROUP, **by(MANAGER))
    play(api, desk, lambda: len(api.sent) == 1, outbox=there)
    api.update(message={**message(GROUP, 9), "migrate_to_chat_id": -1005})
    api.update(message={**message(-1005, 9), "migrate_from_chat_id": GROUP})
    play(api, desk, lambda: site(there, "telegram:-1005") is not None, outbox=there)
    api.says("@green_bot我妈要透析，去哪里", -1005, **by(7))
    play(api, desk, lambda: len(api.sent) == 2, outbox=there)
    assert api.sent[1].chat == -1005 and "site_" in api.sent[1].text and site(there, "telegram:-5") is None


def test_what_could_not_be_listened_to_comes_again(api: BotApi) -> None:
    """The database is away while a group talks: nothing was confirmed, so nothing is lost, and the loop never waited for it."""
    desk = FakeDesk()
    desk.refuse["overhears"] = 2
    first = api.says("胸痛", GROUP, **by(7))
    last = api.says("大家好", GROUP, **by(8))
    play(api, desk, lambda: desk.delivered, lambda: last in api.confirmed)
    assert [(incoming.chat, incoming.text) for incoming in desk.inbox] == [("-5/7", "胸痛")] and first in api.confirmed
    assert desk.calls.count("overhears") >= 4 and desk.on_the_loop == []


def test_it_shows_whom_an_answer_in_a_group_is_for(api: BotApi, desk: Hotline, there: Store) -> None:
    known(api, desk, there)
    api.says("大家好", GROUP, **by(8))
    number = api.says(PLEA, GROUP, **by(7))
    play(api, desk, lambda: len(api.sent) == 1, outbox=there)
    api.says("我妈要透析，去哪里", 9)
    play(api, desk, lambda: len(api.sent) == 2, outbox=there)
    (row,) = [row for row in rows(there) if row["address"] == f"telegram:{GROUP}/7"]
    quoted = json.loads(row["raw"])["message"]["message_id"]
    assert json.loads(api.sent[0].fields["reply_parameters"]) == {"message_id": quoted, "allow_sending_without_reply": True}
    assert number and "reply_parameters" not in api.sent[1].fields
