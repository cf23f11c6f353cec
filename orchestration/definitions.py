"""What Dagster loads (`dagster dev -m orchestration.definitions`): the graph of one home.

Everything is built from the catalog of sources and from dbt's manifest; no list is kept here. The
command line builds the same graph by itself (`orchestration.cli.execute_job`) and does not import this
module.
"""

from __future__ import annotations

from orchestration import dbt_env, dbt_run
from orchestration.defs import build
from warehouse.paths import DataPaths

paths = DataPaths.at()
dbt_env.apply(paths)
dbt_run.parse(paths)

defs = build(paths)
