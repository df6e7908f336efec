"""``govkit residents search | match | index | delta | verify-index``."""

import csv

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.deployment import Deployment
from tests.modules.resident_extracts.files import extract_bytes, number, person
from tests.modules.resident_lookup.conftest import PEOPLE, register

CITY = "132021"
WHY = ("--purpose", "school_expenses", "--reason", "就学援助の審査")
LIST = (
    "番号,氏名,フリガナ,生年月日\n"
    "A1,山田花,ヤマダハナ,令和2年4月1日\n"
    "A2,山田次郎,ヤマダジロウ,2020-04-01\n"
    "A3,佐々木蓮,ササキレン,2020-04-01\n"
    "A4,誰か,ダレカ,2020-13-40\n"
)


@pytest.fixture(scope="module")
def databases(sqlite_databases):
    """What a command prints does not depend on the database."""
    return sqlite_databases


@pytest.fixture
def city(project, folder):
    """立川市 with three residents; the events of its audit by action."""
    deployment = Deployment(project)
    register(deployment, folder)

    def events(action):
        with deployment.session(CITY, writes=False) as session:
            query = sa.select(AuditEvent).where(AuditEvent.action == f"residents.{action}")
            return session.scalars(query).all()

    yield events
    deployment.close()


@pytest.fixture
def extract(folder):
    path = folder / "住民票.csv"
    path.write_bytes(extract_bytes(PEOPLE))
    return path


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_search_is_guarded_and_audited(govkit, city):
    answer = govkit("residents", "search", "--city", CITY, *WHY, "--name", "さ")

    assert answer.exit_code == 0, answer.output
    assert "佐々木　蓮〔支援措置〕" in answer.output
    assert "＊＊＊" in answer.output
    assert "高松町" not in answer.output
    (event,) = city("search")
    assert event.subject_ids == [number(3)]
    assert event.reason == "就学援助の審査"
    assert event.actor.startswith("operator:")


def test_what_is_not_said_is_asked_for(govkit, city):
    asked = ("residents", "search", "--city", CITY, "--name", "山田")
    answer = govkit(*asked, "--purpose", "school_register")
    assert answer.exit_code == 1
    assert "照会する理由" in answer.output
    assert city("search") == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--purpose", "fun", "--name", "山田"), "利用目的「fun」はありません"),
        (("--purpose", "school_change", "--address", "富士見町"), "「住所」を条件にできません"),
        (("--birth", "昭和"), "日付として読めません"),
        ((), "検索条件を1つ以上"),
        (("--name", "山田", "--index", "none"), "none に索引がありません"),
    ],
)
def test_a_lookup_that_cannot_be_is_refused_in_words(govkit, city, options, sentence):
    answer = govkit("residents", "search", "--city", CITY, *WHY, *options)
    assert answer.exit_code == 1
    assert sentence in answer.output


def test_a_list_is_matched_row_by_row(govkit, city, folder):
    (folder / "申請.csv").write_text(LIST, encoding="utf-8")
    command = ("residents", "match", "申請.csv", "--city", CITY, *WHY, "-o", "結果.csv")
    answer = govkit(*command, "--dry-run")
    assert "4行のうち3行を読みました" in answer.output
    assert not (folder / "結果.csv").exists()
    answer = govkit(*command)

    assert answer.exit_code == 0, answer.output
    rows = {row["番号"]: row for row in rows_of(folder / "結果.csv")}
    assert rows["A1"]["宛名番号"] == number(1)
    assert rows["A1"]["根拠"]
    assert rows["A2"]["結果"] in ("要確認", "見つからない")
    assert rows["A3"]["支援措置"] == "支援措置"
    assert rows["5行目"]["結果"] == "読めない行"
    assert "高松町" not in (folder / "結果.csv").read_text(encoding="utf-8")
    (event,) = city("match")
    assert {number(1), number(3)} <= set(event.subject_ids)


