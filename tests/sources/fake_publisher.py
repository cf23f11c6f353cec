"""A fake publisher: an HTTP server on loopback with the faults that real servers have."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """One request; `target` is the path with its query as sent."""

    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        """The query, the first value of each name."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass
class Response:
    """One response; with `is_cut` only half of the announced body is sent."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


def _handler(respond: Callable[[Request], Response | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            response = respond(Request(self.path, self.headers, body))
            if response is None:
                self.connection.close()
                return
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            half = len(response.body) // 2
            self.wfile.write(response.body[:half] if response.is_cut else response.body)
            self.close_connection = response.is_cut

        do_POST = do_GET

    return Handler


@contextmanager
def serve(respond: Callable[[Request], Response | None]) -> Iterator[str]:
    """Serve on a free loopback port and yield the URL; None closes the connection."""
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


@dataclass
class FakePublisher:
    """A publisher whose subclass responds.

    `faults` are those of the next responses, in order (empty: none), `always` that of all others.
    """

    faults: list[str] = field(default_factory=list)
    always: str = ""
    requests: list[Request] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    url: str = ""

    def respond(self, request: Request, fault: str) -> Response:
        """The response without a shared fault; `fault` may be one of the subclass."""
        raise NotImplementedError

    @contextmanager
    def serving(self) -> Iterator[Self]:
        """Serve on a loopback port of its own."""
        with serve(self._serve) as self.url:
            yield self

    def _serve(self, request: Request) -> Response:
        self.requests.append(request)
        fault = self.faults.pop(0) if self.faults else self.always
        response = self.respond(request, fault)
        return self._part(shared_faults(response).get(fault, response), request.headers)

    def _part(self, response: Response, headers: Mapping[str, str]) -> Response:
        """The requested range, if the file has not changed."""
        wanted = headers.get("Range")
        if not wanted:
            return response
        self.ranges.append(wanted)
        if "ETag" not in response.headers or headers.get("If-Range") != response.headers["ETag"]:
            return response
        start, end = int(wanted.removeprefix("bytes=").rstrip("-")), len(response.body)
        content_range = {"Content-Range": f"bytes {start}-{end - 1}/{end}"}
        return replace(
            response,
            body=response.body[start:],
            status=206,
            headers={**response.headers, **content_range},
        )


def shared_faults(response: Response) -> dict[str, Response]:
    """The response of a server with each of the faults that all publishers have."""
    return {
        "403": Response(b"<!DOCTYPE html><title>Just a moment...</title>", 403, "text/html"),
        "429": Response(b"slow down", 429, "text/plain", {"Retry-After": "0"}),
        "503": Response(b"maintenance", 503),
        "text": Response(b"Too many requests. Please try again later.", 200, "text/plain"),
        "html": Response(b"<!DOCTYPE html><h1>Sign in</h1>", 200, "text/html"),
        "half": replace(response, body=response.body[: len(response.body) // 2]),
        "cut": replace(response, is_cut=True),
    }
