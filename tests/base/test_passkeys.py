"""AUT-5: passkeys in a real Chromium with a virtual authenticator: copies and other sites refused."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pyotp
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.base.identity import Account, Staff
from govkit.base.passkeys import Answer, Site, use_passkey
from govkit.testing.plugin import PASSWORD, appoint
from tests.conftest import served
from tests.pages import assert_accessible, leaving, overflow, settled

pytestmark = pytest.mark.requirement("AUT-5", "ASVS-6.3.3", "ASVS-6.5.1")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Person:
    """Somebody with a browser and a security key."""

    def __init__(self, browser: Browser, address: str, login: str, *, scripted: bool = True):
        self.address, self.login = address, login
        self.context = browser.new_context(java_script_enabled=scripted, locale="ja-JP")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self._devtools = self.context.new_cdp_session(self.page)
        self._devtools.send("WebAuthn.enable")
        self._key = self._plug_in()

    def _plug_in(self) -> str:
        options = {"options": AUTHENTICATOR}
        return self._devtools.send("WebAuthn.addVirtualAuthenticator", options)["authenticatorId"]

    def credential(self) -> dict[str, object]:
        given = {"authenticatorId": self._key}
        return self._devtools.send("WebAuthn.getCredentials", given)["credentials"][0]

    def put_back(self, credential: dict[str, object]) -> None:
        """The key as it was before: what somebody would use who had copied it."""
        self._devtools.send("WebAuthn.clearCredentials", {"authenticatorId": self._key})
        given = {"authenticatorId": self._key, "credential": credential}
        self._devtools.send("WebAuthn.addCredential", given)

    def give_password(self) -> None:
        self.page.goto(f"{self.address}/login")
        self.page.get_by_label("ログイン名").fill(self.login)
        self.page.get_by_label("パスワード").fill(PASSWORD)
        self.press("ログインする")

    def press(self, words: str) -> None:
        settled(self.page).get_by_role("button", name=words).click()

    def add_passkey(self) -> None:
        self.page.goto(f"{self.address}/account/factors/passkey")
        form = self.page.locator("form[data-passkey]")
        offered = json.loads(form.get_attribute("data-options") or "")["pubKeyCredParams"]
        assert {each["alg"] for each in offered} == {-7, -8}  # ES256 and EdDSA
        assert_accessible(self.page)
        assert overflow(self.page) <= 0
        self.page.get_by_label("パスキーの名前").fill("鍵束の鍵")
        self.press("パスキーを作る")
        self.page.wait_for_url("**/account/factors/passkey")
        self.page.get_by_text("この画面は一度しか出ません").wait_for()

    def start_again(self) -> None:
        self.context.clear_cookies()
        self.give_password()
        self.page.wait_for_url("**/login/factor*")


@contextmanager
def _somebody(browser, app, deployment, *, scripted=True) -> Iterator[Person]:
    login = appoint(deployment, "132021", "board_clerk")
    with served(app) as address:
        address = address.replace("127.0.0.1", "localhost")  # a secure origin with a name
        person = Person(browser, address, login, scripted=scripted)
        yield person
        person.context.close()


def _answer_of(page: Page) -> str:
    """What the key says to the options of the page, without sending it."""
    return page.evaluate(
        """async () => {
          const form = document.querySelector("form[data-passkey]");
          const publicKey = withBytes(JSON.parse(form.dataset.options));
          return asJson(await navigator.credentials.get({ publicKey }));
        }"""
    )


def _send(page: Page, answer: str) -> None:
    page.evaluate(
        """(answer) => {
          const form = document.querySelector("form[data-passkey]");
          form.elements.credential.value = answer;
          form.requestSubmit();
        }""",
        answer,
    )


REFUSED = "パスキーを確かめられませんでした。もう一度試すか"


@pytest.fixture
def sqlite_site(sqlite_databases, clock):
    """Application and deployment on SQLite: what a browser does is the same on either database."""
    deployment = Deployment(sqlite_databases.settings(), clock=clock)
    yield create_app(deployment=deployment), deployment
    deployment.close()


@pytest.mark.requirement("P22")
def test_a_passkey_logs_in_and_a_copy_of_it_does_not(browser, sqlite_site) -> None:
    app, deployment = sqlite_site
    with _somebody(browser, app, deployment) as person:
        person.give_password()
        person.add_passkey()
        assert_accessible(person.page, "recovery codes")
        assert len(re.findall(r"\d{2}-\w{4}-\w{4}-\w{4}", person.page.content())) == 10
        copied = person.credential()

        person.start_again()
        assert_accessible(person.page)
        assert person.page.get_by_text("JavaScript が動くブラウザー").is_hidden()
        person.press("パスキーで確かめる")
        person.page.wait_for_url(f"{person.address}/")
        assert person.credential()["signCount"] > copied["signCount"]
        person.page.goto(f"{person.address}/account/factors")
        assert "鍵束の鍵" in settled(person.page).content()
        assert_accessible(person.page)

        person.put_back(copied)
        person.start_again()
        person.press("パスキーで確かめる")
        person.page.get_by_role("link", name=REFUSED).wait_for()
        person.page.goto(f"{person.address}/")
        assert "/login" in person.page.url


@pytest.mark.requirement("ASVS-6.5.1")
def test_answers_for_another_challenge_site_or_person_are_refused(browser, sqlite_site) -> None:
    app, deployment = sqlite_site
    with _somebody(browser, app, deployment) as person, served(app) as elsewhere:
        person.give_password()
        person.add_passkey()
        person.start_again()
        earlier = _answer_of(person.page)
        person.page.reload()  # a new challenge
        _send(person.page, earlier)
        person.page.get_by_role("link", name=REFUSED).wait_for()
        # The same host at another port: the key answers, the origin is not the one expected.
        page = settled(person.page)
        options = page.locator("form[data-passkey]").get_attribute("data-options")
        page.goto(elsewhere.replace("127.0.0.1", "localhost") + "/login/factor")
        settled(page).evaluate(
            "(options) => (document.querySelector('form[data-passkey]').dataset.options = options)",
            options,
        )
        answer = _answer_of(page)
        account_id, challenge = _facts(deployment, person.login), _challenge(options)
        origin = elsewhere.replace("127.0.0.1", "localhost")
        said = Answer(answer, challenge)
        for site, whose, right in (
            (Site("localhost", person.address), account_id, False),
            (Site("example.jp", origin), account_id, False),
            (Site("localhost", origin), _facts(deployment, _another(deployment)), False),
            (Site("localhost", origin), account_id, True),
        ):
            assert use_passkey(deployment, site, whose, said) is right, site
        for broken in ("", "[]", "{}", '{"id": 1}', answer[:-1], "0" * 50):
            site = Site("localhost", origin)
            assert not use_passkey(deployment, site, account_id, Answer(broken, challenge))
        assert not use_passkey(deployment, site, account_id, Answer(answer, ""))


def _challenge(options: str) -> str:
    return json.loads(options)["challenge"]


def _another(deployment) -> str:
    return appoint(deployment, "132021", "board_clerk")


def _facts(deployment, login):
    with deployment.system(writes=False) as session:
        return session.scalars(sa.select(Account.id).where(Account.login == login)).one()


def test_without_scripts_the_page_offers_the_other_ways(browser, sqlite_site) -> None:
    app, deployment = sqlite_site
    with _somebody(browser, app, deployment, scripted=False) as person:
        person.give_password()
        person.page.goto(f"{person.address}/account/factors/passkey")
        assert settled(person.page).get_by_text("JavaScript が動くブラウザー").is_visible()
        assert person.page.get_by_role("button", name="パスキーを作る").count() == 0
        person.page.goto(f"{person.address}/account/factors")
        with leaving(person.page):
            person.press("認証アプリを設定する")
        secret = settled(person.page).locator("code").inner_text().replace(" ", "")
        code = pyotp.TOTP(secret).at(deployment.clock())
        person.page.get_by_label("認証アプリに出ている6桁の数字").fill(code)
        with leaving(person.page):
            person.press("確かめて使いはじめる")
        assert settled(person.page).locator(".gk-codes li").count() == 10


@pytest.mark.requirement("P22", "ASVS-3.4.3")
def test_the_other_pages_of_logins_are_accessible_at_every_width(browser, sqlite_site) -> None:
    app, deployment = sqlite_site
    with _somebody(browser, app, deployment) as person:
        person.login = appoint(deployment, "132021", "administrator")
        faults = []
        person.page.on("console", lambda entry: faults.append(entry.text))
        person.give_password()
        staff = _staff_of(deployment, person.login)
        for address in ("/account", "/account/factors", "/account/logins", f"/logins/{staff}"):
            person.page.goto(person.address + address)
            assert_accessible(person.page)
            person.page.set_viewport_size({"width": 390, "height": 800})
            assert overflow(person.page) <= 0, address
            person.page.set_viewport_size({"width": 1280, "height": 800})
        person.page.goto(f"{person.address}/account/factors")
        with leaving(person.page):
            person.press("認証アプリを設定する")
        assert_accessible(person.page, "QR code")
        person.page.goto(f"{person.address}/step-up?next=/account")
        assert_accessible(person.page)
        assert overflow(person.page) <= 0
        assert faults == []


def _staff_of(deployment, login):
    account_id = _facts(deployment, login)
    with deployment.session("132021", writes=False) as session:
        return session.scalars(sa.select(Staff.id).where(Staff.account_id == account_id)).one()
