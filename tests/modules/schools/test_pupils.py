from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa

from govkit.base.identity import Actor
from govkit.errors import NotFound, NotPermitted, Refused
from govkit.modules import schools
from govkit.modules.schools import ClassMembership, Pupil
from tests.modules.schools import rows

ENTRY = date(2026, 4, 1)


def numbers(work, class_group, day=ENTRY):
    members = schools.class_members(work, class_group, day)
    return [(member.number, member.pupil.addressee_number) for member in members]


def test_pupils_are_numbered_in_kana_order(work, class_group):
    children = [
        rows.child("3", kana_family_name="ワタナベ"),
        rows.child("1", kana_family_name="ガトウ"),
        rows.child("2", kana_family_name="カトウ"),
        rows.child("4", kana_family_name="あべ"),
        rows.child("5", kana_family_name="", kana_given_name=""),
    ]

    pupils = schools.admit(work, class_group, children, ENTRY)

    assert [pupil.addressee_number for pupil in pupils] == ["3", "1", "2", "4", "5"]
    assert numbers(work, class_group) == [(1, "4"), (2, "2"), (3, "1"), (4, "3"), (5, "5")]


def test_admitting_again_changes_nothing(work, class_group):
    children = [rows.child("1"), rows.child("2")]
    first = schools.admit(work, class_group, children, ENTRY)
    masters = [pupil.master_id for pupil in first]

    again = schools.admit(work, class_group, children, date(2026, 5, 1))

    assert [pupil.id for pupil in again] == [pupil.id for pupil in first]
    assert [pupil.master_id for pupil in again] == masters
    assert work.session.scalar(sa.select(sa.func.count(ClassMembership.id))) == 2


def test_who_comes_later_gets_the_next_number(work, class_group):
    schools.admit(work, class_group, [rows.child("2", kana_family_name="ワダ")], ENTRY)
    schools.admit(work, class_group, [rows.child("1", kana_family_name="アベ")], date(2026, 9, 1))

    assert numbers(work, class_group, date(2026, 8, 31)) == [(1, "2")]
    assert numbers(work, class_group, date(2026, 9, 1)) == [(1, "2"), (2, "1")]


def test_twins_are_two_pupils(work, class_group):
    twins = [
        rows.child("1", given_name="葵", kana_given_name="アオイ"),
        rows.child("2", given_name="蒼", kana_given_name="アオイ"),
    ]

    assert len({pupil.id for pupil in schools.admit(work, class_group, twins, ENTRY)}) == 2


def test_a_child_named_twice_is_refused(work, class_group):
    with pytest.raises(Refused):
        schools.admit(work, class_group, [rows.child("1"), rows.child("1")], ENTRY)


@pytest.mark.parametrize("day", [date(2026, 3, 31), date(2027, 4, 1)])
def test_a_day_outside_the_school_year_is_refused(work, class_group, day):
    with pytest.raises(Refused):
        schools.admit(work, class_group, [rows.child("1")], day)


def test_nobody_is_in_two_classes_at_once(work, school, class_group):
    other = rows.add_class(work, school, 1, "2組")
    schools.admit(work, class_group, [rows.child("1"), rows.child("2")], ENTRY)

    with pytest.raises(Refused, match="1人"):
        schools.admit(work, other, [rows.child("2"), rows.child("3")], date(2026, 9, 1))
    assert numbers(work, other, date(2026, 9, 1)) == []


def test_the_next_year_is_no_second_class(work, school, class_group):
    schools.admit(work, class_group, [rows.child("1")], ENTRY)
    coming = rows.add_class(work, school, 2, "1組", 2027)

    schools.admit(work, coming, [rows.child("1")], date(2027, 4, 1))

    assert numbers(work, class_group, date(2027, 3, 31)) == [(1, "1")]
    assert numbers(work, class_group, date(2027, 4, 1)) == []
    assert numbers(work, coming, date(2027, 4, 1)) == [(1, "1")]


def test_a_membership_holds_until_its_last_day(work, class_group):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)

    schools.leave(work, pupil, date(2026, 7, 17), "昭島市へ転出")

    assert numbers(work, class_group, date(2026, 7, 17)) == [(1, "1")]
    assert numbers(work, class_group, date(2026, 7, 18)) == []
    july = schools.members_between(work, class_group, date(2026, 7, 1), date(2026, 7, 31))
    assert [(member.number, member.ends_on) for member in july] == [(1, date(2026, 7, 17))]
    assert schools.member_counts(work, [class_group], date(2026, 7, 18)) == {class_group.id: 0}


