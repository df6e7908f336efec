"""Numbers of the register that a generator may give out."""

__all__ = ["Numbering", "check_digit"]

_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def check_digit(fourteen: str) -> str | None:
    """Check digit of a 宛名番号 or 世帯番号 (住民記録システム標準仕様書 1.1.13).

    Modulus 11 with the weights 2 to 7 from the right; remainder 0 gives 0. What remainder 1
    gives the standard leaves open, so such a number gets none and is not issued here.
    """
    remainder = sum(map(int.__mul__, map(int, fourteen), _WEIGHTS)) % 11
    if remainder == 1:
        return None
    return str((11 - remainder) % 11)


class Numbering:
    """Gives out numbers of 15 digits in ascending order, with gaps."""

    __slots__ = ("_last",)

    def __init__(self, first: int) -> None:
        self._last = first - 1

    def issue(self) -> str:
        """The next number."""
        while True:
            self._last += 1
            serial = f"{self._last:014}"
            digit = check_digit(serial)
            if digit is not None:
                return serial + digit
