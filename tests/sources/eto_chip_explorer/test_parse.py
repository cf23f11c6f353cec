"""The chip supply chain dataset: an invented state, and the real one where it is at hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sources.eto_chip_explorer.parse import parse
from sources.kit.contract import Parsed
from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from tests.sources.files import raw_file

#: One furnace, a kind of furnace, a wafer; a country with an alias, a company, and unknown shares.
STATE = {
    "inputs.csv": (
        "input_id,input_name,type,stage_name,stage_id,description,year\n"
        "N1,Furnace,tool_resource,,,an invented tool,2025\n"
        "N2,Hot furnace,tool_resource,,,an invented tool,2025\n"
        'N3,Wafer,material_resource,,S1,"of silicon, invented",\n'
    ),
    "providers.csv": (
        "provider_name,alias,provider_id,provider_type,country\n"
        "CHN,China,P1,country,\n"
        "CHN,P.R.C.,P1,country,\n"
        "Various countries,,P2,country,\n"
        "Ovens Ltd,,P3,organization,JPN\n"
    ),
    "provision.csv": (
        "provider_name,provider_id,provided_name,provided_id,share_provided,year,source\n"
        "CHN,P1,Furnace,N1,61.1,2025,published on 3 July 2026\n"
        "CHN,P1,Wafer,N3,,2019,an invented report\n"
        "Various countries,P2,Furnace,N1,38.9,2025,published on 3 July 2026\n"
        "Ovens Ltd,P3,Making,S1,0,2022,an invented report\n"
    ),
    "sequence.csv": (
        "input_name,input_id,goes_into_name,goes_into_id,is_type_of_name,is_type_of_id\n"
        "Furnace,N1,Wafer,N3,,\n"
        "Hot furnace,N2,,,Furnace,N1\n"
    ),
    "stages.csv": "stage_id,stage_name,description\nS1,Making,an invented stage\n",
}
FILES = ("inputs.csv", "providers.csv", "provision.csv", "sequence.csv", "stages.csv")


def parsed(**changed: str) -> Parsed:
    state = STATE | {f"{name}.csv": text for name, text in changed.items()}
    (partition,) = parse([raw_file(name, text) for name, text in state.items() if text])
    return partition


def test_a_state_is_one_partition_known_from_its_newest_source() -> None:
    found = parsed()
    assert (found.edition, found.known_from_date) == ("2026-07-03", date(2026, 7, 3))
    assert {name: table.num_rows for name, table in found.tables.items()} == {
        "inputs": 4, "providers": 3, "provision": 4, "sequence": 2,
    }  # fmt: skip
    assert found.quarantine == ()
    assert "invented" not in str(found.tables["inputs"].to_pylist())


def test_an_unknown_share_is_missing_and_a_zero_is_zero() -> None:
    shares = parsed().tables["provision"]["share_provided"].to_pylist()
    assert shares == [61.1, None, 38.9, 0.0]


def test_an_alias_does_not_multiply_a_provider() -> None:
    assert parsed().tables["providers"]["provider_id"].to_pylist() == ["P1", "P2", "P3"]


@pytest.mark.parametrize(
    ("table", "old", "new", "reason"),
    [
        ("provision", "61.1", "161.1", "no percentage"),
        ("provision", "61.1", "many", "not a number"),
        ("provision", "P1,Furnace", "China,Furnace", "no id"),
        ("provision", "2019", "soon", "no year"),
        ("sequence", "Furnace,N1,Wafer,N3,,", "Furnace,N1,Wafer,N3,Wafer,N3", "exactly one"),
        ("sequence", "Furnace,N1,Wafer,N3,,", "Furnace,N1,Furnace,N1,,", "leads to itself"),
        ("providers", "organization", "cartel", "provider_type"),
        ("inputs", "N1,Furnace", "N1,", "no input_name"),
    ],
)
def test_a_bad_row_is_quarantined_with_its_reason(
    table: str, old: str, new: str, reason: str
) -> None:
    found = parsed(**{table: STATE[f"{table}.csv"].replace(old, new, 1)})
    assert len(found.quarantine) == 1
    assert reason in found.quarantine[0].reason


@pytest.mark.parametrize("table", ["inputs", "providers", "provision", "sequence"])
def test_a_state_without_one_of_its_tables_is_refused(table: str) -> None:
    with pytest.raises(UnknownLayoutError, match=f"incomplete: {table} missing"):
        parsed(**{table: ""})


def test_a_set_of_another_shape_is_refused() -> None:
    with pytest.raises(UnknownLayoutError, match="none of the tables"):
        parsed(inputs=STATE["inputs.csv"].replace("input_name", "title", 1))


def test_a_repeated_row_is_refused() -> None:
    text = STATE["sequence.csv"]
    with pytest.raises(CorruptFileError, match="N1 / N3 / None is at"):
        parsed(sequence=text + text.splitlines()[1] + "\n")


def test_the_same_file_twice_is_refused() -> None:
    files = [raw_file(name, text) for name, text in STATE.items()]
    with pytest.raises(SourceError, match="given twice"):
        list(parse([*files, files[0]]))


def test_the_real_state(shared_data: Path) -> None:
    """Figures that the dataset states: 96 nodes have a share, China a fifth or more in 7."""
    folder = shared_data / "ai_stack" / "eto"
    (found,) = parse([raw_file(name, (folder / name).read_bytes()) for name in FILES])
    assert found.quarantine == ()
    assert {name: table.num_rows for name, table in found.tables.items()} == {
        "inputs": 129, "providers": 396, "provision": 1300, "sequence": 139,
    }  # fmt: skip
    assert found.known_from_date == date(2026, 7, 3)
