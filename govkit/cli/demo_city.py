"""Fills one invented city of the demo through the services that everybody uses.

School names say 架空, school codes have a right check digit and belong to no school, people come
from :mod:`govkit.residents.synthetic`.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from govkit.base.work import Work
from govkit.formats.tabular import Encoding, write_table
from govkit.jp.calendar import grade_in, holiday_name, school_year_days, school_year_of
from govkit.jp.characters import has_variation_selector, in_jis_x_0213
from govkit.jp.numbers import SchoolCode
from govkit.modules import attendance, resident_extracts, schools
from govkit.modules.enrolment import replace_zones
from govkit.residents.records import Address, Resident
from govkit.residents.synthetic import EdgeCase, Population
from govkit.residents.synthetic.data import table
from govkit.residents.synthetic.draw import Draw

__all__ = [
    "DEMO_CITIES",
    "DemoCity",
    "DemoLogin",
    "enrol_city",
    "staff_city",
    "staff_logins",
    "write_files",
]

_LATER: Final = frozenset(
    {
        EdgeCase.MOVED_IN_AFTER_REFERENCE,
        EdgeCase.TWINS_SAME_KANA,
        EdgeCase.FOREIGN_ENTRANT,
        EdgeCase.NAMES_OUTSIDE_JIS,
        EdgeCase.PROTECTED_FAMILY,
    }
)
"""People who are in the new extract only."""
_GONE: Final = frozenset({EdgeCase.ENTRANT_LAST_DAY})
"""People who are in the first extract only."""


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A log-in of the demo.

    :param can: What one can try with it.
    """

    login: str
    role: str
    can: str


@dataclass(frozen=True, slots=True)
class DemoCity:
    """A real city with an invented population.

    :param prefix: Beginning of its log-ins.
    :param schools: Names of two elementary schools and a junior high school.
    :param residents: Number of residents.
    """

    code: str
    name: str
    prefix: str
    schools: tuple[str, str, str]
    residents: int = 6000

    @property
    def board_code(self) -> str:
        """Code of its board of education (教育委員会コード), invented."""
        return self.code

    @property
    def logins(self) -> tuple[DemoLogin, ...]:
        """The log-ins worth showing."""
        return tuple(
            DemoLogin(f"{self.prefix}-{suffix}", role, can) for suffix, role, can in _LOGINS
        )


_LOGINS: Final = (
    ("board", "board_clerk", "住民票を受け入れる、住民を照会する、学齢簿を作る、名簿を書き出す"),
    ("teacher", "homeroom_teacher", "今日の出席簿をつける、月の集計を見る"),
    ("principal", "principal", "全学級の出席簿を見る、締めた月を解除する"),
    ("office", "school_clerk", "在籍・授業日・臨時休業を管理する"),
    ("protection", "protected_data_officer", "支援措置の対象者を確かめる"),
    ("admin", "administrator", "職員と配属を管理する、照会の記録と警告を見る"),
    ("chief", "board_clerk", "ほかの学務課担当の、人数の多い書き出しを確かめて承認する"),
)

DEMO_CITIES: Final = (
    DemoCity(
        "132021",
        "立川市",
        "tachikawa",
        ("（架空）立川けやき小学校", "（架空）立川ひばり小学校", "（架空）立川あおぞら中学校"),
    ),
    DemoCity(
        "132071",
        "昭島市",
        "akishima",
        ("（架空）昭島みなも小学校", "（架空）昭島かわせみ小学校", "（架空）昭島くじら中学校"),
    ),
)
"""The cities of the demo."""

_NAMES: Final = (
    ("青木", "真由美", "アオキ", "マユミ"),
    ("石田", "健太郎", "イシダ", "ケンタロウ"),
    ("上野", "さくら", "ウエノ", "サクラ"),
    ("江口", "直樹", "エグチ", "ナオキ"),
    ("大沢", "美穂", "オオサワ", "ミホ"),
    ("河合", "隆", "カワイ", "タカシ"),
    ("菊地", "由香", "キクチ", "ユカ"),
    ("黒田", "翔", "クロダ", "ショウ"),
    ("小松", "恵", "コマツ", "メグミ"),
    ("佐久間", "亮", "サクマ", "リョウ"),
    ("杉本", "千夏", "スギモト", "チナツ"),
    ("高木", "浩二", "タカギ", "コウジ"),
    ("土屋", "彩", "ツチヤ", "アヤ"),
    ("中川", "修", "ナカガワ", "オサム"),
    ("西山", "奈々", "ニシヤマ", "ナナ"),
    ("野口", "大輔", "ノグチ", "ダイスケ"),
    ("浜田", "絵里", "ハマダ", "エリ"),
    ("福島", "誠", "フクシマ", "マコト"),
    ("堀", "明美", "ホリ", "アケミ"),
    ("宮本", "拓也", "ミヤモト", "タクヤ"),
)
"""Names of staff, invented."""

