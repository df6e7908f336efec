import copy
from io import BytesIO
from urllib.parse import urlencode

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from govkit.forms import (
    Block,
    Form,
    PasswordField,
    RowsField,
    TextField,
    ValidationError,
    When,
)
from govkit.forms.identifiers import MyNumberField
from govkit.forms.steps import (
    Journey,
    Missing,
    Redirect,
    Show,
    Step,
    StepState,
    Visit,
    one_question_per_page,
)
from tests.forms.journey import Office, create_app, create_journey
from tests.forms.page import Page

PDF = b"%PDF-1.7\n1 0 obj"
MY_NUMBER = "123456789018"


class Browser:
    """Visits the pages of a journey; the state is what the server keeps."""

    def __init__(self, journey, state=None):
        self.journey, self.state = journey, {} if state is None else state

    def get(self, page="", *, changing=False):
        return self.journey.handle(Visit("GET", page, changing=changing), self.state)

    def post(self, page, *pairs, changing=False, files=(), **values):
        sent = MultiDict([*values.items(), *pairs])
        visit = Visit("POST", page, sent, MultiDict(files), changing)
        return self.journey.handle(visit, self.state)

    def html(self, page="", *, changing=False):
        shown = self.get(page, changing=changing)
        assert isinstance(shown, Show), shown
        return str(shown.html(lambda name: f"/t/{name}"))

    def states(self):
        return [task["text"] for task in self.get().context["tasks"]]

    def fill(self, *steps):
        for step in steps or ("applicant", "house", "papers", "letter"):
            FILL[step](self)
        return self


FILL = {
    "applicant": lambda b: b.post("applicant", name="𠮷田 花子", kind="in", former="昭島市"),
    "move": lambda b: b.post("applicant", name="𠮷田 花子", kind="move"),
    "house": lambda b: b.post("house", has_children="no"),
    "parents": lambda b: b.post("house", ("needs", "school"), has_children="yes"),
    "children": lambda b: b.post(
        "children", children="0", **{"children-0-name": "一郎", "children-0-birth": "2019-5-1"}
    ),
    "papers": lambda b: b.post("papers", files=[("papers", paper("免許証.pdf"))]),
    "letter": lambda b: b.post("letter", letter="yes"),
}


def paper(name, body=PDF):
    return FileStorage(BytesIO(body), filename=name)


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def browser(office):
    return Browser(create_journey(submit=office)[0])


def send(browser, **values):
    token = browser.get("check").context["token"]
    return browser.post("check", send=token, **{"agreed": "1", **values})


def test_the_task_list_tells_how_far_each_task_is(browser):
    assert browser.journey.walk_of(browser.state).states["children"] == StepState.NOT_NEEDED
    assert browser.states() == ["まだ", "まだ", "ほかの答えで決まります", "まだ", "まだ"]

    browser.fill("applicant", "house")
    browser.post("papers", go="next")
    assert browser.states() == ["済", "済", "不要", "直してください", "まだ"]

    browser.fill("parents")
    browser.post("letter", letter="no", go="back")
    assert browser.states() == ["済", "済", "まだ", "直してください", "入力中"]


def test_going_forward_leads_past_what_is_not_asked_to_the_check_page(browser):
    assert FILL["applicant"](browser) == Redirect("house")
    assert FILL["house"](browser) == Redirect("papers")
    assert FILL["papers"](browser) == Redirect("letter")
    assert FILL["letter"](browser) == Redirect("check")


def test_an_error_leads_back_to_the_page_by_a_redirect(browser):
    assert browser.post("applicant", name="", kind="in") == Redirect("applicant")

    html = browser.html("applicant")
    assert browser.get("applicant").title == "エラー: 届け出る人"
    assert "氏名を入力してください" in html
    assert Page(html).by_id("kind-0").get("checked") is None
    assert "checked" in Page(html).by_id("kind-0").attributes


@pytest.mark.parametrize("go", ["back", "list", "save", "next"])
def test_every_way_out_of_a_page_keeps_what_was_typed(browser, go):
    browser.post("applicant", name="あ" * 30, kind="nonsense", former="昭島市", note="x", go=go)

    page = Page(browser.html("applicant"))
    assert page.by_id("name")["value"] == "あ" * 30
    assert page.by_id("former")["value"] == "昭島市"
    assert bool(page.all("section")) is (go == "next")


