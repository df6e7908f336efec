import pytest

from govkit.errors import Refused
from govkit.modules.schools import (
    ClassComposition,
    ClassSizeRule,
    SchoolKind,
    SchoolsPolicy,
    class_size_limit,
    class_sizes,
    split_into_classes,
)


@pytest.mark.parametrize(
    ("kind", "grade", "school_year", "composition", "limit"),
    [
        ("B1", 1, 2026, "single_grade", 35),
        ("B1", 6, 2031, "single_grade", 35),
        ("C1", 7, 2025, "single_grade", 40),
        ("C1", 7, 2026, "single_grade", 35),
        ("C1", 8, 2026, "single_grade", 40),
        ("C1", 8, 2027, "single_grade", 35),
        ("C1", 9, 2027, "single_grade", 40),
        ("C1", 9, 2028, "single_grade", 35),
        ("C2", 3, 2026, "single_grade", 35),
        ("C2", 9, 2026, "single_grade", 40),
        ("B1", 1, 2026, "two_grades", 8),
        ("B1", 2, 2026, "two_grades", 16),
        ("C1", 7, 2026, "two_grades", 8),
        ("B1", 4, 2026, "special_needs", 8),
        ("C1", 9, 2026, "special_needs", 8),
        ("E1", 5, 2026, "single_grade", 6),
    ],
)
def test_the_national_standard(kind, grade, school_year, composition, limit):
    found = class_size_limit(
        SchoolsPolicy(), SchoolKind(kind), grade, school_year, ClassComposition(composition)
    )
    assert found == limit


def test_the_municipality_may_set_smaller_classes():
    rule = ClassSizeRule(
        kind=SchoolKind.ELEMENTARY,
        first_grade=1,
        last_grade=2,
        composition=ClassComposition.SINGLE_GRADE,
        school_year=2025,
        limit=30,
    )
    policy = SchoolsPolicy(class_sizes=(rule,))

    assert class_size_limit(policy, SchoolKind.ELEMENTARY, 2, 2026) == 30
    assert class_size_limit(policy, SchoolKind.ELEMENTARY, 3, 2026) == 35


def test_where_no_rule_speaks_nothing_is_guessed():
    with pytest.raises(Refused):
        class_size_limit(SchoolsPolicy(), SchoolKind.ELEMENTARY, 1, 2024)


@pytest.mark.parametrize(
    ("count", "limit", "sizes"),
    [
        (0, 35, []),
        (1, 35, [1]),
        (70, 35, [35, 35]),
        (71, 35, [24, 24, 23]),
        (80, 35, [27, 27, 26]),
        (80, 40, [40, 40]),
        (71, 30, [24, 24, 23]),
    ],
)
def test_the_fewest_classes_as_even_as_can_be(count, limit, sizes):
    assert class_sizes(count, limit) == sizes


def test_neighbours_in_the_list_go_to_different_classes():
    assert split_into_classes(["葵", "蒼", "海", "空"], 3) == [["葵", "空"], ["蒼"], ["海"]]
