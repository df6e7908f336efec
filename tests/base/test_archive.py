"""What an archive takes along, and what it refuses (控えと団体の引き渡し)."""

import json
import zipfile
from uuid import uuid4

import pytest
import sqlalchemy as sa

from govkit.base.archive import export_city, import_city, remove_city, restore, write_archive
from govkit.base.audit import AuditEvent, SystemEvent
from govkit.base.audit_chain import verify
from govkit.base.credentials import (
    CountedTries,
    KeptForm,
    Passkey,
    RecoveryCode,
    SecondFactor,
)
from govkit.base.db import Base
from govkit.base.deployment import Deployment
from govkit.base.external_identity import ExternalIdentity
from govkit.base.identity import Account, Actor, Role, WebSession
from govkit.base.tenancy import is_secured
from govkit.errors import InvalidInput, Refused, UnscopedAccess
from govkit.testing.module_suite.rows import make, tenant_classes
from govkit.testing.plugin import appoint

OWN, OTHER = "132021", "132071"
STAY_EMPTY = {"govkit_policy", "govkit_audit_checkpoint"}
"""Tables whose rows would change what the others mean."""


@pytest.fixture
def filled(deployment):
    """Two cities with staff, audit events, and a row of every class."""
    for code in (OWN, OTHER):
        appoint(deployment, code, "board_clerk", login=f"clerk-{code}")
        with deployment.work(deployment.municipality(code), Actor.operator("test")) as work:
            work.record("demo.acted", "1", "理由「」\n２行目", 数="𠮷")
        known = {}
        with deployment.session(code) as session:
            for model in tenant_classes():
                is_empty = session.scalar(sa.select(model.id).limit(1)) is None
                if is_empty and model.__tablename__ not in STAY_EMPTY:
                    make(session, model, code, "x", known)
            session.commit()
    _give_factors(deployment)
    return deployment


def _give_factors(deployment):
    now = deployment.clock()
    with deployment.system() as session:
        whose = session.scalars(sa.select(Account.id)).first()
        session.add(SecondFactor(account_id=whose, totp_secret="KEY", totp_step=7, failures=1))
        session.add(RecoveryCode(account_id=whose, number=1, code_hash="h", used_at=now))
        session.add(
            ExternalIdentity(
                id=uuid4(), issuer="https://i", subject="s", account_id=whose, linked_at=now
            )
        )
        session.add(
            Passkey(
                id=uuid4(),
                account_id=whose,
                credential_id="c",
                public_key="p",
                sign_count=2**32 - 1,
                title="鍵",
                added_at=now,
            )
        )


@pytest.fixture
def empty(databases):
    """A deployment of which the tables are new and no city has joined."""
    settings = databases.settings()
    deployment = Deployment(settings)
    for code in (OWN, OTHER):
        path = databases._folder / f"empty-{code}.zip"
        export_city(deployment, code, path, actor="test")
        remove_city(deployment, code, path, actor="test")
    yield deployment
    deployment.close()


def contents(deployment, leaves_out=(WebSession, SystemEvent, KeptForm, CountedTries)):
    """Every row of every mapped table, by table."""
    found = {}
    with deployment.snapshot() as session:
        for mapper in Base.registry.mappers:
            model = mapper.class_
            if model in leaves_out or model.__tablename__ == "govkit_schema_version":
                continue
            columns = [getattr(model, key) for key in sa.inspect(model).columns.keys()]  # noqa: SIM118
            rows = session.execute(sa.select(*columns)).all()
            found[model.__tablename__] = sorted(map(repr, rows))
    return found


@pytest.mark.requirement("P14")
def test_a_restored_deployment_holds_every_row_and_an_intact_chain(filled, empty, tmp_path):
    archive = write_archive(filled, tmp_path / "a.zip", actor="operator:ops")
    empty_tables = {name for name, (rows, _) in archive.tables.items() if not rows}
    assert empty_tables == STAY_EMPTY, "nothing can be forgotten unseen"
    restore(empty, tmp_path / "a.zip", actor="operator:ops")
    before, after = contents(filled), contents(empty)
    assert {name: len(rows) for name, rows in after.items()} == {
        name: len(rows) for name, rows in before.items()
    }
    assert after == before
    for code in (OWN, OTHER):
        with empty.session(code, writes=False) as session:
            assert verify(session).faults == ()
        with empty.work(empty.municipality(code), Actor.operator("test")) as work:
            work.record("demo.acted", "2")
        with empty.session(code, writes=False) as session:
            assert verify(session).events == 2
    with empty.system(writes=False) as session:
        reasons = session.scalars(
            sa.select(SystemEvent.reason).where(SystemEvent.actor == "operator:ops")
        ).all()
    assert {"控えの作成", "控えの取り込み"} <= set(reasons)


def test_a_deployment_in_use_is_not_overwritten(filled, tmp_path):
    write_archive(filled, tmp_path / "a.zip", actor="test")
    before = contents(filled)
    with pytest.raises(Refused):
        restore(filled, tmp_path / "a.zip", actor="test")
    assert contents(filled) == before


