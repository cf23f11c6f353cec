"""Global Trade Alert: the web's CSV export, or pages of API v2, to interventions and products.

Both keep the publisher's texts; a code of five digits stays one (`product_code_raw`), since whether
the zero was lost is known only beside the HS lists. Both ways land the same two tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from sources.global_trade_alert.interventions import COLUMNS, Row, row_of_api, row_of_export
from sources.global_trade_alert.response import SOURCE, read_answer
from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.tabular import add_lineage_columns, read_text_table

Placed = tuple[Row, str, str]  # the row, its payload, its place


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """One partition per export; all pages of one call of the API together are one."""
    pages = [file for file in files if file.content.lstrip()[:1] in (b"{", b"[")]
    bad: list[QuarantinedRow] = []
    if pages:
        yield _partition("api", pages, [x for p in pages for x in _of_page(p, bad)], bad)
    for file in files:
        if file not in pages:
            bad = []
            yield _partition(file.sha256[:8], [file], list(_of_export(file, bad)), bad)


def _of_export(file: RawFile, bad: list[QuarantinedRow]) -> Iterator[Placed]:
    table, ragged = read_text_table(file.content, source_id=SOURCE, place=file.name)
    bad.extend(ragged)
    if missing := [name for name in COLUMNS if name not in table.column_names]:
        known = find_source(SOURCE).layouts_known()
        raise UnknownLayoutError(SOURCE, f"the export lacks the columns {', '.join(missing)}",
                            place=file.name, remedy=f"known layouts are: {known}")  # fmt: skip
    for line, texts in enumerate(table.select(list(COLUMNS)).to_pylist(), start=2):
        try:
            yield row_of_export(texts), file.sha256, f"{file.name}:{line}"
        except ValueError as error:
            bad.append(QuarantinedRow(str(error), file.name, line, str(texts)[:500]))


def _of_page(file: RawFile, bad: list[QuarantinedRow]) -> Iterator[Placed]:
    try:
        _, interventions = read_answer(json.loads(file.content))
    except ValueError as error:
        raise CorruptFileError(SOURCE, f"not an answer of the API: {error}", place=file.name,
                         remedy="fetch it again: pax run --live") from error  # fmt: skip
    for number, one in enumerate(interventions, start=1):
        try:
            yield row_of_api(one), file.sha256, f"{file.name}:intervention {number}"
        except ValueError as error:
            text = json.dumps(one, ensure_ascii=False)[:500]
            bad.append(QuarantinedRow(str(error), file.name, number, text))


def _partition(
    name: str, files: Sequence[RawFile], placed: list[Placed], bad: list[QuarantinedRow]
) -> Parsed:
    """Known from the newest day the rows speak of: an export is not older than what it tells."""
    if not placed:
        first = f": {bad[0].reason}" if bad else ""
        raise CorruptFileError(SOURCE, f"no intervention in it{first}", place=files[0].name)
    retrieved = min(file.retrieved_at for file in files).date()
    days = [day for row, _, _ in placed for day in row.told_on if day <= retrieved]
    known = max(days, default=retrieved)
    unique = {row.values["intervention_id"]: (row, sha, at) for row, sha, at in reversed(placed)}
    rows = [unique[key] for key in sorted(unique)]
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
