"""WEB-1, WEB-3: addresses, errors and languages, as a hostile browser asks for them."""

import pytest
from flask import Flask

from govkit.base import web
from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.base.identity import Account
from govkit.base.logs import JsonLines
from govkit.base.passwords import add_account
from govkit.base.settings import SecuritySettings
from govkit.errors import InvalidSettings
from govkit.testing.plugin import PASSWORD, appoint


@pytest.fixture
def site(app: Flask) -> Flask:
    """The application as it answers in production: what is not caught becomes an error page."""
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\n/evil.example",
        "/\x00/evil.example",
        "/./\\evil.example",
    ],
)
@pytest.mark.requirement("ASVS-3.7.2")
def test_login_never_leads_to_another_site(site, deployment, target) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    answer = site.test_client().post(
        "/login", query_string={"next": target}, data={"login": login, "password": PASSWORD}
    )
    assert (answer.status_code, answer.location) == (303, "/")


def test_login_leads_on_to_the_page_that_was_asked_for(site, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    client = site.test_client()
    asked = client.get("/account?学年=1&学年=2").location
    answer = client.post(asked, data={"login": login, "password": PASSWORD})
    assert answer.location == "/account?%E5%AD%A6%E5%B9%B4=1&%E5%AD%A6%E5%B9%B4=2"


@pytest.mark.parametrize(
    ("asked", "link"),
    [
        ("/login?endpoint=x", "/login?endpoint=x&amp;lang=en"),
        ("/login?_method=POST", "/login?_method=POST&amp;lang=en"),
        ("/login?_external=1&_scheme=x", "/login?_external=1&amp;_scheme=x&amp;lang=en"),
        ("/login?lang=ja&n=1&n=2", "/login?n=1&amp;n=2&amp;lang=en"),
        ("/nowhere?a=1", "/nowhere?a=1&amp;lang=en"),
        ("/%E5%B9%B4%3F%23/", "/%E5%B9%B4%3F%23/?lang=en"),
    ],
)
def test_the_link_to_the_other_language_is_this_page(site, asked, link) -> None:
    answer = site.test_client().get(asked)
    assert answer.status_code in (200, 404)
    assert f'href="{link}"' in answer.text


@pytest.mark.requirement("ASVS-3.7.2", "ASVS-1.2.2")
def test_the_link_to_the_other_language_names_no_other_host(site) -> None:
    answer = site.test_client().get("/x", environ_overrides={"PATH_INFO": "//evil.example/x"})
    assert 'href="/evil.example/x?lang=en"' in answer.text


def test_a_page_below_a_prefix_keeps_it_in_the_link(site) -> None:
    answer = site.test_client().get("/login", environ_overrides={"SCRIPT_NAME": "/school"})
    assert 'href="/school/login?lang=en"' in answer.text


def _is_protected(answer) -> bool:
    return "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.requirement("ASVS-4.1.3")
def test_another_host_name_gets_a_plain_refusal(site) -> None:
    site.config["TRUSTED_HOSTS"] = ["localhost"]
    answer = site.test_client().get("/login", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text
    assert _is_protected(answer)
    assert answer.headers["X-Request-Id"] in answer.text.replace("<wbr>", "")


@pytest.mark.requirement("ASVS-16.5.4", "ASVS-16.5.3")
def test_an_error_page_that_fails_is_replaced_by_a_plain_one(deployment, tmp_path) -> None:
    broken = tmp_path / "govkit" / "base" / "error.html"
    broken.parent.mkdir(parents=True)
    broken.write_text("{{ nothing_of_this_name }}", encoding="utf-8")
    app = create_app(deployment=deployment)
    app.jinja_loader.searchpath.insert(0, str(tmp_path))  # type: ignore[union-attr]
    answer = app.test_client().get("/nowhere?lang=en")
    assert answer.status_code == 404
    assert '<html lang="en">' in answer.text
    assert _is_protected(answer)


@pytest.mark.requirement("ASVS-13.2.3")
def test_no_application_starts_without_a_secret(deployment) -> None:
    settings = deployment.settings.model_copy(update={"security": SecuritySettings()})
    bare = Deployment(settings)
    with pytest.raises(InvalidSettings, match=r"security\.secret_key"):
        create_app(deployment=bare)
    bare.close()


NAME = "".join(("山田", "秘密"))  # the whole name stands in no line of code


@pytest.fixture
def failing(site) -> Flask:
    """An application with pages whose exceptions quote a name."""
    pages = web.Pages("demo", __name__)

    @pages.get("/value", permission=web.PUBLIC)
    def value() -> str:
        return str(int(NAME))

    @pages.get("/row", permission=web.PUBLIC)
    def row() -> str:
        with web.deployment().system() as database:
            found = add_account(database, NAME, PASSWORD)
            database.flush()
            database.add(
                Account(id=found.id, login=NAME, password_hash="", is_enabled=True, failures=0)
            )
        return ""

    site.register_blueprint(pages)
    return site


@pytest.mark.filterwarnings("ignore:New instance")
@pytest.mark.parametrize(
    ("address", "kind"), [("/demo/value", "ValueError"), ("/demo/row", "IntegrityError")]
)
@pytest.mark.requirement("LOG-3", "P21", "ASVS-16.3.4", "ASVS-16.2.5")
def test_logs_tell_where_it_failed_and_name_nobody(failing, caplog, address, kind) -> None:
    answer = failing.test_client().get(address)
    assert answer.status_code == 500
    log = "".join(map(JsonLines().format, caplog.records))
    for told in (kind, "test_web.py:", answer.headers["X-Request-Id"]):
        assert told in log
    assert NAME not in log


@pytest.mark.requirement("ASVS-16.5.1")
@pytest.mark.parametrize("address", ["/demo/value", "/demo/row"])
def test_who_asked_is_told_of_a_failure_by_its_number_alone(failing, address) -> None:
    answer = failing.test_client().get(address)
    assert answer.headers["X-Request-Id"] in answer.text
    for inside in (NAME, "Error", "Traceback", ".py", "INSERT", "govkit_account", PASSWORD):
        assert inside not in answer.text, inside


@pytest.mark.requirement("LOG-3", "ASVS-16.5.4")
def test_a_failure_while_answering_a_failure_names_nobody(site, caplog, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError(NAME)

    monkeypatch.setattr(site.session_interface, "save_session", fail)
    assert site.test_client().get("/login").status_code == 500
    assert "ValueError" in caplog.text
    assert NAME not in caplog.text


@pytest.mark.parametrize("address", ["/schools/export", "/schools/", "/enrolment/entries"])
def test_only_the_nearest_menu_entry_is_current(app, sign_in, address) -> None:
    page = sign_in("132021", "board_clerk").get(address).text
    # The menu stands twice in the page: as a bar, and folded for narrow screens.
    assert page.count(' aria-current="page"') == 2
    assert page.count(' aria-current="true"') == 2  # the language in use


@pytest.mark.requirement("ASVS-5.4.2")
@pytest.mark.requirement("ASVS-5.4.1")
def test_a_file_with_a_japanese_name_can_be_sent_by_any_server():
    headers = web.attachment(b"", "通学区域 1.csv", "text/csv").headers
    sent = headers["Content-Disposition"]
    sent.encode("latin-1")
    assert "filename*=UTF-8''%E9%80%9A%E5%AD%A6%E5%8C%BA%E5%9F%9F%201.csv" in sent
    plain = web.attachment(b"", "a.csv", "text/csv").headers["Content-Disposition"]
    assert plain == "attachment; filename=a.csv"
