import io
import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent, SystemEvent
from govkit.base.deployment import Deployment
from govkit.base.identity import Account, Actor, Appointment, Staff
from govkit.formats.oneroster import check_package
from govkit.modules import schools
from govkit.modules.schools import ClassGroup, ClassMembership, School
from govkit.testing.plugin import PASSWORD, appoint
from tests.modules.schools import rows

ENTRY = date(2026, 4, 1)


@dataclass(frozen=True)
class City:
    """Identifiers of what the pages show."""

    school: UUID
    group: UUID
    other_group: UUID
    plain: UUID
    protected: UUID
    strange: UUID


@pytest.fixture
def city(deployment: Deployment) -> City:
    with deployment.work(deployment.municipality("132021"), Actor.operator("test")) as work:
        school = rows.add_school(work)
        group = rows.add_class(work, school)
        other = rows.add_class(work, school, 6, "1組")
        plain, protected, strange = schools.admit(
            work,
            group,
            [
                rows.child("1", family_name="青木", kana_family_name="アオキ"),
                rows.child("2", family_name="伊藤", kana_family_name="イトウ", is_protected=True),
                rows.child(
                    "3",
                    family_name="髙橋",
                    kana_family_name="タカハシ",
                    birth_date=date(2018, 5, 1),
                ),
            ],
            ENTRY,
        )
        return City(school.id, group.id, other.id, plain.id, protected.id, strange.id)


def stored(deployment: Deployment, query: sa.Select, code: str = "132021") -> list:
    with deployment.session(code, writes=False) as session:
        return list(session.scalars(query))


def events(deployment: Deployment, action: str) -> list[AuditEvent]:
    return stored(deployment, sa.select(AuditEvent).where(AuditEvent.action == action))


def test_a_teacher_reads_the_own_class(sign_in, city):
    client = sign_in("132021", "homeroom_teacher", unit_id=city.group)

    page = client.get("/schools/")
    assert page.status_code == 200
    assert "1年1組" in page.text
    assert "6年1組" not in page.text
    assert "学校と学級を管理する" not in page.text
    members = client.get(f"/schools/classes/{city.group}")
    assert "髙橋" in members.text
    assert "年齢と学年が違う" in members.text
    assert "支援措置" not in members.text
    assert client.get(f"/schools/classes/{city.other_group}").status_code == 404


def test_the_page_of_a_pupil_shows_a_teacher_no_forms(sign_in, city):
    client = sign_in("132021", "homeroom_teacher", unit_id=city.group)

    page = client.get(f"/schools/pupils/{city.protected}")

    assert page.status_code == 200
    assert "支援措置" not in page.text
    assert "連携用の氏名を保存する" not in page.text
    assert client.get(f"/schools/pupils/{city.protected}/leave").status_code == 403


def test_protection_is_shown_to_those_who_may_know_and_the_view_is_recorded(
    sign_in, city, deployment
):
    client = sign_in("132021", "board_clerk")

    assert "支援措置" in client.get(f"/schools/classes/{city.group}").text
    assert "支援措置の対象です" in client.get(f"/schools/pupils/{city.protected}").text
    assert "支援措置の対象です" not in client.get(f"/schools/pupils/{city.plain}").text
    read = [event.subject_ids for event in events(deployment, "read")]
    assert [str(city.protected)] in read
    assert sorted(map(len, read)) == [1, 1, 3]


def test_the_other_city_finds_nothing(sign_in, city):
    client = sign_in("132071", "board_clerk")

    assert "この年度の学級がまだありません" in client.get("/schools/").text
    for path in (
        f"classes/{city.group}",
        f"pupils/{city.plain}",
        f"pupils/{city.plain}/leave",
        f"manage/{city.school}",
        f"prepare/{city.school}",
    ):
        assert client.get(f"/schools/{path}").status_code == 404


@pytest.mark.parametrize("year", ["1800", "99999", "2030"])
def test_a_year_that_is_not_open_is_not_found(sign_in, city, year):
    client = sign_in("132021", "board_clerk")

    assert client.get(f"/schools/?year={year}").status_code == 404


