"""Where a failed dbt test or mart check comes from: its rows, and the files they were read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import orjson

from orchestration.defs.transformation.dbt_command import manifest_path, run_results_path
from warehouse.paths import DataPaths
from warehouse.storage.load_records import list_load_records

#: Rows shown of a failure; the test's own SQL gives all.
SHOWN = 3


def failed_rows(paths: DataPaths) -> dict[str, list[dict[str, Any]]]:
    """The first rows of each dbt test that failed in the last build, by the test's name.

    The working database is read, and no longer written, when a build has ended.
    """
    failed = [r for r in _read(run_results_path(paths)).get("results", ()) if r["status"] == "fail"]
    found: dict[str, list[dict[str, Any]]] = {}
    with suppress(duckdb.Error):
        for result in failed:
            with duckdb.connect(str(paths.database), read_only=True) as connection:
                sql = f"select * from ({result.get('compiled_code') or ''}) limit {SHOWN}"
                rows = connection.execute(sql).to_arrow_table().to_pylist()
            found[result["unique_id"].split(".")[2]] = rows
    return found


def describe_origin(
    paths: DataPaths, model: str, rows: Sequence[Mapping[str, Any] | Any] | None
) -> str:
    """The rows of a failure, and the source, partition and file that they or their model were
    read from, with the commands that remove it; empty where nothing is known."""
    shown = [row for row in rows or () if isinstance(row, Mapping)][:SHOWN]
    facts = ["; ".join(f"{k} {v}" for k, v in row.items() if v is not None) for row in shown]
    text = f". Rows of {model}: " + " | ".join(facts) if facts else ""
    hashes = {str(v) for row in shown for k, v in row.items() if k.startswith("payload_sha256")}
    records = [r for r in list_load_records(paths) if hashes & {f.sha256 for f in r.files}]
    for record in records[:SHOWN]:
        names = ", ".join(sorted({f.name for f in record.files if f.sha256 in hashes}))
        text += (
            f". From {record.source_id}, partition {record.partition}, file {names}: "
            f"`pax land {record.source_id} --undo {record.partition}` removes it"
        )
    if not records and (sources := sorted(set(_sources_of(paths, model)))):
        text += f". {model} is built on: {', '.join(sources)}; `pax land --list` shows what landed"
    return text


def _sources_of(paths: DataPaths, model: str) -> Iterator[str]:
    parents: dict[str, list[str]] = _read(manifest_path(paths)).get("parent_map", {})
    todo, seen = [name for name in parents if name.split(".")[2:3] == [model]], set()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(parents.get(name, ()))
            if name.startswith("source.") and name.split(".")[2] != "run":
                yield name.split(".")[2]


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return content
