"""Which of a person's history rows (履歴) is the current one.

The standard (住民記録システム標準仕様書 1.2.1) gives one full row per person and history number; a
file may hold them in any order. The row with 最新フラグ 1 is current, otherwise the one with the
greatest number and branch; rows with 削除フラグ 1 do not count.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final, Generic, TypeVar

from govkit.errors import InvalidValue

__all__ = ["DELETED", "LATEST", "History", "HistoryProblem", "number_problem", "rank_of"]

Content = TypeVar("Content")

LATEST: Final = 1 << 62
"""Ranks from here on have 最新フラグ: two of them for one person are a tie."""
DELETED: Final = -1
"""Rank of a row with 削除フラグ."""
_BRANCHES: Final = 1 << 20
_HISTORIES: Final = 1 << 40
_FLAGS: Final = frozenset(("", "0", "1"))


class HistoryProblem(StrEnum):
    """Why a row cannot be placed in a person's history."""

    LATEST_FLAG = "latest_flag"
    DELETED_FLAG = "deleted_flag"
    NUMBER = "history_number"
    BRANCH = "history_branch"


class History(Generic[Content]):
    """Collects rows and keeps the current one of each person, the others in order.

    :ivar current: Rank, row number and content of the current row, by addressee number.
    :ivar deleted: Number of rows with 削除フラグ.
    """

    def __init__(self) -> None:
        self.current: dict[str, tuple[int, int, Content]] = {}
        self.deleted = 0
        self._ties: dict[str, list[int]] = {}
        self._former: dict[str, list[tuple[int, int, Content]]] = {}

    def add(self, number: str, rank: int, row: int, content: Content) -> None:
        """Take a row of the person with this addressee number; ``rank`` see :func:`rank_of`."""
        before = self.current.get(number)
        if rank == DELETED:
            self.deleted += 1
        elif before is None:
            self.current[number] = rank, row, content
        elif rank == before[0] or (rank >= LATEST and before[0] >= LATEST):
            self._ties.setdefault(number, []).append(row)
        elif rank > before[0]:
            self.current[number] = rank, row, content
            self._ties.pop(number, None)
            self._former.setdefault(number, []).append(before)
        else:
            self._former.setdefault(number, []).append((rank, row, content))

    @property
    def ties(self) -> Mapping[str, list[int]]:
        """Rows by number of people of whom two rows claim to be the current one."""
        return {number: [self.current[number][1], *rows] for number, rows in self._ties.items()}

    @property
    def former(self) -> Mapping[str, Sequence[Content]]:
        """Contents of the rows that are not current, the newest first, by number."""
        return {
            number: [content for _, _, content in sorted(rows, key=_by_rank, reverse=True)]
            for number, rows in self._former.items()
        }


def _by_rank(row: tuple[int, int, object]) -> tuple[int, int]:
    return row[0], row[1]


@lru_cache(maxsize=1 << 16)
def rank_of(place: tuple[str, ...]) -> int:
    """Place of a row in its person's history: the greatest is current.

    :param place: History number, branch, 最新フラグ and 削除フラグ as written.
    :returns: :data:`DELETED` for a row that does not count.
    :raises InvalidValue: With a :class:`HistoryProblem`.
    """
    history, branch, latest, deleted = place
    if latest not in _FLAGS:
        raise InvalidValue(HistoryProblem.LATEST_FLAG)
    if deleted not in _FLAGS:
        raise InvalidValue(HistoryProblem.DELETED_FLAG)
    if deleted == "1":
        return DELETED
    rank = _counted(history, HistoryProblem.NUMBER, _HISTORIES) * _BRANCHES
    rank += _counted(branch, HistoryProblem.BRANCH, _BRANCHES)
    return rank + LATEST if latest == "1" else rank


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
