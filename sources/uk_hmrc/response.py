"""HMRC's OData responses and a multi-source extract, read into the same columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member
from sources.kit.catalog import unknown_layout_error
from sources.kit.columns import (
    map_distinct,
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
    without_leading_zeros,
)
from sources.kit.encodings import starts_as_json
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.headers import (
    find_header_line,
    reject_other_formats,
    spell_as_published,
    split_line,
)
from sources.kit.json_text import load_json
from sources.kit.parquet_files import read_parquet
from sources.kit.tabular import read_text_table

SOURCE = "uk_hmrc"
NEXT = "@odata.nextLink"
EXTRACT = {"source", "period", "reporter", "partner", "flow", "native_code", "value_usd", "qty_kg"}
RESPONSE_FIELDS = {"MonthId", "FlowTypeId", "CommodityId", "CountryId", "Value", "NetMass"}
FIELDS = frozenset({*RESPONSE_FIELDS, "Country", "SuppressionIndex"})
#: HMRC numbers trade with the EU and with the rest of the world separately.
FLOWS = {"1": "import", "2": "export", "3": "import", "4": "export"}
#: The country's letters, below `Country` in a response.
LETTERS = "CountryCodeAlpha"
_SKIP = re.compile(r"[?&](?:\$|%24)skip=(\d+)", re.IGNORECASE)
_NOT_SUPPRESSED = ["", "0", "false", None]


@dataclass(frozen=True)
class Following:
    """What a page states of the other pages of its response.

    `is_given`: another page follows, after `skip` rows. `count`: the rows of all pages.
    """

    is_given: bool = False
    skip: int | None = None
    count: int | None = None


def read_extract(member: Member) -> pa.Table:
    """The rows of HMRC in an extract of several sources.

    Raises:
        UnknownLayoutError: a column is missing.
    """
    data = read_parquet(member, SOURCE)
    if not set(data.column_names) >= EXTRACT:
        raise _unknown(f"the columns {', '.join(data.column_names[:12])}", member)
    data = data.append_column("line", number_lines(data.num_rows, 1))
    data = data.filter(pc.equal(to_text(data["source"]), "hmrc"))
    return pa.table(
        {
            "period": to_text(data["period"]),
            "flow": to_text(data["flow"]),
            "partner": to_text(data["partner"]),
            "product_code": to_text(data["native_code"]),
            "value_usd": to_number(data["value_usd"]),
            "value_gbp": pa.nulls(data.num_rows, pa.float64()),
            "has_no_value": states_no_value(data["value_usd"]),
            "net_mass_kg": to_number(data["qty_kg"]),
            "is_confidential": _is_suppressed(data["confidential"]),
            "is_converted_upstream": pa.array([True] * data.num_rows, pa.bool_()),
            # the extract has some CN8 only; one that ends in 00 is its whole HS6
            "is_complete": pc.ends_with(to_text(data["native_code"]), "00"),
            "line": data["line"],
        }
    )


def read_response(member: Member) -> tuple[pa.Table, Following]:
    """One page of OData, or a table of its rows, and what the page states of the others.

    Raises:
        CorruptFileError: the page is not JSON.
        UnknownLayoutError: the JSON has other fields, or countries by HMRC's numbers only.
    """
    if starts_as_json(member.head) or member.place.lower().endswith(".json"):
        rows, following = _page(member)
    else:
        rows, following = _table_rows(member), Following()
    if rows and (missing := RESPONSE_FIELDS - set(rows[0])):
        given = ", ".join(list(rows[0])[:12])
        raise _unknown(f"the fields {given} without {', '.join(sorted(missing))}", member)
    if rows and not any("Country" in row for row in rows):
        raise UnknownLayoutError(
            SOURCE,
            "the response has HMRC's own numbers of countries, and no letters",
            place=member.place,
            remedy="request it again with $expand=Country",
        )
    return _to_columns(rows), following


def _page(member: Member) -> tuple[list[dict[str, Any]], Following]:
    page = load_json(
        member.content, source_id=SOURCE, place=member.place,
        remedy="HMRC responds in plain text to too many requests; download it again later",
    )  # fmt: skip
    rows = page.get("value") if isinstance(page, dict) else page
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unknown("a JSON without a list `value`", member)
    named = [dict(zip(spell_as_published(list(row), FIELDS), row.values(), strict=True))
             for row in rows]  # fmt: skip
    return named, _following(page) if isinstance(page, dict) else Following()


def _following(page: dict[str, Any]) -> Following:
    url, count = str(page.get(NEXT) or ""), page.get("@odata.count")
    found = _SKIP.search(url)
    return Following(
        is_given=bool(url),
        skip=int(found[1]) if found else None,
        count=count if isinstance(count, int) else None,
    )


def _table_rows(member: Member) -> list[dict[str, Any]]:
    """The rows of a CSV of responses, as statistics programs write it: the country's letters are
    in a column of their own."""
    known = FIELDS | {LETTERS}
    reject_other_formats(member.head, source_id=SOURCE, place=member.place)
    _, line, delimiter = find_header_line(member.head.decode("utf-8", "replace"), known)
    names = spell_as_published([cell.strip() for cell in split_line(line, delimiter)], known)
    if missing := RESPONSE_FIELDS - set(names):
        lacks = ", ".join(sorted(missing))
        raise _unknown(f"a text that begins {line[:60]!r}, without the columns {lacks},", member)
    table, ragged = read_text_table(
        member.content, source_id=SOURCE, place=member.place, known=known
    )
    if ragged:
        raise CorruptFileError(
            SOURCE, f"{len(ragged)} lines have other cells than the header",
            place=f"{member.place}:{ragged[0].line}",
        )  # fmt: skip
    letters = [name for name in table.column_names if name.endswith(LETTERS)]
    rows = table.to_pylist()
    for row in rows if letters else ():
        row["Country"] = {LETTERS: row[letters[0]]}
    return rows


def _to_columns(rows: list[dict[str, Any]]) -> pa.Table:
    def texts(name: str) -> pa.Array:
        return texts_of(row.get(name) for row in rows)

    mass, is_no_mass = read_numbers(texts("NetMass"))
    value = void_where(to_number(texts("Value")), is_no_mass, pc.less(mass, 0.0))
    return pa.table(
        {
            "period": to_period(texts("MonthId")),
            "flow": map_distinct(to_code(texts("FlowTypeId")), FLOWS.get),
            "partner": pa.array([_partner(row) for row in rows], pa.string()),
            "product_code": _cn8(to_code(texts("CommodityId"))),
            "value_usd": pa.nulls(len(rows), pa.float64()),
            "value_gbp": value,
            "has_no_value": states_no_value(texts("Value")),
            "net_mass_kg": mass,
            "is_confidential": _is_suppressed(texts("SuppressionIndex")),
            "is_converted_upstream": pa.array([False] * len(rows), pa.bool_()),
            "is_complete": pa.array([True] * len(rows), pa.bool_()),
            "line": number_lines(len(rows), 1),
        }
    )


def _is_suppressed(index: pa.Array) -> pa.Array:
    """Whether HMRC withholds a part of the row: any index but 0; missing is not."""
    text = pc.utf8_lower(to_code(index))
    return pc.invert(pc.is_in(text, value_set=pa.array(_NOT_SUPPRESSED)))


def _cn8(code: pa.Array) -> pa.Array:
    """The CN8 code; CommodityId is a number, so chapters 01 to 09 lack their zero."""
    return pc.if_else(matches(code, "[0-9]{1,7}"), pc.utf8_lpad(code, 8, "0"), code)


def _partner(row: dict[str, Any]) -> str | None:
    """The partner's letters if the request had `$expand=Country`, otherwise HMRC's number."""
    country = row.get("Country")
    letters = country.get(LETTERS) if isinstance(country, dict) else None
    if letters:
        return str(letters).strip()
    number: str | None = without_leading_zeros(to_code(texts_of([row.get("CountryId")])))[0].as_py()
    return number


def _unknown(what: str, member: Member) -> UnknownLayoutError:
    return unknown_layout_error(SOURCE, f"{what} belong to no known layout", member.place)
