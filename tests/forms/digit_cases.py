"""The ways people, phones and spreadsheets write one number, for the tables of the digit fields."""

from collections.abc import Iterator

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
DASHES = "-‐‑‒–—―−─━－ーｰ﹣﹘⁃➖_"
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202c\ufe0f\x00\x1f"
SPACES = " \u3000\u00a0\u2003\u2009\u202f\t"


def spellings(digits: str) -> Iterator[str]:
    """Texts that all mean these digits."""
    half = len(digits) // 2
    head, tail = digits[:half], digits[half:]
    yield digits
    yield digits.translate(WIDE)
    yield head + tail.translate(WIDE)
    yield f"\u3000 {digits}\r\n"
    yield " ".join(digits)
    yield f"'{digits}"
    yield f'="{digits}"'
    yield f"{digits}.0"
    for between in DASHES + UNSEEN + SPACES:
        yield f"{head}{between}{tail}"


def taken(digits: str) -> list[tuple[str, str, str]]:
    """Cases in which a field gives these digits."""
    return [(typed, digits, "") for typed in spellings(digits)]


def refused(digits: str, code: str) -> list[tuple[str, None, str]]:
    """Cases that are no digits of ours, with a digit put wrong or something added."""
    last, most = int(digits[-1]), digits[:-1]
    wrong = [
        digits.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        digits.translate(str.maketrans("0123456789", "०१२३४५६७८९")),
        "".join(chr(0x1D7CE + int(digit)) for digit in digits),
        "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(digit)] for digit in digits),
        "".join("〇一二三四五六七八九"[int(digit)] for digit in digits),
        most + "⁰¹²³⁴⁵⁶⁷⁸⁹"[last],
        most + "٠١٢٣٤٥٦٧٨٩"[last],
        f"{digits}\u0301",
        f"{digits}\u20e3",
        f"{digits}\ue000",
        f"{digits}\U000f0000",
        f"{digits}𠮷",
        f"{digits}です",
        f"約{digits}",
        f"+{digits}",
        f"={digits}",
        f"{digits},",
        f"{digits[0]},{digits[1:]}",
        f"{digits}.5",
        f"{most}O",
        f"{most}l",
        f"{most}О",
        "なし",
        "不明",
        "？",
        "<script>alert(1)</script>",
        '"',
    ]
    return [(typed, None, code) for typed in wrong]
