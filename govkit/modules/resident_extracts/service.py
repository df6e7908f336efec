"""Receiving extracts: read the file as a whole, then one short transaction (抽出データの受入)."""

import hashlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from govkit.base.i18n import lazy_gettext as _
from govkit.base.work import Work
from govkit.errors import Conflict, InvalidInput, Problem
from govkit.formats.tabular import Column, Encoding, ReadOptions, read_table
from govkit.jp.my_number import find_my_number
from govkit.modules.resident_extracts.changes import PreparedChanges, take_snapshot
from govkit.modules.resident_extracts.models import (
    ProtectedPerson,
    RefusedRow,
    ResidentExtract,
    ResidentRow,
)
from govkit.modules.resident_extracts.source import all_protected, latest_extract
from govkit.residents.adapters.csv_extract import ExtractReading, read_extract
from govkit.residents.adapters.extract_history import number_problem
from govkit.residents.adapters.protection_list import read_protection_list

__all__ = [
    "SHRINKS",
    "ExtractFile",
    "ImportResult",
    "Progress",
    "ProtectionResult",
    "import_extract",
    "import_file",
    "import_protection_list",
    "import_steps",
    "refused_rows",
]

IMPORT: Final = "resident_extracts.import"
SHRINKS: Final = "shrinks_much"
"""Code of the problem that an extract lacks too many of the people who are present."""
GREATEST_LOSS: Final = 10
"""Percent of the present people who may be gone at once without a confirmation."""
LEAST_LOSS: Final = 50
"""Fewer people than this may always be gone, for one family is much of a small village."""
_CELL: Final = 200
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ExtractFile:
    """A file to receive.

    :param name: The name it has for people.
    :param as_of: The day that the extract stands for (抽出時点).
    :param max_bytes: Greatest size.
    :param allows_shrinking: Somebody has confirmed that many people are gone.
    """

    path: Path
    name: str
    encoding: Encoding
    as_of: date
    max_bytes: int = ReadOptions().max_bytes
    allows_shrinking: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of long work: a Japanese message id, and how far where it is known."""

    text: str
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ImportResult:
    """An import and whether it was the same file again, which changes nothing."""

    extract: ResidentExtract
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class ProtectionResult:
    """How many people are protected now, and for how many that is new or over."""

    protected: int
    added: int
    lifted: int


def import_extract(
    work: Work,
    path: Path,
    *,
    name: str,
    encoding: Encoding,
    as_of: date,
    on_progress: Callable[[Progress], None] | None = None,
) -> ImportResult:
    """Receive an extract of the resident register.

    The file is read and checked as a whole before the database is touched. Refused rows do not
    stop the others; the people in them stay as they were.

    :raises InvalidInput: When the whole file is refused, with every reason.
    :raises Conflict: When somebody else received an extract at the same moment.
    """
    return import_file(work, ExtractFile(path, name or path.name, encoding, as_of), on_progress)


def import_file(
    work: Work, file: ExtractFile, on_progress: Callable[[Progress], None] | None = None
) -> ImportResult:
    """:func:`import_extract` with everything that can be said about the file."""
    steps = import_steps(work, file)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            result: ImportResult = end.value
            return result
        if on_progress is not None:
            on_progress(step)


def import_steps(work: Work, file: ExtractFile) -> Generator[Progress, None, ImportResult]:
    """:func:`import_extract` step by step, for a page that shows how far it is.

    Nothing is kept unless the generator runs to its end and the work is committed.
    """
    work.require(IMPORT)
    if file.as_of > work.today:
        raise InvalidInput([_problem("as_of_in_future", _("抽出時点が今日より後です。"), file)])
    yield Progress(_("ファイルを読んで、全部の行を確かめています。"))
    reading = read_extract(
        file.path,
        municipality_code=work.municipality.code,
        encoding=file.encoding,
        name=file.name,
        options=ReadOptions(max_bytes=file.max_bytes),
    )
    if not len(reading):
        raise InvalidInput([*reading.problems, _problem("nobody_accepted", _NOBODY, file)])
    digest = _sha256(file.path)
    refused = _refused_numbers(file, reading.problems)
    yield Progress(_("前回の受入と比べています。"))
    snapshot = take_snapshot(work)
    with PreparedChanges(snapshot) as changes:
        for done in changes.prepare(reading):
            yield Progress(_("登録する内容を用意しています。"), done, len(reading))
        # From here on the database is locked, and only for as long as writing takes.
        last = latest_extract(work.session)
        if last is not None and last.sha256 == digest and last.as_of == file.as_of:
            work.record("resident_extracts.repeated", last)
            return ImportResult(last, is_repeat=True)
        _refuse_older(last, file, digest)
        if (last.number if last else 0) != snapshot.number:
            raise Conflict
        if refused is not None:
            _refuse_shrinking(file, changes.present, len(changes.missing(refused)))
        try:
            for done in changes.write(work):
                total = changes.new + changes.changed
                yield Progress(_("住民を登録しています。"), done, total)
        except IntegrityError as error:
            raise Conflict from error
        gone = 0 if refused is None else changes.close_missing(work, refused, file.as_of)
    extract = _extract(work, file, reading)
    extract.sha256, extract.number = digest, snapshot.number + 1
    extract.new_count, extract.changed_count = changes.new, changes.changed
    extract.gone_count, extract.closes_gone = gone, refused is not None
    _store(work, extract, reading.problems)
    work.record(
        "resident_extracts.imported",
        extract,
        new=changes.new,
        changed=changes.changed,
        gone=gone,
        refused=len(reading.problems),
    )
    return ImportResult(extract, is_repeat=False)


def _refuse_older(last: ResidentExtract | None, file: ExtractFile, digest: str) -> None:
    # The same file with another day is a day mended, which may be earlier.
    if last is not None and file.as_of < last.as_of and last.sha256 != digest:
        raise InvalidInput([_problem("older_extract", _OLDER, file, latest=last.as_of.isoformat())])


def _refuse_shrinking(file: ExtractFile, present: int, gone: int) -> None:
    # A file that was cut off between two rows looks like a whole one with fewer people.
    is_much = gone >= LEAST_LOSS and gone * 100 > present * GREATEST_LOSS
    if is_much and not file.allows_shrinking:
        problem = _problem(SHRINKS, _SHRINKING, file, present=present, gone=gone)
        raise InvalidInput([problem])


_SHRINKING: Final = _(
    "いまの住民{present}人のうち、{gone}人がこのファイルにいません。"
    "ファイルが途中で切れていないか、一部の人だけを取り出していないかを確かめてください。"
)
_NOBODY: Final = _(
    "受け入れられる行が一つもありません。理由を確かめて、ファイルを作り直してください。"
)
_OLDER: Final = _(
    "{latest} 時点の抽出データをすでに受け入れています。それより古いファイルは受け入れられません。"
)


def _problem(code: str, text: str, file: ExtractFile, **params: object) -> Problem:
    return Problem(code, text, file=file.name, params=params)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _refused_numbers(file: ExtractFile, problems: Sequence[Problem]) -> frozenset[str] | None:
    """Addressee numbers in the refused rows; ``None`` when a row does not tell whose it is.

    Somebody whose row cannot be read has not left the register.
    """
    wanted = {problem.row for problem in problems if problem.row is not None}
    numbers: set[str] = set()
    if not wanted:
        return frozenset()
    options = ReadOptions(max_bytes=file.max_bytes)
    with read_table(
        file.path, [Column("宛名番号")], encoding=file.encoding, options=options
    ) as table:
        for row, (number,) in table:
            if row in wanted:
                if number_problem(number) is not None:
                    return None
                wanted.discard(row)
                numbers.add(number)
    return None if wanted else frozenset(numbers)


def _extract(work: Work, file: ExtractFile, reading: ExtractReading) -> ResidentExtract:
    return ResidentExtract(
        file_name=file.name[:300],
        encoding=str(file.encoding),
        as_of=file.as_of,
        profile=reading.profile,
        rows_read=reading.rows_read,
        people=len(reading),
        refused_count=len(reading.problems),
        notices=[_as_record(problem) for problem in reading.notices],
        received_by=work.actor.name,
        received_at=work.now,
    )


def _store(work: Work, extract: ResidentExtract, problems: Sequence[Problem]) -> None:
    work.session.add(extract)
    try:
        work.session.flush()
    except IntegrityError as error:
        raise Conflict from error
    rows = [
        {
            "municipality_code": work.municipality.code,
            "id": uuid4(),
            "extract_id": extract.id,
            "row_number": problem.row or 0,
            **_as_record(problem),
        }
        for problem in problems
    ]
    if rows:
        work.session.execute(sa.insert(RefusedRow), rows)


def _as_record(problem: Problem) -> dict[str, Any]:
    """A problem as columns; texts that hold a 個人番号 are left out, for it is never kept."""

    def safe(text: object) -> Any:
        if isinstance(text, int):
            return text
        return "" if find_my_number(str(text)) else str(text)[:_CELL]

    return {
        "column_name": safe(problem.column),
        "cell": safe(problem.value),
        "code": problem.code,
        "text": str.__str__(problem.text),
        "params": {name: safe(value) for name, value in problem.params.items()},
    }


def refused_rows(work: Work, extract: ResidentExtract) -> Sequence[RefusedRow]:
    """Why rows of an import were refused, in the order of the file."""
    work.require(IMPORT)
    return work.session.scalars(
        sa.select(RefusedRow)
        .where(RefusedRow.extract_id == extract.id)
        .order_by(RefusedRow.row_number, RefusedRow.column_name)
    ).all()


def import_protection_list(
    work: Work, path: Path, *, name: str, encoding: Encoding
) -> ProtectionResult:
    """Receive the list of people under support measures (支援措置対象者の一覧).

    The list is the whole truth: who is not on it is no longer protected. It applies to everything
    that is shown from now on, also before the next extract.

    :raises InvalidInput: When any row is wrong, or when the list names nobody although people are
        protected: an empty file must not lift everybody's protection.
    """
    work.require(IMPORT)
    name = name or path.name
    listed = read_protection_list(
        path, municipality_code=work.municipality.code, encoding=encoding, name=name
    ).protected
    known = {row.addressee_number: row for row in work.session.scalars(sa.select(ProtectedPerson))}
    active = {number for number, row in known.items() if row.is_active}
    if active and not listed:
        raise InvalidInput([Problem("empty_protection_list", _EMPTY_LIST, file=name)])
    for number in listed - active:
        row = known.get(number)
        if row is None:
            row = ProtectedPerson(addressee_number=number)
            work.session.add(row)
        row.is_active, row.changed_at = True, work.now
    for number in active - listed:
        known[number].is_active, known[number].changed_at = False, work.now
    work.session.flush()
    _mark(work, listed ^ active)
    work.record(
        "resident_extracts.protection_received",
        name,
        added=len(listed - active),
        lifted=len(active - listed),
    )
    return ProtectionResult(len(listed), len(listed - active), len(active - listed))


_EMPTY_LIST: Final = _(
    "支援措置の対象者が一人もいない一覧です。出力の条件を確かめて、全員が入ったファイルを選び直してください。"
)


def _mark(work: Work, numbers: frozenset[str]) -> None:
    ordered = sorted(numbers)
    protected = all_protected(work.session)
    for start in range(0, len(ordered), 500):
        chunk = ordered[start : start + 500]
        for row in work.session.scalars(
            sa.select(ResidentRow).where(ResidentRow.addressee_number.in_(chunk))
        ):
            row.is_protected = row.addressee_number in protected
