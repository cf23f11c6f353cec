"""A server on loopback whose answers a function gives: what every publisher's double stands on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Answer:
    """What goes over the wire; `is_cut`: half of the body that was announced."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


#: The path with its query, the request's headers; None closes the connection without a word.
Respond = Callable[[str, Mapping[str, str]], Answer | None]


def asked_for(path: str) -> dict[str, str]:
    """The query of a path, the first value of each name."""
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def _handler(respond: Respond) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            answer = respond(self.path, self.headers)
            if answer is None:
                self.connection.close()
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            half = len(answer.body) // 2
            self.wfile.write(answer.body[:half] if answer.is_cut else answer.body)
            self.close_connection = answer.is_cut

    return Handler


@contextmanager
def listening(respond: Respond) -> Iterator[str]:
    """Serve on a free port of loopback; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(respond))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
