"""The indexed local store: residents of a whole prefecture on one small machine.

:func:`build_index` makes an index from standard extracts, :class:`LocalIndex` answers from it.
Needs the extra ``index`` (numpy).
"""

from importlib.util import find_spec

if find_spec("numpy") is None:
    raise ModuleNotFoundError(
        "govkit.residents.index needs numpy: pip install 'govkit-jp[index]'", name="numpy"
    )

from govkit.residents.index.build import (
    NOBODY_PROTECTED,
    BuildOptions,
    BuildReport,
    ExtractFile,
    build_index,
)
from govkit.residents.index.columns import Columns
from govkit.residents.index.delta import DeltaReport, apply_delta
from govkit.residents.index.keying import EntryKind
from govkit.residents.index.layout import Locked
from govkit.residents.index.source import LocalIndex, Snapshot
from govkit.residents.index.verify import IndexReport, verify_index

__all__ = [
    "NOBODY_PROTECTED",
    "BuildOptions",
    "BuildReport",
    "Columns",
    "DeltaReport",
    "EntryKind",
    "ExtractFile",
    "IndexReport",
    "LocalIndex",
    "Locked",
    "Snapshot",
    "apply_delta",
    "build_index",
    "verify_index",
]
