"""Writes standard extracts for the tests of the reader."""

import csv
import io
from dataclasses import replace

from govkit.residents.adapters.extract_columns import COLUMNS, Cells

CITY = "132021"

PLAIN = {
    "市区町村コード": CITY,
    "宛名番号": "000000000000001",
    "個人履歴番号": "1",
    "個人履歴番号_枝番号": "0",
    "最新フラグ": "1",
    "削除フラグ": "0",
    "世帯番号": "000000000000011",
    "住民種別": "1",
    "住民状態": "1",
    "氏名": "山田　花",
    "氏_日本人": "山田",
    "名_日本人": "花",
    "氏名_フリガナ": "ヤマダ　ハナ",
    "性別": "2",
    "生年月日": "2020-04-01",
    "生年月日_不詳フラグ": "0",
    "住所_町字コード": "0001001",
    "住所_町字": "富士見町一丁目",
}


def row(**changes):
    return PLAIN | changes


def write(rows, *, headings=None, encoding="utf-8", newline="\r\n", quoting=csv.QUOTE_MINIMAL):
    """The rows as a stream of CSV; headings are those of the first row unless given."""
    headings = headings or list(rows[0])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=newline, quoting=quoting)
    writer.writerow(headings)
    writer.writerows([one.get(heading, "") for heading in headings] for one in rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def as_row(resident):
    """A resident as a row of the extract, by the reader's own headings."""
    name, address, birth = resident.name, resident.address, resident.birth
    cells = Cells(
        municipality_code=resident.id.municipality_code,
        addressee_number=resident.id.addressee_number,
        history="1",
        branch="0",
        is_latest="1",
        is_deleted="0",
        household_number=resident.household.household_number if resident.household else "",
        kind=resident.kind,
        status=resident.status,
        moved_on=resident.moved_on.isoformat() if resident.moved_on else "",
        moved_on_unknown="0",
        move_reason=resident.move_reason,
        full=name.full,
        family=name.family,
        given=name.given,
        roman=name.roman,
        kanji=name.kanji,
        kana_full=name.kana_full,
        kana_family=name.kana_family,
        kana_given=name.kana_given,
        roman_kana="",
        former_family=name.former_family,
        former_kana=name.former_kana,
        alias=name.alias,
        alias_kana=name.alias_kana,
        preference=name.preference,
        sex=resident.sex,
        birth=birth.written,
        birth_unknown=str(int(birth.unknown)),
        birth_phrase=birth.phrase,
        relationship=resident.relationship,
        head_name=resident.head_name,
        address_municipality_code=address.municipality_code,
        machiaza_id=address.machiaza_id,
        prefecture=address.prefecture,
        city=address.city,
        town=address.town,
        lot=address.lot,
        building=address.building,
        postcode=address.postcode,
        resident_since=resident.resident_since.isoformat() if resident.resident_since else "",
        resident_since_unknown="0",
        nationality=resident.nationality,
        other_business_hidden=str(int(resident.other_business_hidden)),
        business_id=resident.business_id,
    )
    return {column.name: cell for column, cell in zip(COLUMNS, cells, strict=True)}


def as_rows(resident):
    """A resident as rows of the extract: the current one first, then the earlier ones."""
    count = len(resident.history)
    yield as_row(resident) | {"個人履歴番号": str(count + 1)}
    for back, former in enumerate(resident.history):
        earlier = replace(
            resident, name=former.name, address=former.address, moved_on=former.moved_on
        )
        yield as_row(earlier) | {"個人履歴番号": str(count - back), "最新フラグ": "0"}
