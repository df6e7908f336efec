"""Pages of the lookup, by subject; importing them all fills the blueprint (住民照会の画面)."""

from govkit.modules.resident_lookup.views import oversight, purpose, search  # noqa: F401
from govkit.modules.resident_lookup.views.blueprint import pages

__all__ = ["pages"]
