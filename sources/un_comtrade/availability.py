"""`getDa`, the publisher's list of what has been filed: who, which period, and when released."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from sources.un_comtrade.batch_plan import Releases


@dataclass(frozen=True)
class Availability:
    """One dataset of the list. `released` is null where the list does not say the day."""

    reporter: str
    period: str
    classification: str | None
    released: date | None
    n_records: int | None
    entry: int


def is_list(objects: Sequence[dict[str, Any]]) -> bool:
    """Whether these are datasets rather than flows."""
    return bool(objects) and "datasetcode" in {name.lower() for name in objects[0]}


def all_datasets(objects: Iterable[dict[str, Any]]) -> list[Availability]:
    """Every entry of the list, in its order."""
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


def read_list(objects: Iterable[dict[str, Any]]) -> list[Availability]:
    """The newest dataset of each reporter and period; the list may name older revisions too."""
    newest: dict[tuple[str, str], Availability] = {}
    for one in all_datasets(objects):
        other = newest.get((one.reporter, one.period))
        if other is None or (one.released or date.min) >= (other.released or date.min):
            newest[one.reporter, one.period] = one
    return [newest[pair] for pair in sorted(newest)]


def filed_periods(objects: Iterable[dict[str, Any]], today: date) -> Releases:
    """The release of each reporter and period; where the list does not date it, today's look."""
    return {
        (one.reporter, one.period): (one.released or today).isoformat()
        for one in read_list(objects)
    }


def availability_columns(
    filed: Sequence[Availability],
    freq: str,
    asked: Sequence[tuple[str, str]],
    place: str,
    today: date,
) -> tuple[pa.Table, list[str]]:
    """The declared columns and row locators: what was filed, then what was asked for in vain."""
    there = {(one.reporter, one.period) for one in filed}
    missing = sorted(set(asked) - there)
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
