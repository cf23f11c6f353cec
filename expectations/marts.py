"""The suites of the marts, generated from dbt's manifest, what was known, and the current release.

A suite asks three things: whether a mart has rows when its sources are known and none when
nothing is; whether it still has the rows, keys and columns of the current release; and whether a
number moved although its editions are the same. Columns, types and values are dbt's contracts
and tests. A mart's YAML may say under `config.meta`

    may_be_empty: true                  no rows are no error, for example when nothing lies ahead
    rows_need: [un_comtrade]            rows come only where one of these sources has landed
    rows_need: []                       its rows are those of reference seeds, known on any day
    rows_need_valid: partner_memberships  no rows as of a day before the register's first valid row
    movement: {measure: concern_share, tolerance: 0.01}
"""

from __future__ import annotations

import csv
import filecmp
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import great_expectations.expectations as gxe
import pyarrow as pa
import pyarrow.parquet as pq
from great_expectations import ExpectationSuite

from expectations.context import PREPARED, RELEASE, Validation
from expectations.shared_expectations import between
from sources.kit.load_record import LoadRecord
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.release.dbt_manifest import Mart
from warehouse.statistics import baci_comparison
from warehouse.storage.atomic_write import sha256_of
from warehouse.storage.load_records import LATEST
from warehouse.storage.read_only import literal, quoted

COMPARISON = pa.schema(
    {
        "n_rows": pa.int64(),
        "n_rows_before": pa.int64(),
        "rows_ratio": pa.float64(),
        "keys_kept_share": pa.float64(),
        "emptied_columns": pa.string(),
    }
)
#: A comparison with the current release shows this many of the largest changes.
N_CHANGES = 1_000


@dataclass(frozen=True)
class Knowledge:
    """First and last day on which each landed source and each register became known, up to any
    day, and the run's knowledge day.

    `as_of_date` is the run's day where one was given; `valid_from_days` the first day on which
    some row of a register is valid.
    """

    known_days: Mapping[str, tuple[date, date]]
    as_known_on: date
    as_of_date: date | None = None
    valid_from_days: Mapping[str, date] = field(default_factory=dict)

    def is_all_known(self, names: Sequence[str]) -> bool:
        """Whether all of those that have landed are known in full on the day, and one has."""
        days = [self.known_days[name] for name in names if name in self.known_days]
        return bool(days) and all(last <= self.as_known_on for _, last in days)

    def is_none_known(self, names: Sequence[str]) -> bool:
        """Whether nothing of any of them is known on the day."""
        days = [self.known_days[name] for name in names if name in self.known_days]
        return all(first > self.as_known_on for first, _ in days)

    def is_valid(self, register: str | None) -> bool:
        """Whether some row of the register may be valid on the run's day; true without either."""
        first = self.valid_from_days.get(register or "")
        return first is None or self.as_of_date is None or first <= self.as_of_date


def read_knowledge(
    records: Sequence[LoadRecord], as_known_on: date, as_of_date: date | None = None
) -> Knowledge:
    """From the load records of partitions with rows, and from the registers' CSV files."""
    days: dict[str, list[date]] = {}
    for record in records:
        if record.n_rows:
            day = date.fromisoformat(record.known_from_date)
            days.setdefault(record.source_id, []).append(day)
    valid_from_days: dict[str, date] = {}
    for path in (DBT_PROJECT / "seeds" / "curated").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        # a seed of parts (the items of a scenario) is known when its whole is
        if found := [date.fromisoformat(d) for row in rows if (d := row.get("known_from_date"))]:
            days[path.stem] = found
        if valid := [date.fromisoformat(d) for row in rows if (d := row.get("valid_from"))]:
            valid_from_days[path.stem] = min(valid)
    known_days = {name: (min(listed), max(listed)) for name, listed in days.items()}
    return Knowledge(known_days, as_known_on, as_of_date, valid_from_days)


