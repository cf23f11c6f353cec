"""What suites read of a landed table: a row per partition, and the rows or a sample of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import TableSpec
from sources.kit.load_record import LoadRecord, file_stem
from warehouse.paths import DataPaths
from warehouse.storage.read_only import literal, quoted

BASELINES = Path(__file__).with_name("baselines")
#: A larger table is validated on a fixed sample of about `SAMPLE_ROWS`.
MAX_ROWS, SAMPLE_ROWS = 2_000_000, 500_000

PARTITIONS = pa.schema(
    {
        "partition": pa.string(),
        "access_method": pa.string(),
        "layout": pa.string(),
        "n_rows": pa.int64(),
        "n_rows_recorded": pa.int64(),
        "share_of_expected": pa.float64(),
        "share_of_expected_if_not_manual": pa.float64(),
        "n_known_days": pa.int64(),
        "n_without_payload": pa.int64(),
        "n_not_finite": pa.int64(),
    }
)


def layout_text(schema: pa.Schema) -> str:
    """Names and types of the columns, in their order."""
    return ", ".join(f"{field.name} {field.type}" for field in schema)


def partition_files(paths: DataPaths, table: TableSpec) -> list[Path]:
    """The table's landed Parquet files, without the empty `_schema.parquet`."""
    return sorted((paths.landing / table.source_id / table.name).glob("[!_.]*.parquet"))


def read_baseline(subject: str, folder: Path = BASELINES) -> dict[str, int]:
    """Rows per partition in the bundle, from `baselines/<source>.json`."""
    source_id, _, table = subject.partition(".")
    path = folder / f"{source_id}.json"
    if not path.is_file():
        return {}
    rows: dict[str, int] = json.loads(path.read_text(encoding="utf-8")).get(table, {})
    return rows


def list_partitions(
    table: TableSpec,
    found: Sequence[Path],
    records: Sequence[LoadRecord],
    baseline: Mapping[str, int],
) -> pa.Table:
    """One row per partition that has one of the files `found` or of the load records, worked out
    over all of its rows.

    `share_of_expected` compares with the partition's baseline, or with the newest one where it
    has none.
    """
    files = {path.stem: path for path in found}
    layouts = {stem: layout_text(pq.read_schema(path)) for stem, path in files.items()}
    declared = layout_text(table.schema)
    # of another layout only the number of rows is known
    counted: dict[str, dict[str, Any]] = {
        stem: {"n_rows": pq.read_metadata(path).num_rows} for stem, path in files.items()
    }
    counted |= _count(table, [p for stem, p in files.items() if layouts[stem] == declared])
    recorded = {file_stem(r.partition): r for r in records if table.name in r.tables}
    newest = baseline[max(baseline)] if baseline else 0
    rows = []
    for stem in sorted(files.keys() | recorded.keys()):
        record = recorded.get(stem)
        partition = record.partition if record else stem
        counts = counted.get(stem, {"n_rows": 0})
        expected = baseline.get(partition, newest)
        share = counts["n_rows"] / expected if expected else None
        is_manual = record is not None and record.access_method == "manual"
        rows.append(
            {
                **counts,
                "partition": partition,
                "access_method": record.access_method if record else None,
                "layout": layouts.get(stem),
                "n_rows_recorded": record.tables[table.name].rows if record else None,
                "share_of_expected": share,
                "share_of_expected_if_not_manual": None if is_manual else share,
            }
        )
    return pa.Table.from_pylist(rows, schema=PARTITIONS)


def _count(table: TableSpec, files: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """By file: rows, days on which its edition became known, rows without a payload, and numbers
    that are not finite."""
    if not files:
        return {}
    not_finite = [
        f"count(*) filter (where not isfinite({quoted(field.name)}))"
        for field in table.schema
        if pa.types.is_floating(field.type)
    ]
    listed = ", ".join(literal(str(path)) for path in files)
    sql = f"""
        with by_file as (
            select
                filename,
                any_value(edition) as edition,
                list(distinct known_from_date) as known_days,
                count(*) as n_rows,
                count(*) filter (
                    where not coalesce(length(payload_sha256) = 64 and row_locator <> '', false)
                ) as n_without_payload,
                {" + ".join(not_finite) or "0"} as n_not_finite
            from read_parquet([{listed}], filename = true)
            group by filename
        ),

        by_edition as (
            select edition, len(list_distinct(flatten(list(known_days)))) as n_known_days
            from by_file group by edition
        )

        select filename, n_rows, n_known_days, n_without_payload, n_not_finite
        from by_file inner join by_edition using (edition)
    """
    with duckdb.connect() as connection:
        found = connection.execute(sql).fetchall()
    names = ("n_rows", "n_known_days", "n_without_payload", "n_not_finite")
    return {Path(row[0]).stem: dict(zip(names, row[1:], strict=True)) for row in found}


def write_sample(files: Sequence[Path], columns: Sequence[str], n_rows: int, path: Path) -> Path:
    """A fixed sample of about `SAMPLE_ROWS` rows, the same ones in every run."""
    chosen = ", ".join(map(quoted, columns))
    listed = ", ".join(literal(str(file)) for file in files)
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select {chosen} from read_parquet([{listed}], union_by_name = true)"
            f" where hash({chosen}) % {-(-n_rows // SAMPLE_ROWS)} = 0)"
            f" to {literal(str(path))} (format parquet)"
        )
    return path


def records_by_source(records: Sequence[LoadRecord]) -> dict[str, list[LoadRecord]]:
    """Load records by source."""
    by_source: dict[str, list[LoadRecord]] = defaultdict(list)
    for record in records:
        by_source[record.source_id].append(record)
    return by_source
