import csv
from datetime import date

import pytest
import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.modules.resident_extracts import ResidentRow, latest_extract
from govkit.residents.synthetic import EdgeCase, Population


@pytest.fixture
def extract(folder):
    """A small extract of 立川市."""
    path = folder / "住民票.csv"
    Population("132021", 60, as_of=date(2026, 10, 15)).write_extract(path)
    return path


@pytest.fixture
def stored(project, work_of):
    """Number of stored residents of a city."""
    deployment = Deployment(project)

    def count(code: str) -> int:
        with work_of(deployment, code) as work:
            return work.session.scalar(sa.select(sa.func.count(ResidentRow.id)))

    yield count
    deployment.close()


def spoil(path, column, value):
    """Put a value into the column of the last row."""
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    latest = [row for row in rows if row[header.index("最新フラグ")] == "1"]
    latest[-1][header.index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


def test_an_extract_is_received_for_one_city(govkit, stored, extract):
    arguments = ("residents", "import", str(extract), "--city", "132021", "--as-of", "2026-10-15")
    answer = govkit(*arguments)

    assert answer.exit_code == 0, answer.output
    assert f"新規 {stored('132021')}人" in answer.output
    assert stored("132021") >= 60
    assert stored("132071") == 0
    assert "前回と同じファイルです" in govkit(*arguments).output


def test_a_dry_run_reports_and_changes_nothing(govkit, stored, extract):
    spoil(extract, "生年月日", "1958-02-30")
    answer = govkit("residents", "import", str(extract), "--city", "132021", "--dry-run")

    assert answer.exit_code == 0, answer.output
    assert "受け入れなかった件数 1件" in answer.output
    assert "「生年月日」（1958-02-30）" in answer.output
    assert "何も変えていません" in answer.output
    assert stored("132021") == 0


def test_many_people_gone_must_be_confirmed(govkit, stored, extract):
    arguments = ("residents", "import", str(extract), "--city", "132021", "--as-of", "2026-10-15")
    govkit(*arguments)
    present = stored("132021")
    lines = extract.read_text(encoding="utf-8").splitlines(keepends=True)
    extract.write_text("".join(lines[:3]), encoding="utf-8")
    refused = govkit(*arguments)

    assert refused.exit_code == 1
    assert f"いまの住民{present}人のうち" in refused.output
    assert "--allow-shrinking" in refused.output
    accepted = govkit(*arguments, "--allow-shrinking")
    assert accepted.exit_code == 0, accepted.output
    assert "なくなった人" in accepted.output


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        ("none", "132012", "参加していません"),
        ("none", "132071", "受け入れられる行が一つもありません"),
        ("cp932", "132021", "エラー: 受け付けられません。"),
        ("my_number", "132021", "エラー: 受け付けられません。"),
    ],
)
def test_a_file_that_must_not_come_in_is_refused(govkit, stored, extract, change, code, sentence):
    if change == "cp932":
        extract.write_bytes(extract.read_bytes().decode().encode("cp932", "replace"))
    elif change == "my_number":
        head, _, rest = extract.read_text(encoding="utf-8").partition("\n")
        extract.write_text(head.replace("住民票コード", "個人番号") + "\n" + rest, encoding="utf-8")
    answer = govkit("residents", "import", str(extract), "--city", code)

    assert answer.exit_code == 1
    assert sentence in answer.output
    assert stored("132021") == 0


def test_the_list_of_protected_people_is_received(govkit, project, folder):
    path = folder / "支援措置.csv"
    Population("132021", 0, edge_cases=[EdgeCase.PROTECTED_FAMILY]).write_protection_list(path)
    answer = govkit("residents", "import", str(path), "--city", "132021", "--protection")

    assert answer.exit_code == 0, answer.output
    assert "支援措置の対象者は2人です（新しく2人、解除0人）" in answer.output


def test_an_invented_extract_can_be_received(govkit, project, folder, work_of):
    written = govkit(
        *("residents", "synthesize", "new.csv", "--city", "132071", "--size", "40"),
        *("--as-of", "2026-10-15", "--encoding", "cp932", "--edge-cases"),
        *("--protection", "protected.csv"),
    )
    received = govkit(
        *("residents", "import", "new.csv", "--city", "132071"),
        *("--as-of", "2026-10-15", "--encoding", "cp932"),
    )

    assert written.exit_code == 0, written.output
    assert (folder / "protected.csv").is_file()
    assert received.exit_code == 0, received.output
    deployment = Deployment(project)
    with work_of(deployment, "132071") as work:
        assert latest_extract(work.session).as_of == date(2026, 10, 15)
    deployment.close()


def test_the_same_seed_writes_the_same_people(govkit, folder):
    for name in ("a.csv", "b.csv"):
        arguments = ("--city", "132021", "--size", "20", "--as-of", "2026-10-15")
        govkit("residents", "synthesize", name, *arguments)

    assert (folder / "a.csv").read_bytes() == (folder / "b.csv").read_bytes()


def test_a_place_that_cannot_be_written_is_told(govkit, folder):
    answer = govkit("residents", "synthesize", "none/a.csv", "--city", "132021", "--size", "1")

    assert answer.exit_code == 1
    assert "none/a.csv に書けません" in answer.output
