"""Where a failed dbt test or mart check comes from: its rows, and the files they were read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow.parquet as pq

from expectations.check_result import CheckResult
from orchestration.defs.transformation.dbt_command import manifest_path, run_results_path
from sources.kit.load_record import LoadRecord
from warehouse.paths import DataPaths
from warehouse.storage.load_records import list_load_records

#: Rows shown of a failure; the test's own SQL gives all.
SHOWN = 3


def failed_rows(paths: DataPaths) -> dict[str, list[dict[str, Any]]]:
    """The first rows of each dbt test that failed in the last build, by the test's name.

    Rows that do not state where they were read from are given the lineage of the rows of their
    model that they agree with. The working database is read, and no longer written, when a build
    has ended.
    """
    failed = [r for r in _results(paths) if r["status"] == "fail"]
    nodes: dict[str, Any] = _read(manifest_path(paths)).get("nodes", {}) if failed else {}
    found: dict[str, list[dict[str, Any]]] = {}
    for result in failed:
        with suppress(duckdb.Error), duckdb.connect(str(paths.database), read_only=True) as con:
            sql = result.get("compiled_code") or ""
            model = nodes.get(_attached_node(nodes.get(result["unique_id"], {})), {})
            rows = con.execute(_with_lineage(con, sql, model.get("relation_name")))
            found[_name(result)] = rows.to_arrow_table().to_pylist()
    return found


def _with_lineage(con: duckdb.DuckDBPyConnection, sql: str, relation: str | None) -> str:
    failing = f"(select * from ({sql}) limit {SHOWN})"
    names = [column[0] for column in con.execute(f"from {failing} limit 0").description or ()]
    own = con.execute(f"from {relation} limit 0").description or () if relation else ()
    model_names = [column[0] for column in own]
    lineage = [name for name in model_names if _is_lineage(name)]
    shared = [name for name in model_names if name in names]
    if not lineage or not shared or any(map(_is_lineage, names)):
        return f"from {failing}"
    agrees = " and ".join(
        f'model."{name}" is not distinct from failing."{name}"' for name in shared
    )
    added = ", ".join(
        f"(select string_agg(distinct model.{name}, '+' order by model.{name}) "
        f"from {relation} as model where {agrees}) as {name}"
        for name in lineage
    )
    return f"select failing.*, {added} from {failing} as failing"


def _is_lineage(name: str) -> bool:
    return name == "lineage_id" or name.startswith("payload_sha256")


def suspects(paths: DataPaths, rows: Sequence[Mapping[str, Any] | Any] | None) -> list[LoadRecord]:
    """The landed partitions that failed rows were read from: by the hash of their file, else by
    source and edition, and of those the ones that are not bundled, if there are any."""
    parts = {
        part
        for row in rows or ()
        if isinstance(row, Mapping)
        for name, value in row.items()
        if _is_lineage(name) and value
        for part in str(value).split("+")
    }
    landed = list_load_records(paths) if parts else []
    if by_hash := [r for r in landed if parts & {file.sha256 for file in r.files}]:
        return by_hash
    of_edition = [r for r in landed if f"{r.source_id}@{r.edition}" in parts]
    return [r for r in of_edition if r.access_method != "bundled"] or of_edition


def new_partitions(paths: DataPaths) -> list[LoadRecord]:
    """Partitions that a person or a publisher gave and that the current release does not have."""
    provenance = paths.current / "parquet" / "provenance.parquet"
    published: set[str] = set()
    if provenance.is_file():
        hashes = pq.read_table(provenance, columns=["payload_sha256"])["payload_sha256"]
        published = set(hashes.to_pylist())
    return [
        record
        for record in list_load_records(paths)
        if record.access_method != "bundled" and {f.sha256 for f in record.files} - published
    ]


def guilty_partitions(paths: DataPaths) -> dict[tuple[str, str], list[CheckResult]]:
    """The new partitions that alone make the last build fail, with the tests that failed.

    Empty where a model failed, or a test whose rows do not lead to one new partition and to no
    other: then something else may be wrong, or it is not known which of several is.
    """
    failed = [r for r in _results(paths) if r["status"] in ("error", "fail", "runtime error")]
    rows_of_tests = failed_rows(paths)
    new = {(record.source_id, record.partition): record for record in new_partitions(paths)}
    found: dict[tuple[str, str], list[CheckResult]] = {}
    for result in failed:
        rows = rows_of_tests.get(_name(result))
        keys = [(r.source_id, r.partition) for r in suspects(paths, rows)]
        if len(keys) != 1 or keys[0] not in new:
            return {}
        [key] = keys
        check = CheckResult(
            stage="dbt", suite=key[0], subject=f"{key[0]}.{next(iter(new[key].tables))}",
            expectation=_name(result), severity="critical", passed=False,
            observed=str(result.get("message") or "").strip(), notes="",
            n_rows=result.get("failures"), sample=rows,
        )  # fmt: skip
        found.setdefault(key, []).append(check)
    return found


def describe_origin(
    paths: DataPaths, model: str, rows: Sequence[Mapping[str, Any] | Any] | None
) -> str:
    """The rows of a failure, and the source, partition and file that they or their model were
    read from, with the commands that remove it; empty where nothing is known."""
    shown = [row for row in rows or () if isinstance(row, Mapping)][:SHOWN]
    text = f". Rows of {model}: {row_texts(shown)}" if shown else ""
    records = suspects(paths, shown)
    if not records:
        sources = sorted(set(_sources_of(paths, model)))
        if not sources:
            return text
        text += f". {model} is built on: {', '.join(sources)}; `pax land --list` shows what landed"
        records = [r for r in new_partitions(paths) if r.source_id in sources]
        text += ". New since the current release" if records else ""
    for record in records[:SHOWN]:
        names = ", ".join(sorted({file.name for file in record.files})[:SHOWN])
        text += f". From {record.source_id}, partition {record.partition}, file {names}: "
        text += (
            f"it is bundled; a file of yours replaces it: `pax land {record.source_id} FILE`"
            if record.access_method == "bundled"
            else f"`pax land {record.source_id} --undo {record.partition}` removes it, and "
            f"`pax land {record.source_id} FILE` lands a corrected one"
        )
    return text + (f". And {len(records) - SHOWN} more partitions" if records[SHOWN:] else "")


def row_texts(rows: Sequence[Mapping[str, Any]]) -> str:
    return " | ".join(
        "; ".join(f"{name} {value}" for name, value in row.items() if value is not None)
        for row in rows
    )


def _results(paths: DataPaths) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = _read(run_results_path(paths)).get("results", [])
    return results


def _name(result: Mapping[str, Any]) -> str:
    return str(result["unique_id"].split(".")[2])


def _attached_node(test: Mapping[str, Any]) -> str:
    """The model of a test: the attached one, else the first that it reads."""
    parents = test.get("depends_on", {}).get("nodes", [])
    return str(test.get("attached_node") or next(iter(parents), ""))


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
