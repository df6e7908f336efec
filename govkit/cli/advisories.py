"""``govkit advisories``: whether an installed part has a known weakness past its term (弱点の一覧).

Reads a list in the Open Source Vulnerability format (OSV schema 1.x) that was carried here, so that
it works in closed networks. A list that is old, empty or broken is an error: a check that was
skipped has found nothing. Needs ``packaging``: ``pip install 'govkit-jp[advisories]'``.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final

import click

from govkit.base.deployment import system_clock
from govkit.errors import Refused

try:
    from packaging.utils import canonicalize_name
    from packaging.version import InvalidVersion, Version
except ImportError as error:  # pragma: no cover - the extra is there where tests run
    raise Refused(
        "追加のライブラリが要ります。pip install 'govkit-jp[advisories]' を実行してください。"
    ) from error

__all__ = ["DEADLINES", "OLDEST_LIST", "Weakness", "advisories", "weaknesses"]

DEADLINES: Final = {"CRITICAL": timedelta(days=7), "HIGH": timedelta(days=30)}
"""Time from publication to renewal, by severity; others wait for the next version (期限)."""
OLDEST_LIST: Final = timedelta(days=7)
"""Age of the newest entry from which a list is too old to tell anything."""
_TITLES: Final = {"CRITICAL": "緊急", "HIGH": "重い"}
_UNKNOWN: Final = "HIGH"
_LARGEST_ENTRY: Final = 4 * 1024**2
_BROKEN: Final = "弱点の一覧を読めません。OSV の一覧（PyPI の all.zip）を取り直してください。"

_Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Weakness:
    """A known weakness of an installed part.

    :param severity: ``CRITICAL``, ``HIGH``, ``MODERATE`` or ``LOW``; an unknown one counts as high.
    :param due: When the part must have been renewed, ``None`` for the next version.
    """

    part: str
    version: str
    name: str
    severity: str
    due: datetime | None

    def __str__(self) -> str:
        """As a line of the list tells it."""
        due = f"期限 {self.due:%Y-%m-%d}" if self.due else "次の版まで"
        title = _TITLES.get(self.severity, "ほか")
        return f"{self.part} {self.version} {self.name}（{title}、{due}）"


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def advisories(ctx: click.Context, file: Path) -> None:
    """入っている部品に、直す期限を過ぎた弱点がないかを調べます。

    FILE は、弱点の一覧（OSV の PyPI の all.zip）です。網につながる機械で取り、媒体で運びます。
    期限を過ぎた弱点があるか、一覧が古いか読めなければ、終了コードは1です。
    """
    now, installed = system_clock(), _installed()
    records = list(_records(file, set(installed), now))
    found = sorted(weaknesses(records, installed), key=str)
    late = [each for each in found if each.due and each.due < now]
    for each in found:
        click.echo(f"{'✘' if each in late else '△'} {each}")
    click.echo(f"部品{len(installed)}個を調べました。期限を過ぎた弱点は{len(late)}件です。")
    ctx.exit(bool(late))


def _installed() -> dict[str, Version]:
    return {canonicalize_name(each.name): Version(each.version) for each in distributions()}


def _records(file: Path, parts: set[str], now: datetime) -> Iterator[_Record]:
    """Entries of the list about the parts.

    :raises Refused: When the list cannot be read, or its newest entry is too old.
    """
    newest = datetime.min.replace(tzinfo=UTC)
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                if entry.file_size > _LARGEST_ENTRY:
                    raise Refused(_BROKEN)
                record = json.loads(archive.read(entry))
                newest = max(newest, _moment(record["modified"]))
                if any(_name(each) in parts for each in record.get("affected", ())):
                    yield record
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise Refused(_BROKEN) from error
    if now - newest > OLDEST_LIST:
        raise Refused("弱点の一覧が古すぎるか空です。新しい一覧を取り直してください。")


def weaknesses(records: Iterable[_Record], installed: Mapping[str, Version]) -> Iterator[Weakness]:
    """Which entries of a list tell of an installed version.

    :param installed: Versions by name, as PyPI writes it.
    """
    records = [each for each in records if "withdrawn" not in each]
    # The same weakness has several names, and not every entry says how severe it is.
    said = {name: known for each in records if (known := _severity(each)) for name in _names(each)}
    for record in records:
        severity = next((said[each] for each in _names(record) if each in said), _UNKNOWN)
        term = DEADLINES.get(severity)
        due = _moment(record.get("published", record["modified"])) + term if term else None
        for affected in record.get("affected", ()):
            part = _name(affected)
            if part in installed and _touches(affected, installed[part]):
                yield Weakness(part, str(installed[part]), record["id"], severity, due)


def _names(record: _Record) -> list[str]:
    return [record["id"], *record.get("aliases", ())]


def _severity(record: _Record) -> str:
    return str(record.get("database_specific", {}).get("severity", ""))


def _name(affected: _Record) -> str:
    package = affected.get("package", {})
    return canonicalize_name(package["name"]) if package.get("ecosystem") == "PyPI" else ""


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _touches(affected: _Record, version: Version) -> bool:
    if any(_version(text) == version for text in affected.get("versions", ())):
        return True
    ranges = (each for each in affected.get("ranges", ()) if each.get("type") == "ECOSYSTEM")
    return any(_is_within(each["events"], version) for each in ranges)


def _is_within(events: Iterable[Mapping[str, str]], version: Version) -> bool:
    """Whether a version lies between an introduction and its end (OSV schema, evaluation)."""
    is_inside = False
    for kind, limit in sorted(
        ((kind, _version(text)) for event in events for kind, text in event.items()),
        key=lambda each: each[1] or Version("0"),
    ):
        if limit is None:
            continue
        if kind == "introduced" and version >= limit:
            is_inside = True
        elif (kind == "fixed" and version >= limit) or (
            kind == "last_affected" and version > limit
        ):
            is_inside = False
    return is_inside


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:  # of times before the rules of PEP 440
        return None
