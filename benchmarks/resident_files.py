"""Writes extracts of any size in little time, for benchmarks; nobody in them exists.

Names are drawn from dictionaries as large as a prefecture's, the frequent ones as frequent as they
are in life; households share a family name, an address and a number. One in eight people has an
earlier row, of another address.
"""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path

from govkit.residents.adapters.extract_columns import COLUMNS

__all__ = ["CityFile", "write_cities"]

FAMILIES, GIVENS = 30_000, 60_000
_COMMON = "佐藤サトウ 鈴木スズキ 高橋タカハシ 田中タナカ 伊藤イトウ 渡辺ワタナベ 山本ヤマモト 中村ナカムラ 小林コバヤシ 加藤カトウ"
_KANJI = dict(
    pair.split(":")
    for pair in [
        "山:ヤマ",
        "川:カワ",
        "田:タ",
        "中:ナカ",
        "村:ムラ",
        "木:キ",
        "林:バヤシ",
        "森:モリ",
        "野:ノ",
        "原:ハラ",
        "島:シマ",
        "崎:サキ",
        "橋:ハシ",
        "井:イ",
        "上:ウエ",
        "下:シタ",
        "大:オオ",
        "小:コ",
        "高:タカ",
        "長:ナガ",
        "松:マツ",
        "竹:タケ",
        "梅:ウメ",
        "藤:フジ",
        "石:イシ",
        "岩:イワ",
        "本:モト",
        "谷:タニ",
        "沢:サワ",
        "池:イケ",
        "水:ミズ",
        "清:キヨ",
        "安:ヤス",
        "今:イマ",
        "金:カネ",
        "北:キタ",
        "南:ミナミ",
        "西:ニシ",
        "東:ヒガシ",
        "内:ウチ",
        "宮:ミヤ",
        "寺:テラ",
        "福:フク",
        "吉:ヨシ",
        "古:フル",
        "新:アラ",
        "青:アオ",
        "白:シラ",
        "黒:クロ",
        "斎:サイ",
    ]
)
_GIVEN = dict(
    pair.split(":")
    for pair in [
        "美:ミ",
        "子:コ",
        "郎:ロウ",
        "一:イチ",
        "太:タ",
        "介:スケ",
        "彦:ヒコ",
        "雄:オ",
        "代:ヨ",
        "香:カ",
        "奈:ナ",
        "里:リ",
        "沙:サ",
        "真:マ",
        "由:ユ",
        "優:ユウ",
        "翔:ショウ",
        "健:ケン",
        "誠:マコト",
        "明:アキ",
        "和:カズ",
        "幸:ユキ",
        "恵:メグミ",
        "智:トモ",
        "直:ナオ",
        "春:ハル",
        "夏:ナツ",
        "秋:アキ",
        "冬:フユ",
        "陽:ヨウ",
        "葵:アオイ",
        "蓮:レン",
        "結:ユイ",
        "花:ハナ",
        "桜:サクラ",
        "樹:キ",
        "斗:ト",
        "人:ト",
        "也:ヤ",
        "哉:ヤ",
        "恭:キョウ",
        "孝:タカ",
        "正:マサ",
        "博:ヒロ",
        "光:ミツ",
        "輝:テル",
        "洋:ヒロ",
        "文:フミ",
        "千:チ",
        "志:シ",
    ]
)
_FIRST_DAY = date(1926, 1, 1)
_NAMES = [column.name for column in COLUMNS]
_CITIES = 62


@dataclass(frozen=True)
class CityFile:
    """The extract of one municipality."""

    code: str
    path: Path
    people: int
    protected: frozenset[str]


def city_code(n: int) -> str:
    """Code of the nth municipality, with its check digit."""
    digits = f"13{101 + n:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, (6, 5, 4, 3, 2), strict=True))
    return f"{digits}{(11 - rest % 11) % 10}"


