"""Names of invented people: Japanese by year of birth, foreign by nationality."""

from dataclasses import dataclass

from govkit.residents.records import PersonName, Sex
from govkit.residents.synthetic.data import table
from govkit.residents.synthetic.draw import Draw, Weighted

__all__ = ["Family", "NameBook", "Nationality"]

Pair = tuple[str, str]

# Names with code points of the private use area (外字), as systems before standardisation hold
# them; no glyph is meant by them.
_PRIVATE_USE = ((("\ue0c1藤", "サイトウ"), 60.0), (("渡\ue1a7", "ワタナベ"), 40.0))
_FIRST_YEAR, _LAST_YEAR, _STEP = 1900, 2035, 5


@dataclass(frozen=True, slots=True)
class Nationality:
    """Nationality (国籍等): code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Family:
    """What the members of a family share: the family name, and the nationality if foreign."""

    name: str
    kana: str
    roman: str = ""
    nationality: Nationality | None = None


class NameBook:
    """Draws names.

    :param include_private_use: Whether family names with private use code points occur.
    """

    def __init__(self, *, include_private_use: bool = False) -> None:
        surnames: list[tuple[Pair, float]] = [
            ((row["name"], row["kana"]), float(row["weight"])) for row in table("surnames")
        ]
        if include_private_use:
            surnames.extend(_PRIVATE_USE)
        self._surnames = Weighted(surnames)
        self._given = {
            (sex.value, year): Weighted(_given_names(sex.value, year))
            for sex in (Sex.MALE, Sex.FEMALE)
            for year in range(_FIRST_YEAR, _LAST_YEAR, _STEP)
        }
        rows = table("foreign_names")
        nations = {
            row["country_code"]: (
                Nationality(row["country_code"], row["country"]),
                float(row["weight"]),
            )
            for row in rows
        }
        self._nations = Weighted(nations.values())
        self._foreign = {
            key: [row for row in rows if (row["country_code"], row["sex"]) == key]
            for key in {(row["country_code"], row["sex"]) for row in rows}
        }

    def japanese_family(self, draw: Draw) -> Family:
        """A Japanese family name."""
        name, kana = self._surnames.draw(draw)
        return Family(name, kana)

    def foreign_family(self, draw: Draw) -> Family:
        """A foreign family name with a nationality."""
        nation = self._nations.draw(draw)
        row = draw.pick(self._foreign[nation.code, ""])
        return Family(row["kanji"], row["kana"], row["roman"], nation)

    def given(self, draw: Draw, sex: str, year: int) -> Pair:
        """A Japanese given name with its reading, of the fashion of a year of birth."""
        bucket = min(max(year, _FIRST_YEAR), _LAST_YEAR - _STEP)
        bucket -= (bucket - _FIRST_YEAR) % _STEP
        return self._given[sex, bucket].draw(draw)

    def name(self, draw: Draw, family: Family, sex: str, year: int) -> PersonName:
        """A full name of a member of the family."""
        if family.nationality is not None:
            return self._foreign_name(draw, family, sex, year)
        return japanese_name(family, self.given(draw, sex, year))

    def _foreign_name(self, draw: Draw, family: Family, sex: str, year: int) -> PersonName:
        code = family.nationality.code if family.nationality else ""
        row = draw.pick(self._foreign[code, sex])
        roman = f"{family.roman} {row['roman']}"
        kanji = f"{family.name}　{row['kanji']}" if family.name and row["kanji"] else ""
        alias = alias_kana = ""
        if draw.chance({"KOR": 0.6, "BRA": 0.4, "CHN": 0.15, "TWN": 0.1}.get(code, 0.04)):
            surname, given = self.japanese_family(draw), self.given(draw, sex, year)
            alias, alias_kana = f"{surname.name}　{given[0]}", f"{surname.kana}　{given[1]}"
        preferred = ("2" if alias and draw.chance(0.7) else "") or (
            "3" if kanji and draw.chance(0.5) else "1"
        )
        return PersonName(
            full=roman,
            kana_full=f"{family.kana}　{row['kana']}",
            roman=roman,
            kanji=kanji,
            alias=alias,
            alias_kana=alias_kana,
            preference=preferred,
        )


def japanese_name(family: Family, given: Pair, former: Family | None = None) -> PersonName:
    """The full name of a Japanese national, the parts with a full-width space between them."""
    return PersonName(
        full=f"{family.name}　{given[0]}",
        family=family.name,
        given=given[0],
        kana_full=f"{family.kana}　{given[1]}",
        kana_family=family.kana,
        kana_given=given[1],
        former_family=former.name if former else "",
        former_kana=former.kana if former else "",
        preference="1",
    )


def _given_names(sex: str, year: int) -> list[tuple[Pair, float]]:
    rows = [row for row in table("given_names") if row["sex"] == sex]
    return [
        ((row["name"], row["kana"]), float(row["weight"]))
        for row in rows
        if int(row["first_year"]) <= year + _STEP - 1 and year <= int(row["last_year"])
    ]
