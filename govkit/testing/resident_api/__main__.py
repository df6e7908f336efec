"""``python -m govkit.testing.resident_api --residents extract.csv``."""

import signal
import threading
from pathlib import Path

import click

from govkit.formats.tabular import Encoding
from govkit.residents.adapters.csv_extract import CsvExtract
from govkit.residents.adapters.protection_list import read_protection_list
from govkit.residents.adapters.rest_settings import RestLayout
from govkit.testing.resident_api.answers import ResidentApi
from govkit.testing.resident_api.faults import ApiFault
from govkit.testing.resident_api.server import serve

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--residents", type=_FILE, required=True, help="標準の住民票グループのCSV。")
@click.option("--protected", type=_FILE, help="支援措置対象者グループのCSV。")
@click.option("--municipality", default="132021", show_default=True, help="団体コード。")
@click.option(
    "--encoding",
    type=click.Choice([one.value for one in Encoding]),
    default="utf-8",
    help="CSVの文字コード。",
)
@click.option("--port", default=8031, show_default=True, help="ポート番号。")
@click.option(
    "--fault", type=click.Choice([one.value for one in ApiFault]), help="最初の応答に起こす障害。"
)
def main(
    residents: Path,
    protected: Path | None,
    municipality: str,
    encoding: str,
    port: int,
    fault: str | None,
) -> None:
    """標準の公開APIの代役を、このパソコンの中だけで動かします。Ctrl+C で止まります。"""
    listed = (
        read_protection_list(protected, municipality_code=municipality).protected
        if protected
        else frozenset()
    )
    source = CsvExtract(
        residents, municipality_code=municipality, encoding=encoding, protected=listed
    )
    layout = RestLayout()
    api = ResidentApi({layout.people_call: source}, municipality_code=municipality, layout=layout)
    if fault:
        api.fail(ApiFault(fault))
    with serve(api, port=port) as url:
        provider = api.provider(url)
        click.echo(f'base_url = "{url}"\ntoken_url = "{provider.token_url}"')
        click.echo(f'client_id = "{provider.client_id}"')
        click.echo(f"シークレット: {provider.client_secret}")
        _wait_for_the_end()
        click.echo("止めました。")


def _wait_for_the_end() -> None:
    """Wait for Ctrl+C or a request to end, also where the shell ignores Ctrl+C for its children."""
    ended = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ended.set())
    ended.wait()


if __name__ == "__main__":
    main()
