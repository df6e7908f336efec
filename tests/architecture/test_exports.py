"""Files leave through one door: who else answers with a file says here why that one needs none (OUT-2)."""

import ast

import pytest

from tests.architecture.sources import Source, python_files

ALLOWED = {
    "govkit.base.web.hand_over": "the end of the door itself",
    "govkit.base.views.documents.document_file": (
        "one sheet of a class, printed where it is kept; recorded as document.printed with its people"
    ),
    "govkit.base.views.documents.issued_file": (
        "the document of one person, which the ledger names; recorded as document.printed"
    ),
    "govkit.modules.administration.views.permissions.download_permissions": "roles and rights, nobody's data",
    "govkit.modules.enrolment.views.schools.zones_file": "streets of the school zones, nobody's data",
}
"""Functions that answer with a file, and why without purpose, row count and second person."""


def _callers(source: Source) -> list[str]:
    return [
        f"{source.name}.{function.name}"
        for function in ast.walk(source.tree)
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("attachment")
    ]


@pytest.mark.requirement("OUT-2")
def test_files_leave_by_hand_out_but_for_a_few_with_a_reason() -> None:
    assert sorted(each for source in python_files() for each in _callers(source)) == sorted(ALLOWED)
