"""What a protected person's record must not give away (支援措置)."""

import json
import pickle
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import fields, is_dataclass

import pytest

from govkit.residents.records import Masked, Resident

__all__ = ["assert_hidden", "texts_of"]


def assert_hidden(resident: Resident) -> None:
    """Nothing of a protected person's location and household can be got out of the record."""
    former = [row.address for row in resident.history]
    for hidden in (resident.address, resident.household, resident.head_name, *former):
        assert isinstance(hidden, Masked)
        assert str(hidden) == f"{hidden}" == repr(hidden) == f"{hidden:>9}" == "＊＊＊"
        for leak in _leaks(hidden):
            with pytest.raises(TypeError):
                leak()


def _leaks(hidden: Masked) -> Iterator[Callable[[], object]]:
    yield lambda: json.dumps(hidden)
    yield lambda: pickle.dumps(hidden)
    yield lambda: hidden == Masked()
    yield lambda: hidden != Masked()
    yield lambda: hash(hidden)


def texts_of(released: object) -> Iterator[str]:
    """Every text that can be got out of something that was given out.

    Fields, members and items however deep, what it prints, how it goes into JSON and a pickle, and
    for an exception everything that its report would hold.
    """
    yield from _printed(released)
    seen: set[int] = set()
    waiting: list[object] = [released]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, Masked):
            continue
        seen.add(id(one))
        if isinstance(one, str):
            yield one
        waiting += _inside(one)


def _printed(released: object) -> Iterator[str]:
    if isinstance(released, BaseException):
        yield from traceback.format_exception(released)
    yield repr(released)
    yield str(released)
    yield format(released)
    yield json.dumps(released, default=repr, ensure_ascii=False, skipkeys=True)
    # What refuses to be pickled gives nothing away.
    with suppress(TypeError, AttributeError, pickle.PicklingError):
        yield pickle.dumps(released).decode("utf-8", "replace")


def _inside(one: object) -> list[object]:
    if isinstance(one, str | bytes | int | float | None):
        return []
    found: list[object] = []
    if is_dataclass(one):
        found += (getattr(one, item.name) for item in fields(one))
    elif isinstance(one, Mapping):
        found += (*one.keys(), *one.values())
    elif isinstance(one, Sequence | AbstractSet):
        found += one
    elif isinstance(one, BaseException):
        found += (*one.args, one.__cause__, one.__context__)
    return found + list(getattr(one, "__dict__", {}).values())
