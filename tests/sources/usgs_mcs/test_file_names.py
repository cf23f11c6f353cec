"""Edition, commodity and kind of a table by name, folder and content."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.kit.catalog import find_source
from sources.kit.requests import manual_files
from sources.usgs_mcs.file_names import FileName, read_file_name
from sources.usgs_mcs.parse import parse
from tests.sources.files import zip_bytes
from tests.sources.usgs_mcs.conftest import raw
from tests.sources.usgs_mcs.test_new_editions import wide_file_of_2023

SALIENT = (
    b"DataSource,Commodity,Year,USprod_t,Imports_t,NIR_pct\n"
    b"MCS2023,Tellurium,2021,W,42,>95\nMCS2023,Tellurium,2022,W,40,>75\n"
)


@pytest.mark.parametrize(
    ("place", "folder", "expected"),
    [
        ("mcs2024-galli_world.csv", "", FileName(2024, 0, "galli", "world")),
        ("MCS2024-bismu_salient.csv", "", FileName(2024, 0, "bismu", "salient")),
        ("mcs2023-zirco-hafni_salient.csv", "", FileName(2023, 0, "zirco-hafni", "salient")),
        ("mcs2023tellu_salient.csv", "", FileName(2023, 0, "tellu", "salient")),
        ("mcs2022-garne-world.csv", "", FileName(2022, 0, "garne", "world")),
        ("cobalt_mcs2022-cobal_world.csv", "", FileName(2022, 0, "cobal", "world")),
        ("copy of mcs2024-galli_world (1).csv", "", FileName(2024, 0, "galli", "world")),
        ("MCS2025_World_Data.csv", "", FileName(2025, 0, "", "world")),
        ("gallium.csv", "MCS_2023/world", FileName(0, 2023, "gallium", "world")),
        ("world.csv", "2023/rare earths", FileName(0, 2023, "rare-earths", "world")),
        ("salient.csv", "usgs/2022 release/salient", FileName(0, 2022, "", "salient")),
    ],
)
def test_names_and_folders(place: str, folder: str, expected: FileName) -> None:
    assert read_file_name(place, folder) == expected


def test_names_of_2023_are_read() -> None:
    """Two names that are unlike all others, and a salient table of which the content tells all."""
    for name, key in [
        ("mcs2023tellu_salient.csv", "tellu"),
        ("mcs2023-zirco-hafni_salient.csv", "zirco-hafni"),
        ("MCS2023 (2).csv", "tellurium"),
    ]:
        (one,) = parse([raw(name, SALIENT)])
        assert one.edition == "2023"
        assert {row["commodity_key"] for row in one.tables["salient"].to_pylist()} == {key}


def test_a_folder_or_an_archive_names_what_the_file_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "mcs 2023" / "gallium"
    folder.mkdir(parents=True)
    (folder / "world.csv").write_bytes(wide_file_of_2023())
    (from_folder,) = parse(manual_files(find_source("usgs_mcs"), [tmp_path / "mcs 2023"]))
    inside = {"world/gallium/table.csv": wide_file_of_2023()}
    (from_zip,) = parse([raw("download.zip", zip_bytes(inside))])
    (named,) = parse([raw("mcs2023-galli_world.csv", wide_file_of_2023())])
    for one in (from_folder, from_zip):
        rows = one.tables["world"].to_pylist()
        assert (one.edition, {row["commodity_key"] for row in rows}) == ("2023", {"gallium"})
        assert len(rows) == named.tables["world"].num_rows


def test_front_matter_is_read_by_its_columns() -> None:
    """Net import reliance of the introduction, whatever its figure or table is called."""
    table = (
        b"Source,Mineral_commodity,Net_import_reliance_2022_pct,Primary_import_source\n"
        b"MCS2023,Cobalt,67,Norway\nMCS2023,Fluorspar,100,Mexico\n"
    )
    (one,) = parse([raw("mcs2023tellu_salient.csv", SALIENT), raw("Table 5.csv", table)])
    assert [
        (r["table_id"], r["commodity_text"], r["reliance_text"], r["date_text"], r["country_text"])
        for r in one.tables["front_matter"].to_pylist()
    ] == [
        ("import_reliance", "Cobalt", "67", "2022", "Norway"),
        ("import_reliance", "Fluorspar", "100", "2022", "Mexico"),
    ]
    (other,) = parse([raw("mcs2023tellu_salient.csv", SALIENT), raw("reliance.csv", table)])
    assert other.tables["front_matter"].num_rows == 2
