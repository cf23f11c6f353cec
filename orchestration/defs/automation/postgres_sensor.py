"""The current release to PostgreSQL, where `PAX_POSTGRES_DSN` names a database that lacks it."""

from datetime import UTC, datetime

import dagster as dg

from orchestration.defs.automation import settings
from orchestration.defs.environment import postgres_dsn
from orchestration.defs.explain_failures import explain_failures
from orchestration.errors import UsageError
from orchestration.resources import POOL, DataDirResource
from warehouse.paths import DataPaths
from warehouse.release import current_id
from warehouse.release.postgres import PostgresError, publish_to_postgres, published_id


@dg.op(pool=POOL, description="Publish the current release to the database of PAX_POSTGRES_DSN.")
def publish_current_release(context: dg.OpExecutionContext, data_dir: DataDirResource) -> str:
    paths = data_dir.paths
    with explain_failures():
        release_id, dsn = current_id(paths), postgres_dsn()
        if not dsn:
            raise UsageError("PAX_POSTGRES_DSN is not set", remedy="set it for the daemon too")
        if release_id is None:
            raise UsageError("there is no release yet", remedy="run the job `everything`")
        done = publish_to_postgres(paths.releases / release_id, dsn)
    context.log.info(done.summary)
    context.add_output_metadata({"release_id": release_id, "rows": done.n_rows})
    return release_id


@dg.job(description="Publish the current release to PostgreSQL; docs/connect/postgresql.md.")
def publish_postgres() -> None:
    publish_current_release()


def postgres_sensor(paths: DataPaths) -> dg.SensorDefinition:
    """Compares the database with the current release: a new one, a rollback, a failure before."""

    @dg.sensor(
        name="postgres_sensor",
        job=publish_postgres,
        minimum_interval_seconds=settings.sensor_seconds(),
        default_status=settings.sensor_status(),
        description="Publishes the current release to PostgreSQL where the database lacks it.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if not settings.is_automated():
            return settings.OFF
        release_id, dsn = current_id(paths), postgres_dsn()
        if not dsn or release_id is None:
            return dg.SkipReason("no PAX_POSTGRES_DSN" if not dsn else "no release yet")
        try:
            found = published_id(dsn)
        except PostgresError as error:
            return dg.SkipReason(str(error))
        if found == release_id:
            return dg.SkipReason(f"PostgreSQL has {release_id}")
        # a publication that fails is tried again each hour
        hour = datetime.now(UTC).strftime("%Y-%m-%dT%H")
        return dg.RunRequest(run_key=f"{found} {release_id} {hour}")

    return sensor


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(jobs=[publish_postgres], sensors=[postgres_sensor(DataPaths.at())])
