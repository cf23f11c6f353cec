"""A user's table: by the names of its columns, by a mapping file, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed
from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from sources.kit.requests import manual_files
from sources.user_production.parse import parse
from tests.fixture_world.dbt import build, read
from tests.fixture_world.landing import land_world
from tests.sources.files import raw_file, zip_bytes
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.landing import land_files

SPEC = find_source("user_production")
EXAMPLE = PROJECT / "sources" / "user_production" / "example"
OWN = (
    "material,stage,country,year,quantity,unit,basis,status\n"
    "Gallium,refined,China,2023,610,t,content,\n"
    "Gallium,refined,JPN,2023,3.5,t,content,estimated\n"
    "Gallium,refined,Korea,2023,W,t,content,\n"
    "Gallium,refined,Atlantis,2023,0,t,content,\n"
    "Gallium,refined,World,2023,620,t,content,\n"
)
MAPPING = """
table_id: desk
known_from_date: 2025-03-01
columns: {country: Land, year: Jahr, quantity: Menge}
constants: {material: Gallium, stage: refined, unit: kt, basis: content}
labels: {country: {VR China: China}}
"""
MAPPED = "Land;Jahr;Menge\nVR China;2023;0.6\nOther countries;2023;-\n"


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    return parsed.tables["production"].to_pylist()


def one(*files: Any) -> Parsed:
    (parsed,) = parse([raw_file(name, text) for name, text in files])
    return parsed


def test_a_table_with_the_names_of_the_fields_needs_no_mapping() -> None:
    parsed = one(("own.csv", OWN))
    assert parsed.edition == "own_table-2026-11-23"
    assert [
        (row["material_label"], row["country_id"], row["row_kind"], row["quantity"],
         row["value_status"])
        for row in rows(parsed)
    ] == [
        ("gallium", "CHN", "country", 610.0, "reported"),
        ("gallium", "JPN", "country", 3.5, "estimated"),
        ("gallium", "KOR", "country", None, "withheld"),
        ("gallium", None, "country", 0.0, "zero"),
        ("gallium", "WLD", "printed_world_total", 620.0, "reported"),
    ]  # fmt: skip


@pytest.mark.parametrize("is_zipped", [True, False])
def test_a_mapping_file_names_columns_constants_and_labels(is_zipped: bool) -> None:
    files = {"map.yml": MAPPING, "table.csv": MAPPED}
    parsed = one(("both.zip", zip_bytes(files))) if is_zipped else one(*files.items())
    assert (parsed.edition, parsed.known_from_date) == ("desk-2025-03-01", date(2025, 3, 1))
    china, others = rows(parsed)
    assert (china["country_id"], china["quantity"], china["unit_label"]) == ("CHN", 0.6, "kt")
    assert (others["row_kind"], others["value_status"]) == ("other_countries", "not_available")


def test_a_day_after_the_file_is_not_known_yet() -> None:
    text = MAPPING.replace("2025-03-01", "2027-01-01")
    assert one(("map.yml", text), ("table.csv", MAPPED)).known_from_date == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("table_id: desk", "", "table_id"),
        ("table_id: desk", "table_id: Our desk", "table_id"),
        ("2025-03-01", "soon", "known_from_date"),
        ("unit: kt, ", "", "neither a column nor a constant: unit"),
        ("unit: kt, ", "unit: kt, year: 2023, ", "both a column and a constant: year"),
        ("quantity: Menge", "quantity: Menge, amount: x", "unknown amount"),
        ("labels:", "translations:", "unknown translations"),
        ("columns:", "columns: [", "not YAML"),
    ],
)
def test_a_wrong_mapping_names_its_field(old: str, new: str, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        one(("map.yml", MAPPING.replace(old, new)), ("table.csv", MAPPED))


def test_a_table_without_its_columns_names_them() -> None:
    with pytest.raises(UnknownLayoutError, match="lacks Menge"):
        one(("map.yml", MAPPING), ("table.csv", MAPPED.replace("Menge", "Wert")))
    with pytest.raises(UnknownLayoutError, match="lacks basis, stage, unit"):
        one(("own.csv", "material,country,year,quantity\nGallium,China,2023,1\n"))
    with pytest.raises(UnknownLayoutError, match="without a table"):
        one(("map.yml", MAPPING))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2023,610", "2O23,610", "not a year"),
        ("610", "-610", "not a quantity"),
        ("610", "about 600", "not a number"),
        ("t,content,estimated", "t,content,guessed", "status is none of"),
        ("t,content,estimated", "t,content,withheld", "withheld, and yet a number"),
        ("Gallium,refined,China", ",refined,China", "no material"),
    ],
)
def test_a_bad_row_is_quarantined_with_its_reason(old: str, new: str, reason: str) -> None:
    parsed = one(("own.csv", OWN.replace(old, new)))
    (bad,) = parsed.quarantine
    assert reason in bad.reason
    assert len(rows(parsed)) == 4


def test_a_repeated_figure_is_refused() -> None:
    with pytest.raises(CorruptFileError, match="gallium / refined"):
        one(("own.csv", OWN + "gallium,refined,China,2023,600,t,content,\n"))


def test_the_example_is_a_variant_beside_the_headline(data_dir: DataPaths) -> None:
    """Invented: 150 and 20 t, others 10 t, one withheld. The headline has its own rows alone."""
    land_world(data_dir)
    land_files(SPEC, manual_files(SPEC, [EXAMPLE]), "manual", data_dir)
    own = raw_file(
        "own.csv",
        "material,stage,country,year,quantity,unit,basis\n"
        "gallium,refined,China,2023,0.6,kt,content\n"
        "gallium,refined,Japan,2023,3,mt,content\n"
        "unobtainium,refined,China,2023,3,t,content\n",
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    land_files(SPEC, [own], "manual", data_dir)
    build(data_dir, "--select", "+int_methods__production", "+excluded_figure",
          "--indirect-selection", "cautious")  # fmt: skip
    got = read(
        data_dir.database,
        "select material_id, country_id, round(production_share, 4) as share, quantity, n_hidden "
        "from intermediate.int_methods__production "
        "where production_source_id = 'user_production' order by all",
    )
    assert [tuple(row.values()) for row in got] == [
        ("gallium", "CHN", 1.0, 600.0, 0),
        ("germanium", "CAN", 0.1111, 20.0, 1),
        ("germanium", "CHN", 0.8333, 150.0, 1),
        ("germanium", "NES", 0.0556, 10.0, 1),
        ("germanium", "USA", None, None, 1),
    ]
    excluded = read(
        data_dir.database,
        "select commodity_label, reason_id, first_value_text from marts.excluded_figure "
        "where source_id = 'user_production' order by all",
    )
    assert [tuple(row.values()) for row in excluded] == [
        ("gallium", "unit_unknown", None),
        ("unobtainium", "label_undecided", None),
    ]
    headline = read(data_dir.database, "select distinct source_id from marts.production_share")
    assert headline == [{"source_id": "usgs_mcs"}]


def test_the_example_is_small_and_says_that_it_is_invented() -> None:
    (table,) = Path(EXAMPLE).glob("*.csv")
    assert table.stat().st_size < 1000
    assert "Invented" in table.with_suffix(".yml").read_text(encoding="utf-8")
