"""A form of twenty-one fields, beside the libraries that render forms today.

Names, readings, birth date, postcode, prefecture out of 47, telephone, e-mail and so on: *render* is the
new form, *post* binds, validates and renders one with eight errors, with its summary where there is
one. Plain WTForms is the floor. *govkit* are the fields for each matter, which read full-width digits,
wareki and lost zeros; *govkit, plain* checks the same patterns as the peers and no more.

*Fold* is the folding of width and kana of a name and an address, beside habachen and jaconv.
"""

import sys
import time
import warnings
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import forms_peers
from forms_peers import (
    CHECKS,
    GOOD,
    OPTIONAL,
    PATTERNS,
    RADIOS,
    SELECTS,
    TEXTS,
    WRONG,
    Contestant,
)
from measure import best_of, print_table
from werkzeug.datastructures import MultiDict

from govkit import forms
from govkit.jp.text import fold_width

KINDS: Mapping[str, Any] = {
    "family_name": forms.FamilyNameField,
    "given_name": forms.GivenNameField,
    "family_kana": forms.FuriganaField,
    "given_kana": forms.FuriganaField,
    "birth": forms.DateField,
    "postcode": forms.PostcodeField,
    "city": forms.CityField,
    "lot": forms.LotField,
    "building": forms.BuildingField,
    "telephone": forms.TelephoneField,
    "email": forms.EmailField,
}
"""Fields of ours; the other texts are plain ones."""
MIXED = "ﾀｶﾊｼ ﾊﾅｺ　髙橋花子　東京都立川市泉町１１５６－９　ｶﾞｰﾃﾞﾝ１０１"
SHORT = "ﾀｶﾊｼ"


def our_form(*, is_plain: bool) -> type[Any]:
    """The form in our fields."""
    made: dict[str, Any] = {}
    for name, label in TEXTS.items():
        is_required = name not in OPTIONAL
        if is_plain and name != "birth":
            made[name] = forms.TextField(label, _patterns(name), required=is_required)
        else:
            made[name] = KINDS.get(name, forms.TextField)(label, required=is_required)
    for name, (label, choices) in RADIOS.items():
        made[name] = forms.RadioField(label, choices=choices, required=True)
    for name, (label, choices) in SELECTS.items():
        made[name] = forms.SelectField(label, choices=choices, required=True)
    for name, (label, choices) in CHECKS.items():
        made[name] = forms.CheckboxesField(label, choices=choices)
    made["note"] = forms.TextAreaField("備考", [forms.Length(max=400)])
    return type("OurForm", (forms.Form,), made)


def _patterns(name: str) -> list[Any]:
    pattern = [forms.Pattern(PATTERNS[name], "形を確かめてください")] if name in PATTERNS else []
    return [forms.Length(max=100), *pattern]


def ours(name: str, *, is_plain: bool) -> Contestant:
    """Our form, with its error summary."""
    form = our_form(is_plain=is_plain)
    new = form()

    def bind(sent: Mapping[str, str]) -> Any:
        bound = form(MultiDict(sent))
        bound.validate()
        return bound

    def post(sent: Mapping[str, str]) -> str:
        bound = bind(sent)
        return f"{bound.error_summary()}{bound.render()}"

    return Contestant(name, new.render, post, lambda sent: len(bind(sent).errors))


def repeated(times: int, act: Callable[[], object]) -> Callable[[object], None]:
    """The act many times, as one is too short for the clock."""

    def run(_prepared: object) -> None:
        for _ in range(times):
            act()

    return run


def forms_table(contestants: list[Contestant], rounds: int, times: int) -> None:
    """Time rendering and posting, and print both."""
    for each in contestants:
        assert (each.errors(GOOD), each.errors(WRONG)) == (0, 8), each.name
    acts = {
        **{f"render {each.name}": repeated(times, each.render) for each in contestants},
        **{f"post {each.name}": repeated(times, _poster(each)) for each in contestants},
    }
    best = best_of(rounds, time.process_time, lambda: None, acts)
    for act in ("render", "post"):
        our_time = best[f"{act} govkit"]
        rows = [
            (
                act,
                each.name,
                f"{best[f'{act} {each.name}'] / times * 1000:.3f}",
                f"{best[f'{act} {each.name}'] / our_time:.1f}",
            )
            for each in contestants
        ]
        print_table(("act", "library", "ms", "ratio to govkit"), rows)


def _poster(contestant: Contestant) -> Callable[[], str]:
    return lambda: contestant.post(WRONG)


def fold_table(rounds: int, times: int, *, with_peers: bool) -> None:
    """Time the folding of width, and print calls a second."""
    functions: dict[str, Callable[[str], str]] = {"govkit": fold_width}
    if with_peers:
        habachen, jaconv = import_module("habachen"), import_module("jaconv")
        functions["habachen"] = _habachen(habachen)
        functions["jaconv"] = lambda text: jaconv.z2h(
            jaconv.h2z(text), kana=False, ascii=True, digit=True
        )
    acts = {
        f"{kind} {name}": repeated(times * 50, _call(function, text))
        for kind, text in (("short", SHORT), ("mixed", MIXED))
        for name, function in functions.items()
    }
    best = best_of(rounds, time.process_time, lambda: None, acts)
    rows = [
        (
            *act.split(),
            f"{times * 50 / seconds:,.0f}",
            f"{seconds / best[f'{act.split()[0]} govkit']:.2f}",
        )
        for act, seconds in best.items()
    ]
    print_table(("fold", "library", "calls/s", "ratio to govkit"), rows)


def _call(function: Callable[[str], str], text: str) -> Callable[[], str]:
    return lambda: function(text)


def _habachen(library: Any) -> Callable[[str], str]:
    def fold(text: str) -> str:
        wide: str = library.han_to_zen(text, ascii=False, digit=False, kana=True)
        return str(library.zen_to_han(wide, ascii=True, digit=True, kana=False))

    return fold


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--times", type=int, default=20, help="forms a round")
    parser.add_argument("--peers", type=int, default=1, help="0 leaves the peers out")
    chosen = parser.parse_args()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # peers use what WTForms 3.4 will remove
    contestants = [
        ours("govkit", is_plain=False),
        ours("govkit, plain", is_plain=True),
        *(forms_peers.peers() if chosen.peers else ()),
    ]
    size = len([*TEXTS, *RADIOS, *SELECTS, *CHECKS, "note"])
    print(f"{size} fields, best of {chosen.rounds} rounds of {chosen.times}")
    forms_table(contestants, chosen.rounds, chosen.times)
    fold_table(chosen.rounds, chosen.times, with_peers=bool(chosen.peers))


if __name__ == "__main__":
    main()