@pytest.mark.requirement("TEN-1")
def test_an_archive_of_one_city_holds_nothing_of_another(filled, tmp_path):
    export_city(filled, OWN, tmp_path / "own.zip", actor="test")
    with zipfile.ZipFile(tmp_path / "own.zip") as zipped:
        text = "".join(zipped.read(name).decode() for name in zipped.namelist())
    assert OWN in text
    assert OTHER not in text
    assert f"clerk-{OTHER}" not in text


def test_a_city_moves_to_another_deployment_and_leaves_the_first(filled, empty, tmp_path):
    before = contents(filled)
    path = tmp_path / "own.zip"
    export_city(filled, OWN, path, actor="test")
    import_city(empty, path, actor="test")
    remove_city(filled, OWN, path, actor="test")

    moved, left = contents(empty), contents(filled)
    of_cities = {model.__tablename__ for model in tenant_classes()}
    for table in of_cities:
        own = [row for row in before[table] if OWN in row]
        assert moved[table] == own
        assert left[table] == [row for row in before[table] if row not in own]
    assert [city.code for city in empty.municipalities()] == [OWN]
    assert [city.code for city in filled.municipalities()] == [OTHER]
    with filled.session(OTHER, writes=False) as session:
        assert verify(session).faults == ()
    with filled.session(OTHER) as session:  # the walls stand again
        event = session.scalars(sa.select(AuditEvent)).first()
        with pytest.raises(UnscopedAccess, match="never changed"):
            session.execute(sa.delete(AuditEvent).where(AuditEvent.id == event.id))
    with filled.owner_engine() as owner, owner.connect() as connection:
        assert is_secured(connection, sa.make_url(filled.settings.database.url).username)


def test_a_city_is_not_removed_after_something_changed(filled, tmp_path):
    path = tmp_path / "own.zip"
    export_city(filled, OWN, path, actor="test")
    with filled.session(OWN) as session:
        session.add(Role(name="new", title="新しい役割", permissions=[]))
        session.commit()
    before = contents(filled)
    with pytest.raises(Refused, match="取り直して"):
        remove_city(filled, OWN, path, actor="test")
    with pytest.raises(Refused, match="違います"):
        remove_city(filled, OTHER, path, actor="test")
    assert contents(filled) == before


def test_a_login_of_somebody_else_stops_a_hand_over(filled, empty, tmp_path):
    path = tmp_path / "own.zip"
    export_city(filled, OWN, path, actor="test")
    with empty.system() as session:
        session.execute(sa.delete(Account))
        session.add(
            Account(
                id=uuid4(),
                login=f"clerk-{OWN}",
                password_hash="x",
                is_enabled=True,
                failures=0,
            )
        )
    with pytest.raises(Refused, match=f"clerk-{OWN}"):
        import_city(empty, path, actor="test")
    assert empty.municipalities() == []


def _mutated(path, target, change):
    """A copy of an archive of which the files went through ``change(name, bytes)``."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            copy.writestr(name, change(name, source.read(name)))
    return target


def _manifest_with(**facts):
    def change(name, content):
        if name != "manifest.json":
            return content
        return json.dumps(json.loads(content) | facts).encode()

    return change


def _without_a_row(name, content):
    return content.split(b"\n", 1)[1] if name == "govkit_staff.jsonl" else content


SPOILT = [
    (_without_a_row, "broken_archive"),
    (_manifest_with(format=2), "wrong_archive"),
    (_manifest_with(municipality_code=OWN), "wrong_archive"),
    (_manifest_with(revisions={"base": "0000_none"}), "archive_version"),
    (_manifest_with(tables={"govkit_staff": [1]}), "not_an_archive"),
    (_manifest_with(made_at="yesterday"), "not_an_archive"),
    (lambda name, content: b"" if name == "manifest.json" else content, "not_an_archive"),
]


@pytest.mark.requirement("P14", "ASVS-11.4.3")
def test_a_spoilt_or_cut_archive_is_refused_with_a_reason(filled, empty, tmp_path):
    whole, cut = tmp_path / "a.zip", tmp_path / "cut.zip"
    write_archive(filled, whole, actor="test")
    cut.write_bytes(whole.read_bytes()[:-2000])
    spoilt = [
        (_mutated(whole, tmp_path / f"{number}.zip", change), code)
        for number, (change, code) in enumerate(SPOILT)
    ]
    for path, code in [*spoilt, (cut, "not_an_archive")]:
        with pytest.raises(InvalidInput) as refused:
            restore(empty, path, actor="test")
        assert {problem.code for problem in refused.value.problems} == {code}
        assert empty.municipalities() == []


def test_an_earlier_archive_stays_when_the_new_one_cannot_be_written(filled, tmp_path):
    path = tmp_path / "a.zip"
    write_archive(filled, path, actor="test")
    before = path.read_bytes()
    calls = []

    def tell(table, done, total):
        calls.append(table)
        if done == 5:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_archive(filled, path, actor="test", tell=tell)
    assert len(calls) == 6
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]
    assert path.stat().st_mode & 0o077 == 0
