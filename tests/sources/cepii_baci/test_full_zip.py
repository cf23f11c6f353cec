"""A zip like CEPII's of all watched codes through to the marts: every partner gets its chips."""

from __future__ import annotations

import pytest

from sources.kit.catalog import catalog, find_source
from tests.fixture_world.dbt import build, read
from tests.sources.cepii_baci.synthetic_zip import EDITION, PARTS, watched_codes, write_zip
from tests.sources.files import raw_file
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land_files
from warehouse.storage.load_records import write_load_records_table, write_parameters

# a build of half of the project
pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

HEADINGS = ("8541", "8542", "8486", "8471", "8473", "3818", "3707", "9001")


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = DataPaths.at(tmp_path_factory.mktemp("full_zip"))
    path = paths.data_dir / f"BACI_HS17_V{EDITION}.zip"
    write_zip(path, [2024])
    declare_tables(paths, catalog().values())
    file = raw_file(path.name, path.read_bytes())
    land_files(find_source("cepii_baci"), [file], "manual", paths)
    write_load_records_table(paths, catalog())
    write_parameters(paths, None)
    build(paths, "--resource-type", "seed", "--resource-type", "model",
          "--select", "+partner_dependency", "+ai_stack_exposure")  # fmt: skip
    return paths


def test_every_partner_has_all_goods_of_the_zip(landed: DataPaths) -> None:
    """24 states, each with what it buys of every watched code of the headings of chips."""
    wanted = {code for code in watched_codes() if code.startswith(HEADINGS)}
    found = read(
        landed.database,
        """
        select entity_id, item_id, concern_share, imports_usd
        from marts.partner_dependency
        where
            item_kind = 'product' and year = 2024 and netting = 'gross' and entity_id in (
                select country_id from intermediate.int_dependency__bloc_members
                where bloc_id = 'BLOC:PAX_SILICA' and membership_variant = 'as_of_today'
            )
        """,
    )
    partners = {row["entity_id"] for row in found}
    assert len(partners) == 24
    cells = {(row["entity_id"], row["item_id"]): row for row in found}
    missing = {(p, code) for p in partners for code in wanted if (p, code) not in cells}
    assert missing == set()
    for (partner, code), row in cells.items():
        if code in wanted:
            # who exports does not buy from itself
            total = sum(part for country, part in PARTS.items() if country != partner)
            assert row["concern_share"] == pytest.approx(PARTS["CHN"] / total, abs=0.005)


def test_no_partner_lacks_flows_of_a_node_that_is_traded(landed: DataPaths) -> None:
    """What a basket leaves open stays open; that flows are missing is said of nobody."""
    found = read(
        landed.database,
        """
        select entity_id, node_id, concern_share, imports_usd, missing_reason
        from marts.ai_stack_exposure
        where year = 2024 and good_ids <> ''
        """,
    )
    assert len({row["entity_id"] for row in found}) == 25
    assert [row for row in found if not row["imports_usd"]] == []
    wafers = [row for row in found if row["node_id"] == "N26"]
    assert [row for row in wafers if row["concern_share"] is None] == []
