"""Where one is logged in, and ending that; for administrators the logins of their staff."""

from collections.abc import Sequence
from typing import Any, Final, cast
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from govkit import forms
from govkit.base import web
from govkit.base.factors import has_factor, reset_factors
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext
from govkit.base.identity import Account, Staff
from govkit.base.logins import OpenLogin, end_logins, open_logins
from govkit.base.notices import tell
from govkit.base.passwords import issue_password
from govkit.base.staff_accounts import MANAGE, find_own_staff
from govkit.base.views.blueprint import pages
from govkit.base.work import Work
from govkit.forms.validators import Length

__all__: list[str] = []

_FACTORS: Final = {
    "pwd": lazy_gettext("パスワード"),
    "otp": lazy_gettext("認証アプリ"),
    "pop": lazy_gettext("パスキー"),
    "recovery": lazy_gettext("回復コード"),
}

_ISSUED: Final = lazy_gettext(
    "システム管理者が、あなたの初期パスワードを発行しました。頼んだ覚えがなければ、"
    "所属のシステム管理者に確かめてください。"
)


class ReasonForm(forms.Form):
    """Why somebody's factors are reset, or their password is issued anew."""

    reason = forms.TextField(
        lazy_gettext("理由"),
        [Length(max=200)],
        required=True,
        support=lazy_gettext("本人であることをどう確かめたかも書いてください。記録に残ります。"),
    )


@pages.get("/account/logins", permission=web.SIGNED_IN, before_factor=True)
def logins(work: Work) -> ResponseReturnValue:
    """One's own logins (ログイン中の端末)."""
    found = open_logins(web.deployment(), cast(UUID, work.actor.account_id))
    names = {each.code: each.name for each in web.deployment().municipalities()}
    return pages.render("govkit/base/logins.html", logins=_lines(found, names))


def _lines(found: Sequence[OpenLogin], names: dict[str, str]) -> list[dict[str, Any]]:
    own = web.current_session().key_hash
    return [
        {
            "key": each.key_hash,
            "device": each.device or _("不明な端末"),
            "factors": "・".join(str(_FACTORS.get(name, name)) for name in each.amr),
            "municipality": names.get(each.municipality_code, ""),
            "began_at": each.began_at,
            "seen_at": each.seen_at,
            "is_current": each.key_hash == own,
        }
        for each in found
    ]


@pages.post("/account/logins", permission=web.SIGNED_IN, before_factor=True)
def end_own_logins(work: Work) -> ResponseReturnValue:
    """End one other login, or all others."""
    ended = end_logins(
        web.deployment(),
        cast(UUID, work.actor.account_id),
        only=request.form.get("key", ""),
        but=web.current_session().key_hash,
    )
    work.record("account.logins_ended", work.actor.staff_id, count=ended)
    web.notify(_("{count}台の端末でのログインを終わらせました。", count=ended))
    return web.see_other("govkit.logins")


@pages.get("/logins/<uuid:staff_id>", permission=MANAGE)
def staff_logins(work: Work, staff_id: UUID) -> ResponseReturnValue:
    """Logins of a member of staff to this municipality, and the reset of second factors."""
    return _staff_page(work, _staff(work, staff_id), ReasonForm(gettext=_))


def _staff(work: Work, staff_id: UUID) -> Staff:
    work.require(MANAGE)
    return work.find(Staff, staff_id)


def _staff_page(work: Work, member: Staff, form: ReasonForm) -> str:
    deployment = web.deployment()
    found = open_logins(deployment, member.account_id, municipality_code=work.municipality.code)
    with deployment.system(writes=False) as database:
        has_one = has_factor(database, member.account_id)
    names = {work.municipality.code: work.municipality.name}
    return pages.render(
        "govkit/base/staff_logins.html",
        name=member.name,
        staff_id=member.id,
        logins=_lines(found, names),
        has_factor=has_one,
        form=form,
    )


@pages.post("/logins/<uuid:staff_id>", permission=MANAGE)
def end_staff_logins(work: Work, staff_id: UUID) -> ResponseReturnValue:
    """End one login of a member of staff to this municipality, or all of them."""
    with web.open_work(writes=False) as reading:
        account_id = _staff(reading, staff_id).account_id
    ended = end_logins(
        web.deployment(),
        account_id,
        only=request.form.get("key", ""),
        but=web.current_session().key_hash,
        municipality_code=work.municipality.code,
    )
    work.record("staff.logins_ended", staff_id, count=ended)
    web.notify(_("{count}台の端末でのログインを終わらせました。", count=ended))
    return web.see_other("govkit.staff_logins", staff_id=staff_id)


@pages.post("/logins/<uuid:staff_id>/factors", permission=MANAGE, fresh=True)
def reset_staff_factors(work: Work, staff_id: UUID) -> ResponseReturnValue:
    """Take the second factors of a member of staff away, who lost them; ends their logins."""
    with web.open_work(writes=False) as reading:
        member = find_own_staff(web.deployment(), reading, staff_id)
        form = ReasonForm(request.form, gettext=_)
        if not form.validate():
            return _staff_page(reading, member, form), 400
        account_id = member.account_id
    with web.deployment().system() as database:
        reset_factors(database, account_id)
    end_logins(web.deployment(), account_id)
    work.record("staff.factors_reset", staff_id, reason=form.reason.data)
    web.notify(_("2つ目の要素を外しました。本人が次にログインしたときに、設定し直します。"))
    return web.see_other("govkit.staff_logins", staff_id=staff_id)


@pages.get("/logins/<uuid:staff_id>/password", permission=MANAGE)
def staff_password(work: Work, staff_id: UUID) -> ResponseReturnValue:
    """What will happen when an initial password is issued, and the question why."""
    return _password_page(_staff(work, staff_id), ReasonForm(gettext=_))


def _password_page(member: Staff, form: ReasonForm) -> str:
    days = web.deployment().settings.security.initial_password_days
    return pages.render(
        "govkit/base/staff_password.html",
        name=member.name,
        staff_id=member.id,
        days=days,
        form=form,
    )


@pages.post("/logins/<uuid:staff_id>/password", permission=MANAGE, fresh=True)
def issue_staff_password(work: Work, staff_id: UUID) -> ResponseReturnValue:
    """Issue an initial password for a member of staff who forgot theirs; ends their logins."""
    with web.open_work(writes=False) as reading:
        member = find_own_staff(web.deployment(), reading, staff_id)
        form = ReasonForm(request.form, gettext=_)
        if not form.validate():
            return _password_page(member, form), 400
        account_id, name = member.account_id, member.name
    deployment = web.deployment()
    password = issue_password(deployment, account_id)
    end_logins(deployment, account_id)
    work.record("staff.password_issued", staff_id, reason=form.reason.data)
    tell(work, staff_id, _ISSUED, kind="warning", path="/account")
    with deployment.system(writes=False) as database:
        login = database.get_one(Account, account_id).login
    page = pages.render(
        "govkit/base/password_issued.html",
        name=name,
        staff_id=staff_id,
        login=login,
        password=password,
    )
    return web.show_once(page)
