"""Lists and files of the register, and what of protected children they show."""

import pytest
import sqlalchemy as sa

from govkit.errors import NotPermitted, Refused
from govkit.modules.enrolment import (
    DesignationReason,
    DesignationRequest,
    ListQuery,
    RegisterEntry,
    assign_schools,
    change_designation,
    list_entries,
    write_entries,
)
from govkit.modules.resident_extracts import import_protection_list
from govkit.modules.schools import School
from govkit.residents.records import Address
from tests.modules.enrolment.conftest import ELEMENTARY, OTHER
from tests.modules.enrolment.people import CITY, YEAR, child, compiled, put_zones
from tests.modules.resident_extracts.files import protection_bytes

SECRET = Address(CITY, "0009009", "東京都", "立川市", "高松町三丁目", "5番5号", "", "1900011")


@pytest.fixture
def protected(work, school, other_school):
    """Two children, the second protected and in a zone of its own."""
    put_zones(
        work,
        f"0001001,富士見町一丁目,{ELEMENTARY},",
        f"0009009,高松町三丁目,{OTHER},",
    )
    hidden = child(2, name="鈴木　蒼", kana="スズキ　アオイ", address=SECRET, is_protected=True)
    compiled(work, child(1), hidden)
    assign_schools(work, YEAR)
    work.session.flush()
    return work


def lines(work, **options):
    listing = list_entries(work, ListQuery(entry_year=YEAR, **options))
    return {int(line.addressee_number): line for line in listing.lines}


def test_a_clerk_sees_neither_where_a_protected_child_lives_nor_its_school(protected, work_for):
    clerk = work_for(CITY, "board_clerk", session_of=protected)
    line = lines(clerk)[2]
    assert line.is_protected
    assert {line.address, line.school, line.guardian} == {"＊＊＊"}
    assert lines(clerk)[1].school == "第一小学校"


def test_the_officer_sees_it(protected, work_for):
    officer = work_for(CITY, "protected_data_officer", session_of=protected)
    line = lines(officer)[2]
    assert (line.address, line.school) == ("東京都立川市高松町三丁目5番5号", "第二小学校")


def test_a_protected_child_is_not_found_by_its_school(protected, work_for, other_school):
    clerk = work_for(CITY, "board_clerk", session_of=protected)
    officer = work_for(CITY, "protected_data_officer", session_of=protected)
    assert lines(clerk, school_id=other_school.id) == {}
    assert sorted(lines(officer, school_id=other_school.id)) == [2]
    assert sorted(lines(clerk, name="スズキ")) == [2]


def test_a_new_list_of_protected_people_hides_at_once(protected, work_for, tmp_path):
    clerk = work_for(CITY, "board_clerk", session_of=protected)
    assert lines(clerk)[1].address != "＊＊＊"
    path = tmp_path / "支援措置.csv"
    path.write_bytes(protection_bytes(1))
    import_protection_list(protected, path, name=path.name, encoding="utf-8")
    line = lines(clerk)[1]
    assert (line.address, line.is_protected) == ("＊＊＊", True)


def test_the_file_is_masked_guarded_and_its_purpose_on_record(protected, work_for):
    entry = protected.session.scalars(
        sa.select(RegisterEntry).where(RegisterEntry.is_protected.is_(False))
    ).one()
    entry.preferred_name, entry.name_preference = "=cmd()", "2"
    protected.session.flush()
    clerk = work_for(CITY, "board_clerk", session_of=protected)
    body = write_entries(clerk, ListQuery(entry_year=YEAR), "健康診断の案内").content
    text = body.decode("utf-8-sig")
    assert "高松町" not in text
    assert "'=cmd()" in text
    assert len(text.splitlines()) == 4
    assert text.splitlines()[-1].startswith(
        "※この表を書き出した人と日時：試験 担当 2026-11-24 09:00"
    )
    event = clerk._events[-1]
    assert (event.action, event.reason) == ("enrolment.exported", "健康診断の案内")
    assert len(event.subject_ids) == 2


def test_schools_do_not_see_the_register(protected, work_for):
    """The school never receives the 学齢簿 itself."""
    clerk = work_for(CITY, "school_clerk", session_of=protected)
    with pytest.raises(NotPermitted):
        lines(clerk)


def test_every_child_on_a_page_is_audited(protected, work_for):
    clerk = work_for(CITY, "board_clerk", session_of=protected)
    shown = lines(clerk)
    assert set(clerk._seen["RegisterEntry"]) == {str(line.id) for line in shown.values()}


@pytest.mark.parametrize(
    ("name", "found"),
    [("ヤマダ", [1]), ("あおい", [1, 2]), ("鈴木", [2]), ("%", []), ("_", [])],
)
def test_children_are_found_by_any_part_of_the_name(protected, name, found):
    assert sorted(lines(protected, name=name)) == found


def test_children_are_found_through_variants_of_their_kanji(protected):
    compiled(protected, child(1, name="髙橋　葵"), child(2, name="高田　蒼"))
    assert sorted(lines(protected, name="高")) == [1, 2]
    assert sorted(lines(protected, name="髙𣘺")) == [1]


def test_children_without_a_school(protected):
    compiled(protected, child(1), child(2), child(3))
    assert sorted(lines(protected, is_unassigned=True)) == [3]


def test_pages_hold_fifty_children(work):
    compiled(work, *(child(serial) for serial in range(1, 61)))
    first = list_entries(work, ListQuery(entry_year=YEAR))
    second = list_entries(work, ListQuery(entry_year=YEAR), 2)
    assert (len(first.lines), len(second.lines), first.pages, first.total) == (50, 10, 2, 60)
    assert list_entries(work, ListQuery(entry_year=YEAR), 99).page == 2


@pytest.mark.requirement("DVP-1")
def test_the_school_of_a_protected_child_is_not_told_by_trying_to_change_it(
    protected, work_for, school, other_school
):
    wanted = DesignationRequest(DesignationReason.SIBLINGS, "兄が通っているため")

    def answer(role: str, tried: School) -> str:
        work = work_for(CITY, role, session_of=protected)
        hidden = protected.session.scalars(
            sa.select(RegisterEntry).where(RegisterEntry.is_protected.is_(True))
        ).one()
        with pytest.raises(Refused) as refused:
            change_designation(work, hidden, tried, wanted)
        return refused.value.text

    told = {answer("board_clerk", each) for each in (school, other_school)}
    assert len(told) == 1
    assert "すでに" in answer("protected_data_officer", other_school)
