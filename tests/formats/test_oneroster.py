import csv
import io
import zipfile
from datetime import date
from uuid import UUID

import pytest

from govkit.errors import InvalidInput
from govkit.formats.oneroster import (
    AcademicSession,
    ClassType,
    Course,
    Demographics,
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
    Sex,
    User,
    check_package,
    grade_code,
    package_name,
    write_package,
)
from govkit.formats.oneroster.layout import FILES, headings


def uid(number: int) -> str:
    return str(UUID(int=number + (1 << 127), version=4))


BOARD, ELEMENTARY, COMPULSORY, SESSION, COURSE, OTHER_COURSE = map(uid, range(1, 7))
CLASS, SPECIAL, PUPIL, EIGHTH, TEACHER = map(uid, range(7, 12))


def user(number: str, grade: str = "", **kw) -> User:
    values = {
        "family_name": "高橋",
        "given_name": "葵",
        "kana_family_name": "タカハシ",
        "kana_given_name": "アオイ",
        "preferred_family_name": "高橋",
        "preferred_given_name": "葵",
        "grades": (grade,) if grade else (),
    }
    master = uid(int(number[-4:], 16) + 100)
    return User(number, master, f"u{number[-4:]}", **{**values, **kw})


def package(**changes) -> Package:
    student, teacher = EnrollmentRole.STUDENT, EnrollmentRole.TEACHER
    full = Package(
        academic_sessions=[AcademicSession(SESSION, 2026)],
        orgs=[
            Org(BOARD, "架空市教育委員会", OrgType.DISTRICT, "139999"),
            Org(ELEMENTARY, "第一小学校", OrgType.SCHOOL, "B113299999911", BOARD),
            Org(COMPULSORY, "架空学園", OrgType.SCHOOL, "C213299999918", BOARD),
        ],
        courses=[
            Course(COURSE, 2026, SESSION, "ホームルーム", ELEMENTARY),
            Course(OTHER_COURSE, 2026, SESSION, "国語", COMPULSORY, ["J2"], ["国語"], ["J010"]),
        ],
        classes=[
            SchoolClass(
                CLASS, "1年1組", COURSE, ClassType.HOMEROOM, ELEMENTARY, [SESSION], ["P1"]
            ),
            SchoolClass(
                SPECIAL, "あおぞら", OTHER_COURSE, ClassType.SCHEDULED, COMPULSORY, [SESSION],
                ["J1", "J2"], ["国語"], ["J010"], special_needs=True,
            ),
        ],
        users=[user(PUPIL, "P1"), user(EIGHTH, grade_code(8)), user(TEACHER)],
        roles=[
            Role(uid(20), PUPIL, RoleType.PRIMARY, RoleName.STUDENT, ELEMENTARY),
            Role(uid(21), EIGHTH, RoleType.PRIMARY, RoleName.STUDENT, COMPULSORY),
            Role(uid(22), TEACHER, RoleType.PRIMARY, RoleName.TEACHER, ELEMENTARY),
            Role(uid(23), TEACHER, RoleType.PRIMARY, RoleName.TEACHER, COMPULSORY),
            Role(uid(24), TEACHER, RoleType.SECONDARY, RoleName.PRINCIPAL, ELEMENTARY),
        ],
        enrollments=[
            Enrollment(uid(30), CLASS, ELEMENTARY, PUPIL, student, number=1, is_public=True),
            Enrollment(uid(31), SPECIAL, COMPULSORY, EIGHTH, student, number=12),
            Enrollment(uid(32), CLASS, ELEMENTARY, TEACHER, teacher, is_primary=True),
        ],
        system_name="govkit",
        system_code="govkit",
    )  # fmt: skip
    return full._replace(**changes)


def written(one: Package, profile: Profile = Profile.JAPAN_K12_1_0) -> bytes:
    target = io.BytesIO()
    write_package(one, target, profile=profile)
    return target.getvalue()


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents: dict[str, bytes]) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return target


def rows(contents: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(contents[f"{name}.csv"].decode(), newline="")))


