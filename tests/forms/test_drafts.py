import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.forms.drafts import (
    DirectoryDrafts,
    DraftProblem,
    Drafts,
    KeyRing,
    MemoryDrafts,
    NotOpened,
    Opened,
    ResumeCode,
    without_my_numbers,
)

MY_NUMBER = "123456789018"
KEY, NEW_KEY = bytes(range(32)), bytes(range(32, 64))
STATE = {"steps": {"name": [["name", "𠮷田 花子"]]}, "id": "abc"}


class Clock:
    def __init__(self):
        self.now = datetime(2026, 5, 1, 9, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture(params=["memory", "directory"])
def store(request, tmp_path):
    return MemoryDrafts() if request.param == "memory" else DirectoryDrafts(tmp_path / "drafts")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def drafts(store, clock):
    return Drafts(KeyRing({"a": KEY}), store, days=30, now=clock)


def only_key(drafts, code):
    return drafts.keys.digests(code.letters)[0]


def test_a_draft_comes_back_whole(drafts, clock):
    code = drafts.save(STATE)

    opened = drafts.open(str(code))

    assert opened == Opened(STATE, clock.now, clock.now + timedelta(days=30), code)


def test_saving_again_under_the_code_replaces_the_draft(drafts):
    code = drafts.save(STATE)
    assert drafts.save({"id": "later"}, code) == code

    assert drafts.open(str(code)).state == {"id": "later"}


@pytest.mark.parametrize(
    "typed",
    [
        "7KQF-3MTA-XW9D",
        "7KQF3MTAXW9D",
        "7kqf 3mta xw9d",
        "７ＫＱＦー３ＭＴＡーＸＷ９Ｄ",
        "７ｋｑｆ　３ｍｔａ　ｘｗ９ｄ",
        " 7KQF‐3MTA−XW9D\n",
        "7KQF–3MTA—XW9D",
        "7KQF\u200b-3MTA\ufeff-XW9D",
    ],
)
def test_a_code_is_read_however_it_was_typed(typed):
    assert str(ResumeCode.parse(typed)) == "7KQF-3MTA-XW9D"


@pytest.mark.parametrize(
    "typed",
    ["", " ", "7KQF-3MTA-XW9", "7KQF-3MTA-XW9DD", "0KQF-3MTA-XW9D", "OKQF-3MTA-XW9D",
     "1KQF-3MTA-XW9D", "IKQF-3MTA-XW9D", "LKQF-3MTA-XW9D", "UKQF-3MTA-XW9D", "٧KQF-3MTA-XW9D",
     "КQF7-3MTA-XW9D", "ななけーきゅー", "7KQF/3MTA/XW9D", "../../../etc/passwd", "\x007KQF"],
)  # fmt: skip
def test_what_is_no_code_is_told(drafts, typed):
    with pytest.raises(InvalidValue) as caught:
        ResumeCode.parse(typed)

    assert caught.value.problem == DraftProblem.NOT_A_CODE
    assert drafts.open(typed) == NotOpened(DraftProblem.NOT_A_CODE)
    assert "12文字" in drafts.open(typed).text


@given(st.text())
def test_any_text_is_a_code_or_not(text):
    opened = Drafts(KeyRing({"a": KEY}), MemoryDrafts()).open(text)

    assert opened.problem in (DraftProblem.NOT_A_CODE, DraftProblem.UNKNOWN)


def test_codes_differ_and_read_back():
    codes = {ResumeCode.new() for _ in range(500)}

    assert len(codes) == 500
    assert all(ResumeCode.parse(str(code)) == code for code in codes)


def test_an_unknown_code_is_told_without_saying_more(drafts):
    drafts.save(STATE)

    assert drafts.open("2222-2222-2222") == NotOpened(DraftProblem.UNKNOWN)


def test_a_draft_ends_with_its_last_day_and_is_gone(drafts, clock):
    code = drafts.save(STATE)
    clock.now += timedelta(days=30) - timedelta(seconds=1)
    assert isinstance(drafts.open(str(code)), Opened)

    clock.now += timedelta(seconds=1)
    assert drafts.open(str(code)) == NotOpened(DraftProblem.EXPIRED)
    assert drafts.open(str(code)) == NotOpened(DraftProblem.UNKNOWN)


def test_purging_deletes_what_has_expired_alone(drafts, clock, store):
    old = drafts.save(STATE)
    clock.now += timedelta(days=20)
    young = drafts.save(STATE)

    assert store.purge(clock.now + timedelta(days=10)) == 1
    assert drafts.open(str(old)).problem == DraftProblem.UNKNOWN
    assert isinstance(drafts.open(str(young)), Opened)


def test_a_deleted_draft_is_unknown(drafts):
    code = drafts.save(STATE)
    drafts.delete(code)
    drafts.delete(code)

    assert drafts.open(str(code)).problem == DraftProblem.UNKNOWN


@pytest.mark.parametrize("at", [0, 1, 2, 13, 14, 30, -1])
def test_a_changed_draft_is_not_opened(drafts, clock, store, at):
    code = drafts.save(STATE)
    sealed = bytearray(store.read(only_key(drafts, code)))
    sealed[at] ^= 1
    store.write(only_key(drafts, code), bytes(sealed), clock.now + timedelta(days=99))

    assert drafts.open(str(code)) == NotOpened(DraftProblem.UNREADABLE)


@pytest.mark.parametrize("left", [0, 1, 2, 13, 14, 20])
def test_a_draft_cut_short_is_not_opened(drafts, clock, store, left):
    code = drafts.save(STATE)
    key = only_key(drafts, code)
    store.write(key, store.read(key)[:left], clock.now + timedelta(days=1))

    assert drafts.open(str(code)).problem == DraftProblem.UNREADABLE


def test_a_draft_cannot_be_moved_to_another_code(drafts, clock, store):
    mine, other = drafts.save({"id": "mine"}), drafts.save({"id": "other"})
    stolen = store.read(only_key(drafts, other))
    store.write(only_key(drafts, mine), stolen, clock.now + timedelta(days=1))

    assert drafts.open(str(mine)).problem == DraftProblem.UNREADABLE


def test_the_store_sees_neither_code_nor_content(tmp_path):
    drafts = Drafts(KeyRing({"a": KEY}), DirectoryDrafts(tmp_path / "drafts"))
    code = drafts.save(STATE)

    (file,) = (tmp_path / "drafts").iterdir()
    assert code.letters not in file.name
    assert "花子".encode() not in file.read_bytes()
    assert code.letters.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_key_can_be_changed_without_losing_drafts(store, clock):
    code = Drafts(KeyRing({"a": KEY}), store, now=clock).save(STATE)
    both = Drafts(KeyRing({"b": NEW_KEY, "a": KEY}), store, now=clock)

    assert both.open(str(code)).state == STATE
    both.save({"id": "new"}, code)

    assert Drafts(KeyRing({"b": NEW_KEY}), store, now=clock).open(str(code)).state == {"id": "new"}
    assert both.open(str(code)).state == {"id": "new"}
    assert Drafts(KeyRing({"a": KEY}), store, now=clock).open(str(code)).problem == "draft_unknown"


@pytest.mark.parametrize("keys", [{}, {"a": b"short"}, {"鍵": KEY}, {"": KEY}, {"a" * 40: KEY}])
def test_a_poor_key_ring_is_refused(keys):
    with pytest.raises(ValueError, match="key"):
        KeyRing(keys)


def test_a_key_ring_does_not_show_its_keys():
    assert repr(KeyRing({"2026": KEY})) == "KeyRing(2026)"


@pytest.mark.parametrize(
    "value",
    [
        {"note": MY_NUMBER},
        {"note": "１２３４-５６７８-９０１８"},
        {"note": f"番号は{MY_NUMBER}です"},
        {"pairs": [["note", MY_NUMBER]]},
        {"pairs": [("note", MY_NUMBER)]},
        {"deep": [{"er": [MY_NUMBER]}]},
    ],
)
def test_a_my_number_never_reaches_the_store(drafts, value):
    code = drafts.save({**value, "name": "花子", "pairs2": [["a", "b"], ["c", "d"]]})

    opened = drafts.open(str(code))
    assert "9018" not in repr(opened)
    assert "９０１８" not in repr(opened)
    assert opened.state["name"] == "花子"
    assert opened.state["pairs2"] == [["a", "b"], ["c", "d"]]


def test_what_is_dropped_takes_its_name_along():
    assert without_my_numbers({"a": MY_NUMBER, "b": [["x", MY_NUMBER], ["y", "1"]]}) == {
        "b": [["y", "1"]]
    }


def test_the_directory_store_takes_its_own_keys_only(tmp_path):
    store = DirectoryDrafts(tmp_path)
    with pytest.raises(ValueError, match="64"):
        store.read("../../secret")


def test_a_draft_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch, clock):
    drafts = Drafts(KeyRing({"a": KEY}), DirectoryDrafts(tmp_path), now=clock)
    code = drafts.save(STATE)

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        drafts.save({"id": "new"}, code)

    assert drafts.open(str(code)).state == STATE
    assert len(list(tmp_path.iterdir())) == 1
