"""The doors' verdicts in Dagster's words. Great Expectations itself is imported by its runner
when the first suite is judged, never while the graph loads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import dagster as dg

from orchestration.verdicts import outcome
from warehouse.rooms import PROJECT, Rooms


def suites(stage: str) -> set[str]:
    """The names of the suites at a door: each module in its folder is one."""
    folder = PROJECT / "expectations" / stage
    return {path.stem for path in folder.glob("[a-z]*.py")}


def judged(rooms: Rooms, stage: str, subject: str, table: str | None = None) -> list[Any]:
    raise NotImplementedError


def as_check_result(verdicts: Sequence[dict[str, Any]]) -> dg.AssetCheckResult:
    """Passed if nothing failed; ERROR (which blocks) only if something critical did."""
    failed = [v for v in verdicts if not v["passed"]]
    is_critical = any(outcome(v) == "failed" for v in failed)
    return dg.AssetCheckResult(
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if is_critical else dg.AssetCheckSeverity.WARN,
        description="; ".join(str(v["expectation"]) for v in failed[:5]) or None,
        metadata={
            "expectations": len(verdicts),
            "failed": dg.MetadataValue.json(json.loads(json.dumps(failed, default=str))),
        },
    )
