"""What can be done with announcements."""

from collections.abc import Sequence

import sqlalchemy as sa

from announcements.models import Announcement
from govkit.base.work import Work

__all__ = ["newest", "post"]


def newest(work: Work, limit: int = 20) -> Sequence[Announcement]:
    """The newest announcements of the municipality."""
    work.require("announcements.read")
    order = (Announcement.posted_on.desc(), Announcement.title)
    return work.session.scalars(sa.select(Announcement).order_by(*order).limit(limit)).all()


def post(work: Work, title: str, body: str) -> Announcement:
    """Put an announcement on the board."""
    work.require("announcements.post")
    announcement = Announcement(title=title, body=body, posted_on=work.today)
    work.session.add(announcement)
    work.record("announcements.posted", announcement)
    return announcement