def test_the_ways_out_lead_where_they_say(browser):
    browser.fill("applicant")
    assert browser.post("house", go="back") == Redirect("applicant")
    assert browser.post("applicant", go="back") == Redirect("")
    assert browser.post("house", go="list") == Redirect("")
    assert browser.post("house", go="save") == Redirect("save")
    assert browser.post("house", go="nonsense") == Redirect("")


def test_leaving_a_finished_page_without_a_change_leaves_it_finished(browser):
    browser.fill("applicant")
    browser.post("applicant", name="𠮷田 花子", kind="in", former="昭島市", go="back")

    assert browser.states()[0] == "済"


def test_leaving_an_empty_page_begins_nothing(browser):
    browser.post("applicant", name=" ", note="", go="list")

    assert browser.states()[0] == "まだ"


def test_a_page_without_an_answer_can_be_finished():
    class Optional(Form):
        note = TextField("備考")

    browser = Browser(Journey("届", [Step("note", "備考", Optional)], lambda _all: "1"))
    assert browser.post("note") == Redirect("check")
    assert browser.states() == ["済"]


def test_what_an_answer_hides_is_not_handed_over_and_comes_back_with_it(browser, office):
    browser.fill("applicant", "parents", "children", "papers", "letter")
    browser.fill("move", "house")
    assert browser.states() == ["済", "済", "不要", "済", "済"]
    assert "一郎" not in browser.html("check")
    assert "昭島市" not in browser.html("check")

    browser.fill("parents")
    assert browser.states()[2] == "済"
    assert "一郎" in browser.html("check")

    browser.fill("house")
    send(browser)
    ((_number, submission, _files),) = office.received.values()
    assert submission.data["applicant"]["former"] is None
    assert "children" not in submission.data


def test_a_hidden_value_is_still_in_its_control(browser):
    browser.post("applicant", name="花子", kind="move", former="昭島市")

    assert Page(browser.html("applicant")).by_id("former")["value"] == "昭島市"


def test_a_page_that_is_not_asked_leads_on(browser):
    browser.fill("applicant", "house")

    assert browser.get("children") == Redirect("papers")
    assert browser.post("children", children="0") == Redirect("children")


def test_an_answer_that_became_wrong_is_asked_again():
    class First(Form):
        limit = TextField("上限", required=True)

    class Second(Form):
        text = TextField("文", required=True)

        def validate_text(self, field):
            if len(field.data) > int(self.meta.answers["limit"]):
                raise ValidationError("短くしてください")

    steps = [Step("first", "一", First), Step("second", "二", Second)]
    browser = Browser(Journey("届", steps, lambda _all: "1"))
    browser.post("first", limit="5")
    assert browser.post("second", text="abc") == Redirect("check")

    browser.post("first", limit="2")
    assert browser.states() == ["済", "直してください"]
    assert "短くしてください" in browser.html("second")
    assert browser.get("check").context["open"] == [("二", "second")]


def test_each_answer_can_be_changed_from_the_check_page(browser):
    browser.fill()
    page = Page(browser.html("check"))
    links = {each.text: each["href"] for each in page.all("a")}

    assert links["変更する：氏名"] == "/t/applicant?change=1#name"
    assert links["変更する：届出の種類"] == "/t/applicant?change=1#kind-0"
    assert Page(browser.html("applicant", changing=True)).all("form")[0]["action"] == (
        "/t/applicant?change=1"
    )
    values = {"name": "花子", "kind": "move"}
    assert browser.post("applicant", changing=True, **values) == Redirect("check")
    assert browser.post("applicant", changing=True, name="") == Redirect("applicant", changing=True)
    assert browser.post("applicant", changing=True, go="back", **values) == Redirect("check")


def test_a_change_that_asks_more_leads_there_and_then_back_to_the_check_page(browser):
    browser.fill()
    asked = browser.post("house", has_children="yes", changing=True)
    assert asked == Redirect("children", changing=True)

    child = {"children": "0", "children-0-name": "一郎", "children-0-birth": "2019-5-1"}
    assert browser.post("children", changing=True, **child) == Redirect("check")


def test_answers_are_shown_in_words(browser):
    browser.fill("applicant", "parents", "children", "papers", "letter")
    text = Page(browser.html("check")).all("dl")
    words = [each.text for each in text]

    assert "氏名𠮷田花子変更する：氏名" in words[0]
    assert "届出の種類転入" in words[0]
    assert "備考入力なし" in words[0]
    assert "相談したいこと学校" in words[1]
    assert "子ども1人目氏名：一郎生年月日：2019年" in words[2]
    assert "免許証.pdf（1KB）" in words[3]
    assert "写真入力なし" in words[3]


