"""Why a mart of a release has no rows: which of its inputs were not known yet, or never landed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import duckdb

from warehouse.release.dbt_manifest import Mart
from warehouse.storage.read_only import quoted


def first_known_days(
    connection: duckdb.DuckDBPyConnection,
    marts: Iterable[Mart],
    editions: Iterable[Mapping[str, Any]],
) -> dict[str, date]:
    """The first day on which each landed source and each register was known at all.

    Args:
        connection: the working database; registers are seeds of it.
        editions: one row per landed source and edition, of any knowledge day.
    """
    days: dict[str, date] = {}
    for row in editions:
        source_id, day = row["source_id"], row["known_from_date"]
        days[source_id] = min(day, days.get(source_id, day))
    for register in sorted({name for mart in marts for name in mart.registers}):
        with suppress(duckdb.CatalogException, duckdb.BinderException):
            found = connection.execute(
                f"select min(known_from_date) from seeds.{quoted(register)}"
            ).fetchone()
            if found and found[0]:
                days[register] = found[0]
    return days


def why_empty(mart: Mart, first_days: Mapping[str, date], as_known_on: date) -> str:
    """The sentence for a mart without rows."""
    needed = [*mart.meta.get("rows_need", [*mart.sources, *mart.registers])]
    later = [
        f"{name} (known from {first_days[name]})"
        for name in needed
        if name in first_days and first_days[name] > as_known_on
    ]
    absent = [name for name in needed if name in mart.sources and name not in first_days]
    parts = [
        *([f"on {as_known_on} nothing was known of {', '.join(later)}"] if later else []),
        *([f"nothing has landed of {', '.join(absent)}"] if absent else []),
    ]
    return "Empty in this release: " + ("; ".join(parts) or "its inputs give no row") + "."
