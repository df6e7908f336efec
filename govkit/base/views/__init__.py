"""Pages of the base itself, by subject; importing them all fills the blueprint."""

from govkit.base.views import account, health, home, jobs, login, notices, oidc  # noqa: F401
from govkit.base.views.blueprint import pages

__all__ = ["pages"]
