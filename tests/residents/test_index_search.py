import random
import shutil
from datetime import timedelta
from os import environ

import pytest

from govkit.residents.adapters.csv_extract import read_extract
from govkit.residents.adapters.protection_list import read_protection_list
from govkit.residents.index import ExtractFile, LocalIndex, build_index
from govkit.residents.matching import Matcher, NameMatch, ResidentQuery
from govkit.residents.synthetic import EdgeCase, Population
from tests.residents.extracts import CITY
from tests.residents.index_files import scratch

PEOPLE = int(environ.get("GOVKIT_TEST_INDEX_PEOPLE", "300"))
QUERIES = int(environ.get("GOVKIT_TEST_INDEX_QUERIES", "150"))
LETTERS = "アイカサタナハマヤラワンーウ田中山川渡辺邉斎斉藤"


@pytest.fixture(scope="module")
def folder():
    path = scratch()
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def files(folder):
    people = Population(CITY, PEOPLE, edge_cases=tuple(EdgeCase))
    people.write_extract(folder / "people.csv", include_non_residents=True)
    people.write_protection_list(folder / "protected.csv")
    protected = read_protection_list(folder / "protected.csv", municipality_code=CITY)
    return folder / "people.csv", protected


@pytest.fixture(scope="module")
def index(folder, files):
    path, protected = files
    build_index(folder / "index", [ExtractFile(path, CITY)], protected={CITY: protected})
    return LocalIndex(folder / "index")


@pytest.fixture(scope="module")
def residents(files):
    path, protected = files
    reading = read_extract(path, municipality_code=CITY, protected=protected.protected)
    return sorted((row.resident for row in reading), key=lambda one: one.id)


def names_of(resident):
    name = resident.name
    found = [name.full, name.kana_full, name.roman, name.kanji, name.alias, name.alias_kana]
    found += [name.family, name.given, name.former_family, name.kana_given, name.former_kana]
    found += [row.name.full for row in resident.history]
    return [text for text in found if text] or ["山"]


def mistyped(text, draw):
    at = draw.randrange(len(text))
    letter = draw.choice(LETTERS)
    edits = [
        text[:at] + text[at + 1 :],
        text[:at] + letter + text[at:],
        text[:at] + letter + text[at + 1 :],
        text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
    ]
    return draw.choice(edits)


def name_asked(resident, draw):
    text = draw.choice(names_of(resident))
    parts = text.replace("　", " ").split(" ")
    shapes = [
        text,
        "".join(parts),
        " ".join(reversed(parts)),
        "".join(reversed(parts)),
        draw.choice(parts),
        text[: draw.randint(1, len(text))],
        text[draw.randrange(len(text)) :][: draw.randint(1, 4)],
        " ".join(part[: draw.randint(1, 3)] for part in draw.sample(parts, len(parts))),
    ]
    asked = draw.choice(shapes)
    return mistyped(asked, draw) if draw.random() < 0.35 and asked else asked


def place_asked(resident, draw):
    addresses = [resident.address, *(row.address for row in resident.history)]
    address = draw.choice(addresses)
    whole = f"{address.prefecture}{address.city}{address.town}{address.lot}"
    start = draw.randrange(max(len(whole), 1))
    part = whole[start : start + draw.randint(1, 9)]
    return draw.choice(
        [
            {"address": part},
            {"address": whole},
            {"address": f"{address.town}{address.lot}"},
            {"building": address.building[draw.randint(0, 2) :] or "コーポ"},
            {"machiaza_id": address.machiaza_id},
            {"postcode": address.postcode},
            {"household_number": getattr(resident.household, "household_number", "")},
        ]
    )


def query_about(resident, draw):
    wanted = {}
    if draw.random() < 0.75:
        wanted["name"] = name_asked(resident, draw)
    if draw.random() < 0.2:
        wanted["kana"] = resident.name.kana_full[: draw.randint(1, 9)]
    if draw.random() < 0.3 and resident.birth.earliest:
        wanted["birth_from"] = resident.birth.earliest - timedelta(days=draw.choice([0, 0, 40]))
        wanted["birth_to"] = resident.birth.earliest + timedelta(days=draw.choice([0, 0, 400]))
    if draw.random() < 0.35 or not wanted:
        wanted |= place_asked(resident, draw)
    if draw.random() < 0.2:
        wanted["sex"] = draw.choice(["0", "1", "2"])
    if draw.random() < 0.05:
        wanted["addressee_number"] = resident.id.addressee_number
    return ResidentQuery(
        name_match=draw.choice(list(NameMatch)), history=draw.random() < 0.8, **wanted
    )


def test_every_record_is_what_the_extract_says(index, residents):
    assert list(index.get_many([one.id for one in residents]).values()) == residents


def test_search_gives_exactly_what_the_matcher_accepts(index, residents):
    draw = random.Random(5)
    found = 0
    for _ in range(QUERIES):
        query = query_about(draw.choice(residents), draw)
        if query.problems:
            continue
        matcher = Matcher(query)
        expected = [one.id for one in residents if matcher.match(one) is not None]
        limit = draw.choice([1, 5, len(residents)])
        assert [one.id for one in index.search(query, limit)] == expected[: limit + 1], query
        found += bool(expected)
    assert found > QUERIES // 3
