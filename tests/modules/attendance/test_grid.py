from uuid import uuid4

import pytest

from govkit.errors import InvalidValue
from govkit.modules.attendance import Mark, MarkEntry
from govkit.modules.attendance.grid import (
    MINE,
    THEIRS,
    GridProblem,
    RollGrid,
    choice_names,
    field_names,
    read_grid,
    write_seen,
)

FIRST, SECOND = uuid4(), uuid4()


def sent(first: str = "present", **more: str) -> dict[str, str]:
    """A page of two pupils, the first of them with more fields."""
    mark, other, note = field_names(FIRST)
    return {
        "csrf_token": "x",
        "seen": "{}",
        mark: first,
        other: more.get("other", ""),
        note: more.get("note", ""),
        field_names(SECOND)[0]: "late",
        "lines": "2",
    }


def test_a_page_is_read():
    assert read_grid(sent("absent_illness", note="　発熱 38.5度 ")) == RollGrid(
        {},
        {FIRST: MarkEntry(Mark.ABSENT_ILLNESS, "発熱 38.5度"), SECOND: MarkEntry(Mark.LATE)},
    )


def test_the_list_counts_only_with_its_button():
    assert read_grid(sent("other", other="bereavement")).entries[FIRST].mark is Mark.BEREAVEMENT
    assert read_grid(sent("present", other="bereavement")).entries[FIRST].mark is Mark.PRESENT


@pytest.mark.parametrize(
    ("fields", "problem", "note"),
    [
        ({"first": "other", "note": "祖母"}, "「その他」の内容を選んでください", "祖母"),
        ({"note": "あ" * 101}, "備考は100文字以内で入力してください", "あ" * 101),
        # The number is neither kept nor shown again (A18).
        (
            {"note": "番号は１２３４ ５６７８ ９０１８"},
            "備考に個人番号（マイナンバー）は入力できません。番号を除いてください",
            "",
        ),
    ],
)
def test_what_a_person_left_undone_is_a_problem_of_the_line(fields, problem, note):
    grid = read_grid(sent(**fields))

    assert grid.problems == {FIRST: problem}
    assert grid.entries[FIRST].note == note


def test_a_page_sends_back_what_it_showed():
    shown = {FIRST: MarkEntry(Mark.LATE, "<バス>"), SECOND: MarkEntry()}

    grid = read_grid(sent() | {"seen": write_seen(shown)})

    assert (grid.shown(FIRST), grid.shown(SECOND)) == (shown[FIRST], shown[SECOND])
    assert grid.shown(uuid4()) is None
    assert SECOND not in grid.seen


@pytest.mark.parametrize(
    ("choice", "kept", "problem"), [(MINE, True, ""), (THEIRS, False, ""), ("", True, "どちらの")]
)
def test_a_mark_that_two_changed_is_asked_about(choice, kept, problem):
    asked, chosen = choice_names(FIRST)
    answer = {chosen: choice} if choice else {}

    grid = read_grid(sent("late") | {asked: "1"} | answer)

    assert (FIRST in grid.marks) is kept
    assert grid.problems.get(FIRST, "").startswith(problem)
    assert bool(grid.problems) is bool(problem)


def test_control_characters_never_reach_the_database():
    assert read_grid(sent(note="a\x00b\r\nc")).entries[FIRST].note == "a b  c"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"lines": "3"}, GridProblem.INCOMPLETE),
        ({"lines": ""}, GridProblem.INCOMPLETE),
        ({"mark-nobody": "late"}, GridProblem.UNKNOWN_PUPIL),
        ({field_names(SECOND)[0]: "asleep"}, GridProblem.UNKNOWN_MARK),
        ({field_names(SECOND)[0]: ""}, GridProblem.UNKNOWN_MARK),
        ({field_names(SECOND)[0]: "left"}, GridProblem.UNKNOWN_MARK),
        ({"seen": ""}, GridProblem.NOTHING_SEEN),
        ({"seen": "[]"}, GridProblem.NOTHING_SEEN),
        ({"seen": '{"x":["late",""]}'}, GridProblem.NOTHING_SEEN),
        ({"seen": f'{{"{FIRST}":["asleep",""]}}'}, GridProblem.NOTHING_SEEN),
        ({"seen": f'{{"{FIRST}":[["late"],""]}}'}, GridProblem.NOTHING_SEEN),
        ({"seen": f'{{"{FIRST}":"late"}}'}, GridProblem.NOTHING_SEEN),
        ({"seen": f'{{"{FIRST}":["late","\\ud800"]}}'}, GridProblem.NOTHING_SEEN),
        ({"seen": "[" * 100_000}, GridProblem.NOTHING_SEEN),
    ],
)
def test_what_our_page_cannot_send_is_refused_whole(change, problem):
    with pytest.raises(InvalidValue) as caught:
        read_grid(sent() | change)

    assert caught.value.problem is problem


def test_a_request_that_was_cut_off_is_refused():
    fields = list(sent().items())
    for length in range(len(fields)):
        with pytest.raises(InvalidValue):
            read_grid(dict(fields[:length]))
