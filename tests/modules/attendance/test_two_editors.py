"""Two teachers edit one roll call, in any order: no mark is lost, every clash is shown (P8).

A page is held as a browser holds it, as the fields that it would send. Each save is judged by what
stood in the database before and after, and by what that page had shown: a mark that somebody has
saved is replaced only by one who saw it. ``GOVKIT_SOAK=1`` makes 10,000 interleavings on SQLite and
1,000 on PostgreSQL.
"""

import html
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa

from govkit.base.work import Work
from govkit.jp.calendar import is_business_day
from govkit.modules.attendance import (
    AttendancePolicy,
    DayMark,
    Mark,
    MarkEntry,
    RollCallConflict,
    display,
    record_day,
    roll_call,
)
from govkit.modules.attendance.grid import MINE, OTHER, THEIRS, choice_names, field_names, read_grid
from govkit.modules.schools import ClassGroup
from tests.modules.attendance import rows
from tests.modules.attendance.browsing import fields_of, page_of
from tests.soak import SOAK

pytestmark = pytest.mark.requirement("P8")

ENTRIES = [
    MarkEntry(mark, note)
    for mark in (Mark.PRESENT, Mark.LATE, Mark.BEREAVEMENT)
    for note in ("", "<連絡>")
]
POLICY = AttendancePolicy()
BUTTONS = {mark for mark, _title in POLICY.buttons}
TODAY = date(2026, 11, 24)

Marks = dict[UUID, MarkEntry]
Fields = dict[str, str]


@dataclass
class Answer:
    """What a teacher gets.

    :param fields: Fields of the page that came back; none when everything was saved.
    :param text: What it says.
    """

    fields: Fields | None
    text: str = ""


@dataclass
class Roll:
    """One class's roll call of one day, and how to reach it."""

    pupils: list[UUID]
    open: Callable[[], Fields]
    send: Callable[[Fields], Answer]
    stored: Callable[[], Marks]


class Editor:
    """A teacher with the page open."""

    def __init__(self, roll: Roll, seen: Counter[str]) -> None:
        self.roll, self.counts = roll, seen
        self.fields = roll.open()

    def type(self, pupil_id: UUID, entry: MarkEntry) -> None:
        mark, other, note = field_names(pupil_id)
        has_button = entry.mark in BUTTONS
        self.fields |= {
            mark: entry.mark.value if has_button else OTHER,
            other: "" if has_button else entry.mark.value,
            note: entry.note,
        }

    def choose(self, choices: list[str]) -> None:
        asked = [each for each in self.roll.pupils if choice_names(each)[0] in self.fields]
        for pupil_id, choice in zip(asked, choices, strict=False):
            self.fields[choice_names(pupil_id)[1]] = choice

    def save(self) -> None:
        """Send the page, and judge what that did."""
        seen = shown(self.fields, self.roll.pupils)
        typed = {each: typed_in(self.fields, each) for each in self.roll.pupils}
        wanted = {
            each: entry
            for each, entry in typed.items()
            if entry != seen[each] and self.fields.get(choice_names(each)[1]) != THEIRS
        }
        before = self.roll.stored()
        answer = self.roll.send(self.fields)
        after = self.roll.stored()
        clashes = {
            each: (before[each], entry)
            for each, entry in wanted.items()
            if before[each] not in (seen[each], entry)
        }
        self.counts["saves"] += 1
        if answer.fields is None:
            assert not clashes, "somebody's mark was replaced unseen"
            assert after == before | wanted
            self.counts["merged"] += any(before[each] != seen[each] for each in before)
            self.fields = self.roll.open()
        else:
            assert after == before
            is_open = any(
                choice_names(each)[0] in self.fields and choice_names(each)[1] not in self.fields
                for each in self.roll.pupils
            )
            assert is_open or clashes
            if not is_open:
                self._judge_page(answer, seen, before | wanted, clashes)
            self.fields = answer.fields
        assert shown(self.fields, self.roll.pupils).keys() == before.keys()

    def _judge_page(
        self,
        answer: Answer,
        seen: Marks,
        merged: Marks,
        clashes: dict[UUID, tuple[MarkEntry, MarkEntry]],
    ) -> None:
        """Both values of every clash are shown, and both edits stand on the page."""
        fields = answer.fields or {}
        self.counts["clashes"] += len(clashes)
        asked = {each for each in self.roll.pupils if choice_names(each)[0] in fields}
        assert asked == clashes.keys()
        for theirs, mine in clashes.values():
            assert f"「{display.entry_text(theirs)}」を残す" in answer.text
            assert f"「{display.entry_text(mine)}」にする" in answer.text
        assert {each: typed_in(fields, each) for each in self.roll.pupils} == merged


def typed_in(fields: Fields, pupil_id: UUID) -> MarkEntry:
    mark, other, note = field_names(pupil_id)
    chosen = fields[other] if fields[mark] == OTHER else fields[mark]
    return MarkEntry(Mark(chosen), fields[note])


