"""Pages of enrolment, by subject; importing them all fills the blueprint."""

from govkit.modules.enrolment.views import register, schools  # noqa: F401
from govkit.modules.enrolment.views.blueprint import pages

__all__ = ["pages"]