def refused(one: Package) -> list[tuple[str, str, int | None, str]]:
    target = io.BytesIO()
    with pytest.raises(InvalidInput) as error:
        write_package(one, target)
    assert target.getvalue() == b""
    problems = error.value.problems
    assert all(problem.message for problem in problems)
    return [
        (one.code.removeprefix("oneroster_"), one.file, one.row, one.column) for one in problems
    ]


def test_package_is_named_after_its_board_of_education():
    assert package_name(package(), date(2026, 5, 1)) == "RO_20260501_139999.zip"


@pytest.mark.parametrize("profile", Profile)
def test_seven_files_are_written_byte_for_byte(profile):
    contents = files(written(package(), profile))
    assert sorted(contents) == [
        "academicSessions.csv", "classes.csv", "courses.csv", "enrollments.csv",
        "manifest.csv", "orgs.csv", "roles.csv", "users.csv",
    ]  # fmt: skip
    for data in contents.values():
        text = data.decode()
        assert not text.startswith("\ufeff")
        again = io.StringIO(newline="")
        read = csv.reader(io.StringIO(text, newline=""))
        csv.writer(again, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(read)
        assert again.getvalue() == text
    manifest = {row["propertyName"]: row["value"] for row in rows(contents, "manifest")}
    assert manifest["oneroster.version"] == profile.value
    bulk = {name for name in FILES if manifest[f"file.{name}"] == "bulk"}
    assert {f"{name}.csv" for name in bulk} == set(contents) - {"manifest.csv"}
    assert check_package(io.BytesIO(written(package(), profile))) == []


@pytest.mark.parametrize(
    ("profile", "count", "number"),
    [
        (Profile.JAPAN_ED2, 27, "metadata.jp.ShussekiNo"),
        (Profile.JAPAN_1_2_1, 29, "metadata.jp.ShussekiNo"),
        (Profile.JAPAN_K12_1_0, 29, "metadata.jp.shussekiNo"),
    ],
)
def test_dialects_differ_in_users_and_enrollments(profile, count, number):
    contents = files(written(package(), profile))
    assert len(rows(contents, "users")[0]) == len(headings("users", profile)) == count
    assert rows(contents, "enrollments")[1][number] == "12"
    user_columns = rows(contents, "users")[0]
    assert ("resourceSourcedIds" in user_columns) is (profile is Profile.JAPAN_ED2)
    assert user_columns["metadata.jp.kanaGivenName"] == "アオイ"
    assert user_columns["preferredFamilyName"] == "高橋"


def test_cells_are_what_the_profile_asks_for():
    contents = files(written(package()))
    assert contents["academicSessions.csv"].decode() == (
        '"sourcedId","status","dateLastModified","title","type","startDate","endDate",'
        '"parentSourcedId","schoolYear"\r\n'
        f'"{SESSION}","","","2026年度","schoolYear","2026-04-01","2027-03-31","","2026"\r\n'
    )
    assert contents["enrollments.csv"].decode().splitlines()[1] == (
        f'"{uid(30)}","","","{CLASS}","{ELEMENTARY}","{PUPIL}","student","false","","","1","true"'
    )
    assert [row["grades"] for row in rows(contents, "users")] == ["P1", "J2", ""]
    special = rows(contents, "classes")[1]
    assert (special["metadata.jp.specialNeeds"], special["grades"]) == ("true", "J1,J2")
    assert rows(contents, "courses")[0]["title"] == "2026年度ホームルーム"
    assert {row["status"] for name in ("users", "roles") for row in rows(contents, name)} == {""}


def test_same_package_gives_the_same_bytes():
    assert written(package()) == written(package())


def test_quotation_marks_and_line_breaks_inside_a_cell_survive():
    one = package()
    odd = one.classes[0]._replace(title='1年"花"組\r\n,')
    data = written(one._replace(classes=[odd, one.classes[1]]))
    assert rows(files(data), "classes")[0]["title"] == '1年"花"組\r\n,'
    assert check_package(io.BytesIO(data)) == []


def test_birth_dates_leave_only_when_they_are_given():
    assert "demographics.csv" not in files(written(package()))
    one = package(demographics=[Demographics(PUPIL, date(2019, 4, 2), Sex.UNSPECIFIED)])
    row = rows(files(written(one)), "demographics")[0]
    assert (row["sourcedId"], row["birthDate"], row["sex"]) == (PUPIL, "2019-04-02", "unspecified")
    assert check_package(io.BytesIO(written(one))) == []


def change(records, index, **fields):
    return [one._replace(**fields) if n == index else one for n, one in enumerate(records)]


FULL = package()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"users": change(FULL.users, 0, family_name="\u9ad9橋")}, ("character", "users.csv", 2, "familyName")),
        ({"users": change(FULL.users, 0, family_name="\U00020bb7田")}, ("character", "users.csv", 2, "familyName")),
        ({"users": change(FULL.users, 0, family_name="葛\U000e0100")}, ("character", "users.csv", 2, "familyName")),
        ({"users": change(FULL.users, 1, home_class="1ｸﾐ")}, ("half_kana", "users.csv", 3, "metadata.jp.homeClass")),
        ({"users": change(FULL.users, 1, kana_given_name="あおい")}, ("katakana", "users.csv", 3, "metadata.jp.kanaGivenName")),
        ({"users": change(FULL.users, 1, kana_given_name="")}, ("required", "users.csv", 3, "metadata.jp.kanaGivenName")),
        ({"users": change(FULL.users, 1, grades=())}, ("no_grade", "users.csv", 3, "grades")),
        ({"users": change(FULL.users, 1, grades=("08",))}, ("grades", "users.csv", 3, "grades")),
        ({"users": change(FULL.users, 1, username=FULL.users[0].username)}, ("twice", "users.csv", 3, "username")),
        ({"users": change(FULL.users, 1, user_ids=["abc"])}, ("user_ids", "users.csv", 3, "userIds")),
        (
            {"users": change(FULL.users, 2, user_master_identifier=FULL.users[0].user_master_identifier)},
            ("twice", "users.csv", 4, "userMasterIdentifier"),
        ),
        ({"users": change(FULL.users, 2, user_master_identifier="2b4f0c2e-8f5e-11ee-b9d1-0242ac120002")}, ("uuid", "users.csv", 4, "userMasterIdentifier")),
        ({"users": change(FULL.users, 2, primary_org_sourced_id=CLASS)}, ("dangling", "users.csv", 4, "primaryOrgSourcedId")),
        ({"roles": FULL.roles[1:]}, ("no_role", "users.csv", 2, "sourcedId")),
        ({"roles": change(FULL.roles, 4, type=RoleType.PRIMARY)}, ("only_secondary", "roles.csv", 6, "roleType")),
        ({"roles": change(FULL.roles, 3, org_sourced_id=ELEMENTARY)}, ("two_primaries", "roles.csv", 5, "roleType")),
        ({"roles": change(FULL.roles, 0, type=RoleType.SECONDARY)}, ("only_primary", "roles.csv", 2, "roleType")),
        ({"roles": change(FULL.roles, 0, type=RoleType.SECONDARY)}, ("no_primary", "roles.csv", 2, "userSourcedId")),
        ({"roles": change(FULL.roles, 0, role="parent")}, ("choice", "roles.csv", 2, "role")),
        ({"enrollments": change(FULL.enrollments, 0, is_primary=True)}, ("student_primary", "enrollments.csv", 2, "primary")),
        ({"enrollments": change(FULL.enrollments, 0, number=0)}, ("number", "enrollments.csv", 2, "metadata.jp.shussekiNo")),
        ({"enrollments": change(FULL.enrollments, 0, user_sourced_id=uid(99))}, ("dangling", "enrollments.csv", 2, "userSourcedId")),
        ({"enrollments": change(FULL.enrollments, 0, user_sourced_id=TEACHER)}, ("not_a_student", "enrollments.csv", 2, "userSourcedId")),
        ({"enrollments": change(FULL.enrollments, 0, school_sourced_id=COMPULSORY)}, ("other_school", "enrollments.csv", 2, "schoolSourcedId")),
        ({"enrollments": change(FULL.enrollments, 1, sourced_id=uid(30))}, ("twice", "enrollments.csv", 3, "sourcedId")),
        ({"enrollments": change(FULL.enrollments, 1, sourced_id=uid(31).upper())}, ("uuid", "enrollments.csv", 3, "sourcedId")),
        ({"orgs": change(FULL.orgs, 1, identifier="B113210000001")}, ("school_code", "orgs.csv", 3, "identifier")),
        ({"orgs": change(FULL.orgs, 1, identifier="B11321000000")}, ("school_code", "orgs.csv", 3, "identifier")),
        ({"orgs": change(FULL.orgs, 1, parent_sourced_id="")}, ("parent_of_school", "orgs.csv", 3, "parentSourcedId")),
        ({"orgs": change(FULL.orgs, 0, identifier="1399")}, ("board_code", "orgs.csv", 2, "identifier")),
        ({"orgs": change(FULL.orgs, 0, parent_sourced_id=BOARD)}, ("parent_of_district", "orgs.csv", 2, "parentSourcedId")),
        ({"orgs": FULL.orgs[1:]}, ("districts", "orgs.csv", None, "type")),
        ({"courses": change(FULL.courses, 1, school_year=2025)}, ("course_title", "courses.csv", 3, "title")),
        ({"courses": change(FULL.courses, 1, subject_codes=())}, ("subjects", "courses.csv", 3, "subjectCodes")),
        ({"courses": change(FULL.courses, 1, subject_codes=["J100"])}, ("subject_codes", "courses.csv", 3, "subjectCodes")),
        ({"classes": change(FULL.classes, 1, term_sourced_ids=[SESSION, uid(98)])}, ("dangling", "classes.csv", 3, "termSourcedIds")),
        ({"classes": change(FULL.classes, 1, title="")}, ("required", "classes.csv", 3, "title")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_package_that_breaks_a_rule_is_refused_before_it_is_written(changes, problem):
    assert problem in refused(package(**changes))


def test_every_problem_is_told_at_once_without_names():
    one = package(
        users=change(FULL.users, 0, family_name="\u9ad9橋", kana_family_name=""),
        orgs=change(FULL.orgs, 1, identifier="B113210000001"),
    )
    assert [problem[0] for problem in refused(one)] == ["school_code", "required", "character"]
    with pytest.raises(InvalidInput) as error:
        written(one)
    assert "U+9AD9" in str(error.value)
    assert "高橋" not in str(error.value)
    assert "葵" not in str(error.value)


@pytest.mark.parametrize("name", ["\U0002363a本", "\ufa11", "か\u309a"])
def test_names_in_jis_x_0213_are_exported(name):
    assert written(package(users=change(FULL.users, 0, family_name=name)))


def test_grades_past_the_ninth_have_no_code():
    assert [grade_code(grade) for grade in (1, 6, 7, 9)] == ["P1", "P6", "J1", "J3"]
    with pytest.raises(ValueError, match="10"):
        grade_code(10)


GOOD = files(written(FULL))


def replaced(name: str, old: str, new: str, encoding: str = "utf-8") -> dict[str, bytes]:
    text = GOOD[name].decode()
    assert old in text
    return GOOD | {name: text.replace(old, new).encode(encoding)}


def without(name: str) -> dict[str, bytes]:
    return {key: data for key, data in GOOD.items() if key != name}


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (replaced("users.csv", f'"{PUPIL}",""', f'"{PUPIL}","active"'), "not_blank_status"),
        (replaced("users.csv", "アオイ", "ｱｵｲ"), "half_kana"),
        (replaced("enrollments.csv", '"student","false"', '"student","true"'), "student_primary"),
        (replaced("roles.csv", uid(20), "2b4f0c2e-8f5e-11ee-b9d1-0242ac120002"), "uuid"),
        (replaced("enrollments.csv", PUPIL, uid(77)), "dangling"),
        (replaced("users.csv", '"P1"', '"03"'), "grades"),
        (replaced("orgs.csv", "B113299999911", "B113210000001"), "school_code"),
        (replaced("orgs.csv", "B113299999911", "B11329999991"), "school_code"),
        (replaced("orgs.csv", '"139999",""', f'"139999","{BOARD}"'), "parent_of_district"),
        (replaced("academicSessions.csv", "2026年度", "令和8年度"), "session"),
        (replaced("courses.csv", "2026年度", "令和8年度"), "course_title"),
        (replaced("courses.csv", 'ホームルーム",""', 'ホームルーム","HR"'), "choice"),
        (replaced("roles.csv", '"teacher"', '"parent"'), "choice"),
        (replaced("users.csv", FULL.users[0].user_master_identifier, FULL.users[1].user_master_identifier), "twice"),
        (replaced("orgs.csv", '"status","dateLastModified"', '"dateLastModified","status"'), "headings"),
        (replaced("orgs.csv", "架空", "架空", "shift_jis"), "not_utf_8"),
        (replaced("orgs.csv", '"sourcedId"', '\ufeff"sourcedId"'), "bom"),
        (replaced("classes.csv", '"true"', '"True"'), "choice"),
        (replaced("users.csv", '"","true"', '"","True"'), "choice"),
        (GOOD | {"secret.csv": b"x"}, "undeclared_file"),
        (GOOD | {"demographics.csv": b'"sourcedId"\r\n'}, "manifest"),
        (without("roles.csv"), "manifest"),
        (without("manifest.csv"), "no_manifest"),
        ({f"a/{name}": data for name, data in GOOD.items()}, "no_manifest"),
        (replaced("manifest.csv", '"1.2_JP"', '"1.1"'), "version"),
        (replaced("manifest.csv", '"file.orgs","bulk"', '"file.orgs","delta"'), "manifest"),
        (replaced("manifest.csv", '"file.orgs","bulk"', '"file.orgs","all"'), "manifest"),
        (replaced("orgs.csv", "\r\n", "\n"), "not_quoted"),
        (replaced("orgs.csv", '"district"', "district"), "not_quoted"),
        (replaced("orgs.csv", '"district",', '"district"x,'), "not_csv"),
        (replaced("orgs.csv", '"district",', ""), "ragged"),
        (GOOD | {"orgs.csv": b""}, "not_csv"),
    ],
    ids=lambda value: value if isinstance(value, str) else "files",
)  # fmt: skip
def test_faulty_package_is_found_out(contents, code):
    found = check_package(zipped(contents))
    assert f"oneroster_{code}" in {problem.code for problem in found}
    assert all(problem.message for problem in found)


