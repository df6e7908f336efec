"""The table of permissions: what it shows, how it is changed, what it refuses."""

import pytest


def test_smoke(sign_in):
    client = sign_in("132021", "administrator")
    page = client.get("/administration/permissions")
    assert page.status_code == 200, page.text
    print(page.text)
