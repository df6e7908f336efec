"""在学証明書: where a pupil goes to school, and nothing about where the pupil lives."""

from datetime import date
from uuid import uuid4

import pypdfium2 as pdfium
import pytest

from govkit.base import documents
from govkit.base.documents import DocumentsMissing
from govkit.errors import NotFound
from govkit.modules import schools
from govkit.modules.schools import ENROLMENT_CERTIFICATE, Duty, homeroom_teachers, principal
from tests.modules.schools.rows import JUNIOR_HIGH, add_class, add_school, child
from tests.modules.schools.test_staffing import posting

NAME = ENROLMENT_CERTIFICATE.name


@pytest.fixture
def pupil(work, class_group):
    [made] = schools.admit(
        work,
        class_group,
        [child("1", given_name="葛\U000e0100", is_protected=True)],
        date(2026, 4, 1),
    )
    return made


def page(pdf):
    [only] = pdfium.PdfDocument(pdf)
    return "".join(only.get_textpage().get_text_range().split())


def test_the_certificate_names_school_grade_and_entry_but_no_address(work, pupil):
    text = page(documents.issue(work, NAME, [str(pupil.id)]).pdf)

    for part in (
        "在学証明書",
        "第1号",
        "試験葛",
        "令和元年6月1日",
        "第1学年",
        "令和8年4月1日",
        "立川市立試験第一小学校",
        "上記の者は、本校に在学していることを証明する。",
    ):
        assert part in text, part
    assert "町" not in text
    assert "住所" not in text


def test_a_junior_high_school_counts_its_own_grades(work):
    group = add_class(work, add_school(work, JUNIOR_HIGH, "第一中学校"), grade=8)
    [pupil] = schools.admit(
        work, group, [child("7", birth_date=date(2012, 6, 1))], date(2026, 4, 1)
    )

    text = page(documents.issue(work, NAME, [str(pupil.id)]).pdf)

    assert "第2学年" in text
    assert "入学年月日" not in text  # what was before the first class is not known


def test_who_has_left_gets_none(work, pupil):
    schools.leave(work, pupil, date(2026, 10, 1), "転出")

    with pytest.raises(DocumentsMissing):
        documents.preview(work, NAME, str(pupil.id))


@pytest.mark.requirement("AUT-4", "ASVS-8.2.2")
def test_a_school_certifies_its_own_pupils_alone(work, work_for, pupil, school):
    other = add_school(work, "B113299999920", "試験第二小学校")
    own_clerk = work_for(role="school_clerk", units=(school.id,), session_of=work)
    other_clerk = work_for(role="school_clerk", units=(other.id,), session_of=work)

    assert documents.preview(own_clerk, NAME, str(pupil.id))
    [issued] = documents.issue(own_clerk, NAME, [str(pupil.id)]).issues
    assert issued.addressee_number == pupil.addressee_number
    for act in (
        lambda: documents.preview(other_clerk, NAME, str(pupil.id)),
        lambda: documents.find_issue(other_clerk, issued.id),
        lambda: documents.issue(other_clerk, NAME, ["nobody"]),
    ):
        with pytest.raises(NotFound):
            act()


def test_staff_who_sign_are_those_of_today(work, school, class_group):
    duties = {
        "校長": {"school": school, "duty": Duty.HEAD, "role": "principal"},
        "担任": {"school": school, "class_group": class_group, "duty": Duty.HOMEROOM},
    }
    for name, values in duties.items():
        schools.post_staff(work, posting(uuid4(), given_name=name, **values))

    assert principal(work, school) == "試験 校長"
    assert homeroom_teachers(work, class_group) == ["試験 担任"]
