"""Connections to the database: one at a time for a request, and none that died while it rested."""

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from govkit.base import db
from govkit.base.municipality import MunicipalityRow

CITY = "132021"


def test_a_request_holds_one_connection_at_a_time(deployment, sign_in):
    """A pool that is empty for others would else let requests wait for each other for ever."""
    client = sign_in(CITY, "board_clerk")
    client.get("/schools/")
    held = []
    event.listen(
        deployment.engine,
        "checkout",
        lambda *_: held.append(deployment.engine.pool.checkedout()),
    )
    assert client.get("/schools/").status_code == 200
    page = client.post(
        "/schools/manage/new", data={"code": "B1", "name": "", "idempotency_key": "k"}
    )
    assert page.status_code == 400
    assert "お知らせ" in page.text
    assert len(held) > 5
    assert set(held) == {1}


def cities(deployment):
    with deployment.system(writes=False) as session:
        return session.scalar(sa.select(sa.func.count(MunicipalityRow.code)))


@pytest.mark.parametrize("databases", ["postgres"], indirect=True)
def test_a_connection_that_died_at_rest_is_replaced(deployment, postgres_server, monkeypatch):
    count = cities(deployment)
    admin = sa.create_engine(
        sa.make_url(postgres_server).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool
    )
    with admin.connect() as connection:
        name = deployment.engine.url.database
        connection.exec_driver_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
    monkeypatch.setattr(db, "_TRUSTED_SECONDS", -1.0)
    assert cities(deployment) == count
