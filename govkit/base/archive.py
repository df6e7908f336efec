"""Archives: a whole deployment, or one municipality, as one file that any database takes back (控え).

An archive is a ZIP file with a file of JSON lines per table, ordered by primary key, and a manifest
with the number of rows and a hash of each. It is read in one snapshot while the deployment runs,
written under another name until it is whole, and taken back in one transaction, after which every
table is read again and held against the manifest. SQLite and PostgreSQL read each other's archives.

Login sessions are left out: a restored deployment knows nobody as logged in.
"""

import hashlib
import json
import os
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from govkit.base import migrate
from govkit.base.audit import SystemEvent
from govkit.base.credentials import CountedTries, KeptForm
from govkit.base.db import Base, TenantTable, Versioned
from govkit.base.deployment import Deployment
from govkit.base.encrypted_columns import Encrypted, Sealed
from govkit.base.identity import Account, Staff, WebSession
from govkit.base.migrate import SchemaVersion, applied
from govkit.base.municipality import MunicipalityRow
from govkit.base.sealing import Census
from govkit.base.tenancy import ScopedSession, open_walls, secure_schema
from govkit.errors import InvalidInput, Problem, Refused

__all__ = ["Archive", "export_city", "import_city", "remove_city", "restore", "write_archive"]

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_PAGE: Final = 2000
_LEFT_OUT: Final = (WebSession, KeptForm, CountedTries, SchemaVersion)
_KEPT: Final = (Account, SystemEvent)
"""Tables whose rows stay when an archive is taken in; equal rows are not taken twice."""

Tell = Callable[[str, int, int], None]
"""Progress: table, tables done, tables in all."""


