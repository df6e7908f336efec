"""The blueprint that the pages of the base share."""

from govkit.base import web

__all__ = ["pages"]

pages = web.Pages("govkit", "govkit.base", url_prefix="")
