"""Pages of schools, by subject; importing them all fills the blueprint."""

from govkit.modules.schools.views import (  # noqa: F401
    administration,
    classes,
    pupils,
    roster,
    staff,
    year,
)
from govkit.modules.schools.views.blueprint import pages

__all__ = ["pages"]
