"""P6 and P7: files that went wrong are explained, files that are right are taken.

The long form (``GOVKIT_SOAK=1``) takes 10,000 and 2,000 files.
"""

import io
import logging
import os
import random
import resource
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.settings import UploadSettings
from govkit.base.uploads import Uploads
from govkit.errors import InvalidInput
from govkit.formats.oneroster import check_package
from govkit.formats.tabular import Column, read_table
from govkit.jp.dates import parse_date
from tests.base.table_layouts import (
    BYTES,
    LAYOUTS,
    as_csv,
    as_xlsx,
    malformed_csv,
    malformed_xlsx,
)
from tests.formats.test_oneroster import package, written
from tests.residents.extracts import CITY

IS_SOAK = bool(os.environ.get("GOVKIT_SOAK"))
SECONDS, BYTES_OF_MEMORY = 5, 256 * 1024 * 1024


@pytest.fixture(scope="module")
def work(sqlite_databases):
    deployment = Deployment(sqlite_databases.settings())
    with deployment.work(deployment.municipality(CITY), Actor.operator("試験")) as work:
        yield work
        work.discard()
    deployment.close()


@pytest.fixture
def uploads(tmp_path, work):
    return Uploads(UploadSettings(folder=tmp_path / "held"), 1 << 28, lambda: work.now)


def outcome(uploads, work, layout, body, name, encoding):
    """Every problem of a file, whether it was refused as a whole or in some rows."""
    try:
        with uploads.receive(work, io.BytesIO(body), name) as received:
            return list(layout.read(work, received, received.encoding(encoding)))
    except InvalidInput as refused:
        return list(refused.problems) or [None]


def check_places(problems, name):
    for problem in problems:
        assert problem.message
        assert problem.file == name
        assert problem.row is None or problem.row > 0
        assert problem.where.startswith(name)


class Costs(logging.Handler):
    """The most that any child took, as the log tells."""

    def __init__(self):
        super().__init__()
        self.cpu_seconds, self.peak_bytes, self.count = 0.0, 0, 0

    def emit(self, record):
        if record.getMessage() == "workbook read":
            self.count += 1
            self.cpu_seconds = max(self.cpu_seconds, record.cpu_seconds)
            self.peak_bytes = max(self.peak_bytes, record.peak_bytes)


@pytest.fixture
def costs():
    logger, handler = logging.getLogger("govkit.uploads"), Costs()
    logger.addHandler(handler)
    before = logger.level
    logger.setLevel(logging.INFO)
    yield handler
    logger.setLevel(before)
    logger.removeHandler(handler)


@pytest.mark.requirement("P6", "INP-1", "INP-2", "ASVS-5.2.2")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.requirement("ASVS-15.2.2")
def test_malformed_tables_are_explained_within_bounds(uploads, work, costs, kind):
    count = {"csv": (6000, 240), "xlsx": (3600, 24)}[kind][0 if IS_SOAK else 1]
    books = [as_xlsx(layout.table) for layout in LAYOUTS]
    longest, found = 0.0, Counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(count):
        rng, index = random.Random(f"{kind}{number}"), number % len(LAYOUTS)
        name, layout = f"表{number}.{kind}", LAYOUTS[index]
        body = malformed_csv(rng, layout) if kind == "csv" else malformed_xlsx(rng, books[index])
        began = time.process_time()
        problems = outcome(uploads, work, layout, body, name, rng.choice(["utf-8", "cp932"]))
        longest = max(longest, time.process_time() - began)
        check_places(problems, name)
        found.update(problem.code for problem in problems[:1])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) * 1024
    print(
        f"P6 {kind}: {count} files, {sum(found.values())} explained in {len(found)} ways; "
        f"longest {longest:.2f} s, grown {grown >> 20} MiB; children {costs.count}, "
        f"{costs.cpu_seconds:.2f} s, {costs.peak_bytes >> 20} MiB"
    )
    assert longest <= SECONDS
    assert grown <= BYTES_OF_MEMORY
    assert costs.cpu_seconds <= SECONDS
    assert costs.peak_bytes <= BYTES_OF_MEMORY
    assert sum(found.values()) > count / 2
    assert not list((uploads._settings.folder).rglob("*.*"))


