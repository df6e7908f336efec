"""How long a pupil with an infection stays away (出席停止の期間, 学校保健安全法施行規則第19条).

Days are counted from the day after the onset, or after the symptom has gone. The figures of the
table are from memory of the ordinance and **unverified**; a doctor may always decide otherwise.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["SUSPENSIONS", "Infection", "Suspension", "suspension_end"]


class Infection(StrEnum):
    """Infections with a fixed length of suspension (第二種の感染症)."""

    INFLUENZA = "influenza"
    COVID_19 = "covid_19"
    MEASLES = "measles"
    MUMPS = "mumps"
    PHARYNGOCONJUNCTIVAL_FEVER = "pharyngoconjunctival_fever"


@dataclass(frozen=True, slots=True)
class Suspension:
    """Length of a suspension: until both have passed.

    :param after_onset: Days after the day of the onset (発症).
    :param after_relief: Days after the day on which the fever or main symptom had gone.
    """

    after_onset: int
    after_relief: int


SUSPENSIONS: Final = MappingProxyType(
    {
        Infection.INFLUENZA: Suspension(5, 2),
        Infection.COVID_19: Suspension(5, 1),
        Infection.MEASLES: Suspension(0, 3),
        Infection.MUMPS: Suspension(5, 0),
        Infection.PHARYNGOCONJUNCTIVAL_FEVER: Suspension(0, 2),
    }
)
"""Lengths by infection (unverified)."""


def suspension_end(infection: Infection, onset: date, relief: date) -> date:
    """Last day of the suspension; the pupil comes back on the next lesson day.

    :param onset: Day of the onset (発症した日).
    :param relief: Day on which the fever, or the main symptom, had gone (解熱した日).
    """
    rule = SUSPENSIONS[infection]
    return max(onset + timedelta(days=rule.after_onset), relief + timedelta(days=rule.after_relief))
