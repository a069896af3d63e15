"""Whatever anybody writes stands on the staff's pages as words: no markup, no script, no turned-around line."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tests.bot.web.console.conftest import Person, World

TURN = "\u202e"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</textarea><b id=bad>x</b>",
    "</title></option></select><iframe>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    f"{TURN}gnp.exe\u2066x\u2069\x00\x1b[2J",
]
TAGS = {"img", "iframe", "b", "object", "embed", "style", "base"}
"""No page of ours has these."""


class Seen(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.scripts, self.handlers, self.links, self.text = set[str](), 0, list[str](), list[str](), ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.scripts += tag == "script"
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]

    def handle_data(self, data: str) -> None:
        self.text += data


def inert(html: str, where: str) -> Seen:
    """The page, which holds nothing that somebody else wrote as markup."""
    seen = Seen(html)
    assert not seen.tags & TAGS and seen.scripts <= 1 and not seen.handlers, where
    assert all(link.startswith(("/desk/", "/desk", "/static/", "tel:", "#")) for link in seen.links), (where, seen.links)
    assert not set(html) & set("\u202e\u2066\u2069\x00\x1b"), where
    return seen


def filled(world: World, hostile: str) -> tuple[Person, Person, list[int]]:
    """Cases, notes, teams and views that hold nothing but this text; an administrator, an operator with that name, and the cases."""
    boss = world.person("admin", shown=hostile)
    person = world.person("operator", shown=hostile)
    facts = (("address", hostile), ("phone", hostile))
    numbers = [world.case(str(chat), hostile, hospital=hostile, facts=facts) for chat in range(1, 4)]
    desk = world.desk(person.name)
    desk.note(numbers[0], hostile)
    desk.answer(numbers[0], hostile)
    desk.set_priority(numbers[0], "P0", hostile)
    desk.call(numbers[0], hostile)
    desk.hand_over(numbers[1], "hospital", hostile[:60], hostile)
    desk.split(numbers[2], hostile)
    desk.take(numbers[0])
    desk.merge(numbers[2], numbers[1])
    person.post("/settings/tokens", label=hostile)
    boss.post("/views", title=hostile[:40], query="priority=P0", shared="1")
    tomorrow = "2022-04-06T08:00"
    boss.post("/shift/plan", **{"from": tomorrow, "hours": "4", "name": hostile[:40], "team": hostile[:40]})
    while world.listing.behind().many:
        world.listing.catch_up()
    return boss, person, numbers


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_words_on_every_page(world: World, hostile: str) -> None:
    boss, person, numbers = filled(world, hostile)
    paths = ["/", "/?status=any", "/shift", "/audit", "/accounts", "/settings", "/people", "/oversight", "/unmatched", "/?priority=P0"]
    paths += [f"/case/{number}{more}" for number in numbers for more in ("", "/sheet", "?understood=1")]
    for who in (boss, person):
        for path in paths:
            answer = who.get(path)
            if answer.status_code == 200:
                inert(answer.text, path)
            else:
                assert (answer.status_code, who.name) == (403, "operator"), path
        for path in ("/search", "/"):
            answer = who.get(
                path, params={"text": hostile, "status": "any", "hospital": hostile, "site": hostile, "mine": hostile, "district": hostile}
            )
            assert answer.status_code == 200
            inert(answer.text, f"{path} with a query")
    shown = hostile.translate({ord(char): None for char in "\u202e\u2066\u2069\x00\x1b"})
    case = inert(person.get(f"/case/{numbers[0]}").text, "case")
    assert case.text.count(shown) >= 4, "it is there to be read: as words, note, hospital, call"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_that_come_back_in_a_form_are_words(world: World, hostile: str) -> None:
    boss, person, numbers = filled(world, hostile)
    stale = {"seen": "1"}
    number = numbers[0]
    answers = [
        person.post(f"/case/{number}/answer", text=hostile, **stale),
        person.post(f"/case/{number}/priority", level="P3", reason=hostile, **stale),
        person.post(f"/case/{number}/handover", to="team", whom=hostile[:60], needs=hostile, **stale),
        person.post(f"/case/{number}/split", about=hostile, **stale),
        person.post("/unmatched", topic=hostile, phrases=hostile, answer_zh=hostile, answer_en=hostile),
        boss.post("/accounts", name=hostile, shown=hostile),
        boss.post("/bulk", number=[str(number) for number in numbers], act="take"),
        boss.post("/bulk/do", number=str(number), act=hostile),
        boss.post("/views", title="", query=hostile),
        world.client().post("/desk/login", data={"name": hostile, "password": hostile, "next": hostile}),
    ]
    for place, answer in enumerate(answers):
        assert answer.status_code in (200, 400, 401, 409), place
        inert(answer.text, str(place))


@pytest.mark.parametrize("bad", ["<b>x</b>", "<p onclick=a>", '<a href="javascript:x">', '<a href="https://evil.test">', f"<p>{TURN}"])
def test_the_checker_sees_what_is_wrong(bad: str) -> None:
    with pytest.raises(AssertionError):
        inert(bad, "made up")
