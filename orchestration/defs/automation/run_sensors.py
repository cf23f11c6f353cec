"""Sensors on runs: dead ones are failed, old ones deleted, failures and releases posted."""

import dagster as dg

from orchestration.defs.automation import settings
from orchestration.defs.automation.webhook import announce_release, post
from orchestration.defs.environment import webhook_url
from orchestration.defs.instance import delete_old_runs, fail_dead_runs
from warehouse.paths import DataPaths
from warehouse.release.errors import PublishError


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
    if url := webhook_url():
        run = context.dagster_run
        text = f"{run.job_name} failed: {context.failure_event.message}"
        body = {"text": text, "run_id": run.run_id, "job": run.job_name, "tags": dict(run.tags)}
        try:
            post(url, body)
        except (OSError, ValueError) as error:
            context.log.error(f"the webhook did not accept the notice: {error}")


def release_webhook(paths: DataPaths) -> dg.SensorDefinition:
    """Posts each release that becomes current, also one of `pax run` or of a rollback."""

    @dg.sensor(
        name="release_webhook",
        minimum_interval_seconds=settings.sensor_seconds(),
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Posts a new current release, with what moved, to PAX_WEBHOOK_URL.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        try:
            return dg.SkipReason(announce_release(paths))
        except (OSError, ValueError, PublishError) as error:
            return dg.SkipReason(f"the webhook did not accept the notice: {error}")

    return sensor


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(
        sensors=[run_housekeeping, failure_webhook, release_webhook(DataPaths.at())]
    )
