"""The pages about limits tell those of the code."""

import re

import pytest

from govkit.base.exports import ExportPolicy
from govkit.base.settings import SecuritySettings, UploadSettings
from govkit.formats.tabular import ReadOptions
from govkit.formats.workbooks import Bounds
from tests.architecture.sources import ROOT

MEBIBYTE = 1 << 20


def section(page: str, title: str) -> str:
    """What stands below a heading of a page."""
    text = (ROOT / "docs" / "operate" / page).read_text(encoding="utf-8")
    return re.split(r"^#+ ", re.split(rf"^#+ {title}\n", text, flags=re.M)[1], flags=re.M)[0]


@pytest.mark.requirement("ASVS-2.1.3")
def test_limits_of_the_work_are_those_of_the_code():
    rows = re.findall(
        r"\| ([\d,]+)(?: MB)? \| [^|\n]*`(?:\w+\.)?(\w+)` \|", section("limits.md", "業務上の限度")
    )
    uploads, policy = UploadSettings(), ExportPolicy()
    assert {name: int(number) for number, name in rows} == {
        "max_user_files": uploads.max_user_files,
        "max_user_bytes": uploads.max_user_bytes // MEBIBYTE,
        "max_city_bytes": uploads.max_city_bytes // MEBIBYTE,
        "second_person_rows": policy.second_person_rows,
        "wait_hours": policy.wait_hours,
        "fetch_hours": policy.fetch_hours,
        "max_body_bytes": SecuritySettings().max_body_bytes // MEBIBYTE,
    }


@pytest.mark.requirement("ASVS-5.1.1")
def test_limits_of_files_are_those_of_the_code():
    told = section("files.md", "上限")
    uploads, book, table = UploadSettings(), Bounds(), ReadOptions()
    for words in (
        f"| {SecuritySettings().max_upload_bytes // MEBIBYTE} MB |",
        f"| {uploads.max_unpacked_bytes // MEBIBYTE} MB |",
        f"| {uploads.max_rows:,} 行・{uploads.max_cells:,} セル |",
        f"| {uploads.max_seconds} 秒・{uploads.max_memory_bytes // MEBIBYTE} MB |",
        f"| {book.max_ratio} 倍・{book.max_entries:,} 個・{book.max_columns:,} 列・{book.max_cell_length:,} 文字 |",
        f"| {table.max_columns:,} 列・",
    ):
        assert words in told, words


@pytest.mark.requirement("ASVS-15.1.3")
def test_heavy_work_is_told_with_its_bounds():
    told = section("limits.md", "重い処理")
    assert f"`uploads.max_seconds` {UploadSettings().max_seconds}、" in told
    nginx, unit = (
        next((ROOT / "cookiecutter-municipal-app").rglob(name)).read_text(encoding="utf-8")
        for name in ("nginx.conf", "govkit-web.service")
    )
    waits = re.findall(r"proxy_read_timeout (\d+)s", nginx) + re.findall(r"--timeout (\d+)", unit)
    assert re.findall(r"(\d+) 秒", told) == waits


@pytest.mark.requirement("ASVS-2.1.2")
def test_rules_of_combinations_name_errors_that_there_are():
    codes = re.findall(r"\| `(\w+)` \|", section("limits.md", "組み合わせの規則"))
    blocks = (ROOT / "govkit" / "forms" / "places_block.py").read_text(encoding="utf-8")
    assert codes
    assert all(f'"{code}"' in blocks for code in codes)


@pytest.mark.requirement("ASVS-15.1.1")
def test_production_tells_how_soon_parts_are_renewed():
    told = section("production.md", "部品を新しくする期限")
    assert re.findall(r"\| (\d+)日 \|", told) == ["7", "30"]
