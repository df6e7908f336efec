"""Pages of the base itself, by subject; importing them all fills the blueprint."""

from govkit.base.views import (  # noqa: F401
    account,
    documents,
    exports,
    factors,
    health,
    home,
    jobs,
    login,
    logins,
    notices,
    oidc,
    second_step,
    step_up,
)
from govkit.base.views.blueprint import pages

__all__ = ["pages"]
