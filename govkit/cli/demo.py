"""``govkit demo``: two real cities with invented people, to try everything at once."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import click
import sqlalchemy as sa

from govkit.base.deployment import ROLE_TITLES, Deployment
from govkit.base.identity import Account, Actor, Staff
from govkit.base.passwords import add_account
from govkit.base.work import JAPAN
from govkit.cli.demo_city import (
    DEMO_CITIES,
    DemoCity,
    enrol_city,
    staff_city,
    staff_logins,
    write_files,
)
from govkit.cli.output import insist_on_modules, open_deployment
from govkit.errors import Refused
from govkit.modules.schools import School

__all__ = ["DEMO_PASSWORD", "demo", "load_demo", "show_demo"]

DEMO_PASSWORD: Final = "sakura-saku-demo"  # noqa: S105 - refused outside development
"""Password of all demo log-ins."""
_MODULES: Final = ("schools", "resident_extracts", "enrolment", "attendance")
_FOLDER: Final = Path("data")
_PREPARER: Final = Actor.operator("デモの準備")
"""Who has done what the demo begins with; the name shows on its pages."""


@click.command()
@click.option(
    "--size", default=6000, show_default=True, type=click.IntRange(100), help="1市の住民の人数"
)
def demo(size: int) -> None:
    """架空の住民が住む2市（立川市・昭島市）のデモデータを入れます。何度実行しても構いません。"""
    with open_deployment() as deployment:
        load_demo(deployment, size)
        show_demo(deployment)


def load_demo(deployment: Deployment, size: int = 6000) -> None:
    """Let the two cities join and fill them; what is there already stays as it is.

    :param size: Number of residents of each city.
    :raises Refused: In production, where nobody may have a password that everybody knows.
    """
    if deployment.settings.app.environment != "development":
        raise Refused(
            "デモデータは、だれもが知っているパスワードを使います。"
            "本番（app.environment が production）には入れられません。"
        )
    insist_on_modules(deployment, *_MODULES)
    missing = [each for each in DEMO_CITIES if not _is_filled(deployment, each)]
    if not missing:
        click.echo("デモデータは前のまま使います。")
        return
    click.echo("▶ 架空の2市のデモデータを作って入れます（数十秒）。")
    today = deployment.clock().astimezone(JAPAN).date()
    for city in (replace(each, residents=size) for each in missing):
        _fill(deployment, city)
        write_files(city, today, _FOLDER)


def _is_filled(deployment: Deployment, city: DemoCity) -> bool:
    return _holds(deployment, city, Staff)


def _holds(deployment: Deployment, city: DemoCity, model: type[Staff] | type[School]) -> bool:
    if city.code not in {each.code for each in deployment.municipalities()}:
        return False
    with deployment.session(city.code, writes=False) as session:
        return session.scalar(sa.select(model.id).limit(1)) is not None


def _fill(deployment: Deployment, city: DemoCity) -> None:
    """Join, then two transactions; an interrupted demo goes on where it was."""
    known = {each.code: each for each in deployment.municipalities()}
    municipality = known.get(city.code) or deployment.add_municipality(
        city.code, city.name, board_code=city.board_code, actor=_PREPARER.audit_name
    )
    with click.progressbar(
        length=100, label=f"  {city.name}", show_eta=False, item_show_func=lambda text: text
    ) as bar:

        def tell(text: str, part: float) -> None:
            bar.update(round(100 * part) - bar.pos, text)

        if not _holds(deployment, city, School):
            with deployment.work(municipality, _PREPARER) as work:
                enrol_city(work, city, tell)
        with deployment.work(municipality, _PREPARER, writes=False) as work:
            logins = staff_logins(work, city)
        accounts = _accounts(deployment, logins)
        with deployment.work(municipality, _PREPARER) as work:
            staff_city(work, city, accounts, tell)


def _accounts(deployment: Deployment, logins: Sequence[str]) -> dict[str, UUID]:
    """Accounts by log-in; those of an interrupted demo stay."""
    with deployment.system() as session:
        stored = session.scalars(sa.select(Account).where(Account.login.in_(logins)))
        accounts = {each.login: each.id for each in stored}
        missing = [login for login in logins if login not in accounts]
        if missing:
            first = add_account(session, missing[0], DEMO_PASSWORD)
            # Everybody knows the password, so one hash of it serves them all: hashing is slow.
            others = [_like(first, login) for login in missing[1:]]
            session.add_all(others)
            accounts |= {each.login: each.id for each in (first, *others)}
    return accounts


def _like(account: Account, login: str) -> Account:
    """An account with another's password."""
    return Account(
        id=uuid4(),
        login=login,
        password_hash=account.password_hash,
        is_enabled=True,
        failures=0,
        locked_until=None,
    )


def show_demo(deployment: Deployment) -> None:
    """The demo's log-ins, and what one can try with each."""
    try:
        # Imported late: production installs leave the extra out.
        from rich.console import Console
        from rich.table import Table
    except ImportError as error:
        raise Refused(
            'デモには、govkit のリポジトリのフォルダーで pip install ".[scaffold]" を実行してください。'
        ) from error
    names = {each.code for each in deployment.municipalities()}
    table = Table(title="デモのログイン", title_justify="left")
    for heading in ("団体", "ログイン名", "役割", "できること"):
        table.add_column(heading, no_wrap=heading in ("団体", "ログイン名"), overflow="fold")
    for city in DEMO_CITIES:
        for login in city.logins if city.code in names else ():
            table.add_row(city.name, login.login, str(ROLE_TITLES[login.role]), login.can)
        table.add_section()
    console = Console()
    console.print(table)
    first = DEMO_CITIES[0].logins[0].login
    console.print(f"はじめは {first} でログインしてください。", highlight=False)
    console.print(f"パスワードはどれも {DEMO_PASSWORD} です。", highlight=False)
    console.print(
        f"受け入れを試すためのファイルは {_FOLDER.resolve()} にあります。",
        highlight=False,
        soft_wrap=True,
    )