def _silent(table: str, done: int, total: int) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive says of itself.

    :param municipality_code: The one municipality it holds, or ``None`` for the whole deployment.
    :param made_at: When it was made.
    :param revisions: Revision of the tables of each module.
    :param tables: Number of rows and SHA-256 of each table.
    """

    municipality_code: str | None
    made_at: datetime
    revisions: Mapping[str, str]
    tables: Mapping[str, tuple[int, str]]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(count for count, _ in self.tables.values())


def write_archive(
    deployment: Deployment, path: Path, *, actor: str, tell: Tell = _silent
) -> Archive:
    """Write the whole deployment; it may be in use.

    :raises OSError: When the file cannot be written; an earlier one of that name stays.
    """
    return _write(deployment, path, None, actor, tell)


def export_city(
    deployment: Deployment, code: str, path: Path, *, actor: str, tell: Tell = _silent
) -> Archive:
    """Write one municipality with the accounts of its staff, to hand it over or to remove it."""
    deployment.municipality(code)
    return _write(deployment, path, code, actor, tell)


def restore(deployment: Deployment, path: Path, *, actor: str, tell: Tell = _silent) -> Archive:
    """Take a whole deployment back into an empty one, and check every row.

    :raises InvalidInput: When the file is no archive, broken, or of another version of the tables.
    :raises Refused: When a municipality has joined already.
    """
    archive = _opened(deployment, path, whole=True)
    if deployment.municipalities():
        raise Refused("参加している団体があります。控えは、空のデータベースに戻してください。")
    _load(deployment, path, archive, actor, tell)
    return archive


def import_city(deployment: Deployment, path: Path, *, actor: str, tell: Tell = _silent) -> Archive:
    """Take over one municipality that another deployment exported.

    Accounts that are here already stay as they are.

    :raises InvalidInput: When the file is no archive, broken, or of another version of the tables.
    :raises Refused: When the municipality has joined, or somebody else has one of the logins.
    """
    archive = _opened(deployment, path, whole=False)
    if archive.municipality_code in {each.code for each in deployment.municipalities()}:
        raise Refused("この団体はすでに参加しています。")
    _insist_on_own_logins(deployment, path)
    _load(deployment, path, archive, actor, tell)
    return archive


def remove_city(deployment: Deployment, code: str, path: Path, *, actor: str) -> Archive:
    """Remove one municipality, of which an archive holds everything as it is now.

    Accounts stay: people may work for another municipality.

    :param path: Archive of :func:`export_city`.
    :raises Refused: When anything changed since the archive was made.
    """
    archive = _opened(deployment, path, whole=False)
    if archive.municipality_code != code:
        raise Refused("控えの団体と、削除する団体が違います。")
    with deployment.unscoped("団体の削除", actor):
        pass  # recorded before anything is read
    with deployment.owner_engine() as owner:
        _delete(owner.execution_options(govkit_writes=True), archive, code, deployment.app_role)
    return archive


def _delete(owner: sa.Engine, archive: Archive, code: str, role: str | None) -> None:
    """Delete what the archive holds, in the transaction in which it is found to hold everything.

    :raises Refused: When anything changed since the archive was made.
    """
    own: list[type[Base]] = [each for each in _models() if issubclass(each, TenantTable)]
    with owner.begin() as connection:
        for model in own:
            open_walls(connection, model)  # nobody else writes any more until this ends
        with Session(connection) as session:
            counted: list[type[Base]] = [MunicipalityRow, *own]
            for model in counted:
                if _digest(_lines(session, model, code)) != archive.tables.get(model.__tablename__):
                    raise Refused(
                        "控えを取った後にデータが変わっています。控えを取り直してください。"
                    )
        for model in reversed(own):
            table: Any = model.__table__
            connection.execute(sa.delete(table).where(table.c.municipality_code == code))
        municipality: Any = MunicipalityRow.__table__
        sessions: Any = WebSession.__table__
        if role is not None:
            connection.exec_driver_sql(f"ALTER TABLE {sessions.name} NO FORCE ROW LEVEL SECURITY")
        connection.execute(sa.delete(sessions).where(sessions.c.municipality_code == code))
        connection.execute(sa.delete(municipality).where(municipality.c.code == code))
        secure_schema(connection, role)


def _models() -> Sequence[type[Base]]:
    """Every mapped class that goes into an archive, those that others point at first."""
    by_table = {each.local_table: each.class_ for each in Base.registry.mappers}
    ordered = (by_table[table] for table in Base.metadata.sorted_tables if table in by_table)
    return [model for model in ordered if model not in _LEFT_OUT]


def _write(deployment: Deployment, path: Path, code: str | None, actor: str, tell: Tell) -> Archive:
    part = path.with_name(f"{path.name}.part")
    models = [model for model in _models() if code is None or _is_of_cities(model)]
    tables: dict[str, tuple[int, str]] = {}
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file, _snapshot(deployment, code, actor) as session:
            revisions = _revisions(session)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
                for done, model in enumerate(models):
                    tell(_title(model), done, len(models))
                    with zipped.open(f"{model.__tablename__}.jsonl", "w", force_zip64=True) as out:
                        tables[model.__tablename__] = _digest(
                            line for line in _lines(session, model, code) if out.write(line)
                        )
                archive = Archive(code, deployment.clock(), revisions, tables)
                zipped.writestr(_MANIFEST, _manifest(archive))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return archive


def _title(model: type[Base]) -> str:
    table: Any = model.__table__
    return str(table.comment)


def _is_of_cities(model: type[Base]) -> bool:
    return issubclass(model, TenantTable) or model in (MunicipalityRow, Account)


def _snapshot(deployment: Deployment, code: str | None, actor: str) -> Any:
    reason = "団体の書き出し" if code else "控えの作成"
    with deployment.unscoped(reason, actor):
        pass  # recorded before anything is read
    return deployment.snapshot()


def _revisions(session: ScopedSession) -> Mapping[str, str]:
    """The latest revision of each module."""
    return dict(sorted(applied(session)))


def _lines(session: Session, model: type[Any], code: str | None) -> Iterator[bytes]:
    """The rows of a table as JSON lines, in the order of the primary key."""
    mapper = sa.inspect(model)
    columns = [getattr(model, key) for key in mapper.columns.keys()]  # noqa: SIM118
    keys = [getattr(model, mapper.get_property_by_column(key).key) for key in mapper.primary_key]
    statement = sa.select(*columns).order_by(*keys)
    if code is not None:
        if issubclass(model, TenantTable):
            statement = statement.where(model.municipality_code == code)
        elif model is MunicipalityRow:
            statement = statement.where(MunicipalityRow.code == code)
        elif model is Account:
            own = sa.select(Staff.account_id).where(Staff.municipality_code == code)
            statement = statement.where(Account.id.in_(own))
    for row in session.execute(statement.execution_options(yield_per=_PAGE)).mappings():
        plain = {key: _plain(value) for key, value in row.items()}
        yield f"{json.dumps(plain, ensure_ascii=False, sort_keys=True)}\n".encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Sealed):
        return value.token
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return b64encode(value).decode("ascii") if isinstance(value, bytes) else value


_READERS: Final[Mapping[type, Callable[[Any], Any]]] = {
    Sealed: Sealed,
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    Decimal: Decimal,
    bytes: b64decode,
}


def _digest(lines: Iterable[bytes]) -> tuple[int, str]:
    count, hashed = 0, hashlib.sha256()
    for line in lines:
        count += 1
        hashed.update(line)
    return count, hashed.hexdigest()


def _manifest(archive: Archive) -> str:
    return json.dumps(
        {
            "format": FORMAT,
            "municipality_code": archive.municipality_code,
            "made_at": archive.made_at.isoformat(),
            "revisions": dict(archive.revisions),
            "tables": {name: list(facts) for name, facts in archive.tables.items()},
        },
        indent=1,
    )


def _opened(deployment: Deployment, path: Path, *, whole: bool) -> Archive:
    """The manifest of an archive that fits the deployment, each table of it held against its hash."""
    try:
        with zipfile.ZipFile(path) as zipped:
            fields = json.loads(zipped.read(_MANIFEST))
            tables = {name: (count, sha) for name, (count, sha) in fields["tables"].items()}
            archive = Archive(
                fields["municipality_code"],
                datetime.fromisoformat(fields["made_at"]),
                fields["revisions"],
                tables,
            )
            is_ours = fields["format"] == FORMAT
            broken = [
                name
                for name, facts in tables.items()
                if _digest(zipped.open(f"{name}.jsonl")) != facts
            ]
    except (KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as error:
        text = "govkitの控えとして読めません。途中で切れていないか、ファイルを確かめてください。"
        raise InvalidInput([Problem("not_an_archive", text, path.name)]) from error
    problems = [_broken(path, name) for name in broken]
    if not is_ours or (archive.municipality_code is None) != whole:
        text = "控えの種類が違います。全体の控えと、団体の書き出しを取り違えていないか確かめてください。"
        problems.append(Problem("wrong_archive", text, path.name))
    problems += _version_problems(deployment, path, archive)
    if problems:
        raise InvalidInput(problems)
    return archive


def _broken(path: Path, table: str) -> Problem:
    text = "控えの中身が書かれたときと違います。別の控えを使ってください。"
    return Problem("broken_archive", text, path.name, column=table)


def _version_problems(deployment: Deployment, path: Path, archive: Archive) -> Iterator[Problem]:
    own = {
        name: history[-1].revision
        for name, package in deployment.packages
        if (history := migrate.history(name, package))
    }
    for name, revision in archive.revisions.items():
        if own.get(name) != revision:
            text = (
                "控えの表の版は{theirs}、この導入環境の版は{own}です。"
                "控えを取ったときと同じ版のgovkitに戻してから、更新してください。"
            )
            params = {"theirs": revision, "own": own.get(name, "なし")}
            yield Problem("archive_version", text, path.name, column=name, params=params)


def _insist_on_own_logins(deployment: Deployment, path: Path) -> None:
    with zipfile.ZipFile(path) as zipped:
        theirs = {row["login"]: row["id"] for row in _rows_of(zipped, Account)}
    with deployment.system(writes=False) as session:
        found = session.execute(sa.select(Account.login, Account.id)).all()
    taken = [row.login for row in found if theirs.get(row.login, row.id) != row.id]
    if taken:
        raise Refused(
            "ログイン名「{names}」を別の人が使っています。どちらかの名前を変えてください。",
            names="」「".join(sorted(taken)),
        )


def _python_type(kind: Any) -> type:
    if isinstance(kind, Encrypted):
        return kind.python_type
    found: type = (kind.impl_instance if isinstance(kind, TypeDecorator) else kind).python_type
    return found


def _rows_of(zipped: zipfile.ZipFile, model: type[Any]) -> Iterator[dict[str, Any]]:
    readers = {
        key: reader
        for key, column in sa.inspect(model).columns.items()
        if (reader := _READERS.get(_python_type(column.type))) is not None
    }
    lines: IO[bytes]
    with zipped.open(f"{model.__tablename__}.jsonl") as lines:
        for line in lines:
            row = json.loads(line)
            for key, reader in readers.items():
                if row[key] is not None:
                    row[key] = reader(row[key])
            yield row


def _load(deployment: Deployment, path: Path, archive: Archive, actor: str, tell: Tell) -> None:
    """Take the rows in, read them again, and commit only if every table is as it was."""
    code = archive.municipality_code
    models = [model for model in _models() if model.__tablename__ in archive.tables]
    with zipfile.ZipFile(path) as zipped, deployment.unscoped("控えの取り込み", actor) as session:
        session.flush()
        known: dict[type[Base], set[UUID]] = {
            model: set(session.scalars(sa.select(model.id))) for model in _KEPT
        }
        for done, model in enumerate(models):
            tell(_title(model), done, len(models))
            rows = _rows_of(zipped, model)
            new = (row for row in rows if row.get("id") not in known.get(model, ()))
            for page in _pages(new):
                _insist_on_keys(deployment, path, model, page)
                session.execute(sa.insert(model), page)
                _keep_versions(session, model, page)
        for model in models:
            seen = archive.tables[model.__tablename__]
            if model not in _KEPT and _digest(_lines(session, model, code)) != seen:
                raise InvalidInput([_broken(path, model.__tablename__)])


def _keep_versions(session: ScopedSession, model: type[Any], page: list[dict[str, Any]]) -> None:
    """Give rows the version that they had: SQLAlchemy counts inserted ones from 1."""
    if not issubclass(model, Versioned):
        return
    versions: dict[int, list[UUID]] = {}
    for row in page:
        versions.setdefault(row["version"], []).append(row["id"])
    versions.pop(1, None)
    identifier = getattr(model, "id")  # noqa: B009 - the mixin that counts has none of its own
    for version, ids in versions.items():
        own = sa.update(model).where(identifier.in_(ids))
        session.execute(own.values(version=version).execution_options(synchronize_session=False))


def _insist_on_keys(
    deployment: Deployment, path: Path, model: type[Base], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Refuse values that would never open here; they stay sealed as they are."""
    census = Census()
    for row in rows:
        census.add(deployment.keyring, model, row)
    if missing := sorted(set(census.by_key) - set(deployment.keyring.names)):
        text = (
            "暗号化の鍵「{names}」がこの導入環境にありません。"
            "書き出した側の鍵を、encryption.keys の2番目以降に足してください。"
        )
        params = {"names": "」「".join(missing)}
        raise InvalidInput([Problem("no_key", text, path.name, params=params)])
    if census.unreadable:
        text = (
            "暗号化された値が開きません。同じ名前で別の鍵が設定されていないか、確かめてください。"
            "鍵を設定していない導入環境の控えなら、security.secret_key も同じにしてください。"
        )
        raise InvalidInput([Problem("wrong_key", text, path.name, column=model.__tablename__)])


def _pages(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    page: list[dict[str, Any]] = []
    for row in rows:
        page.append(row)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page
