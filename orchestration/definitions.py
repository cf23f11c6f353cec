"""What Dagster loads: `dagster dev -m orchestration.definitions`, `dg dev`, and `pax run`.

Everything below `defs/` is built from the catalog of sources and from dbt's manifest.
"""

from pathlib import Path

import dagster as dg

from orchestration.defs.environment import apply_environment
from orchestration.defs.instance import prepare_instance
from orchestration.resources import resources
from warehouse.paths import DataPaths


@dg.definitions
def defs() -> dg.Definitions:
    """The graph of the data directory that PAX_HOME names."""
    paths = DataPaths.at()
    apply_environment(paths)
    prepare_instance(paths)
    return dg.Definitions.merge(
        dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
        dg.Definitions(
            resources=resources(paths),
            # a process per step would import dbt and Great Expectations again each time
            executor=dg.in_process_executor,
        ),
    )
