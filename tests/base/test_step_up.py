"""SES-2, ASVS 7.5.3: a fresh proof before very sensitive acts; what was typed is not lost."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from govkit.base.credentials import KeptForm
from govkit.base.form_filling import filled
from govkit.testing.plugin import PASSWORD, appoint

LATER = timedelta(minutes=16)
PAGE = "/schools/staff/new"
REFERRER = {"Referer": f"http://localhost{PAGE}"}


@pytest.fixture
def very_sensitive(deployment, monkeypatch):
    """Managing staff asks for a fresh proof."""
    permissions = [
        replace(each, very_sensitive=each.name == "base.manage_staff")
        for each in deployment.permissions
    ]
    monkeypatch.setattr(type(deployment), "permissions", permissions)


@pytest.mark.requirement("ASVS-7.5.3", "ASVS-7.5.1")
def test_an_old_proof_is_asked_for_again(app, clock, very_sensitive, sign_in) -> None:
    boss = sign_in("132021", "administrator")
    assert boss.get("/schools/staff").status_code == 200
    clock.now += LATER
    assert boss.get("/account").status_code == 200
    for act in ("app", "app/remove", "recovery", f"passkey/{uuid4()}"):  # ASVS 7.5.1
        assert boss.post(f"/account/factors/{act}").location.startswith("/step-up")
    asked = boss.get("/schools/staff?a=1")
    assert asked.location == "/step-up?next=/schools/staff?a%3D1"
    key = boss.get_cookie("govkit").value
    assert boss.post(asked.location, data={"password": "x" * 20}).status_code == 400
    assert boss.get("/schools/staff").status_code == 303
    assert boss.post(asked.location, data={"password": PASSWORD}).location == "/schools/staff?a=1"
    assert boss.get_cookie("govkit").value != key  # ASVS 7.2.4
    assert boss.get("/schools/staff").status_code == 200
    clock.now += LATER
    assert boss.get("/schools/staff").status_code == 303


def test_what_was_typed_survives_the_step_up(app, clock, very_sensitive, sign_in) -> None:
    boss = sign_in("132021", "administrator")
    clock.now += LATER
    typed = {"login": 'tanaka "<&>', "family_name": "田中", "role": "board_clerk"}
    asked = boss.post(PAGE, data=typed, headers=REFERRER)
    assert asked.location == f"/step-up?next={PAGE}"
    assert boss.post(asked.location, data={"password": PASSWORD}).location == PAGE
    page = boss.get(PAGE).text
    assert 'value="tanaka &#34;&lt;&amp;&gt;"' in page
    assert 'value="田中"' in page
    assert 'value="board_clerk" selected' in page
    assert "まだ保存されていません" in page
    assert "田中" not in boss.get(PAGE).text  # once


@pytest.mark.requirement("SES-2", "ASVS-7.3.1")
def test_what_was_typed_survives_the_end_of_a_login(app, deployment, clock) -> None:
    login = appoint(deployment, "132021", "administrator")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD})
    clock.now += timedelta(minutes=61)
    typed = {
        "family_name": "田中",
        "given_name": "1234-5678-9018",  # reads as a 個人番号
        "password": "kept nowhere",
        "csrf_token": "old",
    }
    asked = client.post(PAGE, data=typed, headers=REFERRER)
    assert asked.location == "/login?again=1"
    assert "預かっています" in client.get(asked.location).text
    with deployment.system(writes=False) as session:
        assert session.scalars(sa.select(KeptForm)).one().fields == [["family_name", "田中"]]
        assert "田中" not in session.scalars(sa.select(KeptForm.fields)).one().token

    stranger = appoint(deployment, "132021", "administrator")
    other = app.test_client()
    other.post("/login", data={"login": stranger, "password": PASSWORD})
    assert "田中" not in other.get(PAGE).text

    assert client.post("/login", data={"login": login, "password": PASSWORD}).location == PAGE
    page = client.get(PAGE).text
    assert 'value="田中"' in page
    assert "1234-5678" not in page
    with deployment.system(writes=False) as session:
        assert session.scalars(sa.select(KeptForm)).all() == []


@pytest.mark.requirement("SES-2")
@pytest.mark.parametrize("wait", [timedelta(hours=3), timedelta(hours=30)])
def test_a_form_is_not_kept_for_ever(app, deployment, clock, wait) -> None:
    login = appoint(deployment, "132021", "administrator")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD})
    clock.now += timedelta(minutes=61)
    client.post(PAGE, data={"family_name": "田中"}, headers=REFERRER)
    clock.now += wait
    assert client.post("/login", data={"login": login, "password": PASSWORD}).location == "/"
    assert "田中" not in client.get(PAGE).text


def test_passwords_of_the_account_page_are_never_kept(app, deployment, clock, sign_in) -> None:
    client = sign_in("132021", "board_clerk")
    clock.now += timedelta(minutes=61)
    assert client.post("/account", data={"current": PASSWORD, "new": "x" * 20}).status_code == 401
    with deployment.system(writes=False) as session:
        assert session.scalars(sa.select(KeptForm)).all() == []


def test_a_login_that_somebody_ended_keeps_nothing(app, deployment, clock, sign_in) -> None:
    client = sign_in("132021", "administrator")
    client.post("/logout")
    assert client.post(PAGE, data={"family_name": "田中"}, headers=REFERRER).status_code == 401


@pytest.mark.parametrize(
    ("control", "fields", "shown"),
    [
        ('<input name="a" value="x">', [("a", "y")], '<input name="a" value="y">'),
        ('<input name="a">', [("b", "y")], '<input name="a">'),
        ('<input type="password" name="a">', [("a", "y")], '<input type="password" name="a">'),
        (
            '<input type="radio" name="a" value="1" checked><input type="radio" name="a" value="2">',
            [("a", "2")],
            '<input type="radio" name="a" value="1"><input type="radio" name="a" value="2" checked="">',
        ),
        (
            '<input type="checkbox" name="a" value="1" checked>',
            [],
            '<input type="checkbox" name="a" value="1">',
        ),
        (
            '<select name="a"><option value="">-</option><option value="2">2</option></select>',
            [("a", "2")],
            '<select name="a"><option value="">-</option><option value="2" selected="">2</option></select>',
        ),
        (
            '<textarea name="a">old &amp; gone</textarea><p>&lt;&#160;</p>',
            [("a", "</textarea><script>")],
            '<textarea name="a">\n&lt;/textarea&gt;&lt;script&gt;</textarea><p>&lt;&#160;</p>',
        ),
        (
            '<input name="a"><input name="a">',
            [("a", "1"), ("a", "2")],
            '<input name="a" value="1"><input name="a" value="2">',
        ),
    ],
)
def test_controls_are_filled_by_their_names(control, fields, shown) -> None:
    page = '<!DOCTYPE html><!-- c --><script>"<input name=a>"</script><form method="post">{}</form>'
    assert filled(page.format(control), fields, lambda action: not action) == page.format(shown)
    assert filled(page.format(control), fields, bool) == page.format(control)