def test_the_clerk_prepares_the_year_and_looks_at_it(sign_in, city, deployment):
    client = sign_in("132021", "school_clerk", unit_id=city.school)
    assert client.get("/schools/prepare").status_code == 303
    page = client.get(f"/schools/prepare/{city.school}")
    assert "2年1組" in page.text
    assert "卒業" in page.text
    field = f"retained_{city.group.hex}"

    answer = client.post(f"/schools/prepare/{city.school}", data={field: str(city.strange)})

    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "進級2人、原級留置1人、卒業0人" in page.text
    assert re.search(rf'value="{city.strange}"[^>]* checked', page.text)
    assert "準備中の年度です" in client.get("/schools/?year=2027").text
    [coming] = stored(
        deployment,
        sa.select(ClassGroup).where(ClassGroup.school_year == 2027, ClassGroup.grade == 2),
    )
    page = client.get(f"/schools/classes/{coming.id}")
    assert "五十音順に番号を振り直す" in page.text
    answer = client.post(f"/schools/classes/{coming.id}/renumber")
    assert "2人の出席番号" in client.get(answer.location).text


def test_a_pupil_who_is_not_in_the_class_cannot_be_retained(sign_in, city, deployment):
    client = sign_in("132021", "school_clerk", unit_id=city.school)
    field = f"retained_{city.other_group.hex}"

    answer = client.post(f"/schools/prepare/{city.school}", data={field: str(city.plain)})

    assert answer.status_code == 400
    query = sa.select(ClassGroup).where(ClassGroup.school_year == 2027)
    assert stored(deployment, query) == []


def test_several_schools_are_listed_with_their_state(sign_in, city, deployment):
    with deployment.work(deployment.municipality("132021"), Actor.operator("test")) as work:
        rows.add_school(work, rows.OTHER_ELEMENTARY, "試験第二小学校")
        schools.prepare_year(work, work.find(School, city.school), 2027, [])
    client = sign_in("132021", "board_clerk")

    page = client.get("/schools/prepare")

    assert "準備済み" in page.text
    assert "試験第二小学校" in page.text


def test_the_roster_waits_for_a_form_of_the_name_and_is_downloaded(sign_in, city):
    client = sign_in("132021", "board_clerk")
    assert "名簿を書き出す" in client.get("/schools/export").text
    sent = {
        "school_year": "2026",
        "profile": "JAPAN_K12_1_0",
        "purpose": "system",
        "reason": "名簿の更新",
    }

    refused = client.post("/schools/export", data=sent)

    assert refused.status_code == 400
    assert "直すところが1件あります" in refused.text
    assert "U+9AD9" in refused.text
    assert f"/schools/pupils/{city.strange}" in refused.text

    saved = client.post(
        f"/schools/pupils/{city.strange}/exchange-name",
        data={"exchange-family_name": "高橋", "exchange-given_name": "花子"},
    )
    assert saved.status_code == 303
    assert "高橋 花子" in client.get(saved.location).text

    answer = client.post("/schools/export", data=sent)
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert "RO_20261124_132021.zip" in answer.headers["Content-Disposition"]
    assert check_package(io.BytesIO(answer.data)) == []
    assert client.post("/schools/export", data=sent).data == answer.data


def test_an_export_asks_for_its_purpose(sign_in, city):
    client = sign_in("132021", "board_clerk")

    answer = client.post("/schools/export", data={"school_year": "2026", "profile": "JAPAN_ED2"})

    assert answer.status_code == 400
    assert 'href="#purpose"' in answer.text
    assert 'href="#reason"' in answer.text


def test_an_export_without_an_opened_year_says_so(sign_in):
    client = sign_in("132071", "board_clerk")
    sent = {
        "school_year": "2026",
        "profile": "JAPAN_K12_1_0",
        "purpose": "system",
        "reason": "更新",
    }

    answer = client.post("/schools/export", data=sent)

    assert answer.status_code == 400
    assert "2026年度はまだ開いていません" in answer.text


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"exchange-family_name": "髙橋", "exchange-given_name": "花子"}, "U+9AD9"),
        ({"exchange-family_name": "高橋"}, "両方入力する"),
        ({"exchange-family_name": "", "exchange-given_name": "花"}, "両方入力する"),
    ],
)
def test_a_form_that_cannot_be_exchanged_is_told(sign_in, city, sent, message):
    client = sign_in("132021", "board_clerk")

    answer = client.post(f"/schools/pupils/{city.strange}/exchange-name", data=sent)

    assert answer.status_code == 400
    assert message in answer.text
    assert "<title>エラー: " in answer.text


