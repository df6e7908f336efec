"""Our fields have the anatomy of the Digital Agency's samples; where not, the reason is written down."""

import tomllib
from pathlib import Path

import pytest

from govkit import forms
from govkit.forms.form import Sending
from tests.architecture.sources import ROOT
from tests.forms.anatomy import SAMPLES, anatomy

RECORDED = tomllib.loads(Path(__file__).with_name("dads_anatomy.toml").read_text("utf-8"))
PAGE = (ROOT / "docs" / "forms" / "dads.md").read_text("utf-8")
CITIES = [("1", "架空区"), ("2", "見本区")]
SAID = {"required": True, "support": "説明"}


class Wrong(forms.Form):
    text = forms.TextField("項目", **SAID)
    area = forms.TextAreaField("項目", **SAID)
    select = forms.SelectField("項目", choices=CITIES, **SAID)
    radio = forms.RadioField("項目", choices=CITIES, **SAID)
    boxes = forms.CheckboxesField("項目", choices=CITIES, **SAID)


class Blank(forms.Form):
    area = forms.TextAreaField("項目", [forms.Length(max=20)], **SAID)
    radio = forms.RadioField("項目", choices=CITIES, **SAID)
    boxes = forms.CheckboxesField("項目", choices=CITIES, **SAID)
    day = forms.EraDateField("項目", **SAID)
    file = forms.FileField("項目", support="説明")


class Fixed(forms.Form):
    text = forms.TextField("項目", readonly="理由")
    area = forms.TextAreaField("項目", readonly="理由")
    day = forms.EraDateField("項目", readonly="理由")


def ours(sample: str) -> str:
    """Our counterpart of a sample."""
    wrong = Wrong(Sending.of([("text", "")]))
    wrong.validate()
    blank, fixed = Blank(), Fixed()
    return {
        "checkbox/errored": wrong.boxes,
        "checkbox/stacked": blank.boxes,
        "date-picker/readonly": fixed.day,
        "date-picker/with-form-control-label": blank.day,
        "file-upload/playground": blank.file,
        "form-control-label/multiple": wrong.boxes,
        "form-control-label/single": wrong.text,
        "input-text/readonly": fixed.text,
        "input-text/with-form-control-label": wrong.text,
        "notification-banner/error": wrong.error_summary,
        "radio/errored": wrong.radio,
        "radio/stacked": blank.radio,
        "select/with-form-control-label": wrong.select,
        "textarea/readonly": fixed.area,
        "textarea/with-counter": blank.area,
        "textarea/with-form-control-label": wrong.area,
    }[sample]()


# What they have and we have not (-), what we have and they have not (+); docs/forms/dads.md tells why.
DIFFERENT = {
    "date-picker/readonly": {
        "-text in label readonly numeric",
        "+text readonly",
        "+text readonly numeric",
    },
    "date-picker/with-form-control-label": {"-text in label numeric", "+select", "+text numeric"},
    "file-upload/playground": {
        "-file",
        "+file described by support",
        "-error",
        "-checkbox in label",
    },
    "notification-banner/error": {"-div", "+section", "-icon named", "+icon hidden", "-close"},
    "radio/errored": {"-radio in label invalid", "+radio in label"},
    "textarea/with-counter": {
        "-textarea described by support",
        "+textarea described by support, counter",
    },
}


def difference(sample: str) -> set[str]:
    theirs, mine = RECORDED["samples"][sample]["anatomy"], anatomy(ours(sample))
    if sorted(theirs) == sorted(mine):
        return set() if theirs == mine else {"order"}
    return {f"-{line}" for line in theirs if line not in mine} | {
        f"+{line}" for line in mine if line not in theirs
    }


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_field_has_the_anatomy_of_its_sample(sample):
    assert difference(sample) == DIFFERENT.get(sample, set())


def test_the_page_names_the_commit_the_count_and_every_difference():
    same = len(SAMPLES) - len(DIFFERENT)
    print(f"DADS {RECORDED['commit'][:7]}: {same} of {len(SAMPLES)} samples have the same anatomy")
    assert set(RECORDED["samples"]) == set(SAMPLES)
    text = "".join(PAGE.split())
    assert RECORDED["commit"] in PAGE
    assert f"{len(SAMPLES)}件のうち{same}件" in text
    assert [name for name in DIFFERENT if f"`{name}`" not in PAGE] == []
