"""Uploaded tables: held in quarantine, judged by content, scanned, and read within bounds (アップロード).

A file is first copied to a folder of its municipality that no web server serves, under a random name.
What it is follows from its content. A scanner of the deployment may look at it. A workbook is then
read by a bounded child process into a CSV file beside it, so that every reader of tables takes
workbooks too, and row n is row n in both. Everything is deleted when the import is over; what the
scanner refused stays, unreadable for anybody else, until it expires.
"""

import hashlib
import os
import secrets
import shlex
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from govkit.base.i18n import lazy_gettext as _
from govkit.base.logs import get_logger
from govkit.base.settings import UploadSettings
from govkit.base.work import Work
from govkit.errors import InvalidInput, Problem
from govkit.formats.table_kinds import TableKind, table_kind
from govkit.formats.tabular import Encoding
from govkit.formats.workbooks import Bounds, Workbook, write_as_csv

__all__ = ["ReceivedTable", "Uploads", "Verdict"]

log = get_logger("govkit.uploads")

_CHUNK: Final = 1 << 20
_MEBIBYTE: Final = 1 << 20


class Verdict(StrEnum):
    """What a scanner says of a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReceivedTable:
    """An uploaded table that may be read, as CSV; it is deleted at the end of its ``with`` block.

    What is wrong with it names its sheet when the block is left.

    :param path: A CSV file, whatever was uploaded.
    :param name: The name that it has for people.
    :param sheet: Sheet of the workbook it came from, or blank.
    :param sha256: Of what was uploaded.
    :param size: Of what was uploaded, in bytes.
    """

    path: Path
    name: str
    sheet: str
    sha256: str
    size: int

    def encoding(self, chosen: Encoding | str) -> Encoding:
        """The encoding to read it in: as chosen, unless it was a workbook."""
        return Encoding.UTF_8 if self.sheet else Encoding(chosen)

    def placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems with the sheet they are in."""
        return [replace(each, sheet=each.sheet or self.sheet) for each in problems]

    def close(self) -> None:
        """Delete it."""
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
        if self.sheet and isinstance(error, InvalidInput):
            raise InvalidInput(self.placed(error.problems)) from None


