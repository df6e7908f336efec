"""PostgreSQL made ready: the roles that keep municipalities apart (ロールの準備).

- *owner* owns the tables and runs the migrations;
- *app* serves requests: no owner, no superuser, bound by row-level security;
- ``<app>_unscoped`` is entered by *app* for recorded work across municipalities only.
"""

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, make_url

from govkit.base.tenancy import unscoped_role
from govkit.errors import Problem

__all__ = ["prepare_postgres", "role_problems"]

_NO_POWERS = "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


def prepare_postgres(superuser_url: str | URL, owner_url: str | URL, app_url: str | URL) -> None:
    """Create the two roles and the database that the URLs name; safe to repeat.

    :param superuser_url: Connection that may create roles and databases.
    :raises ValueError: When the URLs name different databases or unusual names.
    """
    owner, app = make_url(owner_url), make_url(app_url)
    database = owner.database or ""
    if database != app.database:
        raise ValueError("owner and app must use the same database")
    for name in (database, owner.username or "", app.username or ""):
        if not name or not _NAME_CHARACTERS.issuperset(name):
            raise ValueError(f"use lower-case letters, digits and underscores: {name!r}")
    admin = sa.create_engine(
        make_url(superuser_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    try:
        unscoped = unscoped_role(str(app.username))
        _create_role(admin, unscoped, "NOLOGIN")
        _create_role(admin, str(owner.username), "LOGIN", owner.password)
        # NOINHERIT: the wider role's policies apply only where it is entered on purpose.
        _create_role(admin, str(app.username), "LOGIN NOINHERIT", app.password)
        with admin.connect() as connection:
            connection.exec_driver_sql(f"REVOKE {unscoped} FROM {app.username}")
            connection.exec_driver_sql(f"GRANT {unscoped} TO {app.username}")
            exists = connection.exec_driver_sql(
                "SELECT 1 FROM pg_database WHERE datname = %s", (database,)
            ).scalar()
            if not exists:
                connection.exec_driver_sql(
                    f"CREATE DATABASE {database} OWNER {owner.username} "
                    "ENCODING 'UTF8' TEMPLATE template0"
                )
            connection.exec_driver_sql(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
            connection.exec_driver_sql(
                f"GRANT CONNECT ON DATABASE {database} TO {owner.username}, {app.username}"
            )
    finally:
        admin.dispose()


def _create_role(admin: Engine, name: str, attributes: str, password: str | None = None) -> None:
    with admin.connect() as connection:
        exists = connection.exec_driver_sql(
            "SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)
        ).scalar()
        act = "ALTER" if exists else "CREATE"
        connection.exec_driver_sql(f"{act} ROLE {name} {attributes} {_NO_POWERS}")
        if password:
            quoted = connection.exec_driver_sql("SELECT quote_literal(%s)", (password,)).scalar()
            connection.exec_driver_sql(f"ALTER ROLE {name} PASSWORD {quoted}")


_ROLE_QUERY = """
SELECT rolsuper, rolbypassrls,
       EXISTS (SELECT 1 FROM pg_class WHERE relkind = 'r' AND relname LIKE 'govkit%%'
               AND pg_has_role(current_user, relowner, 'MEMBER')) AS owns,
       EXISTS (SELECT 1 FROM pg_roles AS wider WHERE wider.rolname = current_user || '_unscoped'
               AND pg_has_role(current_user, wider.oid, 'USAGE')) AS inherits
FROM pg_roles WHERE rolname = current_user
"""


def role_problems(url: str | URL) -> list[Problem]:
    """Why the application's role would not be held back by row-level security (TEN-3)."""
    engine = sa.create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            row = connection.exec_driver_sql(_ROLE_QUERY).one()
    finally:
        engine.dispose()
    found = [
        (
            "superuser",
            row.rolsuper,
            "アプリのロールがスーパーユーザーです。行レベルの分離が働きません。",
        ),
        ("bypassrls", row.rolbypassrls, "アプリのロールに BYPASSRLS があります。外してください。"),
        (
            "owner",
            row.owns,
            "アプリのロールが表を所有しています。所有者は別のロールにしてください。",
        ),
        (
            "inherits",
            row.inherits,
            "アプリのロールが、団体をまたぐロールの権限を常に持っています。govkit database prepare をもう一度実行してください。",
        ),
    ]
    return [
        Problem(f"role_{code}", text, column="database.url") for code, wrong, text in found if wrong
    ]
