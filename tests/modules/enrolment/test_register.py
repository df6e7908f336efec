from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from govkit.errors import NotPermitted, Refused
from govkit.modules.enrolment import (
    ChangeKind,
    CompilationChange,
    Guardian,
    ListQuery,
    RegisterChange,
    RegisterCompilation,
    RegisterEntry,
    Schooling,
    list_entries,
    update_remarks,
)
from govkit.residents.records import Address, FuzzyDate, PersonName
from tests.modules.enrolment.people import CITY, OCTOBER, YEAR, child, compiled


def entries(work):
    found = work.session.scalars(sa.select(RegisterEntry).order_by(RegisterEntry.addressee_number))
    return {int(entry.addressee_number): entry for entry in found}


def counts(result):
    made = result.compilation
    return made.new_count, made.changed_count, made.gone_count


def test_the_register_of_entrants_is_that_of_1_october(work):
    """Acceptance scenario A1."""
    births = {1: "2020-04-01", 2: "2020-04-02", 3: "2021-04-01", 4: "2021-04-02"}
    people = [child(serial, birth) for serial, birth in births.items()]
    later = child(5, "2020-08-01", resident_since=date(2026, 10, 2))
    result = compiled(work, *people, later, as_of=date(2026, 10, 2))
    assert sorted(entries(work)) == [2, 3]
    assert {entry.entry_school_year for entry in entries(work).values()} == {2027}
    assert counts(result) == (2, 0, 0)

    moved_in = compiled(work, *people, later, day=date(2026, 10, 2))
    assert counts(moved_in) == (1, 0, 0)
    assert sorted(entries(work)) == [2, 3, 5]


def test_twins_with_one_reading_are_two_children(work):
    """Acceptance scenario A4."""
    twins = [child(1, name="山田　葵"), child(2, name="山田　蒼")]
    compiled(work, *twins)
    assert compiled(work, *twins).is_repeat
    listing = list_entries(work, ListQuery(entry_year=YEAR, name="やまだ あおい"))
    assert [line.name for line in listing.lines] == ["山田　葵", "山田　蒼"]
    assert all(line.has_namesake for line in listing.lines)


def test_compiling_twice_changes_nothing(work):
    people = [child(serial) for serial in range(1, 6)]
    first = compiled(work, *people)
    again = compiled(work, *people)
    assert again.is_repeat
    assert again.compilation.id == first.compilation.id
    for model in (RegisterCompilation, CompilationChange, RegisterChange):
        expected = {RegisterCompilation: 1, CompilationChange: 5, RegisterChange: 0}[model]
        assert work.session.scalar(sa.select(sa.func.count(model.id))) == expected
    assert {entry.version for entry in entries(work).values()} == {1}


def test_new_changed_and_gone_since_the_last_compilation(work):
    compiled(work, child(1), child(2), child(3))
    moved = replace(child(2).address, town="柴崎町二丁目", machiaza_id="0002002")
    gone = child(3, status="2", moved_on=date(2026, 10, 10))
    result = compiled(work, child(1), child(2, address=moved), gone, child(4))
    assert counts(result) == (1, 1, 1)
    kinds = dict(
        work.session.execute(
            sa.select(RegisterEntry.addressee_number, CompilationChange.kind)
            .join(CompilationChange, CompilationChange.entry_id == RegisterEntry.id)
            .where(CompilationChange.compilation_id == result.compilation.id)
        ).all()
    )
    assert kinds == {child(n).id.addressee_number: kind for n, kind in
                     ((2, "changed"), (3, "gone"), (4, "new"))}  # fmt: skip
    closed = entries(work)[3]
    assert (closed.status, closed.closed_reason, closed.closed_on) == (
        "closed",
        "moved_out",
        OCTOBER,
    )
    for kind, serial in ((ChangeKind.NEW, 4), (ChangeKind.CHANGED, 2), (ChangeKind.GONE, 3)):
        (line,) = list_entries(work, ListQuery(entry_year=YEAR, kind=kind)).lines
        assert int(line.addressee_number) == serial
    assert list_entries(work, ListQuery(entry_year=YEAR)).total == 3


