"""``hotline check``: everything in ``data/`` that form alone does not show, each with file, line and mend."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from intents.broadcasts import CastRules, read_cast_rules, wrong_cast_rules
from intents.canned import read_canned
from intents.desk_texts import DeskTexts, read_desk_texts, wrong_desk_texts
from intents.knowledge import Example, Knowledge
from intents.lexicon import concept_atoms
from intents.load import data_folder, load, read_examples
from intents.patterns import broken, compile_pattern
from intents.problems import BrokenData, Problem
from intents.shows import wrong_shows
from intents.sounds import SoundTable
from intents.targets import Targets, read_alarms, read_targets, wrong_targets

STABLE_TOPICS = frozenset(
    {
        "care.emergency",
        "care.ambulance",
        "care.refused",
        "care.dialysis",
        "care.oncology",
        "care.maternity",
        "care.newborn",
        "care.fever",
        "care.general",
        "care.designated",
        "care.entry",
        "transport.closed_loop",
        "medicine.chronic",
        "medicine.delivery",
        "medicine.online",
        "contact.hotline",
        "quarantine.site",
        "home.monitoring",
        "supplies.daily",
        "tcm.prevention",
        "policy.rules",
        "service.human",
        "service.status",
        "service.reminder",
        "service.privacy",
        "smalltalk",
        "other",
        "out_of_scope",
    }
)
"""The public names of topics."""
ACTIONS = frozenset({"emergency", "answer", "clarify", "handoff", "smalltalk", "decline"})
BUILT_KEYS = re.compile(
    r"^(answer|trouble|next|ask|first|meanwhile|smalltalk|button|page|place\.what|show|terminal|form\.ask|form\.name|shared|form\.patient|sheet|command|mydata|register\.group|expects|phone\.demoted|site\.waits|remind|cast|check)\."
)
"""Replies whose keys are put together at run time."""
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
_SOUNDLESS = SoundTable({}, {}, {})


class Checker:
    """Cross-checks one knowledge and the texts it was read from."""

    def __init__(
        self, folder: Path, knowledge: Knowledge, examples: list[Example], targets: Targets, desk: DeskTexts, casts: CastRules
    ) -> None:
        self._folder = folder
        self._knowledge = knowledge
        self._examples = examples
        self._targets = targets
        self._desk = desk
        self._casts = casts

    def problems(self) -> list[Problem]:
        """All problems, sorted by file and line."""
        parts = (
            self._topics(),
            self._patterns(),
            self._directives(),
            self._replies(),
            self._cities(),
            self._flags(),
            self._phrases(),
            (self._at(*wrong) for wrong in wrong_shows(self._knowledge)),
            (self._at(*wrong) for wrong in wrong_targets(self._targets)),
            (self._at(*wrong) for wrong in wrong_cast_rules(self._casts, self._knowledge.replies.get("zh", {}))),
            (self._at(*wrong) for wrong in wrong_desk_texts(self._desk)),
        )
        return sorted(problem for part in parts for problem in part)

    def _at(self, name: str, needle: str, what: str, mend: str) -> Problem:
        """A problem at the first line of a file that holds ``needle``."""
        lines = (self._folder / name).read_text(encoding="utf-8").splitlines() if (self._folder / name).is_file() else []
        line = next((number for number, text in enumerate(lines, 1) if needle in text), 1)
        return Problem(f"data/{name}", line, what, mend)

    def _topics(self) -> Iterator[Problem]:
        for missing in sorted(STABLE_TOPICS - set(self._knowledge.topics)):
            yield Problem(f"data/topics/{missing}.yaml", 1, f"topic {missing} is missing", "write the file: id, name, means")
        for extra in sorted(set(self._knowledge.topics) - STABLE_TOPICS):
            yield Problem(f"data/topics/{extra}.yaml", 1, f"{extra} is no stable topic", "use one of the public names")

    def _patterns(self) -> Iterator[Problem]:
        try:
            concepts = concept_atoms(self._knowledge, _SOUNDLESS)
        except ValueError as error:
            yield self._at("lexicon/words.yaml", "concepts:", str(error), "name a concept that stands above it")
            return
        named = [("lexicon/slots.yaml", line) for line in self._slot_lines()]
        named += [(f"topics/{topic.id}.yaml", line) for topic in self._knowledge.topics.values() for line in topic.cues]
        named += [("lexicon/follow.yaml", line) for lines in self._knowledge.follow.marks.values() for line in lines]
        for group in self._knowledge.groups:
            named += [(f"triage/{group.group}.yaml", line) for flag in group.flags for line in (*flag.patterns, *flag.raising)]
        for name, line in named:
            try:
                wrong = broken(compile_pattern(line, concepts, _SOUNDLESS.encode))
            except ValueError as error:
                wrong = str(error)
            if wrong:
                yield self._at(name, line.replace("'", "''")[:40], wrong, "mend the pattern; see intents/patterns.py for the signs")
        for name, lines in self._knowledge.cues.model_dump().items():
            for line in lines if name != "distress" else ():
                try:
                    re.compile(line)
                except re.error as error:
                    yield self._at("triage/cues.yaml", line[:40], f"broken expression: {error}", "mend it")
        spoken = self._knowledge.spoken
        for line in (*spoken.alone, *(line for lines in spoken.commands.values() for line in lines)):
            try:
                re.compile(line)
            except re.error as error:
                yield self._at("lexicon/commands.yaml", line.replace("'", "''")[:40], f"broken expression: {error}", "mend it")

    def _slot_lines(self) -> Iterator[str]:
        for values in self._knowledge.slot_words.model_dump().values():
            for lines in values.values():
                yield from lines

    def _directives(self) -> Iterator[Problem]:
        known = {d.id: {p.id for p in d.provisions} for d in self._knowledge.directives}
        for directive in self._knowledge.directives:
            name = f"directives/{directive.id}.yaml"
            if not (self._folder / name).is_file():
                yield Problem(f"data/{name}", 1, f"directive {directive.id} is in a file of another name", "name the file after its id")
                continue
            for reference in (*directive.supersedes, *(p.superseded_by for p in directive.provisions if p.superseded_by)):
                head, _, tail = reference.partition("/")
                if head not in known or (tail and tail not in known[head]):
                    yield self._at(name, reference, f"unknown reference {reference}", "write directive-id or directive-id/provision-id")
            if directive.valid_to and directive.valid_to < directive.valid_from:
                yield self._at(name, "valid_to", "ends before it begins", "mend the dates")
            if directive.city and directive.city not in self._knowledge.cities:
                yield self._at(name, "city:", f"unknown city {directive.city}", "use the id of a folder of data/cities")
            seen = set()
            for provision in directive.provisions:
                if provision.id in seen:
                    yield self._at(name, f"id: {provision.id}", f"provision {provision.id} stands twice", "give it an id of its own")
                seen.add(provision.id)
                for topic in provision.topics:
                    if topic not in STABLE_TOPICS:
                        yield self._at(name, topic, f"unknown topic {topic}", "use one of the public names")
                for cue in provision.cues:
                    try:
                        re.compile(cue)
                    except re.error as error:
                        yield self._at(name, cue.replace("'", "''")[:40], f"broken expression: {error}", "mend it")
                if provision.superseded_by and provision.valid_to is None:
                    yield self._at(name, provision.superseded_by, f"{provision.id} is superseded but has no end", "add valid_to")

    def _replies(self) -> Iterator[Problem]:
        zh, en = self._knowledge.replies.get("zh", {}), self._knowledge.replies.get("en", {})
        for missing in sorted(set(zh) ^ set(en)):
            name = "replies/en.yaml" if missing in zh else "replies/zh.yaml"
            yield Problem(f"data/{name}", 1, f"reply {missing} is missing", "write it in both languages")
        for key in sorted(set(zh) & set(en)):
            if sorted(_PLACEHOLDER.findall(zh[key])) != sorted(_PLACEHOLDER.findall(en[key])):
                yield self._at("replies/en.yaml", f"{key}:", f"{key} has other placeholders than in zh", "use the same ones")
        wanted = {f"first.{flag.first}" for group in self._knowledge.groups for flag in group.flags}
        wanted |= {f"meanwhile.{name}" for group in self._knowledge.groups for flag in group.flags for name in flag.meanwhile}
        for missing in sorted(wanted - set(zh)):
            yield Problem("data/replies/zh.yaml", 1, f"reply {missing} is used by a red flag and missing", "write it in both languages")
        code = "".join(
            path.read_text(encoding="utf-8") for path in Path(__file__).parent.parent.glob("bot/**/*.*") if path.suffix in {".py", ".html"}
        )
        for key in zh:
            if not BUILT_KEYS.match(key) and key.removesuffix(".taken") not in code:
                yield self._at("replies/zh.yaml", f"{key}:", f"reply {key} is not used", "remove it from both languages, or use it")

    def _cities(self) -> Iterator[Problem]:
        for city in self._knowledge.cities.values():
            base = f"cities/{city.id}"
            rows = [("places.csv", row.name, row.district, row.managed_by) for row in city.places]
            rows += [("facilities.csv", row.id, row.district, row.managed_by) for row in city.facilities]
            rows += [("hotlines.csv", row.id, row.district, "") for row in city.hotlines]
            for file, name, *ids in rows:
                for district in ids:
                    if district and district not in city.districts:
                        yield self._at(f"{base}/{file}", name, f"{name}: unknown district {district}", "use an id of city.yaml")
            for facility in city.facilities:
                if facility.phone and (facility.phone_confidence != "published" or not facility.source):
                    yield self._at(f"{base}/facilities.csv", facility.id, f"{facility.id}: a phone without a published source", "empty it")
        lines = [("cities/hotlines.csv", line) for line in self._knowledge.hotlines]
        lines += [(f"cities/{c.id}/hotlines.csv", line) for c in self._knowledge.cities.values() for line in c.hotlines]
        for file, line in lines:
            if line.number and not line.source:
                yield self._at(file, line.id, f"{line.id}: a number without a source", "add the source or empty the number")
            if re.fullmatch(r"1[3-9]\d{9}", line.number.replace("-", "")):
                yield self._at(file, line.id, f"{line.id}: a mobile number", "mobile numbers are personal: empty it")

    def _flags(self) -> Iterator[Problem]:
        seen: dict[str, str] = {}
        for group in self._knowledge.groups:
            name = f"triage/{group.group}.yaml"
            for flag in group.flags:
                if flag.id in seen:
                    yield self._at(name, f"id: {flag.id}", f"flag {flag.id} stands in {seen[flag.id]} too", "keep one of them")
                seen[flag.id] = name
                if not flag.patterns and not flag.raising:
                    yield self._at(name, f"id: {flag.id}", f"flag {flag.id} has no pattern", "write at least one")
        for flag_id in self._knowledge.cues.distress:
            if flag_id not in seen:
                yield self._at("triage/cues.yaml", flag_id, f"unknown flag {flag_id}", "use the id of a flag")

    def _phrases(self) -> Iterator[Problem]:
        owner: dict[str, str] = {}
        for example in self._examples:
            name = f"topics/examples/{example.topics[0]}.jsonl"
            unknown = ({*example.topics, *example.ok_topics} - STABLE_TOPICS) | (set(example.actions) - ACTIONS)
            if unknown:
                yield self._at(name, example.text[:20], f"unknown name {sorted(unknown)}", "use the public names of topics and actions")
            first = owner.setdefault(example.text, example.topics[0])
            if first != example.topics[0]:
                yield self._at(
                    name, example.text[:20], f"the phrase belongs to {first} too", "leave it with one topic, the other in ok_topics"
                )


def check(folder: Path | None = None) -> list[Problem]:
    """All problems of a data folder, those of form first; an empty list where there is none."""
    folder = folder or data_folder()
    try:
        knowledge = load(folder)
        examples = read_examples(folder)
        targets = read_targets(folder)
        desk = read_desk_texts(folder)
        read_alarms(folder)
        read_canned(folder)
        casts = read_cast_rules(folder)
    except BrokenData as error:
        return error.problems
    return Checker(folder, knowledge, examples, targets, desk, casts).problems()


def main() -> int:
    """``hotline check``: print every problem; 2 where there is one."""
    named = os.environ.get("HOTLINE_DATA")
    problems = check(Path(named) if named else None)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else "data: no problems")
    return 2 if problems else 0
