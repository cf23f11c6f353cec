"""The causes of changed headline cells between two releases."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from warehouse.release.changes import Comparison

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
