"""Letters of entry (就学通知書) to one PDF, beside WeasyPrint, which sets the same page from HTML.

Both set the same texts of as many different children in the same fonts, tagged (PDF/UA-1), one A4
page each. WeasyPrint needs Pango on the system; it is given the finished HTML.
"""

import io
import sys
import time
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from importlib import import_module
from typing import Any

import pypdf
from measure import best_of, print_table
from peers import site_packages

from govkit.base.typesetting import Press, SheetSet
from govkit.modules.enrolment import SCHOOL_NOTICE

PACKAGES = ("weasyprint==70.0",)
AT = datetime(2027, 1, 20, tzinfo=UTC)
PRESS = Press([SCHOOL_NOTICE])
STYLE = """
@page { size: A4; margin: 14mm 22mm } body { font: 10.5pt/1.8 "Noto Serif JP" }
article { break-after: page } header, .sender { text-align: right } h1 { font-size: 22pt;
font-weight: normal; letter-spacing: .5em; text-align: center } table { border-collapse: collapse;
width: 100% } th, td { border: .6pt solid; padding: 3mm 4mm; text-align: left; font-weight: normal }
th { background: #f0f0f0; width: 30mm } .small { font-size: 9pt; line-height: 1.6 }
"""


def letters(count: int) -> list[dict[str, Any]]:
    sample = SCHOOL_NOTICE.sample
    return [
        {
            **sample,
            "name": f"{sample['name']}{number}",
            "address": f"{sample['address']}{number}",
            "issue": {"number": f"第{number}号", "date": "令和9年1月20日", "again": "", "code": ""},
            "verify": None,
        }
        for number in range(1, count + 1)
    ]


def ours(data: Sequence[Mapping[str, Any]]) -> bytes:
    words, places = SCHOOL_NOTICE.words, SCHOOL_NOTICE.places
    sheets = SheetSet(tuple(data), words, places, "132021", AT, str(words["title"]))
    return PRESS.pdf(SCHOOL_NOTICE, sheets)


def as_html(data: Sequence[Mapping[str, Any]]) -> str:
    font = next(each for each in PRESS.fonts.files if "Serif" in each.name)
    face = f'@font-face {{ font-family: "Noto Serif JP"; src: url("{font.as_uri()}") }}'
    body = "".join(map(_article, data))
    head = f"<title>就学通知書</title><style>{face}{STYLE}</style>"
    return f'<!doctype html><html lang="ja"><meta charset="utf-8">{head}<body>{body}</body></html>'


def _article(letter: Mapping[str, Any]) -> str:
    words = SCHOOL_NOTICE.words
    guardians = "<br>".join(f"{each['kana']}<br>{each['name']}" for each in letter["guardians"])
    rows = {
        "name": f"{letter['kana']}<br>{letter['name']}",
        "birth": letter["birth"],
        "address": letter["address"],
        "guardian": guardians,
        "school": letter["school"],
        "starts_on": letter["starts_on"],
        "ceremony": letter["ceremony"],
    }
    table = "".join(
        f"<tr><th scope=row>{words[name]}</th><td>{text}</td></tr>" for name, text in rows.items()
    )
    appeal = "".join(f"<p>{escape(each)}</p>" for each in words["appeal"].split("\n"))
    recipients = "<br>".join(f"{escape(each)} 様" for each in letter["recipients"])
    return (
        f"<article><header>{letter['issue']['number']}<br>{letter['issue']['date']}</header>"
        f"<p>〒{letter['postcode']}<br>{escape(letter['address'])}<br>{recipients}</p>"
        f"<p class=sender>{letter['sender']}</p><h1>{words['title']}</h1><p>{words['lead']}</p>"
        f"<table>{table}</table><div class=small>{appeal}<p>{escape(letter['contact'])}</p></div>"
        "</article>"
    )


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", type=int, choices=(0, 1), default=1)
    chosen = parser.parse_args()
    made: dict[str, bytes] = {}

    def act_ours(data: Sequence[Mapping[str, Any]]) -> None:
        made["govkit (Typst)"] = ours(data)

    acts = {"govkit (Typst)": act_ours}
    data = letters(chosen.letters)
    if chosen.peers:
        sys.path.append(str(site_packages(PACKAGES)))
        weasyprint = import_module("weasyprint")
        page = as_html(data)

        def act_peer(_data: Sequence[Mapping[str, Any]]) -> None:
            made["WeasyPrint"] = weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")

        acts["WeasyPrint"] = act_peer
    best = best_of(chosen.rounds, time.process_time, lambda: _changed(data), acts)
    _insist_on_pages(made, chosen.letters)
    print(f"{chosen.letters} letters, one A4 page each, tagged")
    print_table(
        ("library", "pages/s", "ms each", "kB each", "ratio"),
        [
            (
                name,
                f"{chosen.letters / spent:,.0f}",
                f"{spent / chosen.letters * 1000:.1f}",
                f"{len(made[name]) / chosen.letters / 1000:.1f}",
                f"{spent / best['govkit (Typst)']:.1f}",
            )
            for name, spent in best.items()
        ],
    )


_round = iter(range(1_000_000))


def _changed(data: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The letters with a date of their own: Typst remembers what it has set before."""
    date = f"令和9年1月{next(_round) + 1}日"
    return [
        {
            **each,
            "name": f"{each['name']}の{date}",
            "birth": f"{each['birth']}{date}",
            "issue": {**each["issue"], "date": date},
        }
        for each in data
    ]


def _insist_on_pages(made: Mapping[str, bytes], wanted: int) -> None:
    for name, body in made.items():
        pages = len(pypdf.PdfReader(io.BytesIO(body)).pages)
        if pages != wanted:
            raise SystemExit(f"{name} made {pages} pages instead of {wanted}")


if __name__ == "__main__":
    main()
