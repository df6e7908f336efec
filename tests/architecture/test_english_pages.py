"""In English no Japanese word is left on a page, except names and quoted terms."""

from html.parser import HTMLParser

import pytest

from govkit.base.app import create_app
from govkit.base.deployment import ROLE_TITLES, Deployment
from govkit.base.i18n import use_language
from govkit.testing.plugin import PASSWORD, FixedClock, appoint
from tests.architecture.messages import QUOTED
from tests.architecture.sources import is_japanese

NAMES = ("立川市", "試験 花子", "シケン ハナコ", "校務共同システム", "日本語")
SPOKEN = ("aria-label", "alt", "title", "placeholder", "value")


class _Words(HTMLParser):
    """Texts of a page that people read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in SPOKEN]


def japanese_left(html: str) -> list[str]:
    """Texts in which Japanese is left."""
    words = _Words()
    words.feed(html)
    left = []
    for text in words.found:
        bare = QUOTED.sub("", text)
        for name in NAMES:
            bare = bare.replace(name, "")
        if is_japanese(bare):
            left.append(text)
    return left


@pytest.fixture(scope="module")
def deployment(sqlite_databases):
    opened = Deployment(sqlite_databases.settings(), clock=FixedClock())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(deployment):
    made = create_app(deployment=deployment)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made


@pytest.mark.parametrize("role", sorted(ROLE_TITLES))
def test_pages_speak_english_when_asked(app, deployment, role):
    login = appoint(deployment, "132021", role)
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD})
    pages = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and "health" not in rule.rule
    ]
    wrong = {}
    for page in pages:
        with use_language("en"):  # the language of this test's context is set back afterwards
            answer = client.get(page, query_string={"lang": "en"})
        if answer.mimetype == "text/html" and (left := japanese_left(answer.text)):
            wrong[page] = left
    assert wrong == {}
