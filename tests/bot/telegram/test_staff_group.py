"""The staff's group over the real desk and database: cards, buttons, answers and their ticks, commands, strangers, restarts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from bot.account import Account
from bot.clock import SystemClock
from bot.desk import Desk
from bot.hotline import Hotline
from bot.replies import Replies
from bot.rights import Role
from bot.settings import Settings
from bot.store.pacer import Pace
from bot.store.store import Store
from bot.telegram.staff import StaffGroup
from intents.engine import Engine
from tests.bot.store.casts import Desk as CastDesk
from tests.bot.telegram.play import play
from tests.fakes.bot_api import BotApi, Sent, rules_of

GROUP, ANN, STRANGER, RESIDENT = -100123, 51, 66, 7
Step = Callable[[], object]


class Accounts:
    def __init__(self, role: Role = "operator") -> None:
        self.ann = Account("ann", role, "Ann", telegram=ANN)
        self.refusals: list[tuple[str, str, str]] = []

    def of_telegram(self, user: int) -> Account | None:
        return self.ann if user == ANN else None

    def refused(self, name: str, kind: str, detail: str) -> None:
        self.refusals.append((name, kind, detail))

    def on_duty(self) -> Sequence[Account]:
        return (self.ann,)


class Room:
    """A hotline with its staff's group, to be run again and again."""

    def __init__(self, api: BotApi, path: str, settings: Settings, engine: Engine) -> None:
        self.api, self.clock = api, SystemClock()
        self.store = Store(path, self.clock, pace=Pace(0, 0, 0))
        self.hotline = Hotline(engine, Replies(engine.knowledge), self.store, settings, self.clock, patience=60)
        self.accounts = Accounts()
        self.desk = Desk(self.store, self.clock, "bob")
        self.staff = self.group()

    def group(self) -> StaffGroup:
        return StaffGroup(self.store, self.clock, GROUP, accounts=self.accounts, duty=self.accounts)

    def play(self, *steps: Step) -> None:
        play(self.api, self.hotline, *steps, outbox=self.store, staff=self.staff, hurry=self.hotline.come_due)

    @property
    def posts(self) -> list[Sent]:
        """What the group shows now."""
        with self.api.lock:
            return [sent for sent in self.api.state.shown.values() if sent.chat == GROUP]

    def card(self, *words: str) -> Sent | None:
        return next((sent for sent in self.posts if sent.text.startswith("求助 ") and all(word in sent.text for word in words)), None)

    def shows(self, *words: str) -> Step:
        return lambda: any(all(word in sent.text for word in words) for sent in self.posts)

    def opens(self, words: str = "我爸胸痛") -> Step:
        self.api.says(words, chat=RESIDENT)
        return lambda: self.card() is not None

    def writes(self, text: str = "", who: int = ANN, to: Sent | None = None, **more: Any) -> int:
        """Somebody writes in the group, in a card's topic or as a reply to it; the message's number."""
        frame = self.api._message(GROUP)
        frame["from"] = {"id": who, "is_bot": False, "first_name": "A"}
        frame["chat"] = {"id": GROUP, "type": "supergroup", "title": "S"}
        with self.api.lock:
            self.api.state.number += 1
            frame["message_id"] = self.api.state.number
        if to is not None and "message_thread_id" in to.fields:
            frame |= {"message_thread_id": int(to.fields["message_thread_id"]), "is_topic_message": True}
        elif to is not None:
            bot = {"id": 123456, "is_bot": True, "first_name": "G"}
            frame["reply_to_message"] = {"message_id": to.number, "date": 1, "chat": frame["chat"], "from": bot, "text": to.text}
        self.api.update(message={**frame, **({"text": text} if text else {}), **more})
        return int(frame["message_id"])

    def presses(self, label: str, who: int = ANN, data: str = "", card: Sent | None = None) -> str:
        """Somebody presses a button of the card; the query's id."""
        card = card or self.card()
        assert card is not None
        found = data or next(value for name, value in card.buttons if label in name)
        with self.api.lock:
            self.api.state.number += 1
            query = f"q{self.api.state.number}"
        shown = {"message_id": card.number, "date": 1, "chat": {"id": GROUP, "type": "supergroup", "title": "S"}, "text": card.text}
        user = {"id": who, "is_bot": False, "first_name": "A"}
        self.api.update(callback_query={"id": query, "from": user, "chat_instance": "1", "data": found, "message": shown})
        return query

    def toast(self, query: str) -> str:
        return next((text for id_, text in self.api.state.toasts if id_ == query), "")

    def kinds(self, number: int = 1) -> list[str]:
        return [row.kind for row in self.store.trail(number)]


