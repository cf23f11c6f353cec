"""The marts as Parquet, their checks, and the release that becomes current."""

from collections.abc import Sequence

import dagster as dg

from expectations.runner import build_data_docs, list_subjects
from orchestration.defs.collect_check_results import collect_check_results
from orchestration.defs.explain_failures import explain_failures
from orchestration.defs.release.checks import mart_checks
from orchestration.defs.transformation.dbt_command import manifest_path
from orchestration.progress import report_progress, timed
from orchestration.resources import POOL, DataDirResource, IngestConfig
from warehouse.release import Published, RunInfo, export_marts, publish

OWNERS = ["team:data-platform"]
PARQUET, CURRENT = dg.AssetKey(["release", "parquet"]), dg.AssetKey(["release", "current"])


def release_assets(marts: Sequence[dg.AssetKey]) -> list[dg.AssetsDefinition]:
    """`release/parquet` of all marts, and `release/current` made of it."""

    @dg.asset(
        key=PARQUET,
        deps=marts,
        group_name="release",
        kinds={"parquet"},
        owners=OWNERS,
        pool=POOL,
        description="Every mart of the working database as Parquet, ordered by its key: what mart "
        "checks read and a release takes over.",
    )
    def release_parquet(data_dir: DataDirResource) -> dg.MaterializeResult:
        paths = data_dir.paths
        with explain_failures(), timed("release"):
            files = export_marts(paths, manifest_path(paths))
        rows = [dg.TableRecord({"mart": file.name, "rows": file.rows}) for file in files]
        return dg.MaterializeResult(
            metadata={
                "marts": len(files),
                "dagster/row_count": sum(file.rows for file in files),
                "rows": dg.MetadataValue.table(rows),
            }
        )

    @dg.asset(
        key=CURRENT,
        deps=[PARQUET],
        group_name="release",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        pool=POOL,
        description="One immutable release per state of the marts: Parquet, DuckDB, report and "
        "dictionary; `current` points to it after one atomic rename. A release of an earlier "
        "knowledge day is published beside the current one unless `activate` is set.",
    )
    def release_current(
        context: dg.AssetExecutionContext, data_dir: DataDirResource, inputs: IngestConfig
    ) -> dg.MaterializeResult:
        paths = data_dir.paths
        with explain_failures(), timed("release"):
            published = publish(
                paths,
                manifest_path(paths),
                collect_check_results(paths),
                RunInfo(
                    run_id=context.run.run_id,
                    fingerprint=inputs.fingerprint or None,
                    activate=inputs.activate,
                ),
                on_progress=lambda text: report_progress("release", text),
                build_data_docs=lambda folder: build_data_docs(paths, folder),
            )
        return dg.MaterializeResult(metadata=_metadata(published))

    return [release_parquet, release_current]


def _metadata(published: Published) -> dict[str, dg.MetadataValue]:
    return {
        "release_id": dg.MetadataValue.text(published.release_id),
        "is_new": dg.MetadataValue.bool(published.is_new),
        "is_current": dg.MetadataValue.bool(published.is_current),
        "marts": dg.MetadataValue.int(published.n_marts),
        "data_version": dg.MetadataValue.text(published.data_version),
        "folder": dg.MetadataValue.path(published.folder),
        "report": dg.MetadataValue.path(published.report),
        "summary": dg.MetadataValue.text(published.summary),
    }


@dg.definitions
def defs() -> dg.Definitions:
    marts = [dg.AssetKey(["marts", mart]) for mart in list_subjects("marts")]
    return dg.Definitions(assets=release_assets(marts), asset_checks=[mart_checks()])
