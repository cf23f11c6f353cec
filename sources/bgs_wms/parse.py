"""Parser of World Mineral Statistics: CSV or JSON responses, one partition per commodity.

The API states no edition. The edition is named after the newest year with a figure; it is known
from the end of June two years later, or from the day of the download if that is earlier.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sources.bgs_wms.feature_response import (
    SOURCE,
    Record,
    iter_records,
    reject_missing_pages,
)
from sources.bgs_wms.values import read_quantity
from sources.kit.archives import iter_members
from sources.kit.catalog import find_source
from sources.kit.columns import MISSING
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.duplicates import reject_duplicate_keys
from sources.kit.errors import CorruptFileError
from sources.kit.tabular import add_lineage_columns

#: Of `2022-01-01`, `2022`, and `2022.0` of a tool that guesses types.
_YEAR = re.compile(r"(19|20)\d\d(?=-|\.0*$|$)")


@dataclass(frozen=True)
class _Line:
    """One parsed record with its file and place."""

    row: dict[str, Any]
    file: RawFile
    place: str


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Parse files of one download as one edition, with one partition per commodity.

    Raises:
        UnknownLayoutError: a file lacks a required column.
        CorruptFileError: no record has a quantity, or a record occurs twice.
    """
    lines, bad = _read(files)
    years = [line.row["year"] for line in lines if line.row["quantity"] is not None]
    if not years:
        first = f"; the first problem: {bad[0].reason}" if bad else ""
        place = ", ".join(file.name for file in files[:3])
        raise CorruptFileError(SOURCE, f"no record with a quantity{first}", place=place)
    key = [name for name in find_source(SOURCE).tables["statistics"].key if name != "edition"]
    reject_duplicate_keys(
        [tuple(line.row[name] for name in key) for line in lines],
        [line.place for line in lines],
        SOURCE,
        "give files of one download, each once; a repeated page means that the data changed "
        "between two pages: fetch them again",
    )
    edition = str(max(years))
    by_commodity: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_commodity[_slug(line.row["bgs_commodity_trans"])].append(line)
    for number, slug in enumerate(sorted(by_commodity)):
        # rows without a readable commodity are counted in the first partition
        yield _partition(edition, slug, by_commodity[slug], bad if number == 0 else ())


def _read(files: Sequence[RawFile]) -> tuple[list[_Line], list[QuarantinedRow]]:
    lines: list[_Line] = []
    bad: list[QuarantinedRow] = []
    members = [
        # an archive is open while its members are taken from it
        (file, replace(member, origin=member.unchanged_content()))
        for file in sorted(files, key=lambda f: (f.name, f.sha256))
        for member in iter_members(file, SOURCE)
    ]
    reject_missing_pages([member for _, member in members])
    for file, member in members:
        for number, record in iter_records(member, bad):
            try:
                row = _row(record)
            except ValueError as error:
                text = ",".join(record.values())
                bad.append(QuarantinedRow(str(error), member.place, number, text))
                continue
            lines.append(_Line(row, file, f"{member.place}:{number}"))
    return lines, bad


def _row(record: Record) -> dict[str, Any]:
    year = _YEAR.match(record["year"].strip())
    if year is None:
        raise ValueError(f"not a year: {record['year']!r}")
    for name in ("country_trans", "bgs_commodity_trans", "bgs_statistic_type_trans"):
        if not record[name].strip():
            raise ValueError(f"no {name}")
    marks = {mark.strip() for mark in record["concat_figure_notes_code"].split("|")}
    quantity = read_quantity(
        record["quantity"],
        book=record["quantity_in_book_style"],
        precision=record["data_precision_description"],
        sdmx=record["sdmx_code"],
        estimated="*" in marks,
    )
    kept = ("country_trans", "country_iso2_code", "country_iso3_code", "bgs_statistic_type_trans",
            "bgs_commodity_code", "bgs_commodity_trans", "bgs_sub_commodity_trans",
            "quantity_in_book_style")  # fmt: skip
    return {
        **{name: " ".join(record[name].split()) for name in kept},
        # a tool that guesses types writes the code 12 as 12.0
        "bgs_commodity_code": re.sub(r"\.0+$", "", record["bgs_commodity_code"].strip()),
        "erml_sub_commodity": _given(record["erml_sub_commodity"]),
        "year": int(year[0]),
        "quantity": quantity.value,
        "quantity_low": quantity.low,
        "quantity_high": quantity.high,
        "units": _given(record["units"]),
        "value_status": quantity.status,
        "value_operator": quantity.operator,
        "is_estimated": "*" in marks,
        "is_break": "#" in marks,
        "sdmx_code": _given(record["sdmx_code"]),
        "table_note": _given(record["concat_table_notes_text"]),
        "figure_note": _given(record["concat_figure_notes_text"]),
    }


def _given(text: str) -> str | None:
    """The text; none where it is blank or what R and pandas write for a missing one."""
    text = text.strip()
    return None if text.lower() in MISSING else text


def _partition(
    edition: str, slug: str, lines: Sequence[_Line], bad: Sequence[QuarantinedRow]
) -> Parsed:
    table = find_source(SOURCE).tables["statistics"]
    key = [name for name in table.key if name != "edition"]
    ordered = sorted(lines, key=lambda line: tuple(line.row[name] for name in key))
    files = list({line.file.sha256: line.file for line in ordered}.values())
    fetched = min(file.retrieved_at.date() for file in files)
    known_from = min(date(int(edition) + 2, 6, 30), fetched)
    table_with_lineage = add_lineage_columns(
        {c.name: [line.row[c.name] for line in ordered] for c in table.columns},
        table,
        edition=edition,
        known_from_date=known_from,
        payload_sha256=[line.file.sha256 for line in ordered],
        row_locator=[line.place for line in ordered],
    )
    tables = {"statistics": table_with_lineage}
    partition = f"{edition}/{slug}"
    return Parsed(partition, edition, known_from, "inferred", tables, files, tuple(bad))


def _slug(commodity: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", commodity.lower()).strip("_")