_SEASONS: Final = (
    ((4, 1), (4, 5), "春季休業"),
    ((7, 21), (8, 31), "夏季休業"),
    ((12, 26), (1, 7), "冬季休業"),
    ((3, 26), (3, 31), "学年末休業"),
)

Tell = Callable[[str, float], None]
"""Takes what is being done and how much of the whole is done, 0 to 1."""


def enrol_city(work: Work, city: DemoCity, tell: Tell) -> None:
    """Residents, schools, and everybody of school age in a class."""
    tell("住民票を受け入れています", 0.0)
    population = _population(city, work.today, _LATER)
    _receive(work, population)
    tell("学校と授業日を登録しています", 0.25)
    opened = _open_schools(work, city)
    replace_zones(work, io.BytesIO(_zone_file(city)), encoding=Encoding.UTF_8, name="通学区域.csv")
    tell("児童生徒を学級に受け入れています", 0.3)
    _place(work, city, opened, population)


def staff_logins(work: Work, city: DemoCity) -> list[str]:
    """Log-ins of everybody who works in the city, a homeroom teacher for each class included."""
    classes = schools.class_groups(work, school_year_of(work.today))
    others = [each.login for each in city.logins if each.role != "homeroom_teacher"]
    return [*others, *(_teacher(city, number) for number in range(1, len(classes) + 1))]


def staff_city(work: Work, city: DemoCity, accounts: Mapping[str, UUID], tell: Tell) -> None:
    """Staff, and the roll calls until yesterday.

    :param accounts: Account by log-in.
    """
    tell("職員を配属しています", 0.45)
    classes = schools.class_groups(work, school_year_of(work.today))
    _post(work, city, classes, accounts)
    for done, class_group in enumerate(classes, start=1):
        tell("出席簿を記録しています", 0.45 + 0.55 * done / len(classes))
        _record(work, class_group, includes_last_month=class_group is classes[0])


def _teacher(city: DemoCity, number: int) -> str:
    return f"{city.prefix}-teacher" + (f"-{number:02}" if number > 1 else "")


def _population(city: DemoCity, day: date, without: frozenset[EdgeCase]) -> Population:
    cases = [each for each in EdgeCase if each not in without]
    return Population(
        city.code, city.residents, seed=1, as_of=day - timedelta(days=7), edge_cases=cases
    ).keep()


def _receive(work: Work, population: Population) -> None:
    with tempfile.TemporaryDirectory() as folder:
        extract, protection = Path(folder) / "extract.csv", Path(folder) / "protection.csv"
        population.write_extract(extract)
        population.write_protection_list(protection)
        resident_extracts.import_protection_list(
            work, protection, name="支援措置対象者.csv", encoding=Encoding.UTF_8
        )
        resident_extracts.import_extract(
            work,
            extract,
            name="住民票.csv",
            encoding=Encoding.UTF_8,
            as_of=population.as_of,
        )


def _open_schools(work: Work, city: DemoCity) -> list[schools.School]:
    opened = []
    for code, name in zip(_school_codes(city), city.schools, strict=True):
        school = schools.add_school(work, code, name)
        _enter_calendar(work, school)
        opened.append(school)
    return opened


def _school_codes(city: DemoCity) -> list[str]:
    # Founder 2 (public), then a serial of the 9000000s that no school has.
    twelves = [
        f"{kind}{city.code[:2]}29{city.code[2:5]}{number:03}"
        for number, kind in enumerate(("B1", "B1", "C1"), start=1)
    ]
    return [twelve + SchoolCode.check_digit(twelve) for twelve in twelves]


def _enter_calendar(work: Work, school: schools.School) -> None:
    year = school_year_of(work.today)
    for first, last, name in _SEASONS:
        first_day = date(year + (first[0] < 4), *first)
        last_day = date(year + (last[0] < 4), *last)
        attendance.add_calendar_entry(
            work,
            school,
            attendance.NewEntry(first_day, last_day, attendance.EntryKind.VACATION, name),
        )
    in_vacation = any(
        date(year + (first[0] < 4), *first) <= work.today <= date(year + (last[0] < 4), *last)
        for first, last, _ in _SEASONS
    )
    if in_vacation or work.today.weekday() >= 5 or holiday_name(work.today):
        # The demo can be tried on any day.
        lesson_day = attendance.EntryKind.LESSON_DAY
        today = attendance.NewEntry(work.today, work.today, lesson_day, "デモ用の授業日")
        attendance.add_calendar_entry(work, school, today)


