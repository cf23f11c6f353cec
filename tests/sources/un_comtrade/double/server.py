"""The double on the wire: paths, parameters, caps, keys, refusals and faults of the API."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from tests.sources.un_comtrade.double.world import Row, World

KEY = "s3cret-key-of-nobody"
#: Faults that pass: the pull must come to the same rows as without them.
PASSING = ("429", "500", "503html", "html", "cut", "half", "inside503", "inside429", "drop",
           "short")  # fmt: skip
#: Faults that end a pull or refuse a cell, by name.
FATAL = ("401", "403quota", "429long", "400", "minus", "stranger")
_FIELDS = {
    "reportercode": "reporterCode", "period": "period", "cmdcode": "cmdCode",
    "flowcode": "flowCode", "partnercode": "partnerCode", "partner2code": "partner2Code",
    "customscode": "customsCode", "motcode": "motCode",
}  # fmt: skip
_ENVELOPE = {"elapsedTime": "0.1 secs"}


@dataclass
class Double:
    """A server and its moods. `faults` are answered once each, in order; `gone_after` requests it
    answers nobody any more."""

    world: World = field(default_factory=World)
    keyed_rows: int = 100_000
    preview_rows: int = 500
    longest_url: int = 4000
    faults: list[str] = field(default_factory=list)
    gone_after: int | None = None
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    _rows: list[Row] | None = None

    def rows(self) -> list[Row]:
        if self._rows is None:
            self._rows = list(self.world.rows())
        return self._rows

    def revise(self, reporter: str, period: str, day: str, factor: float = 1.0) -> None:
        self.world.file(reporter, period, day, factor)
        self._rows = None

    def answer(self, path: str, query: dict[str, str], key: str) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers for one question."""
        parts = path.strip("/").lower().split("/")
        room, call = parts[0], parts[2] if len(parts) > 2 else ""
        if room == "data" and key != KEY:
            said = "Access denied due to missing subscription key. Make sure to include it."
            return 401, {"statusCode": 401, "message": said}, {}
        known = {"data": ("get", "getda"), "public": ("preview", "getda")}.get(room, ())
        if call not in known or len(parts) != 6:
            return 404, {"statusCode": 404, "message": "Resource not found"}, {}
        if call == "getda":
            return 200, self._listed(parts[4].upper(), query), {}
        return self._data(call == "preview", parts[4].upper(), query)

    def _listed(self, freq: str, query: dict[str, str]) -> dict[str, Any]:
        wanted = {name: set(filter(None, query.get(name, "").split(","))) for name in query}
        data = [
            {
                "datasetCode": 1, "typeCode": "C", "freqCode": freq, "period": int(period),
                "reporterCode": int(reporter), "reporterISO": None, "reporterDesc": None,
                "classificationCode": "H6" if period >= "2022" else "H5",
                "classificationSearchCode": "HS", "isOriginalClassification": True,
                "totalRecords": 1000, "datasetChecksum": 1,
                "firstReleased": f"{day}T00:00:00", "lastReleased": f"{day}T12:00:00",
            }
            for (reporter, period), day in sorted(self.world.releases.items())
            if (len(period) == 4) == (freq == "A")
            and reporter in wanted.get("reportercode", {reporter})
            and period in wanted.get("period", {period})
        ]  # fmt: skip
        return {**_ENVELOPE, "count": len(data), "data": data, "error": ""}

    def _data(
        self, is_preview: bool, freq: str, query: dict[str, str]
    ) -> tuple[int, Any, dict[str, str]]:
        periods = query.get("period") or max(r["period"] for r in self.rows())
        if not query.get("reportercode", "0").replace(",", "").isdigit():
            return 400, _invalid("reporterCode"), {}
        if is_preview and "," in periods:
            return 400, _invalid("period"), {}
        wanted = {
            _FIELDS[name]: set(text.split(",")) for name, text in query.items() if name in _FIELDS
        } | {"period": set(periods.split(","))}
        if wanted.get("cmdCode") == {"TOTAL"}:  # the world's total is that of all its products
            del wanted["cmdCode"]
        found = [
            r for r in self.rows()
            if r["freqCode"] == freq and all(str(r[name]) in of for name, of in wanted.items())
        ]  # fmt: skip
        if query.get("countonly") == "true":
            return 200, {**_ENVELOPE, "count": len(found), "data": [], "error": ""}, {}
        cap = self.preview_rows if is_preview else self.keyed_rows
        # cut off without a word, and counted as if that were all
        found = found[: min(cap, int(query.get("maxrecords", cap)))]
        return 200, {**_ENVELOPE, "count": len(found), "data": found, "error": ""}, {}


