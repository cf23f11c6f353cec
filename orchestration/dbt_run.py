"""dbt in this process: parse once, reuse the manifest, build, and let go of the database.

A subprocess would pay dbt's imports and a second parse again (7 seconds here); the UI prefers
dbt's command line all the same, for its live events.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration import dbt_env, dbt_light
from orchestration.errors import PaxError
from warehouse.paths import DBT_PROJECT, DataPaths

#: Called with (status, resource type, unique id) as each node ends.
OnNode = Callable[[str, str, str], None]

_QUIET = ["--log-level", "none", "--quiet"]
#: Unit tests prove the SQL on made-up rows: they belong to `make test`, not to every run.
BUILD = ["build", "--exclude-resource-type", "unit_test"]
TEST = ["test", "--exclude-resource-type", "unit_test"]
_manifests: dict[Path, Any] = {}


@dataclass(frozen=True)
class Node:
    """What became of one model, seed or test."""

    unique_id: str
    status: str  # success | error | skipped | pass | warn | fail | no-op
    message: str
    failures: int | None
    seconds: float

    @property
    def is_bad(self) -> bool:
        return self.status in ("error", "fail", "runtime error")


def parse(paths: DataPaths) -> Path:
    """Parse the project and write `manifest.json`; the parsed manifest is kept for `build`."""
    dbt_light.leave_out()
    result = dbtRunner().invoke(["parse", *_QUIET, *dbt_env.arguments(paths)])
    if not result.success:
        raise PaxError(
            "the dbt project does not parse: " + str(result.exception or "see the log").strip(),
            where=str(DBT_PROJECT),
            remedy="correct the model, macro or YAML that the message names",
        )
    _manifests[paths.data_dir] = result.result
    return dbt_env.manifest_path(paths)


def build(
    paths: DataPaths, selection: Sequence[str] = (), on_node: OnNode | None = None
) -> list[Node]:
    """Seeds and models: every node's outcome. Raises only if dbt could not begin."""
    # no file of an earlier run may speak for this one
    dbt_env.run_results_path(paths).unlink(missing_ok=True)
    return _invoke([*BUILD, "--exclude-resource-type", "test"], paths, selection, on_node)


def ask_tests(
    paths: DataPaths, selection: Sequence[str] = (), on_node: OnNode | None = None
) -> list[Node]:
    """The data tests of what was built. The database is opened for reading, so that others may
    read it meanwhile. Raises only if dbt could not begin."""
    return _invoke([*TEST, "--target", "reading"], paths, selection, on_node)


def _invoke(
    command: Sequence[str], paths: DataPaths, selection: Sequence[str], on_node: OnNode | None
) -> list[Node]:
    callbacks = [_watch(on_node)] if on_node else []
    runner = dbtRunner(manifest=_manifests.get(paths.data_dir), callbacks=callbacks)
    try:
        # `parse` has written the manifest; dbt would write it, and its graph, each time again
        arguments = ["--no-write-json", *selection, *dbt_env.arguments(paths)]
        result = runner.invoke([*command, *_QUIET, *arguments])
    finally:
        # dbt keeps its read-write connection; the next reader of this process would be refused.
        DuckDBConnectionManager.close_all_connections()
    stopped = result.exception
    if isinstance(stopped, BaseException) and not isinstance(stopped, Exception):
        raise KeyboardInterrupt from stopped  # Ctrl-C, which dbt hands over as a result
    if result.result is None:
        raise PaxError(
            f"dbt could not start: {str(result.exception).strip()}",
            where=str(DBT_PROJECT),
            remedy="`pax doctor` looks at the disk, the working database and the lock",
        )
    if command[0] == "test" or not result.success:
        result.result.write(str(dbt_env.run_results_path(paths)))
    return [_node(outcome) for outcome in result.result.results]


def _node(outcome: Any) -> Node:
    return Node(
        unique_id=outcome.node.unique_id,
        status=str(getattr(outcome.status, "value", outcome.status)),
        message=str(outcome.message or "").strip(),
        failures=outcome.failures,
        seconds=float(outcome.execution_time or 0.0),
    )


def _watch(on_node: OnNode) -> Callable[[Any], None]:
    def seen(event: Any) -> None:
        if event.info.name == "NodeFinished":
            info = event.data.node_info
            on_node(info.node_status, info.resource_type, info.unique_id)

    return seen
