"""Responses of the BGS API: one record per feature, from a CSV or a GeoJSON FeatureCollection."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sources.kit.archives import Member
from sources.kit.catalog import unknown_layout_error
from sources.kit.contract import QuarantinedRow
from sources.kit.encodings import starts_as_json
from sources.kit.errors import CorruptFileError
from sources.kit.json_text import load_json
from sources.kit.tabular import decode, read_text_table

SOURCE = "bgs_wms"
#: Required fields of a record; their order differs between downloads.
REQUIRED_FIELDS = (
    "country_trans", "country_iso2_code", "country_iso3_code", "bgs_statistic_type_trans",
    "bgs_commodity_code", "bgs_commodity_trans", "bgs_sub_commodity_trans", "erml_sub_commodity",
    "year", "quantity", "units", "quantity_in_book_style", "data_precision_description",
    "sdmx_code", "concat_table_notes_text", "concat_figure_notes_code", "concat_figure_notes_text",
)  # fmt: skip
Record = dict[str, str]
#: The records that one page holds at most, as requested or by the API's default.
PAGE_SIZES = (1_000, 10_000, 20_000)


@dataclass(frozen=True)
class Page:
    """A decoded FeatureCollection; `matched` is the total of all pages, if it is stated."""

    features: list[Mapping[str, Any]]
    returned: int
    matched: int | None


def read_page(body: Any) -> Page:
    """Read a decoded JSON body.

    Raises:
        ValueError: the body is not a complete FeatureCollection.
    """
    if isinstance(body, list) and body and all(isinstance(one, dict) for one in body):
        # the records alone, as a statistics program writes a table
        return Page([{"properties": one} for one in body], len(body), None)
    if not isinstance(body, dict) or body.get("type") != "FeatureCollection":
        message = body.get("description", body) if isinstance(body, dict) else body
        raise ValueError(f"no FeatureCollection but {str(message)[:160]!r}")
    features = body.get("features")
    if not isinstance(features, list):
        raise ValueError("a FeatureCollection without features")
    returned = body.get("numberReturned")
    matched = body.get("numberMatched")
    return Page(
        features,
        len(features) if returned is None else _count(returned),
        None if matched is None else _count(matched),
    )


def _count(given: Any) -> int:
    try:
        return int(given)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"{str(given)[:40]!r} is no number of features") from error


def reject_missing_pages(members: Sequence[Member]) -> None:
    """Check that the files are all pages of a download.

    Raises:
        CorruptFileError: the pages have fewer records than the API announced, or a single CSV has
            as many as a page holds, so that a further one may be missing.
    """
    pages = [_page(member) for member in members if starts_as_json(member.head)]
    announced = max((page.matched for page in pages if page.matched is not None), default=None)
    returned = sum(len(page.features) for page in pages)
    place = ", ".join(member.place for member in members[:3])
    remedy = "land all pages of the download together, or fetch it: pax run --live"
    if announced is not None and returned < announced:
        raise CorruptFileError(
            SOURCE, f"{returned:,} of {announced:,} records are given: pages are missing",
            place=place, remedy=remedy,
        )  # fmt: skip
    if len(members) == 1 and not pages and (size := _n_lines(members[0])) in PAGE_SIZES:
        raise CorruptFileError(
            SOURCE,
            f"it has {size:,} records, the most of one page, so a page may be missing",
            place=place,
            remedy=remedy,
        )


def _n_lines(member: Member) -> int:
    """The records of a CSV."""
    text = decode(member.content, source_id=SOURCE, place=member.place)
    return max(sum(1 for row in csv.reader(io.StringIO(text, newline="")) if row) - 1, 0)


def iter_records(member: Member, ragged: list[QuarantinedRow]) -> Iterator[tuple[int, Record]]:
    """Yield each record of a file with its line (CSV) or number (JSON), all cells as text.

    Raises:
        UnknownLayoutError: a required field is missing.
        CorruptFileError: the JSON or CSV is not complete.
    """
    if starts_as_json(member.head):
        yield from _of_json(member)
        return
    table, bad = read_text_table(
        member.content, source_id=SOURCE, place=member.place, known=REQUIRED_FIELDS
    )
    ragged.extend(bad)
    _require(table.column_names, member.place)
    columns = [table[name].to_pylist() for name in REQUIRED_FIELDS]
    for line, cells in enumerate(zip(*columns, strict=True), start=2):
        yield line, dict(zip(REQUIRED_FIELDS, cells, strict=True))


def _page(member: Member) -> Page:
    try:
        return read_page(load_json(member.content, source_id=SOURCE, place=member.place))
    except (ValueError, CorruptFileError) as error:
        raise CorruptFileError(
            SOURCE,
            f"not a whole page of the API: {error}",
            place=member.place,
            remedy="fetch it again with f=json or f=csv",
        ) from error


def _of_json(member: Member) -> Iterator[tuple[int, Record]]:
    for number, feature in enumerate(_page(member).features, start=1):
        values = feature.get("properties") if isinstance(feature, dict) else None
        values = values if isinstance(values, dict) else {}
        _require(values, member.place)
        yield number, {n: "" if values[n] is None else str(values[n]) for n in REQUIRED_FIELDS}


def _require(names: Any, place: str) -> None:
    missing = [name for name in REQUIRED_FIELDS if name not in names]
    if missing:
        extra = sorted(set(names) - set(REQUIRED_FIELDS))[:6]
        what = f"it lacks {', '.join(missing)}; it has also {', '.join(extra) or 'nothing else'}"
        raise unknown_layout_error(SOURCE, what, place)
