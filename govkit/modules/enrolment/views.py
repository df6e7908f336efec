"""All pages of enrolment: importing this adds the routes to the blueprint."""

from govkit.modules.enrolment import register_views, school_views
from govkit.modules.enrolment.pages import pages

__all__ = ["pages", "register_views", "school_views"]
