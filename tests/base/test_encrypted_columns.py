"""Encrypted columns: plain in a row, sealed everywhere else, on both databases."""

import logging
import zipfile
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import StatementError

from govkit.base.archive import export_city, import_city, remove_city
from govkit.base.deployment import Deployment
from govkit.base.encrypted_columns import Sealed, found_by, sealed_columns
from govkit.base.sealing import check_values, rotate, sealed_models
from govkit.base.settings import EncryptionSettings
from govkit.base.tenancy import is_secured, secure_schema
from govkit.errors import InvalidInput, Unreadable, UnscopedAccess
from govkit.modules.enrolment import Guardian, RegisterChange, RegisterEntry
from govkit.testing.module_suite.rows import make

pytestmark = pytest.mark.requirement("ENC-1", "ASVS-11.3.3", "ASVS-14.2.4")

OWN, OTHER = "132021", "132071"
SECRET = "".join(("03-5550", "-0199"))  # the whole stands in no line of code
NOTE = "".join(("父は単身", "赴任中"))
KEYS = {name: f"{name}:{letter * 43}" for name, letter in (("2026", "k"), ("2025", "j"))}


FACTS = {
    "notified_on": None,
    "changed_on": date(2026, 11, 24),
    "reason": "",
    "source": "manual",
    "recorded_by": "担当",
    "recorded_at": datetime(2026, 11, 24, tzinfo=UTC),
}


def with_keys(deployment, *names, **changes):
    """The same database, opened with other keys."""
    keys = EncryptionSettings(keys=tuple(SecretStr(KEYS[name]) for name in names))
    settings = deployment.settings.model_copy(update={"encryption": keys} | changes)
    return Deployment(settings, clock=deployment.clock)


@pytest.fixture
def opened():
    """Opens deployments that are closed at the end."""
    made = []

    def open_with(*arguments, **options):
        made.append(with_keys(*arguments, **options))
        return made[-1]

    yield open_with
    for each in made:
        each.close()


def add_child(deployment, code=OWN, contact=SECRET):
    """A child with a guardian and a change; the identifier of the guardian."""
    with deployment.session(code) as session:
        known = {}
        guardian = make(session, Guardian, code, "", known)
        entry = make(session, RegisterEntry, code, "", known)
        change = RegisterChange(entry_id=entry.id, before={"note": NOTE}, after={}, **FACTS)
        session.add(change)
        identifier = guardian.id
        guardian.contact, known[RegisterEntry].note = contact, NOTE
        assert guardian.contact == contact
        session.commit()
        assert (guardian.contact, known[RegisterEntry].note) == (contact, NOTE)
        assert change.before == {"note": NOTE}
    return identifier


def token_of(deployment, identifier, column="contact"):
    with deployment.owner_engine() as owner, owner.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE enrolment_guardian NO FORCE ROW LEVEL SECURITY")
        table = sa.table("enrolment_guardian", sa.column("id", sa.Uuid), sa.column(column))
        found = connection.scalar(sa.select(table.c[column]).where(table.c.id == identifier))
        connection.rollback()
    return found


def put_token(deployment, identifier, token, column="contact"):
    """Write as somebody who reached the database itself."""
    with deployment.owner_engine() as owner, owner.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE enrolment_guardian NO FORCE ROW LEVEL SECURITY")
        table = sa.table("enrolment_guardian", sa.column("id", sa.Uuid), sa.column(column))
        connection.execute(sa.update(table).where(table.c.id == identifier).values({column: token}))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE enrolment_guardian FORCE ROW LEVEL SECURITY")


def load(deployment, identifier, code=OWN):
    with deployment.session(code, writes=False) as session:
        return session.get(Guardian, (code, identifier))


def census(deployment):
    with deployment.snapshot() as session:
        return check_values(session, deployment.keyring)


def test_a_row_is_plain_and_what_statements_get_says_nothing(deployment):
    identifier = add_child(deployment)
    assert load(deployment, identifier).contact == SECRET
    with deployment.session(OWN, writes=False) as session:
        found = session.scalar(sa.select(Guardian.contact))
        notes = session.scalars(sa.select(RegisterEntry)).one().note
    assert isinstance(found, Sealed)
    assert SECRET not in repr(found)
    assert notes == NOTE
    assert token_of(deployment, identifier).startswith("gk1.secret.")


