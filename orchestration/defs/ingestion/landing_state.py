"""What has landed, from load records and Parquet footers: no table is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import SourceSpec
from sources.kit.load_record import LoadRecord
from warehouse.paths import DataPaths
from warehouse.storage.load_records import list_load_records, read_stale_source
from warehouse.storage.set_aside import list_set_aside

#: Columns that say when a fact happened, in this order of preference.
_PERIODS = ("period", "year", "year_to")


@dataclass(frozen=True)
class SourceState:
    """One source's share of the landing."""

    source_id: str
    rows: int
    period: str
    editions: str
    access_methods: str
    retrieved: str  # newest day on which something was retrieved
    is_stale: bool
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def landing_state(
    paths: DataPaths, sources: Mapping[str, SourceSpec], now: datetime | None = None
) -> list[SourceState]:
    """Every source of the catalog, landed or not."""
    now = now or datetime.now(UTC)
    return [source_state(paths, spec, now) for spec in sources.values()]


def source_state(paths: DataPaths, spec: SourceSpec, now: datetime) -> SourceState:
    """What has landed of a source, and the first thing that is wrong with it, in words."""
    records = list_load_records(paths, spec.source_id)
    retrieved = max((f.retrieved_at for r in records for f in r.files), default="")
    stale = read_stale_source(paths, spec.source_id)
    is_old = bool(retrieved) and _age_days(retrieved, now) > spec.cadence.stale_after_days
    set_aside = list_set_aside(paths, spec.source_id)
    if set_aside:
        more = f" and {len(set_aside) - 1} more" if len(set_aside) > 1 else ""
        note = f"{set_aside[0].partition}{more} set aside; {set_aside[0].state}"
    elif stale:
        note = f"live failed since {stale.since[:10]}: {stale.reason.splitlines()[0]}"
    elif is_old:
        note = f"older than {spec.cadence.stale_after_days} days ({spec.cadence.text})"
    else:
        note = "" if records else "nothing has landed"
    return SourceState(
        source_id=spec.source_id,
        rows=sum(r.n_rows for r in records),
        period=period_of(_files(paths, records)),
        editions=", ".join(sorted({r.edition for r in records})),
        access_methods=", ".join(sorted({r.access_method for r in records})),
        retrieved=retrieved[:10],
        is_stale=bool(stale or set_aside) or is_old,
        note=note,
    )


def table_facts(paths: DataPaths, spec: SourceSpec, table: str) -> dict[str, Any]:
    """Metadata of one landed table: rows, partitions, editions, period, content hash."""
    records = [r for r in list_load_records(paths, spec.source_id) if table in r.tables]
    hashes = "".join(r.tables[table].sha256 for r in records)
    files = [f for f in _files(paths, records) if f.parent.name == table]
    return {
        "dagster/row_count": sum(r.tables[table].rows for r in records),
        "partitions": len(records),
        "editions": ", ".join(sorted({r.edition for r in records})) or "none",
        "period": period_of(files) or "none",
        "content_hash": hashlib.sha256(hashes.encode()).hexdigest()[:16],
    }


def period_of(files: Iterable[Path]) -> str:
    """`2017 to 2024`, by the footers of the Parquet files; empty without a period column."""
    bounds = [bound for file in files for bound in _bounds(file)]
    if not bounds:
        return ""
    first, last = min(bounds), max(bounds)
    return first if first == last else f"{first} to {last}"


def _bounds(file: Path) -> Iterator[str]:
    try:
        footer = pq.read_metadata(file)
    except (OSError, pa.ArrowInvalid):
        return
    names = [footer.schema.column(i).name for i in range(footer.num_columns)]
    for name in _PERIODS:
        if name in names:
            for group in range(footer.num_row_groups):
                statistics = footer.row_group(group).column(names.index(name)).statistics
                if statistics is not None and statistics.has_min_max:
                    yield from (str(statistics.min), str(statistics.max))
            return


def _files(paths: DataPaths, records: Iterable[LoadRecord]) -> Iterator[Path]:
    for record in records:
        for table in record.tables:
            stem = record.partition.replace("/", "__")
            yield paths.landing / record.source_id / table / f"{stem}.parquet"


def _age_days(moment: str, now: datetime) -> int:
    return (now - datetime.fromisoformat(moment)).days
