"""Figures for monitoring: for whoever knows the token, of everything, naming nobody."""

import re

import pytest
from pydantic import SecretStr

from govkit.base.app import create_app
from govkit.base.deployment import Deployment

TOKEN = "an invented token"


@pytest.fixture
def watched(deployment):
    settings = deployment.settings
    app = settings.app.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    opened = Deployment(settings.model_copy(update={"app": app}), clock=deployment.clock)
    yield create_app(deployment=opened).test_client()
    opened.close()


def figures(client):
    answer = client.get("/health/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return dict(re.findall(r"^(govkit\S*(?:\{[^}]*\})?) (\S+)$", answer.text, re.MULTILINE))


@pytest.mark.requirement("ASVS-13.4.5")
def test_without_the_token_there_is_no_such_page(app, watched):
    plain = app.test_client()
    wrong = {"Authorization": "Bearer 合い言葉".encode().decode("latin-1")}
    answers = [plain.get("/health/metrics"), watched.get("/health/metrics")]
    answers += [watched.get("/health/metrics", headers=wrong), watched.get("/health/none")]
    assert {answer.status_code for answer in answers} == {404}


def test_requests_are_counted_by_page_and_outcome(watched):
    for _ in range(3):
        watched.get("/login")
    watched.get("/nowhere")
    watched.open("/login", method="PROPFIND")
    found = figures(watched)
    assert (
        found['govkit_request_seconds_count{endpoint="govkit.login",method="GET",status="200"}']
        == "3.0"
    )
    assert found['govkit_request_seconds_count{endpoint="none",method="GET",status="404"}'] == "1.0"
    assert not any("PROPFIND" in name for name in found)


def test_the_state_of_the_deployment_is_told(watched):
    found = figures(watched)
    assert found["govkit_pending_migrations"] == "0.0"
    assert found['govkit_jobs{state="queued"}'] == "0.0"
    assert any(name.startswith("govkit_info") for name in found)


@pytest.mark.requirement("LOG-3")
def test_no_label_comes_from_a_visitor(watched):
    watched.get("/login?name=山田花子")
    watched.get("/山田花子")
    text = watched.get("/health/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert "山田" not in text
    assert "%E5" not in text
