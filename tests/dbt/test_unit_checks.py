"""Known slips of the publisher's units: caught by the check alone, corrected by the seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources.kit.catalog import catalog
from tests.fixture_world.dbt import build, read, run_dbt
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land_bundle
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = pytest.mark.timeout(600)

#: Subject, statistic and edition of every slip that is known in the bundled editions.
KNOWN = {
    ("selenium", "reserves", "2024"),
    ("talc", "reserves", "2024"),
    ("gallium", "consumption", "2024"),
    ("gallium", "stock", "2024"),
    ("titanium_minerals", "production", "2025"),
    ("titanium_minerals", "reserves", "2025"),
    ("silica_sand", "production", "2025"),
    ("molybdenum", "reserves", "2025"),
    ("vanadium", "reserves", "2025"),
    ("iron_ore", "reserves", "2025"),
    ("vanadium", "reserves", "2026"),
}


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths, sources = DataPaths.at(tmp_path_factory.mktemp("magnitudes") / "data"), catalog()
    declare_tables(paths, sources.values())
    land_bundle(sources["usgs_mcs"], paths)
    write_load_records_table(paths, dict(sources))
    write_parameters(paths)
    selection = (
        "+int_production__excluded",
        "+int_production__series",
        "+int_production__us_salient",
    )
    build(paths, "--select", *selection, "--indirect-selection", "cautious")
    return paths


def slips(database: Path) -> set[tuple[str, str, str]]:
    found = read(
        database, "select * from intermediate.int_production__unit_check_ratios where is_slip"
    )
    return {(row["subject_id"], row["statistic"], row["edition"]) for row in found}


def figures(database: Path) -> list[dict[str, Any]]:
    """How many figures of each known slip load."""
    return read(
        database,
        "select material_id, measure, edition, count(quantity) as n "
        "from intermediate.int_production__series group by all",
    )


def test_without_the_overrides_every_known_slip_is_excluded_and_nothing_else(
    paths: DataPaths,
) -> None:
    assert slips(paths.database) == set()
    loaded = {
        (r["material_id"], r["measure"], r["edition"]): r["n"] for r in figures(paths.database)
    }
    in_register = {key for key in KNOWN if key[0] not in ("talc", "gallium")}
    assert all(loaded[key] > 0 for key in in_register)

    with duckdb.connect(str(paths.database)) as working:
        (n_overrides,) = (
            working.execute("select count(*) from seeds.unit_overrides").fetchone() or ()
        )
        working.execute("delete from seeds.unit_overrides")
    assert n_overrides == 14
    done = run_dbt(paths, "run", "--select", "int_production__unit_check_values+1",
                   "int_production__series", "int_production__us_salient",
                   "int_production__excluded")  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert slips(paths.database) == KNOWN
    loaded = {
        (r["material_id"], r["measure"], r["edition"]): r["n"] for r in figures(paths.database)
    }
    assert all(key not in loaded for key in in_register)
    excluded = read(paths.database, "select * from intermediate.int_production__excluded "
                "where reason_id in ('magnitude_slip', 'unit_unknown')")  # fmt: skip
    print(
        f"excluded: {sum(row['n_figures'] for row in excluded)} figures of {len(excluded)} labels"
    )
    assert {row["reason_id"] for row in excluded} == {"magnitude_slip", "unit_unknown"}
    assert all(abs(abs(r["log_ratio"]) - 3) < 0.1 for r in excluded if r["log_ratio"] is not None)
    gallium = read(paths.database, "select statistic from intermediate.int_production__us_salient "
                   "where material_id = 'gallium' and edition = '2024'")  # fmt: skip
    assert not {"consumption", "stock"} & {row["statistic"] for row in gallium}
