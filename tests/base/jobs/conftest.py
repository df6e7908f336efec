import pytest
import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.base.identity import Account, find_actor
from govkit.base.work import JAPAN
from govkit.testing.plugin import appoint

CITY = "132021"


@pytest.fixture
def deployment(databases, clock, tmp_path):
    """A deployment that keeps the files of jobs in the test's own folder."""
    settings = databases.settings()
    jobs = settings.jobs.model_copy(update={"files": tmp_path / "files"})
    opened = Deployment(settings.model_copy(update={"jobs": jobs}), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def login(deployment):
    """Somebody who may do the jobs of the tests."""
    return appoint(deployment, CITY, "administrator")


@pytest.fixture
def actor(deployment, login):
    with deployment.system(writes=False) as session:
        account_id = session.scalars(sa.select(Account.id).where(Account.login == login)).one()
    with deployment.session(CITY, writes=False) as session:
        today = deployment.clock().astimezone(JAPAN).date()
        return find_actor(session, account_id, today)


@pytest.fixture
def as_actor(deployment, actor):
    """Opens units of work of the actor, or of an operator."""

    def make(who=None, *, writes=True):
        city = deployment.municipality(CITY)
        return deployment.work(city, who or actor, writes=writes)

    return make
