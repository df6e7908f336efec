"""The table of permissions: to read, to print, to take out and to change (権限の表)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.base.identity import Role
from govkit.base.module import Permission
from govkit.base.work import Work
from govkit.errors import Conflict, Refused
from govkit.modules.administration.forms import NewRoleForm, RoleForm, with_permissions
from govkit.modules.administration.roles import (
    MANAGE,
    Matrix,
    RoleLine,
    add_role,
    change_role,
    find_role,
    permission_matrix,
    role_version,
    write_matrix,
)
from govkit.modules.administration.views.blueprint import pages

__all__: list[str] = []

_HELD: Final = "○"


@pages.get("/permissions", permission=MANAGE)
def permissions(work: Work) -> ResponseReturnValue:
    """Roles × permissions of the municipality, and who holds each role today."""
    matrix = permission_matrix(work, web.deployment().permissions)
    return pages.render(
        "administration/permissions.html",
        roles=[_role(line) for line in matrix.roles],
        groups=[
            {"title": title, "rows": [_row(matrix, each) for each in group]}
            for _name, title, group in _grouped(matrix.permissions)
        ],
        holders=[(line, holder) for line in matrix.roles for holder in line.holders],
        vacant=[_(line.title) for line in matrix.roles if not line.holders],
    )


def _role(line: RoleLine) -> dict[str, Any]:
    url = url_for("administration.role", role_id=line.id)
    return {"title": _(line.title), "url": url, "count": len(line.holders)}


def _row(matrix: Matrix, permission: Permission) -> dict[str, Any]:
    return {
        "title": str(permission.title),
        "name": permission.name,
        "is_sensitive": permission.very_sensitive,
        "held": [permission.name in line.permissions for line in matrix.roles],
    }


def _grouped(
    permissions: Sequence[Permission],
) -> Iterator[tuple[str, str, list[Permission]]]:
    """The permissions of each module, with its name and title."""
    titles = {module.name: str(module.title) for module in web.deployment().modules}
    for name, group in groupby(permissions, key=lambda each: each.name.partition(".")[0]):
        yield name, titles.get(name, _("共通")), list(group)


@pages.get("/permissions/download", permission=MANAGE)
def download_permissions(work: Work) -> ResponseReturnValue:
    """The table as CSV: a row for each permission, a column for each role."""
    matrix = permission_matrix(work, web.deployment().permissions)
    headings = [_("業務"), _("権限"), _("権限名"), *(_(line.title) for line in matrix.roles)]
    rows = [
        [title, each.name, str(each.title)]
        + [_HELD if each.name in line.permissions else "" for line in matrix.roles]
        for _name, title, group in _grouped(matrix.permissions)
        for each in group
    ]
    name = _("権限の表_{day}.csv", day=work.today.isoformat())
    return web.attachment(write_matrix(work, headings, rows), name, "text/csv; charset=utf-8")


@pages.get("/roles/<uuid:role_id>", permission=MANAGE)
def role(work: Work, role_id: UUID) -> ResponseReturnValue:
    """One role, to change what it may do."""
    found = find_role(work, role_id)
    return _role_page(found, _form(RoleForm, found))


@pages.post("/roles/<uuid:role_id>", permission=MANAGE)
def save_role(work: Work, role_id: UUID) -> ResponseReturnValue:
    """Change what a role may do; it holds from everybody's next request."""
    found = find_role(work, role_id)
    form = _form(RoleForm, found, sent=request.form)
    if not form.validate():
        return _role_page(found, form), 400
    known, before = web.deployment().permissions, _content(found)
    # Permissions of a module that is not active now are not on the page; they stay.
    unseen = set(found.permissions) - {each.name for each in known}
    chosen = [*_chosen(form), *unseen]
    try:
        change_role(work, found, form.title.data, chosen, seen=form.version.data or "", known=known)
    except Conflict:
        return _conflict_page(found, form), 409
    except Refused as refused:
        work.session.refresh(found)
        form.add_error("title", _(refused.text, **refused.params))
        return _role_page(found, form), 400
    same = before == _content(found)
    web.notify(
        _("変更はありませんでした。")
        if same
        else _("「{role}」を変えました。次の操作から、この権限になります。", role=_(found.title))
    )
    return web.see_other("administration.permissions")


def _content(found: Role) -> tuple[str, list[str]]:
    return found.title, sorted(found.permissions)


@pages.get("/roles/new", permission=MANAGE)
def new_role(work: Work) -> ResponseReturnValue:
    """The form of a new role."""
    return pages.render("administration/new_role.html", form=_form(NewRoleForm))


@pages.post("/roles/new", permission=MANAGE, endpoint="add_role")
def add(work: Work) -> ResponseReturnValue:
    """Add a role."""
    form = _form(NewRoleForm, sent=request.form)
    if form.validate():
        known = web.deployment().permissions
        try:
            made = add_role(work, form["name"].data, form.title.data, _chosen(form), known)
        except Refused as refused:
            form.add_error("name", _(refused.text, **refused.params))
        else:
            web.notify(_("役割「{role}」を加えました。", role=made.title))
            return web.see_other("administration.permissions")
    return pages.render("administration/new_role.html", form=form), 400


def _form(kind: type[Any], found: Role | None = None, sent: Any = None) -> Any:
    """The form with a group of boxes for each module, ticked as the role stands."""
    groups = [
        (name, title, [(each.name, str(each.title)) for each in group])
        for name, title, group in _grouped(web.deployment().permissions)
    ]
    data: dict[str, Any] = {}
    if found is not None:
        data = {f"permissions_{name}": _held(found, choices) for name, _title, choices in groups}
        data |= {"title": found.title, "version": role_version(found)}
    return with_permissions(kind, groups)(sent, gettext=_, data=data)


def _held(found: Role, choices: Sequence[tuple[str, str]]) -> list[str]:
    return [name for name, _title in choices if name in found.permissions]


def _chosen(form: Any) -> list[str]:
    fields = (field for field in form if field.name.startswith("permissions_"))
    return [name for field in fields for name in field.data or ()]


def _role_page(found: Role, form: Any, differences: Sequence[str] = ()) -> str:
    return pages.render(
        "administration/role.html",
        form=form,
        role_title=_(found.title),
        name=found.name,
        differences=differences,
        url=url_for("administration.save_role", role_id=found.id),
    )


def _conflict_page(found: Role, form: Any) -> str:
    """What was typed stays; beside it stands what somebody else has saved meanwhile."""
    titles = {each.name: str(each.title) for each in web.deployment().permissions}
    typed, saved = set(_chosen(form)), set(found.permissions) & set(titles)
    differences = [
        _("「{permission}」：保存されている内容では「あり」", permission=titles[each])
        for each in sorted(saved - typed)
    ] + [
        _("「{permission}」：保存されている内容では「なし」", permission=titles[each])
        for each in sorted(typed - saved)
    ]
    if found.title != form.title.data:
        differences.insert(0, _("役割名：保存されている内容では「{title}」", title=found.title))
    form.version.data = role_version(found)
    return _role_page(found, form, differences)
