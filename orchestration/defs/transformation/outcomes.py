"""From dbt's results to Dagster's: a built model materialises an asset, a test decides a check."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt.asset_utils import (
    get_asset_check_key_for_test,
    get_manifest_and_translator_from_dbt_assets,
    get_subset_selection_for_context,
)

from orchestration import dbt_run, progress
from orchestration.dbt_run import Node
from orchestration.defs import check_results
from orchestration.defs.transformation import baci_comparison
from warehouse.paths import DataPaths

_BUILT = ("success", "no-op")
_KINDS = ("seed", "model", "snapshot")
Result = dg.MaterializeResult | dg.AssetCheckResult


def built(context: dg.AssetExecutionContext, paths: DataPaths) -> Iterator[Result]:
    """Build what the context selects; yield a result per node; fail after the last, if any did."""
    manifest, translator, project = get_manifest_and_translator_from_dbt_assets(
        [context.assets_def]
    )
    selection, _ = get_subset_selection_for_context(
        context=context, manifest=manifest, select=None, exclude=None, selector=None,
        dagster_dbt_translator=translator, current_dbt_indirect_selection_env=None,
    )  # fmt: skip
    counter = _Counter(manifest)
    nodes = dbt_run.build(paths, selection, counter)
    if not any(node.is_bad for node in nodes):
        # two readers side by side: dbt's tests here, the departures' suites at the clerk's. In a
        # part of a run the order of steps is looser: verdicts might be swept away before they
        # are read.
        if not context.is_subset:
            marts = [key.path[-1] for key in context.selected_asset_keys if key.path[0] == "marts"]
            check_results.hand_in("marts", marts)
        nodes += dbt_run.ask_tests(paths, selection, counter)
    rows, scores = looked_at(paths)
    for node in nodes:
        kind = node.unique_id.partition(".")[0]
        if kind in _KINDS and node.status in _BUILT:
            key = translator.get_asset_spec(manifest, node.unique_id, project).key
            if key in context.selected_asset_keys:
                beside = scores if key == baci_comparison.ASSET else {}
                yield dg.MaterializeResult(key, metadata={**_about(node, key, rows), **beside})
        elif kind == "test" and node.status != "skipped":
            check = get_asset_check_key_for_test(manifest, translator, node.unique_id, project)
            if check in context.selected_asset_check_keys:
                yield _verdict(check, node, manifest)
    _raise_if_bad(nodes)


def looked_at(paths: DataPaths) -> tuple[dict[str, int], Mapping[str, Any]]:
    """Rows per table as `schema.table` (DuckDB keeps the count; nothing is scanned), and how the
    reconciled flows stand beside the benchmark."""
    with duckdb.connect(str(paths.database), read_only=True) as connection:
        found = connection.sql(
            "select schema_name || '.' || table_name, estimated_size from duckdb_tables()"
        ).fetchall()
        return {name: int(n) for name, n in found}, baci_comparison.benchmark_metadata(connection)


def _about(node: Node, key: dg.AssetKey, rows: Mapping[str, int]) -> dict[str, Any]:
    about: dict[str, Any] = {"unique_id": node.unique_id, "seconds": round(node.seconds, 3)}
    count = rows.get(".".join(key.path))
    return {**about, "dagster/row_count": count} if count is not None else about


def _verdict(key: dg.AssetCheckKey, node: Node, manifest: Mapping[str, Any]) -> dg.AssetCheckResult:
    is_warning = node.status == "warn"
    return dg.AssetCheckResult(
        passed=node.status == "pass",
        asset_key=key.asset_key,
        check_name=key.name,
        severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
        description=node.message or None,
        metadata={"unique_id": node.unique_id, "failing_rows": node.failures or 0},
    )


def _raise_if_bad(nodes: list[Node]) -> None:
    bad = [node for node in nodes if node.is_bad]
    if bad:
        first = bad[0]
        raise dg.Failure(
            description=f"dbt: {len(bad)} of {len(nodes)} nodes failed, first "
            f"{first.unique_id}: {first.message}",
            metadata={"nodes": json.dumps({node.unique_id: node.message for node in bad})},
            allow_retries=False,
        )


class _Counter:
    """Counts ended nodes for the progress display: models and tests apart."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self.total = len(manifest["nodes"])
        self.models = self.tests = self.bad = 0

    def __call__(self, status: str, kind: str, unique_id: str) -> None:
        if kind in _KINDS:
            self.models += 1
        else:
            self.tests += 1
        self.bad += status in ("error", "fail")
        text = f"{self.models} models, {self.tests} tests" + (f", {self.bad} bad" * bool(self.bad))
        progress.report_progress("dbt", text, self.models + self.tests, self.total)
