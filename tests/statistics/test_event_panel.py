"""Synthetic monthly imports through dbt: effects that can be estimated, and reasons for the others.

The measures are those of the register; the months of the United Kingdom are invented and landed as
HMRC's. Natural graphite loses 60 % when China's licences begin in December 2023, after two months
of double purchases; its uncontrolled sibling of the same heading is not affected.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sources.kit.catalog import SourceSpec, catalog
from sources.kit.contract import Parsed, RawFile
from sources.kit.tabular import add_lineage_columns
from tests.fixture_world.dbt import build, read
from tests.fixture_world.landing import RETRIEVED_AT
from warehouse.paths import DataPaths
from warehouse.storage.bundled import land_bundle
from warehouse.storage.landing import declare_tables, land
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = [pytest.mark.xdist_group("event_panel"), pytest.mark.timeout(900)]

MONTHS = [year * 12 + month for year in range(2018, 2025) for month in range(12)]
ANNOUNCED, IN_FORCE = 2023 * 12 + 9, 2023 * 12 + 11
GRAPHITE = {"event_id": "CHN-2023-GRAPHITE", "product_code": "250410"}


def imports() -> Iterator[tuple[int, str, float]]:
    """Month, CN8 code, kilograms from China."""
    rng = np.random.default_rng(250410)
    season = rng.normal(0, 0.1, 12)
    for n, month in enumerate(MONTHS):
        expected = 90_000 * np.exp(season[month % 12] + 0.004 * n)
        change = 0.4 if month >= IN_FORCE else 2.0 if month >= ANNOUNCED else 1.0
        yield month, "25041000", expected * change * np.exp(rng.normal(0, 0.03))
        yield month, "25049000", expected / 3 * np.exp(rng.normal(0, 0.03))
        yield month, "81129289", 500.0  # gallium inside a basket
        yield month, "81019400", 700.0  # controlled only after the last month
        if month >= 2023 * 12:
            yield month, "28258000", 900.0  # a year and a half before its measure


def hmrc(spec: SourceSpec) -> Parsed:
    rows = [
        {
            "period": f"{month // 12}{month % 12 + 1:02}",
            "flow": "import",
            "partner": "CHN",
            "product_code": code,
            "value_usd": 2.0 * kg,
            "value_gbp": None,
            "net_mass_kg": float(kg),
            "is_confidential": False,
            "is_converted_upstream": True,
            "is_complete": True,
            "n_lines": 1,
        }
        for month, code, kg in imports()
    ]
    text = "\n".join(map(repr, rows))
    file = RawFile(
        "made.txt", text.encode(), "https://example.org/made.txt", RETRIEVED_AT, "M202412"
    )
    known = date(2025, 2, 19)
    table = add_lineage_columns(
        {c.name: [row[c.name] for row in rows] for c in spec.tables["flows"].columns},
        spec.tables["flows"],
        edition="M202412",
        known_from_date=known,
        payload_sha256=file.sha256,
        row_locator=[f"made.txt:{line}" for line in range(1, len(rows) + 1)],
    )
    return Parsed("M202412", "M202412", known, "published", {"flows": table}, [file])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    paths, specs = DataPaths.at(tmp_path_factory.mktemp("event_panel")), catalog()
    declare_tables(paths, specs.values())
    land_bundle(specs["un_hs"], paths)
    land(specs["uk_hmrc"], hmrc(specs["uk_hmrc"]), "manual", paths)
    write_load_records_table(paths, dict(specs))
    write_parameters(paths)
    data = ("--resource-type", "seed", "--resource-type", "model")
    build(paths, "--select", "+event_effect", "+stockbuilding", *data)
    build(paths, "--select", "event_effect", "stockbuilding", "--resource-type", "test")
    return paths.database


def effects(database: Path, **key: str) -> dict[tuple[str, int], dict[str, Any]]:
    conditions = " and ".join(f"{column} = ?" for column in key)
    found = read(
        database, f"select * from marts.event_effect where {conditions}", list(key.values())
    )
    return {(row["estimator"], row["horizon_months"]): row for row in found}


@pytest.mark.parametrize("estimator", ["seasonal_log", "ppml", "did_siblings"])
def test_licences_on_graphite_cost_sixty_percent(database: Path, estimator: str) -> None:
    rows = effects(database, destination_id="GBR", **GRAPHITE)
    assert len(rows) == 12
    for months in (3, 6, 12):
        row = rows[estimator, months]
        assert row["effect_share"] == pytest.approx(-0.6, abs=0.05)
        assert row["ci_low"] < -0.6 < row["ci_high"]
        assert (row["is_publishable"], row["is_significant"]) == (True, True)
        assert (row["flow_side"], row["source_id"]) == ("import_side", "uk_hmrc")
        assert row["lineage_id"] == "uk_hmrc@M202412"
        assert row["anticipation_share"] == pytest.approx(1, abs=0.1)
        assert (row["zero_months"], row["months_to_50pct_recovery"]) == (0, None)
    assert (rows["did_siblings", 3]["control_group_id"], rows["did_siblings", 3]["n_controls"]) == (
        "siblings",
        1,
    )


def test_a_measure_on_all_destinations_has_no_control(database: Path) -> None:
    row = effects(database, destination_id="GBR", **GRAPHITE)["did_destinations", 12]
    assert (row["not_estimated_reason"], row["is_publishable"]) == ("no_control", False)
    assert row["effect_share"] is None


@pytest.mark.parametrize(
    ("event", "product", "reason"),
    [
        ("CHN-2023-GA-GE", "811292", "basket_code"),
        ("CHN-2024-ANTIMONY-SUPERHARD", "282580", "history_too_short"),
        ("CHN-2025-W-TE-BI-MO-IN", "810194", "post_window_incomplete"),
        ("CHN-2023-GRAPHITE", "380110", "no_monthly_series"),
        ("CHN-2025-ANN57", "280530", "never_in_force"),
    ],
)
def test_a_missing_estimate_has_a_reason(
    database: Path, event: str, product: str, reason: str
) -> None:
    rows = effects(database, event_id=event, product_code=product).values()
    assert {row["not_estimated_reason"] for row in rows} == {reason}
    assert len(rows) == 12


def test_stock_building_is_a_row_of_its_own(database: Path) -> None:
    (row,) = read(database, "select * from marts.stockbuilding")
    assert (row["event_id"], row["destination_id"], row["measure"]) == (
        "CHN-2023-GRAPHITE",
        "GBR",
        "import_side",
    )
    assert (row["window_start_date"], row["window_end_date"]) == (
        date(2023, 10, 20),
        date(2023, 12, 1),
    )
    assert row["n_window_months"] == 2
    assert row["excess_share"] == pytest.approx(1, abs=0.1)
    assert row["z_score"] > 10
