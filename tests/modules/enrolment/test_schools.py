"""Zones, designated schools, notices and admission."""

import io
from datetime import date

import pytest
import sqlalchemy as sa

from govkit.errors import Conflict, InvalidInput, NotFound, NotPermitted, Refused
from govkit.formats.tabular import Encoding
from govkit.modules.enrolment import (
    DesignationReason,
    DesignationRequest,
    Exemption,
    LetterKind,
    OutOfDistrictSchooling,
    PermissionEndsTooEarly,
    RegisterEntry,
    SameSchool,
    SchoolDesignation,
    Schooling,
    SpecialNeedsSchooling,
    admission_states,
    admit_entrants,
    assign_schools,
    change_designation,
    notices,
    open_designations,
    replace_zones,
    update_remarks,
    write_zones,
    zones,
)
from govkit.modules.enrolment.facts import new_pupil
from govkit.modules.resident_extracts import import_extract
from govkit.modules.schools import (
    ClassGroup,
    Pupil,
    add_class_group,
    admit,
    class_members,
    leave,
)
from govkit.residents.records import Address
from tests.modules.enrolment.conftest import ELEMENTARY, JUNIOR_HIGH, OTHER
from tests.modules.enrolment.people import CITY, YEAR, child, compiled, put_zones
from tests.modules.resident_extracts.files import extract_bytes, person

ELSEWHERE = Address(CITY, "0009009", "東京都", "立川市", "高松町三丁目", "5番", "", "1900011")
ZONE = f"0001001,富士見町一丁目,{ELEMENTARY},{JUNIOR_HIGH}"


@pytest.fixture
def zoned(work, school, other_school, junior_high):
    """A city whose one zone belongs to the first school."""
    put_zones(work, ZONE)
    return work


def entry(work, serial):
    number = child(serial).id.addressee_number
    query = sa.select(RegisterEntry).where(RegisterEntry.addressee_number == number)
    return work.session.scalars(query).one()


def designated(work, serial):
    found = open_designations(work, [entry(work, serial).id])
    return next(iter(found.values()), None)


SIBLINGS = DesignationRequest(DesignationReason.SIBLINGS, "兄が在学", date(2033, 3, 31))


class TestZones:
    def test_the_file_names_every_town_and_can_be_sent_back(self, zoned, tmp_path):
        path = tmp_path / "住民票.csv"
        away = {"住所_町字コード": "0009009", "住所_町字": "高松町三丁目"}
        path.write_bytes(extract_bytes([person(1), person(2, **away)]))
        import_extract(
            zoned, path, name=path.name, encoding=Encoding.UTF_8, as_of=date(2026, 10, 15)
        )
        body = write_zones(zoned).decode("utf-8-sig")
        assert "0009009,高松町三丁目,,,," in body.splitlines()
        filled = body.replace("高松町三丁目,,,,", f"高松町三丁目,{OTHER},,,")
        source = io.BytesIO(filled.encode("utf-8-sig"))
        assert replace_zones(zoned, source, encoding="utf-8").zones == 2
        assert [zone.elementary.code for zone in zones(zoned)] == [ELEMENTARY, OTHER]

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            (f"1001,富士見町,{ELEMENTARY},", "bad_machiaza_id"),
            ("0001002,富士見町二丁目,B113299999999,", "unknown_school"),
            (f"0001002,富士見町二丁目,{JUNIOR_HIGH},", "wrong_kind"),
            (f"0001002,富士見町二丁目,,{JUNIOR_HIGH}", "no_elementary_school"),
            (ZONE, "duplicate_machiaza_id"),
        ],
    )
    def test_one_wrong_line_leaves_all_zones_as_they_were(self, zoned, line, code):
        with pytest.raises(InvalidInput) as refused:
            put_zones(zoned, ZONE, line)
        (problem,) = refused.value.problems
        assert (problem.code, problem.row) == (code, 3)
        assert problem.message
        assert [zone.machiaza_id for zone in zones(zoned)] == ["0001001"]

    def test_lines_without_a_school_are_left_out(self, zoned):
        result = put_zones(zoned, ZONE, "0001002,富士見町二丁目,,")
        assert (result.zones, result.left_out) == (1, 1)

    def test_a_file_without_any_zone_is_refused(self, zoned):
        with pytest.raises(InvalidInput):
            put_zones(zoned, "0001002,富士見町二丁目,,")


