"""The asset graph, a folder per stage: landing, transform, publish, automation."""

from __future__ import annotations

import dagster as dg

from orchestration.cli.log_files import file_logger
from orchestration.defs import automation
from orchestration.defs.ingestion import assets as ingestion_assets
from orchestration.defs.release import assets as release_assets
from orchestration.defs.transformation import assets as transformation_assets
from orchestration.resources import IngestConfig, data_dir_resource, dbt_resource
from sources.kit.catalog import catalog
from warehouse.paths import DataPaths


def build(paths: DataPaths) -> dg.Definitions:
    """Everything, for one home; needs the manifest that dbt's parse leaves there."""
    sources = catalog()
    transformed = transformation_assets.definitions(paths)
    shared = dg.Definitions(
        resources={
            "data_dir": data_dir_resource(paths),
            "inputs": IngestConfig(),
            "dbt": dbt_resource(paths),
        },
        loggers={"console": dg.colored_console_logger, "file": file_logger(paths)},
    )
    return dg.Definitions.merge(
        ingestion_assets.definitions(sources),
        transformed,
        release_assets.definitions(transformation_assets.mart_keys(transformed)),
        automation.definitions(paths, sources),
        shared,
    )
