"""The extra for Spark, installed into an environment of its own, links claims on a local session."""

import json
import os
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import json, sys
import splink
from govkit.residents.splink_columns import (
    COLUMNS, claim_rows, local_spark, resident_rows, splink_settings,
)
from govkit.residents.synthetic import Population
from govkit.residents.synthetic.claims import spoiled_claims
from splink.backends.duckdb import DuckDBAPI
from splink.backends.spark import SparkAPI

residents = [one for one in Population("132021", 150, seed=3).residents() if one.status == "1"]
absent = list(Population("132021", 20, seed=4).residents())
known = list(spoiled_claims(residents, absent, 80, seed=1))


def weights(api):
    tables = []
    for name, rows in (
        ("claims", claim_rows(each.claim for each in known)),
        ("residents", resident_rows(residents)),
    ):
        rows = list(rows)
        columns = {column: [row[column] for row in rows] for column in COLUMNS}
        tables.append(api.register(columns, table_name=name))
    linker = splink.Linker(tables, splink_settings(len(residents)), log_level=40)
    pairs = linker.inference.predict(threshold_match_weight=-4).as_record_list()
    return sorted(
        (pair["person_l"], pair["unique_id_r"], round(pair["match_weight"], 6)) for pair in pairs
    )


on_duckdb = weights(DuckDBAPI())
session = local_spark()
on_spark = weights(
    SparkAPI(
        spark_session=session, register_udfs_automatically=False, break_lineage_method="persist"
    )
)
session.stop()
truth = {
    each.claim.key: each.truth and f"{each.truth.municipality_code}-{each.truth.addressee_number}"
    for each in known
}
print(json.dumps({"duckdb": on_duckdb, "spark": on_spark, "truth": truth}))
"""


@pytest.fixture(scope="module")
def python(monkeypatch_module):
    """Python of an environment that holds the extra, kept for the next run."""
    monkeypatch_module.syspath_prepend(str(ROOT / "benchmarks"))
    from peers import site_packages

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    site = site_packages(project["optional-dependencies"]["spark"])
    return site.parents[2] / "bin" / "python"


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_spark_weighs_claims_as_duckdb_does_and_finds_the_right_people(python, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(python), "-c", PROGRAM]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    best = {}
    for claim, form, weight in found["spark"]:
        person = form.partition("/")[0]
        best[claim] = max(best.get(claim, (-99.0, "")), (weight, person))
    present = {claim: person for claim, person in found["truth"].items() if person}

    assert found["spark"] == found["duckdb"]
    assert sum(best.get(claim, ("", ""))[1] == person for claim, person in present.items()) > (
        0.9 * len(present)
    )
    wrong = [claim for claim, (weight, who) in best.items() if found["truth"][claim] != who]
    assert not [claim for claim in wrong if best[claim][0] >= 13]
