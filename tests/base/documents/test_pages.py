"""The pages of documents, as clerks and the public see them."""

import re
from datetime import date

import pytest

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.modules import schools
from tests.modules.schools.rows import add_class, add_school, child

CITY = "132021"
NAME = "schools.enrolment_certificate"


@pytest.fixture
def deployment(sqlite_databases, clock):
    settings = sqlite_databases.settings()
    public = settings.documents.model_copy(update={"public_url": "https://docs.example.lg.jp"})
    opened = Deployment(settings.model_copy(update={"documents": public}), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def pupils(deployment):
    """Pupils of two schools; the second pupil's name has a letter that no font shows."""
    with deployment.work(deployment.municipality(CITY), Actor.operator("試験")) as work:
        school = add_school(work)
        children = [child("1"), child("2", given_name="花\U000e01ef")]
        made = schools.admit(work, add_class(work, school), children, date(2026, 4, 1))
        return school.id, [each.id for each in made]


def test_a_clerk_issues_saves_and_reissues_and_the_public_verifies(pupils, sign_in):
    school_id, (pupil, _other) = pupils
    clerk = sign_in(CITY, "school_clerk", unit_id=school_id)
    path = f"/documents/{NAME}/{pupil}"

    assert path in clerk.get(f"/schools/pupils/{pupil}").text
    page = clerk.get(path)
    assert "交付してPDFを作る" in page.text
    [picture] = re.findall(rf'src="({path}/pages/1\.png)"', page.text)
    assert clerk.get(picture).data.startswith(b"\x89PNG")
    assert clerk.get(f"{path}/pages/2.png").status_code == 404
    assert clerk.get(f"{path}/file").status_code == 404

    issued = clerk.post(path).location
    shown = clerk.get(issued).text
    code = re.search(r"132021(-[0-9A-Z]{4}){3}", shown)[0]
    file = clerk.get(f"{issued}/file")
    assert file.data.startswith(b"%PDF")
    assert file.mimetype == "application/pdf"
    assert "交付してPDFを作る" not in clerk.get(path).text
    assert clerk.post(path, follow_redirects=True).text.count("すでに交付した文書") == 1

    assert clerk.post(f"{issued}/reissue", data={"reason": ""}).status_code == 400
    again = clerk.post(f"{issued}/reissue", data={"reason": "紛失"}).location
    assert again != issued
    assert "再交付により無効" in clerk.get(issued).text
    assert "紛失" in clerk.get(again).text
    assert clerk.post(f"{issued}/reissue", data={"reason": "紛失"}).status_code == 400

    public = clerk.application.test_client()
    told = public.get(f"/verify/{code}")
    assert "この文書は無効です" in told.text
    assert "第1号" in told.text
    assert "試験" not in told.text.replace("試験第一", "")


@pytest.mark.requirement("ASVS-15.3.1", "ASVS-2.4.1")
def test_codes_that_do_not_exist_are_answered_alike_and_not_without_end(app):
    public = app.test_client()
    wrong = [public.get(f"/verify/{each}") for each in ("132021-AAAA-BBBB-CCCC", "999999-A", "x")]

    assert {each.status_code for each in wrong} == {404}
    plain = {re.sub(r'(href|value|nonce)="[^"]*"|[0-9a-f]{32}', "", each.text) for each in wrong}
    assert len(plain) == 1
    assert public.get("/verify").status_code == 200
    answers = [public.get("/verify/x").status_code for _ in range(30)]
    assert answers[-1] == 429


def test_a_name_that_cannot_be_printed_is_told_with_its_character(pupils, sign_in):
    school_id, (_pupil, other) = pupils
    clerk = sign_in(CITY, "school_clerk", unit_id=school_id)

    page = clerk.get(f"/documents/{NAME}/{other}").text

    assert "まだ何も印刷していません" in page
    assert "U+82B1 U+E01EF" in page
    assert "交付してPDFを作る" not in page
    assert clerk.post(f"/documents/{NAME}/{other}").status_code == 303
    assert "交付した文書" not in clerk.get(f"/documents/{NAME}/{other}").text


@pytest.mark.requirement("TEN-1", "AUT-4", "ASVS-8.2.2", "ASVS-8.4.1")
def test_documents_of_others_are_not_found(pupils, deployment, sign_in):
    school_id, (pupil, _other) = pupils
    clerk = sign_in(CITY, "school_clerk", unit_id=school_id)
    issued = clerk.post(f"/documents/{NAME}/{pupil}").location
    with deployment.work(deployment.municipality(CITY), Actor.operator("試験")) as work:
        other_school = add_school(work, "B113299999920", "試験第二小学校").id
    strangers = [
        (sign_in(CITY, "school_clerk", unit_id=other_school), 404),
        (sign_in("132071", "board_clerk"), 404),
        (sign_in(CITY, "homeroom_teacher", unit_id=school_id), 403),
    ]

    for stranger, status in strangers:
        for path in (f"/documents/{NAME}/{pupil}", issued, f"{issued}/file"):
            assert stranger.get(path).status_code == status, path
        assert stranger.post(f"{issued}/reissue", data={"reason": "x"}).status_code == status
