import re
import subprocess
import sys

from govkit import __version__


def test_help_names_every_command(govkit):
    answer = govkit("--help")

    assert answer.exit_code == 0
    names = re.findall(r"^  (\w+)  +\S", answer.output.split("コマンド:")[1], re.MULTILINE)
    assert {"new", "run", "demo", "city", "residents", "oneroster", "check"} <= set(names)
    for name in names:
        assert govkit(name, "--help").exit_code == 0, name


def test_the_version_is_told(govkit):
    assert __version__ in govkit("--version").output


def test_a_command_that_does_not_exist_is_wrong_usage(govkit):
    assert govkit("dance").exit_code == 2


def test_wrong_settings_are_told_without_a_traceback(folder):
    (folder / "govkit.toml").write_text('[app]\nnmae = "x"\n[databse]\nurl = "x"\n')
    done = subprocess.run(
        [sys.executable, "-m", "govkit.cli", "city", "list"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 1
    assert "app.nmae" in done.stderr
    assert "databse" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_module_adds_its_commands(govkit, folder):
    (folder / "waltz.py").write_text(
        "import click\n"
        "from govkit.base.module import Module\n"
        "module = Module('waltz', '踊り', 'waltz', commands='waltz:step')\n"
        "@click.command()\n"
        "def step():\n"
        "    '''一歩進みます。'''\n"
        "    click.echo('ワルツ')\n",
        encoding="utf-8",
    )
    (folder / "govkit.toml").write_text('[app]\nmodules = ["waltz:module"]\n')

    assert "一歩進みます。" in govkit("--help").output
    assert govkit("waltz").output == "ワルツ\n"


def test_a_command_needs_its_module(govkit, folder):
    (folder / "x.csv").touch()
    (folder / "govkit.toml").write_text('[app]\nmodules = ["schools"]\n')
    for command in (
        ("demo",),
        ("residents", "import", "x.csv", "--city", "132021"),
    ):
        answer = govkit(*command)
        assert answer.exit_code == 1
        assert "モジュール「resident_extracts" in answer.output


def test_a_migration_is_written_for_what_a_module_lacks(govkit, folder):
    package = folder / "dance"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from govkit.base.module import Module\n"
        "module = Module('dance', '踊り', 'dance', models=('dance.models',))\n",
        encoding="utf-8",
    )
    (package / "models.py").write_text(
        "import sqlalchemy as sa\n"
        "from sqlalchemy.orm import Mapped, mapped_column\n"
        "from govkit.base.db import Base, TenantTable\n"
        "class Step(TenantTable, Base):\n"
        "    __tablename__ = 'dance_step'\n"
        "    __table_args__ = ({'comment': '一歩'},)\n"
        "    name: Mapped[str] = mapped_column(sa.String(20), comment='名前')\n",
        encoding="utf-8",
    )
    (folder / "govkit.toml").write_text(
        '[app]\nmodules = ["dance:module"]\n[database]\nurl = "sqlite:///d.sqlite3"\n'
        '[security]\nsecret_key = "an invented one"\n'
    )
    # In a process of its own: a mapped class stays mapped for good.
    for arguments in (["migration", "dance", "initial"], ["database", "migrate"], ["check"]):
        done = subprocess.run(
            [sys.executable, "-m", "govkit.cli", *arguments],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    source = (package / "migrations" / "0001_initial.py").read_text(encoding="utf-8")
    assert "dance_step" in source
    assert "govkit_account" not in source


def test_a_migration_of_an_inactive_module_is_refused(govkit, folder):
    (folder / "govkit.toml").touch()
    answer = govkit("migration", "dance", "initial")

    assert answer.exit_code == 1
    assert "「dance」は有効ではありません" in answer.output