def test_a_reading_is_corrected(sign_in, city):
    client = sign_in("132021", "board_clerk")
    path = f"/schools/pupils/{city.plain}"

    refused = client.post(f"{path}/kana", data={"kana-family_name": "青木"})
    assert refused.status_code == 400
    assert "カタカナで入力してください" in refused.text
    client.post(f"{path}/kana", data={"kana-family_name": "ｱｵｷﾞ", "kana-given_name": "はなこ"})

    assert "アオギ ハナコ" in client.get(path).text


def test_a_membership_ends_and_comes_back(sign_in, city, deployment):
    client = sign_in("132021", "board_clerk")
    path = f"/schools/pupils/{city.plain}"
    assert "2026年11月24日" in client.get(f"{path}/leave").text
    assert client.post(f"{path}/leave", data={"last_day": "2026-11-20"}).status_code == 400
    early = client.post(f"{path}/leave", data={"last_day": "2026-03-01", "reason": "転出"})
    assert "この日に在籍している学級がありません" in early.text

    answer = client.post(f"{path}/leave", data={"last_day": "R8.11.20", "reason": "転出"})

    assert answer.status_code == 303
    assert city.plain.hex not in client.get(answer.location).text.replace("-", "")
    page = client.get(path).text
    [resume] = re.findall(r"/schools/memberships/[0-9a-f-]+/resume", page)
    assert "2026年11月20日で終了" in client.get(resume).text
    assert client.post(resume, data={}).status_code == 400
    assert client.post(resume, data={"reason": "誤り"}).status_code == 303
    query = sa.select(ClassMembership).where(ClassMembership.pupil_id == city.plain)
    assert [each.ends_on for each in stored(deployment, query)] == [None]


def test_a_membership_does_not_come_back_into_two_classes(sign_in, city, deployment):
    with deployment.work(deployment.municipality("132021"), Actor.operator("test")) as work:
        pupil = schools.find_pupil(work, city.plain)
        membership = schools.leave(work, pupil, date(2026, 7, 17), "学級替え")
        other = work.find(ClassGroup, city.other_group)
        schools.admit(work, other, [rows.child("1")], date(2026, 7, 18))
    client = sign_in("132021", "board_clerk")

    answer = client.post(f"/schools/memberships/{membership.id}/resume", data={"reason": "誤り"})

    assert answer.status_code == 400
    assert "ほかの学級に在籍している" in answer.text


def test_schools_and_classes_are_added(sign_in, deployment):
    client = sign_in("132021", "administrator")
    assert "学校がまだ登録されていません" in client.get("/schools/manage").text
    assert client.get("/schools/manage/new").status_code == 200

    wrong = client.post("/schools/manage/new", data={"code": "B113210000001", "name": "試験小"})
    assert "検査数字が合いません" in wrong.text
    answer = client.post(
        "/schools/manage/new",
        data={
            "code": "Ｃ１１３２９９９９９９１９",
            "name": "試験中学校",
            "opened_on": "平成元年4月1日",
        },
    )
    assert answer.status_code == 303
    again = client.post(
        "/schools/manage/new", data={"code": rows.JUNIOR_HIGH, "name": "試験中学校"}
    )
    assert "すでに登録されています" in again.text

    page = client.get(answer.location)
    assert "1989年4月1日" in page.text
    sent = {"school_year": "2026", "grade": "7", "name": "1組", "is_special_needs": "1"}
    added = client.post(answer.location, data=sent)
    assert added.status_code == 303
    page = client.get(added.location)
    assert "1年1組" in page.text
    assert "特別支援学級" in page.text
    assert "同じ学年・組の学級" in client.post(answer.location, data=sent).text
    assert client.post(answer.location, data={**sent, "grade": "3"}).status_code == 400
    assert "試験中学校" in client.get("/schools/manage").text
    assert [group.grade for group in stored(deployment, sa.select(ClassGroup))] == [7]


