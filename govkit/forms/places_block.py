"""An address in its parts, filled in from the postcode: a button does it, a script makes it quicker."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from wtforms.utils import unset_value

from govkit.errors import InvalidValue
from govkit.forms.blocks import Block
from govkit.forms.choices import Choice
from govkit.forms.fields import Button, Field
from govkit.forms.messages import Invalid
from govkit.forms.places import (
    BuildingField,
    LotField,
    PostcodeField,
    PrefectureField,
    TownField,
)
from govkit.forms.widgets import TemplateWidget
from govkit.jp.address import Postcode
from govkit.jp.lots import LotNumber, clean_building, split_lot
from govkit.jp.place_text import place_key, without_district
from govkit.jp.postcodes import PostalArea, lookup

__all__ = ["AddressBlock", "CityField", "postcode_json"]

_PLACE: Final = ("prefecture", "city", "town")


class CityField(TownField):
    """A municipality (市区町村) as typed, which may be one of former times; up to 120 characters."""

    autocomplete = "address-level2"


class AddressBlock(Block):
    """An address (住所): ``postcode``, ``prefecture``, ``city``, ``town``, ``lot``, ``building``.

    The button 「住所を調べる」 fills in prefecture, municipality and town from the postcode, of an office
    with a code of its own (大口事業所) lot and building too. Where the code stands for several places
    it offers them. Lot and building that were typed stay; a name that is replaced is told. Nothing
    needs a script; ``forms-address.js`` saves the round trip where the application serves
    :func:`postcode_json` at ``lookup_url``.

    :param needs_postcode: Whether the postcode is required with the address.
    :param is_own: Whether it is the address of the one who fills in the form: only then do browsers
        offer to fill it in.
    :param lookup_url: Address that answers ``?postcode=`` with :func:`postcode_json`.
    :param required: Whether the block must be filled in.
    """

    lookup_url: str = ""
    notices: Sequence[str] = ()
    """Sentences about what the button did."""
    widget = TemplateWidget("address.html")

    def __new__(cls, *args: Any, **options: Any) -> Any:
        """Make the fields of the block's own options."""
        if "_form" not in options and not {"fields", "form_class"} & {*options}:
            own = {key: options.pop(key) for key in ("needs_postcode", "is_own") if key in options}
            options["fields"] = cls.declare(**own)
            options["may_be_blank"] = not options.pop("required", False)
        return super().__new__(cls, *args, **options)

    def __init__(self, label: str, *args: Any, lookup_url: str = "", **options: Any) -> None:
        super().__init__(label, *args, **options)
        self.lookup_url = lookup_url or self.lookup_url

    @staticmethod
    def declare(*, needs_postcode: bool = True, is_own: bool = True) -> Mapping[str, Any]:
        """The fields by name."""
        # WCAG 1.3.5: tokens are for what concerns the user, not for the addresses of others.
        own: Any = {} if is_own else {"autocomplete": ""}
        return {
            "postcode": PostcodeField(
                "郵便番号", required=needs_postcode, support="7桁の数字（例：190-0022）", **own
            ),
            "prefecture": PrefectureField("都道府県", required=True, **own),
            "city": CityField("市区町村", required=True, support="例：立川市、余市郡余市町", **own),
            "town": TownField("町名", support="例：錦町。町名がない地域では空けてください", **own),
            "lot": LotField("番地", required=True, support="例：1丁目2番3号、1-2-3、無番地", **own),
            "building": BuildingField("建物名・部屋番号", support="例：コーポ錦101号室", **own),
        }

    # -- reading

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        """Read every field; a place that was chosen fills in what is still blank."""
        self.notices, self._has_choice_focus = (), False
        self._offered: Sequence[PostalArea] = ()
        picked = formdata.getlist(f"{self.name}-place") if formdata is not None else []
        self._picked = str(picked[0]) if picked and not self.readonly else ""
        super().process(formdata, data, extra_filters)
        self._move_building()
        area = self._chosen()
        if area is not None and self._agrees(area):
            self._fill(area)

    def _move_building(self) -> None:
        """A building typed behind the lot goes into its own box, where that is blank."""
        lot, building = self["lot"], self["building"]
        if not lot.process_errors or not building.is_blank or building.process_errors:
            return
        number, rest = split_lot(lot.text)
        # A lone number may as well belong to the lot: 2番地 3.
        if number and re.search("[^0-9-]", rest):
            lot.process_errors = []
            lot.take(LotNumber.parse(number))
            building.take(rest)

    def _agrees(self, area: PostalArea) -> bool:
        """Whether nothing that was typed says that another place is meant."""
        return all(
            _is_empty(self[name]) or _says_as_much(self[name].text, getattr(area, name))
            for name in _PLACE
        )

    def _areas(self) -> tuple[PostalArea, ...]:
        postcode = self["postcode"].value
        return lookup(postcode.digits) if isinstance(postcode, Postcode) else ()

    def _chosen(self) -> PostalArea | None:
        """The place that was chosen among those of the postcode that stands in the form."""
        code, _, number = self._picked.partition("-")
        if not (code.isascii() and number.isascii() and number.isdigit() and len(number) < 4):
            return None
        areas = self._areas()
        if int(number) < len(areas) and areas[0].postcode == code:
            return areas[int(number)]
        return None

    # -- helper buttons

    @property
    def buttons(self) -> Collection[str]:
        """The button that looks the postcode up, and the one that takes a place."""
        return [f"{self.name}-lookup", f"{self.name}-choose", *super().buttons]

    @property
    def lookup_button(self) -> Button:
        """The button that looks the postcode up."""
        return Button(f"{self.name}-lookup", self.gettext("住所を調べる"))

    @property
    def choose_button(self) -> Button:
        """The button that takes the place chosen."""
        return Button(f"{self.name}-choose", self.gettext("選んだ住所を入れる"))

    def act(self, pressed: str) -> None:
        """Look the postcode up, or take the place chosen."""
        if pressed not in (f"{self.name}-lookup", f"{self.name}-choose"):
            super().act(pressed)
            return
        areas = self._areas()
        chosen = self._chosen() if pressed == f"{self.name}-choose" else None
        if not areas:
            self.notices = [self._not_found()]
        elif chosen is not None or len(areas) == 1:
            self._fill(chosen or areas[0])
        else:
            self._offer(areas)

    def _not_found(self) -> str:
        postcode = self["postcode"]
        if postcode.process_errors:
            return str(postcode.process_errors[0])
        if postcode.data is None:
            return self.gettext("郵便番号を入力してから、もう一度「住所を調べる」を押してください")
        return self.gettext(
            "郵便番号{postcode}の住所は見つかりませんでした。番号を確かめるか、住所をそのまま入力してください",
            postcode=postcode.data,
        )

    def _offer(self, areas: Sequence[PostalArea]) -> None:
        """Fill in what all places have in common, and let one choose the rest."""
        notes = [
            self._replace(self[name], values.pop())
            for name in ("prefecture", "city")
            if len(values := {getattr(area, name) for area in areas}) == 1
        ]
        self.notices = [
            *filter(None, notes),
            self.gettext(
                "この郵便番号には{count}件の住所があります。あてはまるものを選んでください",
                count=len(areas),
            ),
        ]
        self._offered, self._has_choice_focus = tuple(areas), True

    def _fill(self, area: PostalArea) -> None:
        """Take a place; say what it replaced."""
        notes = [self._replace(self[name], str(getattr(area, name))) for name in _PLACE]
        if area.office:
            lot, building = split_lot(area.street)
            _fill_blank(self["lot"], lot)
            _fill_blank(self["building"], clean_building(f"{building} {area.office}"))
        self.notices = [self._found(), *filter(None, notes)]

    def _found(self) -> str:
        if self["town"].is_blank:
            return self.gettext("市区町村までを入れました。町名と番地を入力してください")
        if self["lot"].is_blank:
            return self.gettext("町名までを入れました。番地を入力してください")
        return self.gettext("住所を入れました。番地と建物名を確かめてください")

    def _replace(self, field: Field, name: str) -> str:
        """Take a name of the postcode data unless the one typed says as much or more; what changed."""
        typed = field.text or ""
        if not name or _says_as_much(typed, name):
            return ""
        field.process_errors = []
        field.take(name)
        if not typed:
            return ""
        return self.gettext(
            "{field}を「{old}」から「{new}」に変えました",
            field=field.label.text,
            old=typed,
            new=name,
        )

    def focus_after(self, pressed: str) -> str:
        """The choices, what is to be filled in next, or the postcode that was not found."""
        if pressed not in (f"{self.name}-lookup", f"{self.name}-choose"):
            return super().focus_after(pressed)
        if self._offered:
            return f"{self.id}-place-0"
        if not self._areas():
            return str(self["postcode"].focus_id)
        return str(self["town" if self["town"].is_blank else "lot"].focus_id)

    @property
    def has_choice_focus(self) -> bool:
        """Whether the page opens with the focus on the first of the places offered."""
        return self._has_choice_focus

    @property
    def places_label(self) -> str:
        """Question above the places offered."""
        return self.gettext("どの住所ですか")

    @property
    def places(self) -> Sequence[Choice]:
        """The places offered."""
        return [
            Choice(
                f"{self.id}-place-{index}",
                value := f"{area.postcode}-{index}",
                self._title(area),
                value == self._picked,
            )
            for index, area in enumerate(self._offered)
        ]

    def _title(self, area: PostalArea) -> str:
        if area.office:
            return f"{area}　{area.office}"
        if area.town:
            return f"{area}（{area.note}）" if area.note else str(area)
        return self.gettext("{place}のほかの町、または町名がない地域", place=str(area))

    # -- rules

    def check(self) -> None:
        """The prefecture is one that the postcode may stand for.

        :raises Invalid: With code ``address_prefecture_mismatch``.
        """
        found = {area.prefecture for area in self._areas()}
        if found and self["prefecture"].data and self["prefecture"].data not in found:
            text = self.gettext(
                "郵便番号{postcode}は{prefecture}の番号です。郵便番号か都道府県を直してください",
                postcode=self["postcode"].data,
                prefecture="・".join(sorted(found)),
            )
            raise Invalid(text, "address_prefecture_mismatch", "prefecture")

    def attributes(self) -> Mapping[str, str | None]:
        """With the address that answers the script."""
        return {**super().attributes(), "data-lookup-url": self.lookup_url or None}


