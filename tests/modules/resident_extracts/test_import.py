from datetime import date

import pytest
import sqlalchemy as sa

from govkit.base.identity import Actor
from govkit.errors import Conflict, InvalidInput, NotPermitted
from govkit.formats.tabular import Encoding
from govkit.modules.resident_extracts import (
    ExtractFile,
    ProtectedPerson,
    RefusedRow,
    ResidentExtract,
    ResidentRow,
    StoredResidents,
    import_extract,
    import_file,
    import_protection_list,
    import_steps,
    refused_rows,
    towns,
)
from govkit.residents.records import PersonId
from tests.modules.resident_extracts.files import (
    CITY,
    MY_NUMBER,
    extract_bytes,
    number,
    person,
    protection_bytes,
)

OCTOBER = date(2026, 10, 1)
NOVEMBER = date(2026, 11, 1)


def receive(work, path, as_of=OCTOBER, encoding=Encoding.UTF_8, **more):
    return import_extract(work, path, name=path.name, encoding=encoding, as_of=as_of, **more)


def counts(result):
    extract = result.extract
    return extract.new_count, extract.changed_count, extract.gone_count, extract.refused_count


def rows(work):
    found = work.session.scalars(sa.select(ResidentRow).order_by(ResidentRow.addressee_number))
    return {row.addressee_number: row for row in found}


def codes(refused):
    return [problem.code for problem in refused.value.problems]


def test_the_second_extract_brings_new_changed_and_gone(work, extract):
    first = receive(work, extract(person(1), person(2), person(3)))
    second = receive(
        work, extract(person(1), person(2, 氏名="山田　葵"), person(4), name="b.csv"), NOVEMBER
    )
    assert counts(first) == (3, 0, 0, 0)
    assert counts(second) == (1, 1, 1, 0)
    work.session.expire_all()
    assert rows(work)[number(3)].gone_on == NOVEMBER
    source = StoredResidents(work.session, CITY)
    people = source.get_many([PersonId(CITY, number(each)) for each in (1, 2, 3, 4)])
    assert sorted(each.addressee_number for each in people) == [number(1), number(2), number(4)]
    assert people[PersonId(CITY, number(2))].name.full == "山田　葵"


def test_who_comes_back_is_open_again(work, extract):
    receive(work, extract(person(1), person(2)))
    receive(work, extract(person(1), name="b.csv"))
    assert counts(receive(work, extract(person(1), person(2), name="c.csv"))) == (0, 1, 0, 0)
    work.session.expire_all()
    assert rows(work)[number(2)].gone_on is None


def test_the_same_file_again_changes_nothing_and_says_so(work, extract):
    path = extract(person(1), person(2))
    first = receive(work, path)
    again = receive(work, path)
    assert again.is_repeat
    assert again.extract.id == first.extract.id
    assert work.session.scalar(sa.select(sa.func.count(ResidentExtract.id))) == 1


def test_refused_rows_do_not_stop_the_good_ones_and_close_nobody(work, extract):
    receive(work, extract(person(1), person(2), person(3)))
    broken = extract(person(1), person(2, 生年月日="2021-02-30"), name="b.csv")
    result = receive(work, broken)
    assert counts(result) == (0, 0, 1, 1)
    (refused,) = refused_rows(work, result.extract)
    assert (refused.row_number, refused.column_name, refused.cell) == (3, "生年月日", "2021-02-30")
    assert "暦" in refused.text
    work.session.expire_all()
    assert rows(work)[number(2)].gone_on is None
    assert rows(work)[number(3)].gone_on == OCTOBER


def test_a_row_that_does_not_tell_whose_it_is_closes_nobody(work, extract):
    receive(work, extract(person(1), person(2), person(3)))
    spoilt = extract(person(1), person(2, 宛名番号="1.32E+14"), name="b.csv")
    result = receive(work, spoilt)
    assert counts(result) == (0, 0, 0, 1)
    assert not result.extract.closes_gone


def present(work):
    work.session.expire_all()
    return sum(row.gone_on is None for row in rows(work).values())


def people(first, last):
    return [person(serial) for serial in range(first, last + 1)]


def test_a_file_that_lacks_many_people_is_refused_before_anything_is_stored(work, extract):
    receive(work, extract(*people(1, 500)))
    cut_off = extract(person(1, 氏名="山田　葵"), *people(2, 449), person(501), name="b.csv")
    with pytest.raises(InvalidInput) as refused:
        receive(work, cut_off, NOVEMBER)
    assert codes(refused) == ["shrinks_much"]
    assert "500人のうち、51人" in str(refused.value)
    assert "途中で切れていないか" in str(refused.value)
    assert present(work) == len(rows(work)) == 500
    assert "葵" not in rows(work)[number(1)].content
    assert work.session.scalar(sa.select(sa.func.count(ResidentExtract.id))) == 1


