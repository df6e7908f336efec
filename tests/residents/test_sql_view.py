import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from govkit.residents.adapters.column_map import read_column_map
from govkit.residents.adapters.sql_narrowing import _near_or_cut
from govkit.residents.adapters.sql_session import read_only
from govkit.residents.adapters.sql_view import SqlView, UnreadableView
from govkit.residents.agreement import agreement
from govkit.residents.keys import keyed_name, loose_key, resident_keys
from govkit.residents.matching import NameMatch, ResidentQuery
from govkit.residents.records import Address, PersonId
from govkit.residents.source import SourceUnavailable, time_limit
from govkit.testing.resident_source import (
    CITY,
    Fault,
    ResidentSourceConformance,
    invented_residents,
    rule_people,
)
from tests.residents.extracts import as_row
from tests.residents.foreign_view import MAP, TABLE, as_theirs, columns, fill


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory):
    engine = sa.create_engine(f"sqlite:///{tmp_path_factory.mktemp('view')}/register.sqlite3")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = MEMORY")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def postgres(postgres_server):
    url = make_url(postgres_server).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE govkit_foreign_view")
    engine = sa.create_engine(url.set(database="govkit_foreign_view"))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE govkit_foreign_view WITH (FORCE)")
    admin.dispose()


class ForeignView(ResidentSourceConformance):
    faults = frozenset(
        {
            Fault.UNREACHABLE,
            Fault.SLOW,
            Fault.MALFORMED,
            Fault.SHUFFLED_COLUMNS,
            Fault.MISSING_COLUMN,
            Fault.DUPLICATE_LATEST,
        }
    )

    def make_source(self, residents):
        fill(self.engine, residents)
        return SqlView(self.engine, columns(), municipality_code=CITY)

    def make_faulty_source(self, residents, fault):
        rows = []
        if fault is Fault.DUPLICATE_LATEST:
            rows = [as_theirs(as_row(residents[0]) | {"氏名": "別人"})]
        if fault is Fault.MALFORMED:
            odd = as_row(residents[0]) | {"宛名番号": "000000000000999", "生年月日": "2020-13-45"}
            rows = [as_theirs(odd | {"世帯番号": residents[-1].household.household_number})]
        fill(self.engine, residents, rows=rows)
        mapped = MAP
        if fault is Fault.MISSING_COLUMN:
            mapped = mapped.replace("V_ADDRESSEE_NUMBER", "V_NUMBER")
        engine = self.engine
        if fault is Fault.UNREACHABLE:
            engine = self.unreachable
        source = SqlView(engine, read_column_map(mapped), municipality_code=CITY)
        return Slow(source) if fault is Fault.SLOW else source


class Slow(SqlView):
    """A view that has to wait for every row of it."""

    def __init__(self, source):
        self.__dict__ |= source.__dict__

    def _rows(self, condition):
        for row in super()._rows(condition):
            time.sleep(0.02)
            yield row


class TestSqlViewOnSqlite(ForeignView):
    @pytest.fixture(autouse=True)
    def _engine(self, sqlite):
        self.engine = sqlite
        self.unreachable = "sqlite:////nowhere/at/all.sqlite3"


class TestSqlViewOnPostgres(ForeignView):
    @pytest.fixture(autouse=True)
    def _engine(self, postgres):
        self.engine = postgres
        self.unreachable = "postgresql://nobody@/none?host=/nowhere"


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request):
    return request.getfixturevalue(request.param)


def view(engine, residents=None, *, rows=(), mapped=MAP, **options):
    fill(engine, invented_residents() if residents is None else residents, rows=rows)
    return SqlView(engine, read_column_map(mapped), municipality_code=CITY, **options)


def numbers(found):
    return [int(one.id.addressee_number) for one in found]


def named(*names):
    """One resident for each official name; nothing else of the name is known."""
    one = invented_residents()[0]
    return [
        replace(
            one,
            id=PersonId(CITY, f"{number:015d}"),
            name=type(one.name)(full=name),
            address=Address(CITY, postcode="1900013"),
        )
        for number, name in enumerate(names)
    ]


def statements(engine, ask):
    """What the database was sent, with its parameters."""
    seen = []

    def listen(connection, cursor, statement, parameters, context, executemany):
        seen.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        ask()
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    return seen


ATTACKS = (
    "'; DROP TABLE v_jumin; --",
    '" OR "1"="1',
    "x' OR '1'='1",
    "%",
    "_",
    "*",
    ".*",
    "[",
    "(?i)a",
    "***=x",
    "\\",
    "\\\\'",
    "\x00",
    "\ud800",
    "🏠",
    "%(number)s :number ?",
)


