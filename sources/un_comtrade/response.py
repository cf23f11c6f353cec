"""The API's envelope (elapsedTime, count, data, error): whole rows as Arrow, or why it is none.

A page of 250,000 rows is a quarter of a gigabyte of JSON. Its rows never become Python objects:
the objects of `data` are put on lines of their own and read by Arrow. What that reader does not
take (line breaks between the fields, a text where a number is usual) goes the slow way.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.json as pajson

#: What is read of a row, by the API's names: `code` are numbers that land as text.
FIELDS: dict[str, str] = {
    "typeCode": "text", "freqCode": "text", "refYear": "int", "refMonth": "int",
    "period": "text", "reporterCode": "code", "partnerCode": "code", "partner2Code": "code",
    "flowCode": "text", "classificationCode": "text", "cmdCode": "text", "customsCode": "text",
    "mosCode": "text", "motCode": "code", "qtyUnitCode": "int", "qty": "number",
    "altQtyUnitCode": "int", "altQty": "number", "netWgt": "number",
    "isNetWgtEstimated": "bool", "isOriginalClassification": "bool", "cifvalue": "number",
    "fobvalue": "number", "primaryValue": "number", "legacyEstimationFlag": "int",
}  # fmt: skip
_TYPES = {
    "text": pa.string(), "code": pa.int64(), "int": pa.int64(), "number": pa.float64(),
    "bool": pa.bool_(),
}  # fmt: skip
_SCHEMA = pa.schema([(name, _TYPES[kind]) for name, kind in FIELDS.items()])
_DATA = re.compile(rb'"data"\s*:\s*\[')


class ApiError(Exception):
    """The API answered, and said no: `status` as in HTTP, and its words."""

    def __init__(self, status: int, said: str) -> None:
        self.status, self.said = status, said
        super().__init__(f"{status}: {said}")


class IncompleteResponseError(Exception):
    """The body is cut short, is no envelope, or holds fewer rows than it counts."""


@dataclass(frozen=True)
class ApiResponse:
    """A whole answer. `rows` are the bytes of the array in `data`."""

    count: int
    rows: bytes

    def table(self) -> pa.Table:
        """The rows with the columns of `FIELDS`; what a row does not have is null."""
        return trade_table(self.rows)

    def objects(self) -> list[dict[str, Any]]:
        """The rows as Python objects: for short lists such as getDa's."""
        found: list[dict[str, Any]] = orjson.loads(self.rows)
        return found


def open_envelope(content: bytes) -> ApiResponse:
    """The envelope in `content`; `Refusal` where the API said no, `IncompleteResponseError` for another body."""
    body = content.strip().removeprefix(b"\xef\xbb\xbf")
    found = _DATA.search(body, 0, 4096)
    if found is None:
        raise _refused(_loads(body))
    start, end = found.end() - 1, body.rfind(b"]") + 1
    head = _loads(body[:start] + b"null" + body[end:]) if end > start else None
    if head is None:
        raise IncompleteResponseError(f"the body of {len(body):,} bytes is cut short")
    if _says_no(head):
        raise _refused(head)
    return ApiResponse(int(head.get("count") or 0), body[start:end])


def trade_table(rows: bytes) -> pa.Table:
    """The objects of a JSON array as a table of `FIELDS`."""
    inside = rows[1:-1].strip()
    if not inside:
        return _SCHEMA.empty_table()
    if b"\n" not in inside[:4096]:
        try:
            return pajson.read_json(
                # a text may hold this seam too: Arrow then refuses, and the slow way runs
                io.BytesIO(inside.replace(b"},{", b"}\n{")),
                read_options=pajson.ReadOptions(block_size=1 << 24),
                parse_options=pajson.ParseOptions(
                    explicit_schema=_SCHEMA, unexpected_field_behavior="ignore"
                ),
            ).select(_SCHEMA.names)
        except pa.ArrowInvalid:
            pass
    return _slowly(orjson.loads(rows))


def _slowly(rows: list[dict[str, Any]]) -> pa.Table:
    arrays = [_array([row.get(name) for row in rows], name) for name in FIELDS]
    return pa.Table.from_arrays(arrays, schema=_SCHEMA)


def _array(values: list[Any], name: str) -> pa.Array:
    kind = FIELDS[name]
    if kind == "text":
        values = [None if value is None else str(value) for value in values]
    elif kind in ("int", "code", "number"):
        # a number in quotes has been seen; an empty text is a missing one
        values = [None if value in (None, "") else float(value) for value in values]
    return pa.array(values, _TYPES[kind])


def _loads(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise IncompleteResponseError(
            f"the body of {len(body):,} bytes is not whole JSON: {error}"
        ) from error
    if not isinstance(found, dict):
        raise IncompleteResponseError("the body is JSON, but no envelope")
    return found


def _says_no(head: dict[str, Any]) -> bool:
    status = head.get("statusCode")
    count = int(head.get("count") or 0)
    return bool(status and int(status) != 200) or count < 0 or bool(head.get("error"))


def _refused(head: dict[str, Any]) -> Exception:
    """Why there are no rows: the API's own status, else 400 for its count of -1."""
    if not _says_no(head):
        return IncompleteResponseError("the body has no data")
    said = head.get("message") or head.get("error") or "no reason given"
    details = head.get("errorObject")
    if details:
        said = f"{said}: {orjson.dumps(details).decode()[:300]}"
    return ApiError(int(head.get("statusCode") or 400), str(said))
