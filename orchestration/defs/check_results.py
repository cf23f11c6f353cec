"""The doors' verdicts in Dagster's words. Great Expectations itself is imported by its runner
when the first suite is judged, never while the graph loads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from expectations.clerk import ClerkGone
from expectations.suites import load_suites, suite_names
from orchestration import clerks, progress
from orchestration.defs.collect_check_results import outcome
from warehouse.paths import DataPaths


def subjects(stage: str) -> dict[str, str]:
    """What is judged at a door, and by which suite: `usgs_mcs.world` by `usgs_mcs`."""
    return {
        suite.subject: name for name in suite_names(stage) for suite in load_suites(stage, name)
    }


def check_result_for(paths: DataPaths, stage: str, subject: str) -> dg.AssetCheckResult:
    """Judge one table and say it as a check's result."""
    known = subjects(stage)
    _told.setdefault(stage, set()).add(subject)
    progress.report_progress(stage, subject, len(_told[stage]), max(len(known), len(_told[stage])))
    with progress.timed(stage):
        verdicts = _verdicts(paths, stage, known[subject], subject.partition(".")[2] or None)
    return as_check_result(verdicts)


def hand_in(stage: str, wanted: Iterable[str]) -> None:
    """Let the clerk begin with these subjects before anybody asks for their verdicts."""
    clerk, known = clerks.hired(), subjects(stage)
    if clerk is None:
        return
    try:
        for subject in sorted(known.keys() & set(wanted)):
            clerk.hand_in((stage, known[subject], subject.partition(".")[2] or None))
    except ClerkGone:
        clerks.forget()


def _verdicts(paths: DataPaths, stage: str, name: str, table: str | None) -> list[dict[str, Any]]:
    if clerk := clerks.hired():
        try:
            return clerk.validate((stage, name, table))
        except ClerkGone:
            clerks.forget()
    from expectations.runner import validate

    return validate(paths, stage, name, table)


#: What this process has judged, for the progress display.
_told: dict[str, set[str]] = {}


def as_check_result(verdicts: Sequence[Mapping[str, Any]]) -> dg.AssetCheckResult:
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
