import pytest

from govkit.residents.claims import Claim
from govkit.residents.records import FuzzyDate
from govkit.residents.splink_columns import (
    COLUMNS,
    claim_rows,
    kana_code,
    resident_rows,
    splink_settings,
)
from govkit.residents.synthetic import EdgeCase, Population

ALL_KANA = "".join(map(chr, range(ord("ァ"), ord("ヺ") + 1)))


@pytest.mark.parametrize("kana", ALL_KANA)
def test_a_kana_is_one_byte_without_quotes(kana):
    code = kana_code(f"ア{kana}")

    assert len(code) == 2
    assert code.isascii()
    assert not {"'", '"', "\\", "?"} & set(code)


def test_readings_that_sound_alike_have_one_code():
    assert kana_code("ﾜﾀﾅﾍﾞ") == kana_code("わたなべ") != kana_code("ワタナカ")
    assert kana_code("渡辺 A1") == "??a1"


def test_a_claim_becomes_a_row_with_what_sql_can_compare():
    birth = FuzzyDate.parse("1970-05-12")
    split, joined = claim_rows(
        [
            Claim(key="1", name="髙橋　裕子", birth=birth, sex="2", address="東京都立川市錦町2-3"),
            Claim(key="2", name="髙橋裕子", kana="タカハシ　ユウコ", sex="0"),
        ]
    )

    assert tuple(split) == COLUMNS
    assert (split["name"], split["family"], split["given"]) == ("高橋裕子", "高橋", "裕子")
    assert (split["birth"], split["birth_swapped"]) == ("1970-05-12", "1970-12-05")
    assert split["place"] == "立川市錦町2/3"
    assert (joined["name"], joined["family"], joined["sex"], joined["birth"]) == (
        "高橋裕子",
        None,
        None,
        None,
    )
    assert joined["given_kana"] == kana_code("ユウコ")


def test_a_resident_has_a_row_for_every_name():
    (person,) = Population("132021", 0).edge_people(EdgeCase.FOREIGN_ENTRANT)[-1:]
    rows = list(resident_rows([person.resident]))

    assert len({row["name"] for row in rows}) == len(rows) > 1
    assert len({row["person"] for row in rows}) == 1
    assert all(tuple(row) == COLUMNS for row in rows)


def test_the_probabilities_of_a_comparison_sum_to_one():
    settings = splink_settings(1000)

    assert settings["probability_two_random_records_match"] == 0.001
    for comparison in settings["comparisons"]:
        levels = comparison["comparison_levels"][1:]
        assert sum(level["m_probability"] for level in levels) == pytest.approx(1, abs=0.02)
        assert sum(level["u_probability"] for level in levels) == pytest.approx(1, abs=0.02)