def test_who_returns_gets_a_new_number_and_keeps_the_identifier(work, class_group):
    [pupil, _] = schools.admit(work, class_group, [rows.child("1"), rows.child("2")], ENTRY)
    schools.leave(work, pupil, date(2026, 7, 17), "転出")

    [again] = schools.admit(work, class_group, [rows.child("1")], date(2026, 9, 1))

    assert again is pupil
    assert numbers(work, class_group, date(2026, 9, 1)) == [(2, "2"), (3, "1")]


def test_leaving_takes_back_what_was_prepared(work, school, class_group):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)
    coming = rows.add_class(work, school, 2, "1組", 2027)
    schools.admit(work, coming, [rows.child("1")], date(2027, 4, 1))

    schools.leave(work, pupil, date(2027, 3, 25), "転出")

    assert numbers(work, coming, date(2027, 4, 1)) == []


def test_leaving_needs_a_reason_and_a_membership(work, class_group):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], date(2026, 5, 1))

    with pytest.raises(Refused):
        schools.leave(work, pupil, date(2026, 7, 17), " ")
    with pytest.raises(Refused):
        schools.leave(work, pupil, date(2026, 4, 30), "転出")


def test_a_class_already_begun_blocks_an_earlier_last_day(work_for, work, school, class_group):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)
    coming = rows.add_class(work, school, 2, "1組", 2027)
    schools.admit(work, coming, [rows.child("1")], date(2027, 4, 1))
    later = work_for(today=date(2027, 4, 5), session_of=work)

    with pytest.raises(Refused):
        schools.leave(later, pupil, date(2027, 3, 31), "転出")


def test_an_end_by_mistake_is_taken_back(work, class_group):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)
    membership = schools.leave(work, pupil, date(2026, 7, 17), "転出")

    with pytest.raises(Refused):
        schools.resume(work, membership, "")
    schools.resume(work, membership, "別の児童だった")
    schools.resume(work, membership, "もう一度")

    assert numbers(work, class_group, date(2026, 9, 1)) == [(1, "1")]


def test_an_end_is_not_taken_back_into_two_classes(work, school, class_group):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)
    membership = schools.leave(work, pupil, date(2026, 7, 17), "学級替え")
    other = rows.add_class(work, school, 1, "2組")
    schools.admit(work, other, [rows.child("1")], date(2026, 7, 18))

    with pytest.raises(Refused):
        schools.resume(work, membership, "取消し")


def test_names_follow_the_register_and_a_reading_is_never_lost(work, class_group):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)
    schools.choose_exchange_name(work, pupil, "試", "験")
    renamed = rows.child(
        "1", family_name="改名", kana_family_name="", kana_given_name="", is_protected=True
    )

    changed = schools.refresh_pupils(work, [renamed, rows.child("9")])

    assert changed == [pupil]
    assert (pupil.family_name, pupil.kana_family_name, pupil.is_protected) == (
        "改名",
        "シケン",
        True,
    )
    assert (pupil.exchange_family_name, pupil.exchange_given_name) == (None, None)
    assert schools.refresh_pupils(work, [renamed]) == []


def test_a_child_may_bring_the_identifier_from_elsewhere(work, class_group):
    brought = uuid4()

    [pupil] = schools.admit(work, class_group, [rows.child("1", master_id=brought)], ENTRY)

    assert pupil.master_id == brought


def test_the_name_used_at_school_decides_name_and_number(work, class_group):
    alias = rows.child(
        "2",
        family_name="NGUYEN",
        kana_family_name="グエン",
        preferred_family_name="青木",
        preferred_kana_family_name="アオキ",
    )

    _, pupil = schools.admit(
        work, class_group, [rows.child("1", kana_family_name="イトウ"), alias], ENTRY
    )

    assert (pupil.name, pupil.kana) == ("青木 児童2", "アオキ ジドウ")
    assert numbers(work, class_group) == [(1, "2"), (2, "1")]


@pytest.mark.parametrize(
    "family",
    ["髙橋", "\U00020bb7田", "葛\U000e0100"],
    ids=["U+9AD9", "U+20BB7", "IVS"],
)
def test_a_form_for_exchange_lies_within_jis(work, class_group, family):
    [pupil] = schools.admit(work, class_group, [rows.child("1", family_name=family)], ENTRY)

    with pytest.raises(Refused):
        schools.choose_exchange_name(work, pupil, family, "花子")
    assert pupil.family_name == family


