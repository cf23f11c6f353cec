"""A Census response or extract, read into the same columns of text and numbers."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member
from sources.kit.catalog import unknown_layout_error
from sources.kit.columns import (
    matches,
    number_lines,
    read_numbers,
    states_no_value,
    texts_of,
    to_code,
    to_number,
    to_period,
    to_text,
    void_where,
    with_lost_zero,
)
from sources.kit.encodings import starts_as_json
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.headers import spell_as_published
from sources.kit.json_text import load_json
from sources.kit.parquet_files import read_parquet
from sources.kit.tabular import read_text_table

SOURCE = "us_census"
#: The names of the API that are read.
FIELDS = frozenset({
    "I_COMMODITY", "E_COMMODITY", "CTY_CODE", "CTY_NAME", "I_COMMODITY_LDESC",
    "I_COMMODITY_SDESC", "E_COMMODITY_LDESC", "E_COMMODITY_SDESC", "CON_VAL_MO", "CON_VAL_YR",
    "CAL_DUT_MO", "CAL_DUT_YR", "ALL_VAL_MO", "ALL_VAL_YR", "time", "YEAR", "MONTH",
})  # fmt: skip
EXTRACT = ("year", "cty_code", "cty_name", "hs10", "description", "con_val_usd", "cal_duty_usd")


def read_extract(member: Member) -> pa.Table:
    """The annual extract of listed partners.

    Raises:
        UnknownLayoutError: a column is missing.
    """
    data = read_parquet(member, SOURCE)
    if not set(EXTRACT) <= set(data.column_names):
        what = f"the columns {', '.join(data.column_names[:12])} belong to no known layout"
        raise unknown_layout_error(SOURCE, what, member.place)
    return pa.table(
        {
            "period": to_period(data["year"]),
            "cty_code": _country(data["cty_code"]),
            "cty_name": to_text(data["cty_name"]),
            "product_code": with_lost_zero(to_code(data["hs10"])),
            "description": to_text(data["description"]),
            "flow": pa.array(["import"] * data.num_rows, pa.string()),
            **_figures(data["con_val_usd"], data["cal_duty_usd"]),
            "line": number_lines(data.num_rows, 1),
        }
    )


def read_response(member: Member) -> pa.Table:
    """The API's array of arrays: the first row is the header, every value a text.

    Raises:
        CorruptFileError: the file is a web page, broken, or counts from January.
        UnknownLayoutError: fields are missing.
    """
    header, rows = _array(member)
    at = {name: header.index(name) for name in header}
    flow = "export" if "E_COMMODITY" in at else "import"
    value, duty = _measures(at, flow, member)
    letter = flow[0].upper()

    def column(*names: str) -> pa.ChunkedArray:
        for name in names:
            if name in at:
                return pa.chunked_array([texts_of(r[at[name]] for r in rows)])
        return pa.chunked_array([pa.nulls(len(rows), pa.string())])

    months = _months(at, rows)
    is_year = value.endswith("_YR")
    if is_year and (late := sorted({m for m in months if m[4:] != "12"})):
        raise CorruptFileError(
            SOURCE,
            f"{value} counts from January, and {late[0]} is not December",
            place=member.place,
            remedy="request the value of the month (_MO), or the December of a year",
        )
    return pa.table(
        {
            "period": pa.array([m[:4] if is_year else m for m in months], pa.string()),
            "cty_code": _country(column("CTY_CODE")),
            "cty_name": to_text(column("CTY_NAME")),
            "product_code": with_lost_zero(to_code(column(f"{letter}_COMMODITY"))),
            "description": to_text(
                column(f"{letter}_COMMODITY_LDESC", f"{letter}_COMMODITY_SDESC")
            ),
            "flow": pa.array([flow] * len(rows), pa.string()),
            **_figures(column(value), column(duty)),
            # the header is line 1 of the response
            "line": number_lines(len(rows), 2),
        }
    )


def _country(code: pa.ChunkedArray) -> pa.ChunkedArray:
    """The Census's numbers have four digits; a tool that made them numbers lost zeros."""
    text = to_code(code)
    return pc.if_else(matches(text, "[0-9]{1,3}"), pc.utf8_lpad(text, 4, "0"), text)


