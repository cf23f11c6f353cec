"""Keys of a release: from dbt's tests, in the manifest and, of one column, in the DuckDB file."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tests.warehouse.synthetic_data_dir import CHECK_RESULTS, build_data_dir, publish_marts
from warehouse.paths import DataPaths
from warehouse.release import Published, RunInfo
from warehouse.release.duckdb_file import FILE_NAME, Comments, write_database
from warehouse.release.parquet import described
from warehouse.storage.read_only import reading

#: Tables of the synthetic release whose key is one column.
KEYED = {
    ("check_result", "check_number"),
    ("dim_concern_list", "list_id"),
    ("dim_country", "country_id"),
    ("dim_good", "good_id"),
    ("dim_material", "material_id"),
    ("dim_stage", "stage_id"),
    ("publish_info", "release_id"),
    ("secret_share", "secret_id"),
}


def primary_keys(database: Path) -> set[tuple[str, ...]]:
    with reading(database) as release:
        rows = release.execute(
            "select table_name, constraint_column_names from duckdb_constraints()"
            " where schema_name = 'marts' and constraint_type = 'PRIMARY KEY'"
        ).fetchall()
    return {(table, *columns) for table, columns in rows}


def foreign_keys(release: Published) -> set[tuple[str, ...]]:
    marts = json.loads((release.folder / "manifest.json").read_text())["marts"]
    return {
        (mart, key["column"], key["references"], key["referenced_column"])
        for mart, entry in marts.items()
        for key in entry["foreign_keys"]
    }


def test_keys_of_one_column_are_declared(published: tuple[DataPaths, Published]) -> None:
    assert primary_keys(published[1].folder / FILE_NAME) == KEYED


def test_a_copy_of_the_database_keeps_them(
    published: tuple[DataPaths, Published], tmp_path: Path
) -> None:
    """How readers make a file of their own."""
    with duckdb.connect(str(tmp_path / "mine.duckdb")) as own:
        own.execute(f"attach '{published[1].folder / FILE_NAME}' as release (read_only)")
        own.execute("copy from database release to mine")
    assert primary_keys(tmp_path / "mine.duckdb") == KEYED


def test_a_key_with_a_missing_value_is_not_declared(tmp_path: Path) -> None:
    path = tmp_path / "dim_x.parquet"
    pq.write_table(pa.table({"id": ["a", None]}), path)
    file = described(path, 2, (("id", "VARCHAR"),), ("id",))
    comments = {"dim_x": Comments("One row per id.", {"id": "The id."})}
    assert primary_keys(write_database(tmp_path, [file], comments)) == set()


def test_the_manifest_names_the_tested_relationships(
    published: tuple[DataPaths, Published], tmp_path: Path
) -> None:
    """Not one of some rows alone, of a part of a key, or of a mart that is withheld."""
    expected = {
        ("bridge_bloc_membership", "country_id", "dim_country", "country_id"),
        ("bridge_concern_member", "country_id", "dim_country", "country_id"),
        ("bridge_concern_member", "list_id", "dim_concern_list", "list_id"),
        ("fct_trade_reconciled", "importer_id", "dim_country", "country_id"),
        ("partner_dependency", "stage_id", "dim_stage", "stage_id"),
    }
    assert foreign_keys(published[1]) == expected
    paths, manifest = build_data_dir(tmp_path)
    nothing_withheld = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("open"))
    assert foreign_keys(nothing_withheld) == expected | {
        ("fct_closed", "secret_id", "secret_share", "secret_id"),
        ("secret_share", "secret_id", "fct_closed", "secret_id"),
    }
