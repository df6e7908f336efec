import io
import logging

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from govkit.base.audit import AuditEvent
from govkit.base.identity import Actor
from govkit.modules.resident_extracts import (
    ProtectedPerson,
    RefusedRow,
    ResidentExtract,
    ResidentRow,
)
from tests.base.table_layouts import as_xlsx
from tests.modules.resident_extracts.files import (
    CITY,
    MY_NUMBER,
    extract_bytes,
    number,
    person,
    protection_bytes,
)


@pytest.fixture
def client(sign_in):
    return sign_in(CITY, "board_clerk")


def send(client, body, *, encoding="utf-8", as_of="2026-10-01", name="住民票.csv", **more):
    data = {"encoding": encoding, "as_of": as_of, "file": (io.BytesIO(body), name)} | more
    # Buffered: the whole body is made and closed, as a server does.
    return client.post("/resident_extracts/import", data=data, buffered=True)


def stored(deployment, model):
    with deployment.work(deployment.municipality(CITY), Actor.operator("試験")) as work:
        return work.session.scalars(sa.select(model)).all()


def test_an_empty_list_says_what_to_do_next(client):
    page = client.get("/resident_extracts/")
    assert "まだ抽出データを受け入れていません" in page.text
    assert 'href="/resident_extracts/import"' in page.text


def test_the_upload_page_tells_the_largest_size(client):
    page = client.get("/resident_extracts/import").text
    assert "最大サイズは256MBです" in page
    assert 'enctype="multipart/form-data"' in page


def test_the_day_is_today_at_first(client):
    page = client.get("/resident_extracts/import").text
    assert 'name="as_of" value="2026年11月24日"' in page


def test_an_upload_leads_to_its_report(client, deployment):
    page = send(client, extract_bytes([person(1), person(2, 生年月日="2021-02-30")]))
    assert page.status_code == 200
    assert "1人を受け入れました" in page.text
    (extract,) = stored(deployment, ResidentExtract)
    assert f'href="/resident_extracts/{extract.id}"' in page.text
    report = client.get(f"/resident_extracts/{extract.id}").text
    for text in ("2021-02-30", "生年月日", "この日付は暦にありません", "令和8年10月1日"):
        assert text in report
    assert f"/resident_extracts/{extract.id}" in client.get("/resident_extracts/").text


def test_the_result_tells_only_what_happened(client):
    page = send(client, extract_bytes([person(1)])).text
    assert "抽出データの受入" in page
    assert "受け入れています" not in page
    assert "受け入れなかった" not in page
    assert "1 / 1" in page
    page = send(client, extract_bytes([person(1), person(2, 生年月日="2021-02-30")])).text
    assert "受け入れました（1件を除く）" in page


def test_many_people_gone_must_be_confirmed(client, deployment):
    send(client, extract_bytes([person(serial) for serial in range(1, 101)]))
    few = extract_bytes([person(1), person(2)])
    page = send(client, few).text
    assert "いまの住民100人のうち、98人がこのファイルにいません" in page
    assert "「住民が大きく減ることを確かめました」を選んで" in page
    assert "住民のデータは何も変わっていません" in page
    assert all(row.gone_on is None for row in stored(deployment, ResidentRow))
    form = client.get("/resident_extracts/import").text
    assert 'name="allows_shrinking"' in form
    assert "なくなった人98人" in send(client, few, allows_shrinking="y").text


def test_refused_rows_are_downloaded_guarded_against_formulas(client, deployment):
    send(client, extract_bytes([person(1), person(2, 生年月日="=1+1")]))
    (extract,) = stored(deployment, ResidentExtract)
    path = f"/resident_extracts/{extract.id}/refused"
    assert "利用目的" in client.get(path).text
    assert client.post(path, data={"purpose": "", "reason": ""}).status_code == 400
    answer = client.post(path, data={"purpose": "investigation", "reason": "出力元に確かめる"})
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "'=1+1" in answer.text
    actions = [event.action for event in stored(deployment, AuditEvent)]
    assert "resident_extracts.refused_downloaded" in actions


def test_the_same_file_again_says_so(client):
    body = extract_bytes([person(1)])
    send(client, body)
    assert "前回と同じファイルです" in send(client, body).text


def test_a_file_that_is_no_table_is_refused_before_it_is_read(client, deployment):
    page = send(client, b"PK\x03\x04xx")
    assert page.status_code == 400
    assert "名前は .csv ですが、中身はExcelブックかZIPです" in page.text
    assert stored(deployment, ResidentExtract) == []


@pytest.mark.requirement("INP-1", "INP-2", "INP-3")
def test_a_workbook_is_received_like_a_csv_file(client, deployment):
    people = [person(1), person(2, 生年月日="2021-02-30")]
    table = [list(people[0]), *(list(each.values()) for each in people)]
    page = send(client, as_xlsx(table), name="住民票.xlsx", encoding="cp932")
    assert "1人を受け入れました" in page.text
    (refused,) = stored(deployment, RefusedRow)
    assert (refused.row_number, refused.column_name, refused.cell) == (3, "生年月日", "2021-02-30")
    again = send(client, as_xlsx(table), name="住民票.xlsx")
    assert "前回と同じファイルです" in again.text
    folder = deployment.settings.uploads.folder
    assert not [path for path in folder.rglob("*") if path.is_file()]


REFUSED = {
    "文字コードが違います": extract_bytes([person(1)], encoding="cp932"),
    "ファイルが途中で切れています": extract_bytes([person(1)])[:-40],
    "必要な列がありません": extract_bytes([person(1)], headings=["宛名番号"]),
    "取り込んではならない列": extract_bytes([person(1, 個人番号=MY_NUMBER)]),
    "Excelが番号を指数に変えています": extract_bytes([person(1, 宛名番号="1.32E+14")]),
}