def _figures(value: pa.ChunkedArray, duty: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    """Value and duty in USD; a row whose duty is no number has no value, and is quarantined."""
    duty_usd, is_no_duty = read_numbers(duty)
    return {
        "value_usd": void_where(to_number(value), is_no_duty, pc.less(duty_usd, 0.0)),
        "has_no_value": states_no_value(value),
        "cal_duty_usd": duty_usd,
    }


def _array(member: Member) -> tuple[list[str], list[list[Any]]]:
    if member.content.lstrip()[:1] == b"<":
        raise CorruptFileError(
            SOURCE,
            "the file is a web page, not data",
            place=member.place,
            remedy="the Census responds so to a missing or wrong key; request it with a key",
        )
    data = _rows_of_any_shape(member)
    is_table = (
        isinstance(data, list)
        and len(data) > 0
        and isinstance(data[0], list)
        and all(isinstance(name, str) for name in data[0])
    )
    has_product = is_table and {"I_COMMODITY", "E_COMMODITY"} & set(data[0])
    if not has_product or "CTY_CODE" not in data[0]:
        what = "it has no header with I_COMMODITY (or E_COMMODITY) and CTY_CODE"
        raise unknown_layout_error(SOURCE, what, member.place)
    header, rows = [str(name) for name in data[0]], data[1:]
    _reject_other_repeats(header, rows, member)
    ragged = [
        n for n, row in enumerate(rows, 2) if not isinstance(row, list) or len(row) != len(header)
    ]
    if ragged:
        raise CorruptFileError(
            SOURCE,
            f"{len(ragged)} rows do not have {len(header)} cells as the header, first {ragged[0]}",
            place=member.place,
        )
    return header, rows


def _rows_of_any_shape(member: Member) -> Any:
    """The response as rows below a header: as published, as a list of objects, or as a CSV.

    Statistics programs write a table of the response in these shapes.
    """
    if not starts_as_json(member.head):
        table, ragged = read_text_table(
            member.content, source_id=SOURCE, place=member.place, known=FIELDS
        )
        if ragged:
            raise CorruptFileError(
                SOURCE, f"{len(ragged)} lines have other cells than the header",
                place=f"{member.place}:{ragged[0].line}",
            )  # fmt: skip
        columns = [table[name].to_pylist() for name in table.column_names]
        return [table.column_names, *map(list, zip(*columns, strict=True))]
    data = load_json(member.content, source_id=SOURCE, place=member.place)
    if isinstance(data, list) and data and all(isinstance(row, dict) for row in data):
        names = list(data[0])
        data = [names, *([row.get(name) for name in names] for row in data)]
    if isinstance(data, list) and data and isinstance(data[0], list):
        names = data[0]
        if all(isinstance(name, str) for name in names):
            return [list(spell_as_published(names, FIELDS)), *data[1:]]
    return data


def _reject_other_repeats(header: list[str], rows: list[Any], member: Member) -> None:
    """The API repeats a column that is both requested and a condition; its cells must be equal.

    Raises:
        CorruptFileError: two columns of one name have other cells.
    """
    for name in {name for name in header if header.count(name) > 1}:
        places = [i for i, one in enumerate(header) if one == name]
        for row in rows:
            if isinstance(row, list) and len({str(row[i]) for i in places if i < len(row)}) > 1:
                raise CorruptFileError(
                    SOURCE, f"the header names {name} twice, with other cells", place=member.place
                )


def _measures(at: dict[str, int], flow: str, member: Member) -> tuple[str, str]:
    wanted = "ALL_VAL" if flow == "export" else "CON_VAL"
    for suffix in ("_MO", "_YR"):
        if f"{wanted}{suffix}" in at:
            return f"{wanted}{suffix}", f"CAL_DUT{suffix}"
    raise UnknownLayoutError(
        SOURCE,
        f"the response has no {wanted}, the value of its {flow}s",
        place=member.place,
        remedy=f"request {wanted}_MO; general imports (GEN_VAL_MO) are another basis",
    )


def _months(at: dict[str, int], rows: list[list[Any]]) -> list[str]:
    """`YYYYMM` per row, from `time` (`2024-12`) or from YEAR and MONTH."""
    if "time" in at:
        texts = texts_of(row[at["time"]] for row in rows)
    elif {"YEAR", "MONTH"} <= set(at):
        years, months = (
            to_code(texts_of(row[at[name]] for row in rows)) for name in ("YEAR", "MONTH")
        )
        texts = pc.binary_join_element_wise(years, pc.utf8_lpad(months, 2, "0"), "")
    else:
        return [""] * len(rows)
    return [text or "" for text in to_period(texts).to_pylist()]