def _place(
    work: Work, city: DemoCity, opened: Sequence[schools.School], population: Population
) -> None:
    """Everybody of school age in classes, by age and attendance zone."""
    year = school_year_of(work.today)
    children: dict[tuple[int, int], list[Resident]] = {}
    zones = _zones(city)
    for resident in population.residents():
        birth = resident.birth.value
        if resident.status != "1" or birth is None or not resident.name.family:
            continue
        grade = grade_in(birth, year)
        if 1 <= grade <= 9 and isinstance(resident.address, Address):
            position = 2 if grade > 6 else zones[resident.address.machiaza_id]
            children.setdefault((position, grade), []).append(resident)
    for (position, grade), found in sorted(children.items()):
        classes = schools.open_classes(work, opened[position], year, grade, len(found))
        for class_group, members in zip(
            classes, schools.split_into_classes(found, len(classes)), strict=True
        ):
            _admit(work, class_group, members)


def _admit(work: Work, class_group: schools.ClassGroup, members: Sequence[Resident]) -> None:
    april = school_year_days(class_group.school_year)[0]
    by_day: dict[date, list[schools.NewPupil]] = {}
    for resident in members:
        starts_on = max(april, resident.resident_since or april)
        by_day.setdefault(min(starts_on, work.today), []).append(_new_pupil(resident))
    for starts_on, new_pupils in sorted(by_day.items()):
        pupils = schools.admit(work, class_group, new_pupils, starts_on)
        _choose_exchange_names(work, pupils)


_EXCHANGE: Final = str.maketrans({"髙": "高", "𠮷": "吉", "濵": "浜", "﨑": "崎", "𣘺": "橋"})


def _choose_exchange_names(work: Work, pupils: Iterable[schools.Pupil]) -> None:
    """What a school does before the first roster: a JIS form for names that other systems lack."""
    for pupil in pupils:
        if in_jis_x_0213(pupil.family_name + pupil.given_name):
            continue
        family, given = (
            "".join(each for each in name if not has_variation_selector(each)).translate(_EXCHANGE)
            for name in (pupil.family_name, pupil.given_name)
        )
        if in_jis_x_0213(family + given):
            schools.choose_exchange_name(work, pupil, family, given)


def _new_pupil(resident: Resident) -> schools.NewPupil:
    birth = resident.birth.value
    assert birth is not None  # noqa: S101 - chosen by grade
    return schools.NewPupil(
        addressee_number=resident.id.addressee_number,
        family_name=resident.name.family,
        given_name=resident.name.given,
        kana_family_name=resident.name.kana_family,
        kana_given_name=resident.name.kana_given,
        birth_date=birth,
        sex=resident.sex,
        is_protected=resident.is_protected,
    )


def _post(
    work: Work,
    city: DemoCity,
    classes: Sequence[schools.ClassGroup],
    accounts: Mapping[str, UUID],
) -> None:
    names = _staff_names()
    duties = {"principal": schools.Duty.HEAD, "school_clerk": schools.Duty.OFFICE}
    for login in city.logins:
        if login.role == "homeroom_teacher":
            continue
        duty = duties.get(login.role)
        place = classes[0].school if duty else None
        _appoint(work, accounts[login.login], next(names), login.role, (place, None, duty))
    for number, class_group in enumerate(classes, start=1):
        posting = (class_group.school, class_group, schools.Duty.HOMEROOM)
        account_id = accounts[_teacher(city, number)]
        _appoint(work, account_id, next(names), "homeroom_teacher", posting)


def _staff_names() -> Iterator[tuple[str, str, str, str]]:
    for shift in range(len(_NAMES)):
        for index, (family, _, kana, _) in enumerate(_NAMES):
            _, given, _, given_kana = _NAMES[(index + shift) % len(_NAMES)]
            yield family, given, kana, given_kana


def _appoint(
    work: Work,
    account_id: UUID,
    names: tuple[str, str, str, str],
    role: str,
    posting: tuple[schools.School | None, schools.ClassGroup | None, schools.Duty | None],
) -> None:
    school, class_group, duty = posting
    schools.post_staff(
        work,
        schools.NewPosting(
            account_id,
            *names,
            role=role,
            school=school,
            class_group=class_group,
            duty=duty,
            valid_from=school_year_days(school_year_of(work.today))[0],
            valid_to=None,
        ),
    )


