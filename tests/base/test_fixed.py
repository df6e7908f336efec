"""Statements made once stay inside the municipality of the session, as all others do."""

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.deployment import Deployment
from govkit.base.fixed import Fixed, columns_of
from govkit.base.identity import Account, Staff
from govkit.base.municipality import MunicipalityRow
from govkit.base.notices import Notice
from govkit.errors import UnscopedAccess

TACHIKAWA, AKISHIMA = "132021", "132071"

NOTICES = Fixed(sa.select(*columns_of(Notice)).order_by(Notice.text))
OTHERS = Fixed(sa.select(Staff.id).where(Staff.id.not_in(sa.select(Notice.staff_id))))
ADD = Fixed(sa.insert(Notice))
CHANGE = Fixed(
    sa.update(Notice).where(Notice.text == sa.bindparam("old")).values(text=sa.bindparam("new"))
)


def notice(deployment: Deployment, text: str, **more: object) -> dict[str, object]:
    """A whole row."""
    row = {"id": uuid4(), "staff_id": uuid4(), "at": deployment.clock(), "read_at": None}
    return row | {"kind": "info", "text": text, "params": {"a": [1]}, "path": ""} | more


@pytest.fixture(autouse=True)
def notices(deployment: Deployment) -> None:
    """Two in each city, with texts that name it."""
    for city in (TACHIKAWA, AKISHIMA):
        with deployment.session(city) as session:
            assert session.write(ADD, [notice(deployment, f"{city} {n}") for n in "ab"]) == 2
            session.commit()


def texts(deployment: Deployment, city: str) -> list[str]:
    """What a city's notices say."""
    with deployment.session(city, writes=False) as session:
        return [each.text for each in session.read(NOTICES)]


@pytest.mark.requirement("TEN-1", "TEN-3", "P2")
def test_each_city_reads_and_changes_its_own(deployment: Deployment) -> None:
    """The same statement, compiled once, for one city after the other."""
    for city in (TACHIKAWA, AKISHIMA, TACHIKAWA):
        assert texts(deployment, city) == [f"{city} a", f"{city} b"]
    with deployment.session(TACHIKAWA) as session:
        changes = [{"old": f"{city} a", "new": "変えた"} for city in (AKISHIMA, TACHIKAWA)]
        session.write(CHANGE, changes)
        session.commit()
    assert texts(deployment, TACHIKAWA) == [f"{TACHIKAWA} b", "変えた"]
    assert texts(deployment, AKISHIMA) == [f"{AKISHIMA} a", f"{AKISHIMA} b"]


def test_rows_are_read_as_they_were_written(deployment: Deployment) -> None:
    """Identifiers, moments and structures come back as they are, one row or many, on both databases."""
    with deployment.session(TACHIKAWA) as session:
        row = notice(deployment, "0", path="/a'b\"c%s")
        assert session.write(ADD, [row]) == 1
        assert session.write(ADD, []) == 0
        first = session.read(NOTICES)[0]
    assert first._asdict() == row | {"municipality_code": TACHIKAWA}
    assert isinstance(first.id, UUID)


@pytest.mark.requirement("TEN-1", "TEN-3", "P2")
@pytest.mark.parametrize(
    "statement",
    [
        sa.select(sa.text("1")),
        sa.select(Notice.__table__.c.text),
        sa.select(sa.func.count()).select_from(sa.table("govkit_notice")),
        sa.select(sa.func.set_config("govkit.municipality", "132012", True)),
        sa.select(Notice.text).where(sa.text("1 = 1")),
        sa.select(Account.id),
        sa.select(Notice.text).where(Notice.staff_id.in_(sa.bindparam("staff", expanding=True))),
    ],
)
def test_what_cannot_be_limited_is_refused(deployment: Deployment, statement: object) -> None:
    """Text, plain tables, tables of the system, and lists of unknown length."""
    with deployment.session(TACHIKAWA) as session, pytest.raises(UnscopedAccess):
        session.read(Fixed(statement))


@pytest.mark.requirement("TEN-1", "TEN-3", "P2")
def test_what_a_session_may_not_write_is_refused(deployment: Deployment) -> None:
    """Other cities' rows, values nobody asked for, reference rows, records, and work that reads."""
    other = notice(deployment, "x", municipality_code=AKISHIMA)
    past = Fixed(sa.update(AuditEvent).values(actor=sa.bindparam("who")))
    with deployment.session(TACHIKAWA) as session:
        for statement, row in (
            (ADD, other),
            (ADD, notice(deployment, "x", municipality_of_session=AKISHIMA)),
            (ADD, notice(deployment, "x", colour="red")),
            (CHANGE, {"old": "a", "new": "b", "municipality_of_session": AKISHIMA}),
            (past, {"who": "nobody"}),
            (Fixed(sa.insert(MunicipalityRow)), {"code": "132012"}),
        ):
            with pytest.raises(UnscopedAccess):
                session.write(statement, [row])
    with deployment.session(TACHIKAWA, writes=False) as session:
        with pytest.raises(UnscopedAccess):
            session.write(ADD, [notice(deployment, "x")])
        with pytest.raises(TypeError):
            session.write(NOTICES, [{}])
        with pytest.raises(TypeError):
            session.read(ADD)
    for city in (TACHIKAWA, AKISHIMA):
        assert texts(deployment, city) == [f"{city} a", f"{city} b"]


def test_statements_inside_a_statement_are_limited_too(deployment: Deployment) -> None:
    """A city's staff without a notice, whatever another city noted of the same identifiers."""
    with deployment.session(TACHIKAWA) as session:
        account = uuid4()
        names = {
            "family_name": "a",
            "given_name": "b",
            "kana_family_name": "",
            "kana_given_name": "",
        }
        session.add(member := Staff(account_id=account, **names))
        session.commit()
    with deployment.session(AKISHIMA) as session:
        session.write(ADD, [notice(deployment, "z", staff_id=member.id)])
        session.commit()
    with deployment.session(TACHIKAWA, writes=False) as session:
        assert [each.id for each in session.read(OTHERS)] == [member.id]
