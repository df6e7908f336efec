"""Jobs that only tests know."""

from typing import Any

from govkit.base.identity import Role
from govkit.base.jobs import Progress, job
from govkit.base.work import Work
from govkit.errors import Conflict, InvalidInput, Problem, Refused

PERMISSION = "base.manage_staff"


@job("tests.add_role", permission=PERMISSION)
def add_role(work: Work, progress: Progress, *, name: str) -> dict[str, Any]:
    progress(0, 1)
    work.session.add(Role(name=name, title="試験", permissions=[]))
    work.session.flush()
    progress(1, 1)
    return {"text": "{count}件を作りました。", "params": {"count": "1"}}


@job("tests.refused", permission=PERMISSION)
def refused(work: Work, progress: Progress) -> dict[str, Any]:
    work.session.add(Role(name="half", title="半分", permissions=[]))
    work.session.flush()
    raise Refused("この月は締まっています。")


@job("tests.invalid", permission=PERMISSION)
def invalid(work: Work, progress: Progress) -> dict[str, Any]:
    raise InvalidInput(
        [Problem("wrong", "{what}を直してください。", row=3, value="秘密", params={"what": "日付"})]
    )


@job("tests.broken", permission=PERMISSION)
def broken(work: Work, progress: Progress) -> dict[str, Any]:
    work.session.add(Role(name="half", title="半分", permissions=[]))
    work.session.flush()
    raise ZeroDivisionError("山田太郎")


class Outage(Exception):
    """Another system does not answer."""


@job("tests.outage", permission=PERMISSION, retry_on=(Outage,))
def outage(work: Work, progress: Progress) -> dict[str, Any]:
    raise Outage


@job("tests.file", permission=PERMISSION)
def file(work: Work, progress: Progress, *, fails: bool = False, people: int = 1) -> dict[str, Any]:
    progress.keep_file(work, ("名簿.csv", "text/csv"), iter([b"a,", b"b\n"]), people=people)
    if fails:
        raise Refused("できません。")
    return {"text": "できました。"}


def look_ahead(work: Work, progress: Progress, *, name: str) -> str:
    if work.session.writes:
        raise AssertionError("what is made ahead must lock nothing")
    progress(1, 1)
    return f"{name}_ahead"


@job("tests.ahead", permission=PERMISSION, ahead=look_ahead)
def ahead(work: Work, progress: Progress, *, name: str, made: str) -> dict[str, Any]:
    work.session.add(Role(name=made, title="試験", permissions=[]))
    if name == "stale":
        raise Conflict("Role")
    return {}
