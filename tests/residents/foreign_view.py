"""A register as another vendor holds it: own names of columns, own codes, dates without dashes."""

import sqlalchemy as sa

from govkit.residents.adapters.column_map import read_column_map
from govkit.residents.adapters.extract_columns import COLUMNS, Cells
from tests.residents.extracts import as_rows

SEXES = {"0": "N", "1": "M", "2": "F"}
_PLAIN = {"生年月日"}
_HEADINGS = dict(zip((column.name for column in COLUMNS), Cells._fields, strict=True))


def their_name(heading):
    return "V_" + _HEADINGS[heading].upper()


MAP = "\n".join(
    [
        'table = "v_jumin"',
        "[columns]",
        *(
            f'"{heading}" = "{their_name(heading)}"'
            for heading in _HEADINGS
            if heading not in ("性別", "生年月日", "住民となった年月日_不詳フラグ")
        ),
        '"性別" = { column = "V_SEX", codes = { N = "0", M = "1", F = "2" } }',
        '"生年月日" = { column = "V_BIRTH", format = "YYYYMMDD" }',
        '"住民となった年月日_不詳フラグ" = { value = "0" }',
        '"支援措置" = { column = "V_DV", codes = { "9" = "1", "1" = "0" } }',
    ]
)

_METADATA = sa.MetaData()
TABLE = sa.Table(
    "v_jumin",
    _METADATA,
    sa.Column("V_DV", sa.String),
    *(sa.Column(their_name(heading), sa.String) for heading in _HEADINGS),
    sa.Column("KOJIN_BANGO", sa.String),
)


def columns():
    return read_column_map(MAP)


def as_theirs(row, *, protected=False):
    """A row of the standard extract as the other system holds it; blank cells are NULL."""
    found = {their_name(heading): text or None for heading, text in row.items()}
    found["V_SEX"] = SEXES.get(row["性別"])
    found["V_BIRTH"] = row["生年月日"].replace("-", "") or None
    return found | {"V_DV": "9" if protected else "1", "KOJIN_BANGO": "999999999999"}


def fill(engine, residents, *, rows=()):
    """Let the table hold these residents with their history, and further rows."""
    theirs = [
        as_theirs(row, protected=one.is_protected) for one in residents for row in as_rows(one)
    ]
    with engine.begin() as connection:
        _METADATA.create_all(connection)
        connection.execute(TABLE.delete())
        if theirs or rows:
            connection.execute(TABLE.insert(), [*theirs, *rows])
