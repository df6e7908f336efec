import io
import re
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.identity import Actor
from govkit.base.municipality import MunicipalityPolicy
from govkit.modules.enrolment import ListQuery, RegisterEntry, SchoolDesignation, list_entries
from govkit.modules.schools import Pupil, School, add_school
from tests.modules.enrolment.conftest import ELEMENTARY, JUNIOR_HIGH, OTHER
from tests.modules.enrolment.people import CITY, YEAR
from tests.modules.resident_extracts.files import extract_bytes, number, person, protection_bytes

BORN = "2020-05-05"
ZONES = (
    f"町字ID,町字,小学校コード,中学校コード\n0001001,富士見町一丁目,{ELEMENTARY},{JUNIOR_HIGH}\n"
)


@pytest.fixture
def city(deployment):
    """Work in the city whose changes are kept."""

    def open_work():
        return deployment.work(deployment.municipality(CITY), Actor.operator("試験"))

    with open_work() as work:
        for code, name in ((ELEMENTARY, "第一小学校"), (OTHER, "第二小学校")):
            add_school(work, code, name)
        add_school(work, JUNIOR_HIGH, "第一中学校")
    return open_work


@pytest.fixture
def client(city, sign_in):
    return sign_in(CITY, "board_clerk")


def upload(client, *people):
    data = {"encoding": "utf-8", "as_of": "2026-10-15"}
    data["file"] = (io.BytesIO(extract_bytes(people)), "住民票.csv")
    return client.post("/resident_extracts/import", data=data, buffered=True)


def compile_(client, day="2026-10-01", year=str(YEAR)):
    return client.post("/enrolment/compile", data={"entry_year": year, "reference_date": day})


def put_zones(client, text=ZONES):
    data = {"encoding": "utf-8", "file": (io.BytesIO(text.encode()), "通学区域.csv")}
    return client.post("/enrolment/zones", data=data)


@pytest.fixture
def prepared(client, city):
    """Two children in the register with a school."""
    upload(client, person(1, 生年月日=BORN), person(2, 生年月日=BORN))
    assert compile_(client).status_code == 303
    assert put_zones(client).status_code == 303
    assert client.post("/enrolment/assign", data={"year": YEAR}).status_code == 303
    return client


def entry_id(city, serial):
    with city() as work:
        query = sa.select(RegisterEntry.id).where(RegisterEntry.addressee_number == number(serial))
        return work.session.scalars(query).one()


def test_the_whole_way_from_the_extract_to_the_class(prepared, city):
    page = prepared.get("/enrolment/entries").text
    assert page.count("第一小学校") >= 2
    letters = prepared.get("/enrolment/notices/print").text
    assert letters.count('class="gk-sheet"') == 2
    assert "令和9年4月1日" in letters
    admission = prepared.get("/enrolment/admission").text
    assert "2人を受け入れる" in admission
    with city() as work:
        school = work.session.scalars(sa.select(School.id).where(School.code == ELEMENTARY)).one()
    answer = prepared.post(f"/enrolment/admission/{school}", data={"year": YEAR})
    assert "2人を1学級に受け入れました" in prepared.get(answer.location).text
    with city() as work:
        assert work.session.scalar(sa.select(sa.func.count(Pupil.id))) == 2
    again = prepared.post(f"/enrolment/admission/{school}", data={"year": YEAR})
    assert "新しく受け入れる児童はいません" in prepared.get(again.location).text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/enrolment/entries", "この年度の学齢簿はまだ編製していません"),
        ("/enrolment/compile", "まだ住民のデータがありません"),
        ("/enrolment/zones", "通学区域がまだありません"),
        ("/enrolment/notices", "この年度の学齢簿はまだありません"),
        ("/enrolment/notices/print", "印刷する通知がありません"),
        ("/enrolment/admission", "指定された児童はいません"),
    ],
)
def test_empty_pages_say_what_to_do_next(client, path, text):
    answer = client.get(path)
    assert answer.status_code == 200
    assert text in answer.text


