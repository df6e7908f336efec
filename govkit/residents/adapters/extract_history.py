"""Which of a person's history rows (履歴) is the current one.

The standard (住民記録システム標準仕様書 1.2.1) gives one full row per person and history number; a
file may hold them in any order. The row with 最新フラグ 1 is current, otherwise the one with the
greatest number and branch; rows with 削除フラグ 1 do not count.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Generic, TypeVar

from govkit.errors import InvalidValue

__all__ = ["History", "HistoryProblem", "number_problem"]

Content = TypeVar("Content")

_LATEST: Final = 1 << 62
_BRANCHES: Final = 1 << 20
_HISTORIES: Final = 1 << 40
_DELETED: Final = -1
_FLAGS: Final = frozenset(("", "0", "1"))


class HistoryProblem(StrEnum):
    """Why a row cannot be placed in a person's history."""

    LATEST_FLAG = "latest_flag"
    DELETED_FLAG = "deleted_flag"
    NUMBER = "history_number"
    BRANCH = "history_branch"


class History(Generic[Content]):
    """Collects rows and keeps the current one of each person.

    :ivar current: Rank, row number and content of the current row, by addressee number.
    :ivar deleted: Number of rows with 削除フラグ.
    """

    def __init__(self) -> None:
        self.current: dict[str, tuple[int, int, Content]] = {}
        self.deleted = 0
        self._ties: dict[str, list[int]] = {}
        self._ranks: dict[tuple[str, ...], int] = {}

    def add(self, number: str, place: tuple[str, ...], row: int, content: Content) -> None:
        """Take a row of the person with this addressee number.

        :param place: History number, branch, 最新フラグ and 削除フラグ as written.
        :raises InvalidValue: With a :class:`HistoryProblem`.
        """
        rank = self._ranks.get(place)
        if rank is None:
            rank = self._ranks[place] = _rank(place)
        before = self.current.get(number)
        if rank == _DELETED:
            self.deleted += 1
        elif before is None:
            self.current[number] = rank, row, content
        elif rank == before[0] or (rank >= _LATEST and before[0] >= _LATEST):
            self._ties.setdefault(number, []).append(row)
        elif rank > before[0]:
            self.current[number] = rank, row, content
            self._ties.pop(number, None)

    @property
    def ties(self) -> Mapping[str, list[int]]:
        """Rows by number of people of whom two rows claim to be the current one."""
        return {number: [self.current[number][1], *rows] for number, rows in self._ties.items()}


def _rank(place: tuple[str, ...]) -> int:
    history, branch, latest, deleted = place
    if latest not in _FLAGS:
        raise InvalidValue(HistoryProblem.LATEST_FLAG)
    if deleted not in _FLAGS:
        raise InvalidValue(HistoryProblem.DELETED_FLAG)
    if deleted == "1":
        return _DELETED
    rank = _counted(history, HistoryProblem.NUMBER, _HISTORIES) * _BRANCHES
    rank += _counted(branch, HistoryProblem.BRANCH, _BRANCHES)
    return rank + _LATEST if latest == "1" else rank


def _counted(text: str, problem: HistoryProblem, below: int) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 15 or int(text) >= below:
        raise InvalidValue(problem)
    return int(text)


def number_problem(number: str) -> tuple[str, str] | None:
    """Code and sentence of what is wrong with an addressee number (宛名番号), or ``None``.

    Its check digit is not tested: only newly issued numbers have one (標準仕様書 1.1.13).
    """
    if number.isascii() and number.isalnum() and len(number) <= 15:
        return None
    if not number.strip():
        return "number_missing", "宛名番号が空です。宛名番号を入れてください。"
    return "number_format", "宛名番号は15桁までの半角の英数字で入れてください。"
