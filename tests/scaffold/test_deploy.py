"""The samples for production that come with an application: what they start exists, what they promise holds."""

import configparser
import json
import re
import shlex

import pytest
from click.testing import CliRunner
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser

from govkit.cli import main
from govkit.cli.new import render
from govkit.cli.starters import APP
from tests.architecture.sources import python_files


@pytest.fixture(scope="module")
def deploy(tmp_path_factory):
    return render(APP, tmp_path_factory.mktemp("deploy"), {}) / "deploy"


def unit(path):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(path, encoding="utf-8")
    return parser


def started(deploy):
    """Words of each command of govkit that the samples start."""
    for path in sorted((deploy / "systemd").glob("*.service")):
        for line in re.findall(r"\.venv/bin/govkit ([^\n']*)", path.read_text(encoding="utf-8")):
            yield path.name, shlex.split(line)


def test_every_command_that_a_unit_starts_is_there(deploy):
    found = list(started(deploy))
    assert len(found) >= 4
    for name, words in found:
        asked = [word for word in words if not word.startswith("/") and "$" not in word]
        answer = CliRunner().invoke(main, [*asked, "--help"])
        assert answer.exit_code == 0, (name, answer.output)


@pytest.mark.requirement("ASVS-13.2.2")
def test_units_run_as_somebody_of_their_own_with_few_rights(deploy):
    for path in (deploy / "systemd").glob("*.service"):
        service = unit(path)["Service"]
        assert service["User"] == "govkit"
        assert service["NoNewPrivileges"] == service["PrivateTmp"] == "yes"
        assert service["ProtectSystem"] == "strict"
    timers = {path.stem for path in (deploy / "systemd").glob("*.timer")}
    assert timers == {"govkit-anchor", "govkit-backup"}
    assert all((deploy / "systemd" / f"{name}.service").is_file() for name in timers)


@pytest.mark.requirement("ASVS-12.1.1", "ASVS-12.1.2", "ASVS-13.4.3", "ASVS-13.4.4", "ASVS-13.4.5")
@pytest.mark.requirement("ASVS-4.1.2", "ASVS-12.2.1")
def test_the_server_in_front_speaks_new_tls_alone_and_hides_what_is_not_for_people(deploy):
    text = (deploy / "nginx.conf").read_text(encoding="utf-8")
    assert re.findall(r"ssl_protocols ([^;]+);", text) == ["TLSv1.2 TLSv1.3"]
    assert all("GCM" in each for each in re.findall(r"ssl_ciphers ([^;]+);", text)[0].split(":"))
    assert "autoindex off;" in text
    assert "$request_method = TRACE" in text
    assert "location /health/ { return 404; }" in text
    assert "location /health/ { allow 127.0.0.1; deny all;" in text


@pytest.mark.requirement("ASVS-4.1.3", "ASVS-15.3.4")
def test_the_server_in_front_replaces_what_a_visitor_claims(deploy):
    text = (deploy / "nginx.conf").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "$proxy_add_x_forwarded_for" not in text


@pytest.mark.requirement("ASVS-13.3.1", "ASVS-15.2.3")
def test_the_image_holds_no_secret_no_tests_and_runs_as_nobody(deploy):
    text = (deploy / "Containerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (\S+)", text, re.MULTILINE)
    assert copied == ["wheelhouse/", "announcements/", "templates/", "wsgi.py"]
    assert all((deploy.parent / each).exists() for each in copied[1:])
    assert "--require-hashes" in text
    assert text.index("USER govkit") < text.index("CMD [")


@pytest.mark.requirement("ASVS-13.2.5")
def test_units_speak_to_nobody_who_is_not_named(deploy):
    for path in (deploy / "systemd").glob("*.service"):
        service = unit(path)["Service"]
        assert (service["IPAddressDeny"], service["IPAddressAllow"]) == ("any", "localhost")


@pytest.mark.requirement("ASVS-12.1.3")
def test_the_certificate_of_a_device_is_checked_in_front_and_believed_nowhere_else(deploy):
    text = (deploy / "nginx.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"ssl_verify_client (\w+);", text)) == {"on"}  # not optional_no_ca
    assert text.count("ssl_client_certificate ") == text.count("ssl_verify_client ")
    assert "$ssl_client" not in text
    assert not [each.path for each in python_files() if "SSL_CLIENT" in each.text.upper()]


@pytest.mark.requirement("ASVS-14.2.2")
def test_the_server_in_front_keeps_no_copy_of_an_answer(deploy):
    text = (deploy / "nginx.conf").read_text(encoding="utf-8")
    assert "proxy_cache off;" in text
    assert "proxy_store off;" in text
    assert not re.search(r"proxy_cache_path|proxy_ignore_headers", text)


@pytest.mark.requirement("ASVS-12.3.3")
def test_what_is_not_encrypted_stays_on_the_machine(deploy):
    text = (deploy / "nginx.conf").read_text(encoding="utf-8")
    web = unit(deploy / "systemd" / "govkit-web.service")["Service"]["ExecStart"]
    bound = re.findall(r"--bind (\S+)", web)
    assert bound == ["127.0.0.1:8000"]
    assert set(re.findall(r"proxy_pass ([^;]+);", text)) == {f"http://{each}" for each in bound}


@pytest.mark.requirement("ASVS-16.4.3")
def test_logs_are_sent_to_another_server_that_both_sides_know(deploy):
    upload = unit(deploy / "systemd" / "journal-upload.conf")["Upload"]
    assert upload["URL"].startswith("https://")
    files = ("ServerKeyFile", "ServerCertificateFile", "TrustedCertificateFile")
    assert all(upload[name].startswith("/etc/pki/") for name in files)


@pytest.mark.requirement("ASVS-16.2.4", "ASVS-16.4.1", "LOG-3")
def test_the_log_in_front_is_json_without_addresses_of_pages(deploy):
    text = (deploy / "nginx.conf").read_text(encoding="utf-8")
    shape = re.search(r"log_format govkit escape=json\s+((?:'[^']*'\s*)+);", text)[1]
    line = json.loads("".join(re.findall(r"'([^']*)'", shape)))
    assert line["request_id"] == "$sent_http_x_request_id"
    assert not re.search(r"uri|\$request\b|args|referer", shape)
    assert text.count("access_log ") == text.count("server {")


@pytest.mark.requirement("ASVS-3.5.4")
def test_a_host_name_serves_one_application(deploy):
    text = (deploy / "nginx.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"server_name ([^;]+);", text)) == {"koumu.example.lg.jp"}
    assert set(re.findall(r"proxy_pass ([^;]+);", text)) == {"http://127.0.0.1:8000"}


@pytest.mark.requirement("ASVS-4.2.1")
@pytest.mark.parametrize(
    "lines",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: +4",
        "Transfer-Encoding: chunked, other",
    ],
    ids=["both", "twice", "sign", "unknown"],
)
def test_the_server_that_the_samples_start_refuses_doubtful_ends_of_a_request(deploy, lines):
    assert "gunicorn" in (deploy / "systemd" / "govkit-web.service").read_text(encoding="utf-8")
    sent = f"POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n0\r\n\r\n".encode()
    with pytest.raises(ParseException):
        next(RequestParser(Config(), iter([sent]), ("127.0.0.1", 1)))
