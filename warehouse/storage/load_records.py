"""What landed, when and from where: one JSON receipt per partition, one table of all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import SourceSpec
from sources.kit.load_record import LoadRecord, file_stem
from warehouse.paths import DataPaths

#: The open end of knowledge time: "everything that is known".
LATEST = date(9999, 12, 31)

RECEIPTS = pa.schema(
    [
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("partition", pa.string(), nullable=False),
        pa.field("table_name", pa.string()),
        pa.field("edition", pa.string(), nullable=False),
        pa.field("known_from_date", pa.date32(), nullable=False),
        pa.field("known_from_basis", pa.string(), nullable=False),
        pa.field("access_method", pa.string(), nullable=False),
        pa.field("file_name", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("retrieved_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("payload_sha256", pa.string(), nullable=False),
        pa.field("payload_bytes", pa.int64(), nullable=False),
        pa.field("n_rows", pa.int64(), nullable=False),
        pa.field("n_quarantined", pa.int64(), nullable=False),
        pa.field("parser_version", pa.string(), nullable=False),
        pa.field("publisher", pa.string(), nullable=False),
        pa.field("licence_id", pa.string(), nullable=False),
        pa.field("redistribution", pa.string(), nullable=False),
        pa.field("attribution", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
    ]
)
PARAMETERS = pa.schema(
    [
        pa.field("as_known_on", pa.date32(), nullable=False),
        pa.field("as_of_date", pa.date32()),
    ]
)


@dataclass(frozen=True)
class Landed:
    """What a landing did: `landed`, `unchanged` (the same content lay there), `kept` (what
    lies there outranks the bundle) or `duplicate` (the same content lies under another name)."""

    receipt: LoadRecord
    outcome: str
    note: str = ""


def receipt_path(paths: DataPaths, source_id: str, partition: str) -> Path:
    return paths.load_records / source_id / f"{file_stem(partition)}.json"


def read_receipt(paths: DataPaths, source_id: str, partition: str) -> LoadRecord | None:
    """The receipt of a partition, or None; a damaged receipt counts as none."""
    try:
        raw = receipt_path(paths, source_id, partition).read_bytes()
        return LoadRecord.from_dict(orjson.loads(raw))
    except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError):
        return None


def list_receipts(paths: DataPaths, source_id: str | None = None) -> list[LoadRecord]:
    """All receipts, by source and partition. Names with a leading `_` are marks, not receipts."""
    folders = (
        [paths.load_records / source_id] if source_id else sorted(paths.load_records.glob("*"))
    )
    found = []
    for folder in folders:
        for path in sorted(folder.glob("[!_]*.json")):
            receipt = read_receipt(paths, folder.name, path.stem)
            if receipt is not None:
                found.append(receipt)
    return found


def write_receipts_table(paths: DataPaths, sources: Mapping[str, SourceSpec]) -> Path:
    """`landing/run/load_records/receipts.parquet`: a row per partition, table and raw file.

    A raw file that gave no row to any table still has its row, with `table_name` null.
    """
    rows = [
        row
        for receipt in list_receipts(paths)
        if receipt.source_id in sources
        for row in _rows(receipt, sources[receipt.source_id])
    ]
    table = pa.Table.from_pylist(rows, schema=RECEIPTS)
    return _replace(paths.landing / "run" / "load_records" / "load_records.parquet", table)


def write_parameters(
    paths: DataPaths, as_known_on: date | None = None, as_of_date: date | None = None
) -> Path:
    """`landing/run/parameters/parameters.parquet`: the one row that says which day it is."""
    row = {"as_known_on": as_known_on or LATEST, "as_of_date": as_of_date}
    table = pa.Table.from_pylist([row], schema=PARAMETERS)
    return _replace(paths.landing / "run" / "parameters" / "parameters.parquet", table)


def _rows(receipt: LoadRecord, spec: SourceSpec) -> Iterator[dict[str, Any]]:
    # the same content under two names is one payload, and its rows count once
    for payload in receipt.payloads:
        by_table: list[tuple[str | None, int]] = [
            (name, table.rows_by_payload[payload.sha256])
            for name, table in sorted(receipt.tables.items())
            if payload.sha256 in table.rows_by_payload
        ]
        for table_name, n_rows in by_table or [(None, 0)]:
            yield {
                "source_id": receipt.source_id,
                "partition": receipt.partition,
                "table_name": table_name,
                "edition": receipt.edition,
                "known_from_date": date.fromisoformat(receipt.known_from_date),
                "known_from_basis": receipt.known_from_basis,
                "access_method": receipt.access_method,
                "file_name": payload.name,
                "url": payload.url,
                "retrieved_at": datetime.fromisoformat(payload.retrieved_at).astimezone(UTC),
                "payload_sha256": payload.sha256,
                "payload_bytes": payload.bytes,
                "n_rows": n_rows,
                "n_quarantined": receipt.n_quarantined,
                "parser_version": receipt.parser_version,
                "publisher": spec.publisher,
                "licence_id": spec.licence.id,
                "redistribution": spec.licence.redistribution,
                "attribution": spec.licence.attribution,
                "title": spec.title,
            }


def _replace(path: Path, table: pa.Table) -> Path:
    """Write beside, then rename: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    pq.write_table(table, beside, compression="zstd")
    beside.replace(path)
    return path


@dataclass(frozen=True)
class StaleSource:
    """A live source failed at `since`; what landed before stays in use."""

    source_id: str
    since: str  # ISO 8601, UTC: the first failure since the last good landing
    last_tried: str
    reason: str


def mark_stale(paths: DataPaths, source_id: str, reason: str, at: datetime) -> StaleSource:
    """Say that the live way failed; the first failure's time is kept until it works again."""
    before = stale_mark(paths, source_id)
    now = at.astimezone(UTC).isoformat(timespec="seconds")
    mark = StaleSource(source_id, before.since if before else now, now, reason)
    path = paths.load_records / source_id / "_stale.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(orjson.dumps(asdict(mark), option=orjson.OPT_INDENT_2))
    beside.replace(path)
    return mark


def stale_mark(paths: DataPaths, source_id: str) -> StaleSource | None:
    """The mark of a source whose live way failed last time, or None."""
    try:
        return StaleSource(
            **orjson.loads((paths.load_records / source_id / "_stale.json").read_bytes())
        )
    except (FileNotFoundError, orjson.JSONDecodeError, TypeError):
        return None


def clear_stale(paths: DataPaths, source_id: str) -> None:
    (paths.load_records / source_id / "_stale.json").unlink(missing_ok=True)
