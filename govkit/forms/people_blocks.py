"""Blocks for people: a name with its reading, a foreign resident's names, a guardian.

Names and readings stand side by side as they were entered: no reading is made of a name, none is
compared with it, and a box is never filled from another.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from govkit.forms.blocks import Block
from govkit.forms.choices import RadioField, SelectField
from govkit.forms.contact import TelephoneField
from govkit.forms.people import (
    AliasField,
    FamilyNameField,
    FullNameField,
    FuriganaField,
    GivenNameField,
    HanNameField,
    LatinNameField,
)
from govkit.forms.places_block import AddressBlock
from govkit.forms.rules import When
from govkit.jp.characters import CharacterSet

__all__ = ["ForeignNameBlock", "GuardianBlock", "NameBlock"]


def _own(token: str, *, is_own: bool) -> str:
    # WCAG 1.3.5: tokens are for what concerns the user, not for the names of others.
    return token if is_own else ""


def _one_box(
    *, needs_reading: bool, is_own: bool, character_set: CharacterSet | None
) -> Mapping[str, Any]:
    return {
        "name": FullNameField(
            "氏名",
            required=True,
            character_set=character_set,
            autocomplete=_own("name", is_own=is_own),
            support="姓と名の間は空白で区切ってください",
        ),
        "name_kana": FuriganaField("フリガナ", required=needs_reading),
    }


def _two_boxes(
    *, needs_reading: bool, is_own: bool, character_set: CharacterSet | None, allows_one_name: bool
) -> Mapping[str, Any]:
    needs_family = not allows_one_name
    return {
        "family_name": FamilyNameField(
            "姓",
            required=needs_family,
            character_set=character_set,
            autocomplete=_own("family-name", is_own=is_own),
        ),
        "given_name": GivenNameField(
            "名",
            required=True,
            character_set=character_set,
            autocomplete=_own("given-name", is_own=is_own),
        ),
        "family_kana": FuriganaField("姓のフリガナ", required=needs_reading and needs_family),
        "given_kana": FuriganaField("名のフリガナ", required=needs_reading),
    }


class _PeopleBlock(Block):
    """A block that makes its fields of options of its own when it is declared."""

    own_options: Sequence[str] = ()
    declare: Callable[..., Mapping[str, Any]]

    def __new__(cls, *args: Any, **options: Any) -> Any:
        """Turn the block's own options into fields."""
        if "_form" not in options:
            own = {name: options.pop(name) for name in cls.own_options if name in options}
            options["fields"] = cls.declare(**own)
            options["may_be_blank"] = not options.pop("required", False)
        return super().__new__(cls, *args, **options)

    def ask_for(self, name: str) -> None:
        """Add the error of a field that must not stay blank; none if it was filled in wrongly."""
        field = self[name]
        if field.is_blank and not field.errors:
            field.add_error(field.required_message(), "required")


class NameBlock(_PeopleBlock):
    """A name with its reading (氏名・フリガナ).

    In two boxes the fields are ``family_name``, ``given_name``, ``family_kana`` and ``given_kana``;
    in one they are ``name`` and ``name_kana``, which suits everybody: foreign names have any number
    of parts.

    :param boxes: 2 or 1.
    :param needs_reading: Whether the reading is required with the name.
    :param allows_one_name: Whether, of two boxes, 姓 may stay blank for people with one name only.
    :param is_own: Whether it is the name of the one who fills in the form: only then do browsers
        offer to fill it in.
    :param character_set: What the receiving system takes.
    :param required: Whether the block must be filled in.
    """

    own_options = ("boxes", "needs_reading", "allows_one_name", "is_own", "character_set")

    @staticmethod
    def declare(
        *,
        boxes: int = 2,
        needs_reading: bool = True,
        allows_one_name: bool = False,
        is_own: bool = True,
        character_set: CharacterSet | None = None,
    ) -> Mapping[str, Any]:
        """The fields by name."""
        if boxes == 1:
            return _one_box(needs_reading=needs_reading, is_own=is_own, character_set=character_set)
        return _two_boxes(
            needs_reading=needs_reading,
            is_own=is_own,
            character_set=character_set,
            allows_one_name=allows_one_name,
        )

    def check(self) -> None:
        """A family name and its reading come together where they may stay blank."""
        if "family_name" not in self.form:
            return
        if not self["family_kana"].is_blank:
            self.ask_for("family_name")
        if self["given_kana"].flags.required and not self["family_name"].is_blank:
            self.ask_for("family_kana")


class ForeignNameBlock(_PeopleBlock):
    """Names of a foreign resident (外国人氏名): ``latin``, ``han``, ``kana``, ``alias``, ``alias_kana``.

    Only the name in Latin letters is required; an alias comes with its reading.
    """

    @staticmethod
    def declare() -> Mapping[str, Any]:
        """The fields by name."""
        return {
            "latin": LatinNameField(
                "ローマ字氏名",
                required=True,
                support="在留カードやパスポートのとおりに入力してください",
            ),
            "han": HanNameField("漢字氏名", support="在留カードに漢字の氏名があるときだけ"),
            "kana": FuriganaField("氏名のフリガナ"),
            "alias": AliasField("通称", support="住民票に通称があるときだけ"),
            "alias_kana": FuriganaField("通称のフリガナ"),
        }

    def check(self) -> None:
        """An alias and its reading come together."""
        for filled, blank in (("alias", "alias_kana"), ("alias_kana", "alias")):
            if not self[filled].is_blank:
                self.ask_for(blank)


class GuardianBlock(_PeopleBlock):
    """A guardian (保護者): name and reading, ``relationship``, ``telephone``, ``address``.

    ``address_kind`` is ``same`` or ``other``; only with ``other`` is the address asked for, and then
    required.

    :param relationships: Code and title of each relationship to the child (子との関係).
    :param telephone: The field of the telephone number, declared.
    :param address: Class of the block or field of an address of the guardian's own.
    :param boxes: Boxes of the name, 2 or 1.
    :param is_own: Whether the guardian fills in the form.
    :param required: Whether the block must be filled in.
    """

    own_options = ("relationships", "telephone", "address", "boxes", "is_own")

    @staticmethod
    def declare(
        *,
        relationships: Sequence[tuple[str, str]],
        telephone: Any = None,
        address: Callable[..., Any] | None = None,
        boxes: int = 2,
        is_own: bool = True,
    ) -> Mapping[str, Any]:
        """The fields by name."""
        address_of = address or partial(AddressBlock, is_own=is_own)
        return {
            **NameBlock.declare(boxes=boxes, is_own=is_own),
            "relationship": SelectField("子との関係", choices=relationships, required=True),
            "telephone": telephone
            or TelephoneField("電話番号", autocomplete=_own("tel", is_own=is_own)),
            "address_kind": RadioField(
                "保護者の住所",
                choices=[("same", "子と同じ"), ("other", "子と別")],
                required=True,
            ),
            "address": address_of(
                "別の住所", required=True, show_if=When("address_kind", equals="other")
            ),
        }
