"""An invented year of reported trade on top of the five-country world, and its scores.

Every number is worked out in `tests/fixture_world/README.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from expectations.runner import run_checkpoint
from orchestration.defs.environment import environment
from orchestration.defs.transformation.assets import dbt_models
from orchestration.defs.transformation.baci_comparison import ASSET
from orchestration.defs.transformation.dbt_command import manifest_path
from orchestration.resources import resources
from tests.fixture_world.comtrade import land_declarations
from tests.fixture_world.dbt import read
from tests.fixture_world.landing import land_world
from warehouse.paths import DataPaths
from warehouse.release import RunInfo, export_marts, publish

approx = pytest.approx
pytestmark = [pytest.mark.xdist_group("declared"), pytest.mark.timeout(600)]
SCORES = "benchmark_scores"


@dataclass(frozen=True)
class Built:
    """A build of all marts, and the metadata that Dagster has of the reconciled flows."""

    paths: DataPaths
    metadata: dict[str, dg.MetadataValue]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    paths = DataPaths.at(tmp_path_factory.mktemp("declared"))
    land_world(paths)
    land_declarations(paths)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(paths).items():
            patch.setenv(name, value)
        done = dg.materialize(
            [dbt_models(paths)],
            resources={name: resources(paths)[name] for name in ("data_dir", "dbt", "inputs")},
        )
    seen = [
        dict(event.asset_observation_data.asset_observation.metadata)
        for event in done.get_asset_observation_events()
        if event.asset_key == ASSET
    ]
    # a dbt test of several models is an observation, too
    (metadata,) = [found for found in seen if SCORES in found]
    return Built(paths, metadata)


def test_observation_has_the_scores_of_each_year(built: Built) -> None:
    first, second = (record.data for record in built.metadata[SCORES].records)  # type: ignore[attr-defined]
    assert (first["year"], first["level"], first["share_within_tenth"]) == (2024, 1, 1)
    assert first["hhi_correlation"] is None  # one product
    assert (second["year"], second["n_flows"]) == (2025, 13)
    assert second["level"] == approx(360 / 340)
    assert (second["n_first"], second["n_products"], second["missed"]) == (2, 2, None)
    assert second["hhi_correlation"] == approx(1)
    assert second["top_share_error_pp"] == approx(100 * (200 / 290 - 180 / 270) / 2)
    assert second["share_within_tenth"] == approx(12 / 13)
    assert "ROW" in str(built.metadata["benchmark_universe"].value)


def test_a_level_too_high_warns_and_does_not_block(built: Built) -> None:
    export_marts(built.paths, manifest_path(built.paths))
    name = "fct_trade_reconciled"
    results = run_checkpoint(built.paths, "marts", [name])[name]
    (result,) = [r for r in results if "column level," in r.expectation]
    assert (result.passed, result.severity, result.n_rows) == (False, "warning", 1)
    assert result.sample
    (row,) = result.sample
    assert row["year"] == "2025"
    assert float(row["level"]) == approx(360 / 340)


def cards(database: Path, kind: str, period: str) -> dict[str, dict[str, Any]]:
    found = read(
        database,
        "select * from marts.quality_scorecard where subject_kind = ? and period = ?"
        " and subject_id like '%un_comtrade'",
        [kind, period],
    )
    return {row["subject_id"].partition("|")[0]: row for row in found}


def test_scorecard_has_the_coverage_of_each_reporter(built: Built) -> None:
    found = cards(built.paths.database, "reporter", "2025")
    assert {
        name: (row["coverage_status"], row["coverage_share"]) for name, row in found.items()
    } == {
        "CHN": ("reported", approx(170 / 170)),
        "JPN": ("incomplete", approx(90 / 110)),
        "USA": ("incomplete", approx(80 / 90)),
        "DEU": ("incomplete", 0),
        "CAN": ("not_filed", 0),
    }
    assert {row["n_rows"] for row in (found["DEU"], found["CAN"])} == {0}
    japan = found["JPN"]
    assert (japan["rows_per_key_raw"], japan["missing_weight_share"]) == (1, 0)
    assert (japan["mirror_disagreement_share"], japan["unmapped_share"]) == (0, 0)
    assert japan["basket_share"] == approx(40 / 140)
    assert found["CAN"]["grade"] == "D"


def test_scorecard_has_the_complete_years(built: Built) -> None:
    database = built.paths.database
    (first,) = cards(database, "source_year", "2024").values()
    (second,) = cards(database, "source_year", "2025").values()
    assert (first["coverage_status"], first["coverage_share"]) == ("reported", approx(360 / 380))
    assert (second["coverage_status"], second["coverage_share"]) == (
        "incomplete", approx(340 / 530),
    )  # fmt: skip
    freshest = read(
        database,
        "select subject_id, freshest_complete_year from marts.quality_scorecard"
        " where freshest_complete_year is not null order by 1",
    )
    assert freshest == [
        {"subject_id": "cepii_baci", "freshest_complete_year": 2025},
        {"subject_id": "un_comtrade", "freshest_complete_year": 2024},
    ]


def test_a_release_is_made_of_it(built: Built) -> None:
    """The process that verifies it compares the exposure of any day with the mart's, whose base
    years are those of our own reconciliation; declared rows are withheld."""
    export_marts(built.paths, manifest_path(built.paths))
    done = publish(built.paths, manifest_path(built.paths), [], RunInfo("declared"))
    there = {path.stem for path in (done.folder / "parquet").glob("*.parquet")}
    assert {"fct_trade_reconciled", "mirror_gap", "quality_scorecard"} <= there
    assert "fct_trade_reported" not in there
    own = read(
        built.paths.database,
        "select count(*) as n from marts.control_exposure where source_id = 'pax_silica'",
    )
    assert own[0]["n"] > 0, "nothing stands on our own flows: the comparison above was empty"
