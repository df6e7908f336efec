import codecs
import csv
import multiprocessing
import os
import random
import shutil
import time
from pathlib import Path

import pytest

from govkit.errors import InvalidInput
from govkit.residents.adapters.csv_extract import read_extract
from govkit.residents.adapters.protection_list import ProtectionList
from govkit.residents.index import (
    NOBODY_PROTECTED,
    BuildOptions,
    ExtractFile,
    LocalIndex,
    Locked,
    build,
    build_index,
    verify_index,
)
from govkit.residents.index.chunks import Chunk, cut
from govkit.residents.index.layout import exclusive
from govkit.residents.matching import ResidentQuery
from govkit.residents.records import PersonId
from govkit.residents.source import SourceUnavailable
from tests.residents.extracts import CITY, PLAIN, row, write
from tests.residents.index_files import scratch

OTHER = "132071"
HEADINGS = list(PLAIN)
NOBODY = {CITY: NOBODY_PROTECTED}
KILLS = int(os.environ.get("GOVKIT_TEST_INDEX_KILLS", "12"))


@pytest.fixture
def folder():
    path = scratch()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(build, "_CHUNK", 700)


def people(count, **changes):
    return [row(宛名番号=f"{n:015d}", **changes) for n in range(1, count + 1)]


def extract(folder, name, rows, encoding="utf-8", **how):
    path = folder / name
    path.write_bytes(write(rows, headings=HEADINGS, encoding=encoding, **how).getvalue())
    return ExtractFile(path, CITY)


def built(folder, file, *, protected=NOBODY, allowed_change=None):
    options = BuildOptions(workers=1, allowed_change=allowed_change)
    return build_index(folder / "index", [file], protected=protected, options=options)


def refusal(folder, file, **options):
    with pytest.raises(InvalidInput) as caught:
        built(folder, file, **options)
    return caught.value.problems


def answers(folder):
    index = LocalIndex(folder / "index")
    return [one.id.addressee_number for one in index.search(ResidentQuery(name="山田"), 99)]


@pytest.mark.parametrize(
    ("encoding", "chosen"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp932", "cp932")]
)
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_chunks_end_at_records_whatever_the_quotes_and_the_encoding(
    folder, small_chunks, encoding, chosen, quoting
):
    rows = people(20, 住所_町字='富士見町"一"\r\n丁目,')
    file = extract(folder, "a.csv", rows, encoding, quoting=quoting)
    report = built(folder, ExtractFile(file.path, CITY, chosen))
    assert report.chunks > 3
    reading = read_extract(file.path, municipality_code=CITY, encoding=chosen)
    index = LocalIndex(folder / "index")
    assert [*index.get_many([one.id for one in reading]).values()] == [
        one.resident for one in reading
    ]
    assert (report.people, report.rows_read) == (20, 20)


def test_a_quote_inside_a_cell_without_quotes_spoils_no_chunk(folder):
    lines = "".join(f'{n},5"\r\n' if n == 3 else f"{n},x\r\n" for n in range(99))
    path = folder / "a.csv"
    path.write_text(f"a,b\r\n{lines}", newline="")
    header, parts = cut(path, 100)
    text = path.read_bytes()
    assert header == 5
    assert b"".join(text[start:end] for start, end in parts) == text[5:]
    assert all(text[start:end].endswith(b"\r\n") for start, end in parts)


def test_shuffled_columns_and_other_names_of_columns_change_nothing(folder):
    rows = people(5)
    headings = HEADINGS.copy()
    random.Random(3).shuffle(headings)
    shuffled = (
        write(rows, headings=headings).getvalue().replace("フリガナ".encode(), "読み仮名".encode())
    )
    (folder / "shuffled.csv").write_bytes(shuffled)
    built(folder, extract(folder, "plain.csv", rows))
    expected = LocalIndex(folder / "index").get_many([PersonId(CITY, f"{1:015d}")])
    built(folder, ExtractFile(folder / "shuffled.csv", CITY))
    assert LocalIndex(folder / "index").get_many([PersonId(CITY, f"{1:015d}")]) == expected


def test_problems_of_all_chunks_name_the_rows_of_the_file(folder, small_chunks):
    rows = people(30)
    rows[4] |= {"生年月日": "x"}
    rows[20] |= {"性別": "女"}
    rows[25] |= {"宛名番号": rows[2]["宛名番号"]}
    rows[28] |= {"市区町村コード": OTHER}
    file = extract(folder, "a.csv", rows)
    report = built(folder, file)
    expected = read_extract(file.path, municipality_code=CITY)
    assert report.chunks > 3
    assert [(one.row, one.code, one.column, one.value) for one in report.problems] == [
        (one.row, one.code, one.column, one.value) for one in expected.problems
    ]
    assert report.people == expected.accepted


def test_a_bad_row_of_the_history_refuses_nobody(folder):
    rows = [row(), row(個人履歴番号="0", 最新フラグ="0", 生年月日="x", 氏名="大野　花")]
    report = built(folder, extract(folder, "a.csv", rows))
    (found,) = LocalIndex(folder / "index").search(ResidentQuery(name="大野"), 5)
    assert (report.problems, found.name.full) == ((), "山田　花")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda text: text[:-30], "truncated_file"),
        (lambda text: text.rsplit(b",", 1)[0] + b',"x', "truncated_file"),
        (lambda text: text.replace("宛名番号".encode(), b"x", 1), "missing_column"),
        (lambda text: text.decode().encode("cp932"), "wrong_encoding"),
        (lambda text: codecs.BOM_UTF8, "empty_file"),
        (lambda text: text.split(b"\r\n")[0] + b"\r\n", "no_rows"),
        (lambda text: text.replace("氏名,".encode(), "個人番号,".encode(), 1), "forbidden_column"),
    ],
)
def test_a_broken_file_leaves_the_old_index_serving(folder, small_chunks, spoil, code):
    built(folder, extract(folder, "a.csv", people(8)))
    whole = write(people(9, 氏名="山田　新"), headings=HEADINGS).getvalue()
    (folder / "b.csv").write_bytes(spoil(whole))
    problems = refusal(folder, ExtractFile(folder / "b.csv", CITY))
    assert code in {one.code for one in problems}
    assert len(answers(folder)) == 8


