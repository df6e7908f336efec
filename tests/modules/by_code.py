"""A contributed module whose address names a row by a text, and one that does so carelessly."""

import sqlalchemy as sa

from govkit.base import web
from govkit.base.identity import Role
from govkit.base.module import Module, Permission
from govkit.base.work import Work
from govkit.errors import NotFound, NotPermitted

RIGHT = Permission("by_code.view", "見る")

careful_pages = web.Pages("by_code", __name__)
careless_pages = web.Pages("by_code_careless", __name__)
careful = Module(
    "by_code",
    "符号で開く",
    "tests.modules",
    blueprint="tests.modules.by_code:careful_pages",
    permissions=(RIGHT,),
)
careless = Module(
    "by_code_careless",
    "符号で開く",
    "tests.modules",
    blueprint="tests.modules.by_code:careless_pages",
)


@careful_pages.get("/<code>", permission=RIGHT.name)
def role(work: Work, code: str) -> str:
    """The role of a code."""
    if not work.session.scalar(sa.select(Role.id).where(Role.name == code)):
        raise NotFound("role")
    return "役割があります。"


@careless_pages.get("/<code>", permission=RIGHT.name)
def any_role(work: Work, code: str) -> str:
    """The role of a code; tells by its refusal that another city has one."""
    with web.deployment().unscoped("試験", "test") as session:
        cities = session.scalars(sa.select(Role.municipality_code).where(Role.name == code)).all()
    if not cities:
        raise NotFound("role")
    if work.municipality.code not in cities:
        raise NotPermitted(RIGHT.name)
    return "役割があります。"
