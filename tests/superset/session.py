"""A running Superset: its API, and a proxy that is signed in, for a browser without a keyboard."""

from __future__ import annotations

import http.cookiejar
import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PASSED_ON = ("content-type", "accept", "x-csrftoken", "referer")


@dataclass
class Session:
    """One signed-in user of the Superset at `address`."""

    address: str
    user: str
    password: str
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def open(self, path: str, body: bytes | None = None, **headers: str) -> Any:
        """The response, of whatever status."""
        request = urllib.request.Request(self.address + path, data=body, headers=headers)
        try:
            return self._opener.open(request, timeout=300)
        except urllib.error.HTTPError as error:
            return error

    def sign_in(self) -> None:
        """Sign in as a browser does, with the form's token.

        Raises:
            PermissionError: user or password are wrong.
        """
        page = self.open("/login/").read().decode()
        token = re.search(r'csrf_token"?\s*(?:type="hidden"\s*)?value="([^"]+)"', page)
        token = token or re.search(r"csrf_token&#34;: &#34;([^&]+)&#34;", page)
        form = {"username": self.user, "password": self.password}
        if token:
            form["csrf_token"] = token[1]
        self.open("/login/", urllib.parse.urlencode(form).encode()).read()
        if self.open("/api/v1/me/").status != 200:
            raise PermissionError(f"{self.user} cannot sign in at {self.address}")

    def get(self, path: str) -> Any:
        """The JSON of an API's answer.

        Raises:
            OSError: the status is not 200.
        """
        with self.open(path) as answer:
            text = answer.read().decode()
            if answer.status != 200:
                raise OSError(f"{path}: {answer.status} {text[:1000]}")
        return json.loads(text)


@dataclass(frozen=True)
class Proxy:
    """What a browser requested through the proxy: path and status."""

    address: str
    requests: list[tuple[str, int]]


@contextmanager
def signed_in_proxy(session: Session) -> Iterator[Proxy]:
    """Forward every request of a browser with the session's cookies."""
    requests: list[tuple[str, int]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._forward()

        def do_POST(self) -> None:
            self._forward()

        def _forward(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            headers = {k: v for k, v in self.headers.items() if k.lower() in _PASSED_ON}
            answer = session.open(self.path, body, **headers)
            content = answer.read()
            requests.append((self.path, answer.status))
            self.send_response(answer.status)
            for name in ("Content-Type", "Content-Security-Policy"):
                if value := answer.headers.get(name):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: `requests` has them."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Proxy(f"http://127.0.0.1:{server.server_port}", requests)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
