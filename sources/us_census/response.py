"""Reads a Census answer or extract into one frame of text and numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from sources.kit.archives import Member, parquet_table
from sources.kit.columns import as_text, line_numbers, to_number
from sources.kit.errors import CorruptFileError, UnknownLayoutError

SOURCE = "us_census"
EXTRACT = ("year", "cty_code", "cty_name", "hs10", "description", "con_val_usd", "cal_duty_usd")


def extract(member: Member, known: Callable[[], str]) -> pa.Table:
    """The annual extract of listed partners."""
    data = parquet_table(member, SOURCE)
    if not set(EXTRACT) <= set(data.column_names):
        raise UnknownLayoutError(
            SOURCE,
            f"the columns {', '.join(data.column_names[:12])} belong to no known layout",
            place=member.place,
            remedy=f"known are: {known()}",
        )
    return pa.table(
        {
            "period": as_text(data["year"]),
            "cty_code": as_text(data["cty_code"]),
            "cty_name": as_text(data["cty_name"]),
            "product_code": as_text(data["hs10"]),
            "description": as_text(data["description"]),
            "flow": pa.array(["import"] * data.num_rows, pa.string()),
            "value_usd": to_number(data["con_val_usd"]),
            "cal_duty_usd": to_number(data["cal_duty_usd"]),
            "line": line_numbers(data.num_rows, 1),
        }
    )


def answer(member: Member, known: Callable[[], str]) -> pa.Table:
    """The API's array of arrays: the first row is the header, every value a text."""
    header, rows = _array(member, known)
    at = {name: header.index(name) for name in header}
    flow = "export" if "E_COMMODITY" in at else "import"
    value, duty = _measures(at, flow, member)
    letter = flow[0].upper()

    def column(*names: str) -> pa.ChunkedArray:
        for name in names:
            if name in at:
                return pa.chunked_array([pa.array([r[at[name]] for r in rows], pa.string())])
        return pa.chunked_array([pa.nulls(len(rows), pa.string())])

    months = _months(at, rows)
    is_year = value.endswith("_YR")
    if is_year and (late := sorted({m for m in months if m[4:] != "12"})):
        raise CorruptFileError(
            SOURCE,
            f"{value} counts from January, and {late[0]} is not December",
            place=member.place,
            remedy="ask for the value of the month (_MO), or for the December of a year",
        )
    return pa.table(
        {
            "period": pa.array([m[:4] if is_year else m for m in months], pa.string()),
            "cty_code": as_text(column("CTY_CODE")),
            "cty_name": as_text(column("CTY_NAME")),
            "product_code": as_text(column(f"{letter}_COMMODITY")),
            "description": as_text(
                column(f"{letter}_COMMODITY_LDESC", f"{letter}_COMMODITY_SDESC")
            ),
            "flow": pa.array([flow] * len(rows), pa.string()),
            "value_usd": to_number(column(value)),
            "cal_duty_usd": to_number(column(duty)),
            # the header is line 1 of the answer
            "line": line_numbers(len(rows), 2),
        }
    )


def _array(member: Member, known: Callable[[], str]) -> tuple[list[str], list[list[Any]]]:
    if member.content.lstrip()[:1] == b"<":
        raise CorruptFileError(
            SOURCE,
            "the file is a web page, not data",
            place=member.place,
            remedy="the Census answers so to a missing or wrong key; ask again with a key",
        )
    try:
        data = json.loads(member.content.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CorruptFileError(
            SOURCE,
            f"the JSON cannot be read: {error}",
            place=member.place,
            remedy="it may be cut short; ask again",
        ) from error
    is_table = isinstance(data, list) and len(data) > 0 and isinstance(data[0], list)
    has_product = is_table and {"I_COMMODITY", "E_COMMODITY"} & set(data[0])
    if not has_product or "CTY_CODE" not in data[0]:
        raise UnknownLayoutError(
            SOURCE,
            "the JSON is not rows below a header with I_COMMODITY (or E_COMMODITY) and CTY_CODE",
            place=member.place,
            remedy=f"known are: {known()}",
        )
    header, rows = [str(name) for name in data[0]], data[1:]
    ragged = [n for n, row in enumerate(rows, 2) if len(row) != len(header)]
    if ragged:
        raise CorruptFileError(
            SOURCE,
            f"{len(ragged)} rows have not the header's {len(header)} cells, first row {ragged[0]}",
            place=member.place,
            remedy="ask again",
        )
    return header, rows


def _measures(at: dict[str, int], flow: str, member: Member) -> tuple[str, str]:
    wanted = "ALL_VAL" if flow == "export" else "CON_VAL"
    for suffix in ("_MO", "_YR"):
        if f"{wanted}{suffix}" in at:
            return f"{wanted}{suffix}", f"CAL_DUT{suffix}"
    raise UnknownLayoutError(
        SOURCE,
        f"the answer has no {wanted}, the value of its {flow}s",
        place=member.place,
        remedy=f"ask for {wanted}_MO; general imports (GEN_VAL_MO) are another basis",
    )


def _months(at: dict[str, int], rows: list[list[Any]]) -> list[str]:
    """`YYYYMM` per row, from `time` (`2024-12`) or from YEAR and MONTH."""
    if "time" in at:
        return [str(row[at["time"]]).replace("-", "") for row in rows]
    if {"YEAR", "MONTH"} <= set(at):
        return [f"{row[at['YEAR']]}{str(row[at['MONTH']]).zfill(2)}" for row in rows]
    return [""] * len(rows)