@pytest.fixture
def room(api: BotApi, path: str, settings: Settings, real_engine: Engine) -> Iterator[Room]:
    api.state.forums = {GROUP}
    room = Room(api, path, settings, real_engine)
    yield room
    room.store.close()


def test_a_new_case_has_a_card_and_its_button_edits_it(room: Room) -> None:
    room.play(room.opens())
    card = room.card("我爸胸痛")
    assert card is not None and "P0" in card.text and card.fields["message_thread_id"] in map(str, room.api.state.topics)
    assert card.fields["disable_notification"].lower() == "false" and "没有人在办" in card.text
    room.presses("我来办")
    room.play(lambda: room.card("ann 在办"))
    assert "case.taken" in room.kinds() and "放回" in [label for label, _ in room.card().buttons]  # type: ignore[union-attr]
    room.desk.take(1, over=True)
    room.play(lambda: room.card("bob 在办"))
    assert len([sent for sent in room.posts if sent.text.startswith("求助 ")]) == 1 == len(room.api.state.topics)


def test_an_answer_reaches_the_resident_is_ticked_and_answered(room: Room) -> None:
    room.play(room.opens())
    number = room.writes("车五分钟到", to=room.card())
    arrived = lambda: [sent for sent in room.api.sent if sent.chat == RESIDENT and "车五分钟到" in sent.text]  # noqa: E731
    room.play(arrived, lambda: room.api.state.reactions.get(number))
    assert len(arrived()) == 1 and room.kinds().count("staff.answer") == 1
    room.api.says("在南门", chat=RESIDENT)
    room.play(room.shows("居民（求助 1）", "在南门"))
    frame = {"message_id": number, "date": 1, "chat": {"id": GROUP, "type": "supergroup", "title": "S"}, "text": "x", "edit_date": 2}
    room.api.update(edited_message={**frame, "from": {"id": ANN, "is_bot": False, "first_name": "A"}})
    room.play(room.shows("改过的话不会再发"))
    assert room.kinds().count("staff.answer") == 1


def test_a_resident_who_is_gone_is_told_of_in_words(room: Room) -> None:
    room.play(room.opens())
    room.api.state.blocked = {RESIDENT}
    room.writes("在吗", to=room.card())
    room.play(room.shows("没有送到求助 1", "屏蔽"))


def test_a_group_without_topics_has_threads_by_reply(room: Room) -> None:
    room.api.state.forums.clear()
    room.play(room.opens())
    card = room.card()
    assert card is not None and "message_thread_id" not in card.fields
    number = room.writes("请等", to=card)
    room.play(lambda: room.api.state.reactions.get(number))
    room.api.says("好的，在北门", chat=RESIDENT)
    room.play(room.shows("在北门"))
    line = next(sent for sent in room.posts if "在北门" in sent.text)
    again = room.writes("马上", to=line)
    room.play(lambda: room.api.state.reactions.get(again))
    assert room.kinds().count("staff.answer") == 2


def test_strangers_and_forged_and_stale_buttons_do_nothing_and_are_told(room: Room) -> None:
    room.play(room.opens())
    card = room.card()
    assert card is not None
    taking = next(data for label, data in card.buttons if label == "我来办")
    before = room.kinds()
    asked = [room.presses("我来办", who=STRANGER), room.presses("", data=taking[:-1] + ("0" if taking[-1] != "0" else "1"))]
    asked.append(room.presses("", data=taking.replace(":take:", ":raise:")))
    room.writes("/take 1", who=STRANGER)
    room.writes("我来", who=STRANGER, to=card)
    room.play(lambda: all(room.toast(query) for query in asked), room.shows("还没有连到账号"))
    assert "还没有连到账号" in room.toast(asked[0]) and "不是我们的" in room.toast(asked[1]) and "不是我们的" in room.toast(asked[2])
    assert room.kinds() == before
    assert ("telegram:66", "telegram.command", "take") in room.accounts.refusals
    assert ("telegram:51", "telegram.button", "forged") in room.accounts.refusals
    room.desk.note(1, "x")
    stale = room.presses("", data=taking, card=card)
    room.play(lambda: room.toast(stale))
    assert "case.noted bob" in room.toast(stale) and "case.taken" not in room.kinds()


