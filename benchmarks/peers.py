"""The environment of its own in which the libraries are installed that govkit is compared with."""

import hashlib
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from os import environ
from pathlib import Path

__all__ = ["site_packages"]


def site_packages(packages: Sequence[str]) -> Path:
    """Folder of an environment in which these packages are installed, kept for the next run.

    It lies in ``GOVKIT_PEERS`` or in the folder for temporary files.
    """
    wanted = "\n".join((sys.version, *sorted(packages)))
    name = f"govkit-peers-{hashlib.sha256(wanted.encode()).hexdigest()[:12]}"
    home = Path(environ.get("GOVKIT_PEERS") or tempfile.gettempdir()) / name
    mark = home / "installed.txt"
    if not mark.is_file():
        print(f"installing {', '.join(packages)} into {home}", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        command = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(
                "The peers could not be installed: pip needs a package index.\n"
                f"{done.stderr.strip()}\nRun with --peers=0 to measure govkit alone."
            )
        mark.write_text(wanted)
    (site,) = home.glob("lib/python3*/site-packages")
    return site
