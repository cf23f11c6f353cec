"""All verdicts of a run in one shape: the doors' (Great Expectations) and dbt's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from orchestration import dbt_env
from warehouse.paths import DataPaths

CheckResult = dict[str, Any]

_PASSED = ("pass", "success", "no-op")
_SUITES = {"test": "data test", "unit_test": "unit test"}


def all_verdicts(paths: DataPaths) -> list[CheckResult]:
    """Arrivals, dbt, departures: what `check_result` will hold."""
    return [*doors(paths), *of_dbt(paths)]


def doors(paths: DataPaths) -> Iterator[CheckResult]:
    """The verdicts that the doors left in the working folder, suite by suite."""
    for path in sorted(paths.check_results.glob("**/*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        yield from content if isinstance(content, list) else [content]


def of_dbt(paths: DataPaths) -> Iterator[CheckResult]:
    """dbt's tests and unit tests as verdicts, out of its last `run_results.json`."""
    results = _json(dbt_env.run_results_path(paths)).get("results", [])
    manifest = _json(dbt_env.manifest_path(paths))
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
    """What the file holds; nothing if it is not there, or was torn by a full disk."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return content


def tally(verdicts: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Per stage: how many passed, warned, failed."""
    counts = Counter((str(v["stage"]), outcome(v)) for v in verdicts)
    return {
        stage: {what: counts[stage, what] for what in ("passed", "warned", "failed")}
        for stage in ("sources", "dbt", "marts")
        if any(key[0] == stage for key in counts)
    }


def outcome(verdict: Mapping[str, Any]) -> str:
    """`passed`, `warned` (noted, does not stop) or `failed` (stops the release)."""
    if verdict["passed"]:
        return "passed"
    return "failed" if verdict["severity"] == "critical" else "warned"
