"""What a run of a chain has come to, read from its events: failures, their origin, the release."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dagster as dg

from sources.kit import errors as source_errors

_RELEASE = dg.AssetKey(["release", "current"])
#: How Ctrl-C appears in the events of a run: Dagster calls it a failed step.
_INTERRUPTS = ("KeyboardInterrupt", "DagsterExecutionInterruptedError")
#: Errors of files and publishers; see `sources.kit.errors`.
_OF_SOURCE = {name for name, kind in vars(source_errors).items() if isinstance(kind, type)}


def is_of_source(result: dg.ExecuteInProcessResult) -> bool:
    """Whether a run failed by an error of its source: a file, not the disk or the program."""
    failed = [list(_errors(event)) for event in result.all_events if event.is_step_failure]
    return bool(failed) and all(any(e.cls_name in _OF_SOURCE for e in es) for es in failed)


def was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    return any(
        error.cls_name in _INTERRUPTS for event in result.all_events for error in _errors(event)
    )


def _errors(event: dg.DagsterEvent) -> Iterator[Any]:
    """The error of a failed step or run and its causes, outermost first."""
    error = None
    if event.is_step_failure:
        error = event.step_failure_data.error
    elif event.is_job_failure:
        error = event.job_failure_data.error
    while error is not None:
        yield error
        error = error.cause


def failures_of(result: dg.ExecuteInProcessResult) -> list[str]:
    """Why the run failed, one text per failed step."""
    found = []
    for event in result.all_events:
        if event.is_step_failure:
            errors = list(_errors(event))
            stated = [e for e in errors if e.cls_name == "Failure"] or errors[-1:]
            found.append(_sentence(stated[0].message) if stated else str(event.message))
    if not found and not result.success:
        found = _failed_checks(result) or ["the run failed; see its log"]
    return list(dict.fromkeys(found))


def _failed_checks(result: dg.ExecuteInProcessResult) -> list[str]:
    return [
        f"{e.asset_key.to_user_string()}: {e.check_name}: {e.description or 'failed'}"
        for e in result.get_asset_check_evaluations()
        if not e.passed and e.severity == dg.AssetCheckSeverity.ERROR
    ]


def _sentence(message: str) -> str:
    """Dagster prefixes the class of an exception; a person does not need its module."""
    name, found, rest = message.strip().partition(": ")
    return rest if found and " " not in name else message.strip()


def release_of(result: dg.ExecuteInProcessResult) -> dict[str, Any] | None:
    for event in result.get_asset_materialization_events():
        if event.asset_key == _RELEASE:
            metadata = event.materialization.metadata
            return {name: value.value for name, value in metadata.items()}
    return None
