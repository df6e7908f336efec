"""Extracts and protection lists for tests; every person is invented."""

from tests.residents.extracts import row, write

CITY = "132021"
MY_NUMBER = "123456789018"


def number(serial):
    return f"{serial:015d}"


def person(serial, **changes):
    return row(**{"宛名番号": number(serial), "世帯番号": number(900 + serial)} | changes)


def extract_bytes(rows, **options):
    return write(list(rows), **options).getvalue()


def protection_bytes(*serials, **changes):
    rows = [
        {"市区町村コード": CITY, "宛名番号": number(each), "措置区分": "1"} | changes
        for each in serials
    ]
    headings = ["市区町村コード", "宛名番号", "措置区分"]
    return write(rows, headings=headings).getvalue()
