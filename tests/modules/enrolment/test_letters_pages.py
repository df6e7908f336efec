"""The letters of a year through the pages: asked for, made by a worker, downloaded, in the ledger."""

import re

import pypdfium2 as pdfium
import pytest

from govkit.base.deployment import Deployment
from govkit.base.worker import run_due_jobs
from tests.modules.enrolment.people import YEAR
from tests.modules.enrolment.test_views import city, client, entry_id, prepared

__all__ = ["city", "client", "prepared"]


@pytest.fixture
def deployment(sqlite_databases, clock, tmp_path):
    """A deployment that keeps the files of jobs in the test's own folder."""
    settings = sqlite_databases.settings()
    jobs = settings.jobs.model_copy(update={"files": tmp_path / "files"})
    opened = Deployment(settings.model_copy(update={"jobs": jobs}), clock=clock)
    yield opened
    opened.close()


def test_all_letters_are_asked_for_made_downloaded_and_entered_once(prepared, city, deployment):
    page = prepared.get(f"/enrolment/notices?year={YEAR}")
    assert "まだ交付していない通知が2通あります" in page.text

    asked = prepared.post("/enrolment/notices", data={"year": YEAR})
    assert asked.status_code == 303
    assert run_due_jobs(deployment) == 1

    job = prepared.get(asked.location).text
    assert "就学通知書を2通作りました" in job
    [path] = re.findall(r'href="(/jobs/files/[^"]+)"', job)
    answer = prepared.post(path, data={"purpose": "duty", "reason": "就学通知書の交付"})
    assert len(pdfium.PdfDocument(answer.data)) == 2
    assert "PDFをまとめて作る" not in prepared.get(f"/enrolment/notices?year={YEAR}").text
    letter = f"/documents/enrolment.school_notice/{entry_id(city, 1)}"
    assert letter in prepared.get(f"/enrolment/entries/{entry_id(city, 1)}").text
    assert "第1号" in prepared.get(letter).text

    again = prepared.post("/enrolment/notices", data={"year": YEAR})
    run_due_jobs(deployment)
    assert "まだ交付していない就学通知書はありません" in prepared.get(again.location).text


def test_letters_of_a_school_that_is_not_there_are_not_found(prepared):
    for school in ("nobody", "4d7a7e9c-6a58-4f8c-9e5a-0d3b0f0a6a11"):
        data = {"year": YEAR, "school": school}
        assert prepared.post("/enrolment/notices", data=data).status_code == 404
