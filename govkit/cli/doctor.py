"""``govkit doctor``: whether a deployment, with the machine it stands on, may serve real people.

Everything that :mod:`govkit.cli.check` finds, and the facts around it: files, processes, disk,
database server, records. Each probe has an identifier that stays the same (点検の番号).
"""

import json
import os
import shutil
import socket
import ssl
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from govkit.base.audit import AuditEvent
from govkit.base.audit_chain import read_anchors
from govkit.base.deployment import Deployment
from govkit.base.jobs import Job, JobState
from govkit.base.settings import load_settings, settings_path
from govkit.cli.check import findings

__all__ = ["CHECKED", "PROBES", "Diagnosis", "Probe", "doctor", "examine"]

_STALE_ANCHOR: Final = timedelta(minutes=15)
_WAITING_JOB: Final = timedelta(minutes=5)
_FREE_BYTES: Final = 2 * 1024**3
_CLOCKS_APART: Final = timedelta(seconds=5)
_CONNECT_SECONDS: Final = 5.0
_CERTIFICATE_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that is looked at.

    :param code: ``GK-`` and a letter: S settings, D database, N network, O operation.
    :param title: What should be so.
    :param remedy: What to do where it is not.
    :param look: What is wrong with a deployment, nothing if all is well.
    :param is_error: Whether the deployment must not serve real people like this.
    """

    code: str
    title: str
    remedy: str
    look: Callable[[Deployment], Iterable[str]]
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a probe has found."""

    code: str
    title: str
    problems: tuple[str, ...]
    remedy: str
    is_error: bool

    @property
    def mark(self) -> str:
        """How the list shows it."""
        if not self.problems:
            return "✔"
        return "✘" if self.is_error else "△"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="監視で読めるように、JSONで出します。")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """設置のしかたを点検します。重い問題（✘）があれば終了コードは1です。"""
    found = list(examine())
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False))
    else:
        _tell(found)
    ctx.exit(any(each.problems and each.is_error for each in found))


def _tell(found: Iterable[Diagnosis]) -> None:
    errors = warnings = 0
    for each in found:
        click.echo(f"{each.mark} {each.code} {each.title}")
        for problem in each.problems:
            click.echo(f"    {problem}")
        if each.problems:
            click.echo(f"    → {each.remedy}")
            errors += each.is_error
            warnings += not each.is_error
    click.echo(f"重い問題（✘）{errors}件、気をつけること（△）{warnings}件。")


def examine() -> Iterator[Diagnosis]:
    """Look at everything; where settings or database cannot be read, at them alone."""
    checked = list(_checked())
    yield from checked
    if len(checked) < len(CHECKED):
        return
    deployment = Deployment(load_settings())
    try:
        for probe in PROBES:
            problems = tuple(probe.look(deployment))
            yield Diagnosis(probe.code, probe.title, problems, probe.remedy, probe.is_error)
    finally:
        deployment.close()


CHECKED: Final[Mapping[str, tuple[str, str]]] = {
    "settings": ("GK-S001", "設定に誤りがない"),
    "accounts": ("GK-S002", "だれもが知っているログインがない"),
    "database": ("GK-D001", "データベースにつながる"),
    "migrations": ("GK-D002", "表が最新で、手で変えられていない"),
    "isolation": ("GK-D003", "団体の分離と、記録の書き換え防止が働いている"),
    "routes": ("GK-S003", "すべての画面が権限を名乗る"),
}
"""Code and title of each area of ``govkit check``."""


_STOPPING: Final = ("database.unreachable", "migrations.pending")


def _checked() -> Iterator[Diagnosis]:
    found = list(findings())
    stopped = any(each.code.startswith("settings.") or each.code in _STOPPING for each in found)
    for area, (code, title) in CHECKED.items():
        own = [each for each in found if each.code.partition(".")[0] == area]
        if stopped and not own:
            continue  # nothing behind it could be looked at
        remedies = dict.fromkeys(each.remedy for each in own)
        yield Diagnosis(code, title, tuple(each.text for each in own), " ".join(remedies), True)


def _environment(deployment: Deployment) -> Iterator[str]:
    if deployment.settings.app.environment != "production":
        yield "app.environment が development です。"


def _second_factor(deployment: Deployment) -> Iterator[str]:
    if deployment.settings.security.second_factor == "optional":
        yield "security.second_factor が optional です。"


_DEBUGGING: Final = ("FLASK_DEBUG", "PYTHONDEVMODE", "PYTHONINSPECT", "WERKZEUG_DEBUG_PIN")


def _debugging(deployment: Deployment) -> Iterator[str]:
    for name in _DEBUGGING:
        if os.environ.get(name, "0") not in ("", "0"):
            yield f"環境変数 {name} が設定されています。"


def _open_files(deployment: Deployment) -> Iterator[str]:
    database = make_url(deployment.settings.database.url)
    places = [settings_path()]
    if database.drivername.startswith("sqlite") and database.database:
        places.append(Path(database.database))
    for place in places:
        if place.is_file() and place.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
            yield f"{place} を、ほかの利用者が読み書きできます。"


