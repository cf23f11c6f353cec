"""The suites of the marts, generated from dbt's manifest, what was known, and the current release.

A suite asks three things: whether a mart has rows when its sources are known and none when
nothing is; whether it still has the rows, keys and columns of the current release; and whether a
number moved although its editions are the same. Columns, types and values are dbt's contracts
and tests. A mart's YAML may say under `config.meta`

    may_be_empty: true                  no rows are no error, for example when nothing lies ahead
    rows_need: [un_comtrade]            rows come only where one of these sources has landed
    movement: {measure: concern_share, tolerance: 0.01}
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import great_expectations.expectations as gxe
import pyarrow.parquet as pq
from great_expectations import ExpectationSuite

from expectations.context import PREPARED, RELEASE, Validation
from expectations.shared_expectations import between
from sources.kit.load_record import LoadRecord
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.release.dbt_manifest import Mart
from warehouse.statistics import baci_comparison
from warehouse.storage.load_records import LATEST
from warehouse.storage.read_only import literal, quoted

#: A comparison with the current release shows this many of the largest changes.
N_CHANGES = 1_000


@dataclass(frozen=True)
class Knowledge:
    """First and last day on which each landed source and each register became known, up to any
    day, and the run's knowledge day."""

    known_days: Mapping[str, tuple[date, date]]
    as_known_on: date

    def is_all_known(self, names: Sequence[str]) -> bool:
        """Whether all of those that have landed are known in full on the day, and one has."""
        days = [self.known_days[name] for name in names if name in self.known_days]
        return bool(days) and all(last <= self.as_known_on for _, last in days)

    def is_none_known(self, names: Sequence[str]) -> bool:
        """Whether nothing of any of them is known on the day."""
        days = [self.known_days[name] for name in names if name in self.known_days]
        return all(first > self.as_known_on for first, _ in days)


def read_knowledge(records: Sequence[LoadRecord], as_known_on: date) -> Knowledge:
    """From the load records of partitions with rows, and from the registers' CSV files."""
    days: dict[str, list[date]] = {}
    for record in records:
        if record.n_rows:
            day = date.fromisoformat(record.known_from_date)
            days.setdefault(record.source_id, []).append(day)
    for path in (DBT_PROJECT / "seeds" / "curated").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found = [row["known_from_date"] for row in csv.DictReader(file)]
        days[path.stem] = [date.fromisoformat(day) for day in found if day]
    return Knowledge({n: (min(found), max(found)) for n, found in days.items()}, as_known_on)


def rows_expectation(mart: Mart, knowledge: Knowledge) -> Any:
    """How many rows the mart may have on the run's knowledge day."""
    lineage = [*mart.sources, *mart.registers]
    needed = mart.meta.get("rows_need", lineage)
    if lineage and knowledge.is_none_known(needed):
        return gxe.ExpectTableRowCountToBeBetween(
            min_value=0,
            max_value=0,
            notes="on the knowledge day of the run nothing of its sources was known, so the mart "
            "is empty",
        )
    is_filled = not lineage or knowledge.is_all_known(lineage)
    must_have_rows = is_filled and not mart.meta.get("may_be_empty")
    return gxe.ExpectTableRowCountToBeBetween(
        min_value=1 if must_have_rows else 0,
        max_value=None,
        notes="its sources are known, so the mart has rows"
        if must_have_rows
        else "the mart may be empty on the knowledge day of the run",
    )


def future_expectation(as_known_on: date) -> Any:
    """No row depends on what became known after the knowledge day of the run."""
    return gxe.ExpectColumnMaxToBeBetween(
        column="known_from_date",
        max_value=as_known_on.isoformat(),
        notes="no row depends on what became known after the knowledge day of the run",
    )


def comparison_suite(mart: str) -> ExpectationSuite:
    """On the one row of `compare`; its numbers are NULL where the editions differ."""
    same = "the same editions gave {} than in the current release: a change of seeds or method"
    return ExpectationSuite(
        name=f"{mart}.comparison",
        expectations=[
            between("rows_ratio", 0.9, 1.1, same.format("10 % more or fewer rows"), "warning"),
            between("keys_kept_share", 0.99, None, same.format("fewer keys"), "warning"),
            gxe.ExpectColumnValuesToBeNull(
                column="emptied_columns",
                severity="warning",
                notes="columns that have values in the current release have none now, although "
                "the editions are the same",
            ),
        ],
    )


def movement_suite(mart: str, measure: str, tolerance: float) -> ExpectationSuite:
    """On the largest changes of a measure (`list_changes`)."""
    return ExpectationSuite(
        name=f"{mart}.movement",
        expectations=[
            between(
                "change",
                -tolerance,
                tolerance,
                f"{measure} moved by more than {tolerance} against the current release although "
                "its editions are the same: a change of seeds or method, to be explained",
                "warning",
            )
        ],
    )


