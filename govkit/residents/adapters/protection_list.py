"""The list of people under support measures (支援措置グループ) as a CSV file."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from govkit.errors import InvalidInput, InvalidValue, Problem
from govkit.formats.tabular import Column, Encoding, read_table
from govkit.residents.adapters.extract_columns import FORBIDDEN, refuse_personal_numbers
from govkit.residents.adapters.extract_history import (
    History,
    HistoryProblem,
    number_problem,
    rank_of,
)

__all__ = [
    "PROTECTION_COLUMNS",
    "ProtectionList",
    "ProtectionReader",
    "read_protection_list",
]

PROTECTION_COLUMNS: Final = (
    Column("市区町村コード"),
    Column("宛名番号", is_number=True),
    Column("措置区分", ("支援措置区分",)),
    Column("履歴番号", ("支援措置履歴番号", "個人履歴番号"), is_required=False),
    Column("履歴番号_枝番号", (), is_required=False),
    Column("最新フラグ", is_required=False),
    Column("削除フラグ", is_required=False),
)
"""What to read of a row, in the order that :class:`ProtectionReader` takes."""
_HISTORY_TEXTS: Final[Mapping[StrEnum, tuple[str, str]]] = {
    HistoryProblem.LATEST_FLAG: ("最新フラグ", "最新フラグは 0 か 1 で入れてください。"),
    HistoryProblem.DELETED_FLAG: ("削除フラグ", "削除フラグは 0 か 1 で入れてください。"),
    HistoryProblem.NUMBER: ("履歴番号", "履歴番号は数字で入れてください。"),
    HistoryProblem.BRANCH: ("履歴番号_枝番号", "履歴番号の枝番号は数字で入れてください。"),
}
_ENDED: Final = "3"


@dataclass(frozen=True, slots=True)
class ProtectionList:
    """Who is protected.

    :param protected: Addressee numbers of everybody whose protection was not lifted.
    :param rows_read: Rows of the file that were not blank.
    """

    protected: frozenset[str]
    rows_read: int


def read_protection_list(
    source: Path | BinaryIO,
    *,
    municipality_code: str,
    encoding: Encoding | str = Encoding.UTF_8,
    name: str = "",
) -> ProtectionList:
    """Read the list of protected people.

    The current row of a person decides; only 措置区分 ``3`` (終了, code unverified) ends a
    protection, its end date does not (標準仕様書 3.1). If two rows claim to be the current one, the
    person is protected.

    :raises InvalidInput: When any row is wrong: a list read in part would leave people unprotected.
    """
    name = name or (source.name if isinstance(source, Path) else "")
    with read_table(
        source, PROTECTION_COLUMNS, encoding=encoding, name=name, forbidden=FORBIDDEN
    ) as table:
        refuse_personal_numbers(table.headings, name)
        reader = ProtectionReader(municipality_code, name)
        try:
            for row, cells in table:
                reader.take(row, cells)
        except InvalidInput as refused:
            raise InvalidInput([*reader.problems, *refused.problems]) from None
    problems = sorted((*reader.problems, *table.problems), key=lambda one: one.row or 0)
    if problems:
        raise InvalidInput(problems)
    return ProtectionList(reader.protected, table.row_count)


class ProtectionReader:
    """Takes rows of the group and tells who is protected.

    :ivar problems: What was wrong with rows; if there is anything, the whole is not to be used.
    """

    def __init__(self, municipality_code: str, name: str = "") -> None:
        self._municipality_code = municipality_code
        self._name = name
        self._history: History[str] = History()
        self.problems: list[Problem] = []

    @property
    def protected(self) -> frozenset[str]:
        """Addressee numbers of everybody whose protection was not lifted."""
        current, ties = self._history.current, frozenset(self._history.ties)
        ended = {number for number, found in current.items() if found[2] == _ENDED}
        return frozenset(current) - (ended - ties)

    def take(self, row: int, cells: tuple[str, ...]) -> None:
        """Take the cells of a row."""
        code, number, measure, history, branch, latest, deleted = cells
        if code != self._municipality_code:
            text = "取り込む自治体の行ではありません。ほかの自治体の行を除いてください。"
            self._refuse(row, "市区町村コード", code, "other_municipality", text)
        elif (problem := number_problem(number)) is not None:
            self._refuse(row, "宛名番号", number, *problem)
        else:
            try:
                rank = rank_of((history, branch, latest, deleted))
            except InvalidValue as error:
                column, text = _HISTORY_TEXTS[error.problem]
                self._refuse(row, column, "", error.problem.value, text)
            else:
                self._history.add(number, rank, row, measure)

    def _refuse(self, row: int, column: str, value: str, code: str, text: str) -> None:
        self.problems.append(Problem(code, text, self._name, "", row, column, value))
