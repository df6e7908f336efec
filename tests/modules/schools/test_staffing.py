from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from govkit.base.identity import Actor, Appointment, Staff, find_actor
from govkit.errors import NotFound, NotPermitted, Refused
from govkit.modules import schools
from govkit.modules.schools import Duty, NewPosting, StaffPosting
from tests.modules.schools import rows


def posting(account_id: UUID, **values: Any) -> NewPosting:
    given: dict[str, Any] = {
        "family_name": "試験",
        "given_name": "花子",
        "kana_family_name": "しけん",
        "kana_given_name": "ﾊﾅｺ",
        "role": "homeroom_teacher",
        "school": None,
        "class_group": None,
        "duty": None,
        "valid_from": date(2026, 4, 1),
        "valid_to": None,
    }
    return NewPosting(account_id=account_id, **(given | values))


@pytest.fixture
def homeroom(school, class_group):
    return {"school": school, "class_group": class_group, "duty": Duty.HOMEROOM}


def test_an_appointment_gives_the_rights_of_its_class(work, class_group, homeroom):
    account_id = uuid4()

    appointment = schools.post_staff(work, posting(account_id, **homeroom))

    assert appointment.title == "試験第一小学校 1年1組 学級担任"
    assert appointment.valid_to == date(2027, 3, 31)
    actor = find_actor(work.session, account_id, date(2026, 4, 1))
    assert actor.units("schools.view") == {class_group.id}
    staff = work.session.scalars(sa.select(Staff)).one()
    assert (staff.kana_family_name, staff.kana_given_name) == ("シケン", "ハナコ")
    assert find_actor(work.session, account_id, date(2026, 3, 31)) is None
    assert find_actor(work.session, account_id, date(2027, 4, 1)) is None


def test_the_board_works_for_the_whole_municipality(work):
    account_id = uuid4()

    appointment = schools.post_staff(work, posting(account_id, role="board_clerk"))

    assert (appointment.title, appointment.unit_id) == ("学務課担当", None)
    assert work.session.scalars(sa.select(StaffPosting)).all() == []
    assert find_actor(work.session, account_id, date(2030, 1, 1)).units("schools.view") is None


@pytest.mark.parametrize(
    "values",
    [
        {"role": "homeroom_teacher"},
        {"role": "principal"},
        {"role": "school_clerk", "duty": Duty.OFFICE},
        {"role": "board_clerk", "valid_to": date(2026, 3, 31)},
        {"role": "board_clerk", "family_name": " "},
    ],
    ids=["学級なし", "学校なし", "職務だけ", "終了が先", "氏なし"],
)
def test_an_incomplete_appointment_is_refused(work, values):
    with pytest.raises(Refused):
        schools.post_staff(work, posting(uuid4(), **values))


def test_a_homeroom_teacher_has_a_class_of_the_school_and_year(work, school, class_group):
    other = rows.add_school(work, rows.OTHER_ELEMENTARY)
    cases = [
        {"school": school, "duty": Duty.HOMEROOM},
        {"school": other, "class_group": class_group, "duty": Duty.HOMEROOM},
        {"school": school, "class_group": class_group, "duty": None},
        {
            "school": school,
            "class_group": class_group,
            "duty": Duty.HOMEROOM,
            "valid_from": date(2027, 4, 1),
        },
    ]
    for values in cases:
        with pytest.raises(Refused):
            schools.post_staff(work, posting(uuid4(), **values))


def test_an_unknown_role_is_not_found(work):
    with pytest.raises(NotFound):
        schools.post_staff(work, posting(uuid4(), role="king"))


def test_one_person_holds_several_appointments(work, school, homeroom):
    account_id = uuid4()
    other = rows.add_school(work, rows.OTHER_ELEMENTARY, "試験第二小学校")
    schools.post_staff(work, posting(account_id, **homeroom))

    nameless = posting(
        account_id,
        family_name="",
        given_name="",
        role="principal",
        school=other,
        duty=Duty.HEAD,
    )
    schools.post_staff(work, nameless)

    [person] = schools.posted_staff(work)
    assert [period.title for period in person.periods] == [
        "試験第一小学校 1年1組 学級担任",
        "試験第二小学校 校長",
    ]
    [same] = schools.posted_staff(work, other)
    assert [period.duty for period in same.periods] == [Duty.HEAD]


def test_the_same_appointment_is_not_made_twice(work, homeroom):
    account_id = uuid4()
    schools.post_staff(work, posting(account_id, **homeroom))

    with pytest.raises(Refused):
        schools.post_staff(work, posting(account_id, **homeroom, valid_to=date(2026, 9, 30)))


def test_a_right_ends_with_its_last_day(work, homeroom):
    account_id = uuid4()
    appointment = schools.post_staff(work, posting(account_id, **homeroom))

    schools.end_appointment(work, appointment, date(2026, 12, 24))

    assert find_actor(work.session, account_id, date(2026, 12, 24)) is not None
    assert find_actor(work.session, account_id, date(2026, 12, 25)) is None


