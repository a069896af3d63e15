"""From a message to an :class:`Understanding`: read, predict, decide, choose what answers it. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from intents.decide import decide
from intents.directory import asked, choose_facilities, choose_hotlines, cite
from intents.follow import Followed, follow, short
from intents.fragments import Shown, names_somebody, together
from intents.hospitals import Hospitals
from intents.knowledge import Knowledge
from intents.matcher import Matcher, Prediction
from intents.phrases import Phrases
from intents.read import Reader, Reading
from intents.understanding import Context, Scored, Understanding
from intents.whose import patients_district

_REFUSED = "care.refused"
_FLAG_LINES = {"mental": ("psychology",), "poisoning-08": ("fire",), "elderly_access-03": ("police",), "mental-06": ("violence",)}
_MAX_READ = 20_000
_TALK = ("thanks", "bye", "robot", "what", "ok", "hello")
_ASK_NEEDS = (
    "care.dialysis",
    "care.oncology",
    "care.maternity",
    "care.newborn",
    "care.fever",
    "medicine.chronic",
    "transport.closed_loop",
    "care.general",
)


def _names_only(reading: Reading) -> bool:
    """Whether a message names somebody and says nothing else."""
    return "third_person" in reading.concepts and short(reading, 6, 3) and not any(name.startswith("talk_") for name in reading.concepts)


class Understander:
    """Understands messages with one knowledge and one fitted matcher. Thread-safe."""

    def __init__(self, knowledge: Knowledge, reader: Reader, matcher: Matcher, phrases: tuple[str, ...]) -> None:
        self.knowledge = knowledge
        self._reader = reader
        self._matcher = matcher
        self._phrases = Phrases(phrases)
        self._flags = knowledge.flags

    @cached_property
    def _hospitals(self) -> Hospitals:
        """Made when somebody is first turned away: a single question should not wait for it."""
        return Hospitals(self.knowledge.cities)

    def __call__(self, text: str, context: Context) -> Understanding:
        """Understand one message in its context."""
        reading = self._reader(text, context.city)
        prediction = self._predict(reading)
        decision = decide(reading, prediction, self._flags)
        picked = self._picked(text, context)
        if picked and decision.action != "emergency":
            followed = Followed(replace(decision, action="answer", topics=(Scored(picked, 1.0),)))
        else:
            followed = follow(decision, reading, context, self.knowledge)
            followed, reading = self._with_the_ones_before(followed, reading, text, context)
        return self._answer(reading, followed, context)

    def _with_the_ones_before(self, followed: Followed, reading: Reading, text: str, context: Context) -> tuple[Followed, Reading]:
        """With what a fragment shows only together with the messages just before: an emergency, or a visit that cannot wait."""
        ended = {"settled", "cancel"} & reading.marks
        if (
            followed.decision.action == "emergency"
            or not (context.said or context.patient)
            or ended
            or reading.text.empty
            or not short(reading)
        ):
            return followed, reading
        found = together(context.said, context.patient, text, lambda words: self._shown(words, context.city))
        if found.decision.action == "emergency":
            return Followed(found.decision), reading
        own = {hit.flag.id for hit in reading.hits}
        more = tuple(hit for hit in found.hits if hit.flag.level == "same_day_hospital" and hit.flag.id not in own)
        return followed, replace(reading, hits=(*reading.hits, *more))

    def _shown(self, words: str, city: str) -> Shown:
        """The decision on words put together: a learned score alone, which knows no such sentences, makes no emergency of them."""
        reading = self._reader(words, city)
        decision = decide(reading, self._predict(reading), self._flags)
        shown = any(hit.alarms and hit.stands for hit in reading.hits)
        decision = decision if shown or decision.action != "emergency" else replace(decision, action="clarify", alarms=())
        return Shown(decision, reading.hits)

    def _picked(self, text: str, context: Context) -> str:
        """The topic that was offered and is named by nothing but its name: then there is nothing to be guessed."""
        words = text.strip().casefold()
        offered = (self.knowledge.topics[topic] for topic in context.offered if topic in self.knowledge.topics)
        named = (topic.id for topic in offered if words in {topic.name.zh.casefold(), topic.name.en.casefold()})
        return next(named, "")

    def _predict(self, reading: Reading) -> Prediction:
        prediction = self._matcher.predict(reading.text.plain[:_MAX_READ], reading.document, reading.signs)
        if not prediction.embedded or not 4 <= len(reading.text.plain) <= 80:
            return prediction
        topic = self._phrases.nearest(reading.text.plain)
        if not topic:
            return prediction
        main = {**prediction.main, topic: max(prediction.main.get(topic, 0.0), 0.95)}
        return replace(prediction, main=main)

    def _answer(self, reading: Reading, followed: Followed, context: Context) -> Understanding:
        decision = followed.decision
        own = self._without_strange_place(reading, followed, context)
        known = {"city": context.city, "district": context.district, "zone": context.zone, "patient": context.patient}
        slots: dict[str, str | bool] = {name: value for name, value in known.items() if value}
        if own.get("city") and own.get("city") != slots.get("city"):
            slots.pop("district", None)
        slots |= own
        if own.get("district") and (district := self._patients_district(reading, str(slots.get("city", "")))):
            slots["district"] = district
        slots["incident"] = decision.incident
        others = "third_person" in reading.concepts or any(names_somebody(words) for words in context.said)
        if "third_person" in reading.concepts and "patient" not in own and slots.get("patient") == "self":
            del slots["patient"]
        if "patient" not in slots and decision.incident and not others and not followed.carried:
            slots["patient"] = "self"
        topics = [topic.id for topic in decision.topics]
        hospitals, refused = self._turned_away(reading, topics, slots, context)
        result = Understanding(
            action=decision.action,
            topics=decision.topics,
            slots=slots,
            lang=reading.text.lang,
            traditional=reading.text.traditional,
            flags=tuple(dict.fromkeys((*decision.alarms, *(h.flag for h in reading.hits if h.stands and not h.alarms)))),
            alarms=decision.alarms,
            carried=followed.carried,
            marks=reading.marks,
            context=context,
            hospitals=hospitals,
            refused=refused,
        )
        if decision.action == "smalltalk":
            # Whoever is in the middle of something is not greeted like a stranger.
            kind = next((kind for kind in _TALK if f"talk_{kind}" in reading.concepts), "ok" if context.topics else "hello")
            # Who it is for is the beginning of a request, not a greeting.
            kind = "go_on" if kind == "hello" and "third_person" in reading.concepts and "talk_hello" not in reading.concepts else kind
            kind = "settled" if "settled" in reading.marks else kind
            kind = "called" if "called" in reading.marks else kind
            # Whom it is for, told after the need.
            kind = "who" if kind == "ok" and _names_only(reading) else kind
            return replace(result, ask=kind)
        if decision.action == "decline":
            return result
        if not own.get("city") and ("other_city" in reading.concepts or "other_place" in reading.marks):
            slots.pop("city", None)
            slots.pop("district", None)
            result = replace(result, slots=slots, unpublished=("city",))
        if decision.action == "clarify":
            settled = self._settled(result, reading)
            if settled is not None:
                return settled
            return self._clarify(result, reading, topics)
        return self._cite(result, reading, topics)

    def _turned_away(
        self, reading: Reading, topics: list[str], slots: dict[str, str | bool], context: Context
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The hospitals named, and those that refused. Where no city is known that of the hospital is the patient's."""
        if _REFUSED not in topics and _REFUSED not in context.topics:
            return (), ()
        raw = reading.text.plain if reading.text.typed_pinyin else reading.text.raw
        city = str(slots.get("city", ""))
        named = self._hospitals.mentions(raw, city)
        if not named:
            return (), ()
        refusing = self._hospitals.refusing(raw, city, sure=_REFUSED not in topics)
        cities = {mention.city for mention in refusing if mention.city}
        if not city and len(cities) == 1:
            slots["city"] = cities.pop()
        around = self._hospitals.around(raw, str(slots.get("city", "")))
        if reading.slots.get("district") and not around.get("district"):
            slots.pop("district", None)
            if context.district and slots.get("city") == context.city:
                slots["district"] = context.district
        return tuple(dict.fromkeys(one.name for one in named)), tuple(dict.fromkeys(one.name for one in refusing))

    def _patients_district(self, reading: Reading, city: str) -> str:
        """The district of whom it is about, where the writer names their own too."""
        held = self.knowledge.cities.get(city)
        names = {name.casefold(): one.id for one in (held.districts.values() if held else ()) for name in (one.name.zh, one.name.en)}
        short = {name.rstrip("区县"): district for name, district in names.items() if len(name.rstrip("区县")) > 1}
        return patients_district(reading.text.plain, {**names, **short})

    def _without_strange_place(self, reading: Reading, followed: Followed, context: Context) -> dict[str, str | bool]:
        """The slots of a message; of an address added to a need, not the other city's district that a compound's name may sound like."""
        own = dict(reading.slots)
        city = self.knowledge.cities.get(str(own.get("city", "")))
        if city is None or not context.city or city.id == context.city or not followed.carried or "detail" not in reading.marks:
            return own
        if "correction" in reading.marks or any(name.casefold() in reading.text.plain for name in (city.name.zh, city.name.en)):
            return own
        return {name: value for name, value in own.items() if name not in {"city", "district"}}

    def _settled(self, result: Understanding, reading: Reading) -> Understanding | None:
        """The answer where no topic is sure but the words ask for one very provision; None where they don't."""
        wanted = [
            provision
            for directive in self.knowledge.directives
            for provision in directive.provisions
            if (not directive.city or directive.city == result.slots.get("city")) and asked(provision, reading.text.plain[:_MAX_READ])
        ]
        if not wanted:
            return None
        scores = {topic.id: topic.score for topic in result.topics}
        best = max((topic for provision in wanted for topic in provision.topics), key=lambda topic: scores.get(topic, 0.0))
        answer = replace(result, action="answer", topics=(Scored(best, scores.get(best, 0.0)),))
        return self._cite(answer, reading, [best])

    def _clarify(self, result: Understanding, reading: Reading, topics: list[str]) -> Understanding:
        if reading.text.empty:
            return replace(result, topics=(), ask="empty" if not result.context.topics else "words")
        scored = [topic for topic in result.topics if topic.score >= 0.12 and topic.id != "other"]
        if not scored:
            return replace(result, ask="need", options=_ASK_NEEDS)
        options = tuple(topic.id for topic in scored[:3])
        if len(options) == 1:  # one button is no choice
            return replace(result, ask="need", options=tuple(dict.fromkeys((*options, *_ASK_NEEDS)))[: len(_ASK_NEEDS)])
        return replace(self._cite(result, reading, topics), ask="which", options=options)

    def _cite(self, result: Understanding, reading: Reading, topics: list[str]) -> Understanding:
        city = self.knowledge.cities.get(str(result.slots.get("city", "")))
        needs = [need for topic in topics for need in self.knowledge.topics[topic].needs]
        lines: list[str] = []
        for flag in result.flags:
            lines += _FLAG_LINES.get(flag.id, _FLAG_LINES.get(flag.id.split("-")[0], ()))
        avoid = frozenset((*result.context.refused, *result.refused))
        facilities, gaps = choose_facilities(city, topics, needs, result.slots, result.context, avoid) if city else ((), ())
        hotlines, silent = choose_hotlines(self.knowledge, city, topics, lines, result.slots, result.context)
        return replace(
            result,
            facilities=facilities,
            hotlines=hotlines,
            citations=cite(self.knowledge, topics, result.slots, result.context, reading.text.plain),
            unpublished=(*result.unpublished, *gaps, *silent),
        )