def test_what_the_staff_say_is_nobody_s_need_and_a_resident_has_no_commands(room: Room) -> None:
    room.writes("我胸痛，喘不过气", who=STRANGER)
    room.writes("/queue")
    room.api.says("/take 1", chat=RESIDENT)
    room.play(room.shows("没有等候的求助"), lambda: room.accounts.refusals, lambda: room.hotline.history(f"telegram:{RESIDENT}"))
    assert room.store.queue() == [] and room.accounts.refusals == [("telegram:7", "telegram.command", "take")]
    rows = room.store.read(lambda db: db.query("SELECT chat FROM inbox"))
    assert {row["chat"] for row in rows} == {str(RESIDENT)}


def test_the_commands(room: Room) -> None:
    room.play(room.opens())
    room.writes("/note 打过电话", to=room.card())
    room.writes("/take@green_bot 1")
    room.play(lambda: room.card("ann 在办"))
    assert [note.text for note in room.desk.notes(1)] == ["打过电话"]
    room.writes("/queue")
    room.writes("/duty")
    room.writes("/help")
    room.play(room.shows("1 P0", "https://t.me/c/123/"), room.shows("值班：Ann"), room.shows("/solve N"))
    room.writes("/solve 1 helped")
    room.play(lambda: room.card("已结束"))
    assert room.card("已结束").buttons == ()  # type: ignore[union-attr]
    assert "staff:helped" in [row.detail.get("why") for row in room.store.trail(1)]
    assert "chat" in {scope for scope, _ in room.api.state.commands}


def test_solving_asks_for_the_outcome_and_media_is_refused(room: Room) -> None:
    room.play(room.opens())
    room.presses("结束")
    room.play(lambda: any(label == "已转介" for label, _ in room.card().buttons))  # type: ignore[union-attr]
    room.writes(to=room.card(), photo=[{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}])
    room.presses("已转介")
    room.play(lambda: room.card("已结束"), room.shows("只能转发文字"))


def test_a_restart_goes_on_where_it_was(room: Room) -> None:
    room.play(room.opens())
    room.desk.take(1)
    room.staff = room.group()
    room.play(lambda: room.card("bob 在办"))
    assert len(room.api.state.topics) == 1