def _is_empty(field: Any) -> bool:
    return field.is_blank and not field.process_errors


def _fill_blank(field: Any, text: str) -> None:
    if text and _is_empty(field):
        field.take(text)


def _says_as_much(typed: str, name: str) -> bool:
    """Whether what was typed is the name in another writing, or goes on after it (a 字)."""
    have, wanted = place_key(typed), place_key(name)
    return bool(have) and (have.startswith(wanted) or without_district(wanted) == have)


def postcode_json(text: str) -> str:
    """What ``forms-address.js`` asks for: the places of a postcode, as JSON.

    ``places`` holds ``prefecture``, ``city``, ``town``, ``lot`` and ``building`` of each; it is empty
    for a text that is no postcode and for an unknown one. The data is public, so the answer may be
    cached.
    """
    try:
        areas = lookup(Postcode.parse(text).digits)
    except InvalidValue:
        areas = ()
    return json.dumps({"places": [_as_json(area) for area in areas]}, ensure_ascii=False)


def _as_json(area: PostalArea) -> Mapping[str, str]:
    lot, building = split_lot(area.street)
    office = clean_building(f"{building} {area.office}")
    place = {name: getattr(area, name) for name in _PLACE}
    return {**place, "note": area.note, "lot": lot, "building": office if area.office else ""}
