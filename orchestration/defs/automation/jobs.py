"""The jobs that a person can press."""

from typing import Any

import dagster as dg

from orchestration.defs.ingestion.partitions import partitions_definition
from sources.kit.catalog import SourceSpec, catalog

EVERYTHING, BUILD_AND_RELEASE, RELEASE_ONLY = "everything", "build_and_release", "release_only"

_RUN = dg.AssetSelection.key_prefixes(["landing", "run"])
_RELEASE = dg.AssetSelection.key_prefixes(["release"])
_PARAMETERS = dg.AssetSelection.assets(["landing", "run", "parameters"])


def landing_job(source_id: str) -> str:
    return f"land_{source_id}"


def source_jobs(spec: SourceSpec) -> list[Any]:
    """Landing of a source alone; and of the source with what hangs on it, up to the release."""
    landed = dg.AssetSelection.key_prefixes(["landing", spec.source_id])
    partitions = partitions_definition(spec)
    return [
        dg.define_asset_job(
            landing_job(spec.source_id),
            selection=landed | _PARAMETERS,
            partitions_def=partitions,
            description=f"Land and check partitions of {spec.title}; builds nothing.",
        ),
        dg.define_asset_job(
            spec.source_id,
            selection=landed.downstream() | _PARAMETERS,
            partitions_def=partitions,
            description=f"{spec.title} and what hangs on it: land, build, check, publish.",
        ),
    ]


@dg.definitions
def defs() -> dg.Definitions:
    of_sources = [job for spec in catalog().values() for job in source_jobs(spec)]
    downstream = dg.AssetSelection.all() - dg.AssetSelection.key_prefixes(["landing"])
    return dg.Definitions(
        jobs=[
            *of_sources,
            dg.define_asset_job(
                BUILD_AND_RELEASE,
                selection=_RUN | downstream,
                description="Build all models from what has landed, check them, publish.",
            ),
            dg.define_asset_job(
                RELEASE_ONLY,
                selection=_RELEASE,
                description="Check and publish what the last build left; builds nothing.",
            ),
        ]
    )