def test_nothing_can_be_sent_while_something_is_open(browser, office):
    browser.fill("applicant")
    html = browser.html("check")

    assert "送信する前に、あと3つ入力してください" in html
    assert "この内容で送信する" not in html
    assert send(browser) == Redirect("check")
    assert office.received == {}


def test_sending_gives_a_receipt_number_and_forgets_what_was_typed(browser, office):
    browser.fill()
    assert send(browser) == Redirect("done")

    assert "令8-0001" in browser.html("done")
    assert "花子" not in repr(browser.state)
    ((_number, submission, files),) = office.received.values()
    assert submission.answers["name"] == "𠮷田 花子"
    assert submission.last == {"agreed": True}
    assert files == [PDF]


def test_uploads_and_draft_are_deleted_once_sent():
    journey, uploads = create_journey()
    browser = Browser(journey).fill()
    browser.post("letter", letter="yes", go="save")
    code = browser.get("save").context["code"]
    send(browser)

    assert uploads._files == {}
    assert journey.drafts.open(code).problem == "draft_unknown"


def test_sending_twice_gives_the_same_receipt(browser, office):
    browser.fill()
    token = browser.get("check").context["token"]
    first = browser.post("check", send=token, agreed="1")

    assert browser.post("check", send=token, agreed="1") == first == Redirect("done")
    assert len(office.received) == 1
    assert "令8-0001" in browser.html("done")


def test_the_same_key_is_handed_over_however_often_it_is_sent(office):
    journey, uploads = create_journey(submit=office)
    browser = Browser(journey).fill()
    token = browser.get("check").context["token"]
    kept = copy.deepcopy(uploads._files)
    racing = Browser(journey, copy.deepcopy(browser.state))

    browser.post("check", send=token, agreed="1")
    uploads._files.update(kept)
    racing.post("check", send=token, agreed="1")

    assert browser.state["receipt"] == racing.state["receipt"] == "令8-0001"


@pytest.mark.requirement("ASVS-2.3.1")
def test_an_old_page_cannot_send_what_nobody_has_checked(browser, office):
    browser.fill()
    token = browser.get("check").context["token"]
    browser.post("applicant", name="別人", kind="move")

    assert browser.post("check", send=token, agreed="1") == Redirect("check")
    assert office.received == {}
    assert "内容が変わりました" in browser.html("check")
    assert "内容が変わりました" not in browser.html("check")


def test_after_the_end_every_page_leads_to_the_receipt_until_one_starts_anew(browser):
    browser.fill()
    old = browser.get("check").context["token"]
    send(browser)
    for page in ("", "applicant", "check", "save", "resume"):
        assert browser.get(page) == Redirect("done")
        assert browser.post(page, name="x") == Redirect("done")
    assert browser.post("done") == Redirect("")
    assert browser.get("done") == Redirect("")
    browser.fill()
    assert browser.post("check", send=old, agreed="1") == Redirect("check")


def test_a_refusal_of_the_office_is_shown_and_nothing_is_lost(browser, office):
    browser.fill()
    office.refuses = True
    shown = send(browser)

    assert "受付の期間が終わりました。窓口へお越しください。" in shown.html(str)
    assert shown.title == "エラー: 入力内容の確認"
    office.refuses = False
    assert send(browser) == Redirect("done")


def test_the_declaration_is_asked_for(browser, office):
    browser.fill()
    shown = browser.post("check", send=browser.get("check").context["token"])

    assert "チェックを入れてください" in shown.html(str)
    assert shown.title == "エラー: 入力内容の確認"
    assert office.received == {}


def test_a_journey_is_saved_and_resumed_elsewhere(browser):
    browser.fill("applicant", "papers")
    browser.post("house", has_children="", go="save")
    page = browser.get("save")
    assert page.context["last_day"] == "2026-05-30"
    assert page.context["code"] in browser.html("save")

    other = Browser(browser.journey)
    assert other.post("resume", code=page.context["code"].lower()) == Redirect("")
    assert other.states() == ["済", "まだ", "ほかの答えで決まります", "済", "まだ"]
    assert "免許証.pdf" in other.html("papers")
    other.fill("house", "letter")
    assert other.get("check").context["open"] == []

    other.post("house", has_children="no", go="save")
    assert other.post("save") == Redirect("save")
    assert other.get("save").context["code"] == page.context["code"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("", "再開コードを入力してください"),
        ("1234", "表示された12文字を入力してください"),
        ("2222-2222-2222", "下書きは見つかりません"),
    ],
)
def test_a_code_that_opens_nothing_says_why(browser, code, text):
    shown = browser.post("resume", code=code)

    assert text in shown.html(str)
    assert shown.title == "エラー: 保存した続きから始める"


