"""Numbers of people and households as integers that sort as their texts do.

A number of up to 15 digits becomes the integer with the base-11 digits 1 to 10, filled up with 0:
leading zeros and length are kept, and the order is that of the texts. Other texts stay bytes.
"""

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Numbers", "encoded", "find", "number_text"]

Numbers: TypeAlias = NDArray[Any]
"""Unsigned integers, or bytes where a text is no number."""

_LENGTH: Final = 15
_POWERS: Final = 11 ** np.arange(_LENGTH - 1, -1, -1, dtype=np.uint64)
_SLICE: Final = 1 << 20


def encoded(texts: NDArray[np.bytes_]) -> Numbers:
    """Texts as integers if all of them are digits, else as they are; a blank text is 0."""
    if texts.dtype.itemsize > _LENGTH:
        return texts
    texts = texts.astype(f"S{_LENGTH}")
    codes = np.empty(len(texts), np.uint64)
    for start in range(0, len(texts), _SLICE):
        part = np.ascontiguousarray(texts[start : start + _SLICE])
        digits = part.view(np.uint8).reshape(-1, _LENGTH)
        if not ((digits == 0) | ((digits >= 48) & (digits <= 57))).all():
            return texts
        values = np.where(digits == 0, 0, digits - np.uint8(47)).astype(np.uint64)
        codes[start : start + _SLICE] = values @ _POWERS
    return codes


def number_text(numbers: Numbers, place: int) -> str:
    """The text of a number."""
    code = numbers[place]
    if numbers.dtype.kind == "S":
        return bytes(code).decode("utf-8", "surrogatepass")
    letters, rest = [], int(code)
    for power in _POWERS.tolist():
        digit, rest = divmod(rest, power)
        if not digit:
            break
        letters.append(chr(47 + digit))
    return "".join(letters)


def find(numbers: Numbers, text: str, first: int, last: int) -> int:
    """Place of a number between two places, which must be sorted; -1 if it is not there."""
    wanted: Any
    if numbers.dtype.kind == "S":
        wanted = text.encode("utf-8", "surrogatepass")
        if len(wanted) > numbers.dtype.itemsize or not wanted or wanted.endswith(b"\0"):
            return -1
        wanted = np.bytes_(wanted)
    else:
        if not (text.isascii() and text.isdigit() and len(text) <= _LENGTH):
            return -1
        padded = text.encode().ljust(_LENGTH, b"\0")
        wanted = np.uint64(
            sum((byte - 47) * 11 ** (14 - n) for n, byte in enumerate(padded) if byte)
        )
    place = first + int(np.searchsorted(numbers[first:last], wanted))
    return place if place < last and numbers[place] == wanted else -1
