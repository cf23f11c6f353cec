"""The release as an asset behind every mart, and the departures' checks on the marts."""

from collections.abc import Sequence

import dagster as dg

from expectations.views import let_go
from orchestration import dbt_env, lock, progress
from orchestration.defs import collect_check_results
from orchestration.defs.release.checks import departure_checks
from orchestration.resources import DataDirResource, IngestConfig
from warehouse.release import Published, RunInfo, export_marts, publish


def release(marts: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    @dg.asset(
        key=["release", "duckdb"],
        deps=marts,
        group_name="release",
        kinds={"duckdb", "parquet"},
        owners=["team:data-platform"],
        description="One immutable release per state of the marts: Parquet, DuckDB, report and "
        "dictionary; `current` points to it after one atomic rename.",
    )
    def release_duckdb(
        context: dg.AssetExecutionContext, data_dir: DataDirResource, inputs: IngestConfig
    ) -> dg.MaterializeResult:
        paths = data_dir.paths
        let_go()
        with lock.acquire_lock(paths, "publishing"), progress.timed("release"):
            export_marts(paths, dbt_env.manifest_path(paths))
            published = publish(
                paths,
                dbt_env.manifest_path(paths),
                collect_check_results.all_verdicts(paths),
                RunInfo(run_id=context.run.run_id, fingerprint=inputs.fingerprint or None),
                say=lambda text: progress.report_progress("release", text),
            )
        return dg.MaterializeResult(metadata=_metadata(published))

    return release_duckdb


def _metadata(published: Published) -> dict[str, dg.MetadataValue]:
    return {
        "release_id": dg.MetadataValue.text(published.release_id),
        "is_new": dg.MetadataValue.bool(published.is_new),
        "marts": dg.MetadataValue.int(published.n_marts),
        "data_version": dg.MetadataValue.text(published.data_version),
        "folder": dg.MetadataValue.path(published.folder),
        "report": dg.MetadataValue.path(published.report),
        "summary": dg.MetadataValue.text(published.summary),
    }


def definitions(marts: Sequence[dg.AssetKey]) -> dg.Definitions:
    return dg.Definitions(assets=[release(marts)], asset_checks=departure_checks(marts))
