"""Known slips of the publisher's units: caught by the check alone, corrected by the seed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
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


#: In this order each model reads the ones before it.
CHECKS = (
    "int_production__unit_check_sizes",
    "int_production__unit_check_pairs",
    "int_production__unit_check_ratios",
)
EDITIONS = ("2022", "2024", "2025", "2026")
Slip = tuple[str, str, str, str]


class UnitChecks:
    """The checks as dbt compiled them, on figures that a test chooses."""

    def __init__(self, paths: DataPaths) -> None:
        compiled = paths.dbt_target / "compiled/pax_silica/models/intermediate/production"
        queries = {name: (compiled / f"{name}.sql").read_text() for name in CHECKS}
        self.queries = {
            name: re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", sql) for name, sql in queries.items()
        }
        self.connection = duckdb.connect()
        self.connection.execute(f"attach '{paths.database}' as built (read_only)")
        for name, table in (
            ("landed", "intermediate.int_production__unit_check_values"),
            ("usgs_usual_sizes", "seeds.usgs_usual_sizes"),
            ("materials", "marts.dim_material"),
        ):
            self.connection.execute(f"create table {name} as from built.{table}")
        self.connection.execute("detach built")

    def in_register(self, edition: str) -> set[Slip]:
        """Table, material, series and statistic of an edition's figures that may become facts."""
        return set(
            self.connection.execute(
                "select distinct table_name, subject_id, series_id, statistic from landed"
                " where edition = ? and subject_id in (select material_id from materials)"
                " and (table_name = 'salient' or series_id <> 'none')",
                [edition],
            ).fetchall()
        )

    def slips(self, edition: str, scaled: Set[Slip] = frozenset(), factor: float = 1) -> set[Slip]:
        """What is excluded with this edition alone, of which `scaled` is off by `factor`."""
        self.connection.execute("create or replace table scaled (t text, m text, s text, n text)")
        if scaled:
            self.connection.executemany("insert into scaled values (?, ?, ?, ?)", sorted(scaled))
        self.connection.execute(
            "create or replace table int_production__unit_check_values as select * replace ("
            " case when (table_name, subject_id, series_id, statistic) in (from scaled)"
            f" then quantity * {factor} else quantity end as quantity)"
            " from landed where edition = ?",
            [edition],
        )
        for name in CHECKS[:-1]:
            self.connection.execute(f"create or replace table {name} as {self.queries[name]}")
        return set(
            self.connection.execute(
                "select table_name, subject_id, series_id, statistic"
                f" from ({self.queries[CHECKS[-1]]}) where is_slip"
            ).fetchall()
        )


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
        "+dim_material",
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


@pytest.fixture(scope="module")
def checks(paths: DataPaths) -> Iterator[UnitChecks]:
    checks = UnitChecks(paths)
    yield checks
    checks.connection.close()


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_figure_of_an_edition_alone_is_excluded(checks: UnitChecks, edition: str) -> None:
    assert checks.in_register(edition)
    assert checks.slips(edition) == set()


@pytest.mark.parametrize("factor", [1000, 0.001])
@pytest.mark.parametrize("edition", EDITIONS)
def test_figures_off_by_a_thousand_are_excluded_from_an_edition_alone(
    checks: UnitChecks, edition: str, factor: float
) -> None:
    """Each statistic of every second material, all figures of one table, and all figures."""
    register = checks.in_register(edition)
    assert checks.slips(edition, register, factor) == register
    materials = sorted({material for _, material, _, _ in register})
    for table, statistic in sorted({(t, n) for t, _, _, n in register}):
        for chosen in (set(materials[::2]), set(materials[1::2])):
            scaled = {s for s in register if s[0] == table and s[3] == statistic and s[1] in chosen}
            assert checks.slips(edition, scaled, factor) == scaled, (table, statistic)


def test_the_usual_size_is_that_of_every_edition(checks: UnitChecks) -> None:
    """By less than a factor of twenty, so that a thousand is never mistaken for a change."""
    largest, compared = checks.connection.execute(
        "select max(abs(log10(largest / quantity))), count(*) from ("
        " select edition, table_name, subject_id, series_id, statistic, max(quantity) as largest"
        " from landed group by all"
        ") inner join usgs_usual_sizes using (table_name, subject_id, series_id, statistic)"
    ).fetchone() or (None, 0)
    assert compared > 700
    assert largest < 1


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

    # the same slips with each edition alone, where the register has a material of that name
    checks = UnitChecks(paths)
    for edition in EDITIONS:
        alone = {(material, statistic) for _, material, _, statistic in checks.slips(edition)}
        known = {(s, n) for s, n, e in KNOWN if e == edition and s != "talc"}
        assert alone == known, edition
