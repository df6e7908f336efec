import re

import pytest
import sqlalchemy as sa

from govkit.base.app import create_app
from govkit.base.audit import AuditEvent, SystemEvent
from govkit.base.deployment import Deployment
from govkit.base.identity import Account
from govkit.modules.attendance import AttendancePolicy


@pytest.fixture
def running(project):
    """A deployment that serves while the commands work."""
    deployment = Deployment(project)
    yield deployment
    deployment.close()


def test_a_city_joins_while_others_are_served_and_its_clerk_logs_in_at_once(govkit, running):
    app = create_app(deployment=running)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    assert client.get("/login").status_code == 200

    answer = govkit("city", "add", "132012", "八王子市", "--board-code", "132012")

    assert answer.exit_code == 0, answer.output
    printed = dict(re.findall(r"ログイン名 (\S+)\tパスワード (\S+)", answer.output))
    assert set(printed) == {"admin-132012", "clerk-132012"}
    for login, password in printed.items():
        client = app.test_client()
        sent = client.post("/login", data={"login": login, "password": password})
        assert sent.status_code == 303
        asked = client.get(sent.location).location
        assert asked.startswith("/account/password")  # theirs alone from now on
        page = client.get(asked)
        assert page.status_code == 200
        assert "八王子市" in page.text


def test_the_password_is_stored_as_a_hash_only(govkit, running):
    answer = govkit("city", "add", "132012", "八王子市")

    password = re.search(r"パスワード (\S+)", answer.output)[1]
    with running.system(writes=False) as session:
        stored = session.scalars(sa.select(Account.password_hash)).all()
    assert len(set(re.findall(r"パスワード (\S+)", answer.output))) == 2
    assert all(each.startswith("$argon2id$") and password not in each for each in stored)


def test_the_next_step_towards_the_roster_is_told_when_it_is_left_to_do(govkit, project):
    without = govkit("city", "add", "132012", "八王子市").output
    with_code = govkit("city", "add", "132021", "立川市", "--board-code", "132021").output

    assert without.endswith("  govkit city board 132012 教育委員会コード\n")
    assert "city board" not in with_code


def test_a_city_joins_once(govkit, project):
    govkit("city", "add", "132012", "八王子市")
    answer = govkit("city", "add", "132012", "八王子市")

    assert answer.exit_code == 1
    assert "すでに参加しています" in answer.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("132013", "八王子市"), "検査数字（最後の1桁）が合いません"),
        (("13201", "八王子市"), "6桁で指定してください"),
        (("992011", "どこか市"), "都道府県コード"),
        (("八王子市", "132012"), "数字だけで指定してください"),
        (("132012", "　"), "団体名を指定してください"),
        (("132012", "八王子市", "--board-code", "13"), "6桁で指定してください"),
        (
            ("132012", "八王子市", "--admin-login", "one", "--clerk-login", "one"),
            "ログイン名は別にしてください",
        ),
    ],
)
def test_a_wrong_city_is_refused_with_a_sentence_and_nothing_is_stored(
    govkit, project, arguments, sentence
):
    answer = govkit("city", "add", *arguments)

    assert answer.exit_code == 1
    assert sentence in answer.output
    assert "132012" not in govkit("city", "list").output


def test_a_login_in_use_stops_the_joining_before_it_begins(govkit, project):
    govkit("city", "add", "132012", "八王子市", "--admin-login", "yamada")
    answer = govkit("city", "add", "131016", "千代田区", "--clerk-login", "yamada")

    assert answer.exit_code == 1
    assert "「yamada」はすでに使われています" in answer.output
    assert "千代田区" not in govkit("city", "list").output


def test_the_list_names_every_city(govkit, project):
    answer = govkit("city", "list")

    assert [line.split("\t")[:2] for line in answer.output.splitlines()] == [
        ["132021", "立川市"],
        ["132071", "昭島市"],
    ]


def test_the_board_code_can_be_set_later_and_is_recorded(govkit, running):
    govkit("city", "add", "132012", "八王子市")
    answer = govkit("city", "board", "132012", "132999")

    assert answer.exit_code == 0
    assert running.municipality("132012").board_code == "132999"
    with running.system(writes=False) as session:
        actions = session.scalars(sa.select(SystemEvent.action)).all()
    assert "municipality.board_code_changed" in actions


def test_a_policy_holds_at_once_and_for_one_city_only(govkit, running, folder, work_of):
    (folder / "policy.toml").write_text("asks_absence_reason = true\n", encoding="utf-8")
    answer = govkit("city", "policy", "132021", "attendance", "policy.toml")

    assert answer.exit_code == 0, answer.output
    with work_of(running, "132021") as work:
        assert work.policy(AttendancePolicy).asks_absence_reason is True
        event = work.session.scalars(
            sa.select(AuditEvent).where(AuditEvent.action == "policy.decided")
        ).one()
        assert event.detail["after"] == {"asks_absence_reason": True}
    with work_of(running, "132071") as work:
        assert work.policy(AttendancePolicy).asks_absence_reason is False


def test_a_wrong_policy_is_refused_with_every_problem(govkit, running, folder, work_of):
    text = 'asks_absence_reason = 3\nquick_marks = ["late"]\nsymbol = "x"\n'
    (folder / "policy.toml").write_text(text, encoding="utf-8")
    answer = govkit("city", "policy", "132021", "attendance", "policy.toml")

    assert answer.exit_code == 1
    assert "「asks_absence_reason」: true か false で書いてください。" in answer.output
    assert "「quick_marks」: 出欠のボタンは「出席」から始め" in answer.output
    assert "「symbol」: 知らない項目です。" in answer.output
    with work_of(running, "132021") as work:
        assert work.policy(AttendancePolicy) == AttendancePolicy()


@pytest.mark.parametrize(
    ("code", "module", "text", "encoding", "sentence"),
    [
        ("132012", "attendance", "", "utf-8", "参加していません"),
        ("132021", "dance", "", "utf-8", "決められる方針がありません"),
        ("132021", "attendance", "a =", "utf-8", "UTF-8のTOMLとして読めません"),
        ("132021", "attendance", "# 方針", "cp932", "UTF-8のTOMLとして読めません"),
    ],
)
def test_a_policy_that_means_nothing_is_refused(
    govkit, project, folder, code, module, text, encoding, sentence
):
    (folder / "policy.toml").write_text(text, encoding=encoding)
    answer = govkit("city", "policy", code, module, "policy.toml")

    assert answer.exit_code == 1
    assert sentence in answer.output
