"""When things run by themselves: the job, a schedule per source, the sensor on the drop folder."""

from collections.abc import Mapping

import dagster as dg

from orchestration.defs.automation.inbox_sensor import JOB, drop_sensor
from orchestration.defs.automation.schedules import schedule_of
from sources.kit.catalog import SourceSpec
from warehouse.paths import DataPaths

#: In process: a step per process would import dbt and Great Expectations again each time (5 times
#: slower), and two steps would fight for the one working database.
PAX_RUN = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Land, check, build, check again, publish: the whole way to a release.",
)


def definitions(paths: DataPaths, sources: Mapping[str, SourceSpec]) -> dg.Definitions:
    return dg.Definitions(
        jobs=[PAX_RUN],
        schedules=[schedule_of(spec, paths) for spec in sources.values()],
        sensors=[drop_sensor(paths, sources)],
    )
