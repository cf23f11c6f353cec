"""A Dagster instance that remembers nothing: `pax run` reads the events that the job hands back.

The usual ephemeral instance writes each of the thousands of events into an SQLite database in
memory and asks it again about every check; nobody looks there afterwards. `pax dev` has its own
instance, with a history.
"""

from __future__ import annotations

from typing import Any

import dagster as dg
from dagster._core.instance.types import InstanceType
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.run_coordinator import DefaultRunCoordinator
from dagster._core.storage.event_log import InMemoryEventLogStorage
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import TemporaryLocalArtifactStorage
from dagster._core.storage.runs import InMemoryRunStorage


class Forgetful(InMemoryEventLogStorage):
    """Takes events and keeps none; nothing was ever materialised before this run."""

    def store_event(self, event: Any) -> None:
        pass

    def store_event_batch(self, events: Any) -> None:
        pass

    def get_asset_records(self, asset_keys: Any = None) -> list[Any]:
        return []

    @property
    def asset_records_have_last_observation(self) -> bool:
        return True


def forgetful() -> dg.DagsterInstance:
    """`DagsterInstance.ephemeral()` without its event log; a context manager."""
    return dg.DagsterInstance(
        instance_type=InstanceType.EPHEMERAL,
        local_artifact_storage=TemporaryLocalArtifactStorage(),
        run_storage=InMemoryRunStorage(),
        event_storage=Forgetful(),
        compute_log_manager=NoOpComputeLogManager(),
        run_coordinator=DefaultRunCoordinator(),
        run_launcher=SyncInMemoryRunLauncher(),
        settings={"telemetry": {"enabled": False}},
    )
