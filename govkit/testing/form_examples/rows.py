"""The same questions several times."""

from typing import Any, Final

from govkit import forms
from govkit.testing.form_examples.registry import example

__all__ = ["EXAMPLES"]


@example(
    good={
        "": ["0", "1"],
        "-0-name": "髙橋 一郎",
        "-0-age": "8",
        "-1-name": "髙橋 二郎",
        "-1-age": "6",
    },
    bad={"": ["0", "1"], "-0-name": "髙橋 一郎", "-0-age": "八つ", "-1-name": "", "-1-age": "6"},
    wrong=("-0-age", "-1-name"),
)
def children() -> Any:
    """行を足す

    同じ質問をくり返します。足すのも消すのもJavaScript無しで動き、消した行は元に戻せます。
    本人以外の氏名には、自分の氏名が補われないように autocomplete を付けません。
    """

    class Child(forms.Form):
        name = forms.FullNameField("氏名", required=True, autocomplete="")
        age = forms.IntegerField("年齢", required=True)

    return forms.RowsField("きょうだい", Child, min_rows=1, max_rows=5)


EXAMPLES: Final = [children]
"""In the order of the page."""
