import zipfile
from datetime import date

import pytest

from govkit.base.deployment import Deployment
from govkit.modules import schools


@pytest.fixture
def school(project, work_of):
    """A school with one class and one pupil in 立川市."""
    deployment = Deployment(project)
    with work_of(deployment, "132021") as work:
        made = schools.add_school(work, "B113292020018", "（架空）けやき小学校")
        class_group = schools.add_class_group(work, made, 2026, 1, "1組")
        names = ("山田", "花子", "ヤマダ", "ハナコ")
        born = date(2019, 5, 5)
        pupil = schools.NewPupil("000000010000012", *names, born, "2", is_protected=False)
        schools.admit(work, class_group, [pupil], date(2026, 4, 6))
    deployment.close()


def export(govkit, *arguments):
    return govkit("oneroster", "export", "--city", "132021", "--year", "2026", *arguments)


def test_the_package_is_written_once(govkit, school, folder):
    answer = export(govkit, "--purpose", "学習eポータルへの登録")

    assert answer.exit_code == 0, answer.output
    (path,) = folder.glob("*.zip")
    with zipfile.ZipFile(path) as package:
        assert "users.csv" in package.namelist()
        assert "山田" in package.read("users.csv").decode()
    again = export(govkit, "--purpose", "学習eポータルへの登録")
    assert again.exit_code == 1
    assert "すでにあります" in again.output


@pytest.mark.parametrize("profile", ["1.2", "1.2.1", "1.2_JP"])
def test_the_profile_can_be_chosen(govkit, school, folder, profile):
    answer = export(govkit, "--purpose", "検証", "--profile", profile)

    assert answer.exit_code == 0, answer.output
    (path,) = folder.glob("*.zip")
    with zipfile.ZipFile(path) as package:
        assert f'"{profile}"' in package.read("manifest.csv").decode()


def test_a_purpose_must_be_given(govkit, school, folder):
    assert export(govkit).exit_code == 2
    blank = export(govkit, "--purpose", " ")
    assert blank.exit_code == 1
    assert "目的を入力してください" in blank.output
    assert not [*folder.glob("*.zip")]


def test_a_year_that_is_not_open_is_refused(govkit, project):
    answer = export(govkit, "--purpose", "検証")

    assert answer.exit_code == 1
    assert "2026年度はまだ開いていません" in answer.output
