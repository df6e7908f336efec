from datetime import date

import pytest

from govkit.base.identity import Actor
from govkit.formats.tabular import Encoding
from govkit.modules.resident_extracts import import_extract, import_protection_list
from tests.modules.resident_extracts.files import (
    CITY,
    extract_bytes,
    number,
    person,
    protection_bytes,
)

OTHER = "132071"
PEOPLE = (
    person(1, 世帯番号=number(900)),
    person(
        2,
        氏名="山田　太郎",
        名_日本人="太郎",
        氏名_フリガナ="ヤマダ　タロウ",
        性別="1",
        世帯番号=number(900),
    ),
    person(
        3,
        氏名="佐々木　蓮",
        氏_日本人="佐々木",
        名_日本人="蓮",
        氏名_フリガナ="ササキ　レン",
        住所_町字="高松町三丁目",
    ),
)


def register(deployment, folder):
    """立川市 receives three people, of whom 蓮 is under support measures; 昭島市 somebody else."""
    foreign = person(77, 氏名="昭島　次郎", 氏名_フリガナ="アキシマ　ジロウ", 市区町村コード=OTHER)
    for code, rows in ((CITY, PEOPLE), (OTHER, [foreign])):
        path = folder / f"{code}.csv"
        path.write_bytes(extract_bytes(rows))
        with deployment.work(deployment.municipality(code), Actor.operator("準備")) as work:
            import_extract(
                work, path, name=path.name, encoding=Encoding.UTF_8, as_of=date(2026, 11, 1)
            )
            if code == CITY:
                path.write_bytes(protection_bytes(3))
                import_protection_list(work, path, name=path.name, encoding=Encoding.UTF_8)


@pytest.fixture
def registered(deployment, tmp_path):
    register(deployment, tmp_path)
    return deployment
