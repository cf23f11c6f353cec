"""`getDa`, the publisher's list of datasets: reporter, period and release date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from sources.un_comtrade.batch_plan import Releases


@dataclass(frozen=True)
class Availability:
    """One dataset of the list; `released` is None if the list has no date."""

    reporter: str
    period: str
    classification: str | None
    released: date | None
    n_records: int | None
    entry: int


def is_dataset_list(objects: Sequence[dict[str, Any]]) -> bool:
    """Whether the objects are datasets rather than flows."""
    return bool(objects) and "datasetcode" in {name.lower() for name in objects[0]}


def read_datasets(objects: Iterable[dict[str, Any]]) -> list[Availability]:
    """Every entry of the list, in order."""
    rows = ({name.lower(): value for name, value in raw.items()} for raw in objects)
    return [
        Availability(
            str(row["reportercode"]),
            str(row["period"]),
            row.get("classificationcode"),
            _day(row.get("lastreleased") or row.get("firstreleased")),
            None if row.get("totalrecords") is None else int(row["totalrecords"]),
            entry,
        )
        for entry, row in enumerate(rows, start=1)
    ]


def newest_datasets(objects: Iterable[dict[str, Any]]) -> list[Availability]:
    """The newest dataset of each reporter and period; the list may include older revisions."""
    newest: dict[tuple[str, str], Availability] = {}
    for one in read_datasets(objects):
        other = newest.get((one.reporter, one.period))
        if other is None or (one.released or date.min) >= (other.released or date.min):
            newest[one.reporter, one.period] = one
    return [newest[pair] for pair in sorted(newest)]


def release_dates(objects: Iterable[dict[str, Any]], today: date) -> Releases:
    """The release date of each reporter and period; `today` where the list has none."""
    return {
        (one.reporter, one.period): (one.released or today).isoformat()
        for one in newest_datasets(objects)
    }


def availability_columns(
    filed: Sequence[Availability],
    freq: str,
    requested: Sequence[tuple[str, str]],
    place: str,
    today: date,
) -> tuple[pa.Table, list[str]]:
    """The declared columns and row locators: filed datasets, then missing ones."""
    filed_pairs = {(one.reporter, one.period) for one in filed}
    missing = sorted(set(requested) - filed_pairs)
    rows = [
        {
            "reporter_code": one.reporter,
            "freq_code": freq,
            "period": one.period,
            "classification_code": one.classification,
            "publication_date": one.released or today,
            "n_records": one.n_records,
            "is_filed": True,
        }
        for one in filed
    ] + [
        {"reporter_code": reporter, "freq_code": freq, "period": period, "is_filed": False}
        for reporter, period in missing
    ]
    places = [f"{place}:entry {one.entry}" for one in filed]
    places += [f"{place}:not listed" for _ in missing]
    return pa.Table.from_pylist(rows, schema=_SCHEMA), places


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None


_SCHEMA = pa.schema(
    {
        "reporter_code": pa.string(),
        "freq_code": pa.string(),
        "period": pa.string(),
        "classification_code": pa.string(),
        "publication_date": pa.date32(),
        "n_records": pa.int64(),
        "is_filed": pa.bool_(),
    }
)
