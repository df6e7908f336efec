"""Exporting 10,000 pupils as a OneRoster package, beside ``csv.writer`` writing the same bytes.

The floor has the finished cells and writes them with ``csv.writer`` and ``zipfile``; its package is
compared with ours byte for byte. *Written* is :func:`govkit.formats.oneroster.write_package` from
records: cells, rules of the profile and file. *Exported* is the whole of the module: it reads
classes, pupils and identifiers from the database, checks and writes.
"""

import csv
import io
import time
import zipfile
from argparse import Namespace
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import uuid4

from measure import Database, best_of, databases, options, print_table

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.formats.oneroster import (
    AcademicSession,
    ClassType,
    Course,
    Enrollment,
    EnrollmentRole,
    Org,
    OrgType,
    Package,
    Profile,
    Role,
    RoleName,
    RoleType,
    SchoolClass,
    User,
    grade_code,
    write_package,
)
from govkit.jp.numbers import SchoolCode
from govkit.modules import schools
from govkit.modules.schools import NewPupil
from govkit.testing.plugin import FixedClock

CITY = "132021"
YEAR = 2026
CLASS_SIZE, CLASSES_OF_A_SCHOOL = 35, 18
CLERK = Actor.operator("benchmark")
Sheets = Mapping[str, Sequence[Sequence[str]]]
FAMILIES = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡邊", "山本", "中村", "小林", "加藤")
GIVEN = ("陽翔", "葵", "蓮", "凛", "湊", "結菜", "律", "陽葵", "颯真", "紬")


class City:
    """A city whose pupils sit in classes of elementary schools, in a database of its own."""

    def __init__(self, database: Database, pupils: int) -> None:
        settings = database.settings()
        self.deployment = Deployment(settings, clock=FixedClock())
        self.municipality = self.deployment.municipality(CITY)
        self.content = b""
        with self.deployment.work(self.municipality, CLERK) as work:
            for first in range(0, pupils, CLASS_SIZE):
                number = first // CLASS_SIZE
                if number % CLASSES_OF_A_SCHOOL == 0:
                    school = schools.add_school(work, *_school(number // CLASSES_OF_A_SCHOOL))
                grade, name = divmod(number % CLASSES_OF_A_SCHOOL, CLASSES_OF_A_SCHOOL // 6)
                group = schools.add_class_group(work, school, YEAR, grade + 1, f"{name + 1}組")
                numbers = range(first, min(first + CLASS_SIZE, pupils))
                schools.admit(work, group, list(map(_child, numbers)), date(YEAR, 4, 1))
        database.gather_statistics(settings)
        self.export()  # the first package invents the identifiers

    def export(self) -> None:
        with self.deployment.work(self.municipality, CLERK) as work:
            done = schools.export_roster(work, YEAR, Profile.newest(), "計測")
            self.content = done.content


def _school(number: int) -> tuple[str, str]:
    code = f"B1132{1000000 + number}"
    return code + SchoolCode.check_digit(code), f"試験第{number + 1}小学校"


def _child(number: int) -> NewPupil:
    return NewPupil(
        addressee_number=f"{number:08}",
        family_name=FAMILIES[number % 10],
        given_name=GIVEN[number // 10 % 10],
        kana_family_name="シケン",
        kana_given_name="ジドウ",
        birth_date=date(2017, 6, 1),
        sex="1",
        is_protected=False,
    )


def sheets(content: bytes) -> Sheets:
    """The cells of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            each.filename: list(csv.reader(io.StringIO(archive.read(each).decode(), newline="")))
            for each in archive.infolist()
        }


def write_plainly(sheets: Sheets) -> bytes:
    """The floor: the same package from finished cells."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, rows in sheets.items():
            text = io.StringIO(newline="")
            csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            archive.writestr(entry, text.getvalue().encode(), zipfile.ZIP_DEFLATED, compresslevel=1)
    return target.getvalue()


def invent_package(pupils: int) -> Package:
    """As many pupils as records, in classes of one school."""
    district, school, session, course = (str(uuid4()) for _ in range(4))
    classes = [
        SchoolClass(
            str(uuid4()),
            f"1年{number + 1}組",
            course,
            ClassType.HOMEROOM,
            school,
            (session,),
            (grade_code(1),),
        )
        for number in range(-(-pupils // CLASS_SIZE))
    ]
    users = list(map(_user, range(pupils)))
    code, name = _school(0)
    return Package(
        [AcademicSession(session, YEAR)],
        [
            Org(district, "試験市教育委員会", OrgType.DISTRICT, CITY),
            Org(school, name, OrgType.SCHOOL, code, district),
        ],
        [Course(course, YEAR, session, "ホームルーム", school)],
        classes,
        users,
        [
            Role(str(uuid4()), each.sourced_id, RoleType.PRIMARY, RoleName.STUDENT, school)
            for each in users
        ],
        [
            Enrollment(
                str(uuid4()),
                classes[number // CLASS_SIZE].sourced_id,
                school,
                each.sourced_id,
                EnrollmentRole.STUDENT,
                number=number % CLASS_SIZE + 1,
            )
            for number, each in enumerate(users)
        ],
        system_name="govkit",
    )


def _user(number: int) -> User:
    child, user = _child(number), str(uuid4())
    return User(
        sourced_id=user,
        user_master_identifier=str(uuid4()),
        username=user,
        family_name=child.family_name,
        given_name=child.given_name,
        kana_family_name=child.kana_family_name,
        kana_given_name=child.kana_given_name,
        preferred_family_name=child.family_name,
        preferred_given_name=child.given_name,
        grades=(grade_code(1),),
    )


def write(package: Package) -> bytes:
    target = io.BytesIO()
    write_package(package, target)
    return target.getvalue()


def main() -> None:
    chosen = options(__doc__, pupils=10_000, rounds=5)
    package = invent_package(chosen.pupils)
    content = write(package)
    cells = sheets(content)
    assert write_plainly(cells) == content
    acts = {"floor": lambda _: write_plainly(cells), "ours": lambda _: write(package)}
    best = best_of(chosen.rounds, time.process_time, lambda: None, acts)
    table = [_line("written", "-", best)]
    with databases(chosen.database) as found:
        for database in found:
            table.append(_line("exported", database.title, export(database, chosen)))
    print(f"{chosen.pupils:,} pupils, {len(content):,} bytes, best of {chosen.rounds} rounds")
    print_table(("act", "database", "floor ms", "ours ms", "ratio"), table)


def export(database: Database, chosen: Namespace) -> dict[str, float]:
    city = City(database, chosen.pupils)
    cells = sheets(city.content)
    assert write_plainly(cells) == city.content
    assert len(cells["users.csv"]) == chosen.pupils + 1
    acts = {"floor": lambda _: write_plainly(cells), "ours": lambda _: city.export()}
    best = best_of(chosen.rounds, database.cpu_seconds, lambda: None, acts)
    city.deployment.close()
    return best


def _line(act: str, database: str, best: Mapping[str, float]) -> tuple[str, ...]:
    floor, ours = best["floor"], best["ours"]
    return act, database, f"{floor * 1000:.0f}", f"{ours * 1000:.0f}", f"{ours / floor:.2f}"


if __name__ == "__main__":
    main()