def test_a_draft_of_last_month_is_told(browser):
    browser.fill("applicant")
    browser.post("save")
    code = browser.get("save").context["code"]
    browser.journey.drafts.now.now = browser.journey.drafts.now.now.replace(month=7)

    assert "期限を過ぎた" in browser.post("resume", code=code).html(str)


def test_without_drafts_there_is_no_page_for_them():
    journey, _uploads = create_journey()
    object.__setattr__(journey, "drafts", None)
    browser = Browser(journey)

    assert browser.get("save") == browser.get("resume") == Missing()
    assert "保存" not in browser.html("applicant")
    assert browser.post("applicant", go="save") == Redirect("")


def test_helper_buttons_keep_the_page_and_what_was_typed(browser):
    browser.fill("applicant", "parents")
    asked = browser.post(
        "children", ("children-add", "1"), children="0", **{"children-0-name": "一郎"}
    )
    assert asked == Redirect("children")

    page = Page(browser.html("children"))
    assert page.by_id("children-0-name")["value"] == "一郎"
    assert "autofocus" in page.by_id("children-1-name").attributes
    assert browser.html("children") == browser.html("children")
    assert browser.states()[2] == "入力中"


def test_uploads_are_kept_across_steps_and_removed_once(browser):
    browser.post("papers", ("papers-add", "1"), files=[("papers", paper("a.pdf")), ("papers", paper("b.pdf"))])  # fmt: skip
    kept = [each["value"] for each in Page(browser.html("papers")).all("input") if each["type"] == "hidden"]  # fmt: skip
    assert len(kept) == 2

    pairs = [("papers", token) for token in kept]
    asked = browser.post("papers", *pairs, ("papers-remove-0", "1"))
    assert asked == Redirect("papers", fragment="papers")
    for _visit in range(2):
        html = browser.html("papers")
        assert "「a.pdf」" not in html
        assert "「b.pdf」" in html
    browser.post("papers", ("papers", kept[1]))
    assert browser.states()[3] == "済"


def test_a_refused_upload_is_told_after_the_redirect(browser):
    browser.post("papers", files=[("papers", paper("a.pdf")), ("papers", paper("b.pdf", b"MZ"))])
    html = browser.html("papers")

    assert "「b.pdf」は、名前の終わりと中身が合いません" in html
    assert "「a.pdf」を取り消す" in html
    assert browser.states()[3] == "直してください"
    token = next(each["value"] for each in Page(html).all("input") if each["type"] == "hidden")
    browser.post("papers", ("papers", token))
    assert browser.states()[3] == "済"


def test_the_uploads_of_another_journey_are_out_of_reach(browser):
    browser.fill("papers")
    token = next(
        each["value"]
        for each in Page(browser.html("papers")).all("input")
        if each["type"] == "hidden"
    )
    other = Browser(browser.journey)
    other.post("papers", ("papers", token))

    assert "もう一度選んでください" in other.html("papers")
    assert "免許証" not in other.html("papers")


@pytest.mark.parametrize("typed", [MY_NUMBER, "１２３４-５６７８-９０１８", f"番号{MY_NUMBER}"])
@pytest.mark.parametrize("go", ["next", "back", "save"])
def test_a_my_number_typed_into_a_text_is_nowhere_kept(browser, typed, go):
    browser.post("applicant", name="花子", kind="move", note=typed, go=go)

    html = browser.html("applicant")
    for kept in (html, repr(browser.state), browser.html("check")):
        assert typed not in kept
        assert "9018" not in kept
    assert "個人番号（マイナンバー）は入力できません" in html
    assert browser.states()[0] == ("直してください" if go == "next" else "入力中")


