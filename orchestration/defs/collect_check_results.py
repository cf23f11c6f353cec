"""All check results of a run in one shape: those of Great Expectations and of dbt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from expectations.check_result import CheckResult as Result
from orchestration.defs.transformation.dbt_command import manifest_path, run_results_path
from warehouse.paths import DataPaths
from warehouse.storage.set_aside import SetAside, list_set_aside

CheckResult = dict[str, Any]

_PASSED = ("pass", "success", "no-op")
_SUITES = {"test": "data test", "unit_test": "unit test"}


def collect_check_results(paths: DataPaths) -> list[CheckResult]:
    """One row per check of stages `sources`, `marts`, `dbt`: what `check_result` will hold."""
    refused = [asdict(r) for r in set_aside_results(list_set_aside(paths))]
    return [*_of_checkpoints(paths), *refused, *_of_dbt(paths)]


def set_aside_results(entries: Iterable[SetAside], subject: str = "") -> Iterator[Result]:
    """A warning per check that a partition was set aside for; of one landed table, or of all.

    Warnings: what is set aside is in no mart, so it holds no release back.
    """
    for entry in entries:
        causes = entry.checks or [{"subject": "", "expectation": "lands whole and unchanged"}]
        for cause in causes:
            table = cause["subject"] or f"{entry.source_id}.{next(iter(entry.table_hashes), 'all')}"
            if subject not in ("", table):
                continue
            yield Result(
                stage="sources",
                suite=entry.source_id,
                subject=table,
                expectation=f"{entry.partition} is set aside: {cause['expectation']}",
                severity="warning",
                passed=False,
                observed=cause.get("observed") if entry.checks else entry.reason,
                notes=f"{cause.get('notes') or entry.reason}; {entry.state}. "
                f"What to do: {entry.remedy}",
                n_rows=cause.get("n_rows"),
                sample=cause.get("sample"),
            )


def dbt_failures(paths: DataPaths) -> dict[str, str]:
    """Message per model or test that failed in the last build; empty without one."""
    return {
        result["unique_id"].split(".")[2]: str(result.get("message") or result["status"]).strip()
        for result in _json(run_results_path(paths)).get("results", [])
        if result["status"] in ("error", "fail", "runtime error")
    }


def _of_checkpoints(paths: DataPaths) -> Iterator[CheckResult]:
    for path in sorted(paths.check_results.glob("*/*.json")):
        if path.parent.name in ("sources", "marts"):
            yield from orjson.loads(path.read_bytes())


def _of_dbt(paths: DataPaths) -> Iterator[CheckResult]:
    """Data tests and unit tests of the last build, also those that dagster-dbt has no check for."""
    results = _json(run_results_path(paths)).get("results", [])
    manifest = _json(manifest_path(paths))
    known = {**manifest.get("nodes", {}), **manifest.get("unit_tests", {})}
    for result in results:
        kind = result["unique_id"].partition(".")[0]
        if kind in _SUITES and result["status"] != "skipped":
            yield _of_test(result, kind, known.get(result["unique_id"], {}))


def _of_test(result: Mapping[str, Any], kind: str, node: Mapping[str, Any]) -> CheckResult:
    severity = str(node.get("config", {}).get("severity") or "error").lower()
    is_warning = severity == "warn" or result["status"] == "warn"
    passed = result["status"] in _PASSED
    return {
        "stage": "dbt",
        "suite": (node.get("test_metadata") or {}).get("name") or _SUITES[kind],
        "subject": _subject(node),
        "expectation": node.get("name") or result["unique_id"],
        "severity": "warning" if is_warning else "critical",
        "passed": passed,
        "observed": None if passed else str(result.get("message") or result["status"]).strip(),
        "notes": node.get("description") or None,
        "n_rows": result.get("failures"),
        "sample": None,
    }


def _subject(node: Mapping[str, Any]) -> str:
    """The model under test: the attached one, else the first it reads."""
    attached = node.get("attached_node") or node.get("model")
    parents = [attached] if attached else node.get("depends_on", {}).get("nodes", [])
    return str(parents[0]).rpartition(".")[2] if parents else "warehouse"


def _json(path: Path) -> dict[str, Any]:
    """Content of the file; empty if it is not there, or was cut off by a full disk."""
    try:
        content: dict[str, Any] = orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return content


def tally(results: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Per stage: how many passed, warned, failed."""
    counts = Counter((str(r["stage"]), outcome(r)) for r in results)
    return {
        stage: {what: counts[stage, what] for what in ("passed", "warned", "failed")}
        for stage in ("sources", "dbt", "marts")
        if any(key[0] == stage for key in counts)
    }


def outcome(result: Mapping[str, Any]) -> str:
    """`passed`, `warned` (does not stop a release) or `failed` (stops it)."""
    if result["passed"]:
        return "passed"
    return "failed" if result["severity"] == "critical" else "warned"
