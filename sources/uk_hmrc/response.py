"""HMRC's OData responses and a multi-source extract, read into the same columns."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member, read_parquet
from sources.kit.catalog import unknown_layout_error
from sources.kit.columns import number_lines, to_number, to_text
from sources.kit.errors import CorruptFileError, UnknownLayoutError

SOURCE = "uk_hmrc"
NEXT = "@odata.nextLink"
EXTRACT = {"source", "period", "reporter", "partner", "flow", "native_code", "value_usd", "qty_kg"}
RESPONSE_FIELDS = {"MonthId", "FlowTypeId", "CommodityId", "CountryId", "Value", "NetMass"}
#: HMRC numbers trade with the EU and with the rest of the world separately.
FLOWS = {1: "import", 2: "export", 3: "import", 4: "export"}


def read_extract(member: Member) -> pa.Table:
    """The rows of HMRC in an extract of several sources.

    Raises:
        UnknownLayoutError: a column is missing.
    """
    data = read_parquet(member, SOURCE)
    if not set(data.column_names) >= EXTRACT:
        raise _unknown(f"the columns {', '.join(data.column_names[:12])}", member)
    data = data.append_column("line", number_lines(data.num_rows, 1))
    data = data.filter(pc.equal(data["source"], "hmrc"))
    return pa.table(
        {
            "period": to_text(data["period"]),
            "flow": to_text(data["flow"]),
            "partner": to_text(data["partner"]),
            "product_code": to_text(data["native_code"]),
            "value_usd": to_number(data["value_usd"]),
            "value_gbp": pa.nulls(data.num_rows, pa.float64()),
            "net_mass_kg": to_number(data["qty_kg"]),
            "is_confidential": data["confidential"],
            "is_converted_upstream": pa.array([True] * data.num_rows, pa.bool_()),
            # the extract has some CN8 only; one that ends in 00 is its whole HS6
            "is_complete": pc.ends_with(to_text(data["native_code"]), "00"),
            "line": data["line"],
        }
    )


def read_response(member: Member) -> tuple[pa.Table, bool]:
    """One page of OData, and whether another page follows.

    Raises:
        CorruptFileError: the page is not JSON.
        UnknownLayoutError: the JSON has other fields.
    """
    try:
        page = json.loads(member.content.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CorruptFileError(
            SOURCE,
            f"the JSON cannot be read: {error}",
            place=member.place,
            remedy="HMRC responds in plain text to too many requests; download it again later",
        ) from error
    rows = page.get("value") if isinstance(page, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unknown("a JSON without a list `value`", member)
    if rows and not set(rows[0]) >= RESPONSE_FIELDS:
        raise _unknown(f"the fields {', '.join(list(rows[0])[:12])}", member)
    return _to_columns(rows), NEXT in page


def _to_columns(rows: list[dict[str, Any]]) -> pa.Table:
    def numbers(name: str) -> pa.Array:
        values = [row.get(name) for row in rows]
        return pa.array([v if isinstance(v, int | float) else None for v in values], pa.float64())

    return pa.table(
        {
            "period": pa.array([str(row.get("MonthId")) for row in rows], pa.string()),
            "flow": pa.array([FLOWS.get(_int(row.get("FlowTypeId"))) for row in rows], pa.string()),
            "partner": pa.array([_partner(row) for row in rows], pa.string()),
            "product_code": pa.array([_cn8(row) for row in rows], pa.string()),
            "value_usd": pa.nulls(len(rows), pa.float64()),
            "value_gbp": numbers("Value"),
            "net_mass_kg": numbers("NetMass"),
            "is_confidential": pa.array(
                [bool(row.get("SuppressionIndex")) for row in rows], pa.bool_()
            ),
            "is_converted_upstream": pa.array([False] * len(rows), pa.bool_()),
            "is_complete": pa.array([True] * len(rows), pa.bool_()),
            "line": number_lines(len(rows), 1),
        }
    )


def _cn8(row: dict[str, Any]) -> str:
    """The CN8 code; CommodityId is a number, so chapters 01 to 09 lack their zero."""
    text = str(row.get("CommodityId"))
    return text.zfill(8) if text.isdigit() else text


def _partner(row: dict[str, Any]) -> str:
    """The partner's letters if the request had `$expand=Country`, otherwise HMRC's number."""
    country = row.get("Country")
    letters = country.get("CountryCodeAlpha") if isinstance(country, dict) else None
    return str(letters or row.get("CountryId"))


def _int(value: Any) -> int:
    return value if isinstance(value, int) else -1


def _unknown(what: str, member: Member) -> UnknownLayoutError:
    return unknown_layout_error(SOURCE, f"{what} belong to no known layout", member.place)
