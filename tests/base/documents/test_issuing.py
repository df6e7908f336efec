"""Numbers, copies, frozen data, bulk, and what the public may learn."""

import hashlib
import io
import threading
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from govkit.base import documents
from govkit.base.documents import DocumentIssue, DocumentsMissing, DocumentsPolicy
from govkit.base.identity import Actor
from govkit.base.municipality import MunicipalityPolicy
from govkit.base.typesetting import Press, Unprintable
from govkit.errors import Conflict, NotFound, NotPermitted
from tests.base.documents.conftest import CITY, kind, texts

NAME = "schools.enrolment_certificate"
URL = "https://docs.example.lg.jp"


def with_press(work, **changes):
    work.origin = replace(work.origin, press=Press([kind(**changes)], public_url=URL))
    return work


@pytest.fixture
def desk(work):
    return with_press(work)


def decide(work, **decisions):
    values = DocumentsPolicy.model_validate({"kinds": {NAME: decisions}}).model_dump(mode="json")
    work.session.add(MunicipalityPolicy(module="documents", values=values))
    work.session.flush()


@pytest.mark.requirement("LOG-1")
def test_issuing_numbers_freezes_and_records(desk):
    issued = documents.issue(desk, NAME, ["甲", "乙"])

    assert [each.number_text for each in issued.issues] == ["第1号", "第2号"]
    assert {each.pdf_hash for each in issued.issues} == {hashlib.sha256(issued.pdf).hexdigest()}
    pages = texts(issued.pdf)
    assert "第1号" in pages[0]
    assert "見本甲" in pages[0]
    assert "第2号" in pages[1]
    assert f"{URL}/verify/{issued.issues[1].code}" in pages[1]
    [event] = [each for each in desk._events if each.action == "document.issued"]
    assert event.detail == {"kind": NAME, "count": 2, "number": "第1号～第2号"}


def test_a_frozen_document_prints_the_same_bytes_again(desk):
    issued = documents.issue(desk, NAME, ["甲"])
    decide(desk, words={"lead": "後から変えた文。", "number": "新{number}"})

    again = documents.print_again(desk, documents.find_issue(desk, issued.issues[0].id))

    assert again == issued.pdf


@pytest.mark.parametrize(
    ("rule", "expected"), [("same", ("立令8第1号", 1, 2)), ("new", ("立令8第2号", 2, 1))]
)
def test_a_reissue_replaces_and_needs_a_reason(desk, rule, expected):
    decide(desk, words={"number": "立令{year}第{number}号"}, reissue_number=rule)
    [first] = documents.issue(desk, NAME, ["甲"]).issues
    with pytest.raises(documents.AlreadyIssued):
        documents.issue(desk, NAME, ["甲"])
    with pytest.raises(documents.ReissueReasonMissing):
        documents.reissue(desk, first, "　")

    again = documents.reissue(desk, first, "紛失")

    [copy] = again.issues
    assert (copy.number_text, copy.number, copy.nth) == expected
    assert (copy.replaces_id, copy.reason) == (first.id, "紛失")
    assert copy.code != first.code
    assert "再交付" in texts(again.pdf)[0]
    with pytest.raises(documents.AlreadyReplaced):
        documents.reissue(desk, first, "紛失")
    assert [each.id for each in documents.issues_of(desk, NAME, "甲")][-1] == first.id


def test_numbers_start_anew_with_the_fiscal_year(work_for):
    before = with_press(work_for(today=date(2027, 3, 31)))
    documents.issue(before, NAME, ["甲", "乙"])
    after = with_press(work_for(today=date(2027, 4, 1), session_of=before))

    [issued] = documents.issue(after, NAME, ["丙"]).issues

    assert (issued.year, issued.number) == (2027, 1)


@pytest.mark.requirement("ASVS-2.3.4", "ASVS-15.4.2")
def test_numbers_have_no_gaps_however_many_issue_at_once(deployment):
    deployment.press = Press([kind()])
    city = deployment.municipality(CITY)
    failures = []

    def clerk(name):
        for turn in range(3):
            try:
                with deployment.work(city, Actor.operator(name)) as work:
                    documents.issue(work, NAME, [f"{name}{turn}"])
                    if turn == 1:
                        raise LookupError  # the work fails: its number comes back
            except LookupError:
                pass
            except Exception as error:
                failures.append(error)

    clerks = [threading.Thread(target=clerk, args=(f"担当{each}",)) for each in range(4)]
    for each in clerks:
        each.start()
    for each in clerks:
        each.join()

    assert failures == []
    with deployment.session(CITY, writes=False) as session:
        numbers = session.scalars(sa.select(DocumentIssue.number)).all()
    assert sorted(numbers) == list(range(1, 9))


@pytest.mark.requirement("ASVS-15.4.2")
def test_the_same_document_is_issued_once_when_two_clerks_press_at_once(deployment):
    deployment.press = Press([kind()])
    city = deployment.municipality(CITY)
    refused = []

    def clerk(name):
        try:
            with deployment.work(city, Actor.operator(name)) as work:
                documents.issue(work, NAME, ["甲"])
        except documents.AlreadyIssued:
            refused.append(name)

    clerks = [threading.Thread(target=clerk, args=(each,)) for each in "一二三"]
    for each in clerks:
        each.start()
    for each in clerks:
        each.join()

    assert len(refused) == 2


