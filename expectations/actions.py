"""The action of a checkpoint: its validation results as check results, written as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import orjson
import pandas as pd
from great_expectations.checkpoint import ActionContext, CheckpointResult, ValidationAction

from expectations.check_result import CheckResult, ExpectationError

N_SAMPLES = 5


class WriteCheckResultsAction(ValidationAction):
    """Writes `<folder>/<stage>/<subject>.json`, a list of check results each."""

    type: Literal["write_check_results"] = "write_check_results"
    stage: str
    folder: str

    def run(
        self, checkpoint_result: CheckpointResult, action_context: ActionContext | None = None
    ) -> dict[str, int]:
        """Write the results; returns their number per subject.

        Raises:
            ExpectationError: an expectation could not be evaluated.
        """
        by_subject = check_results(self.stage, checkpoint_result)
        for subject, results in by_subject.items():
            path = Path(self.folder) / self.stage / f"{subject}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = [asdict(result) for result in results]
            path.write_bytes(orjson.dumps(rows, default=str, option=orjson.OPT_INDENT_2))
        return {subject: len(results) for subject, results in by_subject.items()}


def check_results(stage: str, checkpoint_result: CheckpointResult) -> dict[str, list[CheckResult]]:
    """The results per subject, suite by suite in the order of the expectations.

    Raises:
        ExpectationError: an expectation could not be evaluated.
    """
    definitions = checkpoint_result.checkpoint_config.validation_definitions
    files = {definition.suite.name: definition.suite.meta for definition in definitions}
    found: dict[str, list[CheckResult]] = defaultdict(list)
    for validation in checkpoint_result.run_results.values():
        parts = validation.suite_name.split(".")
        subject = ".".join(parts[: 2 if stage == "sources" else 1])
        for result in validation.results:
            found[subject].append(
                _check_result(stage, subject, result, files[validation.suite_name])
            )
    return {
        subject: sorted(results, key=lambda result: result.expectation)
        for subject, results in found.items()
    }


def _check_result(stage: str, subject: str, result: Any, file: Mapping[str, Any]) -> CheckResult:
    configuration = result.expectation_config
    expectation = describe(configuration.type, configuration.kwargs)
    if reason := exception_message(result.exception_info):
        raise ExpectationError(stage, subject, expectation, reason)
    details = result.result or {}
    observed, n_rows = details.get("observed_value"), details.get("unexpected_count")
    if observed is None and n_rows is not None:
        observed = f"{n_rows} of {details.get('element_count')} rows"
    return CheckResult(
        stage=stage,
        suite=subject.partition(".")[0],
        subject=subject,
        expectation=expectation,
        severity=configuration.severity.value,
        passed=bool(result.success),
        observed=observed,
        notes=configuration.notes,
        n_rows=n_rows,
        sample=None if result.success else _sample(details, file),
    )


def describe(kind: str, arguments: Mapping[str, Any]) -> str:
    """An expectation on one line: `expect_column_values_to_be_in_set: column flow, value_set …`."""
    given = {k: v for k, v in arguments.items() if k != "batch_id" and v is not None}
    return f"{kind}: {', '.join(f'{k} {v}' for k, v in given.items())}"[:300]


def exception_message(info: Mapping[str, Any] | None) -> str:
    """The message of an exception; Great Expectations reports one at the top, or one per metric."""
    if not info:
        return ""
    entries = [info] if "raised_exception" in info else list(info.values())
    raised = [e for e in entries if isinstance(e, Mapping) and e.get("raised_exception")]
    return str(raised[0].get("exception_message")) if raised else ""


def _sample(details: Mapping[str, Any], file: Mapping[str, Any]) -> list[Any] | None:
    """Up to five of the rows that fail, whole where Great Expectations gives their positions."""
    positions = details.get("partial_unexpected_index_list")
    if positions:
        rows = pd.read_parquet(file["path"], columns=file["columns"])
        sample: list[Any] = rows.iloc[positions[:N_SAMPLES]].astype(str).to_dict("records")
        return sample
    return list(details.get("partial_unexpected_list") or ())[:N_SAMPLES] or None
