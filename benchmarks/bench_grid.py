"""Reading the grid of a roll call, 40 pupils x 3 fields, beside a FieldList of WTForms.

Both get what the browser of a class sends, know which marks there are, and insist that a note is no
longer than 100 characters; ours also looks for individual numbers in the notes, and reads what the
page had shown.
"""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from uuid import uuid4

from measure import print_table, round_times
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, RadioField, SelectField, StringField
from wtforms.validators import AnyOf, Length

from govkit.modules.attendance.grid import OTHER, field_names, read_grid
from govkit.modules.attendance.marks import MARKS

BUTTONS = ["present", "absent_illness", "late", "early_leave", OTHER]
OTHERS = [mark.value for mark, kind in MARKS.items() if kind.is_recordable]


class LineForm(Form):
    """One pupil."""

    mark = RadioField(choices=BUTTONS, validators=[AnyOf(BUTTONS)])
    other = SelectField(choices=["", *OTHERS])
    note = StringField(validators=[Length(max=100)])


class RollForm(Form):
    """One class."""

    lines = FieldList(FormField(LineForm))


def sent_to_floor(marks: list[tuple[str, str, str]]) -> MultiDict[str, str]:
    """What a page made of the FieldList sends."""
    sent: MultiDict[str, str] = MultiDict()
    for number, (mark, other, note) in enumerate(marks):
        values = {"mark": mark, "other": other, "note": note}
        for name, value in values.items():
            sent[f"lines-{number}-{name}"] = value
    return sent


def sent_to_us(marks: list[tuple[str, str, str]]) -> MultiDict[str, str]:
    """What the page of a roll call sends."""
    sent: MultiDict[str, str] = MultiDict({"seen": "{}", "lines": str(len(marks))})
    for values in marks:
        sent.update(dict(zip(field_names(uuid4()), values, strict=True)))
    return sent


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--pupils", type=int, default=40)
    parser.add_argument("--times", type=int, default=100, help="grids a round")
    parser.add_argument("--rounds", type=int, default=10)
    chosen = parser.parse_args()
    marks = [
        (("absent_illness", "", "発熱のため") if number % 10 == 3 else ("present", "", ""))
        for number in range(chosen.pupils)
    ]
    for_floor, for_us = sent_to_floor(marks), sent_to_us(marks)
    assert RollForm(for_floor).validate()
    assert len(read_grid(for_us).entries) == chosen.pupils
    acts: dict[str, Callable[[None], object]] = {
        "floor": lambda _none: [RollForm(for_floor).validate() for _ in range(chosen.times)],
        "ours": lambda _none: [read_grid(for_us) for _ in range(chosen.times)],
    }
    times = round_times(chosen.rounds, time.process_time, lambda: None, acts)
    floor, ours = (min(times[side]) / chosen.times * 1000 for side in ("floor", "ours"))
    row = (f"{chosen.pupils} x 3", f"{floor:.3f}", f"{ours:.3f}", f"{ours / floor:.3f}")
    print_table(("fields", "WTForms FieldList ms", "govkit ms", "ratio"), [row])


if __name__ == "__main__":
    main()