def rows_expectation(mart: Mart, knowledge: Knowledge) -> Any:
    """How many rows the mart may have on the run's knowledge day."""
    lineage = [*mart.sources, *mart.registers]
    needed = mart.meta.get("rows_need", lineage)
    # beside registers a mart may read seeds of reference, which are known on any day
    is_measured = bool(needed) and (not mart.registers or "rows_need" in mart.meta)
    if is_measured and knowledge.is_none_known(needed):
        return gxe.ExpectTableRowCountToBeBetween(
            min_value=0,
            max_value=0,
            notes="on the knowledge day of the run nothing of its sources was known, so the mart "
            "is empty",
        )
    is_filled = not lineage or knowledge.is_all_known(lineage)
    may_be_empty = mart.meta.get("may_be_empty") or not knowledge.is_valid(
        mart.meta.get("rows_need_valid")
    )
    must_have_rows = is_filled and not may_be_empty
    return gxe.ExpectTableRowCountToBeBetween(
        min_value=1 if must_have_rows else 0,
        max_value=None,
        notes="its sources are known, so the mart has rows"
        if must_have_rows
        else "the mart may be empty on the days of the run",
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
            file = pq.read_metadata(now)
            columns = file.schema.to_arrow_schema().names
            expectations = [rows_expectation(mart, knowledge)]
            has_days = "known_from_date" in columns and file.num_rows > 0
            if has_days and knowledge.as_known_on != LATEST:
                expectations.append(future_expectation(knowledge.as_known_on))
            suite = ExpectationSuite(name=mart.name, expectations=expectations)
            yield Validation(suite, RELEASE, now.name, tuple(columns))
            if mart.name == baci_comparison.MART:
                flows = baci_comparison.common_flows_sql(f"read_parquet({literal(str(now))})")
                path = folder / f"{mart.name}.baci_comparison.parquet"
                connection.execute(
                    f"copy ({baci_comparison.scores_sql(flows)})"
                    f" to {literal(str(path))} (format parquet)"
                )
                yield _prepared(path, baci_suite())
            old = before / now.name if before else None
            if old is None or not old.is_file() or filecmp.cmp(now, old, shallow=False):
                continue  # nothing to compare, or the same bytes
            shared = set(columns) & set(pq.read_schema(old).names)
            if not {"lineage_id", *mart.key} <= shared:
                continue  # without lineage, or another version of the mart
            path = folder / f"{mart.name}.comparison.parquet"
            pq.write_table(compare(connection, mart, now, old), path)
            yield _prepared(path, comparison_suite(mart.name))
            movement = mart.meta.get("movement")
            if movement and movement["measure"] in shared:
                path = folder / f"{mart.name}.movement.parquet"
                sql = movement_sql(mart, now, old, movement["measure"])
                connection.execute(f"copy ({sql}) to {literal(str(path))} (format parquet)")
                yield _prepared(path, movement_suite(mart.name, **movement))


def _prepared(path: Path, suite: ExpectationSuite) -> Validation:
    return Validation(suite, PREPARED, path.name, tuple(pq.read_schema(path).names))


def current_parquet(paths: DataPaths, as_known_on: date) -> Path | None:
    """The Parquet of the current release; None where a comparison has no meaning: there is no
    release, it was built for another knowledge day, or it is damaged."""
    try:
        manifest = json.loads((paths.current / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if manifest.get("as_known_on") != as_known_on.isoformat():
        return None
    hashes = {n: f["sha256"] for n, f in manifest.get("files", {}).items() if n[:8] == "parquet/"}
    files = [(paths.current / name, sha256) for name, sha256 in hashes.items()]
    if any(not path.is_file() or sha256_of(path) != sha256 for path, sha256 in files):
        return None
    return paths.current / "parquet"


def compare(connection: duckdb.DuckDBPyConnection, mart: Mart, now: Path, before: Path) -> pa.Table:
    """One row: rows, keys and filled columns beside those of the current release; NULL where the
    editions differ, which is a cause."""
    tables = [f"read_parquet({literal(str(path))})" for path in (now, before)]
    lineages = [
        connection.execute(f"select distinct lineage_id from {table} order by all").fetchall()
        for table in tables
    ]
    row: dict[str, Any] = dict.fromkeys(COMPARISON.names)
    row["n_rows"], row["n_rows_before"] = (pq.read_metadata(p).num_rows for p in (now, before))
    if lineages[0] == lineages[1] and row["n_rows_before"]:
        row["rows_ratio"] = row["n_rows"] / row["n_rows_before"]
        emptied = (empty_columns(now) - empty_columns(before)) & set(pq.read_schema(before).names)
        row["emptied_columns"] = ", ".join(sorted(emptied)) or None
        if mart.key:
            keys = ", ".join(map(quoted, mart.key))
            kept = connection.execute(
                f"select count(*) from {tables[1]} semi join {tables[0]} using ({keys})"
            ).fetchone()
            row["keys_kept_share"] = kept[0] / row["n_rows_before"] if kept else None
    return pa.Table.from_pylist([row], schema=COMPARISON)


def empty_columns(path: Path) -> set[str]:
    """Columns without a value, by the statistics in the file's footer."""
    metadata = pq.read_metadata(path)
    n_null: dict[str, int] = defaultdict(int)
    for group in range(metadata.num_row_groups):
        for place in range(metadata.num_columns):
            column = metadata.row_group(group).column(place)
            n_null[column.path_in_schema] += (
                column.statistics.null_count if column.statistics else 0
            )
    return {name for name, count in n_null.items() if count == metadata.num_rows}


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
