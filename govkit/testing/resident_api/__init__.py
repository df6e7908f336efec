"""A stand-in for the standard REST interfaces of resident data: it behaves as told, and fails as told.

For tests and for developers who have no test interface of a provider at hand. It answers over any
:class:`~govkit.residents.source.ResidentSource`, on this machine alone::

    api = ResidentApi({"001o006": MemorySource(people)}, municipality_code="132021")
    with serve(api) as url:
        client = RestClient(api.provider(url), api.calls)

``python -m govkit.testing.resident_api --residents extract.csv`` serves an extract. Where the
standard leaves calls and parameters open, it follows the same ``RestLayout`` as the adapter, so it
proves nothing about the names a real provider uses.
"""

from govkit.testing.resident_api.answers import ResidentApi
from govkit.testing.resident_api.faults import ApiFault
from govkit.testing.resident_api.server import serve
from govkit.testing.resident_api.tokens import TokenDesk

__all__ = ["ApiFault", "ResidentApi", "TokenDesk", "serve"]
