"""Swapping generations while others ask: no lookup fails, and none sees two generations at once."""

import multiprocessing
import shutil
import threading

import pytest

from govkit.residents.adapters.protection_list import ProtectionList
from govkit.residents.index import ExtractFile, LocalIndex, apply_delta, build_index
from govkit.residents.matching import NameMatch, ResidentQuery
from govkit.residents.records import HouseholdId, PersonId
from tests.residents.extracts import CITY, row, write
from tests.residents.index_files import scratch

PEOPLE, RELOADS = 40, 20
EVERYBODY = [PersonId(CITY, f"{n:015d}") for n in range(1, PEOPLE + 1)]


@pytest.fixture
def folder():
    path = scratch()
    yield path
    shutil.rmtree(path)


def install(folder, version):
    """A generation in which everybody bears its number as given name."""
    rows = [
        row(宛名番号=one.addressee_number, 氏名=f"山田　第{version}", 名_日本人=f"第{version}")
        for one in EVERYBODY
    ]
    path = folder / "people.csv"
    path.write_bytes(write(rows).getvalue())
    build_index(
        folder / "index",
        [ExtractFile(path, CITY)],
        protected={CITY: ProtectionList(frozenset(), 0)},
    )


def ask_until(index, stop, told):
    """Ask in turn for everything; an answer of two versions at once is torn."""
    query = ResidentQuery(name="山田", name_match=NameMatch.PREFIX)
    home = HouseholdId(CITY, row()["世帯番号"])
    asked = 0
    while not stop.is_set() or not asked:
        answers = (
            index.get_many(EVERYBODY).values(),
            index.search(query, PEOPLE),
            index.household(home),
        )
        for answer in answers:
            asked += 1
            given = {one.name.given for one in answer}
            if len(answer) != PEOPLE or len(given) != 1:
                told.append(f"torn: {len(answer)} people, {given}")
                return
    told.append(asked)


def guarded(index, stop, told):
    try:
        ask_until(index, stop, told)
    except Exception as failure:
        told.append(repr(failure))


def in_process(target, stop, queue):
    told = []
    guarded(LocalIndex(target), stop, told)
    queue.put(told)


def test_no_lookup_fails_or_is_torn_while_generations_are_swapped(folder):
    install(folder, 0)
    index, told = LocalIndex(folder / "index"), []
    stop = threading.Event()
    threads = [threading.Thread(target=guarded, args=(index, stop, told)) for _ in range(2)]
    context = multiprocessing.get_context("fork")
    far_stop, queue = context.Event(), context.Queue()
    process = context.Process(target=in_process, args=(folder / "index", far_stop, queue))
    process.start()
    for thread in threads:
        thread.start()
    for version in range(1, RELOADS + 1):
        install(folder, version)
    stop.set()
    far_stop.set()
    for thread in threads:
        thread.join()
    told += queue.get(timeout=20)
    process.join()
    assert len(told) == 3
    assert all(isinstance(one, int) and one > 0 for one in told), told
    assert index.search(ResidentQuery(name=f"山田第{RELOADS}"), 1)


def test_a_reader_of_a_removed_generation_ends_on_it(folder):
    install(folder, 0)
    opened = LocalIndex(folder / "index").snapshot
    for version in (1, 2, 3):
        install(folder, version)
    assert not (folder / "index" / opened.generation).exists()
    assert {opened.get(one).name.given for one in EVERYBODY} == {"第0"}


def test_deltas_under_load_are_as_whole(folder):
    install(folder, 0)
    index, told, stop = LocalIndex(folder / "index"), [], threading.Event()
    thread = threading.Thread(target=guarded, args=(index, stop, told))
    thread.start()
    for version in range(1, 6):
        rows = [
            row(
                宛名番号=one.addressee_number,
                氏名=f"山田　第{version}",
                名_日本人=f"第{version}",
                個人履歴番号=str(version + 1),
            )
            for one in EVERYBODY
        ]
        path = folder / "delta.csv"
        path.write_bytes(write(rows).getvalue())
        apply_delta(folder / "index", [ExtractFile(path, CITY)])
    stop.set()
    thread.join()
    assert isinstance(told[0], int), told
    (person,) = index.get_many(EVERYBODY[:1]).values()
    assert [former.name.given for former in person.history] == ["第4", "第3", "第2", "第1", "第0"]
