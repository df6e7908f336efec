"""Every field in every state in a real browser, with scripts and without.

One page per state shows all fields of ``govkit.testing.form_examples``; each page is opened once
with scripts and once without, and the tests ask it questions.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from govkit.testing.form_examples import State, all_examples
from tests.conftest import served
from tests.forms.gallery import create_gallery
from tests.pages import assert_accessible

FACTS = Path(__file__).with_name("facts.js").read_text("utf-8")
EXAMPLES = all_examples()
# Words that are no English text: examples of what to type, and names of formats.
FOREIGN = re.compile(
    r"https?://[\w./:-]+|[\w.+-]+@[\w.-]+|(?<![A-Za-z])(?:CSV|PDF|JPEG|PNG|URL)(?![A-Za-z])"
)

# WCAG 2.2, 1.3.5: tokens for what browsers may fill in about the person at the keyboard. Names and
# days of others have none; "off" keeps numbers and searches out of the browser's memory.
TOKENS = {
    "applicant-family_name": "family-name",
    "applicant-given_name": "given-name",
    "birth": "bday",
    "building": "address-line2",
    "city": "address-level2",
    "email": "email",
    "family_name": "family-name",
    "foreign_resident-latin": "name",
    "full_name": "name",
    "given_name": "given-name",
    "guardian-family_name": "family-name",
    "guardian-given_name": "given-name",
    "guardian-telephone": "tel",
    "latin_name": "name",
    "lot": "address-line1",
    "my_number": "off",
    "password": "current-password",
    "postcode": "postal-code",
    "prefecture": "address-level1",
    "previous_school": "off",
    "reply_to-again": "email",
    "reply_to-email": "email",
    "telephone": "tel",
    "town": "address-level3",
    "website": "url",
    "whole_address": "street-address",
    "workplace-name": "organization",
}
# The address of the person at the keyboard, in a block of its own and inside others.
ADDRESS_TOKENS = {
    "postcode": "postal-code",
    "prefecture": "address-level1",
    "city": "address-level2",
    "town": "address-level3",
    "lot": "address-line1",
    "building": "address-line2",
}
KEYBOARDS = {
    "account_number": "numeric",
    "amount": "numeric",
    "bank_code": "numeric",
    "board_code": "numeric",
    "branch_code": "numeric",
    "children-0-age": "numeric",
    "corporate_number": "numeric",
    "email": "email",
    "guardian-address-postcode": "numeric",
    "guardian-telephone": "tel",
    "household_size": "numeric",
    "moved_on-day": "numeric",
    "moved_on-month": "numeric",
    "moved_on-year": "numeric",
    "municipality_code": "numeric",
    "my_number": "numeric",
    "postcode": "numeric",
    "refund_account-bank_code": "numeric",
    "refund_account-branch_code": "numeric",
    "refund_account-number": "numeric",
    "refund_account-symbol": "numeric",
    "refund_account-yucho_number": "numeric",
    "reply_to-again": "email",
    "reply_to-email": "email",
    "residence-postcode": "numeric",
    "telephone": "tel",
    "temperature": "decimal",
    "website": "url",
    "workplace-staff": "numeric",
}

ALL = pytest.mark.parametrize(
    "view",
    [(state, scripted) for state in State for scripted in (True, False)],
    ids=lambda view: f"{view[0]}-{'script' if view[1] else 'no-script'}",
    indirect=True,
)
SCRIPTED = pytest.mark.parametrize(
    "view", [(state, True) for state in State], ids=[*State], indirect=True
)


class View:
    """An open page and what it says about its fields.

    :param unscripted: The same page in a browser that runs scripts but was given none: axe, a
        script itself, sees there what a browser without scripts shows.
    """

    def __init__(self, page: Page, state: State, unscripted: Page | None = None) -> None:
        self.page, self.state = page, state
        self.page_for_axe = unscripted or page
        self.facts = page.evaluate(FACTS)
        self.controls = self.facts["controls"]


@pytest.fixture(scope="module")
def views(browser) -> Iterator[dict]:
    opened: dict[tuple[State, bool], View] = {}
    with served(create_gallery()) as address:
        contexts = {
            scripted: browser.new_context(
                viewport={"width": 1280, "height": 900}, java_script_enabled=scripted
            )
            for scripted in (True, False)
        }
        for scripted, context in contexts.items():
            for state in State:
                page = context.new_page()
                assert page.goto(f"{address}/fields/{state}").ok
                unscripted = None
                if not scripted:
                    unscripted = contexts[True].new_page()
                    unscripted.route("**/*.js", lambda route: route.abort())
                    assert unscripted.goto(f"{address}/fields/{state}").ok
                opened[state, scripted] = View(page, state, unscripted)
        yield opened
        for context in contexts.values():
            context.close()


@pytest.fixture
def view(views, request) -> View:
    return views[request.param]


def wrong_names() -> set[str]:
    """Names of the controls that the bad values make wrong."""
    return {f"{each.name}{end}" for each in EXAMPLES for end in each.wrong}


@ALL
def test_axe_finds_nothing(view):
    assert_accessible(view.page_for_axe)


@ALL
def test_every_field_is_there_and_every_control_has_a_name(view):
    names = [each["name"] for each in view.controls]
    assert [
        each.name for each in EXAMPLES if not any(name.startswith(each.name) for name in names)
    ] == []
    assert [each["id"] for each in view.controls if not each["label"]] == []
    assert [each["id"] for each in view.controls if each["placeholder"]] == []


@ALL
def test_ids_are_unique_and_every_reference_leads_somewhere(view):
    ids = view.facts["ids"]
    assert sorted(ids) == sorted(set(ids))
    assert set(view.facts["references"]) <= set(ids)


@pytest.mark.parametrize("view", [(State.EMPTY, True), (State.EMPTY, False)], indirect=True)
def test_browsers_know_what_they_may_fill_in_and_which_keys_to_show(view):
    found = {each["name"]: each["autocomplete"] for each in view.controls if each["autocomplete"]}
    for block in ("guardian-address", "residence"):
        for name, token in ADDRESS_TOKENS.items():
            assert found.pop(f"{block}-{name}") == token
    assert found == TOKENS
    keyboards = {each["name"]: each["inputmode"] for each in view.controls if each["inputmode"]}
    assert keyboards == KEYBOARDS


@ALL
def test_groups_of_buttons_stand_in_a_fieldset_with_a_legend(view):
    names = [each["name"] for each in view.controls]
    alone = [
        each["id"]
        for each in view.controls
        if (
            each["kind"] == "radio"
            or (each["kind"] == "checkbox" and names.count(each["name"]) > 1)
        )
        and not each["legend"]
    ]
    assert alone == []


@ALL
def test_every_error_is_part_of_the_description_of_its_field_and_comes_first(view):
    errors = view.facts["errors"]
    assert bool(errors) == (view.state == State.ERROR)
    assert [each["id"] for each in errors if not each["owners"] or not each["first"]] == []
    assert [each["id"] for each in errors if not all(each["sentences"])] == []


@ALL
def test_only_what_is_wrong_is_marked_as_wrong(view):
    marked = {each["name"] for each in view.controls if each["invalid"]}

    assert marked == (wrong_names() if view.state == State.ERROR else set())
    for each in view.controls:
        if each["invalid"]:
            assert any(id_.endswith("-error") for id_ in each["descriptions"]), each["id"]


@ALL
def test_every_link_of_the_summary_focuses_a_control_that_is_wrong(view):
    links = view.facts["links"]
    assert bool(links) == (view.state == State.ERROR)
    assert len({each["text"] for each in links}) == len(links)
    sentences = [text for each in view.facts["errors"] for text in each["sentences"]]
    assert sorted(each["text"].split("：")[-1] for each in links) == sorted(
        sentence.split("：")[-1] for sentence in sentences
    )
    names = {each["id"]: each["name"] for each in view.controls}
    for index, link in enumerate(links):
        view.page.evaluate("i => document.querySelectorAll('#error-summary a')[i].click()", index)
        assert view.page.evaluate("document.activeElement.id") == link["target"]
        assert names[link["target"]].startswith(tuple(wrong_names()))


@ALL
def test_what_cannot_be_changed_says_why_and_can_still_be_reached(view):
    fixed = [each for each in view.controls if each["readonly"]]
    assert [each["id"] for each in view.controls if each["disabled"]] == []
    if view.state != State.READONLY:
        assert fixed == []
        return
    assert [each["id"] for each in view.controls if not each["readonly"]] == []
    assert [
        each["id"] for each in fixed if not any("-readonly" in id_ for id_ in each["descriptions"])
    ] == []


@ALL
def test_a_click_on_the_label_reaches_the_control(view):
    lost = view.page.evaluate(
        """() => [...document.querySelectorAll('form.gk-form label[for]')].filter((label) => {
          if (!label.checkVisibility()) return false;
          document.activeElement.blur();
          label.click();
          return document.activeElement.id !== label.htmlFor;
        }).map((label) => label.htmlFor)"""
    )
    assert lost == []


@pytest.mark.parametrize("view", [(State.EMPTY, True), (State.ERROR, True)], indirect=True)
def test_tab_reaches_every_control_and_shows_where_it_is(view):
    page = view.page
    page.evaluate("const top = document.querySelector('h1'); top.tabIndex = -1; top.focus()")
    reached, hidden = set(), []
    while True:
        page.keyboard.press("Tab")
        name, rings, is_over = page.evaluate(
            """() => {
              const at = document.activeElement, style = getComputedStyle(at);
              const isOver = at === document.body || at.wasReached;
              at.wasReached = true;
              const rings = style.outlineStyle === 'auto' ||
                (parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none');
              return [at.id || at.textContent, rings, isOver];
            }"""
        )
        if is_over:
            break
        reached.add(name)
        if not rings:
            hidden.append(name)
    radios = {each["id"] for each in view.controls if each["kind"] == "radio"}
    assert {each["id"] for each in view.controls if each["shown"]} - reached - radios == set()
    assert hidden == []


@ALL
def test_what_people_touch_is_44_pixels_high(view):
    small = [each["id"] for each in view.controls if each["shown"] and each["height"] < 44]
    small += [
        each["text"]
        for each in view.facts["buttons"]
        if not each["inline"] and min(each["width"], each["height"]) < 44
    ]
    assert small == []
    assert min(each["width"] for each in view.controls if each["shown"]) >= 24


@ALL
def test_nothing_is_cut_off_on_narrow_screens_and_at_200_percent(view):
    wide = []
    for width in (1280, 640, 390, 320):
        view.page.set_viewport_size({"width": width, "height": 900})
        if view.page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(width)
    view.page.set_viewport_size({"width": 1280, "height": 900})
    assert wide == []


@SCRIPTED
def test_forced_colours_still_show_the_borders(view):
    view.page.emulate_media(forced_colors="active")
    bare = view.page.evaluate(
        """() => [...document.querySelectorAll('.gk-input, .gk-button')].filter((each) => {
          const style = getComputedStyle(each);
          return each.checkVisibility() &&
            (parseFloat(style.borderTopWidth) < 1 || style.borderTopStyle === 'none');
        }).map((each) => each.outerHTML)"""
    )
    view.page.emulate_media(forced_colors="none")
    assert bare == []


@ALL
def test_a_japanese_page_holds_no_english(view):
    texts = [view.facts["words"], *view.facts["spoken"]]
    sent = [value for each in EXAMPLES for value in each.sent()]
    typed = {getattr(each, "filename", str(each)) for each in sent}

    left = [FOREIGN.sub("", text) for text in texts]
    found = {word for text in left for word in re.findall("[A-Za-z]{3,}", text)}
    assert {word for word in found if not any(word in text for text in typed)} == set()
