"""Source checks decide, partition by partition, what is built on; what fails is set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from expectations.check_result import CheckResult, ExpectationError
from expectations.runner import run_checkpoint
from sources.kit.catalog import SourceSpec
from warehouse.paths import DataPaths
from warehouse.storage.load_records import is_accepted, list_load_records
from warehouse.storage.set_aside import (
    SetAside,
    accept_partitions,
    set_aside,
    set_aside_damaged,
)

Results = dict[str, list[CheckResult]]


def check_source(paths: DataPaths, spec: SourceSpec) -> tuple[Results, list[SetAside]]:
    """Check all landed tables of a source: the results of what stays, and what is set aside.

    A partition that is damaged, or that makes a critical check fail, is set aside; the version
    that last passed comes back. What stays is accepted.

    Raises:
        ExpectationError: an expectation cannot be evaluated on what was good before, or on a
            bundled partition: the suite is wrong.
        LandingError: the landing cannot be written.
    """
    refused = set_aside_damaged(paths, spec)
    results = _check_new(paths, spec, None)
    if critical_failures(results):
        for partition, failing in _failing_partitions(paths, spec).items():
            reason = "; ".join(dict.fromkeys(map(_reason, failing)))
            checks = [asdict(result) for result in failing]
            refused.append(set_aside(paths, spec, partition, reason, checks))
        results = _check(paths, spec)
    if not critical_failures(results):
        accept_partitions(paths, spec.source_id, {entry.partition for entry in refused})
    return results, refused


def critical_failures(results: Results) -> list[CheckResult]:
    return [
        result
        for found in results.values()
        for result in found
        if not result.passed and result.severity == "critical"
    ]


def _check(paths: DataPaths, spec: SourceSpec, partitions: Sequence[str] | None = None) -> Results:
    subjects = [f"{spec.source_id}.{table}" for table in spec.tables]
    return run_checkpoint(paths, "sources", subjects, partitions)


def _check_new(paths: DataPaths, spec: SourceSpec, partitions: Sequence[str] | None) -> Results:
    """The checks, where an expectation that cannot be evaluated on new data has failed on it."""
    try:
        return _check(paths, spec, partitions)
    except ExpectationError as error:
        failed = CheckResult(
            stage=error.stage, suite=spec.source_id, subject=error.subject,
            expectation=error.expectation, severity="critical", passed=False,
            observed=f"could not be evaluated: {error.reason}", notes="", n_rows=None, sample=None,
        )  # fmt: skip
        landed = list_load_records(paths, spec.source_id)
        chosen = [r for r in landed if partitions is None or r.partition in partitions]
        if all(r.access_method == "bundled" or is_accepted(paths, r) for r in chosen):
            raise
        return {error.subject: [failed]}


def _failing_partitions(paths: DataPaths, spec: SourceSpec) -> dict[str, list[CheckResult]]:
    """The partitions to set aside, with the checks that fail because of them.

    Candidates are those that have not passed before; all, where the others fail without them (a
    check has become stricter). A candidate is to blame if the checks fail with it and pass with
    what was found good before it; a group of them is halved, so that one bad partition among
    many is found with few checks.
    """
    records = list_load_records(paths, spec.source_id)
    good = [r.partition for r in records if is_accepted(paths, r)]
    candidates = [r.partition for r in records if r.partition not in good]
    if not candidates or (good and critical_failures(_check(paths, spec, good))):
        good, candidates = [], [r.partition for r in records]
    to_blame: dict[str, list[CheckResult]] = {}

    def divide(chosen: list[str]) -> None:
        failing = critical_failures(_check_new(paths, spec, [*good, *chosen]))
        if not failing:
            good.extend(chosen)
        elif len(chosen) == 1:
            to_blame[chosen[0]] = failing
        else:
            half = len(chosen) // 2
            divide(chosen[:half])
            divide(chosen[half:])

    if candidates:
        divide(candidates)
    return to_blame


def _reason(result: CheckResult) -> str:
    observed = f": {result.observed}" if result.observed is not None else ""
    check = f"{result.subject}: {result.expectation}{observed}"
    return f"{result.notes} ({check})" if result.notes else check