@pytest.mark.requirement("P6")
def test_malformed_rosters_are_explained(tmp_path):
    whole, found = written(package()), Counter()
    for number in range(400 if IS_SOAK else 60):
        rng = random.Random(number)
        path = tmp_path / "RO_20261124_139999.zip"
        path.write_bytes(
            malformed_xlsx(rng, whole) if number % 2 else rng.choice(BYTES)(rng, whole)
        )
        problems = check_package(path)
        # Each names the package, or the file in it that is wrong.
        assert all(each.message and each.file for each in problems)
        found.update(each.code for each in problems[:1])
    assert len(found) > 3


@pytest.mark.requirement("P6")
@given(st.binary(max_size=600) | st.text(max_size=300).map(str.encode), st.sampled_from(LAYOUTS))
@settings(max_examples=500 if IS_SOAK else 40)
def test_no_bytes_at_all_break_a_reader(tmp_path_factory, work, body, layout):
    held = tmp_path_factory.mktemp("held")
    uploads = Uploads(UploadSettings(folder=held), 1 << 28, lambda: work.now)
    check_places(outcome(uploads, work, layout, body, "表.csv", "utf-8"), "表.csv")


# -- P7

LETTERS = st.sampled_from(
    [
        *"山田髙﨑德濵神靖ァヴー々〆ヶ①Ⅳ㈱～－＝@'",
        "辻󠄀",
        "葛󠄁",
        "𠮷",
        "𩸽",
        "か゚",
        "=1",
        "+2",
        "\u3000",
        ",",
        '"',
        "\n",
    ]
)
TEXTS = st.lists(LETTERS, min_size=1, max_size=8).map("".join)
DAYS = st.sampled_from(
    [
        "2015-04-02",
        "平成27年4月2日",
        "H27.4.2",
        "令和元年5月1日",
        "2020/02/29",
        "昭和64年1月7日",
        "2015年4月2日",
    ]
)
ROWS = st.lists(st.tuples(TEXTS, DAYS, TEXTS), min_size=1, max_size=12)
WRITTEN = st.sampled_from(["utf-8", "utf-8-sig", "cp932", "xlsx"])


@pytest.mark.requirement("P7")
@given(
    ROWS,
    st.lists(WRITTEN, min_size=1, max_size=1)
    if IS_SOAK
    else st.just(["utf-8", "utf-8-sig", "cp932"]),
    st.sampled_from(["\r\n", "\n"]),
    st.booleans(),
)
@settings(max_examples=2000 if IS_SOAK else 30)
def test_good_tables_are_taken_letter_by_letter(
    tmp_path_factory, work, rows, ways, newline, quoted
):
    for way in ways:
        check_taken(tmp_path_factory.mktemp("held"), work, rows, way, newline, quoted)


@pytest.mark.requirement("P7")
def test_good_workbooks_are_taken_letter_by_letter(tmp_path, work):
    rows = [("髙﨑 𠮷男\n葛󠄁", "平成27年4月2日", "=1+1"), ("'@", "2015-04-02", 'か゚、"々"')]
    check_taken(tmp_path, work, rows, "xlsx", "\n", quoted=False)


def check_taken(folder, work, rows, way, newline, quoted):
    if way == "cp932":
        rows = [
            tuple(t.encode("cp932", "ignore").decode("cp932") or "一" for t in row) for row in rows
        ]
    table = [["氏名", "生年月日", "備考"], *rows]
    body = as_xlsx(table) if way == "xlsx" else as_csv(table, way, newline, is_quoted=quoted)
    uploads = Uploads(UploadSettings(folder=folder), 1 << 28, lambda: work.now)
    encoding = "cp932" if way == "cp932" else "utf-8"
    name = "名簿.xlsx" if way == "xlsx" else "名簿.csv"
    with (
        uploads.receive(work, io.BytesIO(body), name) as received,
        read_table(
            received.path,
            [Column(each) for each in table[0]],
            encoding=received.encoding(encoding),
            name=name,
        ) as read,
    ):
        assert [cells for _, cells in read] == rows
        assert not read.problems
    for _, day, _ in rows:
        assert parse_date(day)
