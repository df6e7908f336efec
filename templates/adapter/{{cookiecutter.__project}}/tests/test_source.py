import json
import sqlite3
from contextlib import closing
from datetime import date
from uuid import uuid4

import pytest
from govkit.residents.codec import to_record
from govkit.residents.source import SourceUnavailable
from govkit.testing.resident_source import CITY, Fault, ResidentSourceConformance
from {{ cookiecutter.__package }} import {{ cookiecutter.__class }}


def write(path, residents):
    """What the other system keeps."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE person (number, household, born_first, born_last, record)")
        for one in residents:
            home = one.household.household_number if one.household else None
            born = (one.birth.earliest or date.min, one.birth.latest or date.max)
            record = json.dumps(to_record(one))
            row = (one.id.addressee_number, home, *map(str, born), record)
            database.execute("INSERT INTO person VALUES (?, ?, ?, ?, ?)", row)


class Test{{ cookiecutter.__class }}(ResidentSourceConformance):
    faults = frozenset({Fault.UNREACHABLE, Fault.TRUNCATED, Fault.MALFORMED})

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        self.folder = tmp_path

    def make_source(self, residents):
        self.path = self.folder / f"{uuid4().hex}.sqlite3"
        write(self.path, residents)
        return {{ cookiecutter.__class }}(self.path, CITY)

    def make_faulty_source(self, residents, fault):
        source = self.make_source(residents)
        match fault:
            case Fault.UNREACHABLE:
                self.path.unlink()
            case Fault.TRUNCATED:
                self.path.write_bytes(self.path.read_bytes()[:-4096])
            case Fault.MALFORMED:
                with closing(sqlite3.connect(self.path)) as database, database:
                    database.execute("UPDATE person SET record = '{}'")
        return source


def test_a_missing_file_is_an_outage_and_not_nobody(tmp_path):
    source = {{ cookiecutter.__class }}(tmp_path / "gone.sqlite3", CITY)
    with pytest.raises(SourceUnavailable):
        source.get_many([])