def test_compiling_needs_residents(client):
    answer = compile_(client)
    assert answer.status_code == 400
    assert "先に住民票抽出データを受け入れてください" in answer.text


def test_the_compile_page_proposes_1_october_and_tells_the_deadline(client):
    upload(client, person(1, 生年月日=BORN))
    page = client.get("/enrolment/compile").text
    assert "2026年10月1日" in page
    assert "令和8年10月31日" in page
    assert "編製の期限を過ぎています" in page


def test_compiling_again_says_that_nothing_changed(client):
    upload(client, person(1, 生年月日=BORN))
    compile_(client)
    answer = compile_(client)
    assert "前回の編製から変わったことはありません" in client.get(answer.location).text


def test_a_refused_compilation_keeps_what_was_typed(client):
    upload(client, person(1, 生年月日=BORN))
    answer = compile_(client, day="2026-11-01")
    assert answer.status_code == 400
    assert "基準日より前のものです" in answer.text
    assert "2026-11-01" in answer.text


def test_a_wrong_zone_file_is_explained_line_by_line(client):
    answer = put_zones(client, ZONES + "1001,富士見町,B113299999911,\n0001002,栄町,X,\n")
    assert answer.status_code == 400
    assert "3行目「町字ID」" in answer.text
    assert "4行目「小学校コード」" in answer.text


def test_zones_are_downloaded(prepared):
    answer = prepared.get("/enrolment/zones/file")
    assert "0001001,富士見町一丁目" in answer.data.decode("utf-8-sig")


def test_the_designation_is_changed_with_a_reason(prepared, city):
    child = entry_id(city, 1)
    page = prepared.get(f"/enrolment/entries/{child}").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    with city() as work:
        other = work.session.scalars(sa.select(School.id).where(School.code == OTHER)).one()
    path = f"/enrolment/entries/{child}/designation"
    missing = prepared.post(path, data={"school": str(other), "version": version})
    assert missing.status_code == 400
    assert "変更の理由を選んでください" in missing.text
    data = {"school": str(other), "reason": "siblings", "text": "兄が在学", "version": version}
    assert prepared.post(path, data=data).status_code == 303
    shown = prepared.get(f"/enrolment/entries/{child}").text
    assert "兄弟姉妹が在学：兄が在学" in shown
    assert "指定校：第一小学校 → 第二小学校" in shown
    assert prepared.post(path, data=data | {"school": str(other)}).status_code == 409


def test_the_same_school_is_refused_at_its_field(prepared, city):
    child = entry_id(city, 1)
    with city() as work:
        same = work.session.scalars(sa.select(School.id).where(School.code == ELEMENTARY)).one()
    data = {"school": str(same), "reason": "siblings", "text": "兄が在学"}
    answer = prepared.post(f"/enrolment/entries/{child}/designation", data=data)
    assert answer.status_code == 400
    assert "すでにこの学校が指定されています" in answer.text


def test_a_permission_that_ends_too_early_is_refused_at_its_field(prepared, city):
    with city() as work:
        other = work.session.scalars(sa.select(School.id).where(School.code == OTHER)).one()
    data = {
        "school": str(other),
        "reason": "siblings",
        "text": "兄が在学",
        "valid_until": "2027-03-31",
    }
    answer = prepared.post(f"/enrolment/entries/{entry_id(city, 1)}/designation", data=data)
    assert answer.status_code == 400
    assert 'href="#valid_until' in answer.text
    assert "入学の日（令和9年4月1日）以降にしてください" in answer.text


