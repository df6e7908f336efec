"""Every error that govkit raises, in one tree.

::

    GovkitError
    ├── InvalidValue       one value cannot be read; carries the code of the problem
    ├── InvalidInput       a whole file or form is refused; carries every problem found
    ├── InvalidSettings    the settings cannot start an application; carries every problem
    ├── NotPermitted       the actor lacks the right altogether
    ├── NotFound           there is no such thing, or it is not the actor's to see
    ├── Conflict           somebody else changed the record meanwhile
    ├── TryLater           not now: after some seconds
    │   ├── Busy           too many do so at the same time
    │   └── TooManyTries   it was tried too often
    ├── Refused            a rule of the domain forbids the act (closed month, past deadline …)
    ├── Unreadable         a sealed value does not open: changed, moved, or its key is gone
    └── UnscopedAccess     code tried to reach data without a municipality

A ``code`` never changes once released. Wording is Japanese, says what to do next, and is also
the message id under which translations are looked up. No error text carries a name, a birth
date or a number of a person unless it is shown to the one who typed or uploaded it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

__all__ = [
    "Busy",
    "Conflict",
    "GovkitError",
    "InvalidInput",
    "InvalidSettings",
    "InvalidValue",
    "NotFound",
    "NotPermitted",
    "Problem",
    "Refused",
    "Unreadable",
    "UnscopedAccess",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input: where it is, why, and what to do.

    :param code: Stable code of the reason.
    :param text: Japanese sentence and message id; ``{placeholders}`` are filled from ``params``.
    :param row: Row as a person counts it in the file, the header being row 1.
    :param column: Heading of the column, as written in the file.
    :param value: The refused value as written, or blank where it must not be repeated.
    """

    code: str
    text: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The Japanese sentence with its placeholders filled."""
        return self.text.format(**self.params)

    @property
    def where(self) -> str:
        """The place in words, such as ``住民票.csv 3行目「生年月日」``."""
        row = f"{self.row}行目" if self.row is not None else ""
        column = f"「{self.column}」" if self.column else ""
        return " ".join(part for part in (self.file, self.sheet, row + column) if part)

    def __str__(self) -> str:
        """Place, value and sentence in one line."""
        value = f"（{self.value}）" if self.value else ""
        return f"{self.where}{value}: {self.message}" if self.where else self.message


class GovkitError(Exception):
    """Root of all errors of govkit."""

    code: ClassVar[str] = "error"


class InvalidValue(GovkitError):
    """One value cannot be read.

    :param problem: Code that tells why; each kind of value has its own enumeration.
    :param suggestion: What was probably meant, to show to the one who typed it; never part of the
        error's own text.
    :param params: Facts for the sentence to show: the limit, the part that is wrong.
    """

    def __init__(self, problem: StrEnum, suggestion: str = "", **params: object) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.suggestion = suggestion
        self.params: Mapping[str, object] = params


class _Problems(GovkitError):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InvalidInput(_Problems):
    """A file or a form is refused as a whole, with every problem found in it."""

    code = "invalid_input"


class InvalidSettings(_Problems):
    """The settings cannot start an application, with every problem found in them."""

    code = "invalid_settings"


class NotPermitted(GovkitError):
    """The actor does not hold the right at all."""

    code = "not_permitted"


class NotFound(GovkitError):
    """No such thing, or not the actor's to see: the two look alike on purpose."""

    code = "not_found"


class Conflict(GovkitError):
    """The record changed between reading and saving it (同時更新)."""

    code = "conflict"


class TryLater(GovkitError):
    """Not now.

    :param seconds: When to try again, at the earliest.
    """

    code = "try_later"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{self.code}: {seconds} s")
        self.seconds = seconds


class Busy(TryLater):
    """Too many do the same at the moment, and the queue is full (混雑)."""

    code = "busy"


class TooManyTries(TryLater):
    """It was tried too often in a short time (回数制限)."""

    code = "too_many_tries"


class Refused(GovkitError):
    """A rule of the domain forbids the act; subclasses name the rule.

    :param text: Japanese sentence and message id that says what to do instead.
    """

    code = "refused"

    def __init__(self, text: str = "", **params: object) -> None:
        super().__init__(text.format(**params) if text else self.code)
        self.text = text
        self.params = params


class Unreadable(GovkitError):
    """A sealed value does not open; neither the value nor its place is told.

    :param problem: Code that tells why, such as an unknown key.
    :param key: Name of the key that the value was sealed with, where it is known.
    """

    code = "unreadable"

    def __init__(self, problem: StrEnum, key: str = "") -> None:
        super().__init__(f"{problem.value} {key}".strip())
        self.problem = problem
        self.key = key


class UnscopedAccess(GovkitError):
    """Code tried to read or write municipal data without staying inside one municipality."""

    code = "unscoped_access"
