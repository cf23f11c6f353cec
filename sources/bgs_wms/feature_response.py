"""Sources' room, the API's answers: one record per feature, out of a CSV or a FeatureCollection."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sources.kit.archives import Member
from sources.kit.catalog import find_source
from sources.kit.contract import QuarantinedRow
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.tabular import read_text_table

SOURCE = "bgs_wms"
#: What a record must have; the order differs from download to download.
NEEDED = (
    "country_trans", "country_iso2_code", "country_iso3_code", "bgs_statistic_type_trans",
    "bgs_commodity_code", "bgs_commodity_trans", "bgs_sub_commodity_trans", "erml_sub_commodity",
    "year", "quantity", "units", "quantity_in_book_style", "data_precision_description",
    "sdmx_code", "concat_table_notes_text", "concat_figure_notes_code", "concat_figure_notes_text",
)  # fmt: skip
Record = dict[str, str]


@dataclass(frozen=True)
class Page:
    """A decoded FeatureCollection; `matched` is what the whole answer holds, where it is told."""

    features: list[Mapping[str, Any]]
    returned: int
    matched: int | None


def read_page(body: Any) -> Page:
    """The page in a decoded body, or a `ValueError` that says what is odd."""
    if not isinstance(body, dict) or body.get("type") != "FeatureCollection":
        said = body.get("description", body) if isinstance(body, dict) else body
        raise ValueError(f"no FeatureCollection but {str(said)[:160]!r}")
    features = body.get("features")
    if not isinstance(features, list):
        raise ValueError("a FeatureCollection without features")
    returned = body.get("numberReturned")
    matched = body.get("numberMatched")
    return Page(
        features,
        len(features) if returned is None else int(returned),
        None if matched is None else int(matched),
    )


def records(member: Member, ragged: list[QuarantinedRow]) -> Iterator[tuple[int, Record]]:
    """Each record of a file with its line (CSV) or its number (JSON), all cells as text."""
    if member.content.lstrip()[:1] in (b"{", b"["):
        yield from _of_json(member)
        return
    table, bad = read_text_table(member.content, source_id=SOURCE, place=member.place)
    ragged.extend(bad)
    _require(table.column_names, member.place)
    columns = [table[name].to_pylist() for name in NEEDED]
    for line, cells in enumerate(zip(*columns, strict=True), start=2):
        yield line, dict(zip(NEEDED, cells, strict=True))


def _of_json(member: Member) -> Iterator[tuple[int, Record]]:
    try:
        page = read_page(json.loads(member.content))
    except ValueError as error:
        raise CorruptFileError(
            SOURCE,
            f"not a whole page of the API: {error}",
            place=member.place,
            remedy="fetch it again with f=json, or use f=csv",
        ) from error
    for number, feature in enumerate(page.features, start=1):
        told = feature.get("properties") or {}
        _require(told, member.place)
        yield number, {n: "" if told[n] is None else str(told[n]) for n in NEEDED}


def _require(names: Any, place: str) -> None:
    missing = [name for name in NEEDED if name not in names]
    if missing:
        extra = sorted(set(names) - set(NEEDED))[:6]
        raise UnknownLayoutError(
            SOURCE,
            f"it lacks {', '.join(missing)}; it has also {', '.join(extra) or 'nothing else'}",
            place=place,
            remedy=f"known layouts are: {find_source(SOURCE).layouts_known()}",
        )
