"""Builds small indexes for the tests."""

import tempfile
from pathlib import Path

from govkit.residents.adapters.extract_columns import COLUMNS
from govkit.residents.adapters.protection_list import ProtectionList
from govkit.residents.index import BuildOptions, ExtractFile, LocalIndex, build_index
from tests.residents.extracts import CITY, as_rows, row, write

_HEADINGS = [column.name for column in COLUMNS]
_SHARED_MEMORY = Path("/dev/shm")


def scratch():
    """A new directory, in memory where there is such a place: builds sync every file."""
    return Path(
        tempfile.mkdtemp(
            prefix="govkit-index-", dir=_SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
        )
    )


def write_residents(path, residents):
    """Residents as an extract; of nobody it holds one deleted row."""
    rows = [each for one in reversed(residents) for each in as_rows(one)]
    rows = rows or [row(削除フラグ="1") | {"宛名番号": "9"}]
    path.write_bytes(write(rows, headings=_HEADINGS).getvalue())
    return path


def indexed(target, residents, **options):
    """An index of exactly these residents."""
    path = write_residents(target.with_suffix(".csv"), residents)
    protected = frozenset(one.id.addressee_number for one in residents if one.is_protected)
    build_index(
        target,
        [ExtractFile(path, CITY)],
        protected={CITY: ProtectionList(protected, len(protected))},
        options=BuildOptions(workers=1, **options),
    )
    return LocalIndex(target)