def test_a_changed_value_is_sealed_anew_and_an_untouched_one_is_not_written(deployment):
    identifier = add_child(deployment)
    before = token_of(deployment, identifier)
    with deployment.session(OWN) as session:
        guardian = session.get(Guardian, (OWN, identifier))
        guardian.relation = "母"
        session.flush()
        session.commit()
    assert token_of(deployment, identifier) == before
    with deployment.session(OWN) as session:
        session.get(Guardian, (OWN, identifier)).contact = "=1+1 \x00%"
        session.commit()
    assert load(deployment, identifier).contact == "=1+1 \x00%"


def test_rows_inserted_by_a_statement_are_sealed_too(deployment):
    identifier = add_child(deployment)
    with deployment.session(OWN) as session:
        old = session.get(Guardian, (OWN, identifier))
        row = {each.key: getattr(old, each.key) for each in sa.inspect(Guardian).columns}
        new = row | {"id": make(session, RegisterEntry, OWN).id, "position": 9, "contact": "090-1"}
        session.execute(sa.insert(Guardian), [new])
        session.commit()
        assert load(deployment, new["id"]).contact == "090-1"
        found = session.scalars(
            sa.select(Guardian).where(found_by(session, Guardian.contact_key, "０９０１"))
        ).all()
    assert [each.id for each in found] == [new["id"]]


def test_a_value_that_was_not_written_is_still_what_it_was(deployment):
    identifier = add_child(deployment)
    with deployment.session(OWN) as session:
        guardian = session.get(Guardian, (OWN, identifier))
        double = Guardian(
            **{
                each.key: getattr(guardian, each.key)
                for each in sa.inspect(Guardian).columns
                if each.key != "id"
            }
        )
        session.add(double)
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()
        assert double.contact == SECRET


@pytest.mark.parametrize(
    "ask",
    [
        lambda column: column == SECRET,
        lambda column: column.like("%0199"),
        lambda column: column.contains("5550"),
        lambda column: column.in_([SECRET]),
        lambda column: column > "a",
        lambda column: column.desc(),
        lambda column: "x" + column,
    ],
)
def test_an_encrypted_column_is_not_compared(ask):
    with pytest.raises(UnscopedAccess, match="blind index"):
        ask(Guardian.contact)


def test_a_plain_value_never_goes_into_a_statement(deployment):
    add_child(deployment)
    with deployment.session(OWN) as session:
        for statement in (
            sa.update(Guardian).values(contact=SECRET),
            sa.select(Guardian.id).where(
                Guardian.contact_key == sa.literal(SECRET, Guardian.contact.type)
            ),
        ):
            with pytest.raises((StatementError, UnscopedAccess)) as caught:
                session.execute(statement)
            assert SECRET not in str(caught.value)
            session.rollback()
        assert session.scalar(sa.select(sa.func.count()).where(Guardian.contact.is_(None))) == 0


def test_equal_values_are_found_however_they_are_typed(deployment):
    identifier = add_child(deployment)
    add_child(deployment, contact="03-5550-0198")
    add_child(deployment, OTHER)
    for typed, expected in (
        ("０３－５５５０－０１９９", [identifier]),
        ("03 5550 0199", [identifier]),
        ("03-5550-019", []),
        ("", []),
    ):
        with deployment.session(OWN, writes=False) as session:
            query = sa.select(Guardian.id).where(found_by(session, Guardian.contact_key, typed))
            assert session.scalars(query).all() == expected


def test_a_value_moved_to_another_row_column_or_city_does_not_open(deployment):
    first, second, third = (
        add_child(deployment),
        add_child(deployment),
        add_child(deployment, OTHER),
    )
    token = token_of(deployment, first)
    for identifier, code in ((second, OWN), (third, OTHER)):
        put_token(deployment, identifier, token)
        with pytest.raises(Unreadable, match="altered"):
            load(deployment, identifier, code)
    assert load(deployment, first).contact == SECRET
    put_token(deployment, first, token[:-2] + ("AA" if token[-2:] != "AA" else "BB"))
    with pytest.raises(Unreadable, match="altered"):
        load(deployment, first)
    put_token(deployment, first, "090-0000-0000")
    with pytest.raises(Unreadable, match="not_sealed"):
        load(deployment, first)
    assert len(census(deployment).unreadable) == 3


