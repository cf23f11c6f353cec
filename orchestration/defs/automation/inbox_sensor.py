"""The inbox sensor: a file put into `inbox/<source>/` starts a run that lands it and publishes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from orchestration.defs.automation import settings
from orchestration.defs.automation.inbox import (
    Inbox,
    chain_config,
    content_key,
    look_into_inbox,
)
from orchestration.defs.automation.jobs import EVERYTHING
from orchestration.defs.automation.object_inbox import fetch_inbox
from sources.kit.catalog import catalog
from sources.kit.leftovers import is_leftover
from warehouse.paths import DataPaths

#: Files that a run was started for, with the code that reads them.
INBOX_TAG = "pax/inbox"
#: A run that ended without landing its files, and without refusing them, is repeated so much later.
RETRY_AFTER = timedelta(minutes=10)


def inbox_sensor(paths: DataPaths) -> dg.SensorDefinition:
    @dg.sensor(
        name="inbox_sensor",
        job_name=EVERYTHING,
        minimum_interval_seconds=settings.sensor_seconds(),
        default_status=settings.sensor_status(),
        description="Lands what is put into inbox/<source>/ and publishes what follows from it.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        if not settings.is_automated():
            return settings.OFF
        unreachable = fetch_inbox(paths)
        found = {name: look_into_inbox(paths, spec) for name, spec in catalog().items()}
        requests = []
        for source_id, inbox in found.items():
            if not inbox.ready:
                continue
            asked = request_run(context.instance, source_id, inbox.ready, datetime.now(UTC))
            if isinstance(asked, dg.RunRequest):
                requests.append(asked)
            else:
                inbox.waiting.update(dict.fromkeys([path.name for path in inbox.ready], asked))
        waiting = "; ".join(filter(None, [unreachable, _describe_waiting(paths, found)]))
        if requests:
            if waiting:
                context.log.info(waiting)
            return dg.SensorResult(run_requests=requests)
        return dg.SkipReason(waiting or f"no file in {paths.inbox}/<source>/")

    return sensor


def request_run(
    instance: dg.DagsterInstance, source_id: str, files: Sequence[Path], now: datetime
) -> dg.RunRequest | str:
    """The run that lands the files; or why they wait, where a run of them works or has failed.

    A run that failed for another reason than the files (killed, the disk, a model) is repeated.
    """
    key = f"{source_id}:{content_key(catalog()[source_id], files)}"
    before = instance.get_run_records(dg.RunsFilter(job_name=EVERYTHING, tags={INBOX_TAG: key}))
    if before and not before[0].dagster_run.is_finished:
        return f"is being landed by run {before[0].dagster_run.run_id}, which may wait for another"
    if before:
        ended = before[0].update_timestamp.replace(tzinfo=UTC)
        if (again := ended + RETRY_AFTER) > now:
            return (
                f"was in run {before[0].dagster_run.run_id}, which ended without landing it; it is "
                f"tried again at {again:%H:%M} UTC"
            )
    return dg.RunRequest(
        # Dagster starts one run per key
        run_key=f"{key}:{len(before)}",
        run_config=chain_config(manual={source_id: [str(path) for path in files]}),
        tags={"pax/source": source_id, INBOX_TAG: key},
    )


def _describe_waiting(paths: DataPaths, found: Mapping[str, Inbox]) -> str:
    """What waits in the inbox and why, and the folders that belong to no source."""
    waiting = [
        f"{source_id}/{name} {reason}"
        for source_id, inbox in found.items()
        for name, reason in inbox.waiting.items()
    ]
    return "; ".join([*waiting, *filter(None, [_misplaced(paths)])])


def _misplaced(paths: DataPaths) -> str:
    """Folders of no source, and files beside the folders of the sources."""
    there = sorted(paths.inbox.iterdir()) if paths.inbox.is_dir() else []
    unknown = [p.name for p in there if p.name not in catalog() and not is_leftover(p.name)]
    if not unknown:
        return ""
    return f"no source is called {', '.join(unknown)}; choose one of: {', '.join(catalog())}"


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(sensors=[inbox_sensor(DataPaths.at())])
