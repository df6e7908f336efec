from datetime import date

import pytest
import sqlalchemy as sa

from govkit.errors import InvalidValue, NotFound, NotPermitted, Refused
from govkit.modules import schools
from govkit.modules.schools import SchoolKind, SchoolYear
from tests.modules.schools import rows


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 3, 31), 2026),
        (date(2027, 4, 1), 2027),
        (date(2027, 2, 15), 2026),
        (date(2028, 2, 29), 2027),
    ],
)
def test_the_school_year_changes_on_the_first_of_april(work_for, today, expected):
    assert schools.current_school_year(work_for(today=today)) == expected


def test_a_school_gets_its_kind_from_its_code(work):
    school = rows.add_school(work, rows.COMPULSORY.lower(), " 試験学園 ")

    assert (school.kind, school.name, school.code) == (
        SchoolKind.COMPULSORY,
        "試験学園",
        rows.COMPULSORY,
    )
    assert school.grades == range(1, 10)


@pytest.mark.parametrize(
    "code",
    ["B113210000001", "B11329999991", "あ", ""],
    ids=["検査数字違い", "12桁", "かな", "空"],
)
def test_a_wrong_school_code_is_refused(work, code):
    with pytest.raises(InvalidValue):
        rows.add_school(work, code)


@pytest.mark.parametrize("code", ["F112310102342", "H239390000083"])
def test_a_university_is_no_school_of_the_municipality(work, code):
    with pytest.raises(Refused):
        rows.add_school(work, code)


def test_the_same_school_is_not_added_twice(work, school):
    with pytest.raises(Refused):
        rows.add_school(work)


def test_the_code_of_a_closed_school_leads_to_its_successor(work):
    first = rows.add_school(work, rows.ELEMENTARY, "旧校")
    second = rows.add_school(work, rows.OTHER_ELEMENTARY, "新校")
    last = rows.add_school(work, rows.COMPULSORY, "学園")
    schools.close_school(work, first, date(2024, 3, 31), second.code)
    schools.close_school(work, second, date(2026, 3, 31), last.code)

    assert schools.find_school_by_code(work, first.code) is last
    assert schools.schools(work) == [last]
    assert schools.schools(work, includes_closed=True) == [first, second, last]


def test_a_school_is_itself_until_its_last_day_is_over(work_for):
    work = work_for(today=date(2027, 3, 31))
    school = rows.add_school(work)
    successor = rows.add_school(work, rows.OTHER_ELEMENTARY)
    schools.close_school(work, school, date(2027, 3, 31), successor.code)

    assert schools.find_school_by_code(work, school.code) is school
    tomorrow = work_for(today=date(2027, 4, 1), session_of=work)
    assert schools.find_school_by_code(tomorrow, school.code) is successor


def test_a_closed_school_without_successor_is_still_found(work, school):
    schools.close_school(work, school, date(2026, 3, 31))

    assert schools.find_school_by_code(work, school.code) is school


def test_a_successor_never_leads_back(work, school):
    other = rows.add_school(work, rows.OTHER_ELEMENTARY)
    schools.close_school(work, school, date(2026, 3, 31), other.code)

    with pytest.raises(Refused):
        schools.close_school(work, other, date(2026, 3, 31), school.code)


def test_an_unknown_school_is_not_found(work):
    with pytest.raises(NotFound):
        schools.find_school_by_code(work, rows.ELEMENTARY)


def test_opening_a_year_again_gives_the_same_year(work):
    year = schools.open_school_year(work, 2027)

    assert schools.open_school_year(work, 2027) is year
    assert schools.open_school_years(work) == [2027, 2026]
    assert (year.starts_on, year.ends_on) == (date(2027, 4, 1), date(2028, 3, 31))
    assert len(work.session.scalars(sa.select(SchoolYear)).all()) == 1


def test_classes_come_in_the_order_people_say_them(work, school):
    names = ["10組", "2組", "1組"]
    for name in names:
        rows.add_class(work, school, 1, name)
    rows.add_class(work, school, 1, "あおぞら", is_special_needs=True)
    rows.add_class(work, school, 2, "1組")

    labels = [each.label for each in schools.class_groups(work, 2026)]
    assert labels == ["1年1組", "1年2組", "1年10組", "1年あおぞら", "2年1組"]


def test_a_junior_high_school_counts_its_own_years(work):
    school = rows.add_school(work, rows.JUNIOR_HIGH, "試験中学校")

    assert rows.add_class(work, school, 8).label == "2年1組"
    with pytest.raises(Refused):
        rows.add_class(work, school, 2)


def test_a_class_is_not_added_twice(work, school, class_group):
    with pytest.raises(Refused):
        rows.add_class(work, school, 1, " 1組")


def test_lists_show_only_the_year_asked_for(work, school, class_group):
    coming = rows.add_class(work, school, 1, "1組", 2027)

    assert schools.class_groups(work, 2026) == [class_group]
    assert schools.class_groups(work, 2027) == [coming]


def test_a_teacher_sees_the_own_class_only(work, work_for, school, class_group):
    rows.add_class(work, school, 1, "2組")
    work.session.flush()
    teacher = work_for(role="homeroom_teacher", units=(class_group.id,), session_of=work)

    assert schools.class_groups(teacher, 2026) == [class_group]
    assert schools.schools(teacher) == [school]


def test_a_school_clerk_sees_and_changes_the_own_school_only(work, work_for, school, class_group):
    other = rows.add_school(work, rows.OTHER_ELEMENTARY)
    beyond = rows.add_class(work, other)
    work.session.flush()
    clerk = work_for(role="school_clerk", units=(school.id,), session_of=work)

    assert schools.class_groups(clerk, 2026) == [class_group]
    assert schools.find_class_group(clerk, class_group.id) is class_group
    with pytest.raises(NotFound):
        schools.find_class_group(clerk, beyond.id)
    with pytest.raises(NotFound):
        rows.add_class(clerk, other, 2)
    with pytest.raises(NotFound):
        rows.add_school(clerk, rows.COMPULSORY)


def test_without_the_right_nothing_is_listed(work_for):
    with pytest.raises(NotPermitted):
        schools.class_groups(
            work_for(role="administrator"), 2026, permission="schools.prepare_year"
        )


def test_as_many_classes_are_opened_as_the_standard_asks_for(work, school):
    opened = schools.open_classes(work, school, 2026, 1, 71)

    assert [each.name for each in opened] == ["1組", "2組", "3組"]
    assert schools.open_classes(work, school, 2026, 1, 35) == opened


def test_special_needs_classes_do_not_count_as_ordinary_ones(work, school):
    rows.add_class(work, school, 1, "1組", is_special_needs=True)

    opened = schools.open_classes(work, school, 2026, 1, 10)
    assert [(each.name, each.is_special_needs) for each in opened] == [("2組", False)]