def baci_suite() -> ExpectationSuite:
    """On the scores of our own flows beside CEPII's, one row per year."""
    return ExpectationSuite(
        name=f"{baci_comparison.MART}.baci_comparison",
        expectations=[
            between(
                score,
                low,
                high,
                "our own flows come as close to CEPII's as they shall, by "
                + baci_comparison.UNIVERSE,
                "warning",
            )
            for score, (low, high) in baci_comparison.BOUNDS.items()
        ],
    )


def build_validations(
    paths: DataPaths, marts: Sequence[Mart], knowledge: Knowledge
) -> Iterator[Validation]:
    """The validations of exported marts; writes what they compare below `paths`."""
    folder = paths.great_expectations / PREPARED
    folder.mkdir(parents=True, exist_ok=True)
    before = current_parquet(paths, knowledge.as_known_on)
    with duckdb.connect() as connection:
        for mart in marts:
            now = paths.release_parquet / f"{mart.name}.parquet"
            columns = pq.read_schema(now).names
            expectations = [rows_expectation(mart, knowledge)]
            if "known_from_date" in columns and knowledge.as_known_on != LATEST:
                expectations.append(future_expectation(knowledge.as_known_on))
            suite = ExpectationSuite(name=mart.name, expectations=expectations)
            yield Validation(suite, RELEASE, now.name, tuple(columns))
            if mart.name == baci_comparison.MART:
                flows = baci_comparison.common_flows_sql(f"read_parquet({literal(str(now))})")
                sql = baci_comparison.scores_sql(flows)
                yield _prepared(connection, sql, folder, baci_suite())
            old = before / now.name if before else None
            if "lineage_id" not in columns or old is None or not old.is_file():
                continue
            shared = [name for name in columns if name in pq.read_schema(old).names]
            if not {"lineage_id", *mart.key} <= set(shared):
                continue  # another version of the mart: every key would differ
            sql = comparison_sql(mart, now, old, shared)
            yield _prepared(connection, sql, folder, comparison_suite(mart.name))
            movement = mart.meta.get("movement")
            if movement and movement["measure"] in shared:
                sql = movement_sql(mart, now, old, movement["measure"])
                yield _prepared(connection, sql, folder, movement_suite(mart.name, **movement))


def _prepared(
    connection: duckdb.DuckDBPyConnection, sql: str, folder: Path, suite: ExpectationSuite
) -> Validation:
    path = folder / f"{suite.name}.parquet"
    connection.execute(f"copy ({sql}) to {literal(str(path))} (format parquet)")
    return Validation(suite, PREPARED, path.name, tuple(pq.read_schema(path).names))


def current_parquet(paths: DataPaths, as_known_on: date) -> Path | None:
    """The Parquet of the current release; None where a comparison has no meaning: there is no
    release, or it was built for another knowledge day."""
    try:
        manifest = json.loads((paths.current / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if manifest.get("as_known_on") != as_known_on.isoformat():
        return None
    return paths.current / "parquet"


def comparison_sql(mart: Mart, now: Path, before: Path, columns: Sequence[str]) -> str:
    """One row: rows, keys and filled columns beside those of the current release."""
    keys = ", ".join(map(quoted, mart.key))
    filled = ", ".join(
        f"case when (select count({quoted(name)}) from now) = 0 "
        f"and (select count({quoted(name)}) from old) > 0 then {literal(name)} end"
        for name in columns
    )
    kept = (
        f"(select count(*) from old semi join now using ({keys})) / n_rows_before"
        if mart.key
        else "cast(null as double)"
    )
    lineage = "(select list(distinct lineage_id order by lineage_id) from {})"
    return f"""
        with
        now as (select * from read_parquet({literal(str(now))})),
        old as (select * from read_parquet({literal(str(before))})),
        counted as (
            select
                (select count(*) from now) as n_rows,
                (select cast(nullif(count(*), 0) as double) from old) as n_rows_before,
                {lineage.format("now")} = {lineage.format("old")} as is_same_lineage
        )
        select
            n_rows,
            n_rows_before,
            case when is_same_lineage then n_rows / n_rows_before end as rows_ratio,
            case when is_same_lineage then {kept} end as keys_kept_share,
            case when is_same_lineage
                then nullif(array_to_string([{filled}], ', '), '')
            end as emptied_columns
        from counted
    """


def movement_sql(mart: Mart, now: Path, before: Path, measure: str) -> str:
    """The largest changes of a measure in rows of the same key and lineage."""
    keys = ", ".join(map(quoted, mart.key))
    return f"""
        select
            concat_ws(' | ', {keys}) as row_key,
            old.{quoted(measure)} as before,
            now.{quoted(measure)} as now,
            now.{quoted(measure)} - old.{quoted(measure)} as change
        from read_parquet({literal(str(now))}) as now
        inner join read_parquet({literal(str(before))}) as old using ({keys})
        where now.lineage_id = old.lineage_id
            and now.{quoted(measure)} <> old.{quoted(measure)}
        order by abs(change) desc, row_key
        limit {N_CHANGES}
    """
