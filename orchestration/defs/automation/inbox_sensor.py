"""The inbox sensor: a file put into `inbox/<source>/` starts a run that lands it and publishes."""

import dagster as dg

from orchestration.defs.automation import settings
from orchestration.defs.automation.inbox import (
    chain_config,
    content_key,
    has_settled,
    list_inbox_files,
)
from orchestration.defs.automation.jobs import EVERYTHING
from sources.kit.catalog import catalog
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
        requests = [r for source_id in catalog() if (r := _request(paths, source_id))]
        if requests:
            return dg.SensorResult(run_requests=requests)
        return dg.SkipReason(_unknown_folders(paths) or f"no file in {paths.inbox}/<source>/")

    return sensor


def _request(paths: DataPaths, source_id: str) -> dg.RunRequest | None:
    files = list_inbox_files(paths, source_id)
    if not files or not has_settled(files):
        return None
    return dg.RunRequest(
        run_key=f"{source_id}:{content_key(files)}",
        run_config=chain_config(manual={source_id: [str(path) for path in files]}),
        tags={"pax/source": source_id},
    )


def _unknown_folders(paths: DataPaths) -> str:
    folders = [p.name for p in paths.inbox.iterdir() if p.is_dir()] if paths.inbox.is_dir() else []
    unknown = sorted(set(folders) - set(catalog()))
    if not unknown:
        return ""
    return f"no source is called {', '.join(unknown)}; choose one of: {', '.join(catalog())}"


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(sensors=[inbox_sensor(DataPaths.at())])
