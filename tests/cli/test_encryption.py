"""``govkit encryption``, ``columns`` and ``file-register``: what an operator sees and does."""

import csv
import io
import re

import pytest
import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.base.settings import load_settings
from govkit.modules.enrolment import Guardian
from govkit.testing.module_suite.rows import make

CITY = "132021"


def set_keys(folder, *keys):
    """Write ``encryption.keys`` into the settings."""
    file = folder / "govkit.toml"
    text = file.read_text(encoding="utf-8").partition("\n[encryption]")[0]
    quoted = ", ".join(f'"{key}"' for key in keys)
    file.write_text(f"{text}\n[encryption]\nkeys = [{quoted}]\n", encoding="utf-8")


def contact():
    """The contact of the only guardian, as a page would show it."""
    deployment = Deployment(load_settings())
    with deployment.session(CITY, writes=False) as session:
        found = session.scalars(sa.select(Guardian)).one().contact
    deployment.close()
    return found


@pytest.mark.requirement("ENC-1", "ASVS-11.2.2")
def test_keys_are_made_changed_checked_and_taken_away(govkit, folder, project):
    old, new = (govkit("encryption", "new-key", name).stdout.strip() for name in ("2025", "2026"))
    assert re.fullmatch(r"2025:[\w-]{43}", old)
    set_keys(folder, old)
    deployment = Deployment(load_settings())
    with deployment.session(CITY) as session:
        make(session, Guardian, CITY).contact = "03-5550-0199"
        session.commit()
    deployment.close()

    set_keys(folder, new, old)
    answer = govkit("encryption", "check")
    assert answer.exit_code == 0
    assert re.search(r"鍵「2025」：\d+件", answer.output)
    answer = govkit("encryption", "rotate")
    assert answer.exit_code == 0, answer.output
    assert "鍵「2026」で暗号化し直しました" in answer.output
    answer = govkit("encryption", "check")
    assert "鍵「2025」で暗号化された値はありません" in answer.output

    set_keys(folder, new)
    assert govkit("encryption", "check").exit_code == 0
    assert contact() == "03-5550-0199"


@pytest.mark.requirement("ENC-1")
def test_a_lost_key_is_told_with_the_places_and_without_the_values(govkit, folder, project):
    set_keys(folder, f"2025:{'o' * 43}")
    deployment = Deployment(load_settings())
    with deployment.session(CITY) as session:
        make(session, Guardian, CITY).contact = "03-5550-0199"
        session.commit()
    deployment.close()
    set_keys(folder, f"2026:{'n' * 43}")
    for command in ("check", "rotate"):
        answer = govkit("encryption", command)
        assert answer.exit_code == 1
        assert f"{CITY} enrolment_guardian.contact " in answer.output
        assert "5550" not in answer.output
    assert "（鍵が設定にありません）" in govkit("encryption", "check").output


@pytest.mark.parametrize("name", ["secret", "2026.1", "二〇二六", "A", "x" * 21, ""])
def test_names_that_would_not_work_are_refused(govkit, name):
    assert govkit("encryption", "new-key", name).exit_code == 2


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        (("2026:short",), "名前:43文字"),
        ((f"secret:{'k' * 43}",), "名前:43文字"),
        ((f"2026:{'k' * 43}", f"2026:{'j' * 43}"), "同じ名前"),
    ],
)
@pytest.mark.requirement("P21")
def test_wrong_keys_are_refused_without_being_shown(govkit, folder, sqlite_databases, keys, wrong):
    (folder / "govkit.toml").write_text("[security]\nsecret_key = 'x'\n", encoding="utf-8")
    set_keys(folder, *keys)
    answer = govkit("check")
    assert answer.exit_code == 1
    assert wrong in answer.output
    assert not any(key.partition(":")[2] in answer.output for key in keys)


@pytest.mark.requirement("CLS-1")
def test_the_class_of_every_column_is_listed(govkit, folder):
    (folder / "govkit.toml").write_text("[security]\nsecret_key = 'x'\n", encoding="utf-8")
    answer = govkit("columns", "list")
    rows = list(csv.reader(io.StringIO(answer.stdout.removeprefix("\ufeff"))))
    assert rows[0] == ["表", "表の名前", "列", "列の名前", "重要性分類", "暗号化"]
    assert ["enrolment_guardian", "保護者", "contact", "連絡先", "II", "○"] in rows
    assert ["schools_pupil", "児童生徒", "is_protected", "支援措置", "I", ""] in rows
    assert {row[4] for row in rows[1:]} == {"I", "II", "III", "IV"}


@pytest.mark.requirement("BRE-2")
def test_the_file_register_of_a_city_is_a_table_or_a_page(govkit, folder, project):
    answer = govkit("file-register", CITY, "--section", "学務課")
    rows = list(csv.reader(io.StringIO(answer.stdout.removeprefix("\ufeff"))))
    assert rows[0][0] == "個人情報ファイルの名称"
    assert {row[2] for row in rows[1:]} == {"学務課"}
    assert "学齢簿ファイル" in {row[0] for row in rows[1:]}
    assert "学齢簿ファイル：0人（1000人未満" in answer.stderr
    page = govkit("file-register", CITY, "--format", "markdown").stdout
    assert "## 出席簿ファイル" in page
    assert page.count("| 記録項目 | 1") == len(rows) - 1
    assert govkit("file-register", "132098").exit_code == 1
