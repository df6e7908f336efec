"""Sealed values: they open in their place, with their key, and nowhere else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from govkit.base.encryption import Keyring, Place, SealProblem, key_name, keyring_of
from govkit.base.settings import EncryptionSettings, SecuritySettings, Settings
from govkit.errors import Unreadable

pytestmark = pytest.mark.requirement("ENC-1", "ASVS-11.3.1", "ASVS-11.3.2", "ASVS-11.3.3")

OLD, NEW = b"o" * 32, b"n" * 32
PLACE = Place("132021", "enrolment_guardian", "contact", "11")
NASTY = (
    "",
    "\x00",
    "𠮷田　葛󠄀",
    "=1+1",
    "%_\\",
    "gk1.2026.AAAA",
    "'; DROP TABLE x; --",
    "\u202e\ufeff\u2028",
    "か\u3099",
    "あ" * 5000,
)


@pytest.fixture
def ring():
    return Keyring({"2026": NEW, "2025": OLD})


def problem_of(ring, sealed, place=PLACE):
    with pytest.raises(Unreadable) as caught:
        ring.decrypt(sealed, place)
    assert "03-" not in str(caught.value)
    return caught.value.problem


@given(st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec="utf-8"))))
def test_every_text_comes_back_as_it_was(text):
    ring = Keyring({"2026": NEW})
    sealed = ring.encrypt(text, PLACE)
    assert ring.decrypt(sealed, PLACE) == text
    assert sealed.isascii()
    assert len(text) < 12 or text not in sealed


@pytest.mark.requirement("ASVS-11.3.4")
def test_the_same_text_never_looks_the_same_twice(ring):
    assert len({ring.encrypt("03-0000-0000", PLACE) for _ in range(500)}) == 500


def test_a_change_of_any_letter_is_noticed(ring):
    sealed = ring.encrypt("03-0000-0000", PLACE)
    head = sealed.rindex(".") + 1
    for at in range(head, len(sealed) - 1):
        other = "A" if sealed[at] != "A" else "B"
        assert problem_of(ring, sealed[:at] + other + sealed[at + 1 :]) == SealProblem.ALTERED
    for cut in (head, head + 5, len(sealed) - 4):
        assert problem_of(ring, sealed[:cut]) == SealProblem.ALTERED
    assert problem_of(ring, sealed + "AAAA") == SealProblem.ALTERED


@pytest.mark.parametrize(
    "place",
    [
        Place("132071", "enrolment_guardian", "contact", "11"),
        Place("132021", "enrolment_guardian", "contact", "12"),
        Place("132021", "enrolment_guardian", "name", "11"),
        Place("132021", "enrolment_guardia", "ncontact", "11"),
        Place("132021", "enrolment_guardian", "contact1", "1"),
        Place("", "enrolment_guardian", "contact", "11"),
    ],
)
def test_a_value_opens_in_no_other_place(ring, place):
    assert problem_of(ring, ring.encrypt("03-0000-0000", PLACE), place) == SealProblem.ALTERED


def test_old_keys_open_and_the_newest_seals(ring):
    sealed = Keyring({"2025": OLD}).encrypt("03-0000-0000", PLACE)
    assert ring.decrypt(sealed, PLACE) == "03-0000-0000"
    assert key_name(ring.encrypt("", PLACE)) == "2026"


def test_a_lost_key_is_named_and_a_wrong_one_opens_nothing(ring):
    sealed = Keyring({"2024": OLD}).encrypt("03-0000-0000", PLACE)
    assert problem_of(ring, sealed) == SealProblem.UNKNOWN_KEY
    sealed = Keyring({"2026": OLD}).encrypt("03-0000-0000", PLACE)
    assert problem_of(ring, sealed) == SealProblem.ALTERED


def test_another_name_of_the_key_is_noticed(ring):
    sealed = ring.encrypt("03-0000-0000", PLACE)
    assert problem_of(ring, sealed.replace(".2026.", ".2025.")) == SealProblem.ALTERED


@pytest.mark.parametrize("text", ["", "03-0000-0000", "gk1", "gk1.2026", "gk2.2026.AAAA"])
def test_what_is_not_sealed_is_not_taken_for_plain(ring, text):
    assert problem_of(ring, text) == SealProblem.NOT_SEALED


def test_hashes_for_searching_differ_by_city_column_and_key(ring):
    places = [
        PLACE,
        Place("132071", "enrolment_guardian", "contact"),
        Place("132021", "enrolment_guardian", "name"),
    ]
    found = [digest for place in places for digest in ring.digests("0300000000", place)]
    assert len(set(found)) == 6
    # The row does not count: equal values are to be found in all rows.
    assert ring.digests("x", PLACE) == ring.digests("x", replace(PLACE, row="12"))


def test_nothing_shows_a_key(ring):
    settings = Settings(encryption=EncryptionSettings(keys=(SecretStr("2026:" + "k" * 43),)))
    assert repr(ring) == "Keyring(2026, 2025)"
    assert "kkk" not in repr(settings)


def test_without_keys_one_is_derived_from_the_secret_key_and_later_only_opens():
    secret = SecuritySettings(secret_key=SecretStr("an invented secret"))
    bare = keyring_of(Settings(security=secret))
    sealed = bare.encrypt("03-0000-0000", PLACE)
    keys = EncryptionSettings(keys=(SecretStr("2026:" + "k" * 43),))
    later = keyring_of(Settings(security=secret, encryption=keys))
    assert (bare.names, later.names) == (("secret",), ("2026", "secret"))
    assert later.decrypt(sealed, PLACE) == "03-0000-0000"
    other = SecuritySettings(secret_key=SecretStr("another secret"))
    assert problem_of(keyring_of(Settings(security=other)), sealed) == SealProblem.ALTERED


@pytest.mark.parametrize("keys", [{}, {"2026": b"short"}, {"2026": NEW, "2025": b"x" * 31}])
def test_a_ring_needs_keys_of_the_right_length(keys):
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(keys)