@pytest.fixture
def match(govkit, city, folder):
    """Matches the list for a purpose that the policy has made of a table's rows."""

    def ask(rows):
        table = f'[purposes.own]\nlegal_basis = "学校教育法第19条"\nbulk = true\n{rows}\n'
        (folder / "purposes.toml").write_text(table, encoding="utf-8")
        (folder / "policy.toml").write_text('policy_file = "purposes.toml"', encoding="utf-8")
        decided = govkit("city", "policy", CITY, "resident_lookup", "policy.toml")
        assert decided.exit_code == 0, decided.output
        (folder / "申請.csv").write_text(LIST, encoding="utf-8")
        (folder / "結果.csv").unlink(missing_ok=True)
        return govkit(
            *("residents", "match", "申請.csv", "--city", CITY, "-o", "結果.csv"),
            *("--purpose", "own", "--reason", "照合"),
        )

    return ask


def test_a_list_with_conditions_that_the_purpose_does_not_allow_is_refused(match, folder):
    answer = match('keys = ["name"]')
    assert answer.exit_code == 1
    assert "「生年月日」を条件にできません" in answer.output
    assert not (folder / "結果.csv").exists()


def test_a_list_after_the_budget_is_used_up_is_told_to_wait(match, folder):
    rows = 'keys = ["name", "birth", "sex", "address"]\nrows_per_hour = 1'
    assert match(rows).exit_code == 0
    answer = match(rows)
    assert answer.exit_code == 1
    assert "1時間に照会できる人数に達しました" in answer.output
    assert not (folder / "結果.csv").exists()


def test_a_purpose_without_bulk_matches_nobody(govkit, city, folder):
    (folder / "申請.csv").write_text(LIST, encoding="utf-8")
    answer = govkit(
        *("residents", "match", "申請.csv", "--city", CITY, "-o", "結果.csv"),
        *("--purpose", "school_register", "--reason", "照合"),
    )
    assert answer.exit_code == 1
    assert "一括の突き合わせができません" in answer.output
    assert not (folder / "結果.csv").exists()


def test_an_index_is_built_searched_changed_and_verified(govkit, folder, extract):
    build = ("residents", "index", extract.name, "--city", CITY, "--workers", "1")
    refused = govkit(*build, "--to", "idx")
    assert "支援措置対象者の一覧がありません" in refused.output
    trial = govkit(*build, "--to", "idx", "--nobody-protected", "--dry-run")
    assert "何も変えていません" in trial.output, trial.output
    assert not (folder / "idx").exists()
    built = govkit(*build, "--to", "idx", "--nobody-protected")
    assert "住民 3人" in built.output, built.output

    search = ("residents", "search", "--city", CITY, "--index", "idx", *WHY, "--name", "すずき")
    assert "見つかりません" in govkit(*search).output
    more = person(9, 氏名="鈴木　凛", 氏名_フリガナ="スズキ　リン", 個人履歴番号="1")
    (folder / "差分.csv").write_bytes(extract_bytes([more]))
    change = ("residents", "delta", f"{CITY}=差分.csv", "--index", "idx")
    assert "何も変えていません" in govkit(*change, "--dry-run").output
    assert "変わった人 1人" in govkit(*change).output
    found = govkit(*search)
    assert "鈴木　凛" in found.output
    assert "監査記録に残りません" in found.output

    assert "✔ 正常です" in govkit("residents", "verify-index", "idx").output
    for part in (folder / "idx").rglob("*"):
        if part.is_file() and part.stat().st_size > 200:
            part.write_bytes(b"x" + part.read_bytes()[1:])
    broken = govkit("residents", "verify-index", "idx")
    assert broken.exit_code == 1
    assert "✘" in broken.output


@pytest.mark.parametrize(
    ("files", "sentence"),
    [(("住民票.csv",), "--city で指定"), (("132021=none.csv",), "none.csv がありません")],
)
def test_a_file_of_nobody_is_told(govkit, folder, extract, files, sentence):
    answer = govkit("residents", "index", *files, "--to", "idx", "--nobody-protected")
    assert answer.exit_code == 1
    assert sentence in answer.output
