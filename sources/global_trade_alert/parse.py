"""Parser of Global Trade Alert: CSV export or pages of API v2, to interventions and products.

The publisher's texts are kept; a code of five digits stays as it is (`product_code_raw`), since
only the HS lists can decide whether a leading zero is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from sources.global_trade_alert.interventions import (
    COLUMNS,
    Row,
    parse_api_object,
    parse_export_row,
)
from sources.global_trade_alert.response import SOURCE, read_response
from sources.kit.archives import unpack
from sources.kit.catalog import find_source, unknown_layout_error
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.encodings import starts_as_json
from sources.kit.errors import CorruptFileError
from sources.kit.json_text import load_json
from sources.kit.tabular import add_lineage_columns, read_text_table

#: The most interventions of one page.
PAGE_ROWS = 1_000
Placed = tuple[Row, str, str]  # the row, its payload, its place


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one partition per CSV export; all API pages together are one partition.

    Raises:
        UnknownLayoutError: an export lacks a column.
        CorruptFileError: a page is not a response of the API, or nothing can be parsed.
    """
    files = unpack(files, SOURCE)
    pages = [file for file in files if starts_as_json(file.content)]
    bad: list[QuarantinedRow] = []
    if pages:
        yield _partition("api", pages, _read_pages(pages, bad), bad)
    for file in files:
        if file not in pages:
            bad = []
            yield _partition(file.sha256[:8], [file], list(_read_export(file, bad)), bad)


def _read_export(file: RawFile, bad: list[QuarantinedRow]) -> Iterator[Placed]:
    table, ragged = read_text_table(file.content, source_id=SOURCE, place=file.name, known=COLUMNS)
    bad.extend(ragged)
    if missing := [name for name in COLUMNS if name not in table.column_names]:
        what = f"the export lacks the columns {', '.join(missing)}"
        raise unknown_layout_error(SOURCE, what, file.name)
    for line, texts in enumerate(table.select(list(COLUMNS)).to_pylist(), start=2):
        try:
            yield parse_export_row(texts), file.sha256, f"{file.name}:{line}"
        except ValueError as error:
            bad.append(QuarantinedRow(str(error), file.name, line, str(texts)[:500]))


def _read_pages(files: Sequence[RawFile], bad: list[QuarantinedRow]) -> list[Placed]:
    """The interventions of all pages.

    Raises:
        CorruptFileError: they are fewer than announced, and a page is full.
    """
    placed: list[Placed] = []
    announced, n_given, is_full = 0, 0, False
    for file in files:
        try:
            body = load_json(file.content, source_id=SOURCE, place=file.name)
            count, interventions = read_response(body)
        except ValueError as error:
            raise CorruptFileError(SOURCE, f"not a response of the API: {error}", place=file.name,
                             remedy="fetch it again: pax run --live") from error  # fmt: skip
        announced, n_given = max(announced, count or 0), n_given + len(interventions)
        is_full |= len(interventions) == PAGE_ROWS
        placed += _read_page(file, interventions, bad)
    if is_full and n_given < announced:
        raise CorruptFileError(
            SOURCE, f"{n_given:,} of {announced:,} interventions are given: pages are missing",
            place=files[-1].name, remedy="land all pages of the response together",
        )  # fmt: skip
    return placed


def _read_page(
    file: RawFile, interventions: Sequence[dict[str, Any]], bad: list[QuarantinedRow]
) -> Iterator[Placed]:
    for number, one in enumerate(interventions, start=1):
        try:
            yield parse_api_object(one), file.sha256, f"{file.name}:intervention {number}"
        except ValueError as error:
            text = json.dumps(one, ensure_ascii=False)[:500]
            bad.append(QuarantinedRow(str(error), file.name, number, text))


def _partition(
    name: str, files: Sequence[RawFile], placed: list[Placed], bad: list[QuarantinedRow]
) -> Parsed:
    """Build a partition, known from the newest publication date in its rows."""
    if not placed:
        first = f": {bad[0].reason}" if bad else ""
        remedy = "download it again, and do not open it in a spreadsheet before"
        if bad and "is not a day" in bad[0].reason:
            remedy = "write its days as 2026-02-03; a spreadsheet may have changed them"
        raise CorruptFileError(
            SOURCE, f"no intervention in it{first}", place=files[0].name, remedy=remedy
        )
    retrieved = min(file.retrieved_at for file in files).date()
    days = [day for row, _, _ in placed for day in row.published_on if day <= retrieved]
    known = max(days, default=retrieved)
    rows = _distinct(placed, bad)
    edition = known.isoformat()
    return Parsed(
        f"{edition}-{name}",
        edition,
        known,
        "inferred",
        {"interventions": _interventions(rows, edition, known),
         "products": _products(rows, edition, known)},
        files,
        tuple(bad),
    )  # fmt: skip


def _distinct(placed: Sequence[Placed], bad: list[QuarantinedRow]) -> list[Placed]:
    """Each intervention once; where it stands again with other cells, that is quarantined."""
    unique: dict[Any, Placed] = {}
    for row, sha, at in placed:
        key = row.values["intervention_id"]
        first = unique.setdefault(key, (row, sha, at))
        if first[0] != row:
            reason = f"intervention {key} stands at {first[2]} with other cells"
            place, _, line = at.rpartition(":")
            number = re.sub(r"\D", "", line)
            bad.append(QuarantinedRow(reason, place, int(number or 0), str(row.values)[:500]))
    return [unique[key] for key in sorted(unique)]


def _interventions(rows: list[Placed], edition: str, known: date) -> pa.Table:
    table = find_source(SOURCE).tables["interventions"]
    columns = {c.name: [row.values[c.name] for row, _, _ in rows] for c in table.columns}
    return add_lineage_columns(
        columns,
        table,
        edition=edition,
        known_from_date=known,
        payload_sha256=[sha for _, sha, _ in rows],
        row_locator=[at for _, _, at in rows],
    )


def _products(rows: list[Placed], edition: str, known: date) -> pa.Table:
    table = find_source(SOURCE).tables["products"]
    flat: list[tuple[Any, str, str, str]] = [
        (row.values["intervention_id"], code, sha, at)
        for row, sha, at in rows
        for code in row.product_codes
    ]
    return add_lineage_columns(
        {"intervention_id": [x[0] for x in flat], "product_code_raw": [x[1] for x in flat]},
        table,
        edition=edition,
        known_from_date=known,
        payload_sha256=[x[2] for x in flat],
        row_locator=[x[3] for x in flat],
    )