def test_too_many_or_too_few_people_are_refused_unless_allowed(folder):
    built(folder, extract(folder, "a.csv", people(100)))
    fewer = extract(folder, "b.csv", people(90))
    (problem,) = refusal(folder, fewer, allowed_change=0.05)
    assert problem.code == "people_changed"
    assert "100人から90人" in problem.message
    assert len(answers(folder)) == 100
    assert built(folder, fewer, allowed_change=0.1).people == 90


def test_no_list_of_protected_people_is_no_answer(folder):
    file = extract(folder, "a.csv", people(3))
    assert [one.code for one in refusal(folder, file, protected={})] == ["protection_list_missing"]
    assert not (folder / "index").exists()


def test_protected_numbers_that_nobody_has_are_told(folder):
    numbers = frozenset({f"{2:015d}", "77"})
    report = built(
        folder, extract(folder, "a.csv", people(3)), protected={CITY: ProtectionList(numbers, 2)}
    )
    assert report.protected == 1
    assert [one.code for one in report.notices if one.code == "protected_unknown"]
    index = LocalIndex(folder / "index")
    assert [one.is_protected for one in index.search(ResidentQuery(name="山田"), 9)] == [
        False,
        True,
        False,
    ]


def test_several_municipalities_with_the_same_numbers_stay_apart(folder):
    here = extract(folder, "a.csv", people(4))
    there = extract(folder, "b.csv", people(2, 市区町村コード=OTHER, 氏名="山田　隣"))
    build_index(
        folder / "index",
        [here, ExtractFile(there.path, OTHER)],
        protected={CITY: NOBODY_PROTECTED, OTHER: NOBODY_PROTECTED},
    )
    everybody = LocalIndex(folder / "index").search(ResidentQuery(name="山田"), 9)
    assert [one.id.municipality_code for one in everybody] == [CITY] * 4 + [OTHER] * 2
    neighbours = LocalIndex(folder / "index", OTHER)
    assert [one.name.given for one in neighbours.search(ResidentQuery(name="山田"), 9)] == [
        "花"
    ] * 2
    assert neighbours.get_many([PersonId(CITY, f"{1:015d}")]) == {}
    assert neighbours.describe().rows == 2


