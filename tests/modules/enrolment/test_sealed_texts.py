"""Free texts and contacts of the register: encrypted, found by equality, in no audit row."""

import pytest
import sqlalchemy as sa

from govkit.base.encrypted_columns import Sealed
from govkit.modules.enrolment import (
    DesignationReason,
    DesignationRequest,
    Guardian,
    ListQuery,
    RegisterChange,
    RegisterEntry,
    Schooling,
    change_designation,
    list_entries,
    update_remarks,
)
from govkit.modules.enrolment.models import SchoolDesignation
from tests.modules.enrolment.people import CITY, YEAR, child, compiled

pytestmark = pytest.mark.requirement("ENC-1", "ASVS-11.3.3")

HEALTH, REMARK = "持病の通院のため", "父と別居、連絡は母へ"


@pytest.fixture
def register(work):
    """Two children, the second protected, whose guardians have the same telephone number."""
    compiled(work, child(1), child(2, name="鈴木　蒼", kana="スズキ　アオイ", is_protected=True))
    for guardian in work.session.scalars(sa.select(Guardian)):
        guardian.contact = "03-5550-0199"
    work.session.flush()
    return work


def entry_of(work, number):
    query = sa.select(RegisterEntry).where(RegisterEntry.addressee_number.endswith(str(number)))
    return work.session.scalars(query).one()


@pytest.mark.requirement("CLS-1", "LOG-3")
def test_texts_about_people_are_sealed_and_in_no_audit_row(register, other_school):
    entry = entry_of(register, 1)
    update_remarks(register, entry, note=REMARK, schooling=Schooling.UNKNOWN)
    request = DesignationRequest(DesignationReason.HEALTH, HEALTH)
    change_designation(register, entry, other_school, request)
    register.session.flush()
    register.session.expire_all()

    assert entry.note == REMARK
    designation = register.session.scalars(sa.select(SchoolDesignation)).one()
    changes = register.session.scalars(sa.select(RegisterChange)).all()
    assert designation.reason_text == HEALTH
    assert REMARK in {each.after.get("note") for each in changes}
    for column in (RegisterEntry.note, SchoolDesignation.reason_text, RegisterChange.after):
        assert all(isinstance(each, Sealed) for each in register.session.scalars(sa.select(column)))
    told = str([vars(each) for each in register._events])
    assert "enrolment.designation_changed" in told
    assert HEALTH not in told
    assert REMARK not in told


def test_a_child_is_found_by_the_whole_contact_of_a_guardian(register, work_for):
    def numbers(work, text):
        listing = list_entries(work, ListQuery(entry_year=YEAR, name=text))
        return sorted(int(line.addressee_number) for line in listing.lines)

    officer = work_for(CITY, "protected_data_officer", session_of=register)
    clerk = work_for(CITY, "board_clerk", session_of=register)
    assert numbers(officer, "０３（５５５０）０１９９") == numbers(officer, "0355500199") == [1, 2]
    assert numbers(clerk, "03-5550-0199") == [1], "a contact does not lead to a protected child"
    assert numbers(clerk, "03-5550") == []