def test_a_school_is_closed(sign_in, city):
    client = sign_in("132021", "board_clerk")
    path = f"/schools/manage/{city.school}"
    assert client.get(f"{path}/close").status_code == 200
    same = {"closed_on": "2027-03-31", "successor_code": rows.ELEMENTARY}
    assert "別の学校の学校コード" in client.post(f"{path}/close", data=same).text

    answer = client.post(
        f"{path}/close", data={"closed_on": "2027-03-31", "successor_code": rows.COMPULSORY}
    )

    assert answer.status_code == 303
    page = client.get(path).text
    assert "2027年3月31日" in page
    assert rows.COMPULSORY in page
    assert "廃止を登録する" not in page
    assert "2027年3月31日廃止" in client.get("/schools/manage").text


def test_a_school_clerk_adds_classes_but_no_schools(sign_in, city):
    client = sign_in("132021", "school_clerk", unit_id=city.school)

    assert "学校を登録する" not in client.get("/schools/manage").text
    assert client.get("/schools/manage/new").status_code == 404
    assert "廃止を登録する" not in client.get(f"/schools/manage/{city.school}").text
    assert client.get(f"/schools/manage/{city.school}/close").status_code == 404


NEW_TEACHER = {
    "login": "hanako.shiken",
    "family_name": "試験",
    "given_name": "花子",
    "kana_family_name": "シケン",
    "kana_given_name": "ハナコ",
    "role": "homeroom_teacher",
    "duty": "homeroom",
    "valid_from": "2026-11-24",
}


def posting(city: City, **values: str) -> dict[str, str]:
    place = {"school": str(city.school), "class_group": str(city.group)}
    return {**NEW_TEACHER, **place, **values}


def test_a_new_teacher_gets_an_account_and_can_log_in(sign_in, city, app, deployment):
    client = sign_in("132021", "administrator")
    assert client.get("/schools/staff/new").status_code == 200

    unknown = client.post("/schools/staff/new", data=posting(city))
    assert unknown.status_code == 400
    assert "新しいアカウントを作りますか" in unknown.text
    with deployment.system(writes=False) as session:
        assert not session.scalar(sa.select(Account).where(Account.login == "hanako.shiken"))

    made = client.post("/schools/staff/new", data=posting(city, creates_account="1"))
    assert made.status_code == 200
    [password] = re.findall(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}", made.text)
    with deployment.system(writes=False) as session:
        actions = session.scalars(sa.select(SystemEvent.action)).all()
    assert "account.added" in actions

    teacher = app.test_client()
    answer = teacher.post("/login", data={"login": "hanako.shiken", "password": password})
    assert answer.status_code == 303
    asked = teacher.get("/schools/").location
    teacher.post(asked, data={"current": password, "new": "とても長い合言葉を覚えておきます"})
    assert "1年1組" in teacher.get("/schools/").text
    assert password not in client.get("/schools/staff").text
    repeated = client.post("/schools/staff/new", data=posting(city, creates_account="1"))
    assert "この期間にすでにあります" in repeated.text


def test_a_teacher_from_another_city_keeps_the_log_in(sign_in, city, app, deployment):
    """The new city's administrator learns nothing but that the log-in exists."""
    sign_in("132071", "homeroom_teacher")
    [known] = [
        login for login in _logins(deployment) if login.startswith("homeroom_teacher-132071")
    ]
    client = sign_in("132021", "administrator")

    nameless = client.post(
        "/schools/staff/new", data=posting(city, login=known, family_name="", given_name="")
    )
    assert "はじめて配属する職員です" in nameless.text
    assert "昭島" not in nameless.text
    answer = client.post("/schools/staff/new", data=posting(city, login=known))
    assert answer.status_code == 303
    assert "試験 花子" in client.get(answer.location).text

    teacher = app.test_client()
    teacher.post("/login", data={"login": known, "password": PASSWORD})
    assert {"立川市", "昭島市"} <= set(
        re.findall("立川市|昭島市", teacher.get("/appointments").text)
    )
    teacher.post("/appointments", data={"appointment": "132021"})
    assert "1年1組" in teacher.get("/schools/").text
    assert len(stored(deployment, sa.select(Staff), "132071")) == 1


