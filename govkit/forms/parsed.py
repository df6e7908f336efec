"""What fields have in common whose value a parser of ``govkit.jp`` reads: they say what was meant."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from govkit.errors import InvalidValue
from govkit.forms.fields import Field
from govkit.forms.messages import Invalid
from govkit.jp.digits import bare

__all__ = ["NumberField", "ParsedField"]

_CHECK_AGAIN = "{label}を確かめて、入力し直してください"


class ParsedField(Field):
    """A field whose parser may tell what was probably meant; the error says it."""

    meant_texts: ClassVar[Mapping[Any, str]] = {}
    """Sentence by problem for the case that the parser has a suggestion; holds ``{suggestion}``."""

    def read(self, parse: Callable[[Any], Any], typed: Any) -> Any:
        """Parse, with the problem put into words.

        :raises Invalid: With the sentence to show.
        """
        try:
            return parse(typed)
        except InvalidValue as error:
            refused = error
        self.refuse(typed)
        problem = refused.problem
        text = self.problem_texts.get(problem, _CHECK_AGAIN)
        if refused.suggestion:
            text = self.meant_texts.get(problem, text)
        params = {**refused.params, "suggestion": refused.suggestion}
        raise Invalid(self.gettext(text, **params), problem.value)

    def refuse(self, typed: Any) -> None:
        """Called with what could not be read, before its error is raised."""


class NumberField(ParsedField):
    """A field for numbers of its own kind: only what is none of them is searched for a 個人番号.

    A 法人番号 after its first dash, or a telephone number with its country code, may pass the check of
    a 個人番号.
    """

    shape: ClassVar[re.Pattern[str] | None] = None
    """Form of what was meant for such a number although it is wrong, without spaces and dashes."""

    def guard(self, text: str) -> None:
        """Let the parser judge first."""

    def refuse(self, typed: Any) -> None:
        """Refuse and forget a 個人番号 that was typed instead."""
        if self.shape is None or not self.shape.fullmatch(bare(str(typed))):
            super().guard(str(typed))