def test_a_wrong_index_is_found(deployment):
    first, second = add_child(deployment), add_child(deployment, contact="090-0000-0000")
    put_token(deployment, first, token_of(deployment, second, "contact_key"), "contact_key")
    assert [place.row for place in census(deployment).wrong_index] == [first.hex]


def test_keys_are_changed_while_a_killed_rotation_goes_on_where_it_was(
    deployment, opened, monkeypatch
):
    monkeypatch.setattr("govkit.base.sealing._BATCH", 2)
    old = opened(deployment, "2025")
    identifiers = [add_child(old) for _ in range(5)]
    both = opened(deployment, "2026", "2025")
    assert all(load(both, each).contact == SECRET for each in identifiers)

    class Killed(Exception):
        pass

    def die(_title, done):
        if done >= 4:
            raise Killed

    with both.owner_engine() as owner, pytest.raises(Killed):
        rotate(owner, both.app_role, both.keyring, die)
    halfway = census(both)
    assert halfway.by_key["2025"] > 0 < halfway.by_key["2026"]
    assert all(load(both, each).contact == SECRET for each in identifiers)
    with both.session(OWN, writes=False) as session:
        query = sa.select(Guardian.id).where(found_by(session, Guardian.contact_key, SECRET))
        assert set(session.scalars(query)) == set(identifiers), "old and new indexes are found"

    told = []
    with both.owner_engine() as owner, owner.connect() as connection:
        done, unreadable = rotate(
            owner, both.app_role, both.keyring, lambda *each: told.append(each)
        )
        assert is_secured(connection, both.app_role)
    whole = census(both)
    assert (unreadable, set(whole.by_key), whole.unreadable, whole.wrong_index) == (
        [],
        {"2026"},
        [],
        [],
    )
    assert told
    assert told[-1][1] == done > 0
    new = opened(deployment, "2026")
    assert all(load(new, each).contact == SECRET for each in identifiers)
    with new.session(OWN) as session, pytest.raises((sa.exc.DBAPIError, UnscopedAccess)):
        session.execute(sa.delete(RegisterChange))
    with new.owner_engine() as owner:
        assert rotate(owner, new.app_role, new.keyring, lambda *_: None) == (0, [])


def test_without_its_key_a_value_is_lost_and_named_in_the_census(deployment, opened):
    identifier = add_child(opened(deployment, "2025"))
    bare = opened(deployment, "2026")
    with pytest.raises(Unreadable, match="unknown_key 2025"):
        load(bare, identifier)
    found = census(bare)
    assert set(found.by_key) == {"2025"}
    assert len(found.unreadable) == found.by_key["2025"]
    with bare.owner_engine() as owner:
        _done, unreadable = rotate(owner, bare.app_role, bare.keyring, lambda *_: None)
    assert len(unreadable) == found.by_key["2025"]
    assert load(opened(deployment, "2025"), identifier).contact == SECRET


ON_DISK = """
SELECT pg_read_binary_file(pg_relation_filepath(oid), true) FROM pg_class
WHERE relkind IN ('r', 't', 'i') AND pg_relation_filepath(oid) LIKE 'base/%%'
UNION ALL SELECT pg_read_binary_file('pg_wal/' || name, true)
FROM (SELECT name FROM pg_ls_waldir() ORDER BY modification DESC LIMIT 2) AS newest
"""