class TestDesignation:
    def test_schools_are_designated_by_zone_and_again_changes_nothing(self, zoned, school):
        compiled(zoned, child(1), child(2, address=ELSEWHERE))
        first = assign_schools(zoned, YEAR)
        assert (first.assigned, first.kept, first.unplaced, first.excused) == (1, 0, 1, 0)
        assert designated(zoned, 1).school_id == school.id
        assert designated(zoned, 2) is None
        again = assign_schools(zoned, YEAR)
        assert (again.assigned, again.kept) == (0, 1)

    def test_a_changed_zone_moves_the_child_and_keeps_the_old_row(self, zoned, other_school):
        compiled(zoned, child(1))
        assign_schools(zoned, YEAR)
        put_zones(zoned, f"0001001,富士見町一丁目,{OTHER},")
        assert assign_schools(zoned, YEAR).assigned == 1
        assert designated(zoned, 1).school_id == other_school.id
        assert zoned.session.scalar(sa.select(sa.func.count(SchoolDesignation.id))) == 2

    def test_an_exception_has_a_reason_and_outlives_the_zones(self, zoned, other_school):
        compiled(zoned, child(1))
        assign_schools(zoned, YEAR)
        change_designation(zoned, entry(zoned, 1), other_school, SIBLINGS)
        assert assign_schools(zoned, YEAR).kept == 1
        made = designated(zoned, 1)
        assert (made.school_id, made.basis, made.reason_code) == (
            other_school.id,
            "exception",
            "siblings",
        )
        assert made.valid_until == date(2033, 3, 31)

    def test_of_two_who_decide_at_once_one_is_told(self, zoned, other_school):
        compiled(zoned, child(1))
        assign_schools(zoned, YEAR)
        seen = entry(zoned, 1).version
        change_designation(
            zoned,
            entry(zoned, 1),
            other_school,
            DesignationRequest(DesignationReason.HEALTH, "通院", version=seen),
        )
        with pytest.raises(Conflict):
            change_designation(
                zoned,
                entry(zoned, 1),
                other_school,
                DesignationRequest(DesignationReason.HEALTH, "通院", version=seen),
            )

    def test_the_same_school_and_a_wrong_kind_are_refused(self, zoned, school, junior_high):
        compiled(zoned, child(1))
        assign_schools(zoned, YEAR)
        with pytest.raises(SameSchool):
            change_designation(zoned, entry(zoned, 1), school, SIBLINGS)
        with pytest.raises(Refused, match="小学校"):
            change_designation(zoned, entry(zoned, 1), junior_high, SIBLINGS)

    @pytest.mark.parametrize(
        ("today", "last_day", "text"),
        [
            (date(2026, 11, 24), date(2027, 3, 31), "令和9年4月1日"),
            (date(2027, 6, 1), date(2027, 5, 31), "今日以降"),
        ],
    )
    def test_a_permission_does_not_end_before_it_counts(
        self, zoned, work_for, other_school, today, last_day, text
    ):
        compiled(zoned, child(1))
        work = work_for(CITY, today=today, session_of=zoned)
        early = DesignationRequest(DesignationReason.HEALTH, "通院", last_day)
        with pytest.raises(PermissionEndsTooEarly, match=text):
            change_designation(work, entry(work, 1), other_school, early)
        assert designated(work, 1) is None

    def test_a_permission_may_end_on_the_first_day(self, zoned, other_school):
        compiled(zoned, child(1))
        short = DesignationRequest(DesignationReason.HEALTH, "通院", date(2027, 4, 1))
        assert change_designation(zoned, entry(zoned, 1), other_school, short).ended_on is None

    def test_a_child_in_a_class_keeps_the_school_until_the_membership_ends(
        self, zoned, school, other_school
    ):
        compiled(zoned, child(1))
        assign_schools(zoned, YEAR)
        admit_entrants(zoned, school, YEAR)
        with pytest.raises(Refused, match="先に今の学校での在籍を終了"):
            change_designation(zoned, entry(zoned, 1), other_school, SIBLINGS)
        assert designated(zoned, 1).school_id == school.id
        pupil = zoned.session.scalars(sa.select(Pupil)).one()
        leave(zoned, pupil, date(2027, 4, 30), "転居")
        zoned.session.flush()
        change_designation(zoned, entry(zoned, 1), other_school, SIBLINGS)
        assert designated(zoned, 1).school_id == other_school.id

    def test_a_changed_zone_leaves_the_school_of_a_child_in_a_class(self, zoned, school):
        compiled(zoned, child(1))
        assign_schools(zoned, YEAR)
        admit_entrants(zoned, school, YEAR)
        put_zones(zoned, f"0001001,富士見町一丁目,{OTHER},")
        assert assign_schools(zoned, YEAR).kept == 1
        assert designated(zoned, 1).school_id == school.id

    def test_nothing_is_designated_without_zones(self, work, school):
        compiled(work, child(1))
        with pytest.raises(Refused, match="通学区域"):
            assign_schools(work, YEAR)

    def test_who_leaves_the_register_has_no_school_any_more(self, zoned, other_school):
        compiled(zoned, child(1), child(2))
        assign_schools(zoned, YEAR)
        compiled(zoned, child(1))
        zoned.session.expire_all()
        assert designated(zoned, 2) is None
        with pytest.raises(Refused):
            change_designation(zoned, entry(zoned, 2), other_school, SIBLINGS)


