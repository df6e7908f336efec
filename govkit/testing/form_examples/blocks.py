"""Several fields in one block."""

from typing import Any, Final

from govkit import forms
from govkit.testing.form_examples.registry import example

__all__ = ["EXAMPLES"]


@example(
    good={"-name": "架空商店", "-staff": "12"},
    bad={"-name": "", "-staff": "十二人"},
    wrong=("-name", "-staff"),
)
def workplace() -> Any:
    """自分で組み合わせるブロック

    いくつかの項目を1つの枠にまとめます。値は項目の名前ごとの辞書で、エラーは間違っている項目にだけ付きます。
    """
    return forms.Block(
        "勤務先",
        fields={
            "name": forms.TextField("勤務先の名前", required=True, autocomplete="organization"),
            "staff": forms.IntegerField("働いている人の数", required=True),
        },
    )


EXAMPLES: Final = [workplace]
"""In the order of the page."""