@pytest.mark.requirement("ASVS-1.2.4")
def test_whatever_is_typed_is_a_text_to_look_for(engine):
    source = view(engine)
    everybody = {*range(1, 11)}
    for attack in ATTACKS:
        for name_match in NameMatch:
            query = ResidentQuery(name=attack, kana=attack, sex="2", name_match=name_match)
            assert set(numbers(source.search(query, 50))) <= everybody
        for field in ("addressee_number", "household_number", "machiaza_id"):
            query = ResidentQuery(**{field: attack}, birth_from=date(1900, 1, 1))
            assert source.search(query, 50) == []
        assert source.get_many([PersonId(CITY, attack)]) == {}
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(TABLE)) >= 10


@pytest.mark.requirement("ASVS-1.2.4")
def test_names_of_columns_are_quoted(engine):
    odd = 'v"; DROP TABLE v_jumin; --'
    source = view(engine, mapped=MAP.replace('"V_FULL"', f"'{odd}'"))
    with pytest.raises(UnreadableView) as caught:
        source.get_many([PersonId(CITY, "1")])
    assert [one.column for one in caught.value.problems] == [odd]


@pytest.mark.requirement("ASVS-1.3.3")
def test_wildcards_are_letters(engine):
    source = view(engine, named("100%", "1000", "a_b", "acb", "星*", "星空"))
    found = [
        numbers(source.search(ResidentQuery(name=text, name_match=NameMatch.PART), 50))
        for text in ("0%", "a_b", "星*", "[a-z]")
    ]
    assert found == [[0], [2], [4], []]


@pytest.mark.parametrize(
    ("typed", "registered"),
    [
        ("高橋 一朗", "髙橋　一朗"),
        ("山崎", "山﨑　花"),
        ("かとう", "ｶﾄｳ ﾊﾅ"),
        ("バン", "ヴァン・ダイク"),
        ("オオノ", "オーノ　ハナ"),
        ("ＶＡＮ", "van an"),
        ("佐々木", "佐佐木　花"),
        ("ハナ〜コ", "ハナ～コ"),
        ("①太", "①太"),
        ("㈱山田", "㈱山田"),
        ("辺見", "邉\U000e0101見"),
        ("吉田", "𠮷田"),
    ],
)
def test_names_are_found_however_a_system_writes_them(engine, typed, registered):
    source = view(engine, named("どこの誰", registered))
    for name_match in NameMatch:
        assert numbers(source.search(ResidentQuery(name=typed, name_match=name_match), 5)) == [1]


@pytest.mark.parametrize("written", ["1900013", "190-0013", "１９０－００１３", "〒190 0013"])
def test_postcodes_are_found_however_they_are_written(engine, written):
    people = [replace(one, address=Address(CITY, postcode=written)) for one in named("花", "葉")]
    source = view(engine, people)
    assert numbers(source.search(ResidentQuery(postcode="190-0013"), 5)) == [0, 1]
    assert numbers(source.search(ResidentQuery(postcode="190-0014"), 5)) == []


def test_the_database_narrows_before_anything_is_read(engine):
    source = view(engine)
    source.health()
    query = ResidentQuery(
        name="渡辺 葵", birth_from=date(2020, 4, 1), birth_to=date(2020, 4, 1), sex="2"
    )
    [(statement, parameters)] = [
        each for each in statements(engine, lambda: source.search(query, 5)) if "FROM" in each[0]
    ]
    for column in ("V_FULL", "V_BIRTH", "V_SEX", "V_MUNICIPALITY_CODE"):
        assert f'"{column}"' in statement.partition("WHERE")[2]
    assert "KOJIN_BANGO" not in statement
    told = list(parameters.values() if isinstance(parameters, dict) else parameters)
    assert {"20200331", "20200402", CITY} <= {*map(str, told)}
    assert "渡" not in statement


def test_an_earlier_name_and_a_present_place_are_of_one_person(engine):
    married = next(one for one in rule_people() if one.history)
    source = view(engine, [married])
    earlier = married.history[0]
    query = ResidentQuery(name=earlier.name.full, postcode=married.address.postcode)
    assert numbers(source.search(query, 5)) == numbers([married])
    assert source.search(replace(query, history=False), 5) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"性別": "7"}, "map_unknown_code"),
        ({"生年月日": "2020-13-01"}, "fuzzy_date_no_such_day"),
        ({"生年月日": "8.4.1"}, "map_date_format"),
        ({"生年月日": ""}, "fuzzy_date_blank"),
        ({"生年月日": "2020-00-00"}, "fuzzy_date_unknown_part_without_flag"),
        ({"住民状態": "8"}, "unknown_code"),
        ({"氏名": "x" * 301}, "text_too_long"),
        ({"氏名": "a\x1fb"}, "control_character"),
        ({"宛名番号": "1" * 16}, "number_format"),
    ],
)
def test_a_row_that_cannot_be_read_is_never_left_out(engine, changes, code):
    row = as_row(invented_residents()[0]) | {"宛名番号": "77"} | changes
    theirs = as_theirs(row)
    if "7" in changes.get("性別", ""):
        theirs["V_SEX"] = "7"
    source = view(engine, rows=[theirs])
    asked = [
        lambda: list(source.born_between(date(2020, 4, 1), date(2020, 4, 1))),
        lambda: source.household(invented_residents()[0].household),
        lambda: source.search(ResidentQuery(postcode="190-0023"), 50),
    ]
    for ask in asked:
        with pytest.raises(UnreadableView) as caught:
            ask()
        assert code in {one.code for one in caught.value.problems}
        assert "77" not in str(caught.value)
    [problem] = source.check()
    assert (problem.code, problem.file) == (code, "v_jumin")
    assert problem.sheet.startswith("宛名番号 ")
    # Nobody else has to suffer for it.
    others = [one.id for one in invented_residents()]
    assert len(source.get_many(others)) == len(others)


