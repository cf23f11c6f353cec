"""Verify a release folder: `python -m warehouse.release.verify FOLDER`.

Run in a separate process, because the one that built the files has them in its caches. Prints one
line per problem and ends with exit code 1; without a problem it prints nothing and ends with 0.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from warehouse.paths import DBT_PROJECT, PROJECT
from warehouse.release.analysis_views import SCHEMA as ANALYSIS
from warehouse.release.analysis_views import analysis_view_problems
from warehouse.release.deprecated_views import SCHEMA, view_problems
from warehouse.release.duckdb_file import FILE_NAME
from warehouse.release.manifest import read_manifest
from warehouse.release.table_macros import names_read
from warehouse.report.page_contents import PAGES
from warehouse.storage.atomic_write import sha256_of
from warehouse.storage.read_only import quoted, reading

SAMPLES = DBT_PROJECT / "analyses"
EXPECTED = (
    "parquet", "report/index.html", *(f"report/{page.name}.html" for page in PAGES),
    "docs/data_dictionary.html", "CHANGES.md",
)  # fmt: skip


def verify_release(folder: Path) -> list[str]:
    """The problems of the release in `folder`, one line each.

    Checked: files and hashes, rows and comments against the manifest, no object outside the
    public schemas, deprecated views, views for analysts, table macros and sample queries.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        return ["manifest.json is missing or unreadable"]
    problems = [f"{name} is missing" for name in EXPECTED if not (folder / name).exists()]
    problems += [f"{path.name} is next to the database" for path in folder.glob("*.wal")]
    problems += _check_files(folder, manifest)
    columns = {
        mart: [column["name"] for column in entry["columns"]]
        for mart, entry in manifest["marts"].items()
    }
    try:
        with reading(folder / FILE_NAME) as connection:
            problems += _check_tables(connection, manifest["marts"])
            problems += view_problems(connection, columns)
            problems += _check_macros(connection, set(manifest["table_macros"]))
            # a release of an earlier version has no such views
            views = manifest.get("analysis_views", ())
            problems += analysis_view_problems(connection, views)
            names = {*manifest["marts"], *manifest["table_macros"]}
            names |= {f"{ANALYSIS}.{view}" for view in views}
            problems += _check_sample_queries(connection, names)
    except (OSError, duckdb.Error) as error:
        problems.append(f"{FILE_NAME} does not open read-only: {error}")
    return problems


def _check_files(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    for name, entry in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif sha256_of(path) != entry["sha256"]:
            yield f"{name} differs from its hash in the manifest"
    for mart, entry in manifest["marts"].items():
        path = folder / entry["file"]
        if path.is_file() and (rows := pq.read_metadata(path).num_rows) != entry["rows"]:
            yield f"{entry['file']} has {rows} rows, in the manifest {entry['rows']}"
        if not entry["columns"]:
            yield f"{mart} has no columns"


def _check_tables(connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Any]) -> Iterator[str]:
    tables = dict(
        connection.execute(
            "select table_name, comment from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    )
    for name in sorted(set(tables) ^ set(marts)):
        yield f"{name} is in only one of the database and the manifest"
    for name in sorted(set(tables) & set(marts)):
        found = connection.execute(f"select count(*) from marts.{quoted(name)}").fetchone()
        if found != (marts[name]["rows"],):
            yield f"{name} has {found} rows, in the manifest {marts[name]['rows']}"
        if not tables[name]:
            yield f"{name} has no comment"
    unexpected = connection.execute(
        "select schema_name, table_name from duckdb_tables() where not internal"
        f" and schema_name <> 'marts' union all select schema_name, view_name from duckdb_views()"
        f" where not internal and schema_name not in ('{SCHEMA}', '{ANALYSIS}') order by all"
    ).fetchall()
    for schema, name in unexpected:
        yield f"{schema}.{name} is not a mart"
    bare = connection.execute(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name = 'marts' and coalesce(comment, '') = '' order by all"
    ).fetchall()
    for table, column in bare:
        yield f"{table}.{column} has no comment"


def _check_macros(connection: duckdb.DuckDBPyConnection, expected: set[str]) -> Iterator[str]:
    """Each table macro exists, has a comment, and runs for the release's own day."""
    comments = dict(
        connection.execute(
            "select function_name, comment from duckdb_functions()"
            " where schema_name = 'marts' and function_type = 'table_macro'"
        ).fetchall()
    )
    for name in sorted(set(comments) ^ expected):
        yield f"the macro {name} is in only one of the database and the manifest"
    day = connection.execute("select as_of_date from marts.publish_info").fetchone()
    for name, comment in comments.items():
        if not comment:
            yield f"the macro {name} has no comment"
        try:
            connection.execute(
                f"select count(*) from marts.{name}($day, $day)", {"day": day and day[0]}
            ).fetchall()
        except duckdb.Error as error:
            yield f"the macro {name}: {str(error).splitlines()[0]}"
    if "control_exposure_asof" in comments:
        yield from _check_control_exposure(connection)


def _check_control_exposure(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The macro and the mart agree: on the release's own day in all rows, and on every other day
    of the mart in the rows that it has."""
    columns = (
        "path, entity_id, netting, item_kind, item_id, stage_id, window_rule, issuer_is_concern,"
        " issuer_is_partner, base_years, base_period_end_date, base_imports_usd, exposed_usd_low,"
        " exposed_usd_high, exposure_share_low, exposure_share_high, active_clause_ids,"
        " exposure_if_suspensions_lapse_high"
    )
    days = connection.execute(
        "select as_of_date, known_on_date, bool_or(is_as_of_date) from marts.control_exposure"
        " group by all order by all"
    ).fetchall()
    for day, known_on, is_own_day in days:
        found = connection.execute(
            f"with mart as (select {columns} from marts.control_exposure where as_of_date = $day),"
            f" macro as (select {columns} from marts.control_exposure_asof($day, $known_on)"
            f" where missing_reason is null)"
            f" select (select count(*) from (from mart except from macro)),"
            f" (select count(*) from (from macro except from mart) where $is_own_day)",
            {"day": day, "known_on": known_on, "is_own_day": is_own_day},
        ).fetchone()
        if found != (0, 0):
            yield f"control_exposure_asof and control_exposure differ on {day}: {found}"


def _check_sample_queries(connection: duckdb.DuckDBPyConnection, names: set[str]) -> Iterator[str]:
    for path in sorted(SAMPLES.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        if not names_read(sql) <= names:
            continue  # one of its marts is withheld
        try:
            connection.execute(sql).fetchall()
        except duckdb.Error as error:
            yield f"sample query {path.name}: {str(error).splitlines()[0]}"


def verify_in_subprocess(folder: Path) -> list[str]:
    """`verify_release` in a new Python process; its lines, or why it ended."""
    done = subprocess.run(
        [sys.executable, "-m", "warehouse.release.verify", str(folder)],
        capture_output=True, text=True, timeout=600, cwd=PROJECT, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return []
    lines = done.stdout.splitlines() or done.stderr.splitlines()[-3:]
    return lines or [f"the verifying process ended with {done.returncode}"]


def main() -> int:
    """Print the problems of a release folder; 1 if there are any."""
    problems = verify_release(Path(sys.argv[1]))
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
