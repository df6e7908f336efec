"""The page about logins and sessions tells of every way in, and of the limits of the code."""

import ast
import re

import pytest

from govkit.base import passwords, sessions
from govkit.base.settings import OidcSettings, SecuritySettings
from govkit.base.web import PUBLIC
from govkit.cli import main
from govkit.testing.plugin import PASSWORD, appoint
from tests.architecture.sources import called_name, python_files
from tests.docs.test_limits import section

PAGE = "identity.md"
ADDRESS = re.compile(r"`(GET|POST) (/[^`]*)`")


@pytest.fixture(scope="session")
def databases(sqlite_databases):
    """One kind is enough to have an application."""
    return sqlite_databases


@pytest.mark.requirement("ASVS-6.1.3", "ASVS-6.3.4")
def test_every_address_that_answers_without_a_login_is_told(app) -> None:
    told = ADDRESS.findall(
        section(PAGE, "ログインの入り口") + section(PAGE, "ログインなしで答えるアドレス")
    )
    answering = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST"}
        if app.view_functions[rule.endpoint].permission == PUBLIC
    }
    assert sorted(told) == sorted(answering)


@pytest.mark.requirement("ASVS-6.1.3", "ASVS-6.3.4")
def test_logins_begin_at_the_addresses_that_the_page_names_alone(app) -> None:
    """Whatever logs somebody in calls ``lead_on``, which is alone with ``ServerSession.log_in``."""
    begins = {
        (source.name, function.name)
        for source in python_files()
        for function in ast.walk(source.tree)
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and called_name(call) in ("lead_on", "log_in", "_go_on")
        if source.name.startswith("govkit.base.views")
    }
    views = {f"{module}:{name}" for module, name in begins}
    prefix = "govkit.base.views"
    assert views == {
        f"{prefix}.login:log_in",
        f"{prefix}.login:lead_on",
        f"{prefix}.second_step:check_code",
        f"{prefix}.second_step:check_passkey",
        f"{prefix}.second_step:_go_on",
        f"{prefix}.oidc:oidc_callback",
        f"{prefix}.step_up:step_up_by_password",  # these prove again within a login
        f"{prefix}.step_up:step_up_by_code",
        f"{prefix}.step_up:step_up_by_passkey",
        f"{prefix}.account:_changed",
    }
    told = {address for _method, address in ADDRESS.findall(section(PAGE, "ログインの入り口"))}
    ways = ("log_in", "check_code", "check_passkey", "oidc_callback")
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    assert told == {rules[f"govkit.{each}"] for each in ways}


@pytest.mark.requirement("ASVS-6.1.2")
def test_the_words_that_are_refused_are_those_of_the_page() -> None:
    words = section(PAGE, "断る言葉").split("校務の言葉など：")[1].split("\n\n")[0]
    assert re.findall(r"`([^`]+)`", words) == list(passwords._GUESSED_FIRST)
    assert "残りが8文字" in section(PAGE, "断る言葉")
    assert passwords._MINIMUM_UNGUESSED == 8
    assert len(passwords._common_passwords()) // 10_000 == 1


@pytest.mark.requirement("ASVS-7.1.1")
def test_the_lengths_of_sessions_are_those_of_the_code() -> None:
    told = section(PAGE, "セッションの長さ")
    security = SecuritySettings()
    for name, unit in (
        ("idle_minutes", "分"),
        ("absolute_hours", "時間"),
        ("step_up_minutes", "分"),
    ):
        least, most = (
            next(
                getattr(each, side)
                for each in SecuritySettings.model_fields[name].metadata
                if hasattr(each, side)
            )
            for side in ("ge", "le")
        )
        assert (
            f"| {getattr(security, name)}{unit} | `security.{name}`（{least}から{most}） |" in told
        )
    assert f"| {sessions._PENDING_LIFE.seconds // 60}分 |" in told
    assert f"| {sessions._ANONYMOUS_LIFE.seconds // 3600}時間 |" in told


@pytest.mark.requirement("ASVS-7.1.2")
def test_one_account_may_be_logged_in_as_often_as_the_page_says(app, deployment) -> None:
    assert "**上限はありません**" in section(PAGE, "同時のログイン")
    login = appoint(deployment, "132021", "board_clerk")
    app.config["WTF_CSRF_ENABLED"] = False
    clients = [app.test_client() for _ in range(8)]
    for client in clients:
        client.post("/login", data={"login": login, "password": PASSWORD})
    assert {client.get("/").status_code for client in clients} == {200}


@pytest.mark.requirement("ASVS-7.1.3")
def test_what_the_page_says_of_the_identity_provider_exists(app) -> None:
    told = section(PAGE, "認証基盤とのセッション")
    rules = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods}
    assert set(ADDRESS.findall(told)) <= rules
    settings = re.findall(r"`oidc\.(\w+)`", told)
    assert settings == ["max_age"]
    assert set(settings) <= set(OidcSettings.model_fields)
    assert "unlink" in main.get_command(None, "account").commands
    assert "`govkit account unlink`" in told
