"""Excel workbooks (xlsx) as tables, opened in a child process with bounds.

A workbook of five kilobytes can ask for seventeen thousand million cells. So the file is judged and
read by :mod:`govkit.formats.workbook_child` in a clean interpreter whose memory, time, files and
network are limited; the rows come back in small batches, and a child that dies is a plain problem.
Needs the extra ``excel``.
"""

import csv
import io
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from govkit.errors import InvalidInput, Problem

__all__ = ["Bounds", "Usage", "Workbook", "write_as_csv"]

_MEBIBYTE: Final = 1024 * 1024
_CHILD: Final = Path(__file__).with_name("workbook_child.py")
_LONGEST_FRAME: Final = 8 * _MEBIBYTE
_AT_ONCE: Final = 2
_slots = threading.BoundedSemaphore(_AT_ONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a workbook may ask for before it is refused.

    :param max_unpacked_bytes: Of all parts of the archive together.
    :param max_ratio: Times that a part of more than 1 MiB may be larger than its packed form.
    :param max_entries: Parts of the archive.
    :param max_cells: Of the rectangles that the sheets span.
    :param max_cell_length: Letters; Excel itself stops at 32,767.
    :param seconds: Processor time of the child; four times as much on the clock.
    :param memory_bytes: Address space of the child.
    """

    max_unpacked_bytes: int = 100 * _MEBIBYTE
    max_ratio: int = 200
    max_entries: int = 1000
    max_rows: int = 200_000
    max_columns: int = 1000
    max_cells: int = 1_000_000
    max_cell_length: int = 32_767
    seconds: int = 5
    memory_bytes: int = 256 * _MEBIBYTE


@dataclass(frozen=True, slots=True)
class Usage:
    """What a child took: processor time and the most memory; its bounds, where it had to be stopped."""

    cpu_seconds: float = 0.0
    peak_bytes: int = 0


_TEXTS: Final[Mapping[str, str]] = {
    "archive_path": "ファイルの中に、フォルダーの外を指す名前・リンク・同じ名前があります。Excelで開いて保存し直してください。",
    "archive_encrypted": "パスワードのかかったファイルです。パスワードを外して保存し直してください。",
    "archive_entries": "ファイルの中の部品が多すぎます（{found}個、上限{limit}個）。表だけのブックに保存し直してください。",
    "archive_ratio": "ファイルの中身が異常に圧縮されています。表だけのブックに保存し直すか、CSVで保存してください。",
    "archive_unpacked": "ファイルを開くと大きすぎます（上限 {limit} MB）。分けるか、CSVで保存してください。",
    "workbook_damaged": "Excelのファイルが壊れています。元のファイルをExcelで開いて保存し直してください。",
    "workbook_xml": "Excelのファイルの中の「{part}」が壊れています。元のファイルをExcelで開いて保存し直してください。",
    "xml_declarations": "Excelのファイルの中の「{part}」に、Excelが書かない宣言（DTD）があります。元のファイルを確かめてください。",
    "macro_workbook": "マクロの入ったブックです。「Excelブック（*.xlsx）」で保存し直してください。",
    "binary_workbook": "バイナリ形式のブック（xlsb）です。「Excelブック（*.xlsx）」で保存し直してください。",
    "no_workbook": "Excelブック（xlsx）ではないファイルです。「Excelブック（*.xlsx）」かCSVで保存し直してください。",
    "workbook_cells": "表の範囲が広すぎます（{found}セル、上限{limit}セル）。離れたセルの書き込みを消すか、CSVで保存してください。",
    "workbook_rows": "表の行が多すぎます（{found}行目まで、上限{limit}行）。離れたセルの書き込みを消すか、CSVで保存してください。",
    "workbook_columns": "表の列が多すぎます（{found}列、上限{limit}列）。離れたセルの書き込みを消してください。",
    "cell_length": "この行に、長すぎるセルがあります（上限{limit}文字）。短くしてください。",
    "workbook_empty": "文字の入ったシートがありません。中身のあるブックを選んでください。",
    "several_sheets": "文字の入ったシートが複数あります（{names}）。取り込むシートだけを残して保存し直してください。",
    "workbook_unreadable": "Excelのファイルとして読めません。Excelで開いて保存し直すか、CSVで保存してください。",
    "encrypted_workbook": "パスワードのかかったブックです。パスワードを外して保存し直してください。",
    "workbook_memory": "このブックは、読むのに使ってよいメモリーでは足りません。分けるか、CSVで保存してください。",
    "workbook_time": "このブックは、決められた時間（{limit}秒）で読み終わりません。分けるか、CSVで保存してください。",
    "workbook_stopped": "このブックを読む処理が途中で止まりました。Excelで開いて保存し直すか、CSVで保存してください。",
    "too_many_workbooks": "ほかのブックを読んでいます。少し待ってから、もう一度選んでください。",
    "no_excel": "Excelブックを読む部品（govkit-jp[excel]）が入っていません。「CSV UTF-8」で保存し直してください。",
}
_ERROR_CELL: Final = "セルがエラーになっています。式を直すか、値を入れてください。"
_FORMULA: Final = (
    "式の結果が保存されていません。Excelで開いて保存し直すか、値に置き換えてください。"
)


class Workbook:
    """The only filled sheet of a workbook, row by row, in a ``with`` block.

    :param path: A file that stays as it is until the block ends.
    :param name: File name for problems.
    :raises InvalidInput: When the workbook is refused, at the start of the block or while rows are read.
    :ivar sheet: Name of the sheet, known inside the block.
    :ivar usage: What the child took, known at the end.
    """

    def __init__(self, path: Path, *, name: str = "", bounds: Bounds | None = None) -> None:
        self._path, self._name, self._bounds = path, name or path.name, bounds or Bounds()
        self.sheet, self.usage = "", Usage()
        self._waited = 0.0

    @property
    def _patience(self) -> float:
        return 4.0 * self._bounds.seconds

    def __iter__(self) -> Iterator[list[str]]:
        """Rows from the first of the sheet, all of one length; blank ones count."""
        while "end" not in (frame := self._frame()):
            yield from frame["rows"]
        self.usage = Usage(frame["cpu"], frame["memory"])

    def _frame(self) -> dict[str, Any]:
        (length,) = struct.unpack(">I", self._read(4))
        if length > _LONGEST_FRAME:
            raise InvalidInput([self._problem("workbook_stopped")])
        frame: dict[str, Any] = json.loads(self._read(length))
        if "problem" in frame:
            self.usage = Usage(frame["cpu"], frame["memory"])
            raise InvalidInput(self._refusal(frame))
        return frame

    def _read(self, count: int) -> bytes:
        assert self._child.stdout is not None  # noqa: S101
        pipe, found = self._child.stdout.fileno(), bytearray()
        while len(found) < count:
            began = time.monotonic()
            ready, _, _ = select.select([pipe], [], [], max(0.0, self._patience - self._waited))
            self._waited += time.monotonic() - began
            part = os.read(pipe, count - len(found)) if ready else b""
            if not part:
                raise InvalidInput([self._death(is_late=not ready)])
            found += part
        return bytes(found)

    def _death(self, *, is_late: bool) -> Problem:
        """Why there is nothing more to read."""
        self.usage = Usage(self._bounds.seconds, self._bounds.memory_bytes)
        if is_late:
            return self._problem("workbook_time", limit=round(self._patience))
        code = self._child.wait()
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return self._problem("workbook_time", limit=self._bounds.seconds)
        if code == -signal.SIGABRT:  # what a library does that gets no memory
            return self._problem("workbook_memory")
        return self._problem("workbook_stopped")

    def _refusal(self, frame: dict[str, Any]) -> list[Problem]:
        facts = {key: value for key, value in frame.items() if key not in _FRAME_KEYS}
        if frame["problem"] != "bad_cells":
            row = facts.pop("row", None)
            return [self._problem(frame["problem"], row=row, **facts)]
        return [
            Problem(
                "error_cell" if value else "formula_without_value",
                _ERROR_CELL if value else _FORMULA,
                file=self._name,
                row=row or None,
                column=column,
                value=value,
            )
            for row, column, value in facts["places"]
        ]

    def _problem(self, code: str, *, row: int | None = None, **params: object) -> Problem:
        return Problem(
            code, _TEXTS[code], file=self._name, sheet=self.sheet, row=row, params=params
        )

    def __enter__(self) -> Self:
        if find_spec("python_calamine") is None:
            raise InvalidInput([self._problem("no_excel")])
        if not _slots.acquire(timeout=self._patience):
            raise InvalidInput([self._problem("too_many_workbooks")])
        try:
            self._child = _start(self._path, self._bounds)
        except BaseException:
            _slots.release()
            raise
        try:
            self.sheet = str(self._frame()["sheet"])
        except BaseException:
            self._end()
            raise
        return self

    def _end(self) -> None:
        """End the child, whatever it is doing."""
        try:
            self._child.kill()  # nothing, where it has ended
            self._child.wait()
            assert self._child.stdout is not None  # noqa: S101
            self._child.stdout.close()
        finally:
            _slots.release()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()


_FRAME_KEYS: Final = frozenset({"problem", "cpu", "memory"})


def _start(path: Path, bounds: Bounds) -> "subprocess.Popen[bytes]":
    """The child, with an empty environment and no open file but the workbook."""
    with path.open("rb") as source:
        # The program and its arguments are ours alone; -I ignores the environment and its paths.
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", str(_CHILD), json.dumps(asdict(bounds))],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )


def write_as_csv(workbook: Workbook, target: BinaryIO) -> int:
    """Write the rows as UTF-8 CSV for :func:`~govkit.formats.tabular.read_table`; how many.

    Row n of the sheet is row n of the file. Numbers keep their digits, dates become ISO 8601.
    """
    text = io.TextIOWrapper(target, "utf-8", newline="")
    writer = csv.writer(text)
    count = 0
    try:
        for row in workbook:
            writer.writerow(row)
            count += 1
        text.flush()
    finally:
        text.detach()
    return count
