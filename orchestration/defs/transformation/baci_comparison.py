"""What the asset of the reconciled flows tells beside its rows: how close they come to CEPII's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

import dagster as dg
import duckdb

from warehouse.paths import DataPaths
from warehouse.statistics.baci_comparison import BOUNDS, MART, UNIVERSE, Score, scores_of_mart

ASSET = dg.AssetKey(["marts", MART])


def benchmark_metadata(
    connection: duckdb.DuckDBPyConnection,
) -> Mapping[str, dg.MetadataValue]:
    """A row of scores per year, what they are about and what is enough; nothing without a year."""
    found = scores_of_mart(connection)
    if not found:
        return {}
    bounds = ", ".join(f"{name} {low:g} to {high:g}" for name, (low, high) in BOUNDS.items())
    return {
        "benchmark_scores": dg.MetadataValue.table(
            [dg.TableRecord(asdict(score)) for score in found],
            schema=dg.TableSchema([dg.TableColumn(name, kind) for name, kind in _columns()]),
        ),
        "benchmark_universe": dg.MetadataValue.text(UNIVERSE),
        "benchmark_bounds": dg.MetadataValue.text(bounds),
    }


def observed(paths: DataPaths) -> dg.AssetObservation | None:
    """The same as an observation, for a build whose materialization was told while dbt still held
    the database."""
    with duckdb.connect(str(paths.database), read_only=True) as connection:
        found = benchmark_metadata(connection)
    return dg.AssetObservation(ASSET, metadata=found) if found else None


def _columns() -> list[tuple[str, str]]:
    kinds = {"int": "int", "str | None": "string"}
    return [(field.name, kinds.get(str(field.type), "float")) for field in fields(Score)]
