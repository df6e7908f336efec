"""Days, eras and times."""

from typing import Any, Final

from govkit import forms
from govkit.testing.form_examples.registry import example

__all__ = ["EXAMPLES"]


@example(good="令和２年４月１日", bad="平成31年5月1日")
def birth() -> Any:
    """日付（1つの欄）

    西暦でも和暦でも、全角でも半角でも受け取ります。元号の始まりと終わりは日まで確かめます。
    """
    return forms.DateField("生年月日", required=True, autocomplete="bday")


EXAMPLES: Final = [birth]
"""In the order of the page."""