def exempt(work, serial):
    work.session.add(
        Exemption(
            entry_id=entry(work, serial).id,
            kind="postponed",
            decided_on=date(2026, 12, 1),
            reason="療養",
            starts_on=date(2027, 4, 1),
            ends_on=date(2028, 3, 31),
            returned_on=None,
        )
    )
    work.session.flush()


class TestNotices:
    def people(self):
        return [
            child(1),
            child(2),
            child(3, kind="2", nationality="ベトナム"),
            child(4),
            child(5, address=ELSEWHERE),
        ]

    def test_everybody_gets_the_right_letter_or_is_counted(self, zoned):
        compiled(zoned, *self.people())
        exempt(zoned, 4)
        assert assign_schools(zoned, YEAR).excused == 1
        found = notices(zoned, YEAR)
        kinds = [letter.kind for letter in found.letters]
        assert kinds.count(LetterKind.ADMISSION) == 2
        assert kinds.count(LetterKind.GUIDANCE) == 1
        assert (found.asked, found.unplaced, found.excused, found.withheld) == (5, 1, 1, 0)
        assert not found.is_complete

    def test_twins_get_two_letters(self, zoned):
        """Acceptance scenario A4."""
        compiled(zoned, child(1, name="山田　葵"), child(2, name="山田　蒼"))
        assign_schools(zoned, YEAR)
        found = notices(zoned, YEAR)
        assert [letter.name for letter in found.letters] == ["山田　葵", "山田　蒼"]
        assert found.is_complete
        (letter, _other) = found.letters
        assert letter.guardians == (("山田　太郎", ""),)
        assert letter.starts_on == date(2027, 4, 1)

    @pytest.mark.parametrize(
        ("today", "is_late"), [(date(2027, 1, 31), False), (date(2027, 2, 1), True)]
    )
    def test_the_end_of_january_is_the_last_day(self, work_for, today, is_late):
        work = work_for(CITY, today=today)
        compiled(work, child(1))
        assert notices(work, YEAR).is_late is is_late

    def test_letters_to_protected_families_are_left_to_the_officer(self, zoned, work_for):
        compiled(zoned, child(1), child(2, is_protected=True))
        assign_schools(zoned, YEAR)
        zoned.session.flush()
        clerk = work_for(CITY, "board_clerk", session_of=zoned)
        officer = work_for(CITY, "protected_data_officer", session_of=zoned)
        assert (len(notices(clerk, YEAR).letters), notices(clerk, YEAR).withheld) == (1, 1)
        assert (len(notices(officer, YEAR).letters), notices(officer, YEAR).withheld) == (2, 0)

    def test_letters_of_one_school(self, zoned, school, other_school):
        compiled(zoned, child(1))
        assign_schools(zoned, YEAR)
        assert len(notices(zoned, YEAR, school).letters) == 1
        assert len(notices(zoned, YEAR, other_school).letters) == 0