def raw_bytes(deployment, request):
    """Everything that the database has written to its disk, with the newest of its log."""
    url = make_url(deployment.settings.database.url)
    if url.get_backend_name() == "sqlite":
        files = Path(url.database).parent.glob(f"{Path(url.database).name}*")
        return b"".join(each.read_bytes() for each in files)
    server = make_url(request.getfixturevalue("postgres_server"))
    superuser = server.set(drivername="postgresql+psycopg", database=url.database)
    engine = sa.create_engine(superuser, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        found = b"".join(each or b"" for each in connection.exec_driver_sql(ON_DISK).scalars())
    engine.dispose()
    return found


@pytest.mark.requirement("LOG-3", "CLS-1")
def test_a_plain_value_is_in_no_file_dump_or_log(deployment, caplog, tmp_path, request):
    caplog.set_level(logging.DEBUG)
    identifier = add_child(deployment)
    with deployment.session(OWN) as session:
        marker = session.get(Guardian, (OWN, identifier))
        marker.name = "目印としての氏名"
        session.commit()
    export_city(deployment, OWN, tmp_path / "own.zip", actor="test")
    with zipfile.ZipFile(tmp_path / "own.zip") as zipped:
        dump = b"".join(zipped.read(name) for name in zipped.namelist())
    written = raw_bytes(deployment, request)
    log = "".join(f"{each.getMessage()}{each.__dict__}" for each in caplog.records).encode()
    assert "目印としての氏名".encode() in dump
    assert "目印としての氏名".encode() in written, "the test looks where values are"
    for text in (SECRET, NOTE, SECRET.replace("-", "")):
        for where in (dump, written, log):
            assert text.encode() not in where
            assert text.encode("unicode_escape") not in where


def test_a_city_takes_its_sealed_values_along_and_needs_its_key(deployment, opened, tmp_path):
    source = opened(deployment, "2025")
    identifier = add_child(source)
    path = tmp_path / "own.zip"
    export_city(source, OWN, path, actor="test")
    remove_city(source, OWN, path, actor="test")
    with pytest.raises(InvalidInput) as caught:
        import_city(opened(deployment, "2026"), path, actor="test")
    assert [each.code for each in caught.value.problems] == ["no_key"]
    assert "2025" in str(caught.value)

    wrong = EncryptionSettings(keys=(SecretStr("2025:" + "w" * 43),))
    with pytest.raises(InvalidInput) as caught:
        import_city(opened(deployment, encryption=wrong), path, actor="test")
    assert [each.code for each in caught.value.problems] == ["wrong_key"]

    target = opened(deployment, "2026", "2025")
    import_city(target, path, actor="test")
    with target.owner_engine() as owner:
        rotate(owner, target.app_role, target.keyring, lambda *_: None)
    assert load(opened(deployment, "2026"), identifier).contact == SECRET


def migrated(deployment, act):
    """Take the migration that seals back, or run it again."""
    with deployment.owner_engine() as owner:
        writer = owner.execution_options(govkit_writes=True)
        with writer.begin() as connection:
            act(Operations(MigrationContext.configure(connection)))
            secure_schema(connection, deployment.app_role)


def test_the_migration_seals_the_rows_that_are_there(deployment):
    identifier = add_child(deployment)
    script = import_module("govkit.modules.enrolment.migrations.0003_sealed_texts")
    with deployment.session(OWN, writes=False) as session:
        before = session.scalars(sa.select(RegisterChange)).one().before
    migrated(deployment, script.downgrade)
    assert token_of(deployment, identifier) == SECRET
    migrated(deployment, script.upgrade)
    assert load(deployment, identifier).contact == SECRET
    with deployment.session(OWN, writes=False) as session:
        assert session.scalars(sa.select(RegisterEntry)).one().note == NOTE
        assert session.scalars(sa.select(RegisterChange)).one().before == before
        query = sa.select(Guardian.id).where(found_by(session, Guardian.contact_key, SECRET))
        assert session.scalars(query).all() == [identifier]
    found = census(deployment)
    assert (found.unreadable, found.wrong_index) == ([], [])
    with deployment.owner_engine() as owner, owner.connect() as connection:
        assert is_secured(connection, deployment.app_role)
        if connection.dialect.name == "sqlite":  # PostgreSQL forgets with the next VACUUM FULL
            connection.rollback()
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            assert SECRET.encode() not in raw_bytes(deployment, None)


def test_every_blind_index_belongs_to_an_encrypted_column():
    assert {model.__tablename__ for model in sealed_models()} >= {
        "enrolment_guardian",
        "enrolment_register_entry",
        "enrolment_register_change",
        "enrolment_designation",
    }
    assert [each.index for each in sealed_columns(Guardian)] == ["contact_key"]
