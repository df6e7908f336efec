"""A stand-in shared by the tests of REST sources, and a clock that needs no waiting."""

import time
from contextlib import contextmanager

import pytest

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.adapters.rest import RestProtection, StandardRest
from govkit.residents.adapters.rest_client import RestClient
from govkit.residents.adapters.rest_settings import RestLayout
from govkit.testing.resident_api import ResidentApi, serve
from govkit.testing.resident_source import CITY

PEOPLE = RestLayout().people_call


class Clock:
    """Time passes only when somebody sleeps, or when a test says so."""

    def __init__(self):
        self.now = float(int(time.time()))
        self.slept = []

    def time(self):
        return self.now

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class RealClock(Clock):
    """Real time with pauses left out."""

    def time(self):
        return time.time()

    def monotonic(self):
        return time.monotonic()

    def sleep(self, seconds):
        self.slept.append(seconds)


class Stand:
    """The stand-in, its URL, and clients of it."""

    def __init__(self, api, url):
        self.api = api
        self.url = url
        self._clients = []

    def client(self, clock=None, *, calls=(), **changes):
        provider = self.api.provider(self.url, **changes)
        business = provider.business_id
        calls = calls or [call for call in self.api.calls if call.startswith(business)]
        client = RestClient(provider, calls, clock=clock or RealClock(), chance=lambda: 0.5)
        self._clients.append(client)
        return client

    def source(self, residents, client=None, layout=None):
        self.api.recover()
        self.api.sources[PEOPLE] = MemorySource(residents)
        client = client or self.client()
        protection = RestProtection(client, municipality_code=CITY)
        return StandardRest(client, municipality_code=CITY, protection=protection, layout=layout)

    def reset(self):
        self.api.recover()
        self.api.asked.clear()
        self.api.desk.token_seconds = 300
        while self._clients:
            self._clients.pop().close()


@contextmanager
def standing():
    api = ResidentApi({PEOPLE: MemorySource([])}, municipality_code=CITY)
    with serve(api) as url:
        yield Stand(api, url)


@pytest.fixture(scope="module")
def _stand():
    with standing() as stand:
        yield stand


@pytest.fixture
def stand(_stand):
    _stand.reset()
    yield _stand
    _stand.reset()
