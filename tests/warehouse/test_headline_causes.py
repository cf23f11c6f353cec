"""The causes of changed headline cells between two releases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.release.changes import Comparison
from warehouse.release.headline_causes import last_cause

COLUMNS = ("entity_id", "concern_share", "source_ids", "bases", "product_codes", "n_members",
           "edition")  # fmt: skip
ROWS = [
    ("AUS", 0.1, "cepii_baci", "fob", "2504", 24, "V1"),
    ("CHL", 0.2, "cepii_baci", "fob", "2504", 24, "V1"),
    ("DEU", 0.3, "cepii_baci", "fob", "2504", 24, "V1"),
    ("FIN", 0.4, "cepii_baci", "fob", "2504", 24, "V1"),
    ("GBR", 0.5, "cepii_baci", "fob", "2504", 24, "V1"),
    ("ITA", 0.6, "cepii_baci", "fob", "2504", 24, "V1"),
]


def changed() -> list[tuple[object, ...]]:
    """One cell per cause; GBR is as it was, ITA is gone, JPN is new."""
    aus, chl, deu, fin, gbr, _ = (list(row) for row in ROWS)
    aus[1], aus[2] = 0.5, "uk_hmrc"
    chl[1], chl[5] = 0.3, 25
    deu[1], deu[6] = 0.35, "V2"
    fin[1] = 0.41
    new = ["JPN", 0.9, "uk_hmrc", "cif", "2504", 24, "V1"]
    return [tuple(row) for row in (aus, chl, deu, fin, gbr, new)]


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    connection = duckdb.connect()
    entry = {"key": ["entity_id"], "columns": [{"name": name, "type": ""} for name in COLUMNS]}
    files = []
    for name, rows in (("old", ROWS), ("new", changed())):
        file = tmp_path / f"{name}.parquet"
        values = ", ".join(str(tuple(row)) for row in rows)
        connection.execute(
            f"copy (select * from (values {values}) as t ({', '.join(COLUMNS)})) to '{file}'"
        )
        files.append((file, entry))
    return Comparison(connection, *files)


def test_each_cell_has_one_cause(comparison: Comparison) -> None:
    """AUS has another source, CHL another member, DEU another edition, FIN nothing of these."""
    lines = comparison.causes("partner_dependency")
    table = [line.strip("| ").split(" | ") for line in lines if line.startswith("  | `")]
    found = {row[1]: row[2:] for row in table}
    assert found["coverage or source"][0] == "3"
    assert found["coverage or source"][2:] == ["+0.4000", "AUS"]
    assert found["membership"] == ["1", "+0.1000", "+0.1000", "CHL"]
    assert found["revision"] == ["1", "+0.0500", "+0.0500", "DEU"]
    assert found["method"] == ["1", "+0.0100", "+0.0100", "FIN"]


def test_the_parts_are_the_whole_change(comparison: Comparison) -> None:
    lines = comparison.causes("partner_dependency")
    table = [line.strip("| ").split(" | ") for line in lines if line.startswith("  | `")]
    total = sum(float(row[3]) for row in table)
    before, after = dict(row[:2] for row in ROWS), dict(row[:2] for row in changed())
    assert total == pytest.approx(sum(after[k] - before[k] for k in before if k in after))


def test_a_mart_without_headline_cells_has_no_table(comparison: Comparison) -> None:
    assert comparison.causes("supplier_share") == []


EXPOSURE = ("entity_id", "as_of_date", "known_on_date", "is_as_of_date", "is_headline",
            "exposure_share_high", "active_clause_ids", "n_members", "edition",
            "lineage_id")  # fmt: skip
EXPOSURE_KEY = ("entity_id", "as_of_date", "known_on_date")
FEBRUARY, NOVEMBER, YEAR_END = "2026-02-01", "2026-11-29", "2025-12-31"


def exposure(entity: str, day: str, known: str, share: float, **changes: object) -> dict:
    row = {
        "entity_id": entity, "as_of_date": day, "known_on_date": known,
        "is_as_of_date": day == known, "is_headline": True, "exposure_share_high": share,
        "active_clause_ids": "C1", "n_members": 24, "edition": "V1",
        "lineage_id": "cepii_baci@V1+policy_register@1",
    }  # fmt: skip
    return row | changes


def compared(
    folder: Path, columns: Sequence[str], key: Sequence[str], old: list[dict], new: list[dict]
) -> Comparison:
    """The comparison of two Parquet files with these rows."""
    entry = {"key": list(key), "columns": [{"name": name, "type": ""} for name in columns]}
    files = []
    for name, rows in (("before", old), ("after", new)):
        file = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist([{c: row[c] for c in columns} for row in rows]), file)
        files.append((file, entry))
    return Comparison(duckdb.connect(), *files)


def test_cells_of_two_knowledge_days_are_the_same_cells(tmp_path: Path) -> None:
    """Known in November instead of February: AUS of a day has another measure, CHL another edition,
    DEU is as it was, and the day of the run is compared with that of the other run."""
    edition = {"edition": "V2", "lineage_id": "cepii_baci@V2+policy_register@1"}
    old = [
        exposure("AUS", YEAR_END, FEBRUARY, 0.1),
        exposure("CHL", YEAR_END, FEBRUARY, 0.2),
        exposure("DEU", YEAR_END, FEBRUARY, 0.3),
        exposure("JPN", FEBRUARY, FEBRUARY, 0.4),
    ]
    new = [exposure("AUS", YEAR_END, NOVEMBER, 0.5, active_clause_ids="C1|C2"),
           exposure("CHL", YEAR_END, NOVEMBER, 0.25, **edition),
           exposure("DEU", YEAR_END, NOVEMBER, 0.3),
           exposure("JPN", NOVEMBER, NOVEMBER, 0.6, active_clause_ids="C2")]  # fmt: skip
    comparison = compared(tmp_path, EXPOSURE, EXPOSURE_KEY, old, new)
    cells = {cell.cell: cell for cell in comparison.changed_cells("control_exposure")}
    causes = {name.split(" ")[0]: cell.cause for name, cell in cells.items()}
    assert causes == {"AUS": "policy", "CHL": "revision", "JPN": "policy"}
    changes = [cell.change for cell in cells.values()]
    assert changes == pytest.approx([0.4, 0.05, 0.2])
    assert comparison.counts() == (0, 0, 3)


def test_a_landed_source_reads_as_coverage(tmp_path: Path) -> None:
    """AUS is measured by the new source, CHL by a combination with it, DEU on more of its codes:
    none of these depends on more than before. FIN has another edition of what it had."""
    columns = (*COLUMNS, "lineage_id", "coverage_share")

    def row(entity: str, share: float, **changes: object) -> dict:
        return {
            "entity_id": entity, "concern_share": share, "source_ids": "cepii_baci",
            "bases": "fob", "product_codes": "2504", "n_members": 24, "edition": "V1",
            "lineage_id": "cepii_baci@V1", "coverage_share": 1.0,
        } | changes  # fmt: skip

    old = [row(entity, 0.2) for entity in ("AUS", "CHL", "DEU", "FIN", "GBR")]
    new = [
        row("AUS", 0.9, source_ids="eurostat_comext", edition="A2024",
            lineage_id="eurostat_comext@A2024"),
        row("CHL", 0.8, lineage_id="cepii_baci@V1+eurostat_comext@A2024"),
        row("DEU", 0.7, coverage_share=0.6),
        row("FIN", 0.6, edition="combined", lineage_id="cepii_baci@V2"),
        row("GBR", 0.2),
        row("ITA", 0.9, lineage_id="eurostat_comext@A2024"),
    ]  # fmt: skip
    comparison = compared(tmp_path, columns, ["entity_id"], old, new)
    cells = comparison.changed_cells("partner_dependency")
    causes = {cell.cell: cell.cause for cell in cells}
    coverage = "coverage or source"
    expected = {"AUS": coverage, "CHL": coverage, "DEU": coverage, "FIN": "revision",
                "ITA": coverage}  # fmt: skip
    assert causes == expected
    lines = [line for line in comparison.causes("partner_dependency") if coverage in line]
    (line,) = lines
    assert line.split("|")[3:6] == [" 4 ", " +1.8000 ", " +0.7000 "]


def manifest(code: str | None, **editions: str) -> dict:
    return {
        "git_sha": code,
        "sources": [
            {"source_id": source, "editions": [{"edition": edition}]}
            for source, edition in editions.items()
        ],
    }


def test_the_same_code_has_no_change_of_method() -> None:
    """Of the same code only other inputs give other figures; code that is not known may differ."""
    old = manifest("a", cepii_baci="V1")
    assert last_cause(old, manifest("a", cepii_baci="V1", us_census="A1")) == "coverage or source"
    assert last_cause(old, manifest("a", cepii_baci="V2")) == "revision"
    assert last_cause(old, manifest("a", cepii_baci="V1")) == "method"
    for code in ("b", None, "a+changes"):
        assert last_cause(manifest(code, cepii_baci="V1"), manifest("a", us_census="1")) == "method"
    changed = manifest("a+changes", cepii_baci="V1")
    assert last_cause(changed, manifest("a+changes", cepii_baci="V2")) == "method"


def test_what_no_column_explains_has_the_cause_of_the_inputs(tmp_path: Path) -> None:
    """An exposure that national lines of a landed source narrow has the sources that it had."""
    old, new = ([exposure("AUS", YEAR_END, NOVEMBER, share)] for share in (0.9, 0.7))
    comparison = compared(tmp_path, EXPOSURE, EXPOSURE_KEY, old, new)
    comparison.last = "coverage or source"
    (cell,) = comparison.changed_cells("control_exposure")
    assert (cell.cause, cell.change) == ("coverage or source", pytest.approx(-0.2))