def shown(fields: Fields, pupils: list[UUID]) -> Marks:
    seen = {
        UUID(key): MarkEntry(Mark(mark), note)
        for key, (mark, note) in json.loads(fields["seen"]).items()
    }
    return {each: seen.get(each, MarkEntry()) for each in pupils}


def stored_marks(work: Work, pupils: list[UUID], day: date) -> Marks:
    found = work.session.execute(
        sa.select(DayMark.pupil_id, DayMark.mark, DayMark.note).where(
            DayMark.day == day, DayMark.pupil_id.in_(pupils)
        )
    )
    kept = {pupil_id: MarkEntry(Mark(mark), note) for pupil_id, mark, note in found}
    return {each: kept.get(each, MarkEntry()) for each in pupils}


def page_fields(lines: list[dict[str, object]], seen: str) -> Fields:
    """The fields of a page, from what its template gets."""
    fields = {"seen": seen, "lines": str(len(lines))}
    for line in lines:
        fields |= {
            str(line["field"]): str(line["value"]),
            str(line["other_name"]): str(line["other"]),
            str(line["note_name"]): str(line["remark"]),
        }
        if clash := line["clash"]:
            fields[clash["asked_name"]] = "1"
            for each in clash["choices"]:
                fields |= {clash["name"]: each["value"]} if each["checked"] else {}
    return fields


def through_service(work: Work, class_group: ClassGroup, pupils: list[UUID], day: date) -> Roll:
    """What the view does, without HTTP and HTML."""
    blank = roll_call(work, class_group, day)

    def page(sent=None, grid=None, merged=None) -> Answer:
        marks = stored_marks(work, pupils, day)
        lines = tuple(replace(line, entry=marks[line.pupil_id]) for line in blank.lines)
        sheet = replace(blank, version=1, lines=lines)
        lines = display.roll_lines(sheet, POLICY, sent, grid, merged)
        clashes = [line["clash"] for line in lines if line["clash"]]
        text = "\n".join(each["title"] for clash in clashes for each in clash["choices"])
        seen = display.seen_text(sheet, None if merged else grid)
        return Answer(page_fields(lines, seen), text)

    def send(fields: Fields) -> Answer:
        grid = read_grid(fields)
        if grid.problems:
            return page(fields, grid)
        try:
            record_day(work, class_group, day, grid.marks, seen=grid.seen)
        except RollCallConflict as conflict:
            return page(fields, grid, conflict.merged)
        return Answer(None)

    def open_page() -> Fields:
        return page().fields or {}

    return Roll(pupils, open_page, send, lambda: stored_marks(work, pupils, day))


def interleave(roll: Roll, seed: int, counts: Counter[str]) -> None:
    """Both teachers type, choose and save in an order that the seed gives."""
    chance = Random(seed)
    editors = [Editor(roll, counts), Editor(roll, counts)]
    counts["interleavings"] += 1
    for _ in range(chance.randint(3, 5)):
        editor = chance.choice(editors)
        for pupil_id in chance.sample(roll.pupils, chance.randint(1, 2)):
            editor.type(pupil_id, chance.choice(ENTRIES))
        if chance.random() < 0.8:
            editor.choose(chance.choices([MINE, THEIRS], k=chance.randint(0, 3)))
            editor.save()


def lesson_days() -> list[date]:
    days = ((TODAY - timedelta(days=number)) for number in range((TODAY - rows.FIRST_DAY).days))
    return [day for day in days if is_business_day(day)]


def test_no_interleaving_of_two_editors_loses_a_mark(work, school, capsys):
    long, short = (10_000, 150) if work.session.get_bind().dialect.name == "sqlite" else (1_000, 20)
    counts: Counter[str] = Counter()
    days, seed = lesson_days(), 0
    while seed < (long if SOAK else short):
        number = seed // len(days) + 1
        group = rows.add_class(work, school, f"{number}組")
        pupils = [each.id for each in rows.add_pupils(work, group, 4, start=10 * number)]
        for day in days[: (long if SOAK else short) - seed]:
            interleave(through_service(work, group, pupils, day), seed, counts)
            seed += 1

    assert min(counts["clashes"], counts["merged"]) >= seed / 10
    if SOAK:
        with capsys.disabled():
            print(f"\n{dict(counts)}: 0 marks lost")


def test_nor_does_one_through_the_page(city, sign_in):
    counts: Counter[str] = Counter()
    client = sign_in("132021", "homeroom_teacher", unit_id=city.class_id)
    for seed, day in zip(range(20 if SOAK else 2), lesson_days(), strict=False):

        def send(fields: Fields, url: str = page_of(city, day)) -> Answer:
            answer = client.post(url, data=fields)
            if answer.status_code == 303:
                return Answer(None)
            return Answer(fields_of(answer.text), html.unescape(answer.text))

        def open_page(url: str = page_of(city, day)) -> Fields:
            return fields_of(client.get(url).text)

        def stored(day: date = day) -> Marks:
            with city.work(writes=False) as work:
                return stored_marks(work, city.pupils, day)

        interleave(Roll(city.pupils, open_page, send, stored), seed, counts)
    assert counts["saves"] > seed
