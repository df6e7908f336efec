"""Documents: preview, issue, issued copies, reissue; and the public page that verifies one (帳票)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from govkit import forms
from govkit.base import documents, web
from govkit.base.documents import DocumentIssue, DocumentsMissing
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext
from govkit.base.rate_limit import Limiter, Rate
from govkit.base.typesetting import DocumentKind, Unprintable
from govkit.base.views.blueprint import pages
from govkit.base.work import Work
from govkit.errors import NotFound, Refused
from govkit.jp.calendar import format_date

__all__: list[str] = []

_PDF: Final = "application/pdf"
_VERIFICATIONS: Final = Rate(30, timedelta(minutes=10))


class ReissueForm(forms.Form):
    """Why a document is issued again (再交付)."""

    reason = forms.TextField(
        lazy_gettext("再交付の理由"),
        [forms.Length(max=200)],
        required=True,
        support=lazy_gettext("例：紛失したとの申し出があったため"),
    )


@pages.get("/documents/<name>/<key>", permission=web.SIGNED_IN)
def document(work: Work, name: str, key: str) -> ResponseReturnValue:
    """The document as it would be printed, its copies, and the button to issue it."""
    kind = work.press.kind(name)
    problems: list[tuple[str, str]] = []
    refusal = ""
    count = 0
    try:
        count = len(documents.preview(work, name, key))
    except Unprintable as refused:
        refusal, problems = _(refused.text, **refused.params), _unprintable(refused)
    except DocumentsMissing as refused:
        refusal = _(refused.text, **refused.params)
        problems = [(label, "") for label in refused.labels]
    issues = documents.issues_of(work, name, key)
    return pages.render(
        "govkit/base/document.html",
        kind=kind,
        key=key,
        title=str(kind.title),
        pictures=[
            url_for("govkit.document_page", name=name, key=key, number=number)
            for number in range(1, count + 1)
        ],
        refusal=refusal,
        problems=problems,
        issues=_rows(issues),
    )


def _unprintable(refused: Unprintable) -> list[tuple[str, str]]:
    return [
        (label, "、".join(f"{each.text}（{each.code_points}）" for each in missing))
        for label, missing in refused.found
    ]


def _rows(issues: Sequence[DocumentIssue]) -> list[dict[str, Any]]:
    replaced = {each.replaces_id for each in issues}
    return [
        {
            "url": url_for("govkit.issued", issue_id=each.id),
            "number": each.number_text,
            "issued_on": format_date(each.issued_on),
            "issued_by": each.issued_by,
            "reason": each.reason,
            "is_replaced": each.id in replaced,
        }
        for each in issues
    ]


@pages.get("/documents/<name>/<key>/pages/<int:number>.png", permission=web.SIGNED_IN)
def document_page(work: Work, name: str, key: str, number: int) -> ResponseReturnValue:
    """One page of the preview, as a picture."""
    made = documents.preview(work, name, key)
    if not 1 <= number <= len(made):
        raise NotFound("page")
    return Response(made[number - 1], mimetype="image/png")


@pages.get("/documents/<name>/<key>/file", permission=web.SIGNED_IN)
def document_file(work: Work, name: str, key: str) -> ResponseReturnValue:
    """The PDF of a document that has no numbers, such as a register."""
    kind = work.press.kind(name)
    if kind.is_numbered:
        raise NotFound("file")
    body = documents.print_unnumbered(work, name, key)
    return web.attachment(body, f"{kind.title}.pdf", _PDF)


@pages.post("/documents/<name>/<key>", permission=web.SIGNED_IN)
def issue_document(work: Work, name: str, key: str) -> ResponseReturnValue:
    """Issue a document under the next number."""
    if not work.press.kind(name).is_numbered:
        raise NotFound("issue")
    try:
        [made] = documents.issue(work, name, [key]).issues
    except Refused as refused:
        work.discard()
        web.notify(_(refused.text, **refused.params), "error")
        return web.see_other("govkit.document", name=name, key=key)
    web.notify(
        _("{number}を交付簿に登録しました。PDFを印刷してください。", number=made.number_text)
    )
    return web.see_other("govkit.issued", issue_id=made.id)


@pages.get("/issued/<uuid:issue_id>", permission=web.SIGNED_IN)
def issued(work: Work, issue_id: UUID) -> ResponseReturnValue:
    """One issued copy: its entry in the ledger, its file, and its reissue."""
    found = documents.find_issue(work, issue_id)
    return _issued_page(work, found, ReissueForm(gettext=_))


def _issued_page(work: Work, found: DocumentIssue, form: ReissueForm) -> str:
    kind: DocumentKind = work.press.kind(found.kind)
    copies = documents.issues_of(work, found.kind, found.subject_key)
    later = next((each for each in copies if each.replaces_id == found.id), None)
    return pages.render(
        "govkit/base/issued.html",
        issue=found,
        title=str(kind.title),
        issued_on=format_date(found.issued_on),
        later=url_for("govkit.issued", issue_id=later.id) if later else "",
        is_same_edition=work.press.edition(kind, work.municipality.code) == found.edition,
        form=form,
    )


@pages.get("/issued/<uuid:issue_id>/file", permission=web.SIGNED_IN)
def issued_file(work: Work, issue_id: UUID) -> ResponseReturnValue:
    """The PDF of an issued copy."""
    found = documents.find_issue(work, issue_id)
    title = work.press.kind(found.kind).title
    body = documents.print_again(work, found)
    return web.attachment(body, f"{title}_{found.number_text}.pdf", _PDF)


@pages.post("/issued/<uuid:issue_id>/reissue", permission=web.SIGNED_IN)
def reissue_document(work: Work, issue_id: UUID) -> ResponseReturnValue:
    """Issue a copy that replaces this one."""
    found = documents.find_issue(work, issue_id)
    form = ReissueForm(request.form, gettext=_)
    if form.validate():
        try:
            [made] = documents.reissue(work, found, form.reason.data).issues
        except Refused as refused:
            form.add_error("reason", _(refused.text, **refused.params))
    if form.errors:
        return _issued_page(work, found, form), 400
    web.notify(_("再交付しました。前の文書は無効です。"))
    return web.see_other("govkit.issued", issue_id=made.id)


@pages.get("/verify", permission=web.PUBLIC)
def verify_form() -> ResponseReturnValue:
    """Ask for the code on a paper (真偽確認)."""
    code = request.args.get("code", "").strip()
    return _verification(code) if code else pages.render("govkit/base/verify.html", code="")


@pages.get("/verify/<code>", permission=web.PUBLIC)
def verify(code: str) -> ResponseReturnValue:
    """Whether a document with the code was issued; never to whom."""
    return _verification(code)


def _verification(code: str) -> ResponseReturnValue:
    deployment = web.deployment()
    Limiter(deployment).allow({f"verify:{request.remote_addr}": _VERIFICATIONS})
    found = documents.verify(lambda each: deployment.session(each, writes=False), code)
    shown = documents.normal_code(code)
    if found is None or found.kind not in deployment.press.kinds:
        return pages.render("govkit/base/verify.html", code=shown, found=None), 404
    return pages.render(
        "govkit/base/verify.html",
        code=shown,
        found=found,
        title=str(deployment.press.kinds[found.kind].title),
        city=deployment.municipality(found.municipality_code).name,
        issued_on=format_date(found.issued_on),
    )
