from datetime import date

import pytest
import sqlalchemy as sa

from govkit.errors import NotFound, Refused
from govkit.modules import schools
from govkit.modules.schools import ClassGroup, ClassMembership, YearPreparation
from tests.modules.schools import rows

ENTRY = date(2026, 4, 1)
NEXT = date(2027, 4, 1)


@pytest.fixture
def pupils(work, school):
    """Two pupils in the third grade, one in the sixth."""
    third = rows.add_class(work, school, 3)
    sixth = rows.add_class(work, school, 6)
    two = [rows.child("1", kana_family_name="ワダ"), rows.child("2", kana_family_name="アベ")]
    found = schools.admit(work, third, two, ENTRY)
    found += schools.admit(work, sixth, [rows.child("6")], ENTRY)
    return {pupil.addressee_number: pupil for pupil in found}


def placed(work, year=2027):
    query = (
        sa.select(ClassMembership, ClassGroup)
        .join(ClassGroup, ClassGroup.id == ClassMembership.class_group_id)
        .where(ClassGroup.school_year == year)
    )
    return sorted(
        (
            membership.pupil.addressee_number,
            group.grade,
            membership.number,
            membership.is_retained,
        )
        for membership, group in work.session.execute(query)
    )


def test_everybody_goes_up_and_the_last_grade_leaves(work, school, pupils):
    result = schools.prepare_year(work, school, 2027, [])

    assert result == YearPreparation(2027, promoted=2, retained=0, leaving=1, changed=2)
    assert [row[:2] for row in placed(work)] == [("1", 4), ("2", 4)]
    assert 2027 in schools.open_school_years(work)


def test_numbers_of_the_new_year_follow_the_kana_order(work, school, pupils):
    schools.prepare_year(work, school, 2027, [])

    assert [(row[0], row[2]) for row in placed(work)] == [("1", 2), ("2", 1)]


def test_running_again_changes_nothing(work, school, pupils):
    schools.prepare_year(work, school, 2027, [pupils["1"].id])
    before = sorted(str(each.id) for each in work.session.scalars(sa.select(ClassMembership)))

    again = schools.prepare_year(work, school, 2027, [pupils["1"].id])

    after = sorted(str(each.id) for each in work.session.scalars(sa.select(ClassMembership)))
    assert again == YearPreparation(2027, promoted=1, retained=1, leaving=1, changed=0)
    assert after == before


def test_a_retained_pupil_stays_and_survives_the_year_after(work_for, work, school, pupils):
    schools.prepare_year(work, school, 2027, [pupils["1"].id])
    assert placed(work) == [("1", 3, 1, True), ("2", 4, 1, False)]
    assert schools.retained_pupils(work, school, 2027) == {pupils["1"].id}

    later = work_for(today=date(2028, 2, 1), session_of=work)
    schools.prepare_year(later, school, 2028, [])

    assert placed(work, 2028) == [("1", 4, 1, False), ("2", 5, 1, False)]


def test_a_change_of_mind_before_april_moves_the_pupil(work, school, pupils):
    schools.prepare_year(work, school, 2027, [])
    schools.prepare_year(work, school, 2027, [pupils["1"].id])
    assert placed(work) == [("1", 3, 1, True), ("2", 4, 1, False)]

    result = schools.prepare_year(work, school, 2027, [])

    assert placed(work) == [("1", 4, 2, False), ("2", 4, 1, False)]
    assert result.changed == 2


def test_a_retained_sixth_grader_stays_at_the_school(work, school, pupils):
    result = schools.prepare_year(work, school, 2027, [pupils["6"].id])

    assert ("6", 6, 1, True) in placed(work)
    assert result.leaving == 0

    schools.prepare_year(work, school, 2027, [])
    assert all(row[0] != "6" for row in placed(work))


def test_after_april_a_repeat_only_adds_who_is_missing(work_for, work, school, pupils):
    schools.prepare_year(work, school, 2027, [])
    april = work_for(today=date(2027, 4, 10), session_of=work)
    schools.leave(april, pupils["2"], date(2027, 4, 9), "転出")

    result = schools.prepare_year(april, school, 2027, [pupils["1"].id])

    assert result.changed == 0
    assert [row[:2] for row in placed(work)] == [("1", 4), ("2", 4)]


def test_who_left_before_the_end_does_not_go_up(work, school, pupils):
    schools.leave(work, pupils["1"], date(2027, 3, 31), "転出")

    schools.prepare_year(work, school, 2027, [])

    assert [row[0] for row in placed(work)] == ["2"]


def test_a_pupil_put_into_another_class_of_the_grade_stays_there(work, school, pupils):
    other = rows.add_class(work, school, 4, "2組", 2027)
    schools.admit(work, other, [rows.child("1")], NEXT)

    schools.prepare_year(work, school, 2027, [])

    assert [
        member.pupil.addressee_number for member in schools.class_members(work, other, NEXT)
    ] == ["1"]


def test_a_pupil_admitted_by_the_next_school_is_left_alone(work, school, pupils):
    junior = rows.add_school(work, rows.JUNIOR_HIGH, "試験中学校")
    first = rows.add_class(work, junior, 7, "1組", 2027)
    schools.admit(work, first, [rows.child("6")], NEXT)

    schools.prepare_year(work, school, 2027, [])

    assert ("6", 7, 1, False) in placed(work)


def test_a_compulsory_school_goes_on_to_the_ninth_grade(work):
    school = rows.add_school(work, rows.COMPULSORY, "試験学園")
    for grade in (6, 9):
        group = rows.add_class(work, school, grade)
        schools.admit(work, group, [rows.child(str(grade))], ENTRY)

    result = schools.prepare_year(work, school, 2027, [])

    assert placed(work) == [("6", 7, 1, False)]
    assert (result.promoted, result.leaving) == (1, 1)


def test_special_needs_classes_stay_what_they_are(work, school):
    group = rows.add_class(work, school, 1, "あおぞら", is_special_needs=True)
    schools.admit(work, group, [rows.child("1")], ENTRY)

    schools.prepare_year(work, school, 2027, [])

    [coming] = schools.class_groups(work, 2027, school)
    assert (coming.name, coming.is_special_needs) == ("あおぞら", True)


def test_lists_show_the_prepared_year_from_april_only(work_for, work, school, pupils):
    schools.prepare_year(work, school, 2027, [])

    for today, grades in ((date(2027, 3, 31), [3, 6]), (date(2027, 4, 1), [4])):
        on_day = work_for(today=today, session_of=work)
        shown = schools.class_groups(on_day, schools.current_school_year(on_day))
        assert [group.grade for group in shown] == grades


def test_only_the_current_and_the_next_year_are_prepared(work, school):
    with pytest.raises(Refused):
        schools.prepare_year(work, school, 2028, [])


def test_a_pupil_of_another_school_cannot_be_retained(work, school, pupils):
    other = rows.add_school(work, rows.OTHER_ELEMENTARY)

    with pytest.raises(NotFound):
        schools.prepare_year(work, other, 2027, [pupils["1"].id])


def test_a_school_clerk_prepares_the_own_school_only(work, work_for, school, pupils):
    other = rows.add_school(work, rows.OTHER_ELEMENTARY)
    clerk = work_for(role="school_clerk", units=(school.id,), session_of=work)

    assert schools.prepare_year(clerk, school, 2027, []).changed == 2
    with pytest.raises(NotFound):
        schools.prepare_year(clerk, other, 2027, [])
