"""``govkit city``: municipalities join, and decide their policies, while the deployment runs."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import click
import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from govkit.base import archive as archives
from govkit.base.audit import SystemEvent
from govkit.base.deployment import ROLE_TITLES, Deployment
from govkit.base.identity import Account, Appointment, Role, Staff
from govkit.base.municipality import Municipality, MunicipalityPolicy, MunicipalityRow
from govkit.base.passwords import InitialPassword, add_account, new_initial_password
from govkit.base.work import JAPAN
from govkit.cli.backup import told_progress, writing_to
from govkit.cli.output import find_city, local_text, open_deployment, operator
from govkit.errors import InvalidInput, Problem, Refused
from govkit.jp.numbers import BoardCode, MunicipalityCode

__all__ = ["city"]


@dataclass(frozen=True, slots=True)
class FirstLogin:
    """An account with which a municipality starts, and its password, shown once."""

    role: str
    login: str
    password: InitialPassword


@click.group()
def city() -> None:
    """団体を参加させる、一覧を見る、方針を決める。"""


@city.command()
@click.argument("code")
@click.argument("name")
@click.option("--board-code", default="", help="教育委員会コード（6桁）")
@click.option("--admin-login", default="", help="システム管理者のログイン名（既定：admin-CODE）")
@click.option("--clerk-login", default="", help="学務課担当のログイン名（既定：clerk-CODE）")
def add(code: str, name: str, board_code: str, admin_login: str, clerk_login: str) -> None:
    """団体コード CODE の団体 NAME を参加させます。動いているサーバーを止める必要はありません。"""
    code = str(MunicipalityCode.parse(code))
    board_code = str(BoardCode.parse(board_code)) if board_code else ""
    if not name.strip():
        raise Refused("団体名を指定してください。")
    with open_deployment() as deployment:
        logins = [
            FirstLogin(role, login, new_initial_password(deployment))
            for role, login in (
                ("administrator", admin_login or f"admin-{code}"),
                ("board_clerk", clerk_login or f"clerk-{code}"),
            )
        ]
        if code not in {each.code for each in deployment.municipalities()}:
            _insist_on_free_logins(deployment, logins)
        municipality = deployment.add_municipality(
            code, name.strip(), board_code=board_code, actor=operator().audit_name
        )
        _add_staff(deployment, municipality, logins)
    click.echo(f"{name}（{code}）が参加しました。最初の利用者は次のとおりです。")
    for first in logins:
        click.echo(
            f"  {ROLE_TITLES[first.role]}\tログイン名 {first.login}"
            f"\tパスワード {first.password.text}"
        )
    click.echo("パスワードは今だけ表示します。本人に安全な方法で渡してください。")
    click.echo(
        f"{local_text(logins[0].password.until)}まで使えます。ログインすると、本人が変えます。"
    )
    if not municipality.board_code:
        click.echo("名簿を書き出すには、次のコマンドで教育委員会コードを決めてください。")
        click.echo(f"  govkit city board {code} 教育委員会コード")


def _insist_on_free_logins(deployment: Deployment, logins: Sequence[FirstLogin]) -> None:
    names = [first.login for first in logins]
    if len(set(names)) < len(names):
        raise Refused("システム管理者と学務課担当のログイン名は別にしてください。")
    with deployment.system(writes=False) as session:
        taken = session.scalars(sa.select(Account.login).where(Account.login.in_(names))).all()
    if taken:
        raise Refused(
            "ログイン名「{names}」はすでに使われています。"
            "--admin-login か --clerk-login で別の名前を指定してください。",
            names="」「".join(taken),
        )


def _add_staff(
    deployment: Deployment, municipality: Municipality, logins: Sequence[FirstLogin]
) -> None:
    today = deployment.clock().astimezone(JAPAN).date()
    actor = operator().audit_name
    with deployment.unscoped("参加した団体の最初の利用者を登録する", actor) as session:
        for first in logins:
            account = add_account(session, first.login, first.password)
            role_id = session.scalars(
                sa.select(Role.id).where(
                    Role.municipality_code == municipality.code, Role.name == first.role
                )
            ).one()
            title = str(ROLE_TITLES[first.role])
            staff = Staff(
                municipality_code=municipality.code,
                account_id=account.id,
                family_name=municipality.name,
                given_name=title,
                kana_family_name="",
                kana_given_name="",
            )
            session.add(staff)
            session.flush()
            session.add(
                Appointment(
                    municipality_code=municipality.code,
                    staff_id=staff.id,
                    role_id=role_id,
                    unit_id=None,
                    title=title,
                    valid_from=today,
                    valid_to=None,
                )
            )


@city.command("list")
def list_cities() -> None:
    """参加している団体の一覧を出します。"""
    with open_deployment() as deployment:
        found = deployment.municipalities()
    for municipality in found:
        board = f"\t教育委員会コード {municipality.board_code}" if municipality.board_code else ""
        click.echo(f"{municipality.code}\t{municipality.name}{board}")
    if not found:
        click.echo("まだどの団体も参加していません。govkit city add で参加させてください。")


@city.command()
@click.argument("code")
@click.argument("board_code")
def board(code: str, board_code: str) -> None:
    """団体 CODE の教育委員会コードを BOARD_CODE にします（名簿の書き出しに要ります）。"""
    board_code = str(BoardCode.parse(board_code))
    with open_deployment() as deployment, deployment.system() as session:
        municipality = find_city(deployment, code)
        row = session.get_one(MunicipalityRow, municipality.code)
        session.add(
            SystemEvent(
                id=uuid4(),
                at=deployment.clock(),
                actor=operator().audit_name,
                action="municipality.board_code_changed",
                reason="",
                detail={"municipality_code": code, "before": row.board_code, "after": board_code},
            )
        )
        row.board_code = board_code
    click.echo(f"{municipality.name}の教育委員会コードを {board_code} にしました。")


@city.command()
@click.argument("code")
@click.argument("module")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def policy(code: str, module: str, file: Path) -> None:
    """団体 CODE のモジュール MODULE の方針を、TOMLファイル FILE のとおりに決めます。"""
    with open_deployment() as deployment:
        municipality = find_city(deployment, code)
        values = read_policy(file, _policy_model(deployment, module))
        with deployment.work(municipality, operator()) as work:
            row = work.session.scalar(
                sa.select(MunicipalityPolicy).where(MunicipalityPolicy.module == module)
            )
            before = row.values if row else {}
            if row is None:
                row = MunicipalityPolicy(module=module, values=values)
                work.session.add(row)
            row.values = values
            work.session.flush()
            work.record("policy.decided", row, module=module, before=before, after=values)
    click.echo(f"{municipality.name}の「{module}」の方針を決めました。")


def _policy_model(deployment: Deployment, module: str) -> type[BaseModel]:
    for model, name in deployment.policies.items():
        if name == module:
            return model
    raise Refused(
        "モジュール「{module}」には決められる方針がありません。方針があるモジュール：{names}",
        module=module,
        names="、".join(deployment.policies.values()) or "なし",
    )


_REASONS: Final = {
    "extra_forbidden": "知らない項目です。つづりを確かめてください。",
    "missing": "この項目を書いてください。",
    "int_type": "整数で書いてください。",
    "int_parsing": "整数で書いてください。",
    "bool_type": "true か false で書いてください。",
    "bool_parsing": "true か false で書いてください。",
    "string_type": "文字列（引用符で囲む）で書いてください。",
    "greater_than_equal": "{ge} 以上にしてください。",
    "greater_than": "{gt} より大きくしてください。",
    "less_than_equal": "{le} 以下にしてください。",
    "less_than": "{lt} より小さくしてください。",
    "value_error": "{error}",
    "enum": "{expected} のどれかにしてください。",
    "literal_error": "{expected} のどれかにしてください。",
    "date_from_datetime_parsing": "日付（例：2026-04-01）で書いてください。",
    "date_parsing": "日付（例：2026-04-01）で書いてください。",
    "date_type": "日付（例：2026-04-01）で書いてください。",
    "tuple_type": "一覧（[ ] で囲む）で書いてください。",
    "list_type": "一覧（[ ] で囲む）で書いてください。",
    "dict_type": "表（[項目名] の下）で書いてください。",
}


def read_policy(file: Path, model: type[BaseModel]) -> dict[str, Any]:
    """A policy file as values to store, checked by the module's model.

    :raises InvalidInput: With every problem, each naming its item.
    """
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        text = "UTF-8のTOMLとして読めません：{detail}"
        problem = Problem("policy_unreadable", text, file=file.name, params={"detail": str(error)})
        raise InvalidInput([problem]) from error
    try:
        policy = model.model_validate(given)
    except ValidationError as error:
        raise InvalidInput(
            Problem(
                f"policy_{each['type']}",
                _REASONS.get(each["type"], "値が正しくありません：{detail}"),
                file=file.name,
                column=".".join(str(part) for part in each["loc"]),
                params={**each.get("ctx", {}), "detail": each["msg"]},
            )
            for each in error.errors(include_url=False, include_input=False)
        ) from error
    return policy.model_dump(mode="json", exclude_unset=True)


@city.command("export")
@click.argument("code")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_city(code: str, file: Path) -> None:
    """団体 CODE のデータと職員のアカウントを FILE に書き出します（引き渡しや削除の前に）。"""
    with open_deployment() as deployment:
        find_city(deployment, code)
        with writing_to(file), told_progress() as tell:
            made = archives.export_city(
                deployment, code, file, actor=operator().audit_name, tell=tell
            )
    click.echo(f"{file} に{made.rows}行を書きました。個人の情報が入っています。")


@city.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_city(file: Path) -> None:
    """ほかの導入環境から書き出した団体を、FILE から受け入れます。"""
    with open_deployment() as deployment, told_progress() as tell:
        made = archives.import_city(deployment, file, actor=operator().audit_name, tell=tell)
        city = deployment.municipality(str(made.municipality_code))
    click.echo(f"{city.name}（{city.code}）が参加しました。{made.rows}行を受け入れました。")


@city.command()
@click.argument("code")
@click.option(
    "--archive",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="いまのデータがすべて入っている、govkit city export の書き出し",
)
@click.confirmation_option(
    prompt="団体のデータをすべて削除します。元に戻せません。よろしいですか",
    help="確かめの質問をせずに削除します。",
)
def remove(code: str, file: Path) -> None:
    """団体 CODE のデータをすべて削除します。書き出しと一行でも違えば、何もしません。"""
    with open_deployment() as deployment:
        city = find_city(deployment, code)
        gone = archives.remove_city(deployment, code, file, actor=operator().audit_name)
    click.echo(f"{city.name}（{code}）の{gone.rows}行を削除しました。")
