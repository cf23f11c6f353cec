"""Convert raw columns under the API's names to the declared columns of `trade`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.columns import (
    BAD_PERIOD,
    FUTURE_PERIOD,
    MISSING,
    is_future_period,
    is_period,
    map_distinct,
    matches,
    read_numbers,
    states_no_value,
    to_code,
    to_period,
    without_leading_zeros,
)
from sources.kit.contract import NO_VALUE
from sources.un_comtrade.layouts import DIMENSIONS
from sources.un_comtrade.response import FIELDS

#: The API's name -> ours, where it is not the same word in snake case.
NAMES = {
    "partner2Code": "partner2_code", "qtyUnitCode": "qty_unit_code", "netWgt": "net_wgt_kg",
    "isNetWgtEstimated": "is_net_wgt_estimated", "cifvalue": "cif_value_usd",
    "fobvalue": "fob_value_usd", "primaryValue": "primary_value_usd",
    "altQtyUnitCode": "alt_qty_unit_code", "altQty": "alt_qty",
}  # fmt: skip
FLOWS = ("M", "X", "RM", "RX", "DX", "FM", "MIP", "MOP", "XIP", "XOP")
#: Numbers and names of flows on the former website.
_FLOW_WORDS = {
    "1": "M", "2": "X", "3": "RX", "4": "RM", "IMPORT": "M", "EXPORT": "X", "RE-EXPORT": "RX",
    "RE-IMPORT": "RM", "IMPORTS": "M", "EXPORTS": "X",
}  # fmt: skip
ANNUAL = 52
_NULL = pa.scalar(None, pa.string())


def trade_columns(
    raw: pa.Table, retrieved_at: datetime, year: str | None = None
) -> tuple[pa.Table, pa.Array]:
    """Convert to the declared columns; value in USD, weight in kg.

    Args:
        raw: text or numeric columns under the API's names, as many as the file has.
        retrieved_at: when the file was retrieved; a later period is not valid.
        year: the year that the user states for a file without any period.
    Returns:
        The declared columns, and per row the reason why it is not valid (null if it is).
    """
    n_rows = raw.num_rows
    typed = {name: _typed(raw, name) for name in FIELDS}
    columns = {name: values for name, (values, _) in typed.items()}
    unreadable = {name: bad for name, (_, bad) in typed.items() if bad is not None}
    if (value := unreadable.get("primaryValue")) is not None:
        no_value = states_no_value(raw["primaryValue"].combine_chunks())
        unreadable["primaryValue"] = pc.and_not(value, no_value)
    columns["typeCode"] = pc.fill_null(columns["typeCode"], "C")
    columns["flowCode"] = _flow(columns["flowCode"])
    columns["cmdCode"] = _product(columns["cmdCode"])
    for name in ("reporterCode", "partnerCode", "partner2Code", "motCode"):
        columns[name] = without_leading_zeros(columns[name])
    stated_year = columns["refYear"]
    columns |= _period(columns, year, n_rows)
    # one of both belongs to another row where columns are shifted or pasted
    unreadable[_OTHER_YEAR] = pc.not_equal(stated_year, columns["refYear"])
    has_dimensions = reduce(pc.and_, [columns[name].is_valid() for name in DIMENSIONS])
    for name in (*DIMENSIONS, "mosCode"):  # a part of the dimensions is of no use
        columns[name] = pc.if_else(has_dimensions, columns[name], _NULL)
    if "isNetWgtEstimated" not in raw.column_names:
        flag = columns["legacyEstimationFlag"]
        columns["isNetWgtEstimated"] = pc.not_equal(pc.bit_wise_and(flag, 4), 0)
    table = pa.table({_ours(name): column for name, column in columns.items()})
    return table.append_column("has_dimensions", has_dimensions), _reasons(
        columns, unreadable, retrieved_at
    )


def _ours(name: str) -> str:
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
    return NAMES.get(name, snake)


def _typed(raw: pa.Table, name: str) -> tuple[pa.Array, pa.Array | None]:
    """One column in its landed type, and which of its cells are no number, where it has numbers.

    What does not fit becomes null.
    """
    kind = FIELDS[name]
    if name not in raw.column_names:
        return pa.nulls(raw.num_rows, _LANDED[kind]), None
    column = raw[name].combine_chunks()
    if kind in ("number", "int"):
        number, is_invalid = read_numbers(column)
        return (number if kind == "number" else _safely(number, pa.int32())), is_invalid
    if not pa.types.is_string(column.type):
        return column.cast(_LANDED[kind]), None
    if kind == "bool":
        return _boolean(pc.utf8_trim_whitespace(column)), None
    encoded = column.dictionary_encode()  # a column has few texts, and many rows
    texts = (to_period if name == "period" else to_code)(encoded.dictionary)
    missing = pc.is_in(pc.utf8_lower(texts), value_set=_MISSING)
    return pc.if_else(missing, _NULL, texts).take(encoded.indices), None


def _safely(number: pa.Array, to: pa.DataType) -> pa.Array:
    whole = pc.and_(pc.equal(number, pc.floor(number)), pc.less(pc.abs(number), 2**31))
    return pc.if_else(whole, number, pa.scalar(None, pa.float64())).cast(to)


def _boolean(column: pa.Array) -> pa.Array:
    text = pc.utf8_lower(column)
    is_true, is_false = pc.is_in(text, _TRUE), pc.is_in(text, _FALSE)
    return pc.if_else(is_true, True, pc.if_else(is_false, False, pa.scalar(None, pa.bool_())))


def _flow(column: pa.Array) -> pa.Array:
    """The API's letter of the flow, from any name or number."""
    return map_distinct(column, lambda text: _FLOW_WORDS.get(text.upper(), text.upper()))


