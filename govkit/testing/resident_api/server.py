"""The stand-in on a port of this machine, with faults that only a socket can have."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from govkit.testing.resident_api.answers import ResidentApi
from govkit.testing.resident_api.faults import ApiFault, Reply, spoilt

__all__ = ["serve"]

_FAULT_HEADER: Final = "x-stand-in-fault"
_HANG_SECONDS: Final = 60.0
_TRICKLE_SECONDS: Final = 0.05
_MOST: Final = 1 << 20


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, api: ResidentApi, port: int) -> None:
        self.api = api
        self.is_closing = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away before the answer are nothing to tell about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        """Answer a call, or spoil the answer."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _MOST))
        headers = {name.lower(): value for name, value in self.headers.items()}
        api = self.server.api
        wanted = headers.get(_FAULT_HEADER)
        fault = ApiFault(wanted) if wanted in list(ApiFault) else api.next_fault(self.path)
        if fault is ApiFault.RESET:
            self._reset()
        elif fault is ApiFault.HANG:
            self.server.is_closing.wait(_HANG_SECONDS)
            self.close_connection = True
        else:
            if fault is ApiFault.SLOW:
                self.server.is_closing.wait(api.slow_seconds)
            reply = api.answer(self.path, headers, body, self.server.url)
            self._send(spoilt(reply, fault, api.layout.rows), fault)

    def _send(self, reply: Reply, fault: ApiFault | None) -> None:
        self.log_request(reply.status, len(reply.body))
        lines = [f"HTTP/1.1 {reply.status} {self.responses[reply.status][0]}"]
        lines += (f"{name}: {value}" for name, value in reply.headers.items())
        lines += [f"Content-Length: {len(reply.body)}", "", ""]
        head = "\r\n".join(lines).encode("ascii")
        with suppress(OSError):
            if fault is ApiFault.CUT:
                self.close_connection = True
                self.wfile.write(head + reply.body[: len(reply.body) // 2])
            elif fault is ApiFault.TRICKLE:
                for byte in head:
                    self.wfile.write(bytes([byte]))
                    if self.server.is_closing.wait(_TRICKLE_SECONDS):
                        break
                self.close_connection = True
            else:
                self.wfile.write(head + reply.body)

    def _reset(self) -> None:
        self.close_connection = True
        at_once = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - given by http.server
        """Bodies are never logged; neither is anything else, a count is in ``asked``."""


@contextmanager
def serve(api: ResidentApi, *, port: int = 0) -> Iterator[str]:
    """Serve in a thread while inside; gives the URL.

    :param port: A free one unless given.
    """
    server = _Server(api, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.is_closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
