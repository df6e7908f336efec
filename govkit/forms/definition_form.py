"""The form that a definition gives: it speaks the languages of the definition."""

from collections.abc import Mapping
from typing import Any, ClassVar

from govkit.forms.form import Form, Sent
from govkit.forms.messages import Gettext, unchanged
from govkit.translations import translator

__all__ = ["DefinedForm", "with_english"]


class DefinedForm(Form):
    """A form made from a definition, in Japanese or with the English of the definition.

    :param language: ``ja``, or ``en`` where the definition has English texts.
    """

    english: ClassVar[Mapping[str, str]] = {}
    """English of the definition by Japanese text."""

    def __init__(
        self,
        formdata: Sent | None = None,
        obj: object = None,
        *,
        language: str = "ja",
        gettext: Gettext | None = None,
        **options: Any,
    ) -> None:
        translate = with_english(self.english, language, gettext)
        super().__init__(formdata, obj, gettext=translate, **options)

    @property
    def answers(self) -> dict[str, Any]:
        """Values by field name, without the questions that are not asked."""
        return {field.short_name: field.data for field in self if not field.is_hidden}


def with_english(english: Mapping[str, str], language: str, gettext: Gettext | None) -> Gettext:
    """Translates texts of a definition by its own English, everything else as govkit does.

    :param english: English by Japanese text.
    :param gettext: Translates everything else in another way.
    """
    others = gettext or translator(language) or unchanged
    if language == "ja":
        return others
    return lambda text: english[text] if text in english else others(text)
