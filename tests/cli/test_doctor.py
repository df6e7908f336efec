"""``govkit doctor`` finds what is wrong around a deployment, and nothing where all is well."""

import json
import os
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from govkit.base.deployment import Deployment, system_clock
from govkit.base.identity import Actor
from govkit.base.settings import (
    DatabaseSettings,
    DocumentSettings,
    JobSettings,
    OidcSettings,
    SecuritySettings,
    Settings,
)
from govkit.cli.doctor import PROBES


@pytest.fixture
def examined(govkit):
    """What each probe says, by its code."""

    def ask():
        answer = govkit("doctor", "--json")
        found = {each["code"]: each for each in json.loads(answer.output)}
        broken = [each for each in found.values() if each["problems"] and each["is_error"]]
        assert answer.exit_code == bool(broken), answer.output
        return found

    return ask


def test_every_probe_has_a_code_of_its_own_and_a_remedy():
    codes = [probe.code for probe in PROBES]
    assert len(codes) == len(set(codes))
    assert all(probe.title and probe.remedy for probe in PROBES)


def test_a_new_deployment_is_told_what_production_needs(govkit, project, folder):
    (folder / "govkit.toml").chmod(0o644)
    answer = govkit("doctor")
    assert answer.exit_code == 1
    assert "✔ GK-D001" in answer.output
    assert "✘ GK-S004" in answer.output
    assert "app.environment を production にしてください" in answer.output


@pytest.mark.requirement("ASVS-13.2.3")
def test_settings_that_cannot_be_read_are_told_alone(govkit, folder):
    (folder / "govkit.toml").write_text("[app]\nnam = 1\n", encoding="utf-8")
    answer = govkit("doctor")
    assert answer.exit_code == 1
    assert "✘ GK-S001" in answer.output
    assert "✔" not in answer.output


@pytest.mark.parametrize(
    ("url", "code"),
    [("postgresql://x:y@127.0.0.1:1/none", "GK-D001"), ("sqlite:///new.sqlite3", "GK-D002")],
)
def test_a_database_without_tables_is_told_alone(govkit, folder, url, code):
    (folder / "govkit.toml").write_text(
        f'[database]\nurl = "{url}"\n[security]\nsecret_key = "an invented one"\n'
    )
    answer = govkit("doctor")
    assert answer.exit_code == 1
    assert f"✘ {code}" in answer.output
    assert "✔" not in answer.output


@pytest.mark.requirement("ASVS-13.3.2")
def test_files_that_others_can_read_are_found(project, folder, examined):
    settings = folder / "govkit.toml"
    settings.chmod(0o604)
    assert "govkit.toml" in examined()["GK-S007"]["problems"][0]
    settings.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert not any("govkit.toml" in each for each in examined()["GK-S007"]["problems"])


@pytest.mark.requirement("ASVS-13.4.1", "ASVS-13.4.2", "ASVS-5.4.3")
def test_what_does_not_belong_into_production_is_found(project, folder, examined, monkeypatch):
    before = examined()
    assert before["GK-S006"]["problems"] == before["GK-S008"]["problems"] == []
    assert before["GK-O005"]["problems"]
    monkeypatch.setenv("FLASK_DEBUG", "1")
    monkeypatch.setenv("GOVKIT_UPLOADS__SCANNER", '["clamdscan"]')
    (folder / ".git").mkdir()
    after = examined()
    assert after["GK-S006"]["problems"]
    assert after["GK-S008"]["problems"]
    assert after["GK-O005"]["problems"] == []


def look(code, clock=system_clock, **sections):
    """What one probe says of a deployment with these settings."""
    secret = SecuritySettings(secret_key=SecretStr("an invented secret for tests only"))
    deployment = Deployment(Settings(**{"security": secret, **sections}), clock=clock)
    try:
        return list(next(each for each in PROBES if each.code == code).look(deployment))
    finally:
        deployment.close()


REMOTE = "postgresql://{}:b@db.example.lg.jp/govkit"


