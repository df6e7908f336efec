from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from queue import Queue
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from govkit.base.audit import AuditEvent
from govkit.base.identity import Actor
from govkit.base.merging import Clash
from govkit.base.work import Work
from govkit.errors import NotFound, NotPermitted
from govkit.modules.attendance import (
    DayMark,
    FutureDay,
    Mark,
    MarkCorrection,
    MarkEntry,
    MarkNotRecordable,
    MonthClosed,
    NotALessonDay,
    NotEnrolledThatDay,
    RollCall,
    RollCallConflict,
    corrections,
    record_day,
    recorded_classes,
    reopen_month,
    roll_call,
)
from govkit.modules.schools import admit, leave
from tests.modules.attendance import rows

TODAY = date(2026, 11, 24)
YESTERDAY = date(2026, 11, 20)
ABSENT, LATE = MarkEntry(Mark.ABSENT_ILLNESS, "発熱"), MarkEntry(Mark.LATE)


def marks_on(work: Work, day: date = TODAY) -> dict:
    query = sa.select(DayMark).where(DayMark.day == day).execution_options(populate_existing=True)
    return {
        row.pupil_id: MarkEntry(Mark(row.mark), row.note) for row in work.session.scalars(query)
    }


def audited(work: Work) -> list[AuditEvent]:
    return [each for each in work._events if each.action.startswith("attendance.")]


def test_pupils_without_a_mark_are_present(work, class_group, pupils):
    first, second, third = pupils

    done = record_day(work, class_group, TODAY, {second.id: ABSENT})

    assert marks_on(work) == {first.id: MarkEntry(), second.id: ABSENT, third.id: MarkEntry()}
    assert done.version == 1
    assert set(done.assumed) == {first.id, third.id}
    (event,) = audited(work)
    assert (event.action, event.subject_ids) == ("attendance.recorded", [str(class_group.id)])
    assert event.detail == {"day": "2026-11-24", "version": 1, "changed": 3, "corrected": []}


def test_recording_again_corrects_and_keeps_the_old_value(work_for, work, class_group, pupils):
    first, second, _third = pupils
    record_day(work, class_group, TODAY, {second.id: ABSENT})
    later = work_for(
        role="homeroom_teacher", units=(class_group.id,), session_of=work, today=date(2026, 11, 25)
    )

    done = record_day(later, class_group, TODAY, {first.id: LATE}, reason="聞き取りによる")

    assert (done.version, set(done.changed)) == (2, {first.id, second.id})
    kept = corrections(work, class_group, TODAY, TODAY)
    assert {(each.before, each.after) for each in kept} == {
        (MarkEntry(), LATE),
        (ABSENT, MarkEntry()),
    }
    assert {each.corrected_by for each in kept} == {"試験 担当"}
    assert {(each.corrected_at, each.reason) for each in kept} == {(later.now, "聞き取りによる")}
    sheet = roll_call(work, class_group, TODAY)
    assert (sheet.recorded_by, sheet.recorded_at, sheet.version) == ("試験 担当", later.now, 2)
    (event,) = audited(later)
    assert event.action == "attendance.corrected"
    assert set(event.detail["corrected"]) == {str(first.id), str(second.id)}


def test_a_changed_note_alone_is_a_correction(work, class_group, pupils):
    record_day(work, class_group, TODAY, {pupils[0].id: ABSENT})

    record_day(work, class_group, TODAY, {pupils[0].id: MarkEntry(Mark.ABSENT_ILLNESS, "腹痛")})

    (kept,) = corrections(work, class_group, TODAY, TODAY)
    assert (kept.before, kept.after.note) == (ABSENT, "腹痛")


def test_the_same_content_twice_changes_nothing(work, class_group, pupils):
    marks = {pupils[0].id: ABSENT}
    record_day(work, class_group, TODAY, marks, seen={})

    # A request that was sent twice tells what the first one saw.
    done = record_day(work, class_group, TODAY, marks, seen={})

    assert (done.version, done.changed) == (1, ())
    assert len(audited(work)) == 1
    assert work.session.scalars(sa.select(MarkCorrection)).all() == []


def test_what_only_one_of_two_savers_changed_is_put_together(work, class_group, pupils):
    first, second, third = (each.id for each in pupils)
    everyone = {first: MarkEntry(), second: MarkEntry(), third: MarkEntry()}
    record_day(work, class_group, TODAY, everyone | {first: ABSENT}, seen={})

    done = record_day(work, class_group, TODAY, everyone | {second: LATE}, seen={})

    assert marks_on(work) == {first: ABSENT, second: LATE, third: MarkEntry()}
    assert (done.changed, done.kept, done.assumed) == ((second,), (first,), ())


