"""The heavy part of a run: Dagster, the asset graph and the chain of runs, in this process.

Imported only after the fingerprint has shown that something changed.
"""

from __future__ import annotations

import logging

import dagster as dg

from orchestration.cli.run_parameters import Parameters
from orchestration.defs.automation.chain import ChainResult, run_chain
from orchestration.defs.automation.chain_request import ChainRequest
from orchestration.defs.instance import delete_old_runs, fail_dead_runs, open_instance
from orchestration.progress import report_progress
from warehouse.paths import DataPaths

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def load_definitions() -> dg.Definitions:
    """The asset graph of the data directory.

    Raises:
        PaxError: the dbt project does not parse.
    """
    from orchestration.definitions import defs

    logging.captureWarnings(True)
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT, force=True)
    report_progress("prepare", "loading the asset graph")
    return defs()


def execute(
    paths: DataPaths, definitions: dg.Definitions, parameters: Parameters, fingerprint: str
) -> ChainResult:
    """Execute the chain (or the part that was selected).

    Raises:
        KeyboardInterrupt: the run was interrupted.
    """
    from orchestration.defs.automation.settings import keep_runs

    with open_instance(paths) as instance:
        fail_dead_runs(instance, paths)
        delete_old_runs(instance, keep_runs())
        request = ChainRequest(
            live=parameters.live,
            only=parameters.only,
            partitions=parameters.partitions,
            since=parameters.since or "",
            as_known_on=parameters.as_known_on or "",
            as_of=parameters.as_of or "",
            activate=parameters.activate,
            fingerprint=fingerprint,
            force=parameters.force,
            engine=parameters.engine,
            select=parameters.select or "",
        )
        return run_chain(paths, definitions, instance, request)
