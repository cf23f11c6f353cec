"""The five scores on seven flows, as a worked example.

Thousand USD, exporter to importer, ours next to CEPII's. Product 1: CHN to JPN 105 and 100, CAN to
JPN 75 and 50. Product 2: DEU to USA 40 and 40, CHN to USA nothing and 60. Left out: a sum of
importers (ROW), a flow between two countries without a report, a product of which nothing is
declared, and an edition that was replaced.

- level (105 + 75 + 40) / (100 + 50 + 40 + 60) = 220/250
- first exporters: of 1 China in both, of 2 Germany instead of China
- error of the top share: |105/180 - 100/150| = 1/12 and |0 - 60/100|, mean 41/120
- HHI of ours 37/72 and 1, of theirs 5/9 and 13/25: ours rises where theirs falls, so -1
- within 10 %: 105 for 100 and 40 for 40, of four
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from warehouse.statistics.baci_comparison import scores_of_mart, short_of_sql

OURS = [
    ("1", "CHN", "JPN", 105_000, None, 105_000),
    ("1", "CAN", "JPN", 75_000, None, 75_000),
    ("2", "DEU", "USA", 40_000, 40_000, 40_000),
]
THEIRS = [
    ("1", "CHN", "JPN", 100_000),
    ("1", "CAN", "JPN", 50_000),
    ("1", "CHN", "ROW", 900_000),
    ("1", "ZAF", "ZMB", 70_000),
    ("2", "DEU", "USA", 40_000),
    ("2", "CHN", "USA", 60_000),
    ("3", "CHN", "USA", 1),
]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema marts;
            create table marts.fct_trade_reconciled (
                source_id varchar, period_type varchar, year int, nomenclature varchar,
                product_code varchar, exporter_id varchar, importer_id varchar, value_usd double,
                x_report_usd double, m_report_fob_usd double, known_to_date date
            )
            """
        )
        yield connection


def add(connection: duckdb.DuckDBPyConnection, source_id: str, *flow: Any, **other: Any) -> None:
    names = ("product_code", "exporter_id", "importer_id", "value_usd", "x_report_usd",
             "m_report_fob_usd")  # fmt: skip
    fixed = {"period_type": "A", "year": 2022, "nomenclature": "HS2017", "source_id": source_id}
    row = {**fixed, **dict(zip(names, flow, strict=False)), **other}
    connection.execute(
        f"insert into marts.fct_trade_reconciled ({', '.join(row)}) values "
        f"({', '.join('?' * len(row))})",
        list(row.values()),
    )


def test_scores_worked_example(connection: duckdb.DuckDBPyConnection) -> None:
    for flow in OURS:
        add(connection, "pax_silica", *flow)
    for theirs in THEIRS:
        add(connection, "cepii_baci", *theirs)
    add(connection, "cepii_baci", "1", "CHN", "JPN", 1, known_to_date="2025-01-01")
    add(connection, "cepii_baci", "1", "CHN", "JPN", 1, year=2021)
    (score,) = scores_of_mart(connection)
    assert (score.year, score.n_flows) == (2022, 4)
    assert score.level == pytest.approx(220 / 250)
    assert (score.n_first, score.n_products, score.n_missed, score.missed) == (1, 2, 1, "2")
    assert score.hhi_correlation == pytest.approx(-1)
    assert score.top_share_error_pp == pytest.approx(100 * 41 / 120)
    assert score.share_within_tenth == pytest.approx(2 / 4)
    found = connection.execute(short_of_sql("marts.fct_trade_reconciled")).fetchall()
    # one product of two may have another first exporter
    assert {row[1] for row in found} == {
        "level", "hhi_correlation", "top_share_error_pp", "share_within_tenth",
    }  # fmt: skip


@pytest.mark.parametrize(("theirs", "is_met"), [(1_000, 1), (1_001, 0)])
def test_rounded_value_matches_within_its_rounding(
    connection: duckdb.DuckDBPyConnection, theirs: float, is_met: int
) -> None:
    """1,550 dollars for a bundled "1 thousand", which may be 1,499; not for 1,001 dollars."""
    add(connection, "pax_silica", "1", "CHN", "JPN", 1_550, None, 1_550)
    add(connection, "cepii_baci", "1", "CHN", "JPN", theirs)
    (score,) = scores_of_mart(connection)
    assert score.share_within_tenth == is_met


def test_nothing_to_compare_gives_no_score(connection: duckdb.DuckDBPyConnection) -> None:
    add(connection, "cepii_baci", "1", "CHN", "JPN", 1_000)
    assert scores_of_mart(connection) == []
    add(connection, "pax_silica", "9", "CHN", "JPN", 1_000, None, 1_000)
    assert scores_of_mart(connection) == []
    assert connection.execute(short_of_sql("marts.fct_trade_reconciled")).fetchall() == []
