from io import BytesIO
from types import SimpleNamespace

from werkzeug.datastructures import FileStorage, MultiDict

from govkit.forms import (
    Block,
    CheckboxesField,
    DateField,
    FileField,
    Form,
    HiddenField,
    Length,
    RadioField,
    TextField,
)
from tests.forms.page import Page


class Enquiry(Form):
    token = HiddenField("受付")
    name = TextField("氏名", [Length(max=5)], required=True, autocomplete="name")
    birth = DateField("生年月日", required=True)
    kind = RadioField("区分", choices=[("in", "転入"), ("out", "転出")], required=True)
    days = CheckboxesField("曜日", choices=[("mon", "月"), ("tue", "火")], required=True)


GOOD = {"name": "山田 花子", "birth": "令和8年4月1日", "kind": "in", "days": "tue"}


def test_a_new_form_has_no_summary_and_no_prefix():
    form = Enquiry()

    assert form.error_summary() == ""
    assert form.title_prefix == ""


def test_a_good_form_passes():
    form = Enquiry(MultiDict(GOOD))

    assert form.validate()
    assert form.data["name"] == "山田 花子"
    assert form.data["days"] == ["tue"]
    assert form.error_summary() == ""


def test_the_summary_links_every_error_to_a_control_in_the_order_of_the_fields():
    form = Enquiry(MultiDict({"name": "とても長い名前", "birth": "平成31年5月1日"}))
    assert not form.validate()

    page = Page(form.error_summary() + form.render())
    links = page.all("a")

    assert [link["href"] for link in links] == ["#name", "#birth", "#kind-0", "#days-0"]
    assert links[0].text == "氏名は5文字以内で入力してください（いま7文字です）"
    for link in links:
        assert page.by_id(link["href"].removeprefix("#")).tag == "input"
    assert page.by_id("error-summary-heading").text == "入力内容に4件の誤りがあります"
    assert form.title_prefix == "エラー: "


def test_the_summary_takes_the_focus_without_a_script():
    form = Enquiry(MultiDict({"name": "山田"}))
    form.validate()

    summary = Page(form.error_summary()).by_id("error-summary")

    assert summary["tabindex"] == "-1"
    assert "autofocus" in summary.attributes


def test_an_error_of_the_service_is_shown_at_its_field_or_at_the_top():
    form = Enquiry(MultiDict(GOOD))
    assert form.validate()

    form.add_error("name", "同じ名前の児童がいます")
    form.add_error("", "この月は締められています")

    page = Page(form.error_summary())
    assert [item.text for item in page.all("li")] == [
        "この月は締められています",
        "同じ名前の児童がいます",
    ]
    assert [link["href"] for link in page.all("a")] == ["#name"]
    assert Page(form.name()).by_id("name")["aria-invalid"] == "true"


def test_an_error_of_a_hidden_field_has_no_link():
    form = Enquiry(MultiDict(GOOD))
    form.validate()
    form.add_error("token", "画面を開き直してください")

    page = Page(form.error_summary())

    assert page.all("a") == []
    assert page.all("li")[0].text == "画面を開き直してください"


def test_nothing_sent_keeps_the_values_of_the_object():
    record = SimpleNamespace(name="山田", kind="out")

    form = Enquiry(MultiDict(), record)

    assert form.name.data == "山田"
    assert 'value="山田"' in form.name()
    assert form.kind.data == "out"


def test_a_field_that_was_not_sent_is_blank():
    form = Enquiry(MultiDict({"kind": "in"}), SimpleNamespace(name="山田"))

    assert form.name.data is None


def test_every_sentence_goes_through_the_given_gettext():
    asked = []

    def gettext(text):
        asked.append(text)
        return {"{label}を入力してください": "Enter {label}", "※必須": "required"}.get(text, text)

    form = Enquiry(MultiDict({"birth": ""}), gettext=gettext)
    form.validate()

    assert form.name.errors == ["Enter 氏名"]
    assert Page(form.name()).all("label")[0].text == "氏名required"
    assert "エラー: " in [form.title_prefix, *asked]


def test_prefixes_keep_two_forms_on_one_page_apart():
    first, second = Enquiry(prefix="a"), Enquiry(MultiDict({"b-name": ""}), prefix="b")
    second.validate()

    page = Page(first.render() + second.render() + second.error_summary())
    ids = [each["id"] for each in page.elements if each.get("id")]

    assert len(ids) == len(set(ids))
    assert page.all("a")[0]["href"] == "#b-name"


def test_files_come_beside_the_values():
    class Upload(Form):
        title = TextField("題名")
        extract = FileField("抽出ファイル", required=True)

    file = FileStorage(BytesIO(b"x"), filename="住民票.csv")
    form = Upload(MultiDict({"title": "x"}), files=MultiDict({"extract": file}))

    assert form.has_files
    assert not Enquiry().has_files
    assert form.validate()
    assert form.extract.data.stream is file.stream
    assert form.title.data == "x"


def test_only_the_named_fields_are_rendered():
    page = Page(Enquiry().render(["name"]))

    assert [each["name"] for each in page.all("input")] == ["name"]


def test_a_search_form_does_without_the_optional_mark():
    class Search(Form):
        shows_optional = False
        name = TextField("氏名")

    assert "任意" not in Search().name()
    assert "任意" in type("Plain", (Form,), {"name": TextField("氏名")})().name()


def test_the_summary_names_the_block_where_several_fields_say_the_same():
    class Application(Form):
        applicant = Block("申請する方", fields={"phone": TextField("電話番号", required=True)})
        guardian = Block("保護者", fields={"phone": TextField("電話番号", required=True)})

    form = Application(MultiDict({"applicant-phone": ""}))
    form.validate()

    links = [(link["href"], link.text) for link in Page(form.error_summary()).all("a")]
    assert links == [
        ("#applicant-phone", "申請する方：電話番号を入力してください"),
        ("#guardian-phone", "保護者：電話番号を入力してください"),
    ]
