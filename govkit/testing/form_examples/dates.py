"""Days, months, years and times."""

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


@example(
    good={"-era": "令和", "-year": "元", "-month": "5", "-day": "1"},
    bad={"-era": "令和", "-year": "8", "-month": "13", "-day": "1"},
    wrong=("-month",),
)
def moved_on() -> Any:
    """日付（元号と年・月・日）

    元号を選び、年・月・日を分けて入力します。間違っている欄にだけ印が付きます。
    """
    return forms.EraDateField("異動した日", required=True)


@example(good="昭和25年4月上旬", bad="昭和25年13月")
def ancestor_birth() -> Any:
    """一部が分からない日付

    「頃」「春」「上旬」「不詳」を含む日付です。分かるところまでを、そのまま残します。
    """
    return forms.PartialDateField("亡くなった方の生年月日", required=True)


@example(good="令和8年4月", bad="2026")
def start_month() -> Any:
    """年月

    日を尋ねないときに使います。
    """
    return forms.MonthField("利用を始める月", required=True)


@example(good="令和8年度", bad="8")
def school_year() -> Any:
    """年度

    値は、その年度が始まる西暦の年です。
    """
    return forms.SchoolYearField("入学する年度", required=True)


@example(good="午後3時半", bad="25時")
def visit_time() -> Any:
    """時刻

    午前・午後でも24時間でも受け取ります。
    """
    return forms.TimeField("来庁する時刻", required=True)


EXAMPLES: Final = [birth, moved_on, ancestor_birth, start_month, school_year, visit_time]
"""In the order of the page."""
