"""``hotline broadcast``: written, shown, sent, approved by another, steered, reported; what is refused is told in words."""

from __future__ import annotations

import pytest

from bot.audience import Audience, BadAudience, audience_of, audience_words, parse_audience
from bot.casts.plans import plan_of, rule_words
from bot.clock import SystemClock
from bot.reminder import Rule
from bot.settings import Settings
from bot.store.pacer import Pace
from bot.store.store import Store
from tests.bot.commands import hotline
from tests.bot.store.casts import Desk, people

TEXTS = ("--zh", "{district}停水", "--en", "No water in {district}")


@pytest.fixture
def store(settings: Settings) -> Store:
    return Store(settings.database, SystemClock(), pace=Pace(0, 0, 0))


def test_written_approved_steered_and_reported(store: Store) -> None:
    clock = SystemClock()
    people(store, 120, clock.now())
    made = hotline("broadcast", "new", *TEXTS, "--to", "district=yanta", "--night", "--by", "ann")
    assert made.exit_code == 0 and "120 people now, so another person must approve it" in made.stdout and "雁塔区停水" in made.stdout
    assert "When: at once; what is not sent after 24 h is not sent any more; at night too." in made.stdout
    assert "another person must say" in hotline("broadcast", "send", "1", "--by", "ann").stderr
    own = hotline("broadcast", "approve", "1", "--by", "ann")
    assert own.exit_code == 1 and "somebody else must approve it" in own.stderr
    assert "goes out to 120 people" in hotline("broadcast", "approve", "1", "--by", "bob").stderr
    desk = Desk(store, clock)  # type: ignore[arg-type]
    desk.caster.tick()
    desk.mail.deliver(20)
    desk.caster.tick()
    assert "sending  20 of 120: sent 20, waiting" in hotline("broadcast", "show", "1").stdout
    assert "is paused" in hotline("broadcast", "pause", "1").stderr and "goes on" in hotline("broadcast", "resume", "1").stderr
    desk.turn(3, outcome=lambda address: "uncertain" if address == "telegram:99" else "sent")
    shown = hotline("broadcast", "show", "1").stdout
    assert "done  120 of 120: sent 119" in shown and "uncertain 1" in shown and "wrote within 48 hours 0" in shown
    assert "telegram:99  timeout" in hotline("broadcast", "uncertain", "1").stdout
    assert "Sent again to 1." in hotline("broadcast", "uncertain", "1", "--again").stderr
    assert hotline("broadcast").stdout.startswith("1  on  service  [district=xian/yanta]")
    store.close()


def test_a_repeated_one_is_in_the_calendar_until_it_is_cancelled(store: Store) -> None:
    people(store, 1, SystemClock().now())
    made = hotline("broadcast", "new", *TEXTS, "--to", "all", "--every", "every Mon 9am", "--by", "ann")
    assert "When: every Mon at 09:00; what is not sent after 24 h is not sent any more; not at night (22:00 to 07:00)." in made.stdout
    hotline("broadcast", "send", "1", "--by", "ann")
    assert hotline("broadcast", "calendar").stdout.count("\n") == 2
    assert "is cancelled" in hotline("broadcast", "cancel", "1").stderr
    assert "Nothing is planned" in hotline("broadcast", "calendar").stderr
    store.close()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("--zh", "a", "--en", "", "--to", "all"), "both languages"),
        (("--zh", "{name}", "--en", "b", "--to", "all"), "{name} is no placeholder"),
        (("--zh", "a", "--en", "b", "--to", "district=atlantis"), "atlantis is no place"),
        (("--zh", "a", "--en", "b", "--to", "everybody"), "write district="),
        (("--zh", "a", "--en", "b", "--to", "all", "--kind", "spam"), "there is no kind spam"),
        (("--zh", "a", "--en", "b", "--to", "all", "--every", "sometimes"), "how often in words"),
        (("--zh", "a" * 1501, "--en", "b", "--to", "all"), "at most 1500"),
    ],
)
def test_what_may_not_be_written_is_told(store: Store, given: tuple[str, ...], why: str) -> None:
    result = hotline("broadcast", "new", *given)
    assert result.exit_code == 1 and why in result.stderr and hotline("broadcast").stdout == ""
    store.close()


WORDS = (
    "all",
    "to=groups district=xian/yanta",
    "city=xian zone=sealed,controlled topic=care.dialysis -district=xian/beilin -cast=3,4 seen=30 opted",
    "group=dialysis lang=en -site=1 -zone=prevention -topic=care.fever -group=alone site=2",
)


@pytest.mark.parametrize("words", WORDS)
def test_an_audience_in_words_is_read_as_it_is_written(words: str) -> None:
    found = parse_audience(words)
    assert parse_audience(audience_words(found)) == found == audience_of(found.dumped())
    assert sorted(audience_words(found).split()) == sorted(words.split())


@pytest.mark.parametrize("words", ["seen=x", "district=", "-seen=3", "-opted", "to=nobody", "site=a", "cast=3", "topic", "x=1", "=", "-"])
def test_words_that_are_no_audience(words: str) -> None:
    with pytest.raises(BadAudience):
        parse_audience(words)


def test_an_audience_of_a_later_version_is_read() -> None:
    assert audience_of('{"cities": ["xian"], "horoscopes": ["leo"]}') == Audience(cities=("xian",))


@pytest.mark.parametrize("rule", [Rule(("09:00",), (0,)), Rule(("08:00", "20:00")), Rule(hours=6), Rule(("07:30",), (1, 3, 5))])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_rule_in_words_is_read_again(rule: Rule, lang: str) -> None:
    assert plan_of(SystemClock().now(), every=rule_words(rule, lang)).rule == rule