def test_protection_has_to_be_told_in_a_way_that_is_understood(engine):
    row = as_theirs(as_row(invented_residents()[0]) | {"宛名番号": "77"}) | {"V_DV": "2"}
    source = view(engine, rows=[row])
    assert [one.column for one in source.check()] == ["V_DV"]


def test_rows_of_another_municipality_do_not_exist(engine):
    row = as_row(invented_residents()[0]) | {"市区町村コード": "132071", "宛名番号": "77"}
    source = view(engine, rows=[as_theirs(row)])
    assert source.check() == ()
    assert source.get_many([PersonId("132071", "77"), PersonId(CITY, "77")]) == {}


def test_nothing_can_be_written(engine):
    source = view(engine)
    with pytest.raises(SourceUnavailable), read_only(engine) as connection:
        connection.execute(TABLE.delete())
    assert len(source.search(ResidentQuery(birth_from=date(1900, 1, 1)), 50)) > 5
    fill(engine, [])  # whoever else uses the engine may write again


def test_error_tells_nothing_of_the_question(engine):
    source = view(engine)
    with engine.begin() as connection:
        TABLE.drop(connection)
    with pytest.raises(SourceUnavailable) as caught:
        source.search(ResidentQuery(name="秘密の氏名"), 5)
    told = f"{caught.value!r} {caught.value} {caught.value.__cause__}"
    assert "秘密" not in told
    assert caught.value.__suppress_context__


def test_a_search_that_takes_too_long_is_an_outage(engine):
    source = view(engine, named(*(f"x{'あい' * 80}{number}" for number in range(400))))
    source.health()
    query = ResidentQuery(name="あ い う え お か", name_match=NameMatch.PART)
    started = time.monotonic()
    with pytest.raises(SourceUnavailable), time_limit(0.005):
        [source.search(query, 5) for _ in range(1000)]
    assert time.monotonic() - started < 2
    assert source.search(ResidentQuery(name="いない"), 5) == []


def test_a_slow_statement_is_ended_by_the_server(postgres):
    started = time.monotonic()
    with pytest.raises(SourceUnavailable), time_limit(0.05), read_only(postgres) as connection:
        connection.execute(sa.select(sa.func.pg_sleep(5)))
    assert time.monotonic() - started < 2


def test_a_dropped_connection_is_an_outage_and_the_next_question_connects_again(postgres):
    fill(postgres, invented_residents())
    url = postgres.url.update_query_dict({"application_name": "dropped"})
    source = SqlView(url, columns(), municipality_code=CITY)
    ids = [one.id for one in invented_residents()]
    assert len(source.get_many(ids)) == len(ids)

    people = source.born_between(date(1900, 1, 1), date(2100, 1, 1))
    source._engine.dispose()
    with postgres.connect() as other:
        rest = "application_name = 'dropped'"
        kill = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {rest}"
        next(people)
        other.exec_driver_sql(kill)
    try:
        found = list(people)  # the rows may have come before the end
    except SourceUnavailable:
        found = None
    assert found is None or len(found) == len(ids) - 1
    assert source.health().is_up
    assert len(source.get_many(ids)) == len(ids)
    source._engine.dispose()


def test_a_database_that_does_not_answer_is_down():
    source = SqlView("postgresql://nobody@/none?host=/nowhere", columns(), municipality_code=CITY)
    health = source.health()
    assert not health.is_up
    assert health.note == "SourceUnavailable"