class TestAdmission:
    def test_children_are_dealt_out_to_classes_and_again_changes_nothing(self, zoned, school):
        compiled(zoned, *(child(serial) for serial in range(1, 72)))
        assign_schools(zoned, YEAR)
        result = admit_entrants(zoned, school, YEAR)
        assert (result.admitted, result.present, result.classes) == (71, 0, 3)
        groups = zoned.session.scalars(sa.select(ClassGroup).order_by(ClassGroup.name)).all()
        april = date(2027, 4, 1)
        sizes = [len(class_members(zoned, group, april)) for group in groups]
        assert sizes == [24, 24, 23]
        again = admit_entrants(zoned, school, YEAR)
        assert (again.admitted, again.present) == (0, 71)
        assert zoned.session.scalar(sa.select(sa.func.count(Pupil.id))) == 71
        child_entry = entry(zoned, 1)
        assert (child_entry.school_id, child_entry.entered_on) == (school.id, april)

    def test_who_comes_later_joins_the_smallest_class(self, zoned, school):
        compiled(zoned, *(child(serial) for serial in range(1, 40)))
        assign_schools(zoned, YEAR)
        admit_entrants(zoned, school, YEAR)
        compiled(zoned, *(child(serial) for serial in range(1, 41)))
        assign_schools(zoned, YEAR)
        assert admit_entrants(zoned, school, YEAR).admitted == 1
        (state, *_others) = admission_states(zoned, YEAR)
        assert (state.entrants, state.admitted, state.waiting) == (40, 40, 0)

    def test_who_entered_another_school_does_not_wait(self, zoned, school, other_school):
        compiled(zoned, child(1), child(2))
        assign_schools(zoned, YEAR)
        admit_entrants(zoned, school, YEAR)
        pupil = zoned.session.scalars(sa.select(Pupil)).first()
        leave(zoned, pupil, date(2027, 4, 30), "転居")
        zoned.session.flush()
        moved = int(pupil.addressee_number)
        change_designation(zoned, entry(zoned, moved), other_school, SIBLINGS)
        states = {each.school.id: each for each in admission_states(zoned, YEAR)}
        shown = {key: (each.entrants, each.waiting) for key, each in states.items()}
        assert shown == {school.id: (1, 0), other_school.id: (0, 0)}
        assert admit_entrants(zoned, other_school, YEAR).admitted == 0

    def test_who_was_put_into_a_class_by_the_school_does_not_wait(self, zoned, school):
        compiled(zoned, child(1), child(2))
        assign_schools(zoned, YEAR)
        group = add_class_group(zoned, school, YEAR, 1, "1組")
        facts = [new_pupil(entry(zoned, 1), is_protected=False)]
        admit(zoned, group, facts, date(2027, 4, 5))
        (state, *_others) = admission_states(zoned, YEAR)
        assert (state.entrants, state.admitted, state.waiting) == (2, 1, 1)
        assert admit_entrants(zoned, school, YEAR).admitted == 1

    def test_who_goes_elsewhere_is_not_admitted(self, zoned, school):
        compiled(zoned, *(child(n) for n in (1, 2, 3, 4)), child(5, kind="2"), child(6, kind="2"))
        assign_schools(zoned, YEAR)
        exempt(zoned, 2)
        zoned.session.add(outside(entry(zoned, 3)))
        zoned.session.add(special(entry(zoned, 4)))
        update_remarks(zoned, entry(zoned, 5), note="", schooling=Schooling.FOREIGN_SCHOOL)
        zoned.session.flush()
        assert admit_entrants(zoned, school, YEAR).admitted == 2
        numbers = zoned.session.scalars(sa.select(Pupil.addressee_number)).all()
        assert sorted(map(int, numbers)) == [1, 6]

    def test_the_school_gets_names_and_protection_but_no_address(self, zoned, school):
        compiled(zoned, child(1, is_protected=True))
        assign_schools(zoned, YEAR)
        admit_entrants(zoned, school, YEAR)
        pupil = zoned.session.scalars(sa.select(Pupil)).one()
        assert (pupil.name, pupil.kana, pupil.is_protected) == ("山田 葵", "ヤマダ アオイ", True)

    def test_a_corrected_name_reaches_the_school(self, zoned, school):
        compiled(zoned, child(1))
        assign_schools(zoned, YEAR)
        admit_entrants(zoned, school, YEAR)
        compiled(zoned, child(1, name="佐藤　葵", kana="サトウ　アオイ"))
        zoned.session.expire_all()
        assert zoned.session.scalars(sa.select(Pupil)).one().name == "佐藤 葵"

    def test_a_school_admits_its_own_children_only(self, zoned, work_for, school, other_school):
        compiled(zoned, child(1))
        assign_schools(zoned, YEAR)
        zoned.session.flush()
        clerk = work_for(CITY, "school_clerk", units=(school.id,), session_of=zoned)
        with pytest.raises(NotFound):
            admit_entrants(clerk, other_school, YEAR)
        assert [state.school.id for state in admission_states(clerk, YEAR)] == [school.id]
        assert admit_entrants(clerk, school, YEAR).admitted == 1
        with pytest.raises(NotPermitted):
            assign_schools(clerk, YEAR)


def outside(found):
    return OutOfDistrictSchooling(
        entry_id=found.id,
        school_name="国立附属小学校",
        founder_name="国立大学法人",
        entered_on=None,
        transferred_on=None,
        withdrawn_on=None,
        graduated_on=None,
        reason="入学",
        applied_on=date(2027, 1, 10),
        permitted_on=date(2027, 1, 20),
        starts_on=date(2027, 4, 1),
        ends_on=None,
    )


def special(found):
    return SpecialNeedsSchooling(
        entry_id=found.id,
        school_name="都立特別支援学校",
        department="小学部",
        founder_name="東京都",
        entered_on=date(2027, 4, 1),
        transferred_on=None,
        withdrawn_on=None,
        graduated_on=None,
        disability="肢体不自由",
    )
