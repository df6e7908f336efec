import json
import stat
from dataclasses import replace
from datetime import date

import pytest

from govkit.errors import InvalidInput
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.adapters.recorded import NotInvented, NotRecorded, Recorder, Replayer
from govkit.residents.matching import NameMatch, ResidentQuery
from govkit.residents.records import HouseholdId, PersonId
from govkit.residents.source import (
    Changes,
    Health,
    ResidentSource,
    SourceUnavailable,
    UnsupportedQuery,
)
from govkit.testing.resident_source import CITY, ResidentSourceConformance, invented_residents
from tests.residents.test_cached import Counting

QUERY = ResidentQuery(kana="ワタナベ", birth_from=date(1900, 1, 1), name_match=NameMatch.PART)
HOME = HouseholdId(CITY, f"{1:015d}")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "recording.jsonl"


def ask_everything(source):
    ids = [one.id for one in invented_residents()]
    return [
        source.describe(),
        source.get_many(ids),
        source.get_many([]),
        list(source.search(QUERY, 5)),
        list(source.search(QUERY, 1)),
        list(source.household(HOME)),
        list(source.born_between(date(1900, 1, 1), date(2030, 1, 1))),
        source.health(),
    ]


class Replayed(ResidentSource):
    """Each question is recorded, and answered by the recording."""

    def __init__(self, residents, folder):
        self._residents = residents
        self._bare = MemorySource(residents)
        self._path = folder / "recording.jsonl"

    def _told(self, ask):
        self._path.unlink(missing_ok=True)
        with Recorder(self._bare, self._path, invented=self._residents) as recorder:
            ask(recorder)
        return ask(Replayer(self._path))

    def describe(self):
        return self._told(lambda source: source.describe())

    def health(self):
        return self._told(lambda source: source.health())

    def get_many(self, ids):
        return self._told(lambda source: source.get_many(ids))

    def search(self, query, limit):
        return self._told(lambda source: source.search(query, limit))

    def household(self, household):
        return self._told(lambda source: source.household(household))

    def born_between(self, first, last):
        return self._told(lambda source: source.born_between(first, last))


class TestRecorded(ResidentSourceConformance):
    is_thread_safe = False  # one file for every question

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        self.folder = tmp_path

    def make_source(self, residents):
        return Replayed(residents, self.folder)


def test_a_recording_answers_as_the_source_did(path):
    with Recorder(MemorySource(invented_residents()), path, invented=invented_residents()) as one:
        told = ask_everything(one)
    assert told == ask_everything(MemorySource(invented_residents()))
    replayer = Replayer(path)
    assert ask_everything(replayer) == told
    assert ask_everything(replayer) == told


def test_outages_come_again_in_their_order(path):
    source = Counting()
    with Recorder(source, path, invented=invented_residents()) as recorder:
        source.is_down = True
        with pytest.raises(SourceUnavailable):
            recorder.search(QUERY, 5)
        source.is_down = False
        found = recorder.search(QUERY, 5)
        assert recorder.changes("v1") == Changes("v2", None)
    replayer = Replayer(path)
    with pytest.raises(SourceUnavailable) as caught:
        replayer.search(QUERY, 5)
    assert caught.value.retry_after == 7
    assert [replayer.search(QUERY, 5) for _ in range(2)] == [found, found]
    assert replayer.changes("v1") == Changes("v2", None)


def test_what_is_never_answered_is_recorded_too(path):
    class Narrow(MemorySource):
        def search(self, query, limit):
            raise UnsupportedQuery("address alone")

        def changes(self, since):
            return Changes("v2", (PersonId(CITY, "7"),))

        def health(self):
            return Health(False, 3.0, "保守中")

    with Recorder(Narrow([]), path, invented=[]) as recorder:
        with pytest.raises(UnsupportedQuery):
            recorder.search(QUERY, 5)
        recorder.changes("v1")
        recorder.health()
    replayer = Replayer(path)
    with pytest.raises(UnsupportedQuery):
        replayer.search(QUERY, 5)
    assert replayer.changes("v1").ids == (PersonId(CITY, "7"),)
    assert replayer.health() == Health(False, 3.0, "保守中")


def test_an_unknown_question_is_a_clear_error(path):
    Recorder(MemorySource([]), path, invented=[]).close()
    replayer = Replayer(path)
    with pytest.raises(NotRecorded) as caught:
        replayer.search(QUERY, 5)
    told = ["search", {"kana": "ワタナベ", "name_match": "part", "birth_from": "1900-01-01"}, 5]
    assert json.loads(caught.value.question) == told
    assert replayer.health().is_up


@pytest.mark.parametrize(
    "real",
    [
        {"id": PersonId(CITY, "4711")},
        {"name": invented_residents()[1].name},
        {"birth": invented_residents()[2].birth},
    ],
)
def test_people_who_are_not_invented_are_never_written(path, real):
    first, *others = invented_residents()
    source = MemorySource([replace(first, **real), *others])
    with Recorder(source, path, invented=invented_residents()) as recorder:
        before = path.read_text()
        for ask in (
            lambda: recorder.search(QUERY, 50),
            lambda: recorder.household(HOME),
            lambda: recorder.born_between(date(1900, 1, 1), date(2030, 1, 1)),
            lambda: recorder.get_many([PersonId(CITY, "4711"), first.id]),
        ):
            with pytest.raises(NotInvented) as caught:
                ask()
            assert "4711" not in str(caught.value)
        assert path.read_text() == before


def test_a_recording_is_not_written_over_and_for_its_owner_alone(path):
    Recorder(MemorySource([]), path, invented=[]).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        Recorder(MemorySource([]), path, invented=[])


@pytest.mark.parametrize("text", ["", "{}", '{"v":2}', '{"v":1}\n{"q":', '{"v":1}\n[]', "\x00"])
def test_what_is_no_recording_is_refused(path, text):
    path.write_text(text)
    with pytest.raises(InvalidInput):
        Replayer(path)
