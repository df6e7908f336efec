"""Whose word on the address of a visitor is believed."""

import pytest
from flask import request

from govkit.base.app import create_app
from govkit.base.deployment import Deployment


def answered(deployment, proxies, headers):
    settings = deployment.settings
    changed = settings.model_copy(
        update={"app": settings.app.model_copy(update={"proxies": proxies})}
    )
    opened = Deployment(changed, clock=deployment.clock)
    try:
        app = create_app(deployment=opened)
        seen = []
        app.before_request(lambda: seen.append((request.remote_addr, request.scheme)))
        app.test_client().get("/health/live", headers=headers)
        return seen[0]
    finally:
        opened.close()


CLAIMED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}


@pytest.mark.requirement("ASVS-15.3.4", "ASVS-4.1.3")
@pytest.mark.parametrize(
    ("proxies", "expected"),
    [
        (0, ("127.0.0.1", "http")),
        (1, ("198.51.100.7", "https")),
        (2, ("203.0.113.9", "http")),
    ],
)
def test_only_so_many_servers_in_front_are_believed(deployment, proxies, expected):
    assert answered(deployment, proxies, CLAIMED) == expected