@pytest.mark.parametrize("family", ["\U0002363a本", "\ufa11"], ids=["U+2363A", "U+FA11"])
def test_the_fourth_level_of_jis_is_within_reach(work, class_group, family):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)

    schools.choose_exchange_name(work, pupil, family, "花子")

    assert (pupil.exchange_family_name, pupil.exchange_given_name) == (family, "花子")


def test_a_form_is_chosen_whole_or_taken_back(work, class_group):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)
    with pytest.raises(Refused):
        schools.choose_exchange_name(work, pupil, "高橋", "")
    schools.choose_exchange_name(work, pupil, "高橋", "花子")

    schools.choose_exchange_name(work, pupil, None, None)

    assert pupil.exchange_family_name is None


def test_a_reading_is_kept_in_full_width_katakana(work, class_group):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)

    schools.correct_kana(work, pupil, "ﾀｶﾊｼ", "はなこ")

    assert pupil.kana == "タカハシ ハナコ"


@pytest.mark.parametrize(
    ("birth", "differs"),
    [(date(2020, 4, 1), False), (date(2020, 4, 2), True), (date(2018, 4, 2), True)],
)
def test_another_grade_than_by_age_is_a_hint_only(work, class_group, birth, differs):
    [pupil] = schools.admit(work, class_group, [rows.child("1", birth_date=birth)], ENTRY)

    assert schools.grade_differs(pupil, class_group) is differs


def test_numbers_are_dealt_anew_until_the_year_begins(work_for):
    work = work_for(today=date(2027, 3, 31))
    coming = rows.add_class(work, rows.add_school(work), 1, "1組", 2027)
    schools.admit(work, coming, [rows.child("2", kana_family_name="ワダ")], date(2027, 4, 1))
    schools.admit(work, coming, [rows.child("1", kana_family_name="アベ")], date(2027, 4, 1))

    assert schools.renumber(work, coming) == 2
    assert numbers(work, coming, date(2027, 4, 1)) == [(1, "1"), (2, "2")]
    with pytest.raises(schools.NumbersAreFixed):
        schools.renumber(work_for(today=date(2027, 4, 1), session_of=work), coming)


def test_a_pupil_of_another_class_is_not_found(work, work_for, school, class_group):
    other = rows.add_class(work, school, 1, "2組")
    [own] = schools.admit(work, class_group, [rows.child("1")], ENTRY)
    [beyond] = schools.admit(work, other, [rows.child("2")], ENTRY)
    teacher = work_for(role="homeroom_teacher", units=(class_group.id,), session_of=work)

    assert schools.find_pupil(teacher, own.id) is own
    with pytest.raises(NotFound):
        schools.find_pupil(teacher, beyond.id)
    with pytest.raises(NotFound):
        schools.class_members(teacher, other, ENTRY)


def test_a_pupil_who_left_is_closed_to_the_old_school(work, work_for, school, class_group):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)
    schools.leave(work, pupil, date(2026, 7, 17), "転出")
    clerk = work_for(role="school_clerk", units=(school.id,), session_of=work)

    with pytest.raises(NotFound):
        schools.find_pupil(clerk, pupil.id)
    assert schools.find_pupil(work, pupil.id) is pupil


def test_the_other_city_sees_no_pupil(deployment):
    operator = Actor.operator("test")
    with deployment.work(deployment.municipality("132021"), operator) as work:
        class_group = rows.add_class(work, rows.add_school(work))
        [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)

    with deployment.work(deployment.municipality("132071"), operator, writes=False) as work:
        assert work.session.scalars(sa.select(Pupil)).all() == []
        with pytest.raises(NotFound):
            schools.find_pupil(work, pupil.id)


def test_admission_is_recorded_without_names(work, class_group):
    schools.admit(work, class_group, [rows.child("1", family_name="秘密")], ENTRY)

    actions = [event.action for event in work._events]
    assert "pupils.admitted" in actions
    assert all("秘密" not in f"{event.detail}{event.subject_ids}" for event in work._events)


def test_without_the_right_a_pupil_is_refused(work, work_for, class_group):
    [pupil] = schools.admit(work, class_group, [rows.child("1")], ENTRY)
    teacher = work_for(role="homeroom_teacher", units=(class_group.id,), session_of=work)

    with pytest.raises(NotPermitted):
        schools.choose_exchange_name(teacher, pupil, "試験", "花子")
