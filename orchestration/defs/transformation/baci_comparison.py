"""How close the reconciled flows come to CEPII's, as metadata of their asset."""

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
    """A row of scores per year, their universe and their bounds; empty without a year."""
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


def observe_scores(paths: DataPaths) -> dg.AssetObservation | None:
    """The scores as an observation of the mart that a build has just written; None without any."""
    with duckdb.connect(str(paths.database), read_only=True) as connection:
        tables = connection.sql(
            "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = ?",
            params=[MART],
        ).fetchall()
        found = benchmark_metadata(connection) if tables else {}
    return dg.AssetObservation(ASSET, metadata=found) if found else None


def _columns() -> list[tuple[str, str]]:
    kinds = {"int": "int", "str | None": "string"}
    return [(field.name, kinds.get(str(field.type), "float")) for field in fields(Score)]
