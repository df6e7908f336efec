"""Invented children and schools for the tests of schools."""

from datetime import date
from typing import Any

from govkit.base.work import Work
from govkit.modules import schools
from govkit.modules.schools import ClassGroup, NewPupil, School

ELEMENTARY = "B113299999911"
OTHER_ELEMENTARY = "B113299999920"
JUNIOR_HIGH = "C113299999919"
COMPULSORY = "C213299999918"


def child(addressee_number: str, **facts: Any) -> NewPupil:
    """A child who entered elementary school in April 2026, unless the facts say otherwise."""
    values: dict[str, Any] = {
        "family_name": "試験",
        "given_name": f"児童{addressee_number}",
        "kana_family_name": "シケン",
        "kana_given_name": "ジドウ",
        "birth_date": date(2019, 6, 1),
        "sex": "2",
        "is_protected": False,
    }
    return NewPupil(addressee_number=addressee_number, **(values | facts))


def add_school(work: Work, code: str = ELEMENTARY, name: str = "試験第一小学校") -> School:
    return schools.add_school(work, code, name)


def add_class(
    work: Work, school: School, grade: int = 1, name: str = "1組", year: int = 2026, **options: Any
) -> ClassGroup:
    return schools.add_class_group(work, school, year, grade, name, **options)
