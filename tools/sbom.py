"""Prints the list of parts (SBOM) of a lock file: CycloneDX 1.6, JSON.

Usage: python tools/sbom.py requirements/production.lock VERSION
"""

import json
import re
import sys
from pathlib import Path


def components(lock: str) -> list[dict[str, object]]:
    """The packages of a lock, each with the hashes of its files."""
    found = []
    for block in re.split(r"\n(?=\S)", re.sub(r"\\\n", " ", lock)):
        head = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", block)
        if head:
            name, version = head.groups()
            found.append(
                {
                    "type": "library",
                    "name": name,
                    "version": version,
                    "purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}",
                    "hashes": [
                        {"alg": "SHA-256", "content": each}
                        for each in re.findall(r"--hash=sha256:([0-9a-f]{64})", block)
                    ],
                }
            )
    return found


def sbom(lock: str, version: str) -> dict[str, object]:
    """The whole document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "govkit-jp",
                "version": version,
                "purl": f"pkg:pypi/govkit-jp@{version}",
            }
        },
        "components": components(lock),
    }


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    print(json.dumps(sbom(text, sys.argv[2]), ensure_ascii=False, indent=1))  # noqa: T201