def test_designations_of_one_day_are_listed_newest_first(prepared, city):
    child = entry_id(city, 1)
    with city() as work:
        query = sa.select(School.id).where(School.code.in_([ELEMENTARY, OTHER]))
        first, other = work.session.scalars(query.order_by(School.code))
    reasons = [f"{nth}回目の申立て" for nth in range(1, 7)]
    for nth, reason in enumerate(reasons):
        school = first if nth % 2 else other
        data = {"school": str(school), "reason": "siblings", "text": reason}
        path = f"/enrolment/entries/{child}/designation"
        assert prepared.post(path, data=data).status_code == 303
    page = prepared.get(f"/enrolment/entries/{child}").text
    assert re.findall(r"\d回目の申立て", page) == reasons[::-1]
    assert page.index("1回目の申立て") < page.index("通学区域</span>")


def test_a_child_in_a_class_keeps_the_school_and_the_page_says_why(prepared, city):
    with city() as work:
        query = sa.select(School.id).where(School.code.in_([ELEMENTARY, OTHER]))
        first, other = work.session.scalars(query.order_by(School.code))
    prepared.post(f"/enrolment/admission/{first}", data={"year": YEAR})
    data = {"school": str(other), "reason": "siblings", "text": "兄が在学"}
    answer = prepared.post(f"/enrolment/entries/{entry_id(city, 1)}/designation", data=data)
    assert answer.status_code == 400
    assert "先に今の学校での在籍を終了してから" in answer.text
    assert "人を受け入れる</button>" not in prepared.get("/enrolment/admission").text


def test_after_admission_the_classes_are_one_step_away(prepared, city):
    path = f"/schools/?year={YEAR}"
    assert path not in prepared.get("/enrolment/admission").text
    with city() as work:
        school = work.session.scalars(sa.select(School.id).where(School.code == ELEMENTARY)).one()
    prepared.post(f"/enrolment/admission/{school}", data={"year": YEAR})
    page = prepared.get("/enrolment/admission").text
    assert f'<a href="{path}">第一小学校の学級</a>' in page
    assert "第二小学校の学級" not in page
    assert "1年1組" in prepared.get(path).text


def test_the_list_leaves_out_the_city_and_the_file_does_not(client):
    home = {"住所_市区町村コード": CITY, "住所_都道府県": "東京都", "住所_市区郡町村名": "立川市"}
    upload(client, person(1, 生年月日=BORN, **home))
    compile_(client)
    page = client.get("/enrolment/entries").text
    assert "富士見町" in page
    assert "立川市富士見町" not in page
    exported = client.post(
        "/enrolment/entries/export", data={"purpose": "system", "reason": "確認"}
    )
    assert "東京都立川市富士見町" in exported.data.decode()


def test_the_schooling_is_asked_of_foreign_children_only(client, city):
    foreign = person(2, 生年月日=BORN, 住民種別="2", 国籍名等="ベトナム")
    upload(client, person(1, 生年月日=BORN), foreign)
    compile_(client)
    for serial, is_asked in ((1, False), (2, True)):
        path = f"/enrolment/entries/{entry_id(city, serial)}"
        assert ("外国籍の児童の就学状況" in client.get(path).text) is is_asked
        data = {"note": "", "schooling": "foreign_school"}
        assert client.post(f"{path}/remarks", data=data).status_code == 303
    with city() as work:
        query = sa.select(RegisterEntry.schooling).order_by(RegisterEntry.addressee_number)
        assert work.session.scalars(query).all() == ["unknown", "foreign_school"]


def test_remarks_are_kept(prepared, city):
    child = entry_id(city, 1)
    path = f"/enrolment/entries/{child}/remarks"
    assert prepared.post(path, data={"note": "面談済み", "schooling": "unknown"}).status_code == 303
    assert "面談済み" in prepared.get(f"/enrolment/entries/{child}").text


def test_the_file_needs_a_purpose(prepared, city):
    assert prepared.get("/enrolment/entries/export").status_code == 200
    refused = prepared.post("/enrolment/entries/export", data={"purpose": ""})
    assert refused.status_code == 400
    answer = prepared.post(
        "/enrolment/entries/export", data={"purpose": "system", "reason": "健康診断の案内"}
    )
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(answer.data.decode("utf-8-sig").splitlines()) == 4
    with city() as work:
        query = sa.select(AuditEvent).where(AuditEvent.action == "enrolment.exported")
        (event,) = work.session.scalars(query).all()
    assert event.reason == "健康診断の案内"