def test_package_of_the_middle_dialect_may_state_the_plain_version():
    contents = files(written(FULL, Profile.JAPAN_1_2_1))
    contents["manifest.csv"] = contents["manifest.csv"].replace(b'"1.2.1"', b'"1.2"')
    assert check_package(zipped(contents)) == []


def test_file_that_is_no_package_is_found_out(tmp_path):
    path = tmp_path / "roster.zip"
    path.write_bytes(b"PK")
    assert [problem.code for problem in check_package(path)] == [
        "oneroster_file_name",
        "oneroster_not_a_zip",
    ]
    path = tmp_path / package_name(FULL, date(2026, 5, 1))
    path.write_bytes(written(FULL))
    assert check_package(path) == []


def test_archive_with_a_file_twice_is_found_out():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in GOOD.items():
            archive.writestr(name, data)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("orgs.csv", GOOD["orgs.csv"])
    assert [problem.code for problem in check_package(target)] == ["oneroster_file_twice"]


def test_archive_that_cannot_be_opened_is_found_out(monkeypatch):
    monkeypatch.setattr("govkit.formats.oneroster.package._MAX_BYTES", 10)
    assert [one.code for one in check_package(zipped(GOOD))] == ["oneroster_too_large"]
    monkeypatch.undo()
    locked = bytearray(zipped({"manifest.csv": b"x"}).getvalue())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert [one.code for one in check_package(io.BytesIO(locked))] == ["oneroster_encrypted"]


def test_package_without_classes_is_written():
    one = package(classes=[], enrollments=[], courses=[])
    assert check_package(io.BytesIO(written(one))) == []


def test_id_in_full_width_digits_is_refused():
    one = package(users=change(FULL.users, 0, user_master_identifier=uid(1).replace("1", "１")))
    assert ("uuid", "users.csv", 2, "userMasterIdentifier") in refused(one)
