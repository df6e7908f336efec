"""A journey of several pages, as a visitor sees it on the way."""

from collections.abc import Iterator, Mapping
from typing import Any

from govkit import forms
from govkit.forms.drafts import Drafts, KeyRing, MemoryDrafts
from govkit.forms.form import Sending
from govkit.forms.steps import Journey, Show, Step, Visit

__all__ = ["example_journey", "journey_pages"]


def example_journey() -> Journey:
    """Two steps, a declaration, and drafts."""

    class Applicant(forms.Form):
        name = forms.FullNameField("氏名", required=True)
        kind = forms.RadioField(
            "届出の種類", choices=[("in", "転入"), ("move", "転居")], required=True
        )
        former = forms.TextField(
            "前の市区町村", required=True, show_if=forms.When("kind", equals="in")
        )

    class House(forms.Form):
        size = forms.IntegerField("世帯の人数", required=True)

    class Declaration(forms.Form):
        agreed = forms.CheckboxField("内容に間違いがないことを確かめました", required=True)

    return Journey(
        "転入・転居の届出",
        steps=(Step("applicant", "届け出る人", Applicant), Step("house", "世帯", House)),
        submit=lambda submission: "令8-0001",
        last=Declaration,
        drafts=Drafts(KeyRing({"first": bytes(32)}), MemoryDrafts()),
    )


def journey_pages() -> Iterator[tuple[str, str, Show]]:
    """Name, Japanese title and content of each page, in the order in which a visitor sees them."""
    journey = example_journey()
    state: dict[str, Any] = {}

    def show(page: str) -> Show:
        found = journey.handle(Visit("GET", page), state)
        assert isinstance(found, Show), page
        return found

    def send(page: str, values: Mapping[str, Any]) -> None:
        journey.handle(Visit("POST", page, Sending.of(values.items())), state)

    yield "start", "手続の一覧（始める前）", show("")
    yield "step", "1つの段階", show("applicant")
    send("applicant", {"name": "髙橋 花子", "kind": "in", "former": ""})
    yield "wrong", "段階のエラー", show("applicant")
    yield "on-the-way", "手続の一覧（途中）", show("")
    send("applicant", {"name": "髙橋 花子", "kind": "in", "former": "架空市"})
    send("house", {"size": "3"})
    check = show("check")
    yield "check", "回答の確認", check
    yield "resume", "続きから始める", show("resume")
    send("check", {"agreed": "1", "send": check.context["token"]})
    yield "done", "受け付けました", show("done")
