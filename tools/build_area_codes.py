"""Build govkit/jp/data/area_codes.txt: how many digits of a geographic number are its area code.

Run with the package phonenumberslite installed (Apache License 2.0, metadata of libphonenumber)::

    python tools/build_area_codes.py

Each line of the file is a beginning of the number and the number of digits of the area code (市外局番),
the leading zero included, or 0 where nothing is assigned; the longest beginning that fits decides.
"""

from pathlib import Path

import phonenumbers

TARGET = Path(__file__).parents[1] / "govkit/jp/data/area_codes.txt"
PLACES = 6  # area code and exchange together have six digits


def length_of(beginning: str) -> int:
    """Digits of the area code of the numbers that begin so; 0 where nothing is assigned."""
    number = phonenumbers.PhoneNumber(81, int(beginning.ljust(10, "2")))
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    length = len(written.partition("-")[0])
    return length if length < PLACES else 0


def compress(beginning: str, lengths: dict[str, int]) -> dict[str, int]:
    """Fewest lines for the numbers that begin so: a common answer, and where it does not hold."""
    if len(beginning) == PLACES:
        return {beginning: lengths[beginning]}
    parts = [compress(f"{beginning}{digit}", lengths) for digit in range(10)]
    answers = [part.get(f"{beginning}{digit}", 0) for digit, part in enumerate(parts)]
    common = max(set(answers), key=answers.count)
    lines = {beginning: common}
    for digit, part in enumerate(parts):
        if answers[digit] == common:
            part.pop(f"{beginning}{digit}", None)
        lines |= part
    return lines


def main() -> None:
    """Write the file."""
    lengths = {f"0{rest:05d}": length_of(f"0{rest:05d}") for rest in range(10000, 100000)}
    lines: dict[str, int] = {}
    for digit in range(1, 10):
        lines |= compress(f"0{digit}", lengths)
    head = f"# libphonenumber {phonenumbers.__version__} (Apache License 2.0)\n"
    body = "".join(f"{beginning} {length}\n" for beginning, length in sorted(lines.items()))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(head + body, encoding="utf-8")


if __name__ == "__main__":
    main()
