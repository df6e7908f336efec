"""What fields have in common that ask for numbers with a form of their own."""

import re
from collections.abc import Callable
from typing import Any, ClassVar

from govkit.errors import InvalidValue
from govkit.forms.fields import Field
from govkit.jp.digits import bare

__all__ = ["NumberField"]


class NumberField(Field):
    """A field for numbers of its own kind: only what is none of them is searched for a 個人番号.

    A 法人番号 after its first dash, or a telephone number with its country code, may pass the check of
    a 個人番号.
    """

    shape: ClassVar[re.Pattern[str] | None] = None
    """Form of what was meant for such a number although it is wrong, without spaces and dashes."""

    def guard(self, text: str) -> None:
        """Let the parser judge first."""

    def read(self, parse: Callable[[Any], Any], typed: Any) -> Any:
        """Parse; refuse and forget a 個人番号 that was typed instead."""
        return super().read(lambda text: self._judged(parse, text), typed)

    def _judged(self, parse: Callable[[Any], Any], typed: Any) -> Any:
        try:
            return parse(typed)
        except InvalidValue as error:
            refused = error
        if self.shape is None or not self.shape.fullmatch(bare(str(typed))):
            super().guard(str(typed))
        raise refused
