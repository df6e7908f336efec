"""How a REST interface names its calls, parameters and items: data that a city keeps in TOML.

The standard fixes the names of the items (ローマ字項目名) and how clients sign in. Which calls search
people, their parameters and their pages it leaves to the provider: every default of
:class:`RestLayout` is unverified. ::

    [provider]
    base_url = "https://api.example.lg.jp/"
    token_url = "https://api.example.lg.jp/oauth2/token"
    client_id = "0123456789abcdef0123456789abcdef"

    [layout]
    people_call = "001o006"

    [layout.conditions]
    name = "shimei"

    [layout.items]
    "住所_町字" = "jusho_machiaza"
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from govkit.errors import InvalidSettings, Problem
from govkit.residents.adapters.rest_client import ClientAuth, Provider
from govkit.residents.matching import NameMatch
from govkit.residents.toml_file import read_toml

__all__ = ["Condition", "RestLayout", "RestSettings", "item_names", "read_rest_settings"]


class Condition(StrEnum):
    """What a call can be asked by; named like the fields of ``ResidentQuery``."""

    ADDRESSEE_NUMBER = "addressee_number"
    """A list of numbers (宛名番号)."""
    NAME = "name"
    KANA = "kana"
    BIRTH_FROM = "birth_from"
    """Least date of birth as the register holds it; ``birth_to`` the greatest."""
    BIRTH_TO = "birth_to"
    BIRTH_UNSURE = "birth_unsure"
    """``1``: people whose birth is unknown in part (不詳フラグ)."""
    SEX = "sex"
    HOUSEHOLD_NUMBER = "household_number"
    MACHIAZA_ID = "machiaza_id"
    ADDRESS = "address"
    BUILDING = "building"
    POSTCODE = "postcode"


@cache
def item_names() -> Mapping[str, str]:
    """The romaji name of each item by its Japanese name."""
    path = files("govkit.residents") / "data" / "romaji_names.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {**tables["unverified"], **tables["confirmed"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class RestLayout:
    """Names that the standard leaves to the provider (unverified), and those it fixes.

    A call is asked with a JSON object: the municipality, conditions, the greatest number of people
    per page, and from the second page on the mark of the page before. It answers with rows by
    addressee number, all rows of a person on one page, the number of people on all pages, and
    the mark of the next page, if there is one.

    :param people_call: Call for residents (住民情報); ``protection_call`` for the people under
        support measures (支援措置対象者情報).
    :param candidates_call: Call that compares four items of people outside the register (住登外者).
    :param page_size: Name of the parameter; ``page_mark``, ``name_match`` and ``history`` alike.
    :param rows: Key of the rows in an answer; ``total`` that of the number of people.
    :param page_people: People asked for per page.
    :param conditions: Parameter of each condition the provider searches by; what is left out is
        sorted out here.
    :param match_codes: Code of each way to compare names that the provider knows.
    :param items: Romaji name by Japanese name of the item, where it differs from
        :func:`item_names`.
    :raises InvalidSettings: When a page would hold nobody.
    """

    people_call: str = "001o006"
    protection_call: str = "001o009"
    candidates_call: str = "031/kohosha"
    page_size: str = "kensu"
    page_mark: str = "keizokukii"
    name_match: str = "shimeikensakuhoho"
    history: str = "rirekikensaku"
    rows: str = "kekka"
    total: str = "sokensu"
    page_people: int = 100
    conditions: Mapping[Condition, str] = field(
        default_factory=lambda: {
            Condition.ADDRESSEE_NUMBER: "atenabango",
            Condition.NAME: "shimei",
            Condition.KANA: "shimei_furigana",
            Condition.BIRTH_FROM: "seinengappi_kaishi",
            Condition.BIRTH_TO: "seinengappi_shuryo",
            Condition.BIRTH_UNSURE: "seinengappi_fushofuragu",
            Condition.SEX: "seibetsu",
            Condition.HOUSEHOLD_NUMBER: "setaibango",
            Condition.MACHIAZA_ID: "jusho_choazakodo",
            Condition.ADDRESS: "jusho",
            Condition.BUILDING: "jusho_katagaki",
            Condition.POSTCODE: "jusho_yubinbango",
        }
    )
    match_codes: Mapping[NameMatch, str] = field(
        default_factory=lambda: {
            NameMatch.EXACT: "1",
            NameMatch.PREFIX: "2",
            NameMatch.PART: "3",
            NameMatch.FUZZY: "4",
        }
    )
    items: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.page_people < 1:
            text = "0より大きい数を書いてください。"
            raise InvalidSettings([Problem("rest_not_positive", text, column="page_people")])

    def item(self, name: str) -> str:
        """The romaji name of an item by its Japanese name."""
        return self.items.get(name) or item_names()[name]


@dataclass(frozen=True, slots=True)
class RestSettings:
    """What a settings file holds."""

    provider: Provider
    layout: RestLayout


def read_rest_settings(source: Path | str, *, client_secret: str) -> RestSettings:
    """The settings of a REST source.

    :param source: A path, or the text of a TOML document.
    :param client_secret: Never part of the file: from the environment or a secret store.
    :raises InvalidInput: When it is no TOML.
    :raises InvalidSettings: With everything that is wrong with the file, each with its place.
    """
    name, tables = read_toml(source)
    problems = list(_problems(tables, name))
    if problems:
        raise InvalidSettings(problems)
    provider, layout = dict(tables["provider"]), dict(tables.get("layout", {}))
    if "client_auth" in provider:
        provider["client_auth"] = ClientAuth(provider["client_auth"])
    if "conditions" in layout:
        layout["conditions"] = {Condition(key): one for key, one in layout["conditions"].items()}
    if "match_codes" in layout:
        layout["match_codes"] = {NameMatch(key): one for key, one in layout["match_codes"].items()}
    return RestSettings(Provider(client_secret=client_secret, **provider), RestLayout(**layout))


_LAYOUT: Final = {one.name: type(getattr(RestLayout(), one.name)) for one in fields(RestLayout)}
_PROVIDER: Final[Mapping[str, type | tuple[type, ...]]] = {
    "base_url": str,
    "token_url": str,
    "client_id": str,
    "business_id": str,
    "client_auth": str,
    "audience": str,
    "ca_file": str,
    "allows_http": bool,
    "connect_seconds": (int, float),
    "read_seconds": (int, float),
    "total_seconds": (int, float),
    "max_bytes": int,
}
_REQUIRED: Final = ("base_url", "token_url", "client_id")
_KEYS: Final[Mapping[str, type[StrEnum]]] = {"conditions": Condition, "match_codes": NameMatch}


def _problems(tables: Mapping[str, Any], name: str) -> Iterator[Problem]:
    provider, layout = tables.get("provider", {}), tables.get("layout", {})
    for title, table, kinds in (("provider", provider, _PROVIDER), ("layout", layout, _LAYOUT)):
        if not isinstance(table, dict):
            yield Problem("rest_table", "表にしてください。", name, column=title)
            return
        for key, value in table.items():
            place = f"{title}.{key}"
            if key not in kinds:
                known = "、".join(kinds)
                text = "この設定はありません。使えるのは {known} です。"
                yield Problem("rest_unknown", text, name, column=place, params={"known": known})
            elif not isinstance(value, kinds[key]) or (
                isinstance(value, bool) and kinds[key] is not bool
            ):
                text = "値の種類が違います。手引きの例に合わせて書いてください。"
                yield Problem("rest_kind", text, name, column=place)
            else:
                yield from _inner_problems(key, value, name, place)
    for key in _REQUIRED:
        if not provider.get(key):
            text = "この設定が必要です。値を書いてください。"
            yield Problem("rest_missing", text, name, column=f"provider.{key}")


def _inner_problems(key: str, value: Any, name: str, place: str) -> Iterator[Problem]:
    known: tuple[str, ...] | None = None
    given = value if isinstance(value, dict) else {}
    if key == "client_auth":
        known, given = tuple(ClientAuth), {value: ""}
    elif key in _KEYS:
        known = tuple(_KEYS[key])
    elif key == "items":
        known = tuple(item_names())
    for item, one in given.items():
        if known is not None and item not in known:
            text = "「{item}」はありません。使えるのは {known} です。"
            params = {"item": item, "known": "、".join(known)}
            yield Problem("rest_item", text, name, column=place, params=params)
        elif not isinstance(one, str):
            text = "値の種類が違います。手引きの例に合わせて書いてください。"
            yield Problem("rest_kind", text, name, column=f"{place}.{item}")
