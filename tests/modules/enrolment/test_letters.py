"""就学通知書: what is on a letter, whose letter is withheld, and all of a year at once."""

import io
import zipfile
from datetime import date

import pypdfium2 as pdfium
import pytest

from govkit.base import documents
from govkit.base.documents import DocumentsMissing
from govkit.base.jobs import Progress
from govkit.errors import NotFound
from govkit.modules.enrolment import (
    SCHOOL_NOTICE,
    assign_schools,
    letters_to_make,
    make_school_notices,
    typeset_school_notices,
)
from tests.modules.enrolment.conftest import ELEMENTARY, JUNIOR_HIGH, OTHER
from tests.modules.enrolment.people import YEAR, child, compiled, put_zones
from tests.modules.enrolment.test_schools import ELSEWHERE, entry

NAME = SCHOOL_NOTICE.name


@pytest.fixture
def designated(work, school, other_school, junior_high):
    """Children of two schools, one of other nationality and one under support measures."""
    put_zones(
        work,
        f"0001001,富士見町一丁目,{ELEMENTARY},{JUNIOR_HIGH}",
        f"0009009,高松町三丁目,{OTHER},{JUNIOR_HIGH}",
    )
    compiled(
        work,
        child(1, name="山田　葵"),
        child(2, name="髙橋　𠮷乃", kana="タカハシ　ヨシノ", address=ELSEWHERE),
        child(3, name="LEE　MINA", kana="リー　ミナ", kind="2", nationality="ベトナム"),
        child(4, name="秘密　子", kana="ヒミツ　コ", is_protected=True),
    )
    assign_schools(work, YEAR)
    return work


def texts(pdf):
    document = pdfium.PdfDocument(pdf)
    return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def key(work, serial):
    return str(entry(work, serial).id)


def test_the_letter_says_what_the_law_asks_for(designated):
    [page] = texts(documents.issue(designated, NAME, [key(designated, 1)]).pdf)

    for text in (
        "就学通知書",
        "学校教育法施行令第5条",
        "第1号",
        "令和8年11月24日",
        "山田葵",
        "ヤマダアオイ",
        "令和2年5月5日",
        "東京都立川市富士見町一丁目1番1号",
        "〒190-0013",
        "立川市立第一小学校",
        "令和9年4月1日",
        "立川市教育委員会",
        "学校教育法施行令第8条",
        "審査請求",
        "6か月以内に、立川市を被告として",
    ):
        assert text in page, text


def test_a_child_of_other_nationality_gets_guidance_without_instruction(designated):
    [page] = texts(documents.issue(designated, NAME, [key(designated, 3)]).pdf)

    assert "就学案内" in page
    assert "入学することができます" in page
    assert "審査請求" not in page
    assert "就学通知書" not in page


def test_whoever_has_no_school_gets_no_letter(designated):
    compiled(designated, child(9, name="区域　外", address=ELSEWHERE), day=date(2026, 10, 2))

    with pytest.raises(DocumentsMissing) as missing:
        documents.prepare(designated, NAME, [key(designated, 9)])
    assert missing.value.labels == ("区域　外",)
    with pytest.raises(NotFound):
        documents.prepare(designated, NAME, ["nobody"])


@pytest.mark.requirement("LOG-1")
def test_letters_to_protected_families_are_for_the_officer_alone(designated, work_for):
    clerk = work_for(role="board_clerk", session_of=designated)
    officer = work_for(role="protected_data_officer", session_of=designated)
    protected = key(designated, 4)

    with pytest.raises(DocumentsMissing):
        documents.preview(clerk, NAME, protected)
    assert protected not in letters_to_make(clerk, YEAR)
    [page] = texts(documents.issue(officer, NAME, [protected]).pdf)

    assert "富士見町" in page
    [event] = [each for each in officer._events if each.action == "document.issued"]
    assert event.subject_ids == [protected]


def test_all_letters_of_a_year_are_made_once_by_school_and_reading(designated):
    kept, told = [], []

    class Kept(Progress):
        def __call__(self, done, total=0):
            told.append((done, total))

        def keep_file(self, work, named, chunks, *, people):
            kept.append((*named, b"".join(chunks), people))

    printed = typeset_school_notices(designated, Kept(), year=YEAR)
    result = make_school_notices(designated, Kept(), year=YEAR, made=printed)

    assert result["params"] == {"count": 4}
    assert told == [(0, 4), (4, 4)]
    [(name, media_type, pdf, people)] = kept
    assert (name, media_type, people) == ("就学通知書_2027年度入学.pdf", "application/pdf", 4)
    pages = texts(pdf)
    found = [page.partition("氏名")[2] for page in pages]
    readings = ["ヒミツ", "ヤマダ", "リー", "タカハシ"]
    assert [text.startswith(each) for text, each in zip(found, readings, strict=True)] == [True] * 4
    assert [f"第{number}号" in page for number, page in enumerate(pages, 1)] == [True] * 4
    assert letters_to_make(designated, YEAR) == []
    assert typeset_school_notices(designated, Kept(), year=YEAR) is None
    assert "まだ" in make_school_notices(designated, Kept(), year=YEAR, made=None)["text"]


def test_letters_of_each_school_in_a_file_of_its_own(designated):
    keys = letters_to_make(designated, YEAR)

    printed = documents.render_bulk(designated, lambda *_: None, NAME, keys, by_group=True)
    made = documents.enter_bulk(designated, printed)

    with zipfile.ZipFile(io.BytesIO(made.body)) as archive:
        counts = {each: len(texts(archive.read(each))) for each in archive.namelist()}
    assert counts == {"01_第一小学校.pdf": 3, "02_第二小学校.pdf": 1}
