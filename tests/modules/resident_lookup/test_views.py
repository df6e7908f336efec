"""Pages of the lookup on both databases: purpose, masks, audit, other cities, budgets, records."""

import re
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.identity import Actor
from govkit.base.municipality import MunicipalityPolicy
from govkit.modules.resident_lookup.policy import DEFAULT_TITLES, ResidentLookupPolicy, purposes
from tests.modules.resident_extracts.files import CITY, number
from tests.modules.resident_lookup.conftest import OTHER

PURPOSE = {"purpose": "school_register", "reason": "区域外就学の確認"}
BASE = "/resident_lookup"


@pytest.fixture
def clerk(registered, sign_in):
    client = sign_in(CITY, "board_clerk")
    answer = client.post(f"{BASE}/purpose", data=PURPOSE)
    assert answer.status_code == 303
    return client


def events(deployment, action="%", code=CITY):
    with deployment.work(deployment.municipality(code), Actor.operator("確認")) as work:
        query = sa.select(AuditEvent).where(AuditEvent.action.like(action))
        return work.session.scalars(query.order_by(AuditEvent.number)).all()


def search(client, **typed):
    return client.post(f"{BASE}/search", data={"how": "prefix", **typed})


def test_nothing_is_looked_up_before_a_purpose_is_chosen(registered, sign_in):
    client = sign_in(CITY, "board_clerk")
    for answer in (
        client.get(f"{BASE}/"),
        search(client, name="山田"),
        client.post(f"{BASE}/resident", data={"person": number(1)}),
        client.post(f"{BASE}/household", data={"household": number(900)}),
    ):
        assert answer.status_code == 303
        assert answer.location == f"{BASE}/purpose"
    assert events(registered, "residents.%") == []
    page = client.get(f"{BASE}/purpose").text
    assert "「学校教育法施行令第1条」" in page
    refused = client.post(f"{BASE}/purpose", data={"purpose": "curiosity", "reason": ""})
    assert refused.status_code == 400
    assert "照会する理由を入力してください" in refused.text


def test_people_are_found_shown_and_audited_without_the_question(clerk, registered):
    page = search(clerk, name="やまだ", birth_from="2020-04-01").text
    assert "2人見つかりました" in page
    assert "フリガナ・生年月日" in page
    assert "区域外就学の確認" in page
    (event,) = events(registered, "residents.search")
    assert sorted(event.subject_ids) == [number(1), number(2)]
    assert event.reason == "区域外就学の確認"
    assert event.detail["purpose"] == "school_register"
    assert event.detail["screen"] == "resident_lookup.search"
    assert len(event.detail["question_hmac"]) == 64
    assert "やまだ" not in str([(e.detail, e.reason, e.subject_ids) for e in events(registered)])

    assert "1人見つかりました" in search(clerk, number=number(1)).text

    detail = clerk.post(f"{BASE}/resident", data={"person": number(1), "name": "やまだ"}).text
    assert "富士見町一丁目" in detail
    assert '<input type="hidden" name="name" value="やまだ">' in detail
    household = clerk.post(f"{BASE}/household", data={"household": number(900)}).text
    assert "太郎" in household
    assert [each.action for each in events(registered, "residents.%")] == [
        "residents.search",
        "residents.get",
        "residents.get",
        "residents.household",
    ]


def test_a_protected_person_is_masked_and_never_found_by_place(clerk):
    page = search(clerk, name="佐々木").text
    assert "支援措置" in page
    assert "高松町" not in page
    detail = clerk.post(f"{BASE}/resident", data={"person": number(3)}).text
    assert "＊＊＊" in detail
    assert "高松町" not in detail
    assert "世帯を見る" not in detail
    assert "見つかりません" in search(clerk, address="高松町").text
    by_household = clerk.post(f"{BASE}/household", data={"household": number(903)})
    assert "見つかりません" in by_household.text


def test_the_number_of_another_city_looks_like_an_unknown_one(clerk):
    pages = [
        clerk.post(f"{BASE}/resident", data={"person": each}).text
        for each in (number(77), number(99))
    ]
    assert "あてはまる人は見つかりません" in pages[0]
    once = re.compile(r'name="[a-z_]*key" value="[\w-]+"')  # differs on every page
    shown = [once.sub("", page) for page in pages]
    assert shown[0].replace(number(77), number(99)) == shown[1]
    assert "昭島" not in pages[0]


def test_every_answer_says_what_happened(clerk, registered, sign_in):
    assert "検索条件を1つ以上入力してください" in search(clerk).text
    assert search(clerk, birth_from="きのう").status_code == 400
    clerk.post(f"{BASE}/purpose", data=PURPOSE | {"purpose": "school_change"})
    assert "「住所」を条件にできません" in search(clerk, address="富士見町").text
    third = sign_in(OTHER, "board_clerk")
    third.post(f"{BASE}/purpose", data=PURPOSE)
    assert "1人見つかりました" in search(third, name="昭島").text


def test_without_residents_an_answer_is_no_answer(deployment, sign_in):
    client = sign_in(CITY, "board_clerk")
    client.post(f"{BASE}/purpose", data=PURPOSE)
    assert "いないという意味ではありません" in search(client, name="山田").text


def test_the_purpose_ends_after_half_an_hour(clerk, clock):
    clock.now += timedelta(minutes=29)
    assert clerk.get(f"{BASE}/").status_code == 200
    clock.now += timedelta(minutes=2)
    answer = search(clerk, name="山田")
    assert answer.status_code == 303
    assert "30分たちました" in clerk.get(answer.location).text


