"""Documents (帳票): prepared by modules, numbered, printed, entered in the issue ledger, verified.

A module declares each document as a :class:`~govkit.base.typesetting.DocumentKind`; everything else
is here: preview, issue, reissue, bulk, and the public page that verifies a copy.
"""

from govkit.base.documents.issuing import (
    AlreadyIssued,
    AlreadyReplaced,
    Bulk,
    DocumentsMissing,
    Draft,
    Issued,
    ReissueReasonMissing,
    Rendered,
    enter_bulk,
    find_issue,
    issue,
    issued_before,
    issues_of,
    prepare,
    preview,
    print_again,
    print_unnumbered,
    reissue,
    render_bulk,
)
from govkit.base.documents.models import DocumentCounter, DocumentIssue
from govkit.base.documents.policy import DocumentsPolicy, KindPolicy, ReissueNumber
from govkit.base.documents.samples import LayoutCheck, check_layouts, sample_pdf
from govkit.base.documents.verification import Verification, normal_code, verify

__all__ = [
    "AlreadyIssued",
    "AlreadyReplaced",
    "Bulk",
    "DocumentCounter",
    "DocumentIssue",
    "DocumentsMissing",
    "DocumentsPolicy",
    "Draft",
    "Issued",
    "KindPolicy",
    "LayoutCheck",
    "ReissueNumber",
    "ReissueReasonMissing",
    "Rendered",
    "Verification",
    "check_layouts",
    "enter_bulk",
    "find_issue",
    "issue",
    "issued_before",
    "issues_of",
    "normal_code",
    "prepare",
    "preview",
    "print_again",
    "print_unnumbered",
    "reissue",
    "render_bulk",
    "sample_pdf",
    "verify",
]
