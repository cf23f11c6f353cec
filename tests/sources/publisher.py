"""A publisher on loopback: a function answers, and moods spoil some of the answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


Speak = Callable[[str, dict[str, str]], Answer]


@dataclass
class Publisher:
    """`moods` spoil the next answers in order (empty: none), `always` all the others."""

    speak: Speak
    moods: list[str] = field(default_factory=list)
    always: str = ""
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    url: str = ""
    says_when_throttled: bytes = b"Too many requests. Please try again later."


def _handler(publisher: Publisher) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            publisher.asked.append(unquote(self.path))
            mood = publisher.moods.pop(0) if publisher.moods else publisher.always
            answer = publisher.speak(unquote(url.path), query)
            spoilt = {
                "429": Answer(b"slow down", 429, "text/plain", {"Retry-After": "0"}),
                "503": Answer(b"maintenance", 503),
                "text": Answer(publisher.says_when_throttled, 200, "text/plain"),
                "html": Answer(b"<!DOCTYPE html><h1>Sign in</h1>", 200, "text/html"),
                "half": Answer(answer.body[: len(answer.body) // 2], 200, answer.kind),
            }
            self._send(spoilt.get(mood, answer), is_cut=mood == "cut")

        def _send(self, answer: Answer, is_cut: bool) -> None:
            body, status, headers = answer.body, answer.status, dict(answer.headers)
            if wanted := self.headers.get("Range"):
                publisher.ranges.append(wanted)
                if "ETag" in headers and self.headers.get("If-Range") == headers["ETag"]:
                    start = int(wanted.removeprefix("bytes=").rstrip("-"))
                    headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
                    body, status = body[start:], 206
            self.send_response(status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if is_cut else body)
            self.close_connection = is_cut

    return Handler


@contextmanager
def publishing(speak: Speak) -> Iterator[Publisher]:
    publisher = Publisher(speak)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(publisher))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    publisher.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield publisher
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
