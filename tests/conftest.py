"""What all tests share: hypothesis without deadlines, and no network beyond this machine."""

import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("shared machine", deadline=None, max_examples=60)
hypothesis.settings.load_profile("shared machine")

_connect = socket.socket.connect
_LOCAL = ("127.0.0.1", "::1", "localhost")


def _connect_locally(self: socket.socket, address: Any) -> Any:
    if self.family != socket.AF_UNIX and address[0] not in _LOCAL:
        raise AssertionError(f"a test tried to reach {address[0]}")
    return _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    socket.socket.connect = _connect_locally  # type: ignore[method-assign]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]
