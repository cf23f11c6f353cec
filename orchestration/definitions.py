"""What Dagster loads (`dagster dev -m orchestration.definitions`): the graph of one home.

Everything is built from the catalog of sources and from dbt's manifest; no list is kept here. The
command line builds the same graph by itself (`orchestration.execute`) and does not import this
module.
"""

from __future__ import annotations

from orchestration import dbt_env, dbt_run
from orchestration.defs import build
from warehouse.rooms import Rooms

rooms = Rooms.at()
dbt_env.apply(rooms)
dbt_run.parse(rooms)

defs = build(rooms)
