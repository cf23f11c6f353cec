"""Reads HMRC's OData answers or a multi-source extract into one frame of text and numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member, parquet_table
from sources.kit.columns import as_text, line_numbers, to_number
from sources.kit.errors import CorruptFileError, UnknownLayoutError

SOURCE = "uk_hmrc"
NEXT = "@odata.nextLink"
EXTRACT = {"source", "period", "reporter", "partner", "flow", "native_code", "value_usd", "qty_kg"}
ANSWER = {"MonthId", "FlowTypeId", "CommodityId", "CountryId", "Value", "NetMass"}
#: HMRC counts trade with the EU and with the rest of the world apart.
FLOWS = {1: "import", 2: "export", 3: "import", 4: "export"}


def extract(member: Member, known: Callable[[], str]) -> pa.Table:
    """The rows of HMRC in an extract of many sources."""
    data = parquet_table(member, SOURCE)
    if not set(data.column_names) >= EXTRACT:
        raise _unknown(f"the columns {', '.join(data.column_names[:12])}", member, known)
    data = data.append_column("line", line_numbers(data.num_rows, 1))
    data = data.filter(pc.equal(data["source"], "hmrc"))
    return pa.table(
        {
            "period": as_text(data["period"]),
            "flow": as_text(data["flow"]),
            "partner": as_text(data["partner"]),
            "product_code": as_text(data["native_code"]),
            "value_usd": to_number(data["value_usd"]),
            "value_gbp": pa.nulls(data.num_rows, pa.float64()),
            "net_mass_kg": to_number(data["qty_kg"]),
            "is_confidential": data["confidential"],
            "is_converted_upstream": pa.array([True] * data.num_rows, pa.bool_()),
            # the extract asked for some CN8 only; one that ends in 00 is its whole HS6
            "is_complete": pc.ends_with(as_text(data["native_code"]), "00"),
            "line": data["line"],
        }
    )


def answer(member: Member, known: Callable[[], str]) -> tuple[pa.Table, bool]:
    """One page of OData, and whether more pages follow it."""
    try:
        page = json.loads(member.content.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CorruptFileError(
            SOURCE,
            f"the JSON cannot be read: {error}",
            place=member.place,
            remedy="HMRC answers in plain text when it is asked too often; ask again later",
        ) from error
    rows = page.get("value") if isinstance(page, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unknown("a JSON without a list `value`", member, known)
    if rows and not set(rows[0]) >= ANSWER:
        raise _unknown(f"the fields {', '.join(list(rows[0])[:12])}", member, known)
    return _from_answer(rows), NEXT in page


def _from_answer(rows: list[dict[str, Any]]) -> pa.Table:
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
            "line": line_numbers(len(rows), 1),
        }
    )


def _cn8(row: dict[str, Any]) -> str:
    """CommodityId is a number: chapters 01 to 09 have lost their zero."""
    text = str(row.get("CommodityId"))
    return text.zfill(8) if text.isdigit() else text


def _partner(row: dict[str, Any]) -> str:
    """The letters where the answer was asked to `$expand=Country`, else HMRC's number."""
    country = row.get("Country")
    letters = country.get("CountryCodeAlpha") if isinstance(country, dict) else None
    return str(letters or row.get("CountryId"))


def _int(value: Any) -> int:
    return value if isinstance(value, int) else -1


def _unknown(what: str, member: Member, known: Callable[[], str]) -> UnknownLayoutError:
    return UnknownLayoutError(
        SOURCE,
        f"{what} belong to no known layout",
        place=member.place,
        remedy=f"known are: {known()}",
    )