def test_an_appointment_is_neither_prolonged_nor_ended_in_the_past(work, homeroom):
    appointment = schools.post_staff(work, posting(uuid4(), **homeroom))

    with pytest.raises(Refused):
        schools.end_appointment(work, appointment, date(2027, 4, 1))
    with pytest.raises(Refused):
        schools.end_appointment(work, appointment, date(2026, 11, 1))


def test_a_future_appointment_can_be_called_off(work):
    account_id = uuid4()
    coming = posting(account_id, role="board_clerk", valid_from=date(2027, 4, 1))
    appointment = schools.post_staff(work, coming)
    assert schools.posted_staff(work)[0].periods[0].state == "future"

    schools.end_appointment(work, appointment, date(2026, 11, 23))

    assert schools.posted_staff(work) == []
    assert find_actor(work.session, account_id, date(2027, 4, 1)) is None


def test_administrators_do_not_lock_themselves_out(work, work_for):
    appointment = schools.post_staff(work, posting(uuid4(), role="administrator"))
    own = work_for(role="administrator", session_of=work)
    own.actor = Actor(
        name="管理",
        account_id=uuid4(),
        staff_id=appointment.staff_id,
        grants={"base.manage_staff": None},
    )

    with pytest.raises(Refused):
        schools.end_appointment(own, appointment, date(2026, 12, 1))


def test_a_manager_of_one_school_appoints_there_only(work, work_for, school, homeroom):
    schools.post_staff(work, posting(uuid4(), role="board_clerk"))
    manager = work_for(role="administrator", units=(school.id,), session_of=work)

    appointment = schools.post_staff(manager, posting(uuid4(), **homeroom))

    with pytest.raises(NotFound):
        schools.post_staff(manager, posting(uuid4(), role="board_clerk"))
    assert [len(person.periods) for person in schools.posted_staff(manager)] == [1]
    schools.end_appointment(manager, appointment, date(2026, 12, 1))


def test_the_administrator_sees_the_staff_in_kana_order(work, homeroom):
    schools.post_staff(work, posting(uuid4(), **homeroom, kana_family_name="ワダ"))
    schools.post_staff(work, posting(uuid4(), role="board_clerk", kana_family_name="アベ"))

    assert [person.kana for person in schools.posted_staff(work)] == ["アベ ハナコ", "ワダ ハナコ"]


def test_a_form_of_a_staff_name_is_chosen_changed_and_taken_back(work, homeroom):
    appointment = schools.post_staff(work, posting(uuid4(), **homeroom, family_name="髙橋"))
    staff = schools.find_staff(work, appointment.staff_id)

    with pytest.raises(Refused):
        schools.choose_staff_exchange_name(work, staff, "髙橋", "花子")
    schools.choose_staff_exchange_name(work, staff, "高橋", "花子")
    schools.choose_staff_exchange_name(work, staff, "高橋", "華子")
    assert schools.staff_exchange_name(work, staff) == ("高橋", "華子")
    schools.choose_staff_exchange_name(work, staff, None, None)

    assert schools.staff_exchange_name(work, staff) is None
    assert staff.family_name == "髙橋"


def test_moving_between_cities_is_one_appointment(deployment):
    """The right to the old city ends at 0:00 of the day on which the new one begins."""
    operator = Actor.operator("test")
    account_id = uuid4()
    for code, first in (("132021", date(2026, 4, 1)), ("132071", date(2027, 4, 1))):
        with deployment.work(deployment.municipality(code), operator) as work:
            school = rows.add_school(work)
            group = rows.add_class(work, school, year=first.year)
            schools.post_staff(
                work,
                posting(
                    account_id,
                    school=school,
                    class_group=group,
                    duty=Duty.HOMEROOM,
                    valid_from=first,
                ),
            )
    reached = {}
    for code in ("132021", "132071"):
        with deployment.work(deployment.municipality(code), operator, writes=False) as work:
            reached[code] = [
                find_actor(work.session, account_id, day) is not None
                for day in (date(2027, 3, 31), date(2027, 4, 1))
            ]
            assert len(work.session.scalars(sa.select(Appointment)).all()) == 1
    assert reached == {"132021": [True, False], "132071": [False, True]}


def test_a_school_wide_right_is_ended_by_the_manager_of_the_school(work, work_for, school):
    values = {"role": "principal", "school": school, "duty": Duty.HEAD}
    appointment = schools.post_staff(work, posting(uuid4(), **values))
    manager = work_for(role="administrator", units=(school.id,), session_of=work)

    schools.end_appointment(manager, appointment, date(2026, 12, 1))

    assert appointment.valid_to == date(2026, 12, 1)


def test_taking_back_a_form_that_was_never_chosen_changes_nothing(work, homeroom):
    appointment = schools.post_staff(work, posting(uuid4(), **homeroom))
    staff = schools.find_staff(work, appointment.staff_id)

    schools.choose_staff_exchange_name(work, staff, " ", None)

    assert schools.staff_exchange_name(work, staff) is None


def test_without_the_right_staff_is_closed(work_for):
    clerk = work_for(role="board_clerk")

    for read in (schools.roles, schools.posted_staff):
        with pytest.raises(NotPermitted):
            read(clerk)