def _product(column: pa.Array) -> pa.Array:
    """The code; HS codes have an even number of digits, so an odd one lacks its leading zero."""
    return map_distinct(
        column, lambda text: f"0{text}" if text.isdigit() and len(text) % 2 else text.upper()
    )


def _period(columns: Mapping[str, pa.Array], year: str | None, n_rows: int) -> dict[str, pa.Array]:
    """Period, frequency, year and month, each from the columns that the file has."""
    ref_year, ref_month = columns["refYear"], columns["refMonth"]
    period = columns["period"]
    is_month = pc.and_(pc.greater_equal(ref_month, 1), pc.less_equal(ref_month, 12))
    month = pc.utf8_lpad(ref_month.cast(pa.string()), 2, "0")
    built = pc.binary_join_element_wise(
        ref_year.cast(pa.string()), pc.if_else(pc.fill_null(is_month, False), month, ""), ""
    )
    period = pc.coalesce(period, built, pa.scalar(year, pa.string()))
    period = pc.if_else(is_period(period), period, _NULL)
    is_annual = pc.equal(pc.utf8_length(period), 4)
    digits = pc.utf8_slice_codeunits(period, 4, 6)
    month = pc.if_else(is_annual, str(ANNUAL), digits).cast(pa.int32())
    return {
        "period": period,
        "freqCode": pc.if_else(is_annual, "A", "M"),
        "refYear": pc.utf8_slice_codeunits(period, 0, 4).cast(pa.int32()),
        "refMonth": month,
    }


def _reasons(
    columns: Mapping[str, pa.Array], unreadable: Mapping[str, pa.Array], retrieved_at: datetime
) -> pa.Array:
    """The first reason why each row is not valid."""
    wrong = {
        BAD_PERIOD: columns["period"].is_null(),
        FUTURE_PERIOD: is_future_period(columns["period"], retrieved_at),
        _OTHER_YEAR: unreadable.get(_OTHER_YEAR),
        "the reporter is not a Comtrade code": _not(matches(columns["reporterCode"], _CODE)),
        "the partner is not a Comtrade code": _not(matches(columns["partnerCode"], _CODE)),
        "unknown flow": _not(pc.is_in(columns["flowCode"], pa.array(FLOWS))),
        "no product code": columns["cmdCode"].is_null(),
        "not a product code": pc.invert(matches(columns["cmdCode"], "[0-9A-Z_]+")),
        "the value is not a number": unreadable.get("primaryValue"),
        NO_VALUE: columns["primaryValue"].is_null(),
        "a negative value": pc.less(columns["primaryValue"], 0),
        **{f"{name} is not a number": unreadable.get(name) for name in _NUMBERS},
        **{f"{name} is negative": pc.less(columns[name], 0) for name in _NUMBERS},
    }
    reason = pa.nulls(len(columns["period"]), pa.string())
    for text, is_wrong in reversed(wrong.items()):
        if is_wrong is None:
            continue
        reason = pc.if_else(pc.fill_null(is_wrong, False), text, reason)
    return reason


def _not(condition: pa.Array) -> pa.Array:
    return pc.invert(pc.fill_null(condition, False))


_OTHER_YEAR = "the period is of another year than refYear"
_LANDED = {
    "text": pa.string(), "code": pa.string(), "int": pa.int32(), "number": pa.float64(),
    "bool": pa.bool_(),
}  # fmt: skip
_TRUE, _FALSE = pa.array(["true", "1", "1.0", "t"]), pa.array(["false", "0", "0.0", "f"])
_MISSING = pa.array(MISSING)
_NUMBERS = ("qty", "altQty", "netWgt", "cifvalue", "fobvalue")
_CODE = r"0|[1-9]\d{0,3}"
