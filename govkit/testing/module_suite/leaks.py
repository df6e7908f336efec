"""Tries the 41 ways to a row against a row of another municipality (TEN-1)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import make_transient, make_transient_to_detached

from govkit.base.deployment import Deployment
from govkit.errors import UnscopedAccess
from govkit.testing.module_suite.paths import PATHS, WRITES, Target
from govkit.testing.module_suite.rows import identity, links, make

__all__ = ["fill", "leaks"]

OWN, FOREIGN = "132021", "132071"


def fill(deployment: Deployment, classes: list[Any]) -> dict[Any, Any]:
    """A row of every class in both municipalities: keys of both, and a copy of the foreign one."""
    rows: dict[Any, Any] = {}
    with deployment.unscoped("試験の準備", "test") as session:
        for model in classes:
            own, foreign = make(session, model, OWN), make(session, model, FOREIGN)
            rows[model] = (identity(own), identity(foreign), _copy(foreign))
    return rows


def _copy(row: Any) -> dict[str, Any]:
    return {each.key: getattr(row, each.key) for each in sa.inspect(type(row)).column_attrs}


def _target(model: Any, rows: dict[Any, Any]) -> Target:
    own, foreign, values = rows[model]
    copy = model(**values)
    make_transient(copy)
    make_transient_to_detached(copy)
    for name, value in values.items():
        sa.orm.attributes.set_committed_value(copy, name, value)
    linked = links(model)
    plain = [
        name for name in values if name not in linked and name not in ("municipality_code", "id")
    ]
    # A row that could point at another one of its own table is made to point at the foreign one.
    pointed = tuple((name, values[name] or foreign[1]) for name in linked)
    return Target(model, own, foreign, copy, plain[0], pointed)


def _foreign_rows(deployment: Deployment, model: Any) -> list[tuple[Any, ...]]:
    with deployment.unscoped("試験の照合", "test") as session:
        columns = [getattr(model, each.key) for each in sa.inspect(model).column_attrs]
        statement = sa.select(*columns).where(model.municipality_code == FOREIGN)
        found = session.execute(statement.order_by(model.id)).all()
        return sorted(tuple(map(str, row)) for row in found)


def leaks(deployment: Deployment, rows: dict[Any, Any], model: Any) -> list[str]:
    """Names of the paths by which a foreign row was seen or changed."""
    found = []
    before = _foreign_rows(deployment, model)
    for name, path in PATHS.items():
        target = _target(model, rows)
        with deployment.session(OWN) as session:
            try:
                seen = set(path(session, target))
                session.commit()
            except (UnscopedAccess, SQLAlchemyError, KeyError):
                session.rollback()
                continue
        if seen - {OWN} or (name in WRITES and _foreign_rows(deployment, model) != before):
            found.append(name)
    return found
