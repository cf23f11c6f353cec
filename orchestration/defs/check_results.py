"""Check results of Great Expectations as results of asset checks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import dagster as dg

from expectations.check_result import CheckResult
from orchestration.defs.collect_check_results import outcome


def asset_check_result(
    key: dg.AssetCheckKey, results: Sequence[CheckResult]
) -> dg.AssetCheckResult:
    """Passed if nothing failed; ERROR, which blocks, only if something critical did."""
    failed = [asdict(r) for r in results if not r.passed]
    is_critical = any(outcome(result) == "failed" for result in failed)
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if is_critical else dg.AssetCheckSeverity.WARN,
        description="; ".join(str(r["expectation"]) for r in failed[:5]) or None,
        metadata={
            "expectations": len(results),
            "failed": dg.MetadataValue.json(json.loads(json.dumps(failed, default=str))),
        },
    )