def test_a_file_that_lacks_many_people_is_accepted_when_confirmed(work, extract):
    receive(work, extract(*people(1, 500)))
    few = extract(person(1), name="b.csv")
    result = import_file(
        work, ExtractFile(few, few.name, Encoding.UTF_8, NOVEMBER, allows_shrinking=True)
    )
    assert counts(result) == (0, 0, 499, 0)
    assert present(work) == 1
    # Those who are gone already are not counted again.
    assert counts(receive(work, extract(person(1), person(600), name="c.csv"), NOVEMBER))[2] == 0


@pytest.mark.parametrize(("before", "after"), [(500, 450), (60, 11)])
def test_a_tenth_or_fewer_than_fifty_people_may_always_be_gone(work, extract, before, after):
    receive(work, extract(*people(1, before)))
    assert counts(receive(work, extract(*people(1, after), name="b.csv")))[2] == before - after


def test_people_whose_rows_were_refused_do_not_count_as_gone(work, extract):
    receive(work, extract(*people(1, 100)))
    broken = [person(serial, 生年月日="2021-02-30") for serial in range(41, 101)]
    assert counts(receive(work, extract(*people(1, 40), *broken, name="b.csv"))) == (0, 0, 0, 60)


def test_an_older_extract_is_refused(work, extract):
    receive(work, extract(person(1)), NOVEMBER)
    with pytest.raises(InvalidInput) as refused:
        receive(work, extract(person(2), name="b.csv"), OCTOBER)
    assert codes(refused) == ["older_extract"]


def test_an_extract_of_tomorrow_is_refused(work, extract):
    with pytest.raises(InvalidInput) as refused:
        receive(work, extract(person(1)), date(2026, 11, 25))
    assert codes(refused) == ["as_of_in_future"]


def test_only_who_may_import_imports(work_for, extract):
    with pytest.raises(NotPermitted):
        receive(work_for(CITY, "homeroom_teacher"), extract(person(1)))


def test_progress_tells_what_is_done(work, extract):
    told = []
    receive(work, extract(person(1)), on_progress=told.append)
    assert [str(each.text) for each in told] == [
        "ファイルを読んで、全部の行を確かめています。",
        "前回の受入と比べています。",
        "登録する内容を用意しています。",
        "住民を登録しています。",
    ]
    assert [(each.done, each.total) for each in told[2:]] == [(1, 1), (1, 1)]


def test_towns_are_those_where_somebody_lives_who_is_not_protected(work, extract, tmp_path):
    def town(serial, machiaza_id, name, **more):
        return person(serial, 住所_町字コード=machiaza_id, 住所_町字=name, **more)

    rows_ = [
        town(1, "0002002", "柴崎町二丁目", 住所_市区町村コード=CITY),
        town(2, "0002002", "柴崎町二丁目"),
        town(3, "0009009", "高松町三丁目"),
        town(4, "9999999", "マスターにない町"),
        town(5, "0003003", "よその町", 住所_市区町村コード="132071"),
    ]
    receive(work, extract(*rows_))
    path = tmp_path / "支援措置.csv"
    path.write_bytes(protection_bytes(3))
    import_protection_list(work, path, name=path.name, encoding=Encoding.UTF_8)
    assert towns(work.session) == [("0002002", "柴崎町二丁目")]


def test_two_imports_at_once_cannot_both_happen(deployment, extract):
    city, actor = deployment.municipality(CITY), Actor.operator("試験")
    with deployment.work(city, actor) as late:
        people = [person(serial) for serial in range(1, 5002)]
        file = ExtractFile(extract(*people), "a.csv", Encoding.UTF_8, OCTOBER)
        steps = import_steps(late, file)
        for _ in range(3):
            next(steps)
        with deployment.work(city, actor) as early:
            receive(early, extract(person(6000), name="b.csv"))
        with pytest.raises(Conflict):
            list(steps)
    with deployment.work(city, actor) as work:
        assert list(rows(work)) == [number(6000)]


def test_preparing_an_import_holds_no_lock(deployment, extract):
    city, actor = deployment.municipality(CITY), Actor.operator("試験")
    people = [person(serial) for serial in range(1, 5002)]
    with deployment.work(city, actor) as importing:
        steps = import_steps(
            importing, ExtractFile(extract(*people), "a.csv", Encoding.UTF_8, OCTOBER)
        )
        assert str([next(steps) for _ in range(3)][-1].text) == "登録する内容を用意しています。"
        with deployment.work(city, actor) as other:
            other.record("other.act", "何か")
        list(steps)
    with deployment.work(city, actor) as work:
        assert len(rows(work)) == 5001


def test_progress_counts_people_in_large_files(work, extract):
    told = []
    people = [person(serial) for serial in range(1, 5101)]
    result = receive(work, extract(*people), on_progress=told.append)
    counted = [(each.done, each.total) for each in told if each.total]
    assert counted == [(5000, 5100), (5100, 5100)] * 2
    assert counts(result) == (5100, 0, 0, 0)


def shuffled(one):
    return dict(reversed(one.items()))


