"""出席簿: a class and its days on one sheet, as the month table has them."""

from datetime import date

import pypdfium2 as pdfium
import pytest

from govkit.base import documents
from govkit.base.documents import DocumentsMissing
from govkit.errors import NotFound, NotPermitted
from govkit.modules.attendance import (
    MONTH_REGISTER,
    Mark,
    NewClosure,
    add_closure,
    month,
    register_key,
)
from govkit.modules.attendance.models import ClosureCause
from tests.modules.attendance import rows

NAME = MONTH_REGISTER.name
NOVEMBER = date(2026, 11, 1)


def page(pdf):
    [only] = pdfium.PdfDocument(pdf)
    return "".join(only.get_textpage().get_text_range().split())


def test_the_sheet_has_the_numbers_of_the_month_table(work, class_group, pupils):
    days = rows.weekdays(date(2026, 11, 4), 3)
    rows.record_days(work, class_group, days, {(pupils[0], days[1]): Mark.ABSENT_ILLNESS})

    text = page(documents.print_unnumbered(work, NAME, register_key(class_group.id, NOVEMBER)))

    for part in (
        "出席簿",
        "令和8年11月",
        "立川市立試験第一小学校",
        "3年1組",
        "病",
        "病欠1",
        "記録中",
    ):
        assert part in text, part
    for row in month(work, class_group, NOVEMBER).rows:
        figures = "".join(map(str, [*row.attendance.numbers.figures, 0, 0]))
        assert figures in text[text.index("試験児童") :]


def test_forty_pupils_and_a_closure_fit_on_one_sheet(work, class_group):
    rows.add_pupils(work, class_group, 40)
    add_closure(
        work,
        class_group.school,
        NewClosure(
            first_day=date(2026, 11, 5),
            last_day=date(2026, 11, 6),
            cause=ClosureCause.INFECTION,
            reason="インフルエンザ",
            class_group_id=class_group.id,
        ),
    )

    text = page(documents.print_unnumbered(work, NAME, register_key(class_group.id, NOVEMBER)))

    assert text.count("学級閉鎖2") == 40
    assert [f"児童{number}" in text for number in range(1, 41)] == [True] * 40


@pytest.mark.requirement("LOG-1", "AUT-4")
def test_a_print_is_recorded_with_the_pupils_and_needs_the_right(
    work, work_for, class_group, pupils
):
    key = register_key(class_group.id, NOVEMBER)
    teacher = work_for(role="homeroom_teacher", units=(class_group.id,), session_of=work)
    board = work_for(role="board_clerk", session_of=work)

    documents.print_unnumbered(teacher, NAME, key)

    [event] = [each for each in teacher._reads if each.action == "document.printed"]
    assert sorted(event.subject_ids) == sorted(str(each.id) for each in pupils)
    with pytest.raises(NotPermitted):
        documents.print_unnumbered(board, NAME, key)
    other = rows.add_class(work, class_group.school, "2組")
    with pytest.raises(NotFound):
        documents.preview(teacher, NAME, register_key(other.id, NOVEMBER))
    with pytest.raises(DocumentsMissing):
        documents.preview(work, NAME, register_key(other.id, NOVEMBER))
    for wrong in ("", "x", key.replace("2026-11", "2026-13"), key.replace("2026", "2025")):
        with pytest.raises(NotFound):
            documents.preview(work, NAME, wrong)
