"""Which accounts a municipality may look after for its staff (職員のアカウント).

An account is its owner's for life, in every municipality. Whoever could set the password or take the
factors of somebody who works elsewhere, too, could act there in their name; so that is left to the
operators of the deployment.
"""

from typing import Final
from uuid import UUID

from govkit.base.deployment import Deployment
from govkit.base.identity import Staff, find_actor, is_appointed_elsewhere
from govkit.base.work import Work
from govkit.errors import NotFound, Refused

__all__ = ["MANAGE", "find_own_staff"]

MANAGE: Final = "base.manage_staff"
"""Right to appoint staff, and to help them with their accounts."""


def find_own_staff(deployment: Deployment, work: Work, staff_id: UUID) -> Staff:
    """A member of staff whose account is this municipality's alone to look after.

    :raises NotFound: When they have moved on: another municipality looks after them.
    :raises Refused: When another one has or will have them as well, or it is the actor.
    """
    work.require(MANAGE)
    member = work.find(Staff, staff_id)
    if find_actor(work.session, member.account_id, work.today) is None:
        raise NotFound("Staff")
    if staff_id == work.actor.staff_id:
        raise Refused("自分のパスワードと2つ目の要素は、アカウントの画面で変えてください。")
    reason, code = "アカウントを管理できる団体を調べる", work.municipality.code
    with deployment.unscoped(reason, work.actor.audit_name) as session:
        is_elsewhere = is_appointed_elsewhere(session, member.account_id, code, work.today)
    if is_elsewhere:
        raise Refused(
            "ほかの団体にも配属がある人なので、この団体だけでは変えられません。"
            "システムの運用担当者に頼んでください。"
        )
    return member