@pytest.mark.requirement("ASVS-13.2.1")
@pytest.mark.parametrize(
    ("url", "owner", "redis", "count"),
    [
        (REMOTE.format("app"), REMOTE.format("app"), None, 3),
        (REMOTE.format("app"), REMOTE.format("owner"), None, 2),
        (f"{REMOTE.format('app')}?sslcert=a", f"{REMOTE.format('owner')}?sslcert=b", None, 0),
        ("postgresql://app@/govkit", "postgresql://owner@/govkit", "redis://localhost", 0),
        ("sqlite:///x.sqlite3", None, "redis://jobs.example.lg.jp", 2),
        ("sqlite:///x.sqlite3", None, "rediss://:word@jobs.example.lg.jp", 1),
        ("sqlite:///x.sqlite3", None, "rediss://govkit:word@jobs.example.lg.jp", 0),
    ],
)
def test_components_that_do_not_know_each_other_are_found(url, owner, redis, count):
    database = DatabaseSettings(url=url, owner_url=owner)
    found = look("GK-D006", database=database, jobs=JobSettings(redis_url=redis))
    assert len(found) == count, found


@pytest.mark.requirement("ASVS-11.2.3", "ASVS-11.6.1")
def test_signatures_below_128_bits_are_told(project):
    assert look("GK-S009", database=project.database) == []
    assert look("GK-S009", database=project.database, oidc=OidcSettings(allows_rs256=True))


@pytest.mark.requirement("ASVS-16.2.2")
def test_clocks_that_differ_are_found(project):
    assert look("GK-D007", database=project.database) == []
    ahead = datetime.now(UTC) + timedelta(minutes=1)
    assert look("GK-D007", lambda: ahead, database=project.database)


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    """A server with a certificate for this machine, which nobody else trusts; its port and file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_port, file
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.requirement("ASVS-12.2.2")
def test_a_certificate_that_is_not_trusted_or_ends_soon_is_found(secured, monkeypatch):
    port, file = secured

    def found(host="localhost", clock=system_clock):
        documents = DocumentSettings(public_url=f"https://{host}:{port}")
        return look("GK-N003", clock, documents=documents)

    assert "信頼できません" in found()[0]
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert found() == []
    assert "信頼できません" in found("127.0.0.1")[0]
    assert "日で切れます" in found(clock=lambda: datetime.now(UTC) + timedelta(days=20))[0]
    assert look("GK-N003") == []


@pytest.mark.requirement("ASVS-12.3.1", "ASVS-12.3.4")
def test_a_database_elsewhere_is_spoken_to_with_its_certificate_checked():
    def problems(url):
        return look("GK-D005", database=DatabaseSettings(url=url))

    assert problems("postgresql://a:b@db.example.lg.jp/govkit")
    assert problems("postgresql://a:b@db.example.lg.jp/govkit?sslmode=require")
    assert not problems("postgresql://a:b@db.example.lg.jp/govkit?sslmode=verify-full")
    assert not problems("postgresql://a:b@localhost/govkit")
    assert not problems("sqlite:///x.sqlite3")


def test_every_connection_waits_for_the_disk_whatever_the_file_says(folder, project, examined):
    if project.database.url.startswith("sqlite"):
        engine = sa.create_engine(project.database.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        engine.dispose()
        assert examined()["GK-D004"]["problems"] == []
    else:  # the server of the tests is set to forget on purpose
        assert len(examined()["GK-D004"]["problems"]) == 3


@pytest.mark.requirement("LOG-2")
def test_records_without_an_anchor_are_found(project, examined, folder):
    late = datetime.now(UTC) - timedelta(hours=1)
    deployment = Deployment(project, clock=lambda: late)
    with deployment.work(deployment.municipality("132021"), Actor.operator("試験")) as work:
        work.record("account.password_changed", uuid4())
    anchor = deployment.anchor_file
    deployment.close()
    if anchor is not None and anchor.exists():
        os.truncate(anchor, 0)
    found = examined()["GK-O002"]
    assert any("立川市" in each for each in found["problems"])
    assert not any("昭島市" in each for each in found["problems"])
