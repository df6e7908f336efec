"""Asks for the letters of a year and makes them, and is killed with signal 9 at a given moment."""

from typing import Any

from govkit.base.documents import Rendered
from govkit.base.jobs import Progress, job
from govkit.base.work import Work
from govkit.modules.enrolment import make_school_notices, typeset_school_notices
from tests.base.jobs import worker_process

NAME = "tests.notices"


def typeset(work: Work, progress: Progress, *, year: int) -> Rendered | None:
    """Print them all, and tell when that begins."""
    worker_process.tell("typesetting")
    return typeset_school_notices(work, progress, year=year)


@job(NAME, permission="enrolment.notify", ahead=typeset)
def enter(work: Work, progress: Progress, *, year: int, made: Rendered | None) -> dict[str, Any]:
    """Enter them in the ledger, and tell when that begins and when only the commit is left."""
    worker_process.tell("entering")
    result = make_school_notices(work, progress, year=year, made=made)
    worker_process.tell("entered")
    return result


if __name__ == "__main__":
    worker_process.main()