def test_a_pupil_whom_both_changed_is_left_for_them_to_decide(work, class_group, pupils):
    first, second, _third = (each.id for each in pupils)
    record_day(work, class_group, TODAY, {first: ABSENT})

    with pytest.raises(RollCallConflict) as caught:
        record_day(work, class_group, TODAY, {first: LATE, second: LATE}, seen={})

    assert caught.value.merged.clashes == {first: Clash(theirs=ABSENT, mine=LATE)}
    assert caught.value.merged.values[second] == LATE
    assert marks_on(work)[second] == MarkEntry()
    # Who has seen the other mark may replace it, and leaves alone what has no mark.
    record_day(work, class_group, TODAY, {second: LATE}, seen={first: ABSENT})
    assert marks_on(work)[first] == ABSENT
    record_day(work, class_group, TODAY, {first: LATE}, seen={first: ABSENT, second: LATE})
    assert (marks_on(work)[first], marks_on(work)[second]) == (LATE, LATE)


def test_pupils_who_come_and_go_while_a_page_is_open(work, class_group, pupils):
    first, second, _third = (each.id for each in pupils)
    leave(work, pupils[0], date(2026, 11, 20), "転出")
    joined = rows.add_pupils(work, class_group, 1, start=9)[0].id

    # The page still shows the first; nothing was changed there, so that nothing is missed.
    done = record_day(work, class_group, TODAY, {first: MarkEntry(), second: LATE}, seen={})

    assert joined in done.assumed
    assert first not in marks_on(work)
    with pytest.raises(NotEnrolledThatDay):
        record_day(work, class_group, TODAY, {first: LATE, second: LATE}, seen={})