def test_a_card_that_is_not_taken_comes_again_into_the_topic_that_was_made(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.staff_post.WAIT", 0.05)
    room.api.script(*rules_of([{"fault": kind, "chat": GROUP} for kind in ("close", "502", "429")]))
    room.play(room.opens())
    cards = lambda: [sent for sent in room.posts if "🔔" not in sent.text]  # noqa: E731
    assert len(room.api.state.topics) == 1 == len(cards())
    room.api.script(*rules_of([{"method": "editMessageText", "fault": "400", "description": "Bad Request: message to edit not found"}]))
    room.desk.take(1)
    room.play(lambda: len(cards()) == 2)
    assert "bob 在办" in cards()[-1].text


def test_an_alarm_that_is_refused_does_not_bring_the_card_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.staff_post.WAIT", 0.05)
    room.api.script(*rules_of([{"fault": "429", "chat": GROUP, "skip": 1, "times": 3, "retry_after": 0}]))
    room.play(room.opens(), lambda: [sent for sent in room.posts if "🔔" in sent.text])
    assert len([sent for sent in room.api.sent if sent.chat == GROUP and sent.text.startswith("求助 ")]) == 1


def test_what_a_command_is_answered_waits_where_telegram_asks_for_it(room: Room) -> None:
    room.play(room.opens(), lambda: [sent for sent in room.posts if "🔔" in sent.text])
    room.api.script(*rules_of([{"fault": "429", "chat": GROUP, "times": 2, "retry_after": 1}]))
    room.writes("/queue")
    room.play(lambda: [sent for sent in room.posts if "/case" in sent.text or ("P0" in sent.text and "求助 " not in sent.text)])


def test_a_bot_that_may_not_make_topics_posts_without(room: Room) -> None:
    wrong = "Bad Request: not enough rights to create a topic"
    room.api.script(*rules_of([{"method": "createForumTopic", "fault": "400", "times": 0, "description": wrong}]))
    room.play(room.opens())
    card = room.card()
    assert card is not None and "message_thread_id" not in card.fields and room.api.state.topics == {}


def test_a_group_that_gets_another_number_keeps_its_cases(room: Room) -> None:
    room.play(room.opens())
    frame = {"message_id": 5, "date": 1, "chat": {"id": GROUP, "type": "group", "title": "S"}}
    room.api.update(message={**frame, "from": {"id": ANN, "is_bot": False, "first_name": "A"}, "migrate_to_chat_id": -100999})
    room.play(lambda: [sent for sent in room.api.sent if sent.chat == -100999])
    assert room.group().chat == -100999 and room.group().owns({"message": {"chat": {"id": -100999}}})


def test_an_alarm_calls_those_on_duty_and_replaces_the_one_before(room: Room) -> None:
    room.play(room.opens())
    room.staff.ring(1)
    room.play(room.shows("🔔"))
    first = next(sent for sent in room.posts if "🔔" in sent.text)
    assert f'"id": {ANN}' in first.fields["entities"] and "message_thread_id" not in first.fields
    room.staff.ring(1)
    room.play(lambda: [sent.number for sent in room.posts if "🔔" in sent.text] not in ([], [first.number]), lambda: alarms(room) == 1)
    assert first.number not in room.api.state.shown


def alarms(room: Room) -> int:
    return len([sent for sent in room.posts if "🔔" in sent.text])


def test_a_life_is_in_the_group_within_two_seconds(room: Room) -> None:
    room.play(room.opens("医院不收我妈，说没有核酸，在雁塔"))
    began: list[float] = []

    def write() -> bool:
        began.append(time.monotonic())
        room.api.says("我爸胸痛", chat=8)
        return True

    room.play(write, lambda: room.card("P0"))
    card = room.card("P0")
    assert card is not None and card.at - began[0] <= 2.0


def test_a_broadcast_is_written_sent_and_followed_in_the_group_and_reaches_its_people(room: Room) -> None:
    room.api.says("我妈透析，雁塔区", chat=RESIDENT)
    room.play(lambda: any(sent.chat == RESIDENT for sent in room.api.sent))
    desk = CastDesk(room.store, room.clock)  # type: ignore[arg-type]
    room.staff = StaffGroup(room.store, room.clock, GROUP, accounts=room.accounts, duty=room.accounts, casts=desk.by)
    room.writes("/cast new service district=yanta\n{district}停水\n---\nNo water in {district}")
    room.play(room.shows("现在是1人", "雁塔区停水", "马上", "夜里（22:00到07:00）不发"))
    assert not any("停水" in sent.text for sent in room.api.sent if sent.chat == RESIDENT), "a draft is sent to nobody"
    room.writes("/cast 1 send")
    room.play(room.shows("好。", "在发"))
    desk.caster.tick()
    # By day and by night: the draft rests in the quiet hours like any other.
    room.store.write(lambda db: db.execute("UPDATE broadcasts SET quiet = 0"))
    desk.caster.tick()
    room.play(lambda: [sent for sent in room.api.sent if sent.chat == RESIDENT and "停水" in sent.text])
    desk.caster.tick()
    room.writes("/cast 1")
    room.play(room.shows("1 / 1", "送到1"))
    room.accounts.ann = Account("ann", "readonly", "Ann", telegram=ANN)
    room.writes("/cast 1 cancel")
    room.play(room.shows("不能这样做"))
    assert ("telegram:51", "telegram.command", "broadcast.write") in room.accounts.refusals
    room.writes("/cast", who=STRANGER)
    room.play(room.shows("还没有连到账号"))


def test_what_is_no_command_for_broadcasts_is_explained(room: Room) -> None:
    desk = CastDesk(room.store, room.clock)  # type: ignore[arg-type]
    room.staff = StaffGroup(room.store, room.clock, GROUP, accounts=room.accounts, duty=room.accounts, casts=desk.by)
    for text in ("/cast 1 fly", "/cast new spam all\na\n---\nb", "/cast new service all", "/cast x"):
        room.writes(text)
    room.writes("/cast 9")
    room.writes("/cast new service moon=1\na\n---\nb")
    room.play(room.shows("没有这条群发"), room.shows("moon=1"), lambda: sum("/cast 3 send" in sent.text for sent in room.posts) == 4)