POLICY = """
[purposes.window]
title = "窓口の確認"
legal_basis = "学校教育法施行令第1条"
keys = ["name", "addressee_number"]
rows_per_hour = 2
"""


def use_policy(deployment, path):
    values = {"policy_file": str(path)}
    with deployment.work(deployment.municipality(CITY), Actor.operator("方針")) as work:
        work.session.add(MunicipalityPolicy(module="resident_lookup", values=values))


def test_budget_and_alarms_are_shared_by_all_requests(registered, sign_in, tmp_path, clock):
    path = tmp_path / "policy.toml"
    path.write_text(POLICY, encoding="utf-8")
    use_policy(registered, path)
    clock.move_to(date(2026, 11, 24), time(23))
    client = sign_in(CITY, "board_clerk")
    client.post(f"{BASE}/purpose", data={"purpose": "window", "reason": "夜間の緊急対応"})
    assert "2人見つかりました" in search(client, name="山田").text
    assert "1時間に照会できる人数に達しました" in search(client, name="佐々木").text
    clock.now += timedelta(minutes=25)
    assert "36分ほど待って" in search(client, name="佐々木").text
    for serial in range(5):
        client.post(f"{BASE}/resident", data={"person": number(500 + serial)})
    kinds = {each.action.rpartition(".")[2] for each in events(registered, "residents.alarm.%")}
    assert kinds == {"night", "budget"}

    page = sign_in(CITY, "administrator").get(f"{BASE}/alarms").text
    assert "夜間の照会" in page
    assert "1時間の人数の上限に達した" in page
    assert "夜間の緊急対応" in page
    assert "試験 花子" in page


def test_a_policy_that_is_gone_looks_nobody_up(clerk, registered, tmp_path):
    use_policy(registered, tmp_path / "gone.toml")
    answer = search(clerk, name="山田")
    assert answer.status_code == 409
    assert "方針のファイルを読めないため" in answer.text
    assert events(registered, "residents.search") == []


def test_unknown_numbers_one_after_the_other_sound_the_alarm(clerk, registered):
    for serial in range(4):
        clerk.post(f"{BASE}/resident", data={"person": number(500 + serial)})
    search(clerk, number="０００００００００００９９９９")
    assert [each.action for each in events(registered, "residents.alarm.%")] == [
        "residents.alarm.unknown_numbers"
    ]


def test_who_looked_at_me_is_told_printed_downloaded_and_audited(clerk, registered, sign_in):
    clerk.post(f"{BASE}/purpose", data=PURPOSE | {"reason": "=1+1"})
    clerk.post(f"{BASE}/resident", data={"person": number(1)})
    search(clerk, name="佐々木")
    admin = sign_in(CITY, "administrator")
    sent = {"number": number(1), "first": "2026-11-01", "last": "2026-11-24", "reason": "開示請求5"}
    page = admin.post(f"{BASE}/report", data=sent).text
    for text in (
        "試験 花子",
        "board_clerk",
        "学齢簿の確認",
        "学校教育法施行令第1条",
        "=1+1",
        "個人の表示",
    ):
        assert text in page
    assert "検索結果の表示" not in page
    assert "山田" not in page
    (event,) = events(registered, "resident_lookup.%")
    assert event.subject_ids == [number(1)]
    assert event.reason == "開示請求5"

    answer = admin.post(f"{BASE}/report/download", data=sent)
    table = answer.data.decode("utf-8-sig")
    assert "'=1+1" in table
    assert "照会の記録の閲覧" in table
    assert number(1) not in answer.headers["Content-Disposition"]
    nobody = admin.post(f"{BASE}/report", data=sent | {"number": "%"}).text
    assert "この期間の照会はありません" in nobody
    early = admin.post(f"{BASE}/report", data=sent | {"last": "2026-10-01"})
    assert early.status_code == 400


def test_the_source_is_described_without_anybody(registered, deployment, sign_in):
    page = sign_in(CITY, "administrator").get(f"{BASE}/sources").text
    assert "住民を照会できます" in page
    assert "令和8年11月1日" in page
    assert "山田" not in page


def test_each_page_is_for_its_role(registered, sign_in):
    clerk, admin = sign_in(CITY, "board_clerk"), sign_in(CITY, "administrator")
    for page in ("report", "alarms", "sources"):
        assert clerk.get(f"{BASE}/{page}").status_code == 403
        assert admin.get(f"{BASE}/{page}").status_code == 200
    assert admin.get(f"{BASE}/").status_code == 403
    assert sign_in(CITY, "principal").get(f"{BASE}/").status_code == 403


def test_the_default_policy_is_readable_and_its_titles_are_translated(work, tmp_path):
    rules = purposes(work)
    assert {rule.title for rule in rules.values()} == set(DEFAULT_TITLES)
    assert not any(rule.reveals_protected_location for rule in rules.values())
    assert [rule.name for rule in rules.values() if rule.bulk] == ["school_expenses"]
    broken = tmp_path / "policy.toml"
    broken.write_text("[purposes.a]\nkeys = ['nothing']", encoding="utf-8")
    for path in (broken, tmp_path / "absent.toml"):
        with pytest.raises(ValueError, match=path.name):
            ResidentLookupPolicy(policy_file=str(path))
