"""Tables as CSV files: read with every problem named by row and column, written for two readers.

Reading costs little more than one pass of :func:`csv.reader`. What makes the whole file unusable
raises :class:`~govkit.errors.InvalidInput`; what spoils one row is collected, and the row is left
out. Rows are counted as a spreadsheet shows them: the heading is row 1, a record whose quoted cells
hold line breaks is one row, blank lines count.
"""

import csv
import io
import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from govkit.errors import InvalidInput, Problem
from govkit.formats.formulas import WATERMARK, unguard_formula
from govkit.formats.table_writing import Audience, Encoding, write_table
from govkit.jp.my_number import find_my_number
from govkit.jp.text import fold_width

__all__ = [
    "MY_NUMBER_HEADINGS",
    "Audience",
    "Column",
    "Encoding",
    "ReadOptions",
    "Table",
    "fold_heading",
    "read_table",
    "write_table",
]

MY_NUMBER_HEADINGS: Final = frozenset({"個人番号", "マイナンバー"})
"""Headings of columns that no file may bring in (番号法第9条 limits who may use them)."""


_ENCODING_NAMES: Final = {Encoding.UTF_8: "UTF-8", Encoding.CP932: "シフトJIS（CP932）"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that the reader wants.

    :param aliases: Other headings for the same column, as versions of a standard name it.
    :param is_number: A long number kept as text, which spreadsheets spoil into ``1.32E+14``.
    """

    name: str
    aliases: tuple[str, ...] = ()
    is_required: bool = True
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Limits of a reading, all of them kept while the file streams by.

    :param max_bytes: Greatest size of the file.
    :param max_rows: Greatest number of rows, blank ones included.
    :param max_record_length: Letters of one row; a single cell ends at 131,072 (:mod:`csv`'s limit).
    :param max_seconds: On the clock, with what the caller does between the rows.
    :param max_problems: Number of spoilt rows at which the whole file is refused.
    :param is_guarded: Whether the file was written for people by :func:`write_table`, so that the
        apostrophe before a formula sign is taken off again, and the line that tells who took it out.
    """

    max_bytes: int = 256 * 1024 * 1024
    max_rows: int = 10_000_000
    max_columns: int = 2000
    max_record_length: int = 1024 * 1024
    max_seconds: float = 3600
    max_problems: int = 1000
    is_guarded: bool = False


_SPACE_AND_NOTE: Final = re.compile(r"\([^()]*\)|[\s_]+")


def fold_heading(heading: str) -> str:
    """A heading for comparison: without regard to width, case and spaces."""
    return "".join(fold_width(heading).split()).lower()


def _is_forbidden(heading: str, forbidden: Iterable[str]) -> bool:
    bare = _SPACE_AND_NOTE.sub("", fold_heading(heading))
    return bare.endswith(tuple(map(fold_heading, forbidden))) or find_my_number(heading) is not None


def read_table(
    source: Path | BinaryIO,
    columns: Sequence[Column],
    *,
    encoding: Encoding | str = Encoding.UTF_8,
    name: str = "",
    forbidden: Iterable[str] = MY_NUMBER_HEADINGS,
    options: ReadOptions | None = None,
) -> "Table":
    """Open a CSV file and read its headings; iterate the table for its rows.

    Columns may stand in any order; unknown ones become :attr:`Table.notices`. A UTF-8 file may
    begin with a byte order mark (BOM).

    :param source: A path, or a seekable binary stream, which is not closed.
    :param name: File name for problems; the path's own by default.
    :param forbidden: Headings for which the whole file is refused: a heading that ends with one,
        whatever its width, spaces and bracketed notes. Nothing of the file is repeated then.
    :raises InvalidInput: With every reason for which the file is refused as a whole.
    """
    if isinstance(source, Path):
        name = name or source.name
    stream = source.open("rb") if isinstance(source, Path) else source
    try:
        return Table(
            _Opened(stream, name, Encoding(encoding), isinstance(source, Path)),
            tuple(columns),
            tuple(forbidden),
            options or ReadOptions(),
        )
    except BaseException:
        if isinstance(source, Path):
            stream.close()
        raise


class _RecordTooLong(Exception):
    """A quoted cell that swallows line after line, or a file without line ends."""


@dataclass(slots=True)
class _Opened:
    stream: BinaryIO
    name: str
    encoding: Encoding
    is_ours: bool
    left: int = 0
    """Letters that the record may still take; whoever takes the record sets it anew."""

    def refuse(self, code: str, text: str, row: int | None = None, **params: object) -> Problem:
        return Problem(code, text, file=self.name, row=row, params=params)

    def text(self) -> io.TextIOWrapper:
        self.stream.seek(0)
        codec = "utf-8-sig" if self.encoding is Encoding.UTF_8 else "cp932"
        return io.TextIOWrapper(self.stream, codec, newline="")

    def lines(self) -> Generator[str, None, None]:
        """Lines of the file; the stream stays open, for the caller may still need it."""
        text = self.text()
        try:
            for line in text:
                self.left -= len(line)
                if self.left < 0:
                    raise _RecordTooLong
                yield line
        finally:
            if not self.stream.closed:
                text.detach()


_CHUNK: Final = 1 << 20
_LONGEST_LINE: Final = 4 * _CHUNK
_ROWS_BETWEEN_LOOKS: Final = 1024
_EXCEL: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_UTF_8_BOM: Final = b"\xef\xbb\xbf"
_SPOILT_NUMBER: Final = re.compile(r"\s*[0-9](?:\.[0-9]+)?E\+[0-9]+\s*", re.IGNORECASE)


def _survey(opened: _Opened, max_bytes: int) -> Problem | None:
    """What makes the bytes no CSV file at all; one quick pass without decoding."""
    opened.stream.seek(0)
    head = opened.stream.read(_CHUNK)
    if head.startswith(_EXCEL):
        return opened.refuse(
            "excel_file",
            "Excelの形式のファイルです。Excelで開き「CSV UTF-8（コンマ区切り）」で保存し直してください。",
        )
    if head.startswith(_UTF_16):
        return opened.refuse(
            "wrong_encoding",
            "UTF-16のファイルです。「CSV UTF-8（コンマ区切り）」で保存し直してください。",
        )
    if opened.encoding is Encoding.CP932 and head.startswith(_UTF_8_BOM):
        return _wrong_encoding(opened, Encoding.UTF_8)
    if not head.removeprefix(_UTF_8_BOM).strip():
        return opened.refuse("empty_file", "ファイルが空です。中身のあるファイルを選んでください。")
    size, lines, run, chunk = 0, 1, 0, head
    while chunk:
        size += len(chunk)
        # Checked before decoding, which would hold the whole line.
        run = 0 if b"\n" in chunk or b"\r" in chunk else run + len(chunk)
        if run > _LONGEST_LINE:
            return _too_long(opened, lines)
        if size > max_bytes:
            return opened.refuse(
                "file_too_large",
                "ファイルが大きすぎます（上限 {limit} MB）。分けて取り込んでください。",
                limit=max_bytes // (1024 * 1024),
            )
        if (at := chunk.find(b"\x00")) >= 0:
            return opened.refuse(
                "nul_byte",
                "{line}行目にNUL文字が入っています。ファイルが壊れていないか、出力元で確かめてください。",
                line=lines + chunk.count(b"\n", 0, at),
            )
        lines += chunk.count(b"\n")
        chunk = opened.stream.read(_CHUNK)
    return None


def _too_long(opened: _Opened, row: int) -> Problem:
    return opened.refuse(
        "record_too_long",
        'この行が長すぎます。引用符（"）が閉じているか、改行があるかを確かめてください。',
        row,
    )


def _wrong_encoding(opened: _Opened, right: Encoding) -> Problem:
    return opened.refuse(
        "wrong_encoding",
        "文字コードが違います。{right} を選んで取り込み直してください（{chosen} を選んでいます）。",
        right=_ENCODING_NAMES[right],
        chosen=_ENCODING_NAMES[opened.encoding],
    )


class Table:
    """A CSV file being read: iterate it once for ``(row number, cells)``, then see its problems.

    Cells stand in the order of :attr:`columns`; a column that is not required and not in the file
    gives blank text.

    :ivar headings: Headings as written in the file.
    :ivar columns: Names of the columns that were asked for.
    :ivar notices: What a person should know although it stops nothing (unknown columns).
    :ivar problems: Rows that were left out and why; complete after the last row.
    :ivar row_count: Rows seen so far that were not blank, the left-out ones included.
    """

    def __init__(
        self,
        opened: _Opened,
        columns: tuple[Column, ...],
        forbidden: tuple[str, ...],
        options: ReadOptions,
    ) -> None:
        self._opened = opened
        self._wanted = columns
        self._options = options
        self.columns = tuple(column.name for column in columns)
        self.problems: list[Problem] = []
        self.row_count = 0
        self._until = time.monotonic() + options.max_seconds
        opened.left = options.max_record_length
        if (problem := _survey(opened, options.max_bytes)) is not None:
            raise InvalidInput([problem])
        self._lines = opened.lines()
        self._reader = csv.reader(self._lines, strict=True)
        self.headings = self._read_headings()
        if len(self.headings) > options.max_columns:
            raise InvalidInput([self._limit("too_many_columns", _COLUMNS, options.max_columns)])
        if refused := [one for one in self.headings if _is_forbidden(one, forbidden)]:
            raise InvalidInput([self._forbidden(one) for one in refused])
        self._positions, self.notices = self._locate()

    def _forbidden(self, heading: str) -> Problem:
        return Problem(
            "forbidden_column",
            "取り込んではならない列（個人番号など）があります。その列を消したファイルを選び直してください。",
            file=self._opened.name,
            row=1,
            column="" if find_my_number(heading) else heading,
        )

    def _read_headings(self) -> tuple[str, ...]:
        try:
            cells = tuple(cell.strip() for cell in next(self._reader))
            return tuple(map(unguard_formula, cells)) if self._options.is_guarded else cells
        except UnicodeDecodeError as error:
            raise InvalidInput([self._undecodable(error)]) from None
        except csv.Error as error:
            raise InvalidInput([self._unsplit(1, error)]) from None
        except _RecordTooLong:
            raise InvalidInput([_too_long(self._opened, 1)]) from None
        except StopIteration:  # the beginning of a byte order mark, and nothing more
            raise InvalidInput([self._truncated(1)]) from None

    def _undecodable(self, error: UnicodeDecodeError) -> Problem:
        other = Encoding.CP932 if self._opened.encoding is Encoding.UTF_8 else Encoding.UTF_8
        row = self._row_of_bad_byte()
        if error.reason in {"unexpected end of data", "incomplete multibyte sequence"}:
            return self._truncated(row)
        if self._known_headings_in(other):
            return _wrong_encoding(self._opened, other)
        return self._opened.refuse(
            "wrong_encoding",
            "{chosen} として読めない文字があります。{other} のファイルでないか、壊れていないか確かめてください。",
            row,
            chosen=_ENCODING_NAMES[self._opened.encoding],
            other=_ENCODING_NAMES[other],
        )

    def _row_of_bad_byte(self) -> int:
        """The row in which decoding fails; read once more, for decoders look far ahead."""
        text = self._opened.text()
        codec = text.encoding
        text.detach()
        self._opened.stream.seek(0)
        rows = csv.reader(
            line.decode(codec, errors="surrogateescape" if codec != "cp932" else "replace")
            for line in self._opened.stream
        )
        number = 1
        with suppress(csv.Error):
            for row in rows:
                if any(_UNDECODED.search(cell) for cell in row):
                    break
                number += 1
        return number

    def _known_headings_in(self, encoding: Encoding) -> bool:
        self._opened.stream.seek(0)
        first_line = self._opened.stream.readline(_CHUNK).decode(encoding, errors="replace")
        found = {fold_heading(cell) for cell in first_line.strip().replace('"', "").split(",")}
        return not found.isdisjoint(self._names())

    def _names(self) -> dict[str, int]:
        return {
            fold_heading(heading): index
            for index, column in enumerate(self._wanted)
            for heading in (column.name, *column.aliases)
        }

    def _locate(self) -> tuple[list[int], tuple[Problem, ...]]:
        """Position in the file of each wanted column, absent ones one past the last."""
        names = self._names()
        positions = [len(self.headings)] * len(self._wanted)
        problems: list[Problem] = []
        unknown: list[Problem] = []
        for position, heading in enumerate(self.headings):
            index = names.get(fold_heading(heading))
            if index is None:
                if heading:
                    unknown.append(self._heading("unknown_column", _UNKNOWN, heading))
            elif positions[index] < len(self.headings):
                problems.append(self._heading("duplicate_column", _DUPLICATE, heading))
            else:
                positions[index] = position
        if len(unknown) == sum(map(bool, self.headings)):
            raise InvalidInput([self._no_headings()])
        missing = [
            self._heading("missing_column", _MISSING, column.name)
            for column, position in zip(self._wanted, positions, strict=True)
            if column.is_required and position == len(self.headings)
        ]
        if problems or missing:
            raise InvalidInput([*missing, *problems])
        return positions, tuple(unknown)

    def _heading(self, code: str, text: str, heading: str) -> Problem:
        return Problem(code, text, file=self._opened.name, row=1, column=heading)

    def _no_headings(self) -> Problem:
        other = Encoding.CP932 if self._opened.encoding is Encoding.UTF_8 else Encoding.UTF_8
        if self._known_headings_in(other):
            return _wrong_encoding(self._opened, other)
        # The first row may be somebody's data: none of it is repeated.
        return self._opened.refuse(
            "no_headings",
            "1行目に知っている見出しが一つもありません。1行目を見出しにしたファイルを選んでください。",
            1,
        )

    def _truncated(self, row: int) -> Problem:
        return self._opened.refuse(
            "truncated_file",
            "ファイルが途中で切れています。出力元からもう一度取り出してください。",
            row,
        )

    def _unclosed(self, row: int) -> Problem:
        return self._opened.refuse(
            "truncated_file",
            'この行で開いた引用符（"）が閉じないまま終わっています。引用符を直すか、ファイルを取り出し直してください。',
            row,
        )

    def _check_limits(self, number: int) -> None:
        """Looked at now and then: rows cost so little that each look would be felt."""
        if number > self._options.max_rows:
            stop = self._limit("too_many_rows", _ROWS, self._options.max_rows)
            raise InvalidInput([*self.problems, stop])
        if time.monotonic() > self._until:
            stop = self._limit("too_slow", _SECONDS, round(self._options.max_seconds))
            raise InvalidInput([*self.problems, stop])

    def _limit(self, code: str, text: str, limit: int) -> Problem:
        return self._opened.refuse(code, text, limit=limit)

    def _unsplit(self, row: int, error: csv.Error) -> Problem:
        """A record that cannot be split into cells, and why."""
        if "field limit" in str(error):
            text = 'この行に、長すぎるセルがあります（上限{limit}文字）。引用符（"）が閉じているか確かめてください。'
            return self._opened.refuse("cell_too_long", text, row, limit=csv.field_size_limit())
        return self._broken_quote(row)

    def _broken_quote(self, row: int) -> Problem:
        return self._opened.refuse(
            "broken_quote",
            '引用符（"）の対応が崩れています（テキストエディターでは{line}行目まで）。この行を直してください。',
            row,
            line=self._reader.line_num,
        )

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        width = len(self.headings)
        pick = _picker(self._positions)
        is_padded = width in self._positions
        numbers = [index for index, column in enumerate(self._wanted) if column.is_number]
        is_guarded = self._options.is_guarded
        number = 1
        for number, row in self._rows():
            self.row_count += 1
            if len(row) != width and not self._mend(number, row, width):
                continue
            if is_padded:
                row.append("")
            cells = pick(row)
            if is_guarded:
                if row[0].startswith(WATERMARK) and not any(row[1:]):
                    continue
                cells = tuple(map(unguard_formula, cells))
            for index in numbers:
                if "+" in cells[index] and _SPOILT_NUMBER.fullmatch(cells[index]):
                    self._spoilt(number, index, cells[index])
                    break
            else:
                yield number, cells
        self._refuse_if_cut(number)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Records that are not blank, numbered; a record that cannot be split is a problem."""
        number, opened = 1, self._opened
        allowed, look = self._options.max_record_length, _ROWS_BETWEEN_LOOKS
        opened.left = allowed
        while True:
            try:
                for row in self._reader:
                    number += 1
                    opened.left = allowed
                    if any(row):
                        yield number, row
                    if number >= look:
                        look = number + _ROWS_BETWEEN_LOOKS
                        self._check_limits(number)
                self._check_limits(number)
                return
            except _RecordTooLong:
                raise InvalidInput([*self.problems, _too_long(opened, number + 1)]) from None
            except UnicodeDecodeError as error:
                raise InvalidInput([*self.problems, self._undecodable(error)]) from None
            except csv.Error as error:
                number += 1
                if "end of data" in str(error):
                    raise InvalidInput([*self.problems, self._unclosed(number)]) from None
                self.row_count += 1
                opened.left = allowed
                self._add(self._unsplit(number, error))

    def _mend(self, number: int, row: list[str], width: int) -> bool:
        """Whether a row of another width can be used: blank cells past the last column can."""
        if len(row) > width and not any(row[width:]):
            del row[width:]
            return True
        self._add(
            self._opened.refuse(
                "ragged_row",
                "列の数が見出しと合いません（見出し{expected}列、この行{found}列）。コンマの過不足を直してください。",
                number,
                expected=width,
                found=len(row),
            )
        )
        return False

    def _refuse_if_cut(self, row: int) -> None:
        """The last record has too few cells and no line end: the file lost its tail."""
        if not self.problems or self.problems[-1].row != row:
            return
        self._opened.stream.seek(-1, io.SEEK_END)
        if self._opened.stream.read(1) not in b"\r\n":
            raise InvalidInput([*self.problems[:-1], self._truncated(row)])

    def _spoilt(self, number: int, index: int, value: str) -> None:
        self._add(
            Problem(
                "spoilt_number",
                "Excelが番号を指数に変えています。列を文字列にして開き直し、元の番号で保存してください。",
                file=self._opened.name,
                row=number,
                column=self.headings[self._positions[index]],
                value=value,
            )
        )

    def _add(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) >= self._options.max_problems:
            text = "誤りが{count}行に達したので、読むのをやめました。ファイルの作り方を確かめてください。"
            stop = self._opened.refuse("too_many_problems", text, count=len(self.problems))
            raise InvalidInput([*self.problems, stop])

    def close(self) -> None:
        """Close the file if it was opened from a path."""
        self._lines.close()
        if self._opened.is_ours:
            self._opened.stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


_UNDECODED: Final = re.compile("[\udc80-\udcff\ufffd]")
_UNKNOWN: Final = "この列は使いません。"
_DUPLICATE: Final = "同じ見出しの列が二つあります。どちらかを消してください。"
_COLUMNS: Final = "列が多すぎます（上限{limit}列）。使わない列を消したファイルを選んでください。"
_ROWS: Final = "行が多すぎます（上限{limit}行）。分けて取り込んでください。"
_SECONDS: Final = "{limit}秒で読み終わりません。ファイルを分けて取り込んでください。"
_MISSING: Final = "必要な列がありません。列を加えたファイルを選んでください。"


def _picker(positions: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    if len(positions) == 1:
        only = positions[0]
        return lambda row: (row[only],)
    return itemgetter(*positions)
