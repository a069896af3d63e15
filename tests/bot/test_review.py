"""What was not understood: clusters, a proposal, what it would change, its approval, and that danger goes before it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import FrozenClock
from bot.clusters import clusters
from bot.hotline import Hotline
from bot.model import Incoming
from bot.overlay import Overlaid, Overlay, Proposal
from bot.replies import Replies
from bot.review import Review, ReviewRefused
from bot.settings import Settings
from bot.store import mydata
from bot.store.store import Store
from intents.engine import Engine
from intents.knowledge import Example
from intents.understanding import Context
from tests.fakes.engine import NOON

ODD = "咱这片儿咋弄那个绿本本"
LIKE = "咱这片儿咋弄那个绿本本呀"


@dataclasses.dataclass
class World:
    """A service that residents write to, and those who review it."""

    store: Store
    clock: FrozenClock
    engine: Overlaid
    hotline: Hotline
    review: Review
    count: int = 0

    def says(self, text: str, chat: str = "7") -> str:
        """A resident writes; what they are told."""
        self.count += 1
        incoming = Incoming("telegram", chat, f"u{self.count}", text, self.clock.now())
        self.hotline.accept(incoming)
        self.hotline.process(incoming.address)
        return "\n".join(line.text for line in self.hotline.history(incoming.address)[-1:])


def world_on(store: Store, engine: Engine, examples: list[Example]) -> World:
    clock, overlaid = FrozenClock(NOON), Overlaid(engine, engine.knowledge)
    hotline = Hotline(overlaid, Replies(engine.knowledge), store, Settings(), clock)
    review = Review(store, clock, overlaid, engine.knowledge, lambda: examples, lambda: NOON.date())
    return World(store, clock, overlaid, hotline, review)


@pytest.fixture
def world(tmp_path: Path, real_engine: Engine) -> Iterator[World]:
    store = Store(str(tmp_path / "review.db"), FrozenClock(NOON))
    yield world_on(store, real_engine, [Example(text=LIKE, topics=("care.entry",), actions=("answer",))])
    store.close()


def test_like_messages_are_one_cluster_and_the_largest_comes_first() -> None:
    found = clusters(["那个绿本本咋弄", "绿本本咋弄啊", "绿本本咋弄", "蜂蜜能不能寄", "!!!", "绿本本咋弄"])
    assert [(one.many, one.label) for one in found] == [(4, "绿本本咋弄"), (1, "蜂蜜能不能寄")]
    assert found == clusters(["那个绿本本咋弄", "绿本本咋弄啊", "绿本本咋弄", "蜂蜜能不能寄", "!!!", "绿本本咋弄"])


def test_from_a_cluster_to_an_answer_and_back(world: World) -> None:
    before = world.says(ODD)
    world.says(ODD, "8")
    (cluster,) = world.review.clusters()
    assert (cluster.many, cluster.label) == (2, ODD)
    number = world.review.propose("ann", "care.entry", [ODD])
    (made,) = world.review.proposals()
    assert made.status == "draft" and '"reached": 2' in made.report and LIKE in made.report
    assert world.says(ODD, "9") == before, "a proposal changes nothing"
    with pytest.raises(ReviewRefused, match="somebody else"):
        world.review.approve(number, "ann")
    world.review.approve(number, "bob")
    told = world.says(ODD, "10")
    assert told != before and "核酸" in told, "the answer about tests and codes at hospital doors"
    assert world.says(LIKE, "11") == told, "nearly the same words are as good"
    world.review.withdraw(number, "cat")
    assert world.says(ODD, "12") == before
    with pytest.raises(ReviewRefused, match="decided"):
        world.review.withdraw(number, "cat")


def test_an_answer_of_its_own_stands_in_the_topics_place(world: World) -> None:
    number = world.review.propose("ann", "care.entry", [ODD], "绿本本就是健康码，社区能打印。", "The green booklet is the health code.")
    world.review.approve(number, "bob")
    assert world.says(ODD).startswith("绿本本就是健康码，社区能打印。")


def test_another_process_has_it_at_its_next_look(world: World, real_engine: Engine) -> None:
    other = world_on(world.store, real_engine, [])
    number = world.review.propose("ann", "care.entry", [ODD])
    world.review.approve(number, "bob")
    assert other.engine.overlay.find(ODD) is None
    other.review.refresh()
    assert (found := other.engine.overlay.find(ODD)) is not None and found.id == number
    again = world_on(world.store, real_engine, [])
    again.review.refresh()
    assert again.engine.overlay.find(ODD) is not None, "it survives a restart"


@pytest.mark.parametrize("danger", ["我爸胸口疼得厉害，喘不上气，出冷汗", "My wife is 38 weeks pregnant and bleeding"])
def test_no_phrase_hides_a_danger(world: World, danger: str) -> None:
    number = world.review.propose("ann", "care.general", [danger[:60]])
    with pytest.raises(ReviewRefused, match="emergencies"):
        world.review.approve(number, "bob")
    forced = Overlay([Proposal(9, "care.general", (danger,), status="approved")])
    assert world.engine.through(forced, danger, Context()).action == "emergency"


def test_what_is_understood_is_not_changed(world: World) -> None:
    text = "雁塔区哪里可以做透析"
    forced = Overlay([Proposal(9, "care.fever", (text,), status="approved")])
    assert world.engine.through(forced, text, Context()).main == "care.dialysis"


@pytest.mark.parametrize(
    ("topic", "phrases", "zh", "en", "why"),
    [
        ("nothing", [ODD], "", "", "choose"),
        ("care.emergency", [ODD], "", "", "choose"),
        ("care.entry", [], "", "", "phrases"),
        ("care.entry", ["长" * 61], "", "", "phrases"),
        ("care.entry", [ODD], "只有中文", "", "answers"),
    ],
)
def test_what_is_no_proposal(world: World, topic: str, phrases: list[str], zh: str, en: str, why: str) -> None:
    with pytest.raises(ReviewRefused) as refused:
        world.review.propose("ann", topic, phrases, zh, en)
    assert refused.value.why == why and world.review.proposals() == []


def test_words_that_were_deleted_are_in_no_cluster(world: World) -> None:
    world.says(ODD)
    assert len(world.review.clusters()) == 1
    world.store.write(lambda db: mydata.forget(db, "telegram:7", NOON))
    assert world.review.clusters() == []


def test_what_answers_a_question_of_ours_is_not_one(world: World) -> None:
    world.says("我要找人工")
    world.says("科技路12号院3号楼")
    assert all("科技路" not in one.label for one in world.review.clusters())
