"""Sensors on runs: dead ones are failed, old ones deleted, failures posted to a webhook."""

import json
import urllib.request

import dagster as dg

from orchestration.defs.automation import settings
from orchestration.defs.instance import delete_old_runs, fail_dead_runs
from warehouse.paths import DataPaths


@dg.sensor(
    name="run_housekeeping",
    minimum_interval_seconds=settings.sensor_seconds(),
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Fails runs whose process was killed, so that the queue goes on, and deletes old "
    "runs with their logs. Runs also with PAX_AUTOMATION=off.",
)
def run_housekeeping(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    dead = fail_dead_runs(context.instance, DataPaths.at())
    deleted = delete_old_runs(context.instance, settings.keep_runs())
    return dg.SkipReason(f"{len(dead)} dead runs failed, {deleted} old runs deleted")


@dg.run_failure_sensor(
    name="failure_webhook",
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=settings.sensor_seconds(),
    monitor_all_code_locations=True,
    description="Posts a failed run as JSON to PAX_WEBHOOK_URL, where that is set.",
)
def failure_webhook(context: dg.RunFailureSensorContext) -> None:
    if url := settings.webhook_url():
        run = context.dagster_run
        text = f"{run.job_name} failed: {context.failure_event.message}"
        body = {"text": text, "run_id": run.run_id, "job": run.job_name, "tags": dict(run.tags)}
        request = urllib.request.Request(
            url, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except OSError as error:
            context.log.error(f"the webhook did not accept the notice: {error}")


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(sensors=[run_housekeeping, failure_webhook])
