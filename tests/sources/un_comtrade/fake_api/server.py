"""The fake API as a server: paths, parameters, caps, keys, errors and faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from tests.sources.fake_publisher import FakePublisher, Request, Response
from tests.sources.un_comtrade.fake_api.dataset import Dataset, Row

KEY = "s3cret-key-of-nobody"
#: Temporary faults: the fetch must give the same rows as without them.
TEMPORARY = ("429", "500", "503html", "html", "cut", "half", "inside503", "inside429", "drop",
           "short")  # fmt: skip
#: Faults that end a fetch or reject a request.
FATAL = ("401", "403quota", "429long", "400", "minus", "stranger")
_FIELDS = {
    "reportercode": "reporterCode", "period": "period", "cmdcode": "cmdCode",
    "flowcode": "flowCode", "partnercode": "partnerCode", "partner2code": "partner2Code",
    "customscode": "customsCode", "motcode": "motCode",
}  # fmt: skip
_ENVELOPE = {"elapsedTime": "0.1 secs"}


@dataclass
class FakeComtrade(FakePublisher):
    """The API over a dataset; after `max_requests` it closes every connection."""

    dataset: Dataset = field(default_factory=Dataset)
    keyed_rows: int = 100_000
    preview_rows: int = 500
    longest_url: int = 4000
    max_requests: int | None = None
    _rows: list[Row] | None = None

    def rows(self) -> list[Row]:
        if self._rows is None:
            self._rows = list(self.dataset.rows())
        return self._rows

    @property
    def targets(self) -> list[str]:
        """Path and query of each request."""
        return [request.target for request in self.requests]

    def _serve(self, request: Request) -> Response | None:  # type: ignore[override]
        self.requests.append(request)
        if self.max_requests is not None and len(self.requests) > self.max_requests:
            return None
        target = request.target
        if len(target) > self.longest_url and "/getda/" not in target.lower():
            return Response(b"<h2>Request URL Too Long</h2>", 404, "text/html")
        query = {name.lower(): value for name, value in parse_qsl(urlsplit(target).query)}
        given = request.headers.get("Ocp-Apim-Subscription-Key")
        key = given or query.get("subscription-key", "")
        status, body, headers = self.body(urlsplit(target).path, query, key)
        fault = self.faults.pop(0) if self.faults else ""
        # a fault replaces an error, too
        return _with_fault(fault, _json(body)) if fault else _json(body, status, headers)

    def revise(self, reporter: str, period: str, day: str, factor: float = 1.0) -> None:
        self.dataset.file(reporter, period, day, factor)
        self._rows = None

    def body(self, path: str, query: dict[str, str], key: str) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers of the response to one request."""
        parts = path.strip("/").lower().split("/")
        access, call = parts[0], parts[2] if len(parts) > 2 else ""
        if access == "data" and key != KEY:
            message = "Access denied due to missing subscription key. Make sure to include it."
            return 401, {"statusCode": 401, "message": message}, {}
        known = {"data": ("get", "getda"), "public": ("preview", "getda")}.get(access, ())
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
            for (reporter, period), day in sorted(self.dataset.releases.items())
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
        if wanted.get("cmdCode") == {"TOTAL"}:  # the total is that of all products
            del wanted["cmdCode"]
        found = [
            r for r in self.rows()
            if r["freqCode"] == freq and all(str(r[name]) in of for name, of in wanted.items())
        ]  # fmt: skip
        if query.get("countonly") == "true":
            return 200, {**_ENVELOPE, "count": len(found), "data": [], "error": ""}, {}
        cap = self.preview_rows if is_preview else self.keyed_rows
        # truncated without a notice, and counted as if complete
        found = found[: min(cap, int(query.get("maxrecords", cap)))]
        return 200, {**_ENVELOPE, "count": len(found), "data": found, "error": ""}, {}


def _invalid(name: str) -> dict[str, Any]:
    wrong = [{"MemberNames": [name], "ErrorMessage": f"The value of {name} is not valid."}]
    error = "Invalid parameter value"
    return {**_ENVELOPE, "count": -1, "data": [], "error": error, "errorObject": wrong}


def _with_fault(fault: str, response: Response) -> Response | None:
    """The response with a fault; None closes the connection."""
    page = b"<!DOCTYPE html><html><h1>Our services aren't available right now</h1></html>"
    limit = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 7 seconds."}
    quota = {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished."}
    denied = {"statusCode": 401, "message": "Access denied due to invalid key."}
    if fault in ("short", "stranger"):
        whole = orjson.loads(response.body)
        if fault == "short":  # one row is missing
            return _json({**whole, "data": whole["data"][:-1], "count": whole["count"] or 1})
        # rows of another reporter
        data = [{**r, "reporterCode": 999} for r in whole["data"]] or [{"reporterCode": 999}]
        return _json({**whole, "data": data, "count": len(data)})
    return {
        "drop": None,
        "429": _json(limit, 429, {"Retry-After": "7"}),
        "429long": _json(limit, 429, {"Retry-After": "7200"}),
        "403quota": _json(quota, 403, {"Retry-After": "40000"}),
        "401": _json(denied, 401),
        "500": Response(b"Internal Server Error", 500, "text/plain"),
        "503html": Response(page, 503, "text/html"),
        "html": Response(page, 200, "text/html"),
        "cut": replace(response, is_cut=True),
        "half": replace(response, body=response.body[: len(response.body) // 2]),
        "inside503": _json({"statusCode": 503, "message": "Backend is busy"}),
        "inside429": _json(limit),
        "400": _json(_invalid("cmdCode"), 400),
        "minus": _json(_invalid("cmdCode")),
    }[fault]


def _json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers=headers or {})
