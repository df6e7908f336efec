"""The blueprint that the pages of the administration share."""

from typing import Final

from govkit.base import web

__all__ = ["pages"]

pages: Final = web.Pages("administration", "govkit.modules.administration")
