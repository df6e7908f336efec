"""The English catalogue is complete, exact, and keeps every placeholder."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from govkit.base import i18n
from tests.architecture.messages import QUOTED, message_ids
from tests.architecture.sources import PACKAGE, is_japanese

PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\([a-z_]+\)[sd]|%s")
LANGUAGES = sorted(set(i18n.LANGUAGES) - {"ja"})


def _catalogue(code: str) -> dict[str, str]:
    path = Path(PACKAGE, "translations", f"{code}.po")
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=code, abort_invalid=True)
    assert not any(message.fuzzy for message in catalogue if message.id)
    return {str(message.id): str(message.string) for message in catalogue if message.id}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_translated(code):
    translated = _catalogue(code)
    missing = {text: at for text, at in message_ids().items() if not translated.get(text)}
    assert missing == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_translation_is_left_over(code):
    assert sorted(set(_catalogue(code)) - set(message_ids())) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_placeholders_are_the_same_in_both_languages(code):
    wrong = {
        source: text
        for source, text in _catalogue(code).items()
        if sorted(set(PLACEHOLDER.findall(source))) != sorted(set(PLACEHOLDER.findall(text)))
    }
    assert wrong == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_holds_no_japanese_but_quoted_terms(code):
    wrong = {text for text in _catalogue(code).values() if is_japanese(QUOTED.sub("", text))}
    assert wrong == set()


def test_the_catalogue_is_what_the_pages_speak():
    source, text = next(iter(_catalogue("en").items()))
    with i18n.use_language("en"):
        assert i18n.gettext(source) == text
