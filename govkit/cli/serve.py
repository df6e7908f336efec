"""``govkit run``: the development server."""

import errno
import logging
import signal
import socket
import threading
from importlib import import_module
from types import FrameType

import click
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from govkit.base.app import create_app
from govkit.base.logs import write_json_lines
from govkit.base.worker import running_worker
from govkit.cli.output import open_deployment
from govkit.errors import Refused

__all__ = ["run"]


class _QuietHandler(WSGIRequestHandler):
    """Leaves out Werkzeug's own log line: it holds the address, and addresses can name people."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing; the application writes its own line."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="待ち受けるアドレス")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="待ち受けるポート（0なら空いているもの）",
)
@click.option("--demo", "with_demo", is_flag=True, help="まだなければ、デモデータを入れます。")
@click.option("--log", "shows_log", is_flag=True, help="リクエストごとに1行を出します。")
def run(host: str, port: int, *, with_demo: bool, shows_log: bool) -> None:
    """開発用のサーバーを動かします。本番では gunicorn wsgi:app を使ってください。"""
    write_json_lines(logging.INFO if shows_log else logging.WARNING)
    with _listen(host, port) as listener, open_deployment() as deployment:
        # Imported only here: the demo brings modules along that may not be active.
        demo = import_module("govkit.cli.demo") if with_demo else None
        if demo:
            demo.load_demo(deployment)
        app = create_app(deployment=deployment)
        port = listener.getsockname()[1]
        server = make_server(
            host, port, app, threaded=True, request_handler=_QuietHandler, fd=listener.fileno()
        )
        if demo:
            demo.show_demo(deployment)
        click.echo(f"http://{host}:{port} で動いています。止めるには Ctrl+C を押してください。")
        click.echo("（開発用のサーバーです。本番では gunicorn wsgi:app を使ってください）")
        with running_worker(deployment):
            _serve(server)
    click.echo("止めました。")


def _listen(host: str, port: int) -> socket.socket:
    """A socket taken before any long work, so that an occupied port is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Refused(
                "ポート {port} はほかのプログラムが使っています。"
                "それを止めるか、別のポートを指定してください（例：make run PORT={other}、"
                "govkit run --port {other}）。",
                port=port,
                other=port + 1,
            ) from error
        raise Refused(
            "{host} のポート {port} で待ち受けられません：{reason}",
            host=host,
            port=port,
            reason=error.strerror,
        ) from error
    return listener


def _serve(server: BaseWSGIServer) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        # From another thread: shutdown() waits for the loop that this handler interrupts.
        threading.Thread(target=server.shutdown).start()

    # Both by name: a shell starts background programs with the interrupt ignored.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    try:
        server.serve_forever()
    finally:
        server.server_close()