def _history(deployment: Deployment) -> Iterator[str]:
    for name in (".git", ".svn", ".hg"):
        if Path(name).exists():
            yield f"実行するフォルダーに {name} があります。"


def _superuser(deployment: Deployment) -> Iterator[str]:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield "root（管理者）で動いています。"


def _durability(deployment: Deployment) -> Iterator[str]:
    with deployment.owner_engine() as owner, owner.connect() as connection:
        if connection.dialect.name == "sqlite":
            wanted = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
            ask = "PRAGMA {}"
        else:
            wanted = {"fsync": "on", "full_page_writes": "on"}
            ask = "SHOW {}"
        for name, value in wanted.items():
            found = str(connection.exec_driver_sql(ask.format(name)).scalar())
            if found != value:
                yield f"{name} が {found} です（{value} にしてください）。"
        if connection.dialect.name == "postgresql":
            answer = str(connection.exec_driver_sql("SHOW synchronous_commit").scalar())
            if answer == "off":
                yield "synchronous_commit が off です（on にしてください）。"


_LOCAL: Final = ("", "localhost", "127.0.0.1", "::1")


def _database_line(deployment: Deployment) -> Iterator[str]:
    for url in filter(
        None, (deployment.settings.database.url, deployment.settings.database.owner_url)
    ):
        parts = make_url(url)
        is_remote = parts.drivername.startswith("postgresql") and (parts.host or "") not in _LOCAL
        if is_remote and parts.query.get("sslmode") != "verify-full":
            yield f"{parts.host} への接続が sslmode=verify-full ではありません。"


def _components(deployment: Deployment) -> Iterator[str]:
    database = deployment.settings.database
    app, owner = make_url(database.url), make_url(database.owner_url or database.url)
    if app.drivername.startswith("postgresql"):
        if app.username == owner.username:
            yield "アプリと表の所有者が、同じ利用者でデータベースにつながります。"
        for each in (app, owner):
            if (each.host or "") not in _LOCAL and "sslcert" not in each.query:
                yield f"{each.host} へ、{each.username} の変わらないパスワードでつながります。"
    redis = urlsplit(deployment.settings.jobs.redis_url or "")
    if (redis.hostname or "") in _LOCAL:
        return
    if redis.scheme != "rediss":
        yield f"{redis.hostname} の Redis への接続が暗号化されていません。"
    if not redis.username or not redis.password:
        yield f"{redis.hostname} の Redis に、専用の利用者でつながっていません。"


def _clock(deployment: Deployment) -> Iterator[str]:
    with deployment.owner_engine() as owner, owner.connect() as connection:
        told = connection.scalar(sa.select(sa.func.current_timestamp()))
    if told is not None:
        moment = told if told.tzinfo else told.replace(tzinfo=UTC)
        apart = abs(deployment.clock() - moment)
        if apart > _CLOCKS_APART:
            yield f"アプリとデータベースの時計が{apart.total_seconds():.0f}秒違います。"


def _certificate(deployment: Deployment) -> Iterator[str]:
    url = urlsplit(deployment.settings.documents.public_url)
    if url.scheme != "https" or not url.hostname:
        return
    trusts = ssl.create_default_context()
    try:
        with (
            socket.create_connection((url.hostname, url.port or 443), _CONNECT_SECONDS) as line,
            trusts.wrap_socket(line, server_hostname=url.hostname) as guarded,
        ):
            ends = ssl.cert_time_to_seconds(str((guarded.getpeercert() or {})["notAfter"]))
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or error.reason
        yield f"{url.hostname} の証明書を信頼できません（{reason}）。"
    except OSError:
        yield f"{url.hostname} につながらず、証明書を確かめられません。"
    else:
        days = (datetime.fromtimestamp(ends, UTC) - deployment.clock()).days
        if days < _CERTIFICATE_DAYS:
            yield f"{url.hostname} の証明書があと{days}日で切れます。"


def _public_address(deployment: Deployment) -> Iterator[str]:
    url = deployment.settings.documents.public_url
    if url and urlsplit(url).scheme != "https":
        yield "documents.public_url が https:// ではありません。"


def _signatures(deployment: Deployment) -> Iterator[str]:
    if deployment.settings.oidc.allows_rs256:
        yield "oidc.allows_rs256 が true です。RS256 と 2048 ビットの鍵は 112 ビットの強さです。"


def _proxies(deployment: Deployment) -> Iterator[str]:
    if deployment.settings.app.proxies == 0:
        yield "app.proxies が 0 です。HTTPS を終端するサーバーの後ろなら、その台数です。"


def _anchors(deployment: Deployment) -> Iterator[str]:
    path, now = deployment.anchor_file, deployment.clock()
    for city in deployment.municipalities():
        with deployment.session(city.code, writes=False) as database:
            last = database.scalar(sa.select(sa.func.max(AuditEvent.at)))
        if last is None:
            continue
        try:
            known = read_anchors(path, city.code) if path and path.is_file() else ()
        except ValueError as error:
            yield f"{path} を読めません（{error}）。"
            return
        newest = max((each.at for each in known), default=None)
        if (newest is None or last - newest > _STALE_ANCHOR) and now - last > _STALE_ANCHOR:
            yield f"{city.name}の最後の記録（{last:%Y-%m-%d %H:%M} UTC）が、控えに写っていません。"


