"""The generated suites of marts: rows against what was known, and the current release."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.check_result import CheckResult
from expectations.marts import Knowledge, baci_suite, build_validations, read_knowledge
from expectations.runner import MARTS, list_subjects, run_validations
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.release.dbt_manifest import Mart
from warehouse.statistics import baci_comparison
from warehouse.storage.load_records import LATEST

KNOWN = Knowledge({"usgs_mcs": (date(2022, 1, 31), date(2026, 2, 6))}, LATEST)
ROWS = [
    {"item": "gallium", "year": year, "share": 0.5, "note": "x", "lineage_id": "usgs_mcs@2026"}
    for year in range(2000, 2020)
]
META = {"movement": {"measure": "share", "tolerance": 0.01}}


def mart(**fields: Any) -> Mart:
    return Mart(
        **{
            "name": "shares",
            "description": "One row per item and year.",
            "columns": {},
            "key": ("item", "year"),
            "sources": ("usgs_mcs",),
            **fields,
        }
    )


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = pa.Table.from_pylist(ROWS).schema
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)


def failed(
    paths: DataPaths,
    rows: list[dict[str, Any]],
    current: list[dict[str, Any]] | None = None,
    *,
    knowledge: Knowledge = KNOWN,
    current_day: date = LATEST,
    **fields: Any,
) -> dict[str, CheckResult]:
    """The failed results by the column that they are about (`rows` for the number of rows)."""
    write(paths.release_parquet / "shares.parquet", rows)
    if current is not None:
        write(paths.current / "parquet" / "shares.parquet", current)
        card = {"as_known_on": current_day.isoformat()}
        (paths.current / "manifest.json").write_text(json.dumps(card))
    validations = list(build_validations(paths, [mart(**fields)], knowledge))
    results = run_validations(paths, MARTS, validations)["shares"]
    return {
        r.expectation.split("column ")[1].split(",")[0] if "column " in r.expectation else "rows": r
        for r in results
        if not r.passed
    }


@pytest.mark.parametrize(
    ("day", "rows", "fields", "is_failed"),
    [
        (LATEST, ROWS, {}, False),
        (LATEST, [], {}, True),
        (LATEST, [], {"meta": {"may_be_empty": True}}, False),
        # another source in the lineage has not landed: the rule is about those that have
        (LATEST, [], {"sources": ("usgs_mcs", "bgs_wms")}, True),
        (LATEST, [], {"meta": {"rows_need": ["bgs_wms"]}}, False),
        (LATEST, ROWS, {"meta": {"rows_need": ["bgs_wms"]}}, True),
        (date(2024, 1, 1), [], {}, False),  # only a part is known
        (date(2024, 1, 1), ROWS, {}, False),
        (date(2020, 1, 1), [], {}, False),
        (date(2020, 1, 1), ROWS, {}, True),
        (LATEST, [], {"sources": ()}, True),
    ],
)
def test_a_mart_has_rows_when_its_sources_are_known(
    data_dir: DataPaths,
    day: date,
    rows: list[dict[str, Any]],
    fields: dict[str, Any],
    is_failed: bool,
) -> None:
    found = failed(data_dir, rows, knowledge=Knowledge(KNOWN.known_days, day), **fields)
    assert [(name, r.severity) for name, r in found.items()] == [("rows", "critical")] * is_failed


@pytest.mark.parametrize(
    ("as_of", "is_failed"), [(None, True), (date(2025, 12, 12), True), (date(2025, 6, 30), False)]
)
def test_a_mart_of_members_may_be_empty_before_the_first(
    data_dir: DataPaths, as_of: date | None, is_failed: bool
) -> None:
    knowledge = read_knowledge([], LATEST, as_of)
    fields: dict[str, Any] = {"sources": (), "registers": ("partner_memberships",)}
    needs: dict[str, Any] = {"meta": {"rows_need_valid": "partner_memberships"}}
    assert bool(failed(data_dir, [], knowledge=knowledge, **fields, **needs)) == is_failed
    assert failed(data_dir, [], knowledge=knowledge, **fields)


def test_rows_of_reference_seeds_are_known_on_any_day(data_dir: DataPaths) -> None:
    before = Knowledge(KNOWN.known_days, date(2020, 1, 1))
    assert failed(data_dir, ROWS, knowledge=before)
    assert not failed(data_dir, ROWS, knowledge=before, meta={"rows_need": []})


def changed(count: int, **values: Any) -> list[dict[str, Any]]:
    """The rows with other values in the first `count` of them."""
    return [{**row, **values} if place < count else row for place, row in enumerate(ROWS)]


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        (ROWS, None),
        (ROWS[:15], "rows_ratio"),
        (changed(1, item="indium"), "keys_kept_share"),
        (changed(20, note=None), "emptied_columns"),
        (changed(1, share=0.6), "change"),
        (changed(1, share=0.505), None),  # within the tolerance
        (changed(20, share=0.6, lineage_id="usgs_mcs@2027"), None),  # a cause
    ],
)
def test_a_change_without_a_new_edition_warns(
    data_dir: DataPaths, rows: list[dict[str, Any]], column: str | None
) -> None:
    found = failed(data_dir, rows, ROWS, meta=META)
    assert {r.severity for r in found.values()} <= {"warning"}
    assert column in found if column else found == {}


def test_the_moved_row_is_shown(data_dir: DataPaths) -> None:
    found = failed(data_dir, changed(2, share=0.6), ROWS, meta=META)
    (first, _) = found["change"].sample or []
    assert (first["row_key"], first["before"], first["now"]) == ("gallium | 2000", "0.5", "0.6")


def test_a_release_of_another_knowledge_day_is_not_compared(data_dir: DataPaths) -> None:
    day = date(2025, 6, 30)
    assert failed(data_dir, changed(5, share=0.9), ROWS, meta=META, current_day=day) == {}


def test_no_row_is_known_after_the_knowledge_day(data_dir: DataPaths) -> None:
    rows = [{"item": "gallium", "known_from_date": date(2026, 2, 6)}]
    path = data_dir.release_parquet / "shares.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)
    for day, is_failed in ((date(2026, 2, 6), False), (date(2026, 2, 5), True)):
        knowledge = Knowledge({"usgs_mcs": (date(2022, 1, 31), day)}, day)
        validations = list(build_validations(data_dir, [mart()], knowledge))
        results = run_validations(data_dir, MARTS, validations)["shares"]
        refused = [r for r in results if not r.passed]
        assert bool(refused) is is_failed
        assert all("known_from_date" in r.expectation for r in refused)


def test_registers_are_known_by_their_rows() -> None:
    knowledge = read_knowledge([], LATEST)
    assert knowledge.is_all_known(["policy_register"])
    assert not knowledge.is_all_known(["no_such_source"])
    early = read_knowledge([], date(1990, 1, 1))
    assert early.is_none_known(["partner_memberships", "no_such_source"])


@pytest.mark.parametrize("score", baci_comparison.BOUNDS)
def test_each_score_of_the_baci_comparison_refuses_a_value(score: str) -> None:
    from tests.expectations.gx_frames import is_satisfied

    good = {name: (low + high) / 2 for name, (low, high) in baci_comparison.BOUNDS.items()}
    (expectation,) = [
        e for e in baci_suite().expectations if e.configuration.kwargs["column"] == score
    ]
    low, high = baci_comparison.BOUNDS[score]
    frame = pa.Table.from_pylist([good]).to_pandas()
    assert is_satisfied(expectation, frame)
    assert not is_satisfied(expectation, frame.assign(**{score: low - (high - low) - 1}))


def test_every_mart_is_listed() -> None:
    marts = sorted(path.stem for path in (DBT_PROJECT / "models" / "marts").glob("*/*.sql"))
    assert list_subjects(MARTS) == marts