def _logins(deployment: Deployment) -> list[str]:
    with deployment.system(writes=False) as session:
        return list(session.scalars(sa.select(Account.login)))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"class_group": ""}, "学級担任には学級が必要です"),
        ({"role": "king"}, "役割は一覧から選んでください"),
        ({"valid_from": ""}, "開始日を入力してください"),
        ({"kana_family_name": "試験"}, "カタカナで入力してください"),
        ({"school": "", "duty": "", "class_group": ""}, "この役割には学校が必要です"),
        ({"valid_to": "2026-11-01"}, "終了日は開始日以後"),
    ],
)
def test_an_appointment_that_is_refused_makes_no_account(
    sign_in, city, deployment, values, message
):
    client = sign_in("132021", "administrator")

    answer = client.post("/schools/staff/new", data=posting(city, creates_account="1", **values))

    assert answer.status_code == 400
    assert message in answer.text
    assert "hanako.shiken" not in _logins(deployment)


def test_an_appointment_is_ended(sign_in, city, deployment):
    client = sign_in("132021", "administrator")
    client.post("/schools/staff/new", data=posting(city, creates_account="1"))
    [appointment] = [
        each for each in stored(deployment, sa.select(Appointment)) if each.unit_id == city.group
    ]
    page = client.get("/schools/staff").text
    path = f"/schools/appointments/{appointment.id}/end"
    assert path in page
    assert "試験第一小学校 1年1組 学級担任" in client.get(path).text

    late = client.post(path, data={"last_day": "2027-05-01"})
    assert "延ばすことはできません" in late.text
    assert client.post(path, data={"last_day": "2026-12-24"}).status_code == 303

    assert "2026年12月24日まで" in client.get("/schools/staff").text


def test_a_form_of_a_staff_name_is_chosen_on_their_page(sign_in, city, deployment):
    client = sign_in("132021", "administrator")
    client.post("/schools/staff/new", data=posting(city, creates_account="1", family_name="髙木"))
    [staff] = stored(deployment, sa.select(Staff).where(Staff.family_name == "髙木"))
    path = f"/schools/staff/{staff.id}"
    assert "髙木" in client.get(path).text

    half = client.post(f"{path}/exchange-name", data={"family_name": "高木"})
    assert half.status_code == 400
    assert "両方入力する" in half.text
    client.post(f"{path}/exchange-name", data={"family_name": "高木", "given_name": "花子"})

    assert "高木 花子" in client.get(path).text


def test_staff_pages_are_for_administrators(sign_in, city):
    client = sign_in("132021", "board_clerk")

    for path in ("staff", "staff/new"):
        assert client.get(f"/schools/{path}").status_code == 403


def test_the_part_of_a_name_that_may_stay_is_filled_in(sign_in, city):
    client = sign_in("132021", "board_clerk")

    page = client.get(f"/schools/pupils/{city.strange}").text

    assert re.search('name="exchange-family_name" value=""', page)
    assert re.search('name="exchange-given_name" value="児童3"', page)


def test_the_roster_leads_to_staff_for_those_who_may_mend_it(app, city, deployment):
    login = appoint(deployment, "132021", "board_clerk")
    appoint(deployment, "132021", "administrator", login=login)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD})
    client.post("/schools/staff/new", data=posting(city, creates_account="1", family_name="髙木"))
    [staff] = stored(deployment, sa.select(Staff).where(Staff.family_name == "髙木"))

    answer = client.post(
        "/schools/export",
        data={
            "school_year": "2026",
            "profile": "JAPAN_K12_1_0",
            "purpose": "system",
            "reason": "更新",
        },
    )

    assert f"/schools/staff/{staff.id}" in answer.text
    wrong = client.post(
        f"/schools/staff/{staff.id}/exchange-name",
        data={"family_name": "髙木", "given_name": "花子"},
    )
    assert "U+9AD9" in wrong.text


def test_a_last_day_and_a_closing_day_are_asked_for(sign_in, city, deployment):
    client = sign_in("132021", "board_clerk")
    path = f"/schools/manage/{city.school}/close"
    assert "廃止年月日を入力してください" in client.post(path, data={}).text

    assert client.post(path, data={"closed_on": "2027-03-31"}).status_code == 303
    [school] = stored(deployment, sa.select(School))
    assert (school.closed_on, school.successor_code) == (date(2027, 3, 31), None)
