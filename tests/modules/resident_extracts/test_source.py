from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.identity import Actor
from govkit.modules.resident_extracts import (
    ResidentExtract,
    ResidentRow,
    StoredResidents,
    import_extract,
    resident_directory,
)
from govkit.modules.resident_extracts.source import stored_values
from govkit.residents.matching import ResidentQuery
from govkit.residents.policy import PurposeRule
from govkit.residents.records import PersonId
from govkit.residents.results import Single, Unavailable
from govkit.residents.source import SourceUnavailable
from govkit.testing.resident_source import ResidentSourceConformance
from tests.modules.resident_extracts.files import CITY, number, person

RULE = PurposeRule("試験", "学校教育法施行令第1条", bulk=True)


def stored(work, residents):
    """The residents in the tables, as if an extract had brought them."""
    work.session.execute(sa.delete(ResidentRow))
    rows = [
        stored_values(each)
        | {"municipality_code": CITY, "id": uuid4(), "content_hash": ""}
        | {"is_protected": each.is_protected}
        for each in residents
        if each.id.municipality_code == CITY
    ]
    if rows:
        work.session.execute(sa.insert(ResidentRow), rows)
    if work.session.scalar(sa.select(sa.func.count(ResidentExtract.id))) == 0:
        work.session.add(extract_of(work))
        work.session.flush()
    return StoredResidents(work.session, CITY)


def extract_of(work):
    return ResidentExtract(
        number=1,
        file_name="住民票.csv",
        sha256="0" * 64,
        encoding="utf-8",
        as_of=date(2026, 10, 1),
        profile="",
        rows_read=0,
        people=0,
        new_count=0,
        changed_count=0,
        gone_count=0,
        refused_count=0,
        closes_gone=True,
        notices=[],
        received_by="試験",
        received_at=work.now,
    )


class TestStoredResidents(ResidentSourceConformance):
    is_thread_safe = False  # the database session of a request

    @pytest.fixture(autouse=True)
    def _work(self, work):
        self.work = work

    def make_source(self, residents):
        return stored(self.work, residents)


def test_before_the_first_extract_nothing_is_known_which_is_not_nobody(work):
    source = StoredResidents(work.session, CITY)
    assert source.describe().rows == 0
    with pytest.raises(SourceUnavailable):
        source.get_many([PersonId(CITY, number(1))])
    directory = resident_directory(work, [RULE])
    context = RULE.context(actor="a", section="学務課", reason="試験")
    assert isinstance(directory.get(context, PersonId(CITY, number(1))), Unavailable)


def test_a_lookup_of_a_read_only_work_is_audited_before_the_answer(deployment, extract):
    city = deployment.municipality(CITY)
    actor = Actor.operator("試験")
    with deployment.work(city, actor) as work:
        import_extract(
            work,
            extract(person(1)),
            name="住民票.csv",
            encoding="utf-8",
            as_of=date(2026, 11, 1),
        )
    with deployment.work(city, actor, writes=False) as work:
        context = RULE.context(actor="a", section="学務課", reason="窓口の照会")
        found = resident_directory(work, [RULE]).get(context, PersonId(CITY, number(1)))
        assert isinstance(found, Single)
    with deployment.work(city, actor) as work:
        query = sa.select(AuditEvent).where(AuditEvent.action == "residents.get")
        (event,) = work.session.scalars(query).all()
    assert event.subject_ids == [number(1)]
    assert event.reason == "窓口の照会"
    assert event.detail["legal_basis"] == "学校教育法施行令第1条"
    assert len(event.detail["question_hmac"]) == 64


def test_the_question_is_kept_as_a_keyed_hash_that_differs_between_cities(deployment):
    prints = {}
    for code in (CITY, "132071"):
        with deployment.work(deployment.municipality(code), Actor.operator("試験")) as work:
            context = RULE.context(actor="a", section="学務課", reason="窓口の照会")
            directory = resident_directory(work, [RULE])
            for name in ("渡邉葵", "渡邉葵", "渡邉蒼"):
                directory.search(context, ResidentQuery(name=name))
        with deployment.work(deployment.municipality(code), Actor.operator("試験")) as work:
            query = sa.select(AuditEvent).where(AuditEvent.action == "residents.search")
            events = work.session.scalars(query).all()
        assert "渡邉" not in str([(each.detail, each.reason) for each in events])
        prints[code] = sorted(each.detail["question_hmac"] for each in events)
        assert len(set(prints[code])) == 2
    assert not set(prints[CITY]) & set(prints["132071"])
