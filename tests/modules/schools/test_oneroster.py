import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa

from govkit.base.municipality import Municipality
from govkit.base.work import Work
from govkit.errors import NotPermitted, Refused
from govkit.formats.oneroster import Profile, check_package
from govkit.modules import schools
from govkit.modules.schools import (
    Duty,
    ExchangeId,
    NewPosting,
    Pupil,
    RosterExport,
    RosterRefused,
    School,
)
from tests.modules.schools import rows

ENTRY = date(2026, 4, 1)
NEWEST = Profile.newest()


def post(work: Work, school: School, duty: Duty, **values) -> None:
    given = {
        "account_id": uuid4(),
        "family_name": "試験",
        "given_name": "先生",
        "kana_family_name": "シケン",
        "kana_given_name": "センセイ",
        "role": "principal",
        "class_group": None,
        "valid_from": ENTRY,
        "valid_to": None,
    }
    schools.post_staff(work, NewPosting(school=school, duty=duty, **(given | values)))


@pytest.fixture
def city(work: Work) -> Iterator[Work]:
    """An elementary school and a 義務教育学校 with a special needs class and a protected child."""
    elementary = rows.add_school(work)
    compulsory = rows.add_school(work, rows.COMPULSORY, "試験学園")
    first = rows.add_class(work, elementary)
    special = rows.add_class(work, elementary, 3, "あおぞら", is_special_needs=True)
    eighth = rows.add_class(work, compulsory, 8)
    schools.admit(work, first, [rows.child("1", is_protected=True)], ENTRY)
    schools.admit(work, special, [rows.child("2")], ENTRY)
    schools.admit(work, eighth, [rows.child("3", birth_date=date(2012, 6, 1))], ENTRY)
    both = uuid4()
    post(
        work,
        elementary,
        Duty.HOMEROOM,
        account_id=both,
        role="homeroom_teacher",
        class_group=first,
    )
    post(work, compulsory, Duty.SUBJECT, account_id=both)
    post(work, elementary, Duty.HEAD)
    post(work, elementary, Duty.OFFICE, role="school_clerk")
    return work


def export(work: Work, year: int = 2026, profile: Profile = NEWEST) -> RosterExport:
    return schools.export_roster(work, year, profile, "学習eポータルの年度更新")


def read(content: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"), newline=""))
            )
            for name in archive.namelist()
        }


def test_the_package_keeps_every_rule_of_the_profile(city):
    made = export(city)

    assert made.filename == "RO_20261124_132021.zip"
    assert check_package(io.BytesIO(made.content)) == []
    assert made.counts == {
        "orgs": 3,
        "courses": 2,
        "classes": 3,
        "users": 5,
        "roles": 7,
        "enrollments": 4,
    }


@pytest.mark.parametrize("profile", list(Profile))
def test_every_dialect_passes_the_check(city, profile):
    assert check_package(io.BytesIO(export(city, profile=profile).content)) == []


