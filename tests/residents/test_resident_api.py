import json
import re
import signal
import subprocess
import sys

import pytest
import urllib3

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.adapters.rest import RestProtection, StandardRest
from govkit.residents.adapters.rest_client import Provider, RestClient
from govkit.residents.matching import ResidentQuery
from govkit.residents.synthetic import Population
from govkit.testing.resident_api import ApiFault, ResidentApi, serve
from govkit.testing.resident_source import CITY, invented_residents

CALL = "001o006"
GOOD = {"shikuchosonkodo": CITY, "kensu": 10, "atenabango": ["000000000000001"]}
NAME = {"shimei": "渡邉", "shimeikensakuhoho": "2"}


@pytest.fixture(scope="module")
def api():
    return ResidentApi({CALL: MemorySource(invented_residents())}, municipality_code=CITY)


def called(api, body):
    raw = (body if isinstance(body, str) else json.dumps(body)).encode()
    reply = api._called(CALL, raw)
    return reply.status, json.loads(reply.body)


def without(*names, **more):
    return {name: value for name, value in GOOD.items() if name not in names} | more


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (without("shikuchosonkodo"), "E0001"),
        (without("kensu"), "E0001"),
        (without("atenabango", shimei="渡邉"), "E0001"),
        ("{", "E0002"),
        ("[]", "E0002"),
        (without(kensu="10"), "E0002"),
        (without(kensu=501), "E0002"),
        (without(shikuchosonkodo="132071"), "E0002"),
        (without(atenabango="1"), "E0002"),
        (without(atenabango=["番号"]), "E0002"),
        (without(shimei=1), "E0002"),
        (without(seinengappi_kaishi="20200401"), None),
        (without(seinengappi_kaishi="2020-02-30"), "E0002"),
        (without(keizokukii=1), "E0002"),
        (without(atenabango=["1" * 16]), "E0003"),
        (without(**NAME | {"shimei": "長" * 101}), "E0003"),
        (without("atenabango"), "E0004"),
        (without(seinengappi_kaishi="2020-04-02", seinengappi_shuryo="2020-04-01"), "E0004"),
        (without(keizokukii="é"), "E0004"),
    ],
)
def test_wrong_requests_get_the_codes_of_the_standard(api, body, code):
    status, found = called(api, body)
    assert (status, [one["code"] for one in found.get("errors", [])]) == (
        (400, [code]) if code else (200, [])
    )


def test_answers_come_in_pages(api):
    body = without("atenabango", jusho="立川市", kensu=4)
    numbers = []
    for _ in range(3):
        status, found = called(api, body)
        assert (status, found["sokensu"]) == (200, 10)
        numbers += [int(row["atenabango"]) for row in found["kekka"]]
        body["keizokukii"] = found.get("keizokukii")
    assert numbers == list(range(1, 11))
    assert body["keizokukii"] is None


def test_a_fault_can_be_asked_for_in_a_request(api):
    with serve(api) as url:
        reply = urllib3.request(
            "POST", f"{url}/{CALL}", headers={"X-Stand-In-Fault": "maintenance"}, retries=False
        )
        assert (reply.status, reply.headers["Retry-After"]) == (503, "600")
        assert urllib3.request("POST", f"{url}/{CALL}", body=b"{}").status == 401
        assert urllib3.request("POST", f"{url}/elsewhere", body=b"{}").status == 404
        api.fail(ApiFault.RESET)
        with pytest.raises(urllib3.exceptions.ProtocolError):
            urllib3.request("POST", f"{url}/{CALL}", retries=False)


def test_it_serves_an_extract_for_developers(tmp_path):
    path, listed = tmp_path / "extract.csv", tmp_path / "protected.csv"
    population = Population(CITY, 20, seed=1)
    population.write_extract(path)
    population.write_protection_list(listed)
    command = [sys.executable, "-W", "error", "-m", "govkit.testing.resident_api"]
    options = ["--residents", path, "--protected", listed, "--port", "0", "--fault", "error"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as served:
        told = "".join(served.stdout.readline() for _ in range(4))
        texts = dict(re.findall(r'^(\w+) = "(.+)"$', told, re.MULTILINE))
        secret = told.strip().rpartition(": ")[2]
        client = RestClient(Provider(client_secret=secret, **texts), [CALL, "001o009"])
        protection = RestProtection(client, municipality_code=CITY)
        source = StandardRest(client, municipality_code=CITY, protection=protection)
        assert len(source.search(ResidentQuery(address="立川市"), 50)) >= 20
        client.close()
        served.send_signal(signal.SIGINT)
        assert "止めました" in served.stdout.read()
    assert served.returncode == 0
