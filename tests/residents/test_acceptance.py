"""Every adapter answers the acceptance table."""

from datetime import date
from importlib import import_module
from pkgutil import walk_packages

import pytest

import govkit.residents
from govkit.residents.matching import Grade, Matcher, NameMatch, ResidentQuery
from govkit.residents.source import ResidentSource, SourceWrapper, UnsupportedQuery
from tests.residents.acceptance import PEOPLE, ROWS
from tests.residents.every_source import HOMELESS, known_to
from tests.residents.every_source import adapter as adapter

ASKED = {
    "Cached",
    "CsvExtract",
    "Failover",
    "LocalIndex",
    "MemorySource",
    "Municipalities",
    "NonResidents",
    "Protected",
    "Recorder",
    "Replayer",
    "SqlView",
    "StandardRest",
    "WithNonResidents",
    "_OneMunicipality",
}


def test_the_table_is_large_and_asks_nothing_twice():
    assert len(ROWS) >= 200
    assert len({query for query, _ in ROWS}) == len(ROWS)


def test_every_adapter_of_the_tree_is_asked():
    modules = (find.name for find in walk_packages(govkit.residents.__path__, "govkit.residents."))
    classes = {
        one
        for name in modules
        for one in vars(import_module(name)).values()
        if isinstance(one, type) and ResidentSource in one.__mro__[1:] and one is not SourceWrapper
    }
    assert {one.__name__ for one in classes} == ASKED


def test_every_row_is_answered_as_the_rules_say(adapter):
    name, make_source = adapter
    source = make_source(known_to(name, PEOPLE))
    wrong = []
    for query, expected in ROWS:
        if query.household_number and name in HOMELESS:
            expected = []
        found = _found(source, query)
        if found != expected:
            wrong.append(f"{query}: {found} instead of {expected}")
    assert wrong == []


_DAY = {"birth_from": date(1974, 3, 17), "birth_to": date(1974, 3, 17)}


def _found(source, query):
    try:
        return [int(one.id.addressee_number) for one in source.search(query, 50)]
    except UnsupportedQuery:
        if "%" in query.addressee_number:
            return []  # no number at all, which may be refused instead
        raise


EVIDENCE = (
    (3, {"name": "鈴木花子", **_DAY}, Grade.CERTAIN, ["name", "birth"], []),
    (3, {"kana": "スズキハナコ", **_DAY}, Grade.PROBABLE, ["kana", "birth"], []),
    (3, {"name": "鈴木花子"}, Grade.PROBABLE, ["name"], []),
    (3, {"name": "花子 鈴木"}, Grade.POSSIBLE, ["name"], ["order"]),
    (3, {"name": "花子"}, Grade.POSSIBLE, ["name"], []),
    (3, {"addressee_number": f"{3:015d}"}, Grade.CERTAIN, ["number"], []),
    (3, {"household_number": f"{501:015d}"}, Grade.CERTAIN, ["household"], []),
    (3, {"building": "富士見ハイツ"}, Grade.POSSIBLE, ["address"], []),
    (6, {"name": "斉藤一"}, Grade.POSSIBLE, ["name"], ["confused"]),
    (9, {"name": "斎藤一"}, Grade.PROBABLE, ["name"], ["variant"]),
    (14, {"name": "高崎邦夫"}, Grade.PROBABLE, ["name"], ["variant"]),
    (
        14,
        {"name": "高崎邦男", "name_match": NameMatch.FUZZY},
        Grade.POSSIBLE,
        ["name"],
        ["spelling", "variant"],
    ),
    (30, {"name": "高山舞"}, Grade.PROBABLE, ["alias"], []),
    (30, {"name": "mai anh tran thi"}, Grade.POSSIBLE, ["name"], ["order"]),
    (34, {"name": "小川恵"}, Grade.PROBABLE, ["history"], []),
    (35, {"name": "野口陽子"}, Grade.PROBABLE, ["former_name"], []),
    (
        36,
        {"name": "本田ウメ", "birth_from": date(1931, 2, 2), "birth_to": date(1931, 2, 2)},
        Grade.POSSIBLE,
        ["name", "birth"],
        ["unsure_birth"],
    ),
)
"""Number, conditions, grade, what agreed, and what does not agree letter for letter."""


@pytest.mark.parametrize(("number", "conditions", "grade", "matched_on", "reasons"), EVIDENCE)
def test_a_candidate_tells_how_sure_it_is_and_why(number, conditions, grade, matched_on, reasons):
    found = Matcher(ResidentQuery(**conditions)).match(PEOPLE[number - 1])
    assert found is not None
    assert (found.grade, sorted(found.matched_on)) == (grade, sorted(matched_on))
    assert sorted(found.reasons) == reasons
