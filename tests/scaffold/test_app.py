"""The application that ``govkit new app`` makes."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from secrets import token_urlsafe

import pytest
from click.testing import CliRunner
from cookiecutter import generate
from cookiecutter.main import cookiecutter

from govkit import __version__
from govkit.cli import main
from govkit.cli.new import render
from govkit.cli.starters import APP, MODULE, starter


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command inside a rendered project, with nothing of this repository's settings."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GOVKIT_")}
    postgres = {key: os.environ[key] for key in ("GOVKIT_TEST_POSTGRES_URL",) if key in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment | postgres,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Path:
    """A project with its own title and contact."""
    into = tmp_path_factory.mktemp("scaffold")
    options = ("--title", "立川市 校務システム", "--contact", "学務課 & 042-000-0000")
    answer = CliRunner().invoke(main, ["new", "app", "tachikawa", "--into", str(into), *options])
    assert answer.exit_code == 0, answer.output
    return into / "tachikawa"


def files(folder: Path) -> list[str]:
    """Paths of all files of a project."""
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def _by_govkit(name: str, into: Path) -> Path:
    return render(name, into, {})


def _by_cookiecutter(name: str, into: Path) -> Path:
    made = cookiecutter(
        str(starter(name)), no_input=True, output_dir=str(into), default_config=True
    )
    return Path(made)


def test_it_passes_its_own_tests(rendered):
    done = run(rendered, "-m", "pytest", "-q", "-p", "no:cacheprovider")

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\d+ passed", done.stdout.splitlines()[-1])


def test_it_is_thin(rendered):
    assert len([each for each in files(rendered) if "__pycache__" not in each]) <= 40


def test_it_has_a_secret_of_its_own_that_version_control_does_not_see(rendered, tmp_path):
    other = cookiecutter(str(starter(APP)), no_input=True, output_dir=tmp_path, default_config=True)
    secrets = {
        tomllib.loads((folder / "govkit.toml").read_text(encoding="utf-8"))["security"][
            "secret_key"
        ]
        for folder in (rendered, Path(other))
    }

    assert len(secrets) == 2
    assert all(len(each) >= 32 for each in secrets)
    assert "govkit.toml" in (rendered / ".gitignore").read_text().splitlines()


def test_plain_cookiecutter_gives_the_same(rendered, tmp_path):
    made = cookiecutter(
        str(starter(APP)),
        no_input=True,
        extra_context={
            "project_slug": "tachikawa",
            "project_name": "立川市 校務システム",
            "contact": "学務課 & 042-000-0000",
        },
        output_dir=tmp_path,
        default_config=True,
    )

    def content(folder: Path) -> dict[str, str]:
        names = [each for each in files(folder) if "__pycache__" not in each]
        texts = {name: (folder / name).read_text(encoding="utf-8") for name in names}
        texts["govkit.toml"] = re.sub("secret_key = .*", "", texts["govkit.toml"])
        return texts

    assert content(Path(made)) == content(rendered)


@pytest.mark.parametrize("name", [APP, MODULE])
@pytest.mark.parametrize("make", [_by_govkit, _by_cookiecutter])
def test_every_file_is_rendered(tmp_path, name, make):
    made = make(name, tmp_path)
    texts = {each: (made / each).read_text(encoding="utf-8") for each in files(made)}

    assert [each for each in files(made) if "cookiecutter." in each] == []
    left = re.compile(r"\{\{ ?cookiecutter|\{% ?(end)?raw")
    assert [each for each, text in texts.items() if left.search(text)] == []
    # Pages keep their own tags.
    others = {each: text for each, text in texts.items() if not each.endswith(".html")}
    assert [each for each, text in others.items() if "{%" in text] == []
    title = {APP: "# 校務共同システム\n", MODULE: "# 備品の貸出\n"}[name]
    assert texts["README.md"].startswith(title)


def _takes_all_for_binary(_file):
    return True


def test_only_a_nul_byte_makes_a_file_binary_and_only_for_us(tmp_path, monkeypatch):
    template = tmp_path / "starter"
    project = template / "{{cookiecutter.name}}"
    project.mkdir(parents=True)
    (template / "cookiecutter.json").write_text('{"name": "one"}')
    (project / "a.md").write_text("{{ cookiecutter.name }}\n自治体アプリです。", encoding="utf-8")
    (project / "b.bin").write_bytes(b"{{ cookiecutter.name }}\0")
    monkeypatch.setattr("govkit.cli.new.starter", Path)
    # The worst that a guess can be.
    monkeypatch.setattr(generate, "is_binary", _takes_all_for_binary)
    made = render(str(template), tmp_path, {})

    assert (made / "a.md").read_text(encoding="utf-8") == "one\n自治体アプリです。"
    assert (made / "b.bin").read_bytes() == b"{{ cookiecutter.name }}\0"
    assert generate.is_binary is _takes_all_for_binary


def test_it_serves_from_its_wsgi_file_and_migrates_by_itself(rendered):
    done = run(
        rendered,
        *("-W", "error", "-c"),
        "from wsgi import app\n"
        "answer = app.test_client().get('/health/ready')\n"
        "print(answer.status_code, answer.json)\n"
        "print(app.test_client().get('/login').text)",
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("200 {'pending_migrations': 0, 'status': 'ok'}")
    assert "立川市 校務システム" in done.stdout
    assert "お問い合わせ：学務課 &amp; 042-000-0000" in done.stdout


def test_the_checks_pass_in_it(rendered):
    assert run(rendered, "-m", "govkit.cli", "database", "migrate").returncode == 0
    done = run(rendered, "-m", "govkit.cli", "check")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_of_production_settings_is_sound_once_filled_in(rendered):
    example = (rendered / "govkit.example.toml").read_text(encoding="utf-8")
    example = re.sub("（govkit encryption .*?）", f"2026:{token_urlsafe(32)}", example)
    filled = re.sub("（.*?）", token_urlsafe(48), example)
    values = tomllib.loads(filled)
    development = tomllib.loads((rendered / "govkit.toml").read_text(encoding="utf-8"))

    assert values["app"]["environment"] == "production"
    assert values["app"]["modules"] == development["app"]["modules"]
    (rendered / "filled.toml").write_text(filled, encoding="utf-8")
    code = "from govkit.base.settings import load_settings as f; f()"
    environment = os.environ | {"GOVKIT_SETTINGS": "filled.toml"}
    subprocess.run([sys.executable, "-c", code], cwd=rendered, env=environment, check=True)
    (rendered / "filled.toml").unlink()


def test_it_asks_for_this_version_or_newer(rendered):
    project = tomllib.loads((rendered / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["dependencies"] == ["govkit-jp>=" + ".".join(__version__.split(".")[:2])]


def test_its_code_is_formatted_and_clean(rendered):
    settings = ("--isolated", "--line-length", "100")
    lint = ("--select", "E,F,I,UP,B", "--config", "lint.isort.known-first-party=['govkit']")
    for arguments in (("format", "--check", *settings), ("check", *settings, *lint)):
        done = run(rendered, "-m", "ruff", *arguments, ".")
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("Tachikawa", (), "名前は英小文字で始め"),
        ("立川", (), "名前は英小文字で始め"),
        ("../up", (), "名前は英小文字で始め"),
        ("one", ("--title", 'a"b'), "サービス名に改行・引用符"),
        ("one", ("--contact", "a\nb"), "問い合わせ先に改行・引用符"),
        ("one", ("--title", " "), "サービス名を指定してください"),
    ],
)
def test_a_name_that_cannot_work_is_refused_and_leaves_nothing(
    tmp_path, capfd, name, options, sentence
):
    answer = CliRunner().invoke(main, ["new", "app", name, *options, "--into", str(tmp_path)])

    assert answer.exit_code == 1
    assert "ひな形を作りませんでした" in answer.output
    assert sentence in capfd.readouterr().err
    assert files(tmp_path) == []


def test_a_folder_that_exists_is_left_alone(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "note.txt").write_text("大事")
    answer = CliRunner().invoke(main, ["new", "app", "one", "--into", str(tmp_path)])

    assert answer.exit_code == 1
    assert "同じ名前のフォルダーがすでにあります" in answer.output
    assert files(tmp_path) == ["one/note.txt"]
