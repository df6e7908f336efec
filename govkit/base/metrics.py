"""Figures for monitoring (監視のための数値): requests of this process, jobs and tables of the deployment.

Given out at ``/health/metrics`` in the text format of Prometheus to whoever knows
``app.metrics_token``; without a token there is no such page. Needs the extra ``metrics``. No label
names a person, an address or a page's own path. With several processes, ``PROMETHEUS_MULTIPROC_DIR``
adds their figures up.
"""

import os
from collections import Counter
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client import Counter as Total
from prometheus_client.multiprocess import MultiProcessCollector

from govkit import __version__
from govkit.base.deployment import Deployment
from govkit.base.jobs import Job, JobState

__all__ = ["Metrics"]

_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts the requests of one application, and looks at the deployment when asked."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "govkit_request_seconds",
            "Time to answer",
            ("endpoint", "method", "status"),
            registry=self._registry,
            buckets=_BUCKETS,
        )

        self._refused = Total(
            "govkit_requests_refused", "Answered 503 past the limit", registry=self._registry
        )

    def note_refusal(self) -> None:
        """Count a request that load shedding refused."""
        self._refused.inc()

    def note(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count an answer."""
        known = method if method in ("GET", "HEAD", "POST") else "other"
        self._requests.labels(endpoint or "none", known, str(status)).observe(seconds)

    def text(self) -> bytes:
        """All figures, as text."""
        requests = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            requests = CollectorRegistry()
            MultiProcessCollector(requests)  # type: ignore[no-untyped-call]
        return generate_latest(requests) + generate_latest(self._look())

    def _look(self) -> CollectorRegistry:
        registry = CollectorRegistry()
        Gauge("govkit_info", "Version", ("version",), registry=registry).labels(__version__).set(1)
        pending = Gauge("govkit_pending_migrations", "Tables not up to date", registry=registry)
        pending.set(len(self._deployment.pending_migrations()))
        counts, oldest = self._jobs()
        jobs = Gauge("govkit_jobs", "Jobs by state", ("state",), registry=registry)
        for state in JobState:
            jobs.labels(state.value).set(counts[state.value])
        waiting = Gauge("govkit_oldest_waiting_job_seconds", "Longest wait", registry=registry)
        now = self._deployment.clock()
        waiting.set((now - oldest).total_seconds() if oldest else 0)
        return registry

    def _jobs(self) -> tuple[Counter[str], datetime | None]:
        counts: Counter[str] = Counter()
        waiting: list[datetime] = []
        ask = sa.select(Job.state, sa.func.count(), sa.func.min(Job.enqueued_at)).group_by(
            Job.state
        )
        for city in self._deployment.municipalities():
            with self._deployment.session(city.code, writes=False) as database:
                for state, count, oldest in database.execute(ask):
                    counts[state] += count
                    waiting += [oldest] * (state == JobState.QUEUED)
        return counts, min(waiting, default=None)
