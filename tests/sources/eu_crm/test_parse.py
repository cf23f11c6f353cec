"""The five layouts of the EU's criticality tables, and invalid files.

The lines are real excerpts (European Commission, reuse with credit).
"""

from __future__ import annotations

from datetime import date

import pyarrow.parquet as pq
import pytest

from sources.eu_crm.parse import parse
from sources.kit.catalog import find_source
from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from tests.sources.files import raw_file

INPUTS = (
    "material,mineral_id,stage,supply_risk,economic_importance,import_reliance_pct,eol_rir_pct,"
    "supply_used,si_ei,si_sr,hhi_wgi_t_global,hhi_wgi_t_eu\n"
    "Gallium,gallium,Processing,1.4,3.2,34,0,GS + EUS,0.9,1.0,3.5,1.1\n"
    "Beryllium,beryllium,Extraction,2.4,3.9,,0,GS only,1.0,1.0,2.4,\n"
)
SHARES = (
    "Material,Stage,Country,Share,t\r\n"
    'Fluorspar,E,"Korea, South",0.4%,1.0\r\n'
    "Gypsum,E,Afghanistan,<0.1%,1.0\r\n"
)
USES = (
    "Material,Application,Share,NACE sector,VA in million \u20ac\n"
    'Aluminium,"Abrasives and\nothers",2%,C23 - Manufacture of other mineral products,64990\n'
    "Aluminium,Cement,>0%,,\n"
)
SCORES = "Material,Year,SR,EI\nAluminium,2011,0.2,8.9\nArsenic,2011,-,-\n"
RATES = (
    "material,mineral_id,assessment_year,eol_rir_share,source_key,confidence,note,second_copy_share\n"
    "Copper,copper,2017,0.55,ec2017_t3,high,,\n"
    "Copper,copper,2023,0.55,geopolrisk,low,copies differ,0.17\n"
)
GLOBAL = "fact_GlobalSupplyShares_t.csv"


def test_printed_inputs_keep_missing_values_missing() -> None:
    (parsed,) = parse([raw_file("a.csv", INPUTS)])
    gallium, beryllium = parsed.tables["printed_inputs"].to_pylist()
    assert (parsed.partition, parsed.known_from_date) == (
        "2017/printed_inputs", date(2017, 9, 13),
    )  # fmt: skip
    assert (gallium["hhi_wgi_t_global"], gallium["import_reliance_pct"]) == (3.5, 34)
    assert (beryllium["import_reliance_pct"], beryllium["hhi_wgi_t_eu"]) == (None, None)


def test_supply_shares_keep_their_operator() -> None:
    (parsed,) = parse([raw_file(GLOBAL, SHARES)])
    rows = parsed.tables["supply_shares"].to_pylist()
    assert parsed.partition == "2023/supply_shares/global"
    assert [(r["country"], r["share_pct"], r["share_operator"]) for r in rows] == [
        ("Korea, South", 0.4, "="), ("Afghanistan", 0.1, "<"),
    ]  # fmt: skip


def test_uses_are_numbered_and_read_in_a_national_encoding() -> None:
    (parsed,) = parse([raw_file("uses.csv", USES.encode("cp1252"))])
    rows = parsed.tables["use_shares"].to_pylist()
    assert [(r["use_number"], r["application"], r["share_operator"]) for r in rows] == [
        (1, "Abrasives and others", "="), (2, "Cement", ">"),
    ]  # fmt: skip
    assert rows[1]["value_added_million_eur"] is None


def test_not_assessed_is_not_zero() -> None:
    (parsed,) = parse([raw_file("scores.csv", SCORES)])
    rows = parsed.tables["printed_scores"].to_pylist()
    assert (rows[1]["supply_risk"], rows[1]["value_text"]) == (None, "-")


def test_rates_of_two_editions_are_two_partitions() -> None:
    first, second = parse([raw_file("rates.csv", RATES)])
    assert (first.edition, second.edition) == ("2017", "2023")
    (row,) = second.tables["recycling_rates"].to_pylist()
    assert (row["confidence"], row["second_copy_share"]) == ("low", 0.17)


def test_a_share_without_per_cent_is_quarantined() -> None:
    (parsed,) = parse([raw_file(GLOBAL, SHARES + "Talc,E,Italy,6,0.8\r\n")])
    assert [(q.line, q.reason) for q in parsed.quarantine] == [
        (4, "not a share in per cent: '6'"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("shares.csv", SHARES, UnknownLayoutError, "which supply"),
        ("a.csv", "a,b\n1,2\n", UnknownLayoutError, "printed_inputs_csv"),
        ("a.csv", "", CorruptFileError, "empty"),
        ("a.csv", INPUTS + INPUTS.split("\n", 1)[1], CorruptFileError, "is at a.csv:2"),
        ("a.csv", INPUTS.replace("GS + EUS", "?").replace("GS only", "?"), CorruptFileError,
         "unknown supply_used"),
        ("r.csv", RATES.replace("0.55", "55"), CorruptFileError, "not a share of 0 to 1"),
    ],
)  # fmt: skip
def test_an_invalid_file_is_rejected(
    name: str, content: str, error: type[SourceError], message: str
) -> None:
    with pytest.raises(error, match=message):
        list(parse([raw_file(name, content)]))


def test_the_bundle_has_both_studies() -> None:
    folder = find_source("eu_crm").bundled
    shares = pq.read_table(folder / "supply_shares").to_pandas()
    assert shares.groupby("supply").size().to_dict() == {"eu_sourcing": 906, "global": 2561}
    inputs = pq.read_table(folder / "printed_inputs").to_pandas()
    assert inputs["si_sr"].notna().sum() == 78
