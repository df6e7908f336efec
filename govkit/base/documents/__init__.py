"""Documents (帳票): prepared by modules, numbered, printed, entered in the issue ledger, verified.

A module declares each document as a :class:`~govkit.base.typesetting.DocumentKind`; everything else
is here: preview, issue, reissue, bulk, and the public page that verifies a copy.
"""

from govkit.base.documents.models import DocumentCounter, DocumentIssue
from govkit.base.documents.policy import DocumentsPolicy, KindPolicy, ReissueNumber

__all__ = ["DocumentCounter", "DocumentIssue", "DocumentsPolicy", "KindPolicy", "ReissueNumber"]