def test_protected_children_are_masked_on_every_page(prepared, city, sign_in):
    data = {"encoding": "utf-8", "file": (io.BytesIO(protection_bytes(1, 2)), "支援措置.csv")}
    prepared.post("/resident_extracts/protection", data=data)
    child = entry_id(city, 1)
    for path in (
        "/enrolment/entries",
        f"/enrolment/entries/{child}",
        "/enrolment/notices",
        "/enrolment/notices/print",
    ):
        page = prepared.get(path).text
        assert "富士見町" not in page, path
    assert "支援措置" in prepared.get("/enrolment/entries").text
    exported = prepared.post(
        "/enrolment/entries/export", data={"purpose": "system", "reason": "確認"}
    )
    assert "富士見町" not in exported.data.decode()
    officer = sign_in(CITY, "protected_data_officer")
    assert "富士見町" in officer.get(f"/enrolment/entries/{child}").text
    assert officer.get("/enrolment/notices/print").text.count('class="gk-sheet"') == 2


def test_reading_pages_leaves_audit_rows_of_the_children_shown(prepared, city):
    child = entry_id(city, 1)
    prepared.get(f"/enrolment/entries/{child}")
    with city() as work:
        events = work.session.scalars(
            sa.select(AuditEvent).where(AuditEvent.action == "read")
        ).all()
    assert [(event.subject_ids, event.detail["screen"]) for event in events] == [
        ([str(child)], "enrolment.entry")
    ]


def test_the_other_city_reaches_nothing(prepared, city, sign_in):
    child = entry_id(city, 1)
    with city() as work:
        school = work.session.scalars(sa.select(SchoolDesignation.school_id)).first()
    other = sign_in("132071", "board_clerk")
    assert other.get(f"/enrolment/entries/{child}").status_code == 404
    assert other.post(f"/enrolment/entries/{child}/remarks", data={}).status_code == 404
    assert other.post(f"/enrolment/admission/{school}", data={"year": YEAR}).status_code == 404
    assert "まだ編製していません" in other.get("/enrolment/entries").text


def test_a_school_admits_but_does_not_see_the_register(prepared, city, sign_in):
    with city() as work:
        school = work.session.scalars(sa.select(School.id).where(School.code == ELEMENTARY)).one()
        other = work.session.scalars(sa.select(School.id).where(School.code == OTHER)).one()
    clerk = sign_in(CITY, "school_clerk", unit_id=school)
    assert clerk.get("/enrolment/entries").status_code == 403
    page = clerk.get("/enrolment/admission").text
    assert "第一小学校" in page
    assert "第二小学校" not in page
    assert clerk.post(f"/enrolment/admission/{other}", data={"year": YEAR}).status_code == 404
    assert clerk.post(f"/enrolment/admission/{school}", data={"year": YEAR}).status_code == 303


def test_filters_stay_in_the_address_and_bad_ones_are_let_be(prepared, city):
    page = prepared.get(f"/enrolment/entries?year={YEAR}&kind=new&school=none").text
    assert f"/enrolment/entries?year={YEAR}&amp;school=none" in page
    for bad in ("kind=x&school=y&year=1&page=z", "year=20271", "year=²０２７", "page=-1"):
        assert prepared.get(f"/enrolment/entries?{bad}").status_code == 200
    with city() as work:
        assert list_entries(work, ListQuery(entry_year=YEAR)).total == 2


