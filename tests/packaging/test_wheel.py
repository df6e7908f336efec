"""The wheel as others get it: built, installed elsewhere, used without this repository."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """Folder with the sdist, and the wheel that was built from it."""
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture(scope="session")
def installed(built, tmp_path_factory) -> Path:
    """Folder of the commands of a fresh environment that holds the wheel.

    The libraries are those of the running environment, lent by a path file; path files inside
    them are not read, so that the editable install of the repository stays out.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    (wheel,) = built.glob("*.whl")
    bin_folder = home / "bin"
    options = ["--no-deps", "--no-index", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(bin_folder / "python"),
            "install",
            *options,
            str(wheel),
        ],
        check=True,
    )
    (site,) = home.glob("lib/python3*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return bin_folder


def run(bin_folder: Path, folder: Path, *command: str) -> str:
    """Run a command of the fresh environment; what it wrote."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GOVKIT_")}
    environment |= {"HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [str(bin_folder / command[0]), *command[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tracked(*folders: str) -> set[str]:
    """Files of the repository below some folders, build leftovers aside."""
    return {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_package_and_the_starters_and_nothing_else(built):
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    names = {each for each in names if ".dist-info/" not in each}
    starters = tracked("templates", "cookiecutter-municipal-app")

    assert names == tracked("govkit") | {f"govkit/_starters/{each}" for each in starters}
    assert len(starters) > 20


def test_the_sdist_holds_what_is_needed_to_test(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {each.name.partition("/")[2] for each in archive.getmembers()}

    assert {"pyproject.toml", "Makefile", "LICENSE", "README.md"} <= names
    assert "requirements/test.lock" in names
    assert tracked("govkit", "templates", "cookiecutter-municipal-app") <= names
    assert "tests/packaging/test_wheel.py" in names


def test_an_application_is_scaffolded_tested_and_served_from_the_wheel(installed, tmp_path):
    where = run(installed, tmp_path, "python", "-c", "import govkit; print(govkit.__file__)")
    assert Path(where).is_relative_to(installed.parent)

    run(installed, tmp_path, "govkit", "new", "app", "koumu")
    project = tmp_path / "koumu"
    tested = run(installed, project, "python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert " passed" in tested
    assert "132012" in run(installed, project, "govkit", "city", "add", "132012", "八王子市")
    assert "問題はありません" in run(installed, project, "govkit", "check")
    code = (
        "from wsgi import app\n"
        "client = app.test_client()\n"
        "print(client.get('/health/ready').status_code)\n"
        "print(client.get('/static/govkit/govkit.css').status_code)\n"
        "print(client.get('/login').status_code)\n"
    )
    assert run(installed, project, "python", "-c", code).split() == ["200", "200", "200"]


def test_a_module_is_scaffolded_from_the_wheel(installed, tmp_path):
    run(installed, tmp_path, "govkit", "new", "module", "lending")

    assert (tmp_path / "govkit-lending" / "govkit_lending" / "models.py").is_file()


@pytest.fixture(scope="session")
def bare(built, tmp_path_factory) -> Path:
    """Folder of the commands of an environment with the wheel and what the lower layers need alone."""
    home = tmp_path_factory.mktemp("bare")
    venv.create(home, with_pip=False, symlinks=True)
    (wheel,) = built.glob("*.whl")
    (site,) = home.glob("lib/python3*/site-packages")
    zipfile.ZipFile(wheel).extractall(site)
    for library in ("wtforms", "markupsafe", "jinja2", "holidays", "python-dateutil", "six"):
        files = metadata.distribution(library).files or ()
        for name in {file.parts[0] for file in files} - {"..", "__pycache__"}:
            (site / name).symlink_to(Path(sysconfig.get_path("purelib"), name))
    return home / "bin"


def test_forms_are_rendered_where_nothing_but_wtforms_and_jinja_is_installed(bare, tmp_path):
    code = (
        "import importlib, pkgutil, sys\n"
        "import govkit.jp, govkit.formats, govkit.forms as forms\n"
        "for layer in (govkit.jp, govkit.formats, forms):\n"
        "    for each in pkgutil.walk_packages(layer.__path__, layer.__name__ + '.'):\n"
        "        extra = 'govkit.forms.flask', 'govkit.formats.workbook_child'\n"
        "        if not each.name.startswith(extra):\n"
        "            importlib.import_module(each.name)\n"
        "for name in ('flask', 'sqlalchemy', 'pydantic', 'babel', 'werkzeug', 'click'):\n"
        "    assert importlib.util.find_spec(name) is None, name\n"
        "class Enquiry(forms.Form):\n"
        "    name = forms.TextField('氏名', required=True, autocomplete='name')\n"
        "    birth = forms.DateField('生年月日')\n"
        "class Sent(dict):\n"
        "    def getlist(self, name):\n"
        "        return [self[name]] if name in self else []\n"
        "form = Enquiry(Sent(name='', birth='令和8年4月1日'), language='en')\n"
        "assert not form.validate()\n"
        "print(form.birth.data)\n"
        "print(form.error_summary() + form.render())\n"
    )
    shown = run(bare, tmp_path, "python", "-c", code)

    assert shown.startswith("2026-04-01")
    assert 'href="#name"' in shown
    assert "(required)" in shown


def test_the_lower_layers_need_neither_flask_nor_a_database(installed, tmp_path):
    code = (
        "import sys\n"
        "import govkit.jp.text, govkit.formats.oneroster, govkit.formats.tabular\n"
        "import govkit.forms, govkit.residents.directory, govkit.residents.synthetic\n"
        "print(sorted({'flask', 'sqlalchemy'} & sys.modules.keys()))"
    )
    assert run(installed, tmp_path, "python", "-c", code) == "[]\n"