def _names(
    parts: dict[str, str], count: int, first: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Invented names, the frequent ones first: of two kanji, then of three."""
    found = dict.fromkeys(first)
    letters = list(parts.items())
    pairs = [(a + b, x + y) for a, x in letters for b, y in letters]
    random.Random(1).shuffle(pairs)
    found |= dict.fromkeys(pairs)
    triples = ((text + a, kana + x) for text, kana in pairs for a, x in letters)
    for triple in triples:
        if len(found) >= count:
            break
        found[triple] = None
    return list(found)[:count]


def _weights(count: int, power: float) -> list[float]:
    return list(accumulate((n + 3) ** -power for n in range(count)))


def write_cities(folder: Path, people: int, workers: int = 2) -> list[CityFile]:
    """Write the extracts of as many people over 62 municipalities, fewer for few people."""
    count = max(1, min(_CITIES, people // 2000))
    sizes = [people // count + (n < people % count) for n in range(count)]
    tasks = [(folder, n, size) for n, size in enumerate(sizes)]
    if workers < 2 or count < 2:
        return [_write_city(*task) for task in tasks]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_write_city, *zip(*tasks, strict=True)))


def _write_city(folder: Path, n: int, people: int) -> CityFile:
    draw = random.Random(n)
    code = city_code(n)
    path = folder / f"{code}.csv"
    protected: set[str] = set()
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"{','.join(_NAMES)}\r\n")
        lines: list[str] = []
        for line, number in _rows(draw, n, code, people):
            lines.append(line)
            if draw.random() < 0.003:
                protected.add(number)
            if len(lines) > 10_000:
                file.writelines(lines)
                lines.clear()
        file.writelines(lines)
    return CityFile(code, path, people, frozenset(protected))


def _rows(draw: random.Random, n: int, code: str, people: int) -> Iterator[tuple[str, str]]:
    common = [(text[:2], text[2:]) for text in _COMMON.split()]
    families, givens = _names(_KANJI, FAMILIES, common), _names(_GIVEN, GIVENS, ())
    family_weights, given_weights = _weights(FAMILIES, 0.9), _weights(GIVENS, 0.75)
    births = [str(_FIRST_DAY + timedelta(days=day)) for day in range(36_700)]
    city = f"第{n + 1}市"
    towns = [
        (f"{t:07d}", f"{a}{b}町{c}丁目", f"19{n:02d}{t:03d}")
        for t, (a, b, c) in enumerate(_towns())
    ]
    home, left, number = 0, 0, 10_000_000
    for family, given in zip(
        draw.choices(families, cum_weights=family_weights, k=people),
        draw.choices(givens, cum_weights=given_weights, k=people),
        strict=True,
    ):
        number += 1
        if not left:
            home += 1
            left = draw.choice((1, 1, 1, 2, 2, 3, 4))
            shared = family
            town = draw.choice(towns)
            lot = f"{draw.randrange(1, 60)}番{draw.randrange(1, 30)}号"
            building = (
                f"コーポ{shared[1]}{draw.randrange(101, 500)}号室" if draw.random() < 0.4 else ""
            )
            head = f"{shared[0]}　{given[0]}"
        left -= 1
        sex = "12"[len(given[0]) + number & 1]
        head_words = "世帯主" if f"{shared[0]}　{given[0]}" == head else "子"
        birth = draw.choice(births)
        person = (
            f"{shared[0]}　{given[0]},{shared[0]},{given[0]},,,{shared[1]}　{given[1]},{shared[1]},"
            f"{given[1]},,,,,,,{sex},{birth},0,,{head_words},{head},"
        )
        where = f"{code},{town[0]},東京都,{city},{town[1]},{lot},{building},{town[2]},2010-04-01,0,,0,001"
        head_cells = f"{code},{number:015d}"
        state = f"{home + 5000:015d},1,1,2015-05-01,0,11"
        if draw.random() < 0.125:
            old = f"{code},{towns[home % 100][0]},東京都,{city},{towns[home % 100][1]},3番{home % 9 + 1}号,,{towns[home % 100][2]}"
            yield (
                f"{head_cells},1,0,0,0,{state},{person}{old},2010-04-01,0,,0,001\r\n",
                f"{number:015d}",
            )
            yield f"{head_cells},2,0,1,0,{state},{person}{where}\r\n", f"{number:015d}"
        else:
            yield f"{head_cells},1,0,1,0,{state},{person}{where}\r\n", f"{number:015d}"


def _towns() -> Iterator[tuple[str, str, str]]:
    letters = "山川田中村木林森野原島崎橋井上下"
    for first in letters[:8]:
        for second in letters[8:]:
            for block in "一二三":
                yield first, second, block
