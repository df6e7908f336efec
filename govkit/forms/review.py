"""Answers in words, for the page on which one checks them before sending."""

from collections.abc import Iterator
from dataclasses import dataclass

from govkit.forms.compound import first_control
from govkit.forms.fields import Field, SubmitField
from govkit.forms.form import Form
from govkit.forms.progress import is_secret
from govkit.forms.rows import RowsField

__all__ = ["Line", "lines_of"]


@dataclass(frozen=True, slots=True)
class Line:
    """One question with its answer.

    :param answers: A line each; none when it was left blank.
    :param target: Id of the control, for the link that leads there.
    """

    label: str
    answers: tuple[str, ...]
    target: str


def lines_of(form: Form) -> Iterator[Line]:
    """Every question of a form that was asked; numbers that must not be shown are left out."""
    for each in form:
        is_silent = isinstance(each, SubmitField) or is_secret(each) or not each.focus_id
        if not is_silent and not each.is_hidden:
            yield from _rows(each) if isinstance(each, RowsField) else [_line(each)]


def _line(field: Field) -> Line:
    return Line(field.label.text, _answers(field), field.focus_id)


def _answers(field: Field) -> tuple[str, ...]:
    if field.is_blank and not isinstance(field.data, bool):
        return ()
    return tuple(line for line in field.answer.splitlines() if line.strip())


def _rows(rows: RowsField) -> Iterator[Line]:
    if rows.is_blank:
        yield Line(rows.label.text, (), rows.focus_id)
        return
    for row, name, _button in rows.shown_rows:
        if row.is_blank:
            continue
        answers: list[str] = []
        for field in row.form:
            if not field.is_hidden and not is_secret(field) and (found := _answers(field)):
                answers.append(f"{field.label.text}：{'、'.join(found)}")
        target = first_control(row.form) or rows.focus_id
        yield Line(f"{rows.label.text} {name}", tuple(answers), target)