def test_an_empty_file_is_refused_by_the_form(client, deployment):
    page = send(client, b"").text
    assert "中身が空です" in page
    assert 'href="#file"' in page
    assert stored(deployment, ResidentExtract) == []


@pytest.mark.parametrize("text", REFUSED)
def test_a_file_refused_as_a_whole_is_explained_and_leaves_nothing(client, deployment, text):
    page = send(client, REFUSED[text]).text
    assert text in page
    assert "ファイルを選び直す" in page
    for model in (ResidentExtract, RefusedRow, ResidentRow):
        assert stored(deployment, model) == []


def test_a_my_number_appears_in_no_page_log_or_table(client, deployment, caplog):
    """Acceptance scenario A18."""
    caplog.set_level(logging.DEBUG)
    page = send(client, extract_bytes([person(1, 個人番号=MY_NUMBER)]))
    assert "個人番号" in page.text
    assert MY_NUMBER not in page.text
    assert MY_NUMBER not in "".join(str(vars(each)) for each in caplog.records)
    with deployment.work(deployment.municipality(CITY), Actor.operator("試験")) as work:
        for event in work.session.scalars(sa.select(AuditEvent)):
            assert MY_NUMBER not in f"{event.detail}{event.subject_ids}{event.reason}"
    assert stored(deployment, ResidentRow) == []


def test_a_my_number_in_a_cell_is_not_shown_again(client, deployment):
    """Acceptance scenario A18, in a free field."""
    send(client, extract_bytes([person(1), person(2, 生年月日=MY_NUMBER)]))
    (extract,) = stored(deployment, ResidentExtract)
    assert MY_NUMBER not in client.get(f"/resident_extracts/{extract.id}").text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"as_of": ""}, "抽出時点を入力してください"),
        ({"as_of": "2026-11-25"}, "抽出時点が今日より後です"),
        ({"encoding": "euc"}, "文字コード"),
        ({"name": "住民票.xlsx"}, ".csv"),
        ({"name": ""}, "ファイルを選んでください"),
    ],
)
def test_what_is_missing_in_the_form_is_said_at_once(client, changes, text):
    page = send(client, extract_bytes([person(1)]), **changes)
    assert page.status_code == 400
    assert text in page.text


def test_a_file_must_be_chosen_again_when_something_else_was_wrong(client):
    again = "ファイルをもう一度選んでください"
    assert again in send(client, extract_bytes([person(1)]), as_of="").text
    assert again in send(client, extract_bytes([person(1)]), as_of="2026-11-25").text
    assert again not in send(client, b"", name="").text
    assert again not in send(client, extract_bytes([person(1)]), name="住民票.xlsx").text


def test_a_file_that_is_too_large_is_refused(client, app, deployment):
    limit = deployment.settings.security.max_upload_bytes
    answer = client.post(
        "/resident_extracts/import",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(limit + 1)},
    )
    assert answer.status_code == 413


def test_who_leaves_the_page_leaves_nothing_half_stored(app, deployment, client):
    people = [person(serial) for serial in range(1, 5102)]
    data = {
        "encoding": "utf-8",
        "as_of": "2026-10-01",
        "file": FileStorage(io.BytesIO(extract_bytes(people)), "住民票.csv"),
    }
    boundary, body = encode_multipart(data)
    answer = client.post(
        "/resident_extracts/import",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
    )
    seen = ""
    for chunk in answer.response:
        seen += chunk.decode() if isinstance(chunk, bytes) else chunk
        if "住民を登録しています。" in seen:
            break
    answer.close()
    assert "受け入れました" not in seen
    assert stored(deployment, ResidentRow) == []
    assert stored(deployment, ResidentExtract) == []


def test_the_other_city_sees_nothing(client, sign_in, deployment):
    send(client, extract_bytes([person(1)]))
    (extract,) = stored(deployment, ResidentExtract)
    other = sign_in("132071", "board_clerk")
    assert other.get(f"/resident_extracts/{extract.id}").status_code == 404
    assert "まだ抽出データを受け入れていません" in other.get("/resident_extracts/").text


def test_schools_do_not_receive_extracts(sign_in):
    client = sign_in(CITY, "school_clerk")
    assert client.get("/resident_extracts/").status_code == 403
    assert send(client, extract_bytes([person(1)])).status_code == 403


def test_the_list_of_protected_people_is_received(client, deployment):
    send(client, extract_bytes([person(1)]))
    data = {"encoding": "utf-8", "file": (io.BytesIO(protection_bytes(1)), "支援措置.csv")}
    answer = client.post("/resident_extracts/protection", data=data)
    assert answer.status_code == 303
    assert "支援措置対象者1人を受け入れました" in client.get(answer.location).text
    assert [row.addressee_number for row in stored(deployment, ProtectedPerson)] == [number(1)]
    assert [row.is_protected for row in stored(deployment, ResidentRow)] == [True]


def test_a_wrong_list_of_protected_people_is_explained(client, deployment):
    assert client.get("/resident_extracts/protection").status_code == 200
    body = protection_bytes(1, 市区町村コード="132071")
    data = {"encoding": "utf-8", "file": (io.BytesIO(body), "支援措置.csv")}
    answer = client.post("/resident_extracts/protection", data=data)
    assert answer.status_code == 400
    assert "取り込む自治体の行ではありません" in answer.text
    assert stored(deployment, ProtectedPerson) == []
