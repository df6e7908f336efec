"""The rules of rights on the page are those of the reviewed table and of the code."""

import ast
import re
import tomllib

import pytest

from govkit.modules.administration.roles import ROLE_FIELDS
from govkit.modules.schools.pupils import PUPIL_FIELDS
from tests.architecture.sources import ROOT, called_name, python_files
from tests.docs.test_limits import section

PAGE = "permissions.md"


@pytest.mark.requirement("ASVS-8.1.1")
def test_levels_and_first_roles_are_those_of_the_reviewed_table() -> None:
    matrix = tomllib.loads((ROOT / "tests/authorization/matrix.toml").read_text("utf-8"))
    rows = re.findall(r"\| \S+（`(\w+)`） \| [^|]+ \| ([^|]+) \|", section(PAGE, "権限の規則"))
    told = {role: level for level, roles in rows for role in re.findall(r"`(\w+)`", roles)}
    assert told == {role: rule["level"] for role, rule in matrix.items()}


@pytest.mark.requirement("ASVS-8.1.2")
def test_every_rule_of_fields_is_on_the_page() -> None:
    rows = re.findall(r"\| `(\w+)` \| (`[^|]+`) \| `([\w.]+)` \|", section(PAGE, "項目の規則"))
    told = {
        (table, permission): fields.replace("`", "").split() for table, fields, permission in rows
    }
    known = (ROLE_FIELDS, PUPIL_FIELDS)
    assert told == {
        (rules.model.__tablename__, permission): list(fields)
        for rules in known
        for permission, fields in rules.writes.items()
    }
    made = [
        call
        for source in python_files("govkit/modules", "govkit/base")
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call) and called_name(call) == "FieldRules"
    ]
    assert len(made) == len(known)
    assert not any(rules.reads for rules in known)


@pytest.mark.requirement("ASVS-8.1.2")
def test_rights_that_the_rules_of_fields_name_exist(deployment) -> None:
    named = set(
        re.findall(r"`((?:administration|schools|base)\.\w+)`", section(PAGE, "項目の規則"))
    )
    assert named <= {each.name for each in deployment.permissions}
    assert len(named) == 5


@pytest.fixture(scope="session")
def databases(sqlite_databases):
    """One kind is enough to have modules."""
    return sqlite_databases
