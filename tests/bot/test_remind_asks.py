"""What is wanted of reminders and notices in one's own words; and nothing is set, ended or left that was not meant."""

from __future__ import annotations

import pytest

from bot.conversation import decide
from bot.conversation.remind_asks import wish
from bot.effects import ChangeReminder, EditReminder, PutReminder, Wants
from bot.model import Incoming, Known, Turn
from bot.reminder import Reminder, Rule
from bot.replies import Replies
from bot.state import State
from intents.understanding import Context
from tests.fakes.engine import NOON
from tests.scenario import engine

PILLS = Reminder(1, 1, "medicine", "吃药", Rule(("08:00",)))
DIALYSIS = Reminder(2, 2, "dialysis", "透析", Rule(("07:00",), (0, 2, 4)))


@pytest.fixture(scope="module")
def replies() -> Replies:
    return Replies(engine().knowledge)


def say(replies: Replies, text: str, *there: Reminder) -> Turn:
    got = engine().understand(text, Context(city="xian"))
    incoming = Incoming("telegram", "7", "1", text, NOON)
    return decide(State(city="xian", updated_at=NOON), incoming, got, replies, NOON, Known(reminders=there))


def told(turn: Turn) -> str:
    return "\n".join(reply.text for reply in turn.replies)


@pytest.mark.parametrize(
    ("text", "sure", "wanted"),
    [
        ("别再提醒了", True, "end"),
        ("多谢，提醒可以停了，疗程做完啦", True, "end"),
        ("don't remind me of the chemo any more. we stopped treatment.", False, "end"),
        ("cancel the 7pm reminder thx", True, "end"),
        ("怎么取消吃药提醒", True, "show"),
        ("别再提醒了，我妈上周走了", True, "grief"),
        ("停掉产检提醒，孩子没了。", False, "grief"),
        ("stop the reminders, he passed away", True, "grief"),
        ("下周三透析，这周不用提醒了", True, "skip"),
        ("no reminders on weekends", True, "skip"),
        ("提醒時間不對", True, "change"),
        ("把“透析日提醒”从周二改到周四", True, "change"),
        ("Move the Friday one to Saturday, same hour", True, "change"),
        ("我之前设过几个提醒，列出来看看", True, "show"),
        ("which reminders do I have set", True, "show"),
        ("昨天咋没提醒我？差点误了打针", True, "trouble"),
        ("Yesterday the reminder came two hours late", True, "trouble"),
        ("没透成，今天的提醒别算完成", True, "missed"),
        ("暂停一个礼拜，我住院了，出来再接着提醒", True, "pause"),
        ("不要再傳廣播給我了，謝謝", True, "leave"),
        ("别再给我发消息了", True, "leave"),
        ("No more broadcasts please", True, "leave"),
        ("广播消息能不能晚上别发", True, "night"),
        ("Please don't message me at night, the baby wakes up", True, "night"),
        ("怎么订阅雁塔区的通知", True, "notices"),
        ("怎么 unsubscribe 啊", True, "notices"),
        ("别忘了提醒我吃药", True, ""),
        ("don't forget to remind me at 9pm", True, ""),
        ("每周一三五早上7点提醒我透析", True, ""),
        # What is no matter of reminders is left to what it is.
        ("医院不要我叫我走", False, ""),
        ("他们不给我发药", False, ""),
        ("每天8点提醒我吃药，不能停药", True, ""),
        ("别提醒他了，他药没了", True, "end"),
        ("停藥三天了，提醒我每天量血壓", False, "missed"),
        ("医院没提醒我带核酸，不让进", False, ""),
        ("no more messages from the hospital, they stopped answering", False, ""),
    ],
)
def test_what_is_wanted(text: str, sure: bool, wanted: str) -> None:
    assert wish(text, sure=sure) == wanted


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("停掉吃药的提醒", [(1, "done")]),
        ("cancel the 7am reminder thx", [(2, "done")]),
        ("stop my dialysis reminder", [(2, "done")]),
        ("cancel the 9pm reminder", []),
        ("别再提醒了", [(0, "done")]),
        ("别再提醒了，我妈上周走了", [(1, "done"), (2, "done")]),
        ("不用透析提醒了，我妈上周走了", [(2, "done")]),
        ("停掉我妈的提醒，她走了", []),
        ("提醒可以停了", []),
        ("暂停一个礼拜，我住院了，出来再接着提醒", [(0, "paused")]),
    ],
)
def test_which_is_ended(replies: Replies, text: str, ended: list[tuple[int, str]]) -> None:
    turn = say(replies, text, PILLS, DIALYSIS)
    assert [(effect.number, effect.status) for effect in turn.effects if isinstance(effect, ChangeReminder)] == ended
    labels = [button.label for reply in turn.replies for button in reply.buttons]
    assert ended or {label[-1] for label in labels} == {"1", "2"}, "where it is not clear which, each has its button"


