"""Addresses: real towns with their ids, invented lots and buildings."""

from enum import StrEnum

from govkit.errors import InvalidValue
from govkit.residents.records import Address
from govkit.residents.synthetic.data import table
from govkit.residents.synthetic.draw import Draw, Weighted

__all__ = ["PlaceBook", "PlaceProblem"]

_PREFECTURE = "東京都"
_CITIES = {"132012": "八王子市", "132021": "立川市", "132071": "昭島市"}
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_BUILDINGS = (
    ("コーポ", "コーポ"),
    ("メゾン", "メゾン"),
    ("ハイツ", "ハイツ"),
    ("グリーンパーク", "グリーンパーク"),
    ("サンライズ", "サンライズ"),
    ("レジデンス", "レジデンス"),
    ("第二", "ダイニ"),
)


class PlaceProblem(StrEnum):
    """Why no addresses can be invented."""

    UNKNOWN_MUNICIPALITY = "synthetic_unknown_municipality"


class PlaceBook:
    """Draws addresses inside one municipality and outside it.

    :raises InvalidValue: With a :class:`PlaceProblem` when no towns of the municipality ship.
    """

    def __init__(self, municipality_code: str) -> None:
        self._code = municipality_code
        rows = [row for row in table("towns") if row["municipality_code"] == municipality_code]
        if not rows:
            raise InvalidValue(PlaceProblem.UNKNOWN_MUNICIPALITY)
        divided = {row["town"] for row in rows if row["chome"]}
        # What is left of a town beside its 丁目 is sparsely settled.
        self._towns = Weighted(
            (row, 1.0 if row["town"] in divided and not row["chome"] else 6.0) for row in rows
        )
        self._elsewhere = _elsewhere(municipality_code)

    @property
    def city(self) -> str:
        """Name of the city."""
        return _CITIES[self._code]

    def home(self, draw: Draw) -> tuple[Address, str]:
        """An address in the municipality, and the reading of its building."""
        row = self._towns.draw(draw)
        if row["chome"]:
            lot = f"{draw.between(1, 40)}番{draw.between(1, 30)}号"
        elif draw.chance(0.1):
            lot = f"{draw.between(1, 2900)}番地"
        else:
            lot = f"{draw.between(1, 2900)}番地{draw.between(1, 60)}"
        building, reading = self._building(draw, row) if draw.chance(0.45) else ("", "")
        address = Address(
            municipality_code=self._code,
            machiaza_id=row["machiaza_id"],
            prefecture=_PREFECTURE,
            city=self.city,
            town=row["town"] + row["chome"],
            lot=lot.translate(_WIDE),
            building=building,
            postcode=row["postcode"],
        )
        return address, reading

    def elsewhere(self, draw: Draw) -> Address:
        """An address in another municipality."""
        code, city, machiaza_id, town, postcode = draw.pick(self._elsewhere)
        lot = f"{draw.between(1, 40)}番{draw.between(1, 30)}号".translate(_WIDE)
        return Address(code, machiaza_id, _PREFECTURE, city, town, lot, "", postcode)

    def domicile(self, draw: Draw) -> Address:
        """A registered domicile (本籍), here or elsewhere."""
        place = self.home(draw)[0] if draw.chance(0.35) else self.elsewhere(draw)
        lot = f"{draw.between(1, 2900)}番地".translate(_WIDE)
        return Address(
            place.municipality_code, place.machiaza_id, _PREFECTURE, place.city, place.town, lot
        )

    def _building(self, draw: Draw, row: dict[str, str]) -> tuple[str, str]:
        kind, kana = draw.pick(_BUILDINGS)
        room = f"{draw.between(1, 14)}{draw.between(1, 18):02}".translate(_WIDE)
        if kind == "第二":
            return f"第二{row['town']}荘　{room}号", f"ダイニ{row['town_kana']}ソウ　{room}ゴウ"
        return f"{kind}{row['town']}　{room}号室", f"{kana}{row['town_kana']}　{room}ゴウシツ"


def _elsewhere(municipality_code: str) -> list[tuple[str, str, str, str, str]]:
    far = [
        (row["municipality_code"], row["city"], row["machiaza_id"], row["town"], row["postcode"])
        for row in table("elsewhere")
    ]
    near = [
        (
            row["municipality_code"],
            _CITIES[row["municipality_code"]],
            row["machiaza_id"],
            row["town"] + row["chome"],
            row["postcode"],
        )
        for row in table("towns")[::12]
        if row["municipality_code"] != municipality_code
    ]
    return far + near
