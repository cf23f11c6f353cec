"""Compare every mart of two releases: `python -m tests.benchmarks.compare_releases OLD NEW`.

For changes that may not move a figure. Rows are compared as multisets over the columns that both
releases have; numbers are equal within `TOLERANCE`. `--renamed OLD=NEW` pairs a renamed column.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from warehouse.storage.read_only import quoted

#: Relative difference up to which two floating-point numbers are equal.
TOLERANCE = 1e-12
#: Marts that describe the run itself: different in every release.
ABOUT_THE_RUN = {"check_result", "publish_info", "data_dictionary"}

#: Type of every column of every mart.
Schema = dict[str, dict[str, str]]


def compare(old: Path, new: Path, renamed: Mapping[str, str]) -> Iterator[str]:
    """One line per difference between the DuckDB files of two release folders."""
    with duckdb.connect() as db:
        for name, folder in (("old", old), ("new", new)):
            db.execute(f"attach '{folder / 'pax_silica.duckdb'}' as {name} (read_only)")
        before, after = (_schema(db, name) for name in ("old", "new"))
        for mart in sorted((before.keys() | after.keys()) - ABOUT_THE_RUN):
            if mart not in before or mart not in after:
                yield f"{mart}: only in the {'new' if mart in after else 'old'} release"
                continue
            pairs = {
                column: column if column in after[mart] else renamed.get(column, column)
                for column in before[mart]
            }
            lost = [column for column, name in pairs.items() if name not in after[mart]]
            if lost:
                yield f"{mart}: columns only in the old release: {', '.join(lost)}"
            if gained := sorted(after[mart].keys() - set(pairs.values())):
                yield f"{mart}: columns only in the new release: {', '.join(gained)}"
            both = {column: name for column, name in pairs.items() if column not in lost}
            yield from _compare_rows(db, mart, both, before[mart])


def _schema(db: duckdb.DuckDBPyConnection, catalog: str) -> Schema:
    marts: Schema = {}
    for mart, column, kind in db.execute(
        "select table_name, column_name, data_type from duckdb_columns() join duckdb_tables() "
        "using (database_name, schema_name, table_name) "
        f"where database_name = '{catalog}' and schema_name = 'marts' order by column_index"
    ).fetchall():
        marts.setdefault(mart, {})[column] = kind
    return marts


def _compare_rows(
    db: duckdb.DuckDBPyConnection, mart: str, columns: Mapping[str, str], types: Mapping[str, str]
) -> Iterator[str]:
    """Compare the n-th rows, ordered by the exact columns and then by the rounded numbers."""
    numbers = [column for column in columns if types[column] == "DOUBLE"]
    exact = [column for column in columns if column not in numbers]
    order = ", ".join([*map(quoted, exact), *(f"round({quoted(c)}, 6)" for c in numbers)])
    counts = []
    for side, catalog in (("a", "old"), ("b", "new")):
        selected = ", ".join(
            f"{quoted(column if catalog == 'old' else name)} as {quoted(column)}"
            for column, name in columns.items()
        )
        db.execute(
            f"create or replace temp table {side} as select row_number() over (order by {order}) "
            f"as n, * from (select {selected} from {catalog}.marts.{quoted(mart)})"
        )
        counts.append(_count(db, side))
    if counts[0] != counts[1]:
        yield f"{mart}: {counts[0]:,} rows before, {counts[1]:,} after"
    for column in columns:
        x, y = f"a.{quoted(column)}", f"b.{quoted(column)}"
        differs = f"{x} is distinct from {y}"
        if column in numbers:
            limit = f"{TOLERANCE} * greatest(abs({x}), abs({y}))"
            differs += f" and coalesce(abs({x} - {y}) > {limit}, true)"
        different = f"a join b using (n) where {differs}"
        if count := _count(db, different):
            sample = db.execute(f"select {x}, {y} from {different} limit 3").fetchall()
            yield f"{mart}.{column}: {count:,} of {counts[0]:,} rows differ, such as {sample}"


def _count(db: duckdb.DuckDBPyConnection, rows: str) -> int:
    (count,) = db.execute(f"select count(*) from {rows}").fetchone() or (0,)
    return int(count)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path, help="a release folder")
    parser.add_argument("new", type=Path, help="the release folder to compare it with")
    parser.add_argument("--renamed", action="append", default=[], metavar="OLD=NEW")
    arguments = parser.parse_args()
    renamed = dict(pair.split("=", 1) for pair in arguments.renamed)
    differences = list(compare(arguments.old, arguments.new, renamed))
    print("\n".join(differences) or "every mart is the same")
    return bool(differences)


if __name__ == "__main__":
    sys.exit(main())
