"""Pages of the administration, by subject; importing them all fills the blueprint (管理の画面)."""

from govkit.modules.administration.views import audit, breach, disclosure, permissions  # noqa: F401
from govkit.modules.administration.views.blueprint import pages

__all__ = ["pages"]
