"""Real files of each kind (not part of the repository): every row is parsed, totals are right."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import UnknownLayoutError
from sources.un_comtrade.parse import parse
from tests.sources.un_comtrade.conftest import SPEC
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_files

RAW = "comtrade_raw_2022_critical31.csv.gz"


def raw(path: Path) -> RawFile:
    return RawFile(path.name, path.read_bytes(), "u", datetime(2026, 1, 2, tzinfo=UTC))


def only(path: Path) -> Parsed:
    (parsed,) = parse([raw(path)])
    return parsed


@pytest.mark.parametrize(
    ("name", "n_rows", "has_dimensions"),
    [
        (RAW, 166_616, False),
        ("comtrade_nickel_260400_750110_bilateral_2000_2024.csv.gz", 13_739, False),
        ("comtrade_legacy_semiconductor_equipment_world_2016_2020.csv.gz", 2_863, False),
        ("comtrade_api_samples/api_envelope_chn_total_2010.json", 4, True),
        ("comtrade_api_samples/api_envelope_lithium_hydroxide_282520_2025.json", 6, True),
        ("comtrade_api_samples/comtrade_chn_imports_from_usa_hs8542_2010_2024.csv", 173, True),
        ("comtrade_api_samples/comtrade_lithium_us_cn_2020_2024.csv", 175, True),
    ],
)
def test_every_row_is_parsed(
    shared_data: Path, name: str, n_rows: int, has_dimensions: bool
) -> None:
    parsed = only(shared_data / "trade" / name)
    table = parsed.tables["trade"]
    assert (table.num_rows, len(parsed.quarantine)) == (n_rows, 0)
    assert set(table["has_dimensions"].to_pylist()) == {has_dimensions}
    assert min(table["primary_value_usd"].to_pylist()) >= 0


def test_the_largest_row_of_each_key_is_its_total(shared_data: Path) -> None:
    """In every group the partners add up to the World row."""
    trade = only(shared_data / "trade" / RAW).tables["trade"]
    with duckdb.connect() as connection:
        connection.register("trade", trade)
        groups = connection.execute(
            """
            with totals as (
                select reporter_code, flow_code, cmd_code, partner_code,
                    max(primary_value_usd) as value
                from trade group by all
            ), compared as (
                select sum(value) filter (partner_code <> '0') as partners,
                    max(value) filter (partner_code = '0') as world
                from totals group by reporter_code, flow_code, cmd_code
            )
            select count(*), count(*) filter (abs(partners - world) <= 1e-6 * world + 1)
            from compared where world is not null and partners is not null
            """
        ).fetchone()
    assert groups is not None
    assert groups[0] == groups[1]
    assert groups[0] > 4_000


def test_dimensions_distinguish_breakdowns_from_totals(shared_data: Path) -> None:
    """In 2015 to 2017 the rows by second partner add up to the total once more."""
    name = "comtrade_api_samples/comtrade_chn_imports_from_usa_hs8542_2010_2024.csv"
    trade = only(shared_data / "trade" / name).tables["trade"]
    with duckdb.connect() as connection:
        connection.register("trade", trade)
        doubled = connection.execute(
            """
            select ref_year from trade group by ref_year
            having sum(primary_value_usd)
                > 1.9 * sum(primary_value_usd) filter (partner2_code = '0')
            order by ref_year
            """
        ).fetchall()
    assert doubled == [(2015,), (2016,), (2017,)]


def test_a_file_of_all_reporters_is_one_partition(shared_data: Path, data_dir: DataPaths) -> None:
    (landed,) = land_files(SPEC, [raw(shared_data / "trade" / RAW)], "manual", data_dir)
    (again,) = land_files(SPEC, [raw(shared_data / "trade" / RAW)], "manual", data_dir)
    assert (landed.outcome, again.outcome) == ("landed", "unchanged")
    assert landed.load_record.partition.startswith("file/")


def test_tables_with_names_instead_of_codes_are_rejected(shared_data: Path) -> None:
    name = "more/comtrade_usa_rare_earth_imports_by_partner_2018_2025.csv.gz"
    with pytest.raises(UnknownLayoutError, match="lacks"):
        only(shared_data / "trade" / name)
