import pytest

from tests.modules.resident_extracts.files import extract_bytes


@pytest.fixture
def extract(tmp_path):
    """Writes an extract of the given rows and gives its path."""

    def make(*rows, name="住民票.csv", **options):
        path = tmp_path / name
        path.write_bytes(extract_bytes(rows, **options))
        return path

    return make
