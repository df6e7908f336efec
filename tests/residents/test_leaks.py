"""Where a protected person lives does not come out, whatever is asked of whichever adapter.

``GOVKIT_LEAK_QUERIES`` sets the number of questions to each adapter (``make soak-residents``).
"""

import json
import os
import pickle
import random
import time
from dataclasses import asdict, replace

import pytest

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.codec import to_record
from govkit.residents.directory import ResidentDirectory
from govkit.residents.matching import ResidentQuery
from govkit.residents.records import Masked, PersonId
from govkit.residents.results import TooMany
from govkit.testing.resident_source import CITY, assert_hidden
from tests.residents.every_source import EVERY, SLOW, known_to
from tests.residents.every_source import adapter as adapter
from tests.residents.leaks import (
    HIDES,
    MARKS,
    RULES,
    SHOWS,
    Hunter,
    Question,
    claim,
    marked,
    people_in,
    shape,
    town,
)

QUESTIONS = os.environ.get("GOVKIT_LEAK_QUERIES")
PEOPLE = town()
ELSEWHERE = town(elsewhere=True)
HIDDEN = {one.id for one in PEOPLE if one.is_protected}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("govkit.residents.directory.time", Hurried())


class Hurried:
    """Takes the place of the module ``time``: nobody waits; even time has tests of its own."""

    def monotonic(self):
        return time.monotonic()

    def sleep(self, seconds):
        pass


class Desk:
    """A directory and all that its audit was told."""

    def __init__(self, source):
        self.log = []
        self.directory = ResidentDirectory(
            source, municipality_code=CITY, purposes=RULES, audit=self.log.append
        )

    def ask(self, question, rule=None):
        context = (rule or question.rule).context(actor="a", section="学務課", reason="試験")
        answer = getattr(self.directory, question.action)(context, *question.arguments)
        return list(answer) if question.action in ("born_between", "match") else answer


def test_the_marks_are_in_the_places_of_the_protected_alone():
    assert len(HIDDEN) > 20
    for one in PEOPLE:
        assert bool(marked(one.address)) == one.is_protected
    assert [one.name for one in PEOPLE] == [one.name for one in ELSEWHERE]
    assert not {one.address for one in ELSEWHERE if one.is_protected} & {
        one.address for one in PEOPLE
    }
    for one in PEOPLE:
        assert not marked((one.id, one.name, one.birth, one.relationship))


@pytest.mark.requirement("DVP-1", "P18")
def test_no_question_finds_out_where_a_protected_person_lives(adapter):
    name, make_source = adapter
    people = known_to(name, PEOPLE)
    desk = Desk(make_source(people))
    oracle = Desk(MemorySource([one for one in people if not one.is_protected]))
    elsewhere = Desk(MemorySource(known_to(name, ELSEWHERE)))
    questions = int(QUESTIONS or (100 if name in SLOW else 350))
    hunter = Hunter(people, seed=questions)
    for number in range(questions):
        question = hunter.question()
        if number % 10 == 0:
            desk.ask(question, SHOWS)  # what a cache may keep from somebody who may see it
        del desk.log[:]
        answer = desk.ask(question)
        assert marked(answer) == [], question
        for entry in desk.log:
            assert marked(replace(entry, question="")) == [], question
        for one in people_in(answer):
            if one.is_protected:
                assert_hidden(one)
        if question.location:
            assert not HIDDEN & {one.id for one in people_in(answer)}, question
            assert not HIDDEN & {each for entry in desk.log for each in entry.persons}, question
            told = shape(oracle.ask(question), heads=True)
            assert shape(answer, heads=True) == told, question
            assert {one.outcome for one in desk.log} == {one.outcome for one in oracle.log[-1:]}
        assert shape(answer) == shape(elsewhere.ask(question)), question


def test_the_questions_find_their_people_where_the_purpose_allows(adapter):
    name, make_source = adapter
    people = known_to(name, PEOPLE)
    desk = Desk(make_source(people))
    hunter = Hunter(people, seed=3)
    found = 0
    for _ in range(40):
        answer = desk.ask(hunter.question(), SHOWS)
        found += bool(marked(answer))
    assert found > 20


@pytest.mark.parametrize("name", ["memory", "local_index"])
def test_no_claim_finds_out_where_a_protected_person_lives(name):
    draw = random.Random(8)
    near = [one for one in PEOPLE if one.is_protected] * 4
    claims = [claim(one, draw) for one in near]
    told = []
    for people in (PEOPLE, ELSEWHERE):
        with EVERY[name]() as make:
            desk = Desk(make(people))
            decisions = desk.ask(Question("match", (claims,), False, HIDES))
            assert marked([_released(each) for each in decisions]) == []
            assert [marked(replace(entry, question="")) for entry in desk.log] == [[]]
            told.append([_decided(each) for each in decisions])
    assert told[0] == told[1]
    assert len({outcome for outcome, *_ in told[0]}) == 3


def _released(decision):
    """All but the claim, which the asker has said."""
    return decision.outcome, decision.people, decision.reasons, decision.explanation


def _decided(decision):
    people = [(one.resident.id, one.score, one.evidence) for one in decision.people]
    return decision.outcome, people, decision.reasons, decision.explanation


def test_a_crowd_of_protected_people_does_not_count():
    one = next(one for one in PEOPLE if not one.is_protected)
    crowd = [replace(one, id=PersonId(CITY, f"{n:015d}"), is_protected=n < 450) for n in range(455)]
    desk, query = Desk(MemorySource(crowd)), ResidentQuery(address=one.address.town)
    too_many = desk.ask(Question("search", (query, 4), True, HIDES))
    several = desk.ask(Question("search", (query, 5), True, HIDES))
    assert too_many == TooMany(4)
    assert [each.id.addressee_number for each in several.residents] == [
        f"{n:015d}" for n in range(450, 455)
    ]


def test_refusing_to_be_stored_tells_nothing():
    desk = Desk(MemorySource(PEOPLE))
    person = next(one for one in PEOPLE if one.is_protected)
    context = HIDES.context(actor="a", section="学務課", reason="試験")
    masked = desk.directory.get(context, person.id).resident
    assert isinstance(masked.address, Masked)
    for store in (to_record, pickle.dumps, lambda one: json.dumps(asdict(one))):
        with pytest.raises(TypeError) as refused:
            store(masked)
        assert marked(refused.value) == []


def test_a_leak_would_be_seen():
    person = next(one for one in PEOPLE if one.is_protected)
    assert marked(person)
    assert marked([{"x": (person,)}])
    assert marked(ValueError(person.address.building))
    assert marked(replace(person, address=Masked(), head_name=Masked(), household=Masked()))
    hidden = replace(person, address=Masked(), head_name=Masked(), household=Masked(), history=())
    assert marked(hidden) == []
    assert marked(ResidentQuery(building=MARKS[0]))
