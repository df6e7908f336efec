"""How often something may be tried, counted in the database for all processes (回数制限).

Tries are counted in windows that begin with the first one. Each call is one transaction of its
own, so that a request that is rolled back has been counted all the same, and the database adds,
so that tries at the same moment are all counted. Only a hash of the key is stored.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from govkit.base.credentials import CountedTries
from govkit.base.deployment import Deployment
from govkit.base.tenancy import ScopedSession
from govkit.errors import TooManyTries

__all__ = ["Limiter", "Rate"]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many tries in so long a time."""

    count: int
    per: timedelta


class Limiter:
    """Counts tries by key. A key names what is tried, by whom or where, and the municipality."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment: Final = deployment

    def allow(self, tries: Mapping[str, Rate]) -> None:
        """Count one more try for each key.

        :raises TooManyTries: When there were more than the rate of a key; the error tells when
            its window ends.
        """
        now = self._deployment.clock()
        waits = []
        with self._deployment.system() as session:
            # Always in one order, so that two requests cannot wait for each other.
            for key, rate in sorted(tries.items()):
                count, until = self._count(session, key, rate)
                if count > rate.count:
                    waits.append(until - now)
        if waits:
            raise TooManyTries(max(1, math.ceil(max(waits).total_seconds())))

    def forgive(self, keys: Iterable[str]) -> None:
        """Take a try back that turned out well, so that only failures add up."""
        hashed = sorted(map(_hash, keys))
        with self._deployment.system() as session:
            for key in hashed:
                session.execute(
                    sa.update(CountedTries)
                    .where(CountedTries.key == key, CountedTries.count > 0)
                    .values(count=CountedTries.count - 1)
                )

    def _count(self, session: ScopedSession, key: str, rate: Rate) -> tuple[int, datetime]:
        now = self._deployment.clock()
        counted = _count_again(session, key, rate, now)
        if counted is None:
            _forget_old(session, now)
            first = CountedTries(key=_hash(key), count=1, until=now + rate.per)
            try:
                with session.begin_nested():
                    session.add(first)
            except IntegrityError:  # somebody else began to count meanwhile
                counted = _count_again(session, key, rate, now)
        return counted or (1, now + rate.per)


def _count_again(
    session: ScopedSession, key: str, rate: Rate, now: datetime
) -> tuple[int, datetime] | None:
    is_over, until = CountedTries.until <= now, now + rate.per
    row = session.execute(
        sa.update(CountedTries)
        .where(CountedTries.key == _hash(key))
        .values(
            count=sa.case((is_over, 1), else_=CountedTries.count + 1),
            until=sa.case((is_over, until), else_=CountedTries.until),
        )
        .returning(CountedTries.count, CountedTries.until)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return (row.count, row.until) if row else None  # type: ignore[return-value]


def _forget_old(session: ScopedSession, now: datetime) -> None:
    # Rows that another request is counting on are passed over, so that nobody waits for two.
    old = (
        sa.select(CountedTries.key)
        .where(CountedTries.until <= now)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        sa.delete(CountedTries)
        .where(CountedTries.key.in_(old))
        .execution_options(synchronize_session=False)
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
