"""Known slips of the publisher's units: caught by the check alone, corrected by the seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources.kit.catalog import catalog
from tests.world.dbt import build, read, run_dbt
from warehouse.landing import declare_tables, land_bundle
from warehouse.receipts import write_parameters, write_receipts_table
from warehouse.rooms import Rooms

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
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    rooms, sources = Rooms.at(tmp_path_factory.mktemp("magnitudes") / "home"), catalog()
    declare_tables(rooms, sources.values())
    land_bundle(sources["usgs_mcs"], rooms)
    write_receipts_table(rooms, dict(sources))
    write_parameters(rooms)
    selection = (
        "+int_production__excluded",
        "+int_production__series",
        "+int_production__us_salient",
    )
    build(rooms, "--select", *selection, "--indirect-selection", "cautious")
    return rooms


def slips(database: Path) -> set[tuple[str, str, str]]:
    found = read(database, "select * from intermediate.int_production__magnitudes where is_slip")
    return {(row["subject_id"], row["statistic"], row["edition"]) for row in found}


def figures(database: Path) -> list[dict[str, Any]]:
    """How many figures of each known slip load."""
    return read(
        database,
        "select material_id, measure, edition, count(quantity) as n "
        "from intermediate.int_production__series group by all",
    )


def test_without_the_overrides_every_known_slip_is_held_back_and_nothing_else(
    rooms: Rooms,
) -> None:
    assert slips(rooms.database) == set()
    loaded = {
        (r["material_id"], r["measure"], r["edition"]): r["n"] for r in figures(rooms.database)
    }
    in_register = {key for key in KNOWN if key[0] not in ("talc", "gallium")}
    assert all(loaded[key] > 0 for key in in_register)

    with duckdb.connect(str(rooms.database)) as working:
        (n_overrides,) = (
            working.execute("select count(*) from seeds.unit_overrides").fetchone() or ()
        )
        working.execute("delete from seeds.unit_overrides")
    assert n_overrides == 14
    done = run_dbt(rooms, "run", "--select", "int_production__magnitude_cells+1",
                   "int_production__series", "int_production__us_salient",
                   "int_production__excluded")  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert slips(rooms.database) == KNOWN
    loaded = {
        (r["material_id"], r["measure"], r["edition"]): r["n"] for r in figures(rooms.database)
    }
    assert all(key not in loaded for key in in_register)
    told = read(rooms.database, "select * from intermediate.int_production__excluded "
                "where reason_id in ('magnitude_slip', 'unit_unknown')")  # fmt: skip
    print(f"held back: {sum(row['n_figures'] for row in told)} figures of {len(told)} labels")
    assert {row["reason_id"] for row in told} == {"magnitude_slip", "unit_unknown"}
    assert all(abs(abs(r["log_ratio"]) - 3) < 0.1 for r in told if r["log_ratio"] is not None)
    gallium = read(rooms.database, "select statistic from intermediate.int_production__us_salient "
                   "where material_id = 'gallium' and edition = '2024'")  # fmt: skip
    assert not {"consumption", "stock"} & {row["statistic"] for row in gallium}
