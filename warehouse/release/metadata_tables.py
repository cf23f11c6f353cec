"""The two tables that publishing makes itself: the check results, and the release's description.

Both stay outside the hash that identifies a release: they describe the run, not the data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse.release.parquet import MartFile, described, write_table

CheckResult = Mapping[str, Any]


@dataclass(frozen=True)
class MetadataColumn:
    """One column of a table that dbt does not know."""

    name: str
    arrow: pa.DataType
    duckdb: str
    description: str


_TEXT, _BIG, _FLAG = (pa.string(), "VARCHAR"), (pa.int64(), "BIGINT"), (pa.bool_(), "BOOLEAN")
_DAY, _TIME = (pa.date32(), "DATE"), (pa.timestamp("us"), "TIMESTAMP")

CHECK_RESULT = (
    MetadataColumn("check_number", *_BIG, "Number of the check within this release, from 1."),
    MetadataColumn("stage", *_TEXT, "Stage that checked: sources, dbt or marts."),
    MetadataColumn("suite", *_TEXT, "Suite the check belongs to; for dbt, the kind of test."),
    MetadataColumn("subject", *_TEXT, "Landed table, model or mart that was checked."),
    MetadataColumn("expectation", *_TEXT, "What was expected, as the checking tool prints it."),
    MetadataColumn("severity", *_TEXT, "critical stops a release; warning and info only report."),
    MetadataColumn("passed", *_FLAG, "Whether the expectation was met."),
    MetadataColumn(
        "observed", *_TEXT, "What was observed, as text or JSON; null when nothing is given."
    ),
    MetadataColumn("notes", *_TEXT, "Why the check exists and what a failure means."),
    MetadataColumn(
        "n_rows", *_BIG, "Number of offending rows; null when the check does not count."
    ),
    MetadataColumn("sample", *_TEXT, "Some offending rows as JSON; null when there are none."),
)
PUBLISH_INFO = (
    MetadataColumn(
        "release_id", *_TEXT, "Id of the release: its as-of date and 12 digits of its hash."
    ),
    MetadataColumn(
        "data_version", *_TEXT, "Hash over all marts' Parquet files and columns (sha256)."
    ),
    MetadataColumn("as_of_date", *_DAY, "The day that the release describes, e.g. for membership."),
    MetadataColumn(
        "as_known_on", *_DAY, "Nothing published after this day was used; null: all was used."
    ),
    MetadataColumn(
        "evidence_age_days",
        *_BIG,
        "Days from as_of_date, by default the newest evidence, to built_at.",
    ),
    MetadataColumn("built_at", *_TIME, "When the release was built (UTC)."),
    MetadataColumn("run_id", *_TEXT, "Id of the run that built it."),
    MetadataColumn(
        "previous_release_id", *_TEXT, "Release that was current before; null for the first."
    ),
    MetadataColumn("git_sha", *_TEXT, "Commit of the code; null outside a checkout."),
    MetadataColumn(
        "fingerprint", *_TEXT, "Fingerprint of the run's inputs; null when none was taken."
    ),
    MetadataColumn(
        "n_marts", *_BIG, "Number of marts in the release, these two tables not counted."
    ),
    MetadataColumn(
        "withheld_marts",
        *_TEXT,
        "Marts left out: they carry declared rows of a source that forbids it.",
    ),
    MetadataColumn("tools", *_TEXT, "Versions of the tools that built it, as JSON."),
)
DESCRIPTIONS = {
    "check_result": "One row per check of the run that built this release, with its result.",
    "publish_info": "One row: what this release is, of which day, and by which run it was built.",
}
COLUMNS = {"check_result": CHECK_RESULT, "publish_info": PUBLISH_INFO}
KEYS = {"check_result": ("check_number",), "publish_info": ("release_id",)}


def as_text(value: Any) -> str | None:
    """Text stays, nothing stays nothing, anything else becomes JSON."""
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def check_rows(check_results: Sequence[CheckResult]) -> list[dict[str, Any]]:
    """Check results as rows, failures first within a stage, in an order that does not vary."""
    rows = [
        {
            "stage": as_text(result.get("stage")) or "unknown",
            "suite": as_text(result.get("suite")) or "",
            "subject": as_text(result.get("subject")) or "",
            "expectation": as_text(result.get("expectation")) or "",
            "severity": as_text(result.get("severity")) or "critical",
            "passed": bool(result.get("passed")),
            "observed": as_text(result.get("observed")),
            "notes": as_text(result.get("notes")),
            "n_rows": None if result.get("n_rows") is None else int(result["n_rows"]),
            "sample": as_text(result.get("sample")),
        }
        for result in check_results
    ]
    by = ("stage", "passed", "suite", "subject", "expectation", "observed")
    rows.sort(key=lambda row: tuple(str(row[column]) for column in by))
    return [{"check_number": number, **row} for number, row in enumerate(rows, start=1)]


def write_metadata_tables(name: str, rows: Sequence[Mapping[str, Any]], folder: Path) -> MartFile:
    """Write `check_result` or `publish_info` beside the marts."""
    columns = COLUMNS[name]
    schema = pa.schema([pa.field(column.name, column.arrow) for column in columns])
    table = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
    path = folder / f"{name}.parquet"
    write_table(path, pa.RecordBatchReader.from_batches(schema, table.to_batches()))
    kinds = tuple((column.name, column.duckdb) for column in columns)
    return described(path, table.num_rows, kinds, KEYS[name])
