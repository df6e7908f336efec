"""``govkit columns``: the asset class of every column (情報資産の分類)."""

import sys
from collections.abc import Iterator

import click

from govkit.base.columns import asset_class
from govkit.base.db import Base
from govkit.base.encrypted_columns import is_sealed
from govkit.base.module import load_modules
from govkit.base.settings import load_settings
from govkit.formats.table_writing import write_table

__all__ = ["columns"]

_HEADINGS = ("表", "表の名前", "列", "列の名前", "重要性分類", "暗号化")


@click.group()
def columns() -> None:
    """表と列の重要性分類を見る。"""


@columns.command("list")
def list_columns() -> None:
    """すべての表の列の重要性分類（IからIV）を、CSVで出します。"""
    load_modules(load_settings().app.modules)
    write_table(sys.stdout.buffer, _HEADINGS, _rows())


def _rows() -> Iterator[tuple[str, ...]]:
    for table in sorted(Base.metadata.tables.values(), key=lambda each: each.name):
        for column in table.columns:
            yield (
                table.name,
                table.comment or "",
                column.name,
                column.comment or "",
                asset_class(column) or "",
                "○" if is_sealed(column) else "",
            )
