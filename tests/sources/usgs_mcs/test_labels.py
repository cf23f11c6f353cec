"""Labels: countries, types, columns."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sources.usgs_mcs.headers import (
    UnknownColumnError,
    WorldColumn,
    read_salient_header,
    read_world_header,
)
from sources.usgs_mcs.labels import estimate_in_note, read_country, type_key


@pytest.mark.parametrize(
    ("text", "name", "kind", "estimated"),
    [
        ("Japane", "Japan", "country", True),
        ("Korea, Republic ofe", "Korea, Republic of", "country", True),
        ("Greece", "Greece", "country", False),
        ("Greecee", "Greece", "country", True),
        ("Côte d’Ivoire", "Côte d’Ivoire", "country", False),
        ("Sierra Leone", "Sierra Leone", "country", False),
        ("Argentina, crude ore", "Argentina, crude ore", "country", False),
        ("New Caledonia11", "New Caledonia", "country", False),
        ("United\xa0States1", "United States", "country", False),
        ("Other countries4", "Other countries", "other_countries", False),
        ("Other countriese", "Other countries", "other_countries", True),
        ("Other", "Other", "other_countries", False),
        ("World total (rounded)10", "World total (rounded)", "world_total", False),
        ("United\xa0States and Canada", "United States and Canada", "multi_country", False),
        ("China, Germany, and Russia", "China, Germany, and Russia", "multi_country", False),
        ("Trinidad and Tobago", "Trinidad and Tobago", "country", False),
        ("Bosnia and Herzegovina", "Bosnia and Herzegovina", "country", False),
    ],
)
def test_country_cells(text: str, name: str, kind: str, estimated: bool) -> None:
    read = read_country(text)
    assert (read.name, read.row_kind, read.is_estimated) == (name, kind, estimated)


def test_every_collected_spelling_is_of_its_kind(shared_data: Path) -> None:
    kinds = {
        "aggregate_world": "world_total",
        "aggregate_other": "other_countries",
        "multi_country": "multi_country",
    }
    with (shared_data / "reference" / "country_aliases.csv").open(encoding="utf-8") as rows:
        aliases = [row for row in csv.DictReader(rows) if row["source"] == "usgs"]
    assert len(aliases) == 222
    for alias in aliases:
        read = read_country(alias["source_name"])
        assert read.row_kind == kinds.get(alias["kind"], "country"), alias
        fused = "superscript" in alias["defect"] or alias["source_name"].endswith("countriese")
        assert read.is_estimated == fused, alias


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Mine production: rounded", "mine production"),
        ("Mine production, barite, estimated", "mine production, barite"),
        ("World mine production: Palladium", "mine production: palladium"),
        ("World total mine production: Ilmenite (rounded)", "mine production: ilmenite"),
        ("Mine production: ilmenite, rounded", "mine production: ilmenite"),
        (" Mine  production: Platinum ", "mine production: platinum"),
    ],
)
def test_types_lose_rounding_and_estimate_marks(text: str, key: str) -> None:
    assert type_key(text) == key


@pytest.mark.parametrize(
    ("note", "year", "expected"),
    [
        ("Also estimated in 2022", 2022, True),
        ("Also estimated in 2022", 2021, None),
        ("estimated in 2022 also", 2022, True),
        ("Estimated. -- Excludes U.S. production.", 2024, True),
        ("Reported in 2022", 2022, False),
        ("reported", 2023, False),
        ("Production in 2022 is also estimated.", 2022, True),
        ("Other countries estimated to still have capacity", 2024, None),
    ],
)
def test_notes_on_estimates(note: str, year: int, expected: bool | None) -> None:
    assert estimate_in_note(note, year) is expected


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Prod_t_Est_2021", WorldColumn("production", "", "t", 2021, True)),
        ("PROD_EST_ 2024", WorldColumn("production", "", None, 2024, True)),
        ("PROD_2023", WorldColumn("production", "", None, 2023, False)),
        ("Cap_Pigment_t_2023", WorldColumn("capacity", "Pigment", "t", 2023, False)),
        ("Reserves_ore_K2O_equiv_kt", WorldColumn("reserves", "ore_K2O_equiv", "kt")),
        ("Reserves_kt_2023", WorldColumn("reserves", "", "kt", 2023)),
        ("RESERVE_NOTES", WorldColumn("reserves", is_note=True)),
        ("Prod_note", WorldColumn("production", is_note=True)),
    ],
)
def test_world_headers(text: str, column: WorldColumn) -> None:
    assert read_world_header(text) == column


@pytest.mark.parametrize("text", ["Prod_lb_2022", "Value_2022", "Type"])
def test_unknown_world_headers_are_rejected(text: str) -> None:
    with pytest.raises(UnknownColumnError):
        read_world_header(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("USprod_Refinery-primary_kt", ("production", "Refinery-primary", "kt")),
        ("NIR_pct", ("net_import_reliance", "", "pct")),
        ("Bort_NIR_pct", ("net_import_reliance", "Bort", "pct")),
        ("Imports_Metalkg", ("import", "Metal", "kg")),
        ("Price_High-puritydkg", ("price", "High-purity", "dkg")),
        ("Exports_g", ("export", "", "g")),
        ("NIR_ct", ("net_import_reliance", "ct", None)),
        ("CASE STATEMENT ERRORt", ("other", "CASE STATEMENT ERRORt", "t")),
    ],
)
def test_salient_headers(text: str, expected: tuple[str, str, str | None]) -> None:
    read = read_salient_header(text)
    assert (read.statistic, read.detail, read.unit) == expected
