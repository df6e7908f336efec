"""ASVS 6.3.1, 2.4.1: tries are counted in the database, whoever counts at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from govkit.base.credentials import CountedTries
from govkit.base.rate_limit import Limiter, Rate
from govkit.errors import TooManyTries

pytestmark = pytest.mark.requirement("ASVS-6.3.1")
RATE = Rate(5, timedelta(minutes=1))


def _allowed(limiter: Limiter, key: str = "login:132021:a") -> bool:
    try:
        limiter.allow({key: RATE})
    except TooManyTries:
        return False
    return True


def test_no_more_than_the_rate_until_the_window_ends(deployment, clock) -> None:
    limiter = Limiter(deployment)
    assert [_allowed(limiter) for _ in range(7)] == [True] * 5 + [False] * 2
    clock.now += timedelta(seconds=20)
    with pytest.raises(TooManyTries) as refused:
        limiter.allow({"login:132021:a": RATE})
    assert refused.value.seconds == 40
    clock.now += timedelta(seconds=40)
    assert _allowed(limiter)


def test_other_keys_are_counted_apart(deployment) -> None:
    limiter = Limiter(deployment)
    for _ in range(6):
        _allowed(limiter)
    assert _allowed(limiter, "login:132071:a")


def test_what_turned_out_well_is_not_counted(deployment) -> None:
    limiter = Limiter(deployment)
    for _ in range(20):
        assert _allowed(limiter)
        limiter.forgive(["login:132021:a"])


@pytest.mark.requirement("ASVS-15.4.1")
def test_tries_at_the_same_moment_are_all_counted(deployment) -> None:
    limiter = Limiter(deployment)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _allowed(limiter), range(40)))
    assert sum(answers) == RATE.count


@pytest.mark.requirement("TEN-5")
def test_no_key_is_readable_in_the_database_and_old_ones_go(deployment, clock) -> None:
    limiter = Limiter(deployment)
    _allowed(limiter, "login:132021:hanako")
    with deployment.system(writes=False) as session:
        (row,) = session.scalars(sa.select(CountedTries))
    assert "hanako" not in row.key
    clock.now += timedelta(days=2)
    _allowed(limiter, "another")
    with deployment.system(writes=False) as session:
        assert [each.key for each in session.scalars(sa.select(CountedTries))] != [row.key]
