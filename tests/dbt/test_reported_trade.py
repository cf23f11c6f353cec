"""The reported cases whose right result is in the marts: Italy as 381, and one-sided declarations.

The other cases are in `tests/sources/test_reported_cases.py` (files), `test_paths.py` (a data
directory with an apostrophe) and `test_definitions.py` (the clock of a file in the inbox).
"""

from __future__ import annotations

import pytest

from sources.kit.catalog import catalog, find_source
from sources.kit.contract import RawFile
from tests.fixture_world.dbt import build, read
from tests.sources.files import raw_file
from tests.sources.test_reported_cases import CASES
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land_bundle, land_files
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not CASES.is_dir(), reason=f"the reported files are not in {CASES}"),
]

FLOWS = """
    select exporter_id, importer_id, round(value_usd) as value_usd, sidedness
    from marts.fct_trade_reconciled
    where source_id = 'pax_silica' and year = 2018 and product_code = '284690'
        and known_to_date is null
    order by importer_id, exporter_id
"""
DECLARED = """
    select reporter_id, partner_id, value_usd
    from marts.fct_trade_reported
    where source_id = 'un_comtrade' and flow = 'import' and partner_id <> 'WLD'
    order by reporter_id, partner_id
"""


def case(folder: str, name: str) -> RawFile:
    return raw_file(name, (CASES / folder / name).read_bytes())


def built(paths: DataPaths, files: list[RawFile]) -> DataPaths:
    """The marts of trade, built on the files and on the lists that they need."""
    sources = catalog()
    declare_tables(paths, sources.values())
    for name in ("un_hs", "cepii_geodist", "cepii_baci"):
        land_bundle(sources[name], paths)
    land_files(find_source("un_comtrade"), files, "manual", paths)
    write_load_records_table(paths, dict(sources))
    write_parameters(paths)
    build(
        paths, "--select", "+fct_trade_reconciled", "+fct_trade_reported",
        "--indirect-selection", "cautious",
        "--exclude-resource-type", "unit_test",
    )  # fmt: skip
    return paths


@pytest.fixture(scope="module")
def trade(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = DataPaths.at(tmp_path_factory.mktemp("reported_trade") / "data")
    return built(paths, [case("22_one_sided", "imports_only.csv")])


def test_a_former_code_of_a_country_is_the_country(trade: DataPaths) -> None:
    """The file of one-sided imports has the lines of the case of Italy and one of France."""
    rows = read(trade.database, DECLARED)
    declared = {(r["reporter_id"], r["partner_id"]): r["value_usd"] for r in rows}
    assert declared == {
        ("FRA", "CHN"): 500_000, ("ITA", "CHN"): 900_000, ("ITA", "USA"): 100_000,
        ("JPN", "CHN"): 30_000, ("JPN", "ITA"): 70_000,
    }  # fmt: skip
    italian = {p: v for (reporter, p), v in declared.items() if reporter == "ITA"}
    assert italian["CHN"] / sum(italian.values()) == 0.9


def test_declarations_without_an_answer_stay_as_declared(trade: DataPaths) -> None:
    rows = read(trade.database, FLOWS)
    assert len(rows) == 5
    assert {row["sidedness"] for row in rows} == {"importer_only"}
