"""The inbox sensor: a file put into `inbox/<source>/` starts a run that lands it and publishes."""

from collections.abc import Mapping, Sequence
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
from sources.kit.catalog import catalog
from sources.kit.leftovers import is_leftover
from warehouse.paths import DataPaths


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
        found = {source_id: look_into_inbox(paths, source_id) for source_id in catalog()}
        requests = [_request(source_id, one.ready) for source_id, one in found.items() if one.ready]
        waiting = _describe_waiting(paths, found)
        if requests:
            if waiting:
                context.log.info(waiting)
            return dg.SensorResult(run_requests=requests)
        return dg.SkipReason(waiting or f"no file in {paths.inbox}/<source>/")

    return sensor


def _request(source_id: str, files: Sequence[Path]) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=f"{source_id}:{content_key(files)}",
        run_config=chain_config(manual={source_id: [str(path) for path in files]}),
        tags={"pax/source": source_id},
    )


def _describe_waiting(paths: DataPaths, found: Mapping[str, Inbox]) -> str:
    """What waits in the inbox and why, and the folders that belong to no source."""
    waiting = [
        f"{source_id}/{name} {reason}"
        for source_id, inbox in found.items()
        for name, reason in inbox.waiting.items()
    ]
    return "; ".join([*waiting, *filter(None, [_unknown_folders(paths)])])


def _unknown_folders(paths: DataPaths) -> str:
    folders = [p.name for p in paths.inbox.iterdir() if p.is_dir()] if paths.inbox.is_dir() else []
    unknown = sorted(name for name in set(folders) - set(catalog()) if not is_leftover(name))
    if not unknown:
        return ""
    return f"no source is called {', '.join(unknown)}; choose one of: {', '.join(catalog())}"


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(sensors=[inbox_sensor(DataPaths.at())])
