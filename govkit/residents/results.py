"""Every answer that a lookup of residents can have: a closed set."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from govkit.errors import Problem
from govkit.residents.matching import Candidate
from govkit.residents.records import Resident

__all__ = [
    "Denial",
    "Denied",
    "Found",
    "Invalid",
    "NoMatch",
    "Result",
    "Review",
    "Several",
    "Single",
    "TooMany",
    "Unavailable",
    "Verification",
    "Verified",
]


class _Listed:
    """Answers that hold people."""

    candidates: tuple[Candidate, ...]

    @property
    def residents(self) -> tuple[Resident, ...]:
        """The people in the order of the candidates."""
        return tuple(candidate.resident for candidate in self.candidates)


@dataclass(frozen=True, slots=True)
class Single(_Listed):
    """Exactly one person."""

    outcome: ClassVar[str] = "single"
    candidate: Candidate

    @property
    def resident(self) -> Resident:
        """The person."""
        return self.candidate.resident

    @property
    def candidates(self) -> tuple[Candidate, ...]:  # type: ignore[override]
        """The one candidate, so that every answer with people can be listed alike."""
        return (self.candidate,)


@dataclass(frozen=True, slots=True)
class Several(_Listed):
    """Several people, the surest first; a person decides which is meant."""

    outcome: ClassVar[str] = "several"
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Review(_Listed):
    """One person or several, found only by likeness; nobody may be taken without a look.

    Every candidate rests on a letter off, on characters that are often confused, or on evidence
    too weak to link automatically.
    """

    outcome: ClassVar[str] = "review"
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Nobody, or nobody who may be found this way: the two look alike on purpose."""

    outcome: ClassVar[str] = "no_match"


@dataclass(frozen=True, slots=True)
class TooMany:
    """More people than an answer may hold: the question has to be narrowed."""

    outcome: ClassVar[str] = "too_many"
    limit: int


class Denial(StrEnum):
    """Why a lookup was denied."""

    PURPOSE = "purpose"
    """The purpose is not in the policy, or not for this kind of lookup."""
    KEY = "key"
    """The purpose does not allow one of the conditions of the query."""
    BUDGET = "budget"
    """The actor has looked up as many people as the policy allows for now."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The policy does not allow this; the source was not asked.

    :param keys: The conditions that the purpose does not allow.
    :param retry_after: Seconds after which the budget allows more.
    """

    outcome: ClassVar[str] = "denied"
    purpose: str
    reason: Denial = Denial.PURPOSE
    keys: tuple[str, ...] = ()
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Invalid:
    """The question cannot be answered as asked; the source was not asked."""

    outcome: ClassVar[str] = "invalid"
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The source could not answer: nothing is known about whether the person exists."""

    outcome: ClassVar[str] = "unavailable"
    retry_after: float | None = None


Found = Single | Several | Review
"""Answers that hold people."""

Result = Single | Several | Review | NoMatch | TooMany | Denied | Invalid | Unavailable
"""Every answer a lookup can have; match on the class, and never read an outage as no match."""


class Verification(StrEnum):
    """Whether what somebody claims agrees with the register."""

    YES = "yes"
    PARTIAL = "partial"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Verified:
    """What of a claim agrees; nothing of the register is given out (本人確認).

    :param agreed: Names of the items of the claim that agree with the register.
    :param differing: Those that do not, or that may not be told.
    """

    outcome: ClassVar[str] = "verified"
    verification: Verification
    agreed: frozenset[str] = frozenset()
    differing: frozenset[str] = frozenset()