def test_numbers_with_letters_keep_their_order(folder):
    rows = [row(宛名番号=number) for number in ("A10", "9", "10", "a1", "0009")]
    built(folder, extract(folder, "a.csv", rows))
    assert answers(folder) == sorted(("A10", "9", "10", "a1", "0009"))


def test_finished_chunks_are_not_read_again(folder, small_chunks, monkeypatch):
    file = extract(folder, "a.csv", people(20))
    read = build.read_chunk
    numbers: list[int] = []

    def stop_after_two(chunk: Chunk, *rest: object) -> Path:
        if len(numbers) == 2:
            raise KeyboardInterrupt
        numbers.append(chunk.number)
        return read(chunk, *rest)

    monkeypatch.setattr(build, "read_chunk", stop_after_two)
    with pytest.raises(KeyboardInterrupt):
        built(folder, file)
    monkeypatch.setattr(build, "read_chunk", read)
    report = built(folder, file)
    assert (report.chunks_resumed, report.people) == (2, 20)


def test_a_changed_file_is_read_from_the_start(folder, small_chunks, monkeypatch):
    file = extract(folder, "a.csv", people(20))
    monkeypatch.setattr(build._Build, "_merge", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        built(folder, file)
    monkeypatch.undo()
    report = built(folder, extract(folder, "a.csv", people(21)))
    assert (report.chunks_resumed, report.people) == (0, 21)


def test_two_builds_at_once_are_refused(folder):
    with exclusive(folder / "index"), pytest.raises(Locked):
        built(folder, extract(folder, "a.csv", people(2)))


def test_a_spoilt_file_is_found_by_verification_and_not_served_when_cut(folder):
    built(folder, extract(folder, "a.csv", people(5)))
    generation = folder / "index" / (folder / "index" / "CURRENT").read_text().strip()
    assert verify_index(folder / "index").problems == ()
    path = generation / "born_first.npy"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert [one.code for one in verify_index(folder / "index").problems] == ["index_broken"]
    path.write_bytes(whole[:-1])
    with pytest.raises(SourceUnavailable):
        LocalIndex(folder / "index").describe()
    assert [one.code for one in verify_index(folder / "index").problems] == ["index_broken"]


def test_an_index_that_was_never_built_is_an_outage(folder):
    index = LocalIndex(folder / "nothing")
    assert not index.health().is_up
    assert [one.code for one in verify_index(folder / "nothing").problems] == ["index_missing"]
    with pytest.raises(SourceUnavailable):
        index.search(ResidentQuery(name="山田"), 5)


def test_only_the_generation_before_is_kept(folder):
    file = extract(folder, "a.csv", people(3))
    names = [built(folder, file).generation for _ in range(4)]
    kept = sorted(path.name for path in (folder / "index").iterdir() if path.is_dir())
    assert kept == names[-2:]


def test_killed_builds_leave_the_old_index_serving_and_the_next_one_goes_on(folder, monkeypatch):
    monkeypatch.setattr(build, "_CHUNK", 40_000)
    old, new = people(7), people(1500, 氏名="山田　新")
    built(folder, extract(folder, "old.csv", old))
    file = extract(folder, "new.csv", new)
    index = LocalIndex(folder / "index")
    draw, fork = random.Random(11), multiprocessing.get_context("fork")
    finished = []
    for _ in range(KILLS):
        builder = fork.Process(target=built, args=(folder, file))
        builder.start()
        time.sleep(draw.uniform(0.005, 0.15))
        builder.kill()
        builder.join()
        found = index.search(ResidentQuery(name="山田"), len(new))
        assert len(found) in (len(old), len(new))
        assert verify_index(folder / "index").problems == ()
        finished.append(len(list((folder / "index" / "building").glob("chunk-*.npz"))))
    report = built(folder, file)
    assert report.people == len(new)
    assert len(index.search(ResidentQuery(name="山田"), len(new))) == len(new)
    assert any(count > 0 for count in finished)
    assert not (folder / "index" / "building").exists()