@pytest.mark.parametrize(
    "change",
    [
        {"氏名": "髙橋　葛󠄀𠮷﨑"},  # IVS and beyond the BMP
        {"生年月日": "1947-02-29"},  # legal in registers
        {"生年月日": "2018-00-00", "生年月日_不詳フラグ": "1", "生年月日_不詳表記": "年月日不詳"},
        {"知らない列": "値"},
    ],
)
def test_what_registers_really_hold_is_accepted(work, extract, change):
    one = person(1, **change)
    for encoding, rows_ in (("utf-8", [one]), ("utf-8-sig", [shuffled(one)])):
        result = receive(work, extract(*rows_, encoding=encoding))
        assert result.extract.refused_count == 0, refused_rows(work, result.extract)
    assert counts(result) == (0, 0, 0, 0)
    stored = StoredResidents(work.session, CITY).get_many([PersonId(CITY, number(1))])
    assert stored[PersonId(CITY, number(1))].name.full == one["氏名"]


def test_unknown_columns_are_told_but_stop_nothing(work, extract):
    result = receive(work, extract(person(1, 備考="")))
    assert [each["code"] for each in result.extract.notices] == ["unknown_column"]


def test_of_several_history_rows_the_latest_counts(work, extract):
    old = person(1, 個人履歴番号="1", 最新フラグ="0", 氏名="旧姓　花")
    new = person(1, 個人履歴番号="2", 最新フラグ="1", 氏名="新姓　花")
    result = receive(work, extract(new, old))
    assert (result.extract.rows_read, result.extract.people) == (2, 1)
    (row,) = rows(work).values()
    assert "新姓" in row.content


def whole_file_refusals():
    good = extract_bytes([person(1), person(2)])
    cp932 = extract_bytes([person(1), person(2)], encoding="cp932")
    headings = [each for each in person(1) if each != "生年月日"]
    return {
        "empty_file": b"",
        "excel_file": b"PK\x03\x04" + good,
        "wrong_encoding": cp932,
        "missing_column": extract_bytes([person(1)], headings=headings),
        "truncated_file": good[:-40],
        "forbidden_column": extract_bytes([person(1, 個人番号=MY_NUMBER)]),
        "nul_byte": good + b"\x00",
        "nobody_accepted": extract_bytes([person(1, 宛名番号="1.32E+14")]),
    }


@pytest.mark.parametrize("code", whole_file_refusals())
def test_a_file_refused_as_a_whole_leaves_no_trace(work, tmp_path, code):
    path = tmp_path / "住民票.csv"
    path.write_bytes(whole_file_refusals()[code])
    with pytest.raises(InvalidInput) as refused:
        receive(work, path)
    assert code in codes(refused)
    assert MY_NUMBER not in str(refused.value)
    for model in (ResidentExtract, RefusedRow, ResidentRow):
        assert work.session.scalar(sa.select(sa.func.count(model.id))) == 0


def test_cp932_is_read_when_chosen_and_never_guessed(work, extract):
    path = extract(person(1), encoding="cp932")
    assert receive(work, path, encoding=Encoding.CP932).extract.people == 1


def test_duplicate_numbers_are_refused_and_the_rest_is_accepted(work, extract):
    result = receive(work, extract(person(1), person(1), person(2)))
    assert counts(result) == (1, 0, 0, 2)
    assert {each.code for each in refused_rows(work, result.extract)} == {"duplicate_latest"}


def test_a_refused_value_that_looks_like_a_my_number_is_not_kept(work, extract):
    result = receive(work, extract(person(1), person(2, 生年月日=MY_NUMBER)))
    (refused,) = refused_rows(work, result.extract)
    assert refused.cell == ""


class TestProtection:
    def put(self, work, tmp_path, *serials):
        path = tmp_path / "支援措置.csv"
        path.write_bytes(protection_bytes(*serials))
        return import_protection_list(work, path, name=path.name, encoding=Encoding.UTF_8)

    def test_it_applies_at_once_and_survives_the_next_extract(self, work, extract, tmp_path):
        receive(work, extract(person(1), person(2)))
        result = self.put(work, tmp_path, 1, 7)
        assert (result.protected, result.added, result.lifted) == (2, 2, 0)
        assert counts(receive(work, extract(person(1), person(2), person(7), name="b.csv"))) == (
            1, 0, 0, 0,
        )  # fmt: skip
        work.session.expire_all()
        protected = [one for one, row in rows(work).items() if row.is_protected]
        assert protected == [number(1), number(7)]

    def test_who_is_no_longer_listed_is_lifted(self, work, extract, tmp_path):
        receive(work, extract(person(1), person(2)))
        self.put(work, tmp_path, 1, 2)
        result = self.put(work, tmp_path, 2)
        assert (result.added, result.lifted) == (0, 1)
        active = sa.select(ProtectedPerson.addressee_number).where(ProtectedPerson.is_active)
        assert work.session.scalars(active).all() == [number(2)]
        assert [one for one, row in rows(work).items() if row.is_protected] == [number(2)]
        assert self.put(work, tmp_path, 1, 2).added == 1

    def test_an_empty_list_does_not_lift_everybodys_protection(self, work, tmp_path):
        self.put(work, tmp_path, 1)
        with pytest.raises(InvalidInput) as refused:
            self.put(work, tmp_path)
        assert codes(refused) == ["empty_protection_list"]