def bulk(desk, keys, tell=lambda *_: None, **options):
    return documents.enter_bulk(desk, documents.render_bulk(desk, tell, NAME, keys, **options))


def test_bulk_makes_all_or_nothing(desk):
    told = []

    made = bulk(desk, list("甲乙丙"), lambda *each: told.append(each))

    assert (made.count, made.media_type) == (3, "application/pdf")
    assert [page[page.index("見本") :][:3] for page in texts(made.body)] == [
        "見本甲",
        "見本乙",
        "見本丙",
    ]
    assert told == [(0, 3), (3, 3)]
    with pytest.raises(DocumentsMissing) as missing:
        documents.render_bulk(desk, lambda *_: None, NAME, ["丁", "missing"])
    assert missing.value.labels == ("missing",)
    assert documents.issued_before(desk, NAME, ["丁", "甲"]) == {"甲"}


@pytest.mark.parametrize("moves", ["number", "day"])
def test_what_was_printed_ahead_is_entered_only_while_it_holds(desk, moves):
    printed = documents.render_bulk(desk, lambda *_: None, NAME, ["甲", "乙"])
    assert documents.issued_before(desk, NAME, ["甲", "乙"]) == set()
    if moves == "number":
        documents.issue(desk, NAME, ["丙"])
    else:
        desk.now += timedelta(days=1)
    with pytest.raises(Conflict):
        documents.enter_bulk(desk, printed)
    assert documents.issued_before(desk, NAME, ["甲", "乙"]) == set()

    anew = documents.render_bulk(desk, lambda *_: None, NAME, ["甲", "乙"])
    assert documents.enter_bulk(desk, anew).count == 2


def test_bulk_by_group_is_a_zip_with_a_file_for_each(desk):
    made = bulk(desk, ["甲"], by_group=True)

    with zipfile.ZipFile(io.BytesIO(made.body)) as archive:
        [name] = archive.namelist()
        assert name == "01_.pdf"
        assert archive.read(name).startswith(b"%PDF")


def test_nothing_is_issued_when_a_character_cannot_be_shown(desk):
    with pytest.raises(Unprintable) as refused:
        documents.render_bulk(desk, lambda *_: None, NAME, ["甲", "乙أ", "丙\U000e01ef"])

    assert [
        (label, [each.code_points for each in found]) for label, found in refused.value.found
    ] == [
        ("児童乙أ", ["U+0623"]),
        ("児童丙\U000e01ef", ["U+4E19 U+E01EF"]),
    ]
    assert documents.issued_before(desk, NAME, ["甲"]) == set()
    assert "乙" not in str(refused.value)


@pytest.mark.requirement("AUT-4", "ASVS-8.2.2")
def test_rights_are_asked_for_preview_issue_copy_and_reissue(desk, work_for):
    [issued] = documents.issue(desk, NAME, ["甲"]).issues
    teacher = with_press(work_for(role="homeroom_teacher", session_of=desk))

    for act in (
        lambda: documents.preview(teacher, NAME, "甲"),
        lambda: documents.issue(teacher, NAME, ["乙"]),
        lambda: documents.find_issue(teacher, issued.id),
        lambda: documents.reissue(teacher, issued, "紛失"),
    ):
        with pytest.raises(NotPermitted):
            act()
    with pytest.raises(NotFound):
        documents.preview(desk, "schools.nothing", "甲")


def test_an_unnumbered_document_is_printed_and_recorded_but_not_entered(work):
    desk = with_press(work, is_numbered=False)

    pdf = documents.print_unnumbered(desk, NAME, "甲")

    assert "見本甲" in texts(pdf)[0]
    assert "第" not in texts(pdf)[0].partition("在学")[0]
    assert documents.issues_of(desk, NAME, "甲") == []
    assert [each.action for each in desk._reads] == ["document.printed"]


@pytest.mark.requirement("ASVS-15.3.1")
def test_a_code_tells_the_kind_and_the_day_and_nobodys_name(deployment):
    deployment.press = Press([kind()], public_url=URL)
    city = deployment.municipality(CITY)
    with deployment.work(city, Actor.operator("担当")) as work:
        [first] = documents.issue(work, NAME, ["甲"]).issues
        code = first.code
    with deployment.work(city, Actor.operator("担当")) as work:
        [again] = documents.reissue(work, work.find(DocumentIssue, first.id), "紛失").issues
        new_code = again.code

    def asked(text):
        return documents.verify(lambda each: deployment.session(each, writes=False), text)

    assert asked(code).is_replaced is True
    found = asked(new_code.lower().replace("-", " "))
    assert (found.kind, found.number_text, found.municipality_code) == (NAME, "第1号", CITY)
    assert found.is_replaced is False
    assert set(found.__slots__).isdisjoint({"name", "data", "addressee_number"})
    for wrong in ("", "132021", code[:-1], "132071" + code[6:], "999999" + code[6:], "' OR 1=1 --"):
        assert asked(wrong) is None
