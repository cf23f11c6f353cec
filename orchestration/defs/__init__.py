"""The asset graph, a folder per stage: landing, transform, publish, automation."""

from __future__ import annotations

import dagster as dg

from orchestration.defs import automation, landing, publish, transform
from orchestration.logs import file_logger
from orchestration.resources import Inputs, dbt_resource, home_resource
from sources.kit.catalog import catalog
from warehouse.rooms import Rooms


def build(rooms: Rooms) -> dg.Definitions:
    """Everything, for one home; needs the manifest that dbt's parse leaves there."""
    sources = catalog()
    transformed = transform.definitions(rooms)
    shared = dg.Definitions(
        resources={
            "home": home_resource(rooms),
            "inputs": Inputs(),
            "dbt": dbt_resource(rooms),
        },
        loggers={"console": dg.colored_console_logger, "file": file_logger(rooms)},
    )
    return dg.Definitions.merge(
        landing.definitions(sources),
        transformed,
        publish.definitions(transform.mart_keys(transformed)),
        automation.definitions(rooms, sources),
        shared,
    )