def test_numbers_and_dates_of_other_types_are_read_and_searched(engine):
    other = sa.Table(
        f"typed_{engine.dialect.name}",
        sa.MetaData(),
        sa.Column("NO", sa.Integer),
        sa.Column("HOME", sa.Numeric(15, 0) if engine.dialect.name == "postgresql" else sa.Integer),
        sa.Column("BORN", sa.Date),
        sa.Column("DV", sa.Boolean),
    )
    mapped = f"""
        table = "{other.name}"
        [columns]
        "市区町村コード" = {{ value = "{CITY}" }}
        "宛名番号" = {{ column = "NO", digits = 15 }}
        "世帯番号" = {{ column = "HOME", digits = 15 }}
        "生年月日" = "BORN"
        "支援措置" = "DV"
    """
    rows = [
        {"NO": number, "HOME": 7, "BORN": date(2000, 1, number), "DV": number == 2}
        for number in (11, 2, 1)
    ]
    with engine.begin() as connection:
        other.create(connection)
        connection.execute(other.insert(), rows)
    source = SqlView(engine, read_column_map(mapped), municipality_code=CITY)
    try:
        ids = [PersonId(CITY, f"{number:015d}") for number in (1, 2, 11)]
        assert list(source.get_many([*ids, PersonId(CITY, "1"), PersonId(CITY, "9" * 15)])) == ids
        born = ResidentQuery(birth_from=date(2000, 1, 2), birth_to=date(2000, 1, 11))
        assert numbers(source.search(born, 5)) == [2, 11]
        assert numbers(source.search(ResidentQuery(household_number=f"{7:015d}"), 5)) == [1, 2, 11]
        assert [one.is_protected for one in source.search(born, 5)] == [True, False]
    finally:
        other.drop(engine)


def test_a_column_of_our_own_keys_is_asked_instead_of_the_names(engine):
    people = named("山田　花", "渡邉　葵")
    keys = sa.Table(
        "keyed",
        sa.MetaData(),
        *(sa.Column(column.name, column.type) for column in TABLE.columns),
        sa.Column("KEYS", sa.Text),
    )
    rows = [
        as_theirs(as_row(one)) | {"KEYS": "\n".join(("", *resident_keys(one), ""))}
        for one in people
    ]
    with engine.begin() as connection:
        keys.create(connection)
        connection.execute(keys.insert(), rows)
    mapped = MAP.replace('"v_jumin"', '"keyed"') + '\n"検索キー" = "KEYS"'
    source = SqlView(engine, read_column_map(mapped), municipality_code=CITY)
    try:
        for name_match in NameMatch:
            query = ResidentQuery(name="渡辺 葵", name_match=name_match)
            assert numbers(source.search(query, 5)) == [1]
        seen = statements(engine, lambda: source.search(ResidentQuery(name="渡辺"), 5))
        assert all("V_FULL" not in statement.partition("WHERE")[2] for statement, _ in seen)
    finally:
        keys.drop(engine)


_NAMES = st.text("アイウエオ山", min_size=1, max_size=5)


def test_letters_that_melt_into_one_when_written_together_are_still_found(engine):
    """オ ウ is オ without its space, and is asked for as ウオ, the other way round."""
    source = view(engine, named("オ　ウ", "カ　キ"))
    query = ResidentQuery(name="ウオ", name_match=NameMatch.FUZZY)
    assert numbers(source.search(query, 5)) == [0]


@given(family=_NAMES, name=_NAMES, data=st.data())
def test_narrowing_of_a_fuzzy_search_leaves_nobody_out(family, name, data):
    form = f"{family} {name}"
    typed = data.draw(st.permutations([family, name]).map("".join))
    for _ in range(data.draw(st.integers(0, 2))):
        at, letter = data.draw(st.integers(0, len(typed))), data.draw(st.sampled_from("アイ山"))
        cut = data.draw(st.sampled_from([0, 1]))
        typed = f"{typed[:at]}{letter * data.draw(st.integers(0, 1))}{typed[at + cut :]}"
    if loose_key(typed) and agreement(typed, form, NameMatch.FUZZY) is not None:
        keyed = keyed_name(form, loose_key)
        keys = {*keyed.tails, *keyed.parts, *keyed.heads}
        pieces = _near_or_cut(keyed_name(typed, loose_key).whole)
        assert any(piece in key for piece in pieces for key in keys)


@contextmanager
def as_another_database(engine):
    """The engine under the name of a kind of database of which nothing is known."""
    name = engine.dialect.name
    engine.dialect.name = "other"
    try:
        yield
    finally:
        engine.dialect.name = name


def test_a_database_without_known_regular_expressions_is_read_row_by_row(sqlite):
    source = view(sqlite)
    queries = [
        ResidentQuery(name="渡辺"),
        ResidentQuery(kana="アオイ", birth_from=date(2020, 4, 1), birth_to=date(2020, 4, 1)),
        ResidentQuery(postcode="190-0023", sex="2"),
    ]
    expected = [source.search(query, 5) for query in queries]
    with as_another_database(sqlite):
        other = SqlView(sqlite, columns(), municipality_code=CITY)
        assert [other.search(query, 5) for query in queries] == expected
