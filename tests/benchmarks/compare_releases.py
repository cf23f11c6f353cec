"""Compare every mart of two releases: `python -m tests.benchmarks.compare_releases OLD NEW`.

A refactoring may not move a figure. Rows are compared as multisets over the columns that both
releases have; numbers count as equal within `TOLERANCE`. Renamed columns are named as `old=new`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from warehouse.storage.read_only import quoted

#: Relative difference below which two floating-point numbers are the same.
TOLERANCE = 1e-12
#: What a run writes about itself: never the same twice.
ABOUT_THE_RUN = {"check_result", "publish_info", "data_dictionary"}


def compare(old: Path, new: Path, renamed: Mapping[str, str]) -> Iterator[str]:
    """One line per difference between the DuckDB files of two release folders."""
    with duckdb.connect() as db:
        for name, folder in (("old", old), ("new", new)):
            db.execute(f"attach '{folder / 'pax_silica.duckdb'}' as {name} (read_only)")
        before, after = (_columns(db, name) for name in ("old", "new"))
        for mart in sorted((before.keys() | after.keys()) - ABOUT_THE_RUN):
            if mart not in before or mart not in after:
                yield f"{mart}: only in the {'new' if mart in after else 'old'} release"
                continue
            yield from _compare_mart(db, mart, before[mart], after[mart], renamed)


def _columns(db: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, dict[str, str]]:
    marts: dict[str, dict[str, str]] = {}
    for mart, column, kind in db.execute(
        "select table_name, column_name, data_type from duckdb_columns() join duckdb_tables() "
        "using (database_name, schema_name, table_name) "
        f"where database_name = '{catalog}' and schema_name = 'marts' order by column_index"
    ).fetchall():
        marts.setdefault(mart, {})[column] = kind
    return marts


def _compare_mart(
    db: duckdb.DuckDBPyConnection,
    mart: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    renamed: Mapping[str, str],
) -> Iterator[str]:
    pairs = {c: c if c in after else renamed.get(c, c) for c in before}
    if lost := [c for c, n in pairs.items() if n not in after]:
        yield f"{mart}: columns only in the old release: {', '.join(lost)}"
    if gained := set(after) - set(pairs.values()):
        yield f"{mart}: columns only in the new release: {', '.join(sorted(gained))}"
    both = {c: n for c, n in pairs.items() if n in after}
    floats = [c for c in both if before[c] == "DOUBLE"]
    exact = [c for c in both if c not in floats]
    # ordered by the exact columns, then by the rounded numbers: the n-th rows belong together
    for side, catalog, name in (("a", "old", lambda c: c), ("b", "new", both.__getitem__)):
        chosen = ", ".join(f"{quoted(name(c))} as {quoted(c)}" for c in both)
        order = ", ".join([*map(quoted, exact), *(f"round({quoted(c)}, 6)" for c in floats)])
        db.execute(
            f"create or replace temp table {side} as select row_number() over (order by {order}) "
            f"as n, * from (select {chosen} from {catalog}.marts.{quoted(mart)})"
        )
    (n_before,), (n_after,) = (
        db.execute(f"select count(*) from {side}").fetchone() or (0,) for side in ("a", "b")
    )
    if n_before != n_after:
        yield f"{mart}: {n_before:,} rows before, {n_after:,} after"
    for column in both:
        x, y = f"a.{quoted(column)}", f"b.{quoted(column)}"
        differs = f"{x} is distinct from {y}"
        if column in floats:
            differs += (
                f" and coalesce(abs({x} - {y}) > {TOLERANCE} * greatest(abs({x}), abs({y})), true)"
            )
        (count,) = db.execute(
            f"select count(*) from a join b using (n) where {differs}"
        ).fetchone() or (0,)
        if count:
            sample = db.execute(
                f"select {x}, {y} from a join b using (n) where {differs} limit 3"
            ).fetchall()
            yield f"{mart}.{column}: {count:,} of {n_before:,} rows differ, such as {sample}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path, help="a release folder")
    parser.add_argument("new", type=Path, help="the release folder to compare it with")
    parser.add_argument("--renamed", action="append", default=[], metavar="OLD=NEW")
    chosen = parser.parse_args()
    renamed = dict(pair.split("=", 1) for pair in chosen.renamed)
    differences = list(compare(chosen.old, chosen.new, renamed))
    print("\n".join(differences) or "every mart is the same")
    return bool(differences)


if __name__ == "__main__":
    sys.exit(main())