@pytest.mark.parametrize("day", [TODAY, YESTERDAY], ids=["first save", "correction"])
def test_two_who_save_at_the_same_moment_cannot_both_win(deployment, day):
    city = deployment.municipality("132021")
    with deployment.work(city, Actor.operator("setup")) as work:
        class_group = rows.add_class(work, rows.add_school(work))
        pupils = rows.add_pupils(work, class_group, 2)
        record_day(work, class_group, YESTERDAY, {})
    outcomes = Queue()

    def save(entry: MarkEntry) -> None:
        try:
            with deployment.work(city, Actor.operator("A")) as own:
                roll_call(own, class_group, day)
                together.wait(timeout=10)
                record_day(own, class_group, day, {pupils[0].id: entry}, seen={})
            outcomes.put(entry)
        except RollCallConflict:
            outcomes.put(None)

    # SQLite lets one writer in after the other, so only there the look is part of the race.
    together = Barrier(1 if deployment.engine.dialect.name == "sqlite" else 2)
    threads = [Thread(target=save, args=(entry,)) for entry in (ABSENT, LATE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    ended = [outcomes.get(timeout=1), outcomes.get(timeout=1)]
    with deployment.work(city, Actor.operator("check"), writes=False) as work:
        stored = roll_call(work, class_group, day).lines[0].entry
    if together.parties == 2:
        assert ended.count(None) == 1
    assert stored in ended


def test_days_are_refused_on_which_no_roll_is_called(work, class_group, pupils):
    for day, error in [
        (date(2026, 11, 25), FutureDay),
        (date(2026, 11, 23), NotALessonDay),  # 勤労感謝の日
        (date(2026, 11, 22), NotALessonDay),
        (date(2025, 11, 20), NotALessonDay),  # before the class's school year
    ]:
        with pytest.raises(error):
            record_day(work, class_group, day, {})


def test_a_pupil_of_another_class_or_of_another_time_is_refused(work, school, class_group, pupils):
    stranger = rows.add_pupils(work, rows.add_class(work, school, "2組"), 1)[0]
    newcomer = rows.add_pupils(work, class_group, 1, date(2026, 11, 24), start=9)[0]
    leave(work, pupils[2], date(2026, 11, 20), "転出")

    record_day(work, class_group, date(2026, 11, 20), {pupils[2].id: LATE})
    record_day(work, class_group, TODAY, {newcomer.id: LATE})
    for day, pupil in [
        (TODAY, stranger),
        (TODAY, pupils[2]),
        (date(2026, 11, 19), newcomer),
    ]:
        with pytest.raises(NotEnrolledThatDay):
            record_day(work, class_group, day, {pupil.id: LATE})


@pytest.mark.parametrize("mark", [Mark.CLASS_CLOSURE, Mark.LEFT, Mark.NO_CLASS])
def test_marks_that_follow_from_the_calendar_are_refused(work, class_group, pupils, mark):
    with pytest.raises(MarkNotRecordable):
        record_day(work, class_group, TODAY, {pupils[0].id: MarkEntry(mark)})


def test_a_pupil_who_is_admitted_later_is_unrecorded_until_somebody_says_so(
    work, class_group, pupils
):
    record_day(work, class_group, TODAY, {})
    newcomer = rows.add_pupils(work, class_group, 1, TODAY, start=9)[0]

    lines = {each.pupil_id: each.entry for each in roll_call(work, class_group, TODAY).lines}
    assert lines[newcomer.id] is None
    assert lines[pupils[0].id] == MarkEntry()

    record_day(work, class_group, TODAY, {newcomer.id: LATE})
    (kept,) = corrections(work, class_group, TODAY, TODAY)
    assert (kept.before, kept.after) == (None, LATE)


def test_a_pupil_who_changes_class_takes_the_day_along(work, school, class_group, pupils):
    record_day(work, class_group, TODAY, {pupils[0].id: ABSENT})
    leave(work, pupils[0], YESTERDAY, "学級替え")
    other = rows.add_class(work, school, "2組")
    (moved,) = admit(work, other, [rows.child(class_group, 1)], TODAY)

    assert roll_call(work, other, TODAY).lines[-1].entry == ABSENT
    record_day(work, other, TODAY, {moved.id: LATE})

    assert marks_on(work)[moved.id] == LATE
    (kept,) = corrections(work, other, TODAY, TODAY)
    assert (kept.before, kept.after) == (ABSENT, LATE)


def test_closed_months_and_past_years_refuse_until_they_are_reopened(
    work_for, work, class_group, pupils
):
    record_day(work, class_group, date(2026, 4, 1), {})
    next_year = work_for(session_of=work, today=date(2027, 4, 1))

    with pytest.raises(MonthClosed):
        record_day(next_year, class_group, date(2027, 3, 31), {})
    reopen_month(next_year, class_group, date(2027, 3, 1), "転記漏れの訂正")
    assert record_day(next_year, class_group, date(2027, 3, 31), {}).version == 1
    with pytest.raises(MonthClosed):
        record_day(next_year, class_group, date(2027, 2, 26), {})


def test_a_teacher_records_only_the_own_class(work_for, work, school, class_group, pupils):
    other = rows.add_class(work, school, "2組")
    teacher = work_for(role="homeroom_teacher", units=(class_group.id,), session_of=work)
    head = work_for(role="principal", units=(school.id,), session_of=work)

    record_day(teacher, class_group, TODAY, {})
    with pytest.raises(NotFound):
        record_day(teacher, other, TODAY, {})
    with pytest.raises(NotFound):
        roll_call(teacher, other, TODAY)
    with pytest.raises(NotPermitted):
        record_day(head, class_group, TODAY, {})
    assert roll_call(head, class_group, TODAY).is_recorded
    assert recorded_classes(head, [class_group, other], TODAY) == {class_group.id}


def test_a_roll_call_names_why_there_is_none_and_its_neighbours(work, class_group, pupils):
    sheet = roll_call(work, class_group, date(2026, 11, 23))

    assert (sheet.day.kind, sheet.day.name) == ("holiday", "勤労感謝の日")
    assert (sheet.previous, sheet.following) == (date(2026, 11, 20), TODAY)
    assert not sheet.is_recorded


@contextmanager
def counted(work: Work) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    engine = work.session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_saving_forty_marks_takes_few_statements(work, class_group):
    pupils = rows.add_pupils(work, class_group, 40)
    work.session.flush()

    with counted(work) as statements:
        record_day(work, class_group, TODAY, {pupils[0].id: ABSENT})

    assert len(statements) <= 7, statements
    assert sum(each.startswith("INSERT") for each in statements) == 2


def test_a_roll_call_is_one_row_a_class_and_day(work, class_group, pupils):
    record_day(work, class_group, TODAY, {})
    record_day(work, class_group, TODAY, {pupils[0].id: LATE})
    record_day(work, class_group, YESTERDAY, {})

    query = sa.select(RollCall.day, RollCall.version).order_by(RollCall.day)
    assert [tuple(row) for row in work.session.execute(query)] == [(YESTERDAY, 1), (TODAY, 2)]