class Uploads:
    """Where uploaded tables of all municipalities arrive.

    :param max_bytes: Greatest size of a file.
    :param clock: Source of the present moment.
    """

    def __init__(
        self, settings: UploadSettings, max_bytes: int, clock: Callable[[], datetime]
    ) -> None:
        self._settings, self._max_bytes, self._clock = settings, max_bytes, clock

    def receive(self, work: Work, content: BinaryIO, filename: str) -> ReceivedTable:
        """Take a file in; what became of it is recorded, also when it is refused.

        :raises InvalidInput: When the file is refused, with every reason that is known.
        """
        name = Path(filename).name
        folder = self._folder(work)
        self._purge(folder.parent)
        self._check_quota(folder, name)
        token = secrets.token_hex(16)
        held = folder / f"{token}.received"
        size, digest = 0, ""
        try:
            size, digest = self._copy(content, held, name)
            self._scan(held, name)
            return self._judged(held, name, digest, size)
        except InvalidInput as refused:
            codes = [problem.code for problem in refused.problems[:5]]
            # The refusal must outlive the rollback of the request.
            work.record(
                "upload.refused", token, is_read=True, size=size, sha256=digest, reasons=codes
            )
            raise
        finally:
            # Only what the reader needs or the scanner refused is left, under other names.
            held.unlink(missing_ok=True)

    def _folder(self, work: Work) -> Path:
        owner = str(work.actor.account_id or "operator")
        folder = self._settings.folder.absolute() / work.municipality.code / owner
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _purge(self, city: Path) -> None:
        before = (self._clock() - timedelta(hours=self._settings.keep_hours)).timestamp()
        for file in _files(city):
            with suppress(FileNotFoundError):  # another request purges too
                if file.stat().st_mtime < before:
                    file.unlink()

    def _check_quota(self, folder: Path, name: str) -> None:
        """So that nobody fills the disk with files that wait or were refused (ASVS 5.2.4)."""
        own = [_size(file) for file in _files(folder)]
        everybody = sum(map(_size, _files(folder.parent)))
        settings = self._settings
        if len(own) >= settings.max_user_files or sum(own) >= settings.max_user_bytes:
            raise _refusal("user_quota", _USER_QUOTA, name)
        if everybody >= settings.max_city_bytes:
            raise _refusal("city_quota", _CITY_QUOTA, name)

    def _copy(self, content: BinaryIO, held: Path, name: str) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        content.seek(0)
        opened = os.open(held, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as target:
            while chunk := content.read(_CHUNK):
                size += len(chunk)
                if size > self._max_bytes:
                    limit = self._max_bytes // _MEBIBYTE
                    raise _refusal("file_too_large", _TOO_LARGE, name, limit=limit)
                digest.update(chunk)
                target.write(chunk)
        return size, digest.hexdigest()

    def _scan(self, held: Path, name: str) -> None:
        verdict = scan(held, self._settings.scanner, self._settings.scanner_seconds)
        if verdict is Verdict.CLEAN:
            return
        kept = held.with_suffix(f".{verdict}")
        held.rename(kept)
        kept.chmod(0o400)
        log.warning("upload kept in quarantine", extra={"verdict": str(verdict)})
        if verdict is Verdict.INFECTED:
            raise _refusal("file_infected", _INFECTED, name)
        raise _refusal("file_not_scanned", _NOT_SCANNED, name)

    def _judged(self, held: Path, name: str, digest: str, size: int) -> ReceivedTable:
        table, sheet = held.with_suffix(".table"), ""
        if table_kind(held, name) is TableKind.CSV:
            held.rename(table)
        else:
            sheet = self._unfold(held, table, name)
        return ReceivedTable(table, name, sheet, digest, size)

    def _unfold(self, held: Path, table: Path, name: str) -> str:
        """Write the sheet of a workbook as CSV; its name."""
        partial = held.with_suffix(".partial")
        workbook = Workbook(held, name=name, bounds=bounds_of(self._settings))
        try:
            with workbook:
                opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(opened, "wb") as target:
                    write_as_csv(workbook, target)
            partial.rename(table)
        finally:
            partial.unlink(missing_ok=True)
            log.info("workbook read", extra=asdict(workbook.usage))
        return workbook.sheet


def bounds_of(settings: UploadSettings) -> Bounds:
    """What workbooks may ask for in a deployment."""
    return Bounds(
        max_unpacked_bytes=settings.max_unpacked_bytes,
        max_rows=settings.max_rows,
        max_cells=settings.max_cells,
        seconds=settings.max_seconds,
        memory_bytes=settings.max_memory_bytes,
    )


def scan(file: Path, command: tuple[str, ...], seconds: int) -> Verdict:
    """What the scanner says: its exit status 0 is clean, 1 infected, anything else no answer.

    So do ``clamdscan`` and ``clamscan``. Without a command every file is clean.
    """
    if not command:
        return Verdict.CLEAN
    try:
        # The command is the operator's; the file's name is random and ours.
        done = subprocess.run(  # noqa: S603
            [*command, str(file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        failed = {"command": shlex.join(command), "error": type(error).__name__}
        log.error("scanner failed", extra=failed)
        return Verdict.FAILED
    return {0: Verdict.CLEAN, 1: Verdict.INFECTED}.get(done.returncode, Verdict.FAILED)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _refusal(code: str, text: str, name: str, **params: object) -> InvalidInput:
    return InvalidInput([Problem(code, str.__str__(text), file=name, params=params)])


_TOO_LARGE: Final = _("ファイルが大きすぎます（上限 {limit} MB）。分けて取り込んでください。")
_INFECTED: Final = _(
    "安全でないおそれがあるため、受け取りませんでした。ファイルは隔離しました。情報担当に知らせてください。"
)
_NOT_SCANNED: Final = _(
    "ファイルの安全をいま確かめられないため、受け取りませんでした。少し待ってから、もう一度選んでください。"
)
_USER_QUOTA: Final = _(
    "処理中や隔離中のファイルが、1人に認められた数か大きさに達しています。しばらく待つか、情報担当に相談してください。"
)
_CITY_QUOTA: Final = _(
    "処理中や隔離中のファイルが、この団体に認められた大きさに達しています。情報担当に相談してください。"
)