def _invalid(name: str) -> dict[str, Any]:
    wrong = [{"MemberNames": [name], "ErrorMessage": f"The value of {name} is not valid."}]
    error = "Invalid parameter value"
    return {**_ENVELOPE, "count": -1, "data": [], "error": error, "errorObject": wrong}


Answer = Callable[..., None]


def _spoilt(fault: str, answer: Answer, body: bytes) -> None:
    """Answer with a fault instead of the body, or with the body spoilt."""
    page = b"<!DOCTYPE html><html><h1>Our services aren't available right now</h1></html>"
    limit = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 7 seconds."}
    quota = {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished."}
    if fault == "429":
        answer(429, orjson.dumps(limit), {"Retry-After": "7"})
    elif fault == "429long":
        answer(429, orjson.dumps(limit), {"Retry-After": "7200"})
    elif fault == "403quota":
        answer(403, orjson.dumps(quota), {"Retry-After": "40000"})
    elif fault == "401":
        answer(401, b'{"statusCode":401,"message":"Access denied due to invalid key."}')
    elif fault == "500":
        answer(500, b"Internal Server Error", kind="text/plain")
    elif fault == "503html":
        answer(503, page, kind="text/html")
    elif fault == "html":
        answer(200, page, kind="text/html")
    elif fault == "cut":
        answer(200, body[: len(body) // 2], declared=len(body))
    elif fault == "half":
        answer(200, body[: len(body) // 2])
    elif fault == "inside503":
        answer(200, b'{"statusCode":503,"message":"Backend is busy"}')
    elif fault == "inside429":
        answer(200, orjson.dumps(limit))
    elif fault == "short":  # one row is lost on the way
        whole = orjson.loads(body)
        answer(
            200, orjson.dumps({**whole, "data": whole["data"][:-1], "count": whole["count"] or 1})
        )
    elif fault == "400":
        answer(400, orjson.dumps(_invalid("cmdCode")))
    elif fault == "minus":
        answer(200, orjson.dumps(_invalid("cmdCode")))
    elif fault == "stranger":  # rows nobody asked for
        whole = orjson.loads(body)
        data = [{**r, "reporterCode": 999} for r in whole["data"]] or [{"reporterCode": 999}]
        answer(200, orjson.dumps({**whole, "data": data, "count": len(data)}))
    else:
        raise AssertionError(fault)


def _handler(double: Double) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            double.asked.append(self.path)
            double.headers.append({k.lower(): v for k, v in self.headers.items()})
            if double.gone_after is not None and len(double.asked) > double.gone_after:
                self.connection.close()
                return
            if len(self.path) > double.longest_url and "/getda/" not in self.path.lower():
                self._answer(404, b"<h2>Request URL Too Long</h2>", kind="text/html")
                return
            url = urlsplit(self.path)
            query = {name.lower(): value for name, value in parse_qsl(url.query)}
            key = self.headers.get("Ocp-Apim-Subscription-Key") or query.get("subscription-key", "")
            status, body, headers = double.answer(url.path, query, key)
            fault = double.faults.pop(0) if double.faults else ""
            if fault == "drop":
                self.connection.close()
            elif fault:
                _spoilt(fault, self._answer, orjson.dumps(body))
            else:
                self._answer(status, orjson.dumps(body), headers)

        def _answer(
            self,
            status: int,
            body: bytes,
            headers: dict[str, str] | None = None,
            kind: str = "application/json",
            declared: int | None = None,
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(declared or len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = declared is not None

    return Handler


@contextmanager
def serving(double: Double) -> Iterator[Double]:
    """The double on a loopback port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(double))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    double.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield double
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