@pytest.mark.parametrize(
    "field",
    [
        MyNumberField("個人番号", legal_basis="番号法 第9条第1項"),
        PasswordField("パスワード"),
        Block("組", fields={"number": MyNumberField("個人番号", legal_basis="番号法 第9条")}),
    ],
    ids=["my number", "password", "block"],
)
def test_a_step_that_asks_for_a_secret_is_refused(field):
    form = type("Secret", (Form,), {"secret": field})
    browser = Browser(Journey("届", [Step("secret", "番号", form)], lambda _all: "1"))

    with pytest.raises(ValueError, match="must not be kept"):
        browser.get()


def test_a_my_number_is_asked_on_the_check_page_and_not_kept():
    class Last(Form):
        number = MyNumberField("個人番号", required=True, legal_basis="番号法 第9条第1項")

    class Note(Form):
        note = TextField("備考")

    received = []
    journey = Journey("届", [Step("note", "備考", Note)], lambda all_: received.append(all_) or "1", last=Last)  # fmt: skip
    browser = Browser(journey)
    browser.post("note", note="x")
    token = browser.get("check").context["token"]
    shown = browser.post("check", send=token, number=MY_NUMBER[:-1])
    assert MY_NUMBER[:8] not in shown.html(str)

    assert browser.post("check", send=token, number=MY_NUMBER) == Redirect("done")
    assert received[0].last["number"].reveal() == MY_NUMBER
    assert MY_NUMBER not in repr(browser.state) + repr(received)


class Ask(Form):
    kind = TextField("種類")


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ([Step("check", "x", Ask)], "'check'"),
        ([Step("a b", "x", Ask)], "'a b'"),
        ([Step("", "x", Ask)], "''"),
        ([Step("A", "x", Ask)], "'A'"),
        ([Step("a", "x", Ask), Step("a", "y", Ask)], "'a'"),
        ([Step("a", "x", Ask, When("kind", equals="x"))], "no step before"),
        ([Step("a", "x", Ask), Step("b", "y", Ask, When("knd", equals="x"))], "'knd'"),
        ([Step("a", "x", Ask), Step("b", "y", Ask, When("a.knd", equals="x"))], "'a.knd'"),
        (
            [
                Step("a", "x", Ask),
                Step("b", "y", Ask),
                Step("c", "z", Ask, When("kind", equals="x")),
            ],
            "several steps",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_steps_that_do_not_fit_together_are_refused(steps, problem):
    with pytest.raises(ValueError, match=problem):
        Journey("届", steps, lambda _all: "1")


def test_a_rule_may_name_the_step():
    steps = [
        Step("a", "x", Ask),
        Step("b", "y", Ask),
        Step("c", "z", Ask, When("b.kind", equals="x")),
    ]
    browser = Browser(Journey("届", steps, lambda _all: "1", has_list=False))
    assert browser.get() == Redirect("a")
    browser.post("a", kind="x")
    browser.post("b", kind="y")
    assert browser.get() == Redirect("check")
    browser.post("b", kind="x")
    assert browser.get() == Redirect("c")


def test_one_question_per_page_makes_a_step_of_each_question():
    class Many(Form):
        family_name = TextField("姓", required=True)
        rest = RowsField("ほか", Ask, show_if=When("family_name", equals="山田"))

        def validate_family_name(self, field):
            if field.data == "x":
                raise ValidationError("別の姓を")

    steps = one_question_per_page(Many, "名前")
    assert [(step.name, step.title, step.section) for step in steps] == [
        ("family-name", "姓", "名前"),
        ("rest", "ほか", "名前"),
    ]
    browser = Browser(Journey("届", steps, lambda _all: "1"))
    browser.post("family-name", family_name="x")
    assert "別の姓を" in browser.html("family-name")
    assert browser.post("family-name", family_name="山田") == Redirect("rest")
    assert browser.states() == ["入力中"]
    assert browser.post("family-name", family_name="佐藤") == Redirect("check")
    assert browser.states() == ["済"]


def test_the_pages_of_a_flask_application(office):
    journey, _uploads = create_journey(submit=office)
    client = create_app(journey).test_client()

    shown = client.get("/todoke/")
    assert shown.headers["Cache-Control"] == "no-store"
    moved = client.post("/todoke/applicant?change=1", data={"name": ""})
    assert (moved.status_code, moved.location) == (303, "/todoke/applicant?change=1")
    body = urlencode({"name": "花子", "kind": "move"})
    moved = client.post("/todoke/applicant", data=body, content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert moved.location == "/todoke/house"
    assert client.get("/todoke/nonsense").status_code == 404
    assert Browser(journey).post("../x") == Missing()
