"""An invented year of declarations on top of the five-country world: what the build tells of it.

Every number is worked out in `tests/fixture_world/README.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from expectations.runner import validate
from orchestration import dbt_env, dbt_run
from orchestration.defs.transformation import assets
from orchestration.defs.transformation.baci_comparison import ASSET, observed
from orchestration.resources import data_dir_resource, dbt_resource
from tests.fixture_world.comtrade import land_declarations
from tests.fixture_world.dbt import read
from tests.fixture_world.landing import land_world
from warehouse.paths import DataPaths
from warehouse.release import RunInfo, export_marts, publish

approx = pytest.approx
pytestmark = [pytest.mark.xdist_group("declared"), pytest.mark.timeout(600)]
SCORES = "benchmark_scores"


@dataclass(frozen=True)
class Told:
    """A build of all marts, and what Dagster heard of the reconciled flows."""

    paths: DataPaths
    metadata: dict[str, dg.MetadataValue]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    paths = DataPaths.at(tmp_path_factory.mktemp("declared"))
    land_world(paths)
    land_declarations(paths)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAX_HOME", "restored afterwards")
        dbt_env.apply(paths)
        dbt_run.parse(paths)
        done = dg.materialize(
            assets.definitions(paths).assets,  # type: ignore[arg-type]
            resources={"data_dir": data_dir_resource(paths), "dbt": dbt_resource(paths)},
        )
    (event,) = [e for e in done.get_asset_materialization_events() if e.asset_key == ASSET]
    return Told(paths, dict(event.materialization.metadata))


def test_the_materialization_tells_the_scores_of_each_year(told: Told) -> None:
    first, second = (record.data for record in told.metadata[SCORES].records)  # type: ignore[attr-defined]
    assert (first["year"], first["level"], first["share_within_tenth"]) == (2024, 1, 1)
    assert first["hhi_correlation"] is None  # one product
    assert (second["year"], second["n_flows"]) == (2025, 13)
    assert second["level"] == approx(360 / 340)
    assert (second["n_first"], second["n_products"], second["missed"]) == (2, 2, None)
    assert second["hhi_correlation"] == approx(1)
    assert second["top_share_error_pp"] == approx(100 * (200 / 290 - 180 / 270) / 2)
    assert second["share_within_tenth"] == approx(12 / 13)
    assert "ROW" in str(told.metadata["benchmark_universe"].value)


def test_a_build_by_the_command_line_is_told_as_an_observation(told: Told) -> None:
    seen = observed(told.paths)
    assert seen is not None
    assert seen.metadata[SCORES] == told.metadata[SCORES]


def test_a_level_too_high_warns_and_does_not_block(told: Told) -> None:
    verdicts = validate(told.paths, "marts", "fct_trade_reconciled")
    (verdict,) = [v for v in verdicts if "years_short_of_the_benchmark" in v["expectation"]]
    assert (verdict["passed"], verdict["severity"], verdict["n_rows"]) == (False, "warning", 1)
    (row,) = verdict["sample"]
    assert (row["year"], row["score"]) == ("2025", "level")
    assert float(row["value"]) == approx(360 / 340)


def cards(database: Path, kind: str, period: str) -> dict[str, dict[str, Any]]:
    found = read(
        database,
        "select * from marts.quality_scorecard where subject_kind = ? and period = ?"
        " and subject_id like '%un_comtrade'",
        [kind, period],
    )
    return {row["subject_id"].partition("|")[0]: row for row in found}


def test_the_scorecard_tells_who_filed(told: Told) -> None:
    found = cards(told.paths.database, "reporter", "2025")
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


def test_the_scorecard_tells_which_year_is_complete(told: Told) -> None:
    database = told.paths.database
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


def test_a_release_is_made_of_it(told: Told) -> None:
    """The fresh process that looks at it holds the exposure of any day against the mart's, whose
    base years are those of our own reconciliation; declared rows stay at home."""
    export_marts(told.paths, dbt_env.manifest_path(told.paths))
    done = publish(told.paths, dbt_env.manifest_path(told.paths), [], RunInfo("declared"))
    there = {path.stem for path in (done.folder / "parquet").glob("*.parquet")}
    assert {"fct_trade_reconciled", "mirror_gap", "quality_scorecard"} <= there
    assert "fct_trade_reported" not in there
    own = read(
        told.paths.database,
        "select count(*) as n from marts.control_exposure where source_id = 'pax_silica'",
    )
    assert own[0]["n"] > 0, "nothing stands on our own flows: the comparison above was empty"