def test_whoever_has_lost_somebody_is_not_told_how_to_set_another(replies: Replies) -> None:
    turn = say(replies, "停掉产检提醒，孩子没了。")
    assert "难过" in told(turn) and "再设" not in told(turn) and "产检" not in told(turn)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("提醒时间不对，我说的是晚上七点不是早上七点", Rule(("19:00",))),
        ("把提醒从早上8点改到9点半", Rule(("09:30",))),
        ("change my reminder from 8am to 9am", Rule(("09:00",))),
    ],
)
def test_the_only_one_is_changed(replies: Replies, text: str, rule: Rule) -> None:
    assert [effect.rule for effect in say(replies, text, PILLS).effects if isinstance(effect, EditReminder)] == [rule]


TWICE = Reminder(1, 1, "medicine", "insulin", Rule(("07:00", "19:00")))


@pytest.mark.parametrize(
    ("text", "there", "rule"),
    [
        ("change my insulin reminder from 7am to 8am", TWICE, Rule(("08:00", "19:00"))),
        ("cancel the 7pm reminder thx", TWICE, Rule(("07:00",))),
        ("把周五的提醒改到周六，医院换时间了", DIALYSIS, Rule(("07:00",), (0, 2, 5))),
        ("Move the Friday one to Saturday, same hour", DIALYSIS, Rule(("07:00",), (0, 2, 5))),
        ("stop the wednesday dialysis reminder", DIALYSIS, Rule(("07:00",), (0, 4))),
        ("周三的透析提醒取消", DIALYSIS, Rule(("07:00",), (0, 4))),
    ],
)
def test_of_several_times_or_days_the_others_stay(replies: Replies, text: str, there: Reminder, rule: Rule) -> None:
    turn = say(replies, text, there)
    assert [effect.rule for effect in turn.effects if isinstance(effect, EditReminder)] == [rule]
    assert not [effect for effect in turn.effects if isinstance(effect, ChangeReminder)]


def test_days_that_are_named_without_the_word_week_are_read(replies: Replies) -> None:
    (edit,) = [one for one in say(replies, "把透析提醒从周一三五改到二四六", PILLS, DIALYSIS).effects if isinstance(one, EditReminder)]
    assert (edit.number, edit.rule) == (2, Rule(("07:00",), (1, 3, 5)))


@pytest.mark.parametrize(
    "text",
    [
        "cancel the 7pm reminder thx",
        "提醒时间不对，我说的是晚上七点不是早上七点",
        "提醒時間可以改嗎？原本設九點",
        "把 alarm 改成 6:45 谢谢",
    ],
)
def test_nothing_is_set_by_what_would_end_or_change_one(replies: Replies, text: str) -> None:
    assert not [effect for effect in say(replies, text).effects if isinstance(effect, PutReminder)]


@pytest.mark.parametrize(
    "text", ["每周一三五早上六点半喊我起来去透析", "明天五点四十叫醒我", "wake me at 5:30 tomorrow, the dialysis car leaves at six"]
)
def test_to_be_called_is_to_be_reminded_where_a_time_stands_with_it(replies: Replies, text: str) -> None:
    assert [effect for effect in say(replies, text).effects if isinstance(effect, PutReminder)]


def test_notices_are_left_in_ones_own_words_and_what_can_be_done_is_told(replies: Replies) -> None:
    assert [effect.wants for effect in say(replies, "我不想再收你们的群发消息").effects if isinstance(effect, Wants)] == [False]
    assert "紧急通知" in told(say(replies, "怎么订阅雁塔区的通知"))
    assert "提醒能这样用" in told(say(replies, "能不能用打电话的方式提醒，老人不看微信"))
    assert "做的" not in told(say(replies, "昨天咋没提醒我？差点误了打针")) and "补上" in told(say(replies, "昨天咋没提醒我？差点误了打针"))


@pytest.mark.parametrize(
    "text", ["医院不要我爸，叫我们走", "医院没提醒我带核酸，不让进", "停药三天了，头晕", "他们不给我发药", "社区不让我出门透析"]
)
def test_a_need_is_no_matter_of_reminders(replies: Replies, text: str) -> None:
    turn = say(replies, text, PILLS)
    assert not [one for one in turn.effects if isinstance(one, ChangeReminder | PutReminder | Wants)]
    assert turn.understanding is not None and turn.understanding.main != "service.reminder"
