import pytest
from pydantic import ValidationError

from govkit.modules.attendance import MARKS, AttendancePolicy, Category, Mark

EXPECTED = {
    Mark.PRESENT: Category.PRESENT,
    Mark.LATE: Category.PRESENT,
    Mark.EARLY_LEAVE: Category.PRESENT,
    Mark.LATE_AND_EARLY: Category.PRESENT,
    Mark.COUNTED_PRESENT_OFFSITE: Category.PRESENT,
    Mark.ABSENT_ILLNESS: Category.ABSENT,
    Mark.ABSENT_OTHER: Category.ABSENT,
    Mark.SUSPENDED_INFECTION: Category.EXCUSED,
    Mark.SUSPENDED_CONDUCT: Category.EXCUSED,
    Mark.CLASS_CLOSURE: Category.EXCUSED,
    Mark.BEREAVEMENT: Category.EXCUSED,
    Mark.DISASTER: Category.EXCUSED,
    Mark.PRINCIPAL_EXCUSED: Category.EXCUSED,
    Mark.NOT_YET_ENROLLED: Category.OUTSIDE,
    Mark.LEFT: Category.OUTSIDE,
    Mark.NO_CLASS: Category.OUTSIDE,
}


def test_every_mark_counts_as_the_guidance_record_says():
    assert {mark: kind.category for mark, kind in MARKS.items()} == EXPECTED
    assert set(MARKS) == set(Mark)


def test_a_city_changes_one_sign_and_keeps_the_others():
    policy = AttendancePolicy.model_validate({"symbols": {"late": "チ"}})

    assert policy.symbol(Mark.LATE) == "チ"
    assert policy.symbol(Mark.BEREAVEMENT) == "忌"


def test_buttons_are_those_of_a_morning_unless_the_city_asks_for_the_reason():
    plain = [str(title) for _mark, title in AttendancePolicy().buttons]
    asking = AttendancePolicy(asks_absence_reason=True)

    assert plain == ["出席", "欠席", "遅刻", "早退"]
    assert [str(title) for _mark, title in asking.buttons] == [
        "出席",
        "病欠",
        "事故欠",
        "遅刻",
        "早退",
    ]
    assert Mark.ABSENT_OTHER in AttendancePolicy().others
    assert Mark.ABSENT_OTHER not in asking.others


@pytest.mark.parametrize("policy", [AttendancePolicy(), AttendancePolicy(asks_absence_reason=True)])
def test_a_teacher_can_reach_every_recordable_mark_once(policy):
    reachable = [mark for mark, _title in policy.buttons] + list(policy.others)

    assert sorted(reachable) == sorted(mark for mark in Mark if MARKS[mark].is_recordable)


@pytest.mark.parametrize(
    "values",
    [
        {"symbols": {"late": "遅刻で"}},
        {"symbols": {"sleeping": "寝"}},
        {"quick_marks": []},
        {"quick_marks": ["late", "present"]},
        {"quick_marks": ["present", "present"]},
        {"quick_marks": ["present", "left"]},
        {"quick_marks": [mark for mark in Mark if MARKS[mark].is_recordable][:6]},
        {"buttons": ["present"]},
    ],
)
def test_a_policy_that_cannot_work_is_refused(values):
    with pytest.raises(ValidationError):
        AttendancePolicy.model_validate(values)


def test_a_city_without_an_illness_button_keeps_its_own_buttons():
    policy = AttendancePolicy(
        quick_marks=(Mark.PRESENT, Mark.ABSENT_OTHER), asks_absence_reason=True
    )

    assert [mark for mark, _title in policy.buttons] == [Mark.PRESENT]
