"""The JSON responses of the API (elapsedTime, count, data, error), read into Arrow.

A page of 250,000 rows is a quarter of a gigabyte of JSON. Its rows do not become Python objects:
the objects of `data` are put on separate lines and read by Arrow. What Arrow does not accept
(line breaks between fields, text instead of a number) is read in Python, which is slower.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.json as pajson

from sources.kit.errors import CorruptFileError
from sources.kit.json_text import load_json
from sources.kit.secrets import redact_secrets

#: The fields that are read, by the API's names; `code` are numbers that land as text.
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
#: What a row of trade has in any shape.
_KEY_FIELDS = frozenset({"reporterCode", "partnerCode", "flowCode", "cmdCode", "primaryValue"})
_OBJECT_LINES = re.compile(rb'\{"[^\n]*\}\s*\n\s*\{')
_DATA = re.compile(rb'"data"\s*:\s*\[')


#: A row that is no object, or a list or an object as the value of a field; the API has neither.
_ODD_ROW = re.compile(rb"\A[^{]|\}\s*,\s*[^{\s]|\[|:\s*\{")


class ApiError(Exception):
    """The API returned an error: `status` as in HTTP, and its message."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, redact_secrets(message)
        super().__init__(f"{status}: {self.message}")


class IncompleteResponseError(Exception):
    """The body is truncated, has another structure, or has fewer rows than it counts."""


@dataclass(frozen=True)
class ApiResponse:
    """A complete response; `rows` are the bytes of the array in `data`."""

    count: int
    rows: bytes

    def table(self) -> pa.Table:
        """The rows with the columns of `FIELDS`; missing fields are null.

        Raises:
            IncompleteResponseError: the rows are not objects.
        """
        return trade_table(self.rows)

    def objects(self) -> list[dict[str, Any]]:
        """The rows as Python objects, for short lists such as getDa's.

        Raises:
            IncompleteResponseError: the rows are not objects.
        """
        return _objects(self.rows)


def read_response(content: bytes) -> ApiResponse:
    """Read the body of a response.

    Raises:
        ApiError: the body is an error message.
        IncompleteResponseError: the body is truncated or has another structure.
    """
    body = content.strip().removeprefix(b"\xef\xbb\xbf")
    if body.startswith(b"[") or _OBJECT_LINES.match(body, 0, 8192):
        return _rows_alone(body)
    found = _DATA.search(body, 0, 4096)
    if found is None:
        raise _error_in(_loads(body))
    start, end = found.end() - 1, body.rfind(b"]") + 1
    head = _loads(body[:start] + b"null" + body[end:]) if end > start else None
    if head is None:
        raise IncompleteResponseError(f"the body of {len(body):,} bytes is truncated")
    if _is_error(head):
        raise _error_in(head)
    return ApiResponse(_count(head), body[start:end])


def _rows_alone(body: bytes) -> ApiResponse:
    """The rows without the response around them, as a statistics program writes a table.

    Raises:
        IncompleteResponseError: they are not whole, or no rows of trade.
    """
    found = _decoded(body)
    if (
        not isinstance(found, list)
        or not found
        or not all(isinstance(row, dict) and set(row) >= _KEY_FIELDS for row in found)
    ):
        raise IncompleteResponseError(
            "it is no response of the API, and no list of rows with "
            f"{', '.join(sorted(_KEY_FIELDS))}"
        )
    return ApiResponse(len(found), orjson.dumps(found))


def trade_table(rows: bytes) -> pa.Table:
    """The objects of a JSON array as a table with the columns of `FIELDS`."""
    inside = rows[1:-1].strip()
    if not inside:
        return _SCHEMA.empty_table()
    # Arrow's reader ends the process where a row is null, or nested some hundred times
    if b"\n" not in inside[:4096] and not _ODD_ROW.search(inside):
        try:
            return pajson.read_json(
                # a text may contain this sequence, too: Arrow then fails, and Python reads it
                io.BytesIO(inside.replace(b"},{", b"}\n{")),
                read_options=pajson.ReadOptions(block_size=1 << 24),
                parse_options=pajson.ParseOptions(
                    explicit_schema=_SCHEMA, unexpected_field_behavior="ignore"
                ),
            ).select(_SCHEMA.names)
        except pa.ArrowInvalid:
            pass
    return table_from_objects(_objects(rows))


def table_from_objects(rows: list[dict[str, Any]]) -> pa.Table:
    """As `trade_table`, from Python objects: slower, and a column of mixed types is text."""
    return pa.table({name: _array([row.get(name) for row in rows], name) for name in FIELDS})


def _array(values: list[Any], name: str) -> pa.Array:
    kind = FIELDS[name]
    try:
        if kind != "text":
            # pyarrow would take a text for a number or a truth value only if it is one already
            return pa.array([None if value == "" else value for value in values], _TYPES[kind])
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        pass
    return pa.array([_text(value) for value in values], pa.string())


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _objects(rows: bytes) -> list[dict[str, Any]]:
    found = _decoded(rows)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise IncompleteResponseError("its data are not a list of objects")
    return found


def _decoded(body: bytes) -> Any:
    """The decoded JSON; also with NaN, as Python's json writes a missing number."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            return load_json(body, source_id="un_comtrade", place="")
        except CorruptFileError as error:
            raise IncompleteResponseError(
                f"the body of {len(body):,} bytes is not whole JSON: {error.__cause__ or error}"
            ) from error


def _loads(body: bytes) -> dict[str, Any]:
    found = _decoded(body)
    if not isinstance(found, dict):
        raise IncompleteResponseError("the body is JSON, but not a response of the API")
    return found


def _is_error(head: dict[str, Any]) -> bool:
    status = head.get("statusCode")
    return str(status or 200) != "200" or _count(head) < 0 or bool(head.get("error"))


def _count(head: dict[str, Any]) -> int:
    try:
        return int(head.get("count") or 0)
    except (TypeError, ValueError) as error:
        raise IncompleteResponseError(f"its count is {head.get('count')!r}") from error


def _error_in(head: dict[str, Any]) -> Exception:
    """The error in a body without rows: the API's own status, or 400 for its count of -1."""
    if not _is_error(head):
        return IncompleteResponseError("the body has no data")
    message = head.get("message") or head.get("error") or "no reason given"
    details = head.get("errorObject")
    if details:
        message = f"{message}: {orjson.dumps(details).decode()[:300]}"
    status = str(head.get("statusCode") or 400)
    return ApiError(int(status) if status.isdigit() else 400, str(message))