def test_the_files_are_byte_for_byte_as_demanded(city):
    with zipfile.ZipFile(io.BytesIO(export(city).content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}

    assert set(files) == {
        f"{name}.csv"
        for name in (
            [
                "manifest",
                "academicSessions",
                "classes",
                "courses",
                "enrollments",
                "orgs",
                "roles",
                "users",
            ]
        )
    }
    for data in files.values():
        assert not data.startswith(b"\xef\xbb\xbf")
        lines = data.split(b"\r\n")
        assert lines[-1] == b""
        assert all(line.startswith(b'"') and line.endswith(b'"') for line in lines[:-1])
        assert b"\n" not in data.replace(b"\r\n", b"")


def test_grades_classes_and_roles(city):
    files = read(export(city).content)

    pupils = [user for user in files["users"] if user["grades"]]
    assert sorted(user["grades"] for user in pupils) == ["J2", "P1", "P3"]
    special = {row["title"]: row["metadata.jp.specialNeeds"] for row in files["classes"]}
    assert special == {"1年1組": "false", "3年あおぞら": "true", "8年1組": "false"}
    roles: dict[str, list[tuple[str, str]]] = {}
    for row in files["roles"]:
        roles.setdefault(row["userSourcedId"], []).append((row["roleType"], row["role"]))
    assert sorted(sorted(held) for held in roles.values()) == [
        [("primary", "student")],
        [("primary", "student")],
        [("primary", "student")],
        [("primary", "teacher"), ("secondary", "principal")],
        [("primary", "teacher"), ("secondary", "teacher")],
    ]
    enrolled = sorted((row["role"], row["primary"]) for row in files["enrollments"])
    assert enrolled == [("student", "false")] * 3 + [("teacher", "true")]
    assert {row["metadata.jp.shussekiNo"] for row in files["enrollments"]} == {"1", ""}
    assert all(row["status"] == "" for name in files if name != "manifest" for row in files[name])


def test_no_birth_date_address_or_protection_leaves(city):
    text = "".join(
        value
        for name, records in read(export(city).content).items()
        if name != "academicSessions"
        for record in records
        for value in record.values()
    )

    assert "demographics" not in read(export(city).content)
    assert not re.search("2019-06-01|2012-06-01|20190601", text)
    assert "支援" not in text


def test_exporting_again_gives_the_same_identifiers(city):
    first = export(city)
    city.session.expire_all()

    assert export(city).content == first.content
    ids = [
        row["sourcedId"]
        for rows_ in read(first.content).values()
        for row in rows_
        if "sourcedId" in row
    ]
    assert len(ids) == len(set(ids))
    assert all(
        re.fullmatch("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", one)
        for one in ids
    )
    stored = city.session.scalar(sa.select(sa.func.count(ExchangeId.id)))
    assert stored == 1 + 2 + 7


@pytest.mark.parametrize(
    ("family", "passes"),
    [
        ("髙橋", False),
        ("\U00020bb7田", False),
        ("葛\U000e0100", False),
        ("\U0002363a本", True),
        ("\ufa11", True),
    ],
    ids=["U+9AD9", "U+20BB7", "IVS", "U+2363A", "U+FA11"],
)
def test_names_outside_jis_wait_for_a_form(work, class_group, family, passes):
    [pupil] = schools.admit(work, class_group, [rows.child("1", family_name=family)], ENTRY)
    if passes:
        assert read(export(work).content)["users"][0]["familyName"] == family
        return

    with pytest.raises(RosterRefused) as refusal:
        export(work)
    [finding] = refusal.value.findings
    assert (finding.pupil_id, finding.item) == (pupil.id, "氏")
    assert finding.place == "試験第一小学校 1年1組 1番"
    assert family not in str(refusal.value)

    schools.choose_exchange_name(work, pupil, "高橋", "花子")
    [user] = read(export(work).content)["users"]
    assert (user["familyName"], user["preferredFamilyName"]) == ("高橋", "高橋")
    assert pupil.family_name == family


def test_every_problem_is_told_at_once_with_its_person(work, school, class_group):
    children = [
        rows.child("1", family_name="髙橋", given_name="\U00020bb7"),
        rows.child("2", kana_family_name="", kana_given_name=""),
        rows.child("3"),
    ]
    admitted = schools.admit(work, class_group, children, ENTRY)
    post(work, school, Duty.HEAD, family_name="髙木")
    [person] = schools.posted_staff(work)

    with pytest.raises(RosterRefused) as refusal:
        export(work)

    found = {(each.pupil_id or each.staff_id, each.item) for each in refusal.value.findings}
    assert found == {
        (admitted[0].id, "氏"),
        (admitted[0].id, "名"),
        (admitted[1].id, "氏のフリガナ"),
        (admitted[1].id, "名のフリガナ"),
        (person.staff_id, "氏"),
    }
    staff = schools.find_staff(work, person.staff_id)
    schools.choose_staff_exchange_name(work, staff, "高木", "先生")
    schools.choose_exchange_name(work, admitted[0], "高橋", "吉")
    schools.correct_kana(work, admitted[1], "シケン", "ジドウ")
    assert check_package(io.BytesIO(export(work).content)) == []


def test_pupils_are_listed_class_by_class_and_by_number(work, school):
    for name, numbers in (("10組", "34"), ("2組", "12")):
        group = rows.add_class(work, school, 1, name)
        schools.admit(work, group, [rows.child(one) for one in numbers], ENTRY)

    users = read(export(work).content)["users"]

    assert [user["givenName"] for user in users] == ["児童1", "児童2", "児童3", "児童4"]


def test_a_school_name_outside_jis_is_told_without_a_person(work):
    school = rows.add_school(work, name="髙松小学校")
    rows.add_class(work, school)

    with pytest.raises(RosterRefused) as refusal:
        export(work)

    [finding] = refusal.value.findings
    assert (finding.pupil_id, finding.staff_id, finding.place) == (None, None, "orgs.csv")


@pytest.mark.parametrize(
    ("facts", "chosen", "expected"),
    [
        ({}, None, ("NGUYEN", "青木")),
        ({}, ("碧木", "花"), ("NGUYEN", "碧木")),
        ({"family_name": "髙橋"}, ("高橋", "花"), ("高橋", "高橋")),
    ],
    ids=["そのまま", "通称の形", "本名もJIS外"],
)
def test_an_alias_is_the_preferred_name(work, class_group, facts, chosen, expected):
    values = {
        "family_name": "NGUYEN",
        "given_name": "VAN AN",
        "preferred_family_name": "青木",
        "preferred_given_name": "安",
        "preferred_kana_family_name": "ｱｵｷ",
        "preferred_kana_given_name": "アン",
    }
    [pupil] = schools.admit(work, class_group, [rows.child("1", **(values | facts))], ENTRY)
    if chosen:
        schools.choose_exchange_name(work, pupil, *chosen)

    [user] = read(export(work).content)["users"]

    assert (user["familyName"], user["preferredFamilyName"]) == expected
    assert user["metadata.jp.kanaPreferredFamilyName"] == "アオキ"


def test_who_left_and_who_is_not_appointed_yet_is_not_in_it(work, school, class_group):
    pupils = schools.admit(work, class_group, [rows.child("1"), rows.child("2")], ENTRY)
    schools.leave(work, pupils[0], date(2026, 7, 17), "転出")
    post(work, school, Duty.HEAD, valid_from=date(2027, 1, 8))

    assert export(work).counts["users"] == 1


def test_a_retained_pupil_keeps_the_grade_on_record(work, school):
    group = rows.add_class(work, school, 3)
    schools.admit(work, group, [rows.child("1", birth_date=date(2017, 5, 1))], ENTRY)
    [pupil] = work.session.scalars(sa.select(Pupil))
    schools.prepare_year(work, school, 2027, [pupil.id])

    [user] = read(export(work, 2027).content)["users"]

    assert user["grades"] == "P3"


def test_a_second_homeroom_teacher_is_not_the_main_one(work, school, class_group):
    for first in (date(2026, 4, 1), date(2026, 9, 1)):
        post(
            work,
            school,
            Duty.HOMEROOM,
            role="homeroom_teacher",
            class_group=class_group,
            valid_from=first,
        )

    rows_ = read(export(work).content)["enrollments"]
    assert sorted(row["primary"] for row in rows_) == ["false", "true"]


def test_two_duties_in_one_class_are_one_enrolment(work, school, class_group):
    account_id = uuid4()
    for duty, role in ((Duty.SUBJECT, "principal"), (Duty.HOMEROOM, "homeroom_teacher")):
        post(work, school, duty, role=role, class_group=class_group, account_id=account_id)

    assert [row["primary"] for row in read(export(work).content)["enrollments"]] == ["true"]


def test_closed_schools_are_left_out(work, school, class_group):
    schools.close_school(work, school, date(2026, 10, 31))
    other = rows.add_school(work, rows.OTHER_ELEMENTARY)
    rows.add_class(work, other)
    schools.admit(work, class_group, [rows.child("1")], ENTRY)
    post(work, school, Duty.HEAD)

    counts = export(work).counts
    assert (counts["orgs"], counts["classes"], counts["users"]) == (2, 1, 0)


def test_an_export_is_recorded_with_purpose_and_counts(city):
    export(city)

    [event] = [event for event in city._events if event.action == "roster.exported"]
    assert event.reason == "学習eポータルの年度更新"
    assert event.detail["counts"]["users"] == 5
    assert event.detail["profile"] == "JAPAN_K12_1_0"


def test_what_an_export_needs(city, work_for):
    with pytest.raises(Refused, match="目的"):
        schools.export_roster(city, 2026, NEWEST, " ")
    with pytest.raises(Refused, match="2027年度"):
        export(city, 2027)
    city.municipality = Municipality("132021", "立川市")
    with pytest.raises(Refused, match="教育委員会コード"):
        export(city)
    with pytest.raises(NotPermitted):
        export(work_for(role="school_clerk", session_of=city))
