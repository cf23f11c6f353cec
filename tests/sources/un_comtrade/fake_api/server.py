"""The double on the wire: paths, parameters, caps, keys, refusals and faults of the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from tests.sources.loopback import Answer, Respond, listening
from tests.sources.un_comtrade.fake_api.dataset import Row, World

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


def _spoilt(fault: str, answer: Answer) -> Answer | None:
    """A fault instead of the answer, or the answer spoilt; None: the connection breaks."""
    page = b"<!DOCTYPE html><html><h1>Our services aren't available right now</h1></html>"
    limit = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 7 seconds."}
    quota = {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished."}
    denied = {"statusCode": 401, "message": "Access denied due to invalid key."}
    if fault in ("short", "stranger"):
        whole = orjson.loads(answer.body)
        if fault == "short":  # one row is lost on the way
            return _json({**whole, "data": whole["data"][:-1], "count": whole["count"] or 1})
        # rows nobody asked for
        data = [{**r, "reporterCode": 999} for r in whole["data"]] or [{"reporterCode": 999}]
        return _json({**whole, "data": data, "count": len(data)})
    return {
        "drop": None,
        "429": _json(limit, 429, {"Retry-After": "7"}),
        "429long": _json(limit, 429, {"Retry-After": "7200"}),
        "403quota": _json(quota, 403, {"Retry-After": "40000"}),
        "401": _json(denied, 401),
        "500": Answer(b"Internal Server Error", 500, "text/plain"),
        "503html": Answer(page, 503, "text/html"),
        "html": Answer(page, 200, "text/html"),
        "cut": replace(answer, is_cut=True),
        "half": replace(answer, body=answer.body[: len(answer.body) // 2]),
        "inside503": _json({"statusCode": 503, "message": "Backend is busy"}),
        "inside429": _json(limit),
        "400": _json(_invalid("cmdCode"), 400),
        "minus": _json(_invalid("cmdCode")),
    }[fault]


def _json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(orjson.dumps(content), status, headers=headers or {})


def _responding(double: Double) -> Respond:
    def respond(path: str, headers: Mapping[str, str]) -> Answer | None:
        double.asked.append(path)
        double.headers.append({k.lower(): v for k, v in headers.items()})
        if double.gone_after is not None and len(double.asked) > double.gone_after:
            return None
        if len(path) > double.longest_url and "/getda/" not in path.lower():
            return Answer(b"<h2>Request URL Too Long</h2>", 404, "text/html")
        url = urlsplit(path)
        query = {name.lower(): value for name, value in parse_qsl(url.query)}
        key = headers.get("Ocp-Apim-Subscription-Key") or query.get("subscription-key", "")
        status, body, told = double.answer(url.path, query, key)
        fault = double.faults.pop(0) if double.faults else ""
        # a fault takes the place of a refusal, too
        return _spoilt(fault, _json(body)) if fault else _json(body, status, told)

    return respond


@contextmanager
def serving(double: Double) -> Iterator[Double]:
    """The double on a loopback port of its own."""
    with listening(_responding(double)) as double.url:
        yield double
