"""``govkit documents``: layouts checked, copied for a municipality, and printed with sample data."""

from importlib.resources import files
from pathlib import Path

import click
import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.base.documents import DocumentsPolicy, check_layouts, sample_pdf
from govkit.base.municipality import Municipality, MunicipalityPolicy
from govkit.base.typesetting import DocumentKind
from govkit.cli.output import find_city, open_deployment
from govkit.errors import NotFound, Refused

__all__ = ["documents"]


@click.group()
def documents() -> None:
    """帳票の様式を点検する、団体ごとに替える、見本を印刷する。"""


@documents.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """すべての様式を見本のデータで組んでみます。問題があれば終了コードは1です。"""
    with open_deployment() as deployment:
        cities = {each.code: each for each in deployment.municipalities()}
        policies = [(code, _policy(deployment, city)) for code, city in cities.items()]
        found = list(check_layouts(deployment.press, policies))
        for each in found:
            city = cities.get(each.municipality_code)
            source = "団体の様式" if each.is_own else "標準の様式"
            place = f"{city.name}（{city.code}）、{source}" if city else source
            mark = "✘" if each.problem else "✔"
            click.echo(f"{mark} {each.kind}：{place}{'。' + each.problem if each.problem else ''}")
        click.echo(f"書体：{'、'.join(deployment.press.fonts.families)}")
    if any(each.problem for each in found):
        ctx.exit(1)


@documents.command()
@click.argument("code")
@click.argument("name")
def copy(code: str, name: str) -> None:
    """帳票 NAME の標準の様式を、団体 CODE のフォルダーに写します。写したファイルを直して使います。"""
    with open_deployment() as deployment:
        city, kind = find_city(deployment, code), _kind(deployment, name)
        folder = deployment.settings.documents.folder
        if folder is None:
            raise Refused("設定 [documents] の folder に、様式を置くフォルダーを書いてください。")
        target = folder / city.code / f"{kind.name}.typ"
        if target.exists():
            raise Refused("{path} はすでにあります。", path=str(target))
        standard = files(kind.package) / "documents" / f"{kind.layout}.typ"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(standard.read_bytes())
    click.echo(f"{target} に写しました。直したら govkit documents check で点検してください。")


@documents.command("print")
@click.argument("code")
@click.argument("name")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="PDFを書くファイル",
)
def print_sample(code: str, name: str, output: Path) -> None:
    """団体 CODE の帳票 NAME を、見本のデータでPDFにします。"""
    with open_deployment() as deployment:
        city, kind = find_city(deployment, code), _kind(deployment, name)
        output.write_bytes(sample_pdf(deployment.press, kind, city.code, _policy(deployment, city)))
    click.echo(f"{output} に書きました。")


def _kind(deployment: Deployment, name: str) -> DocumentKind:
    try:
        return deployment.press.kind(name)
    except NotFound:
        names = "、".join(deployment.press.kinds)
        raise Refused("帳票「{name}」はありません。帳票：{names}", name=name, names=names) from None


def _policy(deployment: Deployment, city: Municipality) -> DocumentsPolicy:
    query = sa.select(MunicipalityPolicy).where(MunicipalityPolicy.module == "documents")
    with deployment.session(city.code, writes=False) as session:
        row = session.scalar(query)
        return DocumentsPolicy.model_validate(row.values if row else {})