def _waiting_jobs(deployment: Deployment) -> Iterator[str]:
    before = deployment.clock() - _WAITING_JOB
    late = (Job.state == JobState.QUEUED, Job.enqueued_at < before, Job.not_before < before)
    for city in deployment.municipalities():
        with deployment.session(city.code, writes=False) as database:
            waiting = database.scalar(sa.select(sa.func.count()).where(*late))
        if waiting:
            yield f"{city.name}に、5分より長く待っているジョブが{waiting}件あります。"


def _free_space(deployment: Deployment) -> Iterator[str]:
    settings = deployment.settings
    database = make_url(settings.database.url)
    folders = {settings.jobs.files, settings.uploads.folder}
    if database.drivername.startswith("sqlite"):
        folders.add(Path(database.database or ".").parent)
    seen: set[int] = set()
    for folder in sorted(folders):
        place = next(
            each for each in (folder.absolute(), *folder.absolute().parents) if each.exists()
        )
        free, device = shutil.disk_usage(place).free, place.stat().st_dev
        if free < _FREE_BYTES and device not in seen:
            yield f"{place} の空きが {free // 1024**2} MiB です。"
        seen.add(device)


def _scanner(deployment: Deployment) -> Iterator[str]:
    if not deployment.settings.uploads.scanner:
        yield "uploads.scanner が設定されていません。"


PROBES: Final = (
    Probe(
        "GK-S004",
        "本番として動いている",
        "app.environment を production にしてください。",
        _environment,
    ),
    Probe(
        "GK-S005",
        "重要な情報を読む職員に、二つめの要素を求めている",
        "security.second_factor を sensitive か required にしてください。",
        _second_factor,
    ),
    Probe("GK-S006", "デバッグの機能が止まっている", "その環境変数を外してください。", _debugging),
    Probe(
        "GK-S007",
        "設定とデータベースのファイルを、ほかの利用者が読めない",
        "chmod 600 などで、動かす利用者だけが読めるようにしてください。",
        _open_files,
    ),
    Probe(
        "GK-S008",
        "実行するフォルダーに版管理の情報がない",
        "版管理の外のフォルダーに置いて動かしてください。",
        _history,
        is_error=False,
    ),
    Probe(
        "GK-O001",
        "管理者の権限で動いていない",
        "専用の利用者を作り、その利用者で動かしてください。",
        _superuser,
        is_error=False,
    ),
    Probe(
        "GK-D004",
        "電源が落ちても確定したデータを失わない設定になっている",
        "データベースの設定を直してください。",
        _durability,
    ),
    Probe(
        "GK-D005",
        "別のサーバーのデータベースへ、証明書を確かめて暗号化でつながる",
        "database.url と owner_url の末尾に ?sslmode=verify-full&sslrootcert=… を付けてください。",
        _database_line,
    ),
    Probe(
        "GK-D006",
        "部品ごとに専用の利用者で、証明書でつながる",
        "database.url と owner_url に別の利用者と sslcert・sslkey を、jobs.redis_url に "
        "rediss://利用者:合い言葉@… を設定してください。",
        _components,
        is_error=False,
    ),
    Probe(
        "GK-D007",
        "アプリとデータベースの時計が合っている",
        "両方のサーバーの時計を、同じ NTP サーバーに合わせてください。",
        _clock,
        is_error=False,
    ),
    Probe(
        "GK-N001",
        "住民に知らせるアドレスが https である",
        "documents.public_url を https:// で始めてください。",
        _public_address,
    ),
    Probe(
        "GK-S009",
        "認証基盤の弱い署名を受け付けない",
        "認証基盤の署名を ES256 に変え、oidc.allows_rs256 を外してください。",
        _signatures,
        is_error=False,
    ),
    Probe(
        "GK-N002",
        "前に立つサーバーの台数が設定されている",
        "前に1台なら app.proxies = 1 にしてください。直に受けるなら、このままで構いません。",
        _proxies,
        is_error=False,
    ),
    Probe(
        "GK-N003",
        "住民に知らせるアドレスの証明書が、公に信頼されていて切れていない",
        "公に信頼された認証局の証明書を、中間証明書も付けて置いてください。",
        _certificate,
        is_error=False,
    ),
    Probe(
        "GK-O002",
        "監査記録の控えが15分以内に写されている",
        "govkit audit anchor を15分おきに動かしてください。",
        _anchors,
    ),
    Probe(
        "GK-O003",
        "ジョブが待ち続けていない",
        "govkit worker が動いているかを確かめてください。",
        _waiting_jobs,
    ),
    Probe(
        "GK-O004", "ディスクに空きがある", "空きを増やすか、古い控えを移してください。", _free_space
    ),
    Probe(
        "GK-O005",
        "受け取るファイルのウイルス検査がある",
        'uploads.scanner = ["clamdscan", "--no-summary"] のように設定してください。',
        _scanner,
        is_error=False,
    ),
)
"""Everything that is looked at beyond ``govkit check``."""