@pytest.mark.requirement("ASVS-14.2.1")
def test_a_name_that_is_looked_for_stands_in_no_address(prepared):
    asked = {"year": YEAR, "kind": "new", "q": "ヤマダ"}
    answer = prepared.post("/enrolment/entries", data=asked)
    assert answer.status_code == 200
    assert 'value="ヤマダ"' in answer.text
    assert "同じ読みの児童あり" in answer.text
    addresses = re.findall(r'(?:href|action)="([^"]*)"', answer.text)
    assert addresses
    assert not any("q=" in unquote(each) or "ヤマダ" in unquote(each) for each in addresses)
    ignored = prepared.get("/enrolment/entries?q=スズキ").text
    assert "当てはまる児童はいません" not in ignored
    assert "スズキ" not in ignored


def test_tabs_and_pages_of_a_search_keep_what_is_looked_for(prepared):
    asked = {"year": YEAR, "kind": "new", "q": "スズキ"}
    assert "当てはまる児童はいません" in prepared.post("/enrolment/entries", data=asked).text
    found = prepared.post("/enrolment/entries", data={**asked, "q": "ヤマダ", "tab": "all"}).text
    assert 'form="search" name="tab" value="all" aria-current="true"' in found
    assert '<input type="hidden" name="kind"' not in found
    blank = prepared.post("/enrolment/entries", data={**asked, "q": " ", "school": "none"})
    assert blank.status_code == 303
    assert blank.location == f"/enrolment/entries?year={YEAR}&kind=new&school=none"


def test_what_was_found_by_name_leaves_as_a_file(prepared):
    page = prepared.post("/enrolment/entries/export/found", data={"q": "ヤマダ", "year": YEAR}).text
    assert '<input type="hidden" name="q" value="ヤマダ">' in page
    for name, lines in (("ヤマダ", 2), ("スズキ", 0)):
        data = {"purpose": "duty", "reason": "健康診断の案内", "q": name}
        answer = prepared.post(f"/enrolment/entries/export?year={YEAR}", data=data)
        assert answer.data.decode("utf-8-sig").count("富士見町一丁目") == lines


@pytest.fixture
def large(deployment):
    """Any file of the city needs a second person."""
    with deployment.session(CITY) as session:
        session.add(MunicipalityPolicy(module="exports", values={"second_person_rows": 0}))
        session.commit()


SENT = {"purpose": "duty", "reason": "健康診断の案内"}


@pytest.mark.requirement("OUT-2", "ASVS-2.3.5")
def test_a_large_file_leaves_when_a_second_person_agrees(large, prepared, sign_in, deployment):
    first, other = prepared, sign_in(CITY, "board_clerk")
    answer = first.post("/enrolment/entries/export", data=SENT)
    assert answer.status_code == 303
    page = first.get(answer.location)
    assert "ほかの担当者の承認を待っています" in page.text
    assert "受け取る" not in page.text
    assert "書き出しの承認" not in first.get("/").text

    assert "書き出しの承認" in other.get("/").text
    listed = other.get("/exports").text
    assert answer.location in listed
    asked = other.get(answer.location).text
    for text in ("学齢簿の一覧", "健康診断の案内", "法令や規則で決まった事務", "承認する"):
        assert text in asked
    assert other.post(f"{answer.location}/decline", data={"reason": ""}).status_code == 400
    assert first.post(f"{answer.location}/approve").status_code == 409
    assert sign_in("132071", "board_clerk").get(answer.location).status_code == 404
    assert other.post(f"{answer.location}/approve").status_code == 303

    assert "ファイルを受け取る" in first.get(answer.location).text
    assert other.post(f"{answer.location}/fetch").status_code == 404
    file = first.post(f"{answer.location}/fetch")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.data.decode("utf-8-sig").splitlines()[-1].startswith("※この表を書き出した人と日時")
    assert first.post(f"{answer.location}/fetch").status_code == 409
    with deployment.session(CITY, writes=False) as session:
        actions = session.scalars(
            sa.select(AuditEvent.action).where(AuditEvent.action.startswith("export."))
        ).all()
    assert sorted(actions) == ["export.approved", "export.handed_out", "export.requested"]
