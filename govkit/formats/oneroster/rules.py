"""The rules of the Japanese profiles over the cells of a package, writing and reading alike.

Each rule looks at whole columns first, which costs little, and goes through the rows only to say
which of them are wrong.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from govkit.errors import InvalidValue, Problem
from govkit.formats.oneroster.layout import REQUIRED_COLUMNS, Profile, headings
from govkit.formats.oneroster.records import ClassType, EnrollmentRole, RoleName, RoleType, Sex
from govkit.formats.oneroster.rows import Cells
from govkit.jp.characters import CharacterSet, in_jis_x_0213, unsupported_characters
from govkit.jp.numbers import BoardCode, SchoolCode

__all__ = ["Sheet", "check_sheets"]

_FLAGS: Final = frozenset({"true", "false"})
_BLANK: Final = frozenset({""})
_CHOICES: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("academicSessions", "type"): frozenset({"schoolYear"}),
    ("orgs", "type"): frozenset({"district", "school"}),
    ("courses", "courseCode"): _BLANK,
    ("classes", "classType"): frozenset(ClassType),
    ("classes", "metadata.jp.specialNeeds"): _FLAGS | _BLANK,
    ("users", "enabledUser"): frozenset({"true"}),
    ("users", "password"): _BLANK,
    ("roles", "roleType"): frozenset(RoleType),
    ("roles", "role"): frozenset(RoleName),
    ("enrollments", "role"): frozenset(EnrollmentRole),
    ("enrollments", "primary"): _FLAGS,
    ("enrollments", "metadata.jp.publicFlg"): _FLAGS | _BLANK,
    ("enrollments", "metadata.jp.PublicFlg"): _FLAGS | _BLANK,
    ("demographics", "sex"): frozenset(Sex) | _BLANK,
}
_REFERENCES: Final = {
    ("academicSessions", "parentSourcedId"): "academicSessions",
    ("orgs", "parentSourcedId"): "orgs",
    ("courses", "schoolYearSourcedId"): "academicSessions",
    ("courses", "orgSourcedId"): "orgs",
    ("classes", "courseSourcedId"): "courses",
    ("classes", "schoolSourcedId"): "orgs",
    ("classes", "termSourcedIds"): "academicSessions",
    ("users", "agentSourcedIds"): "users",
    ("users", "primaryOrgSourcedId"): "orgs",
    ("roles", "userSourcedId"): "users",
    ("roles", "orgSourcedId"): "orgs",
    ("roles", "userProfileSourcedId"): "userProfiles",
    ("userProfiles", "userSourcedId"): "users",
    ("enrollments", "classSourcedId"): "classes",
    ("enrollments", "schoolSourcedId"): "orgs",
    ("enrollments", "userSourcedId"): "users",
    ("demographics", "sourcedId"): "users",
}
_GRADES: Final = frozenset(
    [f"P{n}" for n in range(1, 7)] + [f"{k}{n}" for k in "JHE" for n in (1, 2, 3)]
)
_SUBJECT_CODES: Final = frozenset(
    [f"P{n:03d}" for n in range(10, 101, 10)] + [f"J{n:03d}" for n in range(10, 91, 10)]
)
_PERSONAL: Final = re.compile("name|email|phone|sms|birth|^identifier$|userIds", re.IGNORECASE)
_DATE: Final = re.compile("[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_UUID: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NOT_KATAKANA: Final = re.compile("[^ァ-ヺー・ 　]")
_HALF_KANA: Final = re.compile("[\uff61-\uff9f]")
_USER_ID: Final = re.compile(r"\{[^{}:]+:[^{}]+\}(?:,\{[^{}:]+:[^{}]+\})*")


class _Text(StrEnum):
    NOT_BLANK_STATUS = "一括（bulk）では空にしてください。"
    REQUIRED = "必須の項目が空です。値を入れてください。"
    CHOICE = "決められた値ではありません。{choices} のどれかにしてください。"
    UUID = "小文字のUUIDv4ではありません。UUIDv4を割り当ててください。"
    TWICE = "同じ値が二度あります。重なりのない値にしてください。"
    DANGLING = "{target}.csv にないIDです。参照先を加えるか、IDを直してください。"
    CHARACTER = "JIS X 0213にない文字 {code_points} があります。連携用の文字を選んでください。"
    HALF_KANA = "半角カナがあります。全角カナにしてください。"
    KATAKANA = "フリガナは全角カタカナにしてください。"
    GRADES = "学年のコードではありません。P1〜P6、J1〜J3などにしてください。"
    SUBJECT_CODES = "教科のコードではありません。P010〜P100、J010〜J090にしてください。"
    SUBJECTS = "教科名と教科コードの数が違います。同じ数にしてください。"
    DATE = "日付はYYYY-MM-DDの形にしてください。"
    SESSION = "年度は、名称「YYYY年度」、4月1日から翌年3月31日までにしてください。"
    PARENT_OF_DISTRICT = "教育委員会には親の組織を付けないでください。"
    PARENT_OF_SCHOOL = "学校の親は、同じファイルの教育委員会にしてください。"
    DISTRICTS = "設置者（district）は一つのファイルに一つだけにしてください。"
    SCHOOL_CODE = "学校コードが正しくありません。13桁と検査数字を確かめてください。"
    BOARD_CODE = "教育委員会コードが正しくありません。6桁の数字か確かめてください。"
    COURSE_TITLE = "科目の名称は、年度の「YYYY年度」に続けて教科名を書いてください。"
    USER_IDS = "userIdsは {{type:id}} の形にしてください。"
    NO_ROLE = "この利用者の役割がroles.csvにありません。役割を加えてください。"
    NO_GRADE = "児童生徒の学年が空です。学年を入れてください。"
    NO_PRIMARY = "主たる役割（primary）がありません。加えてください。"
    TWO_PRIMARIES = "一つの組織に主たる役割（primary）が二つあります。一つにしてください。"
    ONLY_SECONDARY = "この役割は副（secondary）にしてください。主はteacherにします。"
    ONLY_PRIMARY = "児童生徒の役割は主（primary）にしてください。"
    STUDENT_PRIMARY = "児童生徒のprimaryはfalseにしてください。"
    NOT_A_STUDENT = "児童生徒の役割がない利用者です。roles.csvと合わせてください。"
    OTHER_SCHOOL = "クラスの学校と違います。classes.csvと合わせてください。"
    NUMBER = "出席番号は1以上の整数にしてください。"


@dataclass
class Sheet:
    """Cells of one file with its headings; problems name it and count the headings as row 1."""

    file: str
    headings: tuple[str, ...]
    rows: Sequence[Cells]
    problems: list[Problem] = field(default_factory=list)
    _columns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def column(self, heading: str) -> tuple[str, ...]:
        """Values of a column from top to bottom; none if there is no such column."""
        if not self._columns and self.rows:
            self._columns = dict(zip(self.headings, zip(*self.rows, strict=True), strict=True))
        return self._columns.get(heading, ())

    def report(self, text: _Text, column: str, index: int | None, **params: object) -> None:
        """Note a problem in the record at an index."""
        value = "" if index is None or _PERSONAL.search(column) else self.column(column)[index]
        row = None if index is None else index + 2
        name = f"{self.file}.csv"
        code = f"oneroster_{text.name.lower()}"
        self.problems.append(Problem(code, text, name, "", row, column, value, params))

    def each(
        self, column: str, is_right: Callable[[str], bool], text: _Text, **params: object
    ) -> None:
        """Report every record whose value is not right; each distinct value is tried once."""
        values = self.column(column)
        wrong = {value for value in set(values) if not is_right(value)}
        self.all_in(column, wrong, text, **params)

    def all_in(self, column: str, wrong: Collection[str], text: _Text, **params: object) -> None:
        """Report every record whose value is among the wrong ones."""
        if wrong:
            for index, value in enumerate(self.column(column)):
                if value in wrong:
                    self.report(text, column, index, **params)

    def unique(self, column: str) -> None:
        """Report every value that an earlier record has already."""
        values = self.column(column)
        if len(set(values)) == len(values):
            return
        seen: set[str] = set()
        for index, value in enumerate(values):
            if value in seen and value:
                self.report(_Text.TWICE, column, index)
            seen.add(value)

    def at(self, column: str, indexes: Iterable[int], text: _Text) -> None:
        """Report the records at the given indexes."""
        for index in indexes:
            self.report(text, column, index)


def _are_uuids(values: Sequence[str]) -> bool:
    """Whether all are UUIDv4, by slicing them as one text: a hundred times faster than one by one."""
    if not values:
        return True
    text = "".join(values)
    if not text.isascii() or set(map(len, values)) != {36}:
        return False
    dashes = all(text[at::36].count("-") == len(values) for at in (8, 13, 18, 23))
    digits = text.encode().translate(None, b"0123456789abcdef") == b"-" * (4 * len(values))
    return dashes and digits and set(text[14::36]) == {"4"} and set(text[19::36]) <= set("89ab")


def _check_ids(sheet: Sheet, column: str) -> None:
    if not _are_uuids(sheet.column(column)):
        sheet.each(column, lambda value: bool(_UUID.fullmatch(value)), _Text.UUID)
    sheet.unique(column)


def _are_among(codes: frozenset[str]) -> Callable[[str], bool]:
    return lambda cell: not cell or codes.issuperset(cell.split(","))


def _check_common(sheet: Sheet) -> None:
    for column in ("status", "dateLastModified"):
        sheet.each(column, lambda value: not value, _Text.NOT_BLANK_STATUS)
    _check_ids(sheet, "sourcedId")
    for column in REQUIRED_COLUMNS[sheet.file]:
        sheet.each(column, bool, _Text.REQUIRED)
    for (file, column), choices in _CHOICES.items():
        if file == sheet.file:
            listed = " / ".join(sorted(choices - _BLANK)) or "空欄"
            sheet.each(column, choices.__contains__, _Text.CHOICE, choices=listed)
    for column in ("beginDate", "endDate", "startDate", "birthDate"):
        sheet.each(column, lambda day: not day or bool(_DATE.fullmatch(day)), _Text.DATE)
    sheet.each("grades", _are_among(_GRADES), _Text.GRADES)
    sheet.each("subjectCodes", _are_among(_SUBJECT_CODES), _Text.SUBJECT_CODES)
    _check_characters(sheet)


def _check_characters(sheet: Sheet) -> None:
    for column in sheet.headings:
        if column.endswith(("ourcedId", "ourcedIds")):
            continue
        characters = set("".join(set(sheet.column(column))))
        if _HALF_KANA.search("".join(characters)):
            sheet.each(column, lambda cell: not _HALF_KANA.search(cell), _Text.HALF_KANA)
        if all(map(in_jis_x_0213, characters)):
            continue
        for index, cell in enumerate(sheet.column(column)):
            for lost in unsupported_characters(cell, CharacterSet.JIS_X_0213):
                sheet.report(_Text.CHARACTER, column, index, code_points=lost.code_points)


def _check_references(sheets: dict[str, Sheet]) -> None:
    for (file, column), target in _REFERENCES.items():
        if file not in sheets:
            continue
        known = set(sheets[target].column("sourcedId")) if target in sheets else set()
        unknown = {
            cell
            for cell in set(sheets[file].column(column)) - known - _BLANK
            if not known.issuperset(cell.split(","))
        }
        sheets[file].all_in(column, unknown, _Text.DANGLING, target=target)


def _check_sessions(sheet: Sheet) -> None:
    columns = ("schoolYear", "title", "startDate", "endDate")
    for index, (year, *found) in enumerate(zip(*map(sheet.column, columns), strict=True)):
        is_year = re.fullmatch("[12][0-9]{3}", year) is not None
        if not is_year or found != [f"{year}年度", f"{year}-04-01", f"{int(year) + 1}-03-31"]:
            sheet.report(_Text.SESSION, "title", index)


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        return str(parse(text)) == text
    except InvalidValue:
        return False


def _check_orgs(sheet: Sheet) -> None:
    columns = map(sheet.column, ("sourcedId", "type", "identifier", "parentSourcedId"))
    orgs = list(zip(*columns, strict=True))
    districts = {org[0] for org in orgs if org[1] == "district"}
    if len(districts) != 1:
        sheet.report(_Text.DISTRICTS, "type", None)
    for index, (_, kind, code, parent) in enumerate(orgs):
        if kind == "district":
            if parent:
                sheet.report(_Text.PARENT_OF_DISTRICT, "parentSourcedId", index)
            if not _parses(BoardCode.parse, code):
                sheet.report(_Text.BOARD_CODE, "identifier", index)
        elif kind == "school":
            if parent not in districts:
                sheet.report(_Text.PARENT_OF_SCHOOL, "parentSourcedId", index)
            if not _parses(SchoolCode.parse, code):
                sheet.report(_Text.SCHOOL_CODE, "identifier", index)


def _check_subjects(sheet: Sheet) -> None:
    pairs = zip(sheet.column("subjects"), sheet.column("subjectCodes"), strict=True)
    counts = ((len(list(filter(None, cell.split(",")))) for cell in pair) for pair in pairs)
    wrong = (index for index, (names, codes) in enumerate(counts) if names != codes)
    sheet.at("subjectCodes", wrong, _Text.SUBJECTS)


def _check_courses(sheet: Sheet, sessions: Sheet) -> None:
    titles = dict(zip(sessions.column("sourcedId"), sessions.column("title"), strict=True))
    found = zip(sheet.column("schoolYearSourcedId"), sheet.column("title"), strict=True)
    for index, (session, title) in enumerate(found):
        prefix = titles.get(session, title[:6])
        is_right = title.startswith(prefix) and re.fullmatch("[0-9]{4}年度.+", title, re.DOTALL)
        if not is_right:
            sheet.report(_Text.COURSE_TITLE, "title", index)
    _check_subjects(sheet)


def _check_users(sheet: Sheet, roles: Sheet) -> None:
    _check_ids(sheet, "userMasterIdentifier")
    sheet.unique("username")
    kana = [column for column in sheet.headings if column.startswith("metadata.jp.kana")]
    for column in kana:
        if _NOT_KATAKANA.search("".join(set("".join(sheet.column(column))))):
            sheet.each(column, lambda cell: not _NOT_KATAKANA.search(cell), _Text.KATAKANA)
    sheet.each("userIds", lambda cell: not cell or bool(_USER_ID.fullmatch(cell)), _Text.USER_IDS)
    ids = sheet.column("sourcedId")
    owners = roles.column("userSourcedId")
    sheet.all_in("sourcedId", set(ids) - set(owners), _Text.NO_ROLE)
    students = _students(roles)
    rows = enumerate(zip(ids, sheet.column("grades"), strict=True))
    lacking = [index for index, (one, grades) in rows if not grades and one in students]
    sheet.at("grades", lacking, _Text.NO_GRADE)


def _students(roles: Sheet) -> set[str]:
    pairs = zip(roles.column("userSourcedId"), roles.column("role"), strict=True)
    return {user for user, role in pairs if role == RoleName.STUDENT}


_SECONDARY_ONLY: Final = frozenset(
    {RoleName.PRINCIPAL, RoleName.SITE_ADMINISTRATOR, RoleName.DISTRICT_ADMINISTRATOR}
)


def _check_roles(sheet: Sheet) -> None:
    users, kinds = sheet.column("userSourcedId"), sheet.column("roleType")
    pairs = zip(users, sheet.column("orgSourcedId"), kinds, sheet.column("role"), strict=True)
    primaries: set[tuple[str, str]] = set()
    for index, (user, org, kind, role) in enumerate(pairs):
        if kind != RoleType.PRIMARY:
            if role == RoleName.STUDENT:
                sheet.report(_Text.ONLY_PRIMARY, "roleType", index)
            continue
        if role in _SECONDARY_ONLY:
            sheet.report(_Text.ONLY_SECONDARY, "roleType", index)
        if (user, org) in primaries:
            sheet.report(_Text.TWO_PRIMARIES, "roleType", index)
        primaries.add((user, org))
    lacking = set(users) - {user for user, _ in primaries}
    sheet.all_in("userSourcedId", lacking, _Text.NO_PRIMARY)


def _check_enrollments(sheet: Sheet, classes: Sheet, roles: Sheet) -> None:
    kinds = sheet.column("role")
    rows = list(zip(kinds, sheet.column("primary"), strict=True))
    if (student := (EnrollmentRole.STUDENT.value, "true")) in rows:
        wrong = [index for index, row in enumerate(rows) if row == student]
        sheet.at("primary", wrong, _Text.STUDENT_PRIMARY)
    school_of = dict(
        zip(classes.column("sourcedId"), classes.column("schoolSourcedId"), strict=True)
    )
    places = zip(sheet.column("classSourcedId"), sheet.column("schoolSourcedId"), strict=True)
    moved = [index for index, (one, at) in enumerate(places) if school_of.get(one, at) != at]
    sheet.at("schoolSourcedId", moved, _Text.OTHER_SCHOOL)
    students = _students(roles)
    members = zip(sheet.column("userSourcedId"), kinds, strict=True)
    others = [
        n for n, (one, kind) in enumerate(members) if kind == "student" and one not in students
    ]
    sheet.at("userSourcedId", others, _Text.NOT_A_STUDENT)
    is_number = re.compile("(?:[1-9][0-9]*)?").fullmatch
    for column in ("metadata.jp.shussekiNo", "metadata.jp.ShussekiNo"):
        sheet.each(column, lambda cell: bool(is_number(cell)), _Text.NUMBER)


def check_sheets(cells: dict[str, Sequence[Cells]], profile: Profile) -> list[Problem]:
    """Every problem in the files of a package; a file that is not there is not reported here."""
    sheets = {
        file: Sheet(file, headings(file, profile), rows)
        for file, rows in cells.items()
        if file in REQUIRED_COLUMNS
    }
    for sheet in sheets.values():
        _check_common(sheet)
    _check_references(sheets)
    nothing = {file: Sheet(file, headings(file, profile), ()) for file in REQUIRED_COLUMNS}
    of = nothing | sheets
    _check_sessions(of["academicSessions"])
    _check_orgs(of["orgs"])
    _check_courses(of["courses"], of["academicSessions"])
    _check_subjects(of["classes"])
    _check_users(of["users"], of["roles"])
    _check_roles(of["roles"])
    _check_enrollments(of["enrollments"], of["classes"], of["roles"])
    return [problem for sheet in sheets.values() for problem in sheet.problems]