def _record(work: Work, class_group: schools.ClassGroup, *, includes_last_month: bool) -> None:
    """Roll calls of this month until yesterday, so that only today is open."""
    this_month = work.today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    months = (
        [last_month, this_month]
        if includes_last_month or this_month == work.today
        else [this_month]
    )
    draw = Draw("demo roll calls", class_group.school.code, class_group.label)
    for month in months:
        if school_year_of(month) != class_group.school_year:
            continue
        sheet = attendance.month(work, class_group, month)
        days = [each.day for each in sheet.days if each.takes_roll and each.day < work.today]
        members = schools.members_between(work, class_group, days[0], days[-1]) if days else []
        for day in days:
            marks = {
                member.pupil.id: mark
                for member in members
                if _belongs(member, day) and (mark := _mark(draw)) is not None
            }
            attendance.record_day(work, class_group, day, marks)


def _belongs(member: schools.Member, day: date) -> bool:
    return member.starts_on <= day and (member.ends_on is None or member.ends_on >= day)


_MARKS: Final[Mapping[float, attendance.MarkEntry]] = {
    0.020: attendance.MarkEntry(attendance.Mark.ABSENT_ILLNESS, "発熱"),
    0.028: attendance.MarkEntry(attendance.Mark.LATE, "通院"),
    0.032: attendance.MarkEntry(attendance.Mark.EARLY_LEAVE, "通院"),
    0.036: attendance.MarkEntry(attendance.Mark.ABSENT_OTHER, "家庭の都合"),
    0.042: attendance.MarkEntry(attendance.Mark.SUSPENDED_INFECTION, "インフルエンザ"),
    0.043: attendance.MarkEntry(attendance.Mark.BEREAVEMENT, "祖父"),
}


def _mark(draw: Draw) -> attendance.MarkEntry | None:
    value = draw.unit()
    return next((mark for limit, mark in _MARKS.items() if value < limit), None)


def _towns(city: DemoCity) -> list[dict[str, str]]:
    rows = [row for row in table("towns") if row["municipality_code"] == city.code]
    return sorted(rows, key=lambda row: row["machiaza_id"])


def _zones(city: DemoCity) -> dict[str, int]:
    """Which of the two elementary schools each town belongs to."""
    towns = _towns(city)
    return {row["machiaza_id"]: int(index >= len(towns) / 2) for index, row in enumerate(towns)}


def _zone_file(city: DemoCity) -> bytes:
    """The attendance zones (通学区域) as the clerk may edit and send them."""
    codes, zones = _school_codes(city), _zones(city)
    junior_high = (codes[2], city.schools[2])
    rows = []
    for row in _towns(city):
        elementary = zones[row["machiaza_id"]]
        town = row["town"] + row["chome"]
        school = (codes[elementary], city.schools[elementary])
        rows.append((row["machiaza_id"], town, *school, *junior_high))
    body = io.BytesIO()
    write_table(body, _ZONE_HEADINGS, rows)
    return body.getvalue()


_ZONE_HEADINGS: Final = (
    "町字ID",
    "町字",
    "小学校コード",
    "小学校名",
    "中学校コード",
    "中学校名",
)

_SPOILT: Final = (("生年月日", "1958-02-30"), ("性別", "7"))
"""Cells that no register may hold, so that the report has something to refuse."""


def write_files(city: DemoCity, today: date, folder: Path) -> list[Path]:
    """Files to try the uploads with: a newer extract, its list of protected people, the zones."""
    folder.mkdir(parents=True, exist_ok=True)
    population = _population(city, today, _GONE)
    extract = folder / f"{city.name}_住民票_{today:%Y%m%d}.csv"
    protection = folder / f"{city.name}_支援措置対象者_{today:%Y%m%d}.csv"
    population.write_extract(extract)
    population.write_protection_list(protection)
    _spoil(extract)
    zones = folder / f"{city.name}_通学区域.csv"
    zones.write_bytes(_zone_file(city))
    return [extract, protection, zones]


def _spoil(extract: Path) -> None:
    with extract.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    # Only the latest row of a person counts, so only there a wrong value is refused.
    latest = [row for row in rows if row[header.index("最新フラグ")] == "1"]
    for number, (column, value) in enumerate(_SPOILT, start=1):
        latest[len(latest) * number // 3][header.index(column)] = value
    with extract.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([header, *rows])
