"""A drill: a deployment is lost and comes back, a city leaves for another deployment."""

import shutil

import pytest

from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.testing.plugin import PASSWORD, appoint
from tests.cli.conftest import write_settings

OWN, OTHER = "132021", "132071"


@pytest.fixture
def emptied(govkit, project, databases, folder, tmp_path):
    """Makes the working directory one of an empty deployment."""

    def make():
        settings = databases.settings()
        write_settings(folder, settings)
        for code in (OWN, OTHER):
            file = tmp_path / f"{code}.zip"
            assert govkit("city", "export", code, str(file)).exit_code == 0
            gone = govkit("city", "remove", code, "--archive", str(file), "--yes")
            assert gone.exit_code == 0, gone.output
        return settings

    return make


def test_a_lost_deployment_comes_back_to_its_login_page(govkit, project, emptied, tmp_path):
    deployment = Deployment(project)
    login = appoint(deployment, OWN, "board_clerk")
    deployment.close()
    made = govkit("backup", str(tmp_path / "whole.zip"))
    assert made.exit_code == 0, made.output

    settings = emptied()
    answer = govkit("restore", str(tmp_path / "whole.zip"))

    assert answer.exit_code == 0, answer.output
    assert "監査記録の鎖は、すべての団体で正常です。" in answer.output
    deployment = Deployment(settings)
    app = create_app(deployment=deployment)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    assert client.get("/login").status_code == 200
    sent = client.post("/login", data={"login": login, "password": PASSWORD})
    assert sent.status_code == 303
    assert "立川市" in client.get(sent.location).text
    deployment.close()
    again = govkit("restore", str(tmp_path / "whole.zip"))
    assert again.exit_code == 1
    assert "空のデータベース" in again.stderr


def test_a_city_is_handed_over(govkit, project, emptied, folder, tmp_path):
    file = str(tmp_path / "own.zip")
    assert govkit("city", "export", OWN, file).exit_code == 0
    emptied()
    answer = govkit("city", "import", file)
    assert answer.exit_code == 0, answer.output
    assert "立川市（132021）が参加しました" in answer.output
    assert govkit("city", "import", file).exit_code == 1
    assert govkit("check").exit_code == 0


def test_what_cannot_be_written_or_found_is_told(govkit, project, tmp_path):
    nowhere = govkit("backup", str(tmp_path / "none" / "a.zip"))
    assert nowhere.exit_code == 1
    assert "書けません" in nowhere.stderr
    assert govkit("city", "export", "132012", str(tmp_path / "a.zip")).exit_code == 1
    assert govkit("city", "export", OWN, str(tmp_path / "a.zip")).exit_code == 0
    asked = govkit("city", "remove", OWN, "--archive", str(tmp_path / "a.zip"))
    assert asked.exit_code == 1, "nobody confirmed"
    shutil.copyfile(tmp_path / "a.zip", tmp_path / "b.zip")
    wrong = govkit("city", "remove", OTHER, "--archive", str(tmp_path / "b.zip"), "--yes")
    assert "違います" in wrong.stderr
