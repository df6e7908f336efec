"""BRE-2: all that is held of one person, nothing of others, on record (開示)."""

import csv
import io
import zipfile
from uuid import uuid4

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.db import AppendOnly, Base
from govkit.base.disclosure import export_disclosure
from govkit.base.identity import Actor
from govkit.base.municipality import MunicipalityPolicy
from govkit.base.persons import ADDRESSEE_NUMBER, person_classes, target_class
from govkit.errors import NotPermitted, Refused
from govkit.modules.resident_extracts import ProtectedPerson
from govkit.testing.module_suite.rows import make

CITY, OTHER = "132021", "132071"
NUMBER, ELSE = "000000000000017", "000000000000025"
pytestmark = pytest.mark.requirement("BRE-2")


def copied(row, **changes):
    """A row like one that can no longer be changed."""
    columns = type(row).__table__.columns
    values = {each.key: getattr(row, each.key) for each in columns}
    counted = {
        key: value + 100
        for key, value in values.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }
    unique = {
        column.key
        for each in type(row).__table__.constraints
        if isinstance(each, sa.UniqueConstraint)
        for column in each.columns
        if isinstance(values[column.key], str) and column.key != "municipality_code"
    }
    other = {key: f"{values[key][:-1]}Z" for key in unique}
    return type(row)(**values | counted | other | {"id": uuid4()} | changes)


def filled(deployment, code, number, mark):
    """A row of every class with people, all of them about one person."""
    known = {}
    roots_first = sorted(person_classes(), key=lambda each: each.person_column != ADDRESSEE_NUMBER)
    with deployment.session(code) as session:
        for model in roots_first:
            row = make(session, model, code, mark, known)
            if issubclass(model, AppendOnly):
                if model.person_column == ADDRESSEE_NUMBER:
                    session.add(copied(row, addressee_number=number))
                elif target_class(model, model.person_column) is None:
                    session.add(copied(row, **{model.person_column: [number, "別の番号"]}))
            elif model.person_column == ADDRESSEE_NUMBER:
                row.addressee_number = number
                for flag in {"is_protected", "is_active"} & {*model.__table__.columns.keys()}:
                    setattr(row, flag, False)
            session.flush()
        session.commit()


@pytest.fixture
def people(deployment):
    """Two people of one city, and the same number in another."""
    filled(deployment, CITY, NUMBER, "own")
    filled(deployment, CITY, ELSE, "else")
    filled(deployment, OTHER, NUMBER, "other")
    return deployment


def exported(deployment, number=NUMBER, reason="開示請求5", **options):
    body = io.BytesIO()
    with deployment.work(
        deployment.municipality(CITY), Actor.operator("開示"), writes=False
    ) as work:
        found = export_disclosure(work, number, reason, body, actions=deployment.actions, **options)
    return found, zipfile.ZipFile(body)


def rows(zipped, title):
    return [*csv.DictReader(io.StringIO(zipped.read(f"{title}.csv").decode("utf-8-sig")))]


def test_every_table_with_people_is_in_the_file_and_nobody_else(people):
    found, zipped = exported(people)
    assert {title for title, _ in found.tables} == {
        *(str(model.__table__.comment) for model in person_classes()),
        "操作の記録",
    }
    everything = "".join(zipped.read(name).decode() for name in zipped.namelist())
    assert "own" in everything
    assert "else" not in everything
    assert "other" not in everything
    assert ELSE not in everything
    assert "別の番号" not in everything
    assert rows(zipped, "児童生徒")[0]["宛名番号"] == NUMBER
    assert rows(zipped, "在籍")[0]["学級"]
    assert "読むための一覧.md" in zipped.namelist()


def test_other_people_and_staff_are_withheld(people):
    _, zipped = exported(people)
    (guardian,) = rows(zipped, "保護者")
    withheld = "（ほかの人の情報のため、載せていません）"
    assert guardian["氏名"] == guardian["連絡先"] == withheld
    assert rows(zipped, "就学校の指定")[0]["決定した人"] == withheld
    with people.session(CITY) as session:
        session.add(MunicipalityPolicy(module="audit", values={"discloses_staff_names": True}))
        session.commit()
    _, zipped = exported(people)
    assert rows(zipped, "就学校の指定")[0]["決定した人"].startswith("own")
    assert rows(zipped, "保護者")[0]["氏名"] == withheld


def test_who_looked_is_told_without_names(people):
    exported(people)
    _, zipped = exported(people)
    (look,) = rows(zipped, "操作の記録")
    assert look["操作"] == "開示のための書き出し"
    assert "職員" not in look


def test_the_export_is_on_record_with_its_reason(people):
    exported(people)
    with people.session(CITY, writes=False) as session:
        event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.subject_ids, event.reason) == (
        "disclosure.exported",
        [NUMBER],
        "開示請求5",
    )
    assert event.detail["count"] == sum(event.detail["tables"].values()) > len(person_classes()) - 1
    with pytest.raises(Refused, match="理由"):
        exported(people, reason=" ")
    with pytest.raises(Refused, match="情報はありません"):
        exported(people, "000000000000033")


@pytest.mark.requirement("DVP-1")
def test_protected_people_need_the_officer_and_a_confirmation(people):
    with people.session(CITY) as session:
        session.scalars(
            sa.select(ProtectedPerson).where(ProtectedPerson.addressee_number == NUMBER)
        ).one().is_active = True
        session.commit()
    with pytest.raises(Refused, match="支援措置"):
        exported(people)
    assert exported(people, confirmed=True)[0].rows
    assert exported(people, ELSE)[0].rows


@pytest.mark.requirement("DVP-1")
def test_a_clerk_cannot_confirm_for_the_officer(work_for):
    clerk = work_for(role="board_clerk")
    protected = make(clerk.session, ProtectedPerson, CITY)
    protected.addressee_number, protected.is_active = NUMBER, True
    clerk.session.flush()
    with pytest.raises(Refused, match="支援措置"):
        export_disclosure(clerk, NUMBER, "x", io.BytesIO(), actions={}, confirmed=True)
    with pytest.raises(NotPermitted):
        export_disclosure(
            work_for(role="principal", session_of=clerk), NUMBER, "x", io.BytesIO(), actions={}
        )


def test_every_tenant_class_is_mapped_once():
    assert len({each.__table__.comment for each in person_classes()}) == len(person_classes())
    assert all(issubclass(each, Base) for each in person_classes())
