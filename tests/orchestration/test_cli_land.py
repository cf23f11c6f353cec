"""`pax land`: refuse what is not understood, keep what is, undo it."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sources.kit.catalog import catalog
from tests.orchestration.test_cli import invoke
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_bundle


def test_unknown_layout_shows_the_layouts(data_dir: DataPaths, tmp_path: Path) -> None:
    strange = tmp_path / "strange.csv"
    strange.write_text("this,is,nothing\n1,2,3\n")
    for source_id, spec in catalog().items():
        if "manual" not in spec.access_methods:
            continue
        code, text = invoke("land", source_id, str(strange))
        assert code == 1, f"{source_id}: {text}"
        assert source_id in text
        assert any(layout.id in text or layout.files in text for layout in spec.layouts), text
        assert "Traceback" not in text


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00\x01garbage\x00" * 9], ids=["empty", "binary"]
)
def test_broken_file_lands_nothing(data_dir: DataPaths, tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_bytes(content)
    for source_id, spec in catalog().items():
        if "manual" in spec.access_methods:
            code, text = invoke("land", source_id, str(broken))
            assert code == 1, f"{source_id}: {text}"
            assert "Traceback" not in text, text
    assert not list(data_dir.load_records.rglob("*.json"))


def test_files_without_anything_of_the_source_are_an_error(
    data_dir: DataPaths, tmp_path: Path
) -> None:
    codes = tmp_path / "product_codes_HS17_V202601.csv"
    codes.write_text("code,description\n850511,Magnets\n")
    code, text = invoke("land", "cepii_baci", str(codes))
    assert code == 1
    assert "nothing in these files is of the source" in text
    assert "native_csv" in text


def test_a_year_is_asked_for_and_taken(data_dir: DataPaths, tmp_path: Path) -> None:
    lost = tmp_path / "lost.csv"
    lost.write_text("reporter,partner,cmd,flow,value\n842,156,811292,M,5\n")
    code, text = invoke("land", "un_comtrade", str(lost))
    assert code == 1
    assert "--year 2022" in text
    assert invoke("land", "un_comtrade", str(lost), "--year", "2021")[0] == 0
    (path,) = (data_dir.landing / "un_comtrade" / "trade").glob("file__*.parquet")
    assert pq.read_table(path)["period"].to_pylist() == ["2021"]


def test_list_and_undo(data_dir: DataPaths) -> None:
    landed = land_bundle(catalog()["worldbank_wgi"], data_dir)
    partition = landed[0].load_record.partition
    code, text = invoke("land", "--list")
    assert code == 0
    assert partition in text
    code, text = invoke("land", "worldbank_wgi", "--undo", partition)
    assert code == 0
    assert "removed" in text
    assert partition not in [
        r.stem for r in (data_dir.load_records / "worldbank_wgi").glob("*.json")
    ]


def test_bundled_figures_land_alone(data_dir: DataPaths) -> None:
    code, text = invoke("land", "--bundled")
    assert code == 0, text
    assert "usgs_mcs" in text
    landed = {path.parent.name for path in data_dir.load_records.glob("*/*.json")}
    assert landed == {name for name, spec in catalog().items() if "bundled" in spec.access_methods}
    assert (data_dir.landing / "run" / "parameters" / "parameters.parquet").is_file()
    assert "unchanged" in invoke("land", "--bundled")[1]