def test_a_change_keeps_the_values_before_and_after(work):
    compiled(work, child(1))
    compiled(work, child(1, name="佐藤　葵", kana="サトウ　アオイ", head_name="佐藤　花子"))
    (change,) = work.session.scalars(sa.select(RegisterChange)).all()
    assert change.before["official_name"] == "山田　葵"
    assert change.after["official_name"] == "佐藤　葵"
    assert (change.before["guardian"], change.after["guardian"]) == ("山田　太郎", "佐藤　花子")
    assert change.source == "resident"


def test_who_comes_back_is_new_again(work):
    compiled(work, child(1), child(2))
    compiled(work, child(1))
    assert counts(compiled(work, child(1), child(2))) == (1, 0, 0)
    assert entries(work)[2].is_active


def test_what_clerks_keep_by_hand_survives_a_compilation(work):
    compiled(work, child(1))
    entry = entries(work)[1]
    update_remarks(work, entry, note="面談済み", schooling=Schooling.UNKNOWN)
    guardian = work.session.scalars(sa.select(Guardian)).one()
    guardian.name, guardian.source = "山田　花子", "manual"
    compiled(work, child(1, head_name="山田　次郎", sex="1"))
    work.session.expire_all()
    assert (entries(work)[1].note, entries(work)[1].sex) == ("面談済み", "1")
    assert work.session.scalars(sa.select(Guardian.name)).all() == ["山田　花子"]
    sources = work.session.scalars(sa.select(RegisterChange.source)).all()
    assert sorted(sources) == ["manual", "resident"]


def test_the_head_of_the_household_is_the_guardian_unless_it_is_the_child(work):
    head = child(2, relationship="世帯主", head_name="山田　葵")
    compiled(work, child(1), head)
    (guardian,) = work.session.scalars(sa.select(Guardian)).all()
    assert guardian.entry_id == entries(work)[1].id
    assert (guardian.name, guardian.relation) == ("山田　太郎", "世帯主")


def test_children_of_other_nationality_stand_in_the_list_kept_like_the_register(work):
    name = PersonName(full="NGUYEN VAN AN", roman="NGUYEN VAN AN", alias="安　太郎", preference="2")
    compiled(work, replace(child(1, kind="2", nationality="ベトナム"), name=name))
    entry = entries(work)[1]
    assert entry.is_foreign
    assert entry.name == "安　太郎"
    assert entry.official_name == "NGUYEN VAN AN"


def test_unknown_dates_go_by_the_day_they_can_be_and_the_wholly_unknown_are_told(work):
    partly = FuzzyDate.parse("2020-05-00", unknown=True, phrase="令和2年5月頃")
    wholly = FuzzyDate.parse("", unknown=True, phrase="年月日不詳")
    result = compiled(work, replace(child(1), birth=partly), replace(child(2), birth=wholly))
    entry = entries(work)[1]
    assert (entry.birth_date, entry.birth_is_certain) == (date(2020, 5, 1), False)
    assert entry.birth_phrase == "令和2年5月頃"
    assert result.compilation.undecided == [child(2).id.addressee_number]


def test_people_outside_the_resident_register_are_left_out(work):
    away = Address("132071", "0001001", "東京都", "昭島市", "田中町", "1番", "", "")
    compiled(work, child(1, household=None, address=away), child(2))
    assert sorted(entries(work)) == [2]


def test_a_corrected_birth_moves_a_child_to_its_year(work):
    compiled(work, child(1))
    younger = child(1, "2021-05-05")
    assert counts(compiled(work, younger, year=2028, day=OCTOBER)) == (0, 1, 0)
    assert entries(work)[1].entry_school_year == 2028


def test_data_older_than_the_reference_date_is_refused(work):
    with pytest.raises(Refused, match="基準日より前"):
        compiled(work, child(1), as_of=date(2026, 9, 30))
    assert entries(work) == {}


def test_an_earlier_reference_date_than_before_is_refused(work):
    compiled(work, child(1), day=date(2026, 10, 10))
    with pytest.raises(Refused, match="編製がすでにあります"):
        compiled(work, child(1), day=OCTOBER)


def test_only_who_may_compile_compiles(work_for):
    with pytest.raises(NotPermitted):
        compiled(work_for(CITY, "principal"), child(1))


def test_every_child_is_audited_before_the_register_is_filled(work):
    compiled(work, child(1), child(2))
    actions = {event.action: event.subject_ids for event in work._events}
    assert actions["residents.born_between"] == [
        child(1).id.addressee_number,
        child(2).id.addressee_number,
    ]
    assert "enrolment.compiled" in actions
