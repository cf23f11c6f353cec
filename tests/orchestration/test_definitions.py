"""The asset graph: its keys, groups and checks as a committed snapshot.

After a wanted change: `PAX_SNAPSHOT=write pytest tests/orchestration/test_definitions.py`, then
read the difference before committing it.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.ingestion.partitions import partition_keys
from orchestration.defs.transformation.assets import MARTS
from sources.kit.catalog import catalog
from warehouse.paths import DataPaths

SNAPSHOT = Path(__file__).with_name("graph.json")

pytestmark = pytest.mark.xdist_group("definitions")


def described(definitions: dg.Definitions) -> dict[str, dict[str, object]]:
    """Key, group and checks of every asset. dbt's own names of tests are long and many: their
    number stands for them; so does that of a source's partitions, which grow by the month."""
    graph = definitions.resolve_asset_graph()
    found: dict[str, dict[str, object]] = {}
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        checks = sorted(check.name for check in graph.get_check_keys_for_assets({key}))
        own = [c for c in checks if c == "sources" or key.path[0] == "release"]
        found[key.to_user_string()] = {
            "group": node.group_name,
            "checks": own,
            "dbt_tests": len(checks) - len(own),
            "is_partitioned": node.is_partitioned,
        }
    return found


def test_graph_is_the_committed_one(definitions: dg.Definitions) -> None:
    now = described(definitions)
    text = json.dumps(now, indent=1, sort_keys=True) + "\n"
    if os.environ.get("PAX_SNAPSHOT") == "write":
        SNAPSHOT.write_text(text, encoding="utf-8")
    before = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert sorted(now) == sorted(before), "assets came or went"
    assert now == before


def test_no_dependency_names_an_unknown_asset(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    unknown = sorted(key.to_user_string() for key in graph.external_asset_keys)
    assert not unknown, f"no step makes {unknown}"


def test_every_source_lands_and_has_jobs_and_a_schedule(definitions: dg.Definitions) -> None:
    keys = definitions.resolve_asset_graph().get_all_asset_keys()
    schedules = {s.name: s for s in definitions.schedules or []}
    jobs = {job.name for job in definitions.resolve_all_job_defs()}
    for source_id, spec in catalog().items():
        for table in spec.tables:
            assert dg.AssetKey(["landing", source_id, table]) in keys
        assert {source_id, f"land_{source_id}"} <= jobs
        schedule = schedules[f"{source_id}_cadence"]
        assert schedule.execution_timezone == "UTC"
        assert schedule.cron_schedule == spec.cadence.cron
    assert {"everything", "build_and_release", "release_only"} <= jobs


def test_landing_is_partitioned_where_a_source_has_parts(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for source_id, spec in catalog().items():
        for table in spec.tables:
            node = graph.get(dg.AssetKey(["landing", source_id, table]))
            keys = node.partitions_def.get_partition_keys() if node.partitions_def else []
            assert list(keys) == partition_keys(spec)
            assert not keys or node.backfill_policy == dg.BackfillPolicy.single_run()
            stale_after = timedelta(days=spec.cadence.stale_after_days)
            policy = node.freshness_policy
            assert isinstance(policy, type(dg.FreshnessPolicy.time_window(stale_after)))
    assert {"2022", "2026"} <= set(partition_keys(catalog()["usgs_mcs"]))
    assert "202601" in partition_keys(catalog()["uk_hmrc"])
    assert not partition_keys(catalog()["policy_news"])


def test_every_asset_has_description_group_owner_and_kind(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.get_all_asset_keys()]
    bare = [n.key.to_user_string() for n in nodes if not (n.group_name and n.owners and n.kinds)]
    assert not bare, f"without group, owner or kind: {bare}"
    public = [n for n in nodes if n.key.path[0] in ("landing", "marts", "release")]
    silent = [n.key.to_user_string() for n in public if not n.description]
    assert not silent, f"without description: {silent}"


def test_checks_of_the_project_are_described_and_block(definitions: dg.Definitions) -> None:
    specs = [spec for checks in definitions.asset_checks or [] for spec in checks.check_specs]
    assert {spec.name for spec in specs} > {"sources", "dim_country"}
    assert all(spec.blocking and spec.description for spec in specs)


def test_release_waits_for_every_mart_and_its_check(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    marts = {key for key in graph.get_all_asset_keys() if key.path[0] == "marts"}
    parquet = dg.AssetKey(["release", "parquet"])
    assert marts
    assert graph.get(parquet).parent_keys == marts
    assert graph.get(dg.AssetKey(["release", "current"])).parent_keys == {parquet}
    checked = {check.name for check in graph.get_check_keys_for_assets({parquet})}
    assert checked == {key.path[-1] for key in marts}


def test_steps_after_dbt_read_marts_alone(definitions: dg.Definitions) -> None:
    """A build of a part states of what it has kept only the marts: Dagster would skip a step that
    reads another table."""
    graph = definitions.resolve_asset_graph()
    built = set(definitions.resolve_assets_def(dg.AssetKey(["marts", "dim_country"])).keys)
    read = {key for node in graph.asset_nodes if node.key not in built for key in node.parent_keys}
    assert {key.path[0] for key in read & built} == {MARTS}


def test_jobs_run_in_one_process_and_steps_share_a_pool(definitions: dg.Definitions) -> None:
    for job in definitions.resolve_all_job_defs():
        assert job.executor_def is dg.in_process_executor, job.name
        for node in job.nodes_in_topological_order:
            if node.name not in ("run_everything",):
                assert node.definition.pool == "data_directory", node.name  # type: ignore[attr-defined]


@pytest.mark.parametrize("job", ["everything", "build_and_release"])
def test_a_knowledge_day_in_the_future_is_refused(
    definitions: dg.Definitions, job: str, paths: DataPaths
) -> None:
    day = {"as_known_on": "9000-01-01"}
    config: dict[str, Any] = {"ops": {"run_everything": {"config": day}}}
    selection = None
    if job == "build_and_release":
        config = {"resources": {"inputs": {"config": {**day, "activate": True}}}}
        selection = [dg.AssetKey(["landing", "run", "parameters"])]
    with dg.DagsterInstance.ephemeral() as instance:
        done = definitions.resolve_job_def(job).execute_in_process(
            run_config=config, instance=instance, asset_selection=selection, raise_on_error=False
        )
        (failed,) = [event for event in done.all_events if event.is_step_failure]
    assert not done.success
    error = failed.step_failure_data.error
    assert error is not None
    assert "9000-01-01 lies in the future" in error.message
    assert "What to do: give " in error.message
    assert not (paths.landing / "run" / "parameters").exists()


def test_job_of_a_source_ends_in_the_release(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("usgs_mcs")
    keys = set(job.asset_layer.executable_asset_keys)
    assert dg.AssetKey(["landing", "usgs_mcs", "world"]) in keys
    assert dg.AssetKey(["release", "current"]) in keys
    assert not [k for k in keys if k.path[:2] == ["landing", "uk_hmrc"]]
