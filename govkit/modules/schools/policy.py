"""How large a class may be (学級編制の標準), as data that a municipality may override.

公立義務教育諸学校の学級編制及び教職員定数の標準に関する法律 (義務標準法) 第3条第2項. A prefecture may set
smaller numbers; they go into the municipality's policy, never into code.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from govkit.errors import Refused
from govkit.modules.schools.models import SchoolKind

__all__ = [
    "ClassComposition",
    "ClassSizeRule",
    "SchoolsPolicy",
    "class_size_limit",
    "class_sizes",
    "split_into_classes",
]

Item = TypeVar("Item")


class ClassComposition(StrEnum):
    """Who sits in a class: one grade, two grades together (複式), or special needs (特別支援学級)."""

    SINGLE_GRADE = "single_grade"
    TWO_GRADES = "two_grades"
    SPECIAL_NEEDS = "special_needs"


class ClassSizeRule(BaseModel):
    """Largest class of a kind of school, of a grade, from a school year on.

    :param first_grade: Grades 1 to 9; 7 to 9 are the years of junior high school.
    :param school_year: First school year for which the rule holds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: SchoolKind
    first_grade: Annotated[int, Field(ge=1, le=9)]
    last_grade: Annotated[int, Field(ge=1, le=9)]
    composition: ClassComposition
    school_year: Annotated[int, Field(ge=2025)]
    limit: Annotated[int, Field(ge=1, le=60)]


def _rule(
    kind: SchoolKind, grades: tuple[int, int], composition: ClassComposition, year: int, limit: int
) -> ClassSizeRule:
    return ClassSizeRule(
        kind=kind,
        first_grade=grades[0],
        last_grade=grades[1],
        composition=composition,
        school_year=year,
        limit=limit,
    )


def _standard(elementary: SchoolKind, junior_high: SchoolKind) -> list[ClassSizeRule]:
    single, two, special = ClassComposition
    return [
        _rule(elementary, (1, 6), single, 2025, 35),
        _rule(elementary, (1, 6), two, 2025, 16),
        _rule(elementary, (1, 1), two, 2025, 8),
        _rule(elementary, (1, 6), special, 2025, 8),
        _rule(junior_high, (7, 9), single, 2025, 40),
        # The step from 40 to 35 follows the government's plan; its text is unverified.
        _rule(junior_high, (7, 7), single, 2026, 35),
        _rule(junior_high, (7, 8), single, 2027, 35),
        _rule(junior_high, (7, 9), single, 2028, 35),
        _rule(junior_high, (7, 9), two, 2025, 8),
        _rule(junior_high, (7, 9), special, 2025, 8),
    ]


NATIONAL_STANDARD: Final[tuple[ClassSizeRule, ...]] = (
    *_standard(SchoolKind.ELEMENTARY, SchoolKind.JUNIOR_HIGH),
    *_standard(SchoolKind.COMPULSORY, SchoolKind.COMPULSORY),
    # 義務標準法第3条第3項: 6 in special needs schools; unverified.
    _rule(SchoolKind.SPECIAL, (1, 9), ClassComposition.SINGLE_GRADE, 2025, 6),
    _rule(SchoolKind.SPECIAL, (1, 9), ClassComposition.SPECIAL_NEEDS, 2025, 6),
)
"""The national standard; of two rules that fit, the later in force and then the later listed wins."""


class SchoolsPolicy(BaseModel):
    """What a municipality decides about its schools (学校に関する方針).

    :param class_sizes: Rules of the prefecture or the municipality, which win over the national
        standard wherever they fit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    class_sizes: tuple[ClassSizeRule, ...] = ()


def class_size_limit(
    policy: SchoolsPolicy,
    kind: SchoolKind,
    grade: int,
    school_year: int,
    composition: ClassComposition = ClassComposition.SINGLE_GRADE,
) -> int:
    """Largest number of pupils in one class.

    :param grade: For two grades together the lower one.
    :raises Refused: When no rule says it.
    """
    for rules in (policy.class_sizes, NATIONAL_STANDARD):
        fitting = [
            (rule.school_year, position, rule.limit)
            for position, rule in enumerate(rules)
            if rule.kind == kind
            and rule.composition == composition
            and rule.first_grade <= grade <= rule.last_grade
            and rule.school_year <= school_year
        ]
        if fitting:
            return max(fitting)[2]
    raise Refused(
        "{school_year}年度の{grade}年の学級編制の基準がありません。団体の方針に基準を加えてください。",
        school_year=school_year,
        grade=grade,
    )


def class_sizes(count: int, limit: int) -> list[int]:
    """Sizes of the fewest classes that hold everybody, as even as can be, the larger first."""
    classes = -(-count // limit)
    return [(count + position) // classes for position in range(classes - 1, -1, -1)]


def split_into_classes(items: Sequence[Item], classes: int) -> list[list[Item]]:
    """Deal people out to classes in turn: sizes differ by one at most, neighbours are parted."""
    return [list(items[position::classes]) for position in range(classes)]
