"""PWD-1, P11: which passwords are taken, what wrong ones cost, and the queue they wait in."""

import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from govkit.base import passwords
from govkit.base.deployment import Deployment
from govkit.base.identity import Account
from govkit.base.passwords import add_account, check_password, choose_password, set_password
from govkit.errors import Busy, Refused
from govkit.testing.plugin import PASSWORD, appoint

pytestmark = pytest.mark.requirement("PWD-1")


@pytest.mark.parametrize(
    ("password", "accepted"),
    [
        ("short", False),
        ("aaaaaaaaaaaaaaaaaaaa", False),
        ("tanaka-tanaka-tanaka", False),
        ("x" * 129, False),
        ("passwordpassword", False),
        ("ｐａｓｓｗｏｒｄＰＡＳＳＷＯＲＤ", False),
        ("123451234512345", False),
        ("98765432109876543210", False),
        ("govkit-gakkou-2026", False),
        ("立川市立川市教育委員会学校校務", False),
        ("tanaka-Password-12345", False),
        ("㌍" * 3, False),  # counts as the 15 characters that it stands for, all the same
        ("iloveyou-dragon-sunshine", False),  # three of the most common ones
        ("tachikawa-shi-gakkou-1", False),  # the municipality, in Latin letters
        ("アキシマたちかわ昭島市立川市12", False),
        ("p@$$w0rd-tachikawa-koumu", False),
        ("123456789987654321", False),
        ("一人二人三人四人五人六人七人八人", True),
        ("とても長い合言葉を覚えておきます", True),
        ("correct horse battery staple", True),
    ],
)
@pytest.mark.requirement("ASVS-6.2.1", "ASVS-6.2.4", "ASVS-6.2.5", "ASVS-6.2.11")
def test_passwords_are_judged_by_length_and_guessability(deployment, password, accepted) -> None:
    with deployment.system() as session:
        if accepted:
            assert add_account(session, "tanaka", password).password_hash.startswith("$argon2id$")
        else:
            with pytest.raises(Refused):
                add_account(session, "tanaka", password)
        session.rollback()


@pytest.mark.requirement("ASVS-6.2.12", "ASVS-6.2.4")
def test_every_leaked_password_of_the_list_is_refused(deployment) -> None:
    """Those of fewer than 15 characters are too short, twice or in a phrase they add nothing."""
    leaked = passwords._common_passwords()
    assert len(leaked) > 10_000
    long = [each for each in leaked if len(each) >= passwords.MINIMUM_PASSWORD_LENGTH]
    twice = [f"{each}-{each}" for each in sorted(leaked) if len(each) > 7][::300]
    with deployment.system() as session:
        for each in (*long, *twice):
            with pytest.raises(Refused):
                add_account(session, "tanaka", each)


@pytest.mark.requirement("ASVS-6.2.12")
def test_a_deployment_may_name_more_passwords_that_leaked(databases, clock, tmp_path) -> None:
    listed = tmp_path / "leaked.txt"
    new = "correct horse battery staple"
    listed.write_text(f"x{new}\n{new}x\r\n{PASSWORD}\n", encoding="utf-8")
    settings = databases.settings()
    security = settings.security.model_copy(update={"leaked_passwords_file": listed})
    deployment = Deployment(settings.model_copy(update={"security": security}), clock=clock)
    login = appoint(deployment, "132021", "board_clerk")
    with deployment.system(writes=False) as session:
        account_id = session.scalars(sa.select(Account.id).where(Account.login == login)).one()
    for text, is_taken in ((f"{new}\r\nx", False), (f"x\n{new}", False), (f"{new}xx", True)):
        listed.write_bytes(text.encode())
        if is_taken:
            assert choose_password(deployment, account_id, PASSWORD, new)
        else:
            with pytest.raises(Refused, match="漏れた"):
                choose_password(deployment, account_id, PASSWORD, new.replace("c", "C", 1))
    listed.write_bytes(b"")
    assert choose_password(deployment, account_id, new, "わたしだけが知っている長い言葉です")
    deployment.close()


@pytest.mark.requirement("ASVS-6.2.8", "ASVS-6.2.9")
def test_a_password_may_be_typed_in_any_form_of_its_characters(deployment) -> None:
    password = "がくむかのたんとう1号室のやかん"
    with deployment.system() as session:
        add_account(session, "tanaka", unicodedata.normalize("NFD", password))
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        typed = unicodedata.normalize(form, password)
        assert check_password(deployment, "tanaka", typed) is not None
    assert check_password(deployment, "tanaka", password.upper() + " ") is None


@pytest.mark.requirement("ASVS-6.1.1", "ASVS-6.3.1")
def test_a_hundred_failures_in_a_row_make_a_password_void(deployment, clock) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    for _ in range(passwords.MOST_FAILURES):
        assert check_password(deployment, login, "x" * 20) is None
        clock.now += timedelta(hours=1, seconds=1)
    assert check_password(deployment, login, PASSWORD) is None
    with deployment.system() as session:
        account = session.scalars(sa.select(Account).where(Account.login == login)).one()
        set_password(session, account, "a new and longer one")
    assert check_password(deployment, login, "a new and longer one") is not None


@pytest.mark.requirement("ASVS-6.2.10")
def test_a_password_stays_good_for_years(deployment, clock) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    clock.now += timedelta(days=3650)
    assert check_password(deployment, login, PASSWORD) is not None


@pytest.mark.requirement("ASVS-6.3.2")
def test_a_new_deployment_has_no_account(deployment) -> None:
    with deployment.system(writes=False) as session:
        assert session.scalars(sa.select(Account)).all() == []


def test_one_failure_fewer_and_the_right_password_ends_the_row(deployment, clock) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    for _ in range(2):
        for _ in range(8):
            check_password(deployment, login, "x" * 20)
            clock.now += timedelta(hours=1, seconds=1)
        account = check_password(deployment, login, PASSWORD)
        assert account is not None
        assert account.failures == 0


class _CountingHasher:
    """Hashes nothing; notes how many do so at the same moment."""

    def __init__(self) -> None:
        self.now = self.most = self.all = 0
        self._lock = threading.Lock()
        self.goes_on = threading.Event()

    def verify(self, _stored: str, _text: str) -> None:
        with self._lock:
            self.now, self.all = self.now + 1, self.all + 1
            self.most = max(self.most, self.now)
        self.goes_on.wait(5)
        with self._lock:
            self.now -= 1


@pytest.mark.requirement("P11")
def test_no_two_passwords_are_hashed_at_the_same_moment(monkeypatch) -> None:
    hasher = _CountingHasher()
    hasher.goes_on.set()
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda _: passwords.is_secret("stored", "x"), range(90)))
    assert (hasher.most, hasher.all) == (1, 90)


@pytest.mark.requirement("P11")
def test_who_waits_too_long_is_told_when_to_come_back(app, deployment, monkeypatch) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    app.config["WTF_CSRF_ENABLED"] = False
    hasher = _CountingHasher()
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    monkeypatch.setattr(passwords, "_QUEUE_SECONDS", 0.05)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(passwords.is_secret, "stored", "x")
        while not hasher.now:
            pass
        with pytest.raises(Busy):
            passwords.hash_secret("x")
        data = {"login": login, "password": PASSWORD}
        answer = app.test_client().post("/login", data=data)
        hasher.goes_on.set()
        assert first.result()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert "混雑" in answer.text
