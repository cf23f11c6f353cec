"""One schedule per source, by the cadence in its `source.yml`.

A source with a live way is asked on its day. One without cannot be fetched by a machine: its
schedule runs what a person has put into the drop folder, and else says that an edition is due.
"""

import dagster as dg

from orchestration.defs.automation.inbox_sensor import JOB, list_inbox_files, run_config
from sources.kit.catalog import SourceSpec
from warehouse.paths import DataPaths


def schedule_of(spec: SourceSpec, paths: DataPaths) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"{spec.source_id}_cadence",
        cron_schedule=spec.cadence.cron,
        execution_timezone="UTC",
        job_name=JOB,
        description=f"{spec.title}: {spec.cadence.text}.",
    )
    def cadence(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        manual = [str(path) for path in list_inbox_files(paths, spec.source_id)]
        live = [spec.source_id] if "live" in spec.access_methods else []
        if not live and not manual:
            return dg.SkipReason(
                f"{spec.title} may have a new edition ({spec.cadence.text}) and no machine can "
                f"fetch it: download it from {spec.homepage} and put it into "
                f"drop/{spec.source_id}/, or use `pax land {spec.source_id} FILE`"
            )
        return dg.RunRequest(
            run_config=run_config(live, {spec.source_id: manual} if manual else {}),
            tags={"pax/source": spec.source_id},
        )

    return cadence
