"""Every layout generation on excerpts of the real files."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import date

from sources.kit.contract import Parsed
from sources.usgs_mcs.parse import parse
from tests.sources.usgs_mcs.conftest import Rows, raw


def cell(rows: Rows, country: str, year: int, statistic: str = "production") -> dict[str, object]:
    found = [
        r
        for r in rows
        if (r["country_name"], r["year"], r["statistic"]) == (country, year, statistic)
    ]
    assert len(found) == 1, found
    return found[0]


def test_2022_one_file_per_commodity(world: Callable[..., Rows]) -> None:
    rows = world("mcs2022-galli_world.csv")
    china = cell(rows, "China", 2021)
    assert (china["value"], china["value_status"], china["unit_text"]) == (
        420000,
        "estimated",
        "kg",
    )
    assert cell(rows, "China", 2020)["value_status"] == "reported"
    assert cell(rows, "United States", 2021)["value_status"] == "zero"
    assert china["edition"] == "2022"
    assert china["known_from_date"] == date(2022, 1, 31)
    assert china["row_locator"] == "mcs2022-galli_world.csv:3"


def test_2022_withheld_is_no_number(world: Callable[..., Rows]) -> None:
    us = cell(world("mcs2022-germa_world.csv"), "United States", 2021)
    assert (us["value"], us["value_status"], us["value_text"]) == (None, "withheld", "W")


def test_2024_fused_marks_notes_and_capacity(world: Callable[..., Rows]) -> None:
    rows = world("mcs2024-galli_world.csv")
    korea = cell(rows, "Korea, Republic of", 2022)
    assert korea["country_text"] == "Korea, Republic ofe"
    assert (korea["value"], korea["is_estimated"]) == (2000, True)
    assert cell(rows, "China", 2022)["is_estimated"] is True  # by its note
    assert cell(rows, "China", 2023, "capacity")["value"] == 1_000_000
    assert cell(rows, "Other countries", 2023, "capacity")["row_kind"] == "other_countries"
    assert not [r for r in rows if r["statistic"] == "reserves"]


def test_2024_two_us_rows_of_helium_are_kept(world: Callable[..., Rows]) -> None:
    rows = world("mcs2024-heliu_world.csv")
    us = [r for r in rows if r["country_text"].startswith("United States") and r["year"] == 2022]
    assert sorted(r["value"] for r in us) == [12, 65]
    assert {r["unit_text"] for r in us} == {"mcm"}
    assert cell(rows, "South Africa", 2023)["value_status"] == "trace"


def test_2024_forms_are_in_the_header(world: Callable[..., Rows]) -> None:
    rows = world("mcs2024-titan_world.csv")
    forms = {(r["statistic"], r["form_text"]) for r in rows}
    assert forms == {("production", "Sponge"), ("capacity", "Sponge"), ("capacity", "Pigment")}


def test_2024_numbers_in_a_notes_column_are_quarantined(
    parsed: Callable[..., list[Parsed]],
) -> None:
    (one,) = parsed("mcs2024-vermi_world.csv")
    reasons = {q.reason for q in one.quarantine}
    assert reasons == {"a number in a notes column", "a cell under no header"}
    notes = {r["note"] for r in one.tables["world"].to_pylist() if r["statistic"] == "reserves"}
    assert "45" not in notes


def test_2025_blanks_have_the_status_of_their_note(world: Callable[..., Rows]) -> None:
    rows = world("MCS2025_World_Data.csv")
    gallium = [r for r in rows if r["commodity_key"] == "gallium"]
    assert cell(gallium, "United States", 2024)["value_status"] == "unknown"
    assert cell(gallium, "China", 2024)["value"] == 750000
    assert cell(gallium, "Russia", 2024)["value"] == 6000
    lithium = [r for r in rows if r["commodity_key"] == "lithium"]
    assert cell(lithium, "United States", 2023)["value_status"] == "withheld"
    titanium = [r for r in rows if "rutile" in r["type_key"]]
    assert cell(titanium, "United States", 2024)["value_status"] == "included_elsewhere"
    assert cell(titanium, "Sierra Leone", 2024)["unit_text"] is None
    germanium = [r for r in rows if r["commodity_key"] == "gemanium"]
    assert {r["value_status"] for r in germanium} == {"unknown"}
    # the layout gives every commodity all columns: abrasives never had production or reserves
    abrasives = {r["statistic"] for r in rows if r["commodity_key"] == "abrasives"}
    assert abrasives == {"capacity"}


def test_2026_one_long_file(parsed: Callable[..., list[Parsed]]) -> None:
    (one,) = parsed("MCS2026_Commodities_Data.csv")
    rows = one.tables["world"].to_pylist()
    gallium = [r for r in rows if r["commodity_key"] == "gallium"]
    assert cell(gallium, "China", 2024)["value"] == 839000
    assert cell(gallium, "United States", 2024)["value_status"] == "zero"  # an em dash
    assert cell(gallium, "World total", 2024)["row_kind"] == "world_total"
    assert cell(gallium, "China", 2025)["is_estimated"] is True
    graphite = [r for r in rows if r["commodity_key"] == "graphite (natural)"]
    assert cell(graphite, "Austria", 2025, "reserves")["value_status"] == "included_elsewhere"
    (yttrium,) = [r for r in rows if r["commodity_key"] == "yttrium"]
    assert (yttrium["value_low"], yttrium["value_high"], yttrium["value"]) == (10000, 15000, None)
    assert yttrium["note"] is None  # its Notes cell is lost; the critical flag is no note


def test_2026_import_sources_are_shares_of_a_window(parsed: Callable[..., list[Parsed]]) -> None:
    (one,) = parsed("MCS2026_Commodities_Data.csv")
    rows = [
        r
        for r in one.tables["import_sources"].to_pylist()
        if r["commodity_key"] == "gallium" and r["detail"] == "Metal"
    ]
    assert {(r["year_from"], r["year_to"]) for r in rows} == {(2021, 2024)}
    assert abs(sum(r["share"] for r in rows) - 1) < 0.02


def test_2026_salient_keeps_repeated_labels_and_repairs_signs(
    parsed: Callable[..., list[Parsed]],
) -> None:
    (one,) = parsed("MCS2026_Commodities_Data.csv")
    rows = one.tables["salient"].to_pylist()
    mica = [r for r in rows if r["commodity_key"] == "mica (natural)"]
    assert sorted(r["occurrence"] for r in mica) == [1, 2]
    (stock,) = [r for r in rows if r["repair"]]
    assert (stock["value"], stock["value_text"]) == (-1, "?1")
    (wollastonite,) = [
        r
        for r in rows
        if r["commodity_key"] == "wollastonite" and r["statistic"] == "net_import_reliance"
    ]
    assert wollastonite["value_status"] == "net_exporter"
    assert wollastonite["value"] is None


def test_salient_of_the_wide_editions(parsed: Callable[..., list[Parsed]]) -> None:
    (one,) = parsed("mcs2024-galli_salient.csv")
    rows = one.tables["salient"].to_pylist()
    assert set(one.tables) == {"salient"}
    reliance = [r for r in rows if r["statistic"] == "net_import_reliance"]
    assert {r["value"] for r in reliance} == {100}
    assert {r["year"] for r in rows} == {2019, 2020, 2021, 2022, 2023}


def test_a_salient_file_with_a_missing_column_name_is_quarantined(
    parsed: Callable[..., list[Parsed]],
) -> None:
    (one,) = parsed("mcs2024-felds_salient.csv")
    assert one.tables == {}
    assert {q.reason for q in one.quarantine} == {
        "more figures than column names: the columns are shifted"
    }


def test_a_second_line_of_a_year_is_quarantined() -> None:
    name = "mcs2024-galli_salient.csv"
    content = raw(name).content.replace(b",2020,", b",2019,")
    (found,) = parse([raw(name, content)])
    assert [row.reason for row in found.quarantine] == ["a second line of its year"]


def test_a_world_table_with_a_salient_name_is_quarantined(
    parsed: Callable[..., list[Parsed]],
) -> None:
    (one,) = parsed("mcs2024-cobal_salient.csv")
    assert one.tables == {}
    assert {q.reason for q in one.quarantine} == {"a world table in a salient file"}


def test_a_world_file_with_a_salient_name_only_is_parsed(
    parsed: Callable[..., list[Parsed]],
) -> None:
    """Gypsum and kyanite of 2024 have the same bytes under both names."""
    content = raw("mcs2024-galli_world.csv").content
    (one,) = list(parse([raw("mcs2024-galli_salient.csv", content)]))
    (right,) = parsed("mcs2024-galli_world.csv")
    assert one.tables["world"].num_rows == right.tables["world"].num_rows
    both = list(parse([raw("mcs2024-galli_salient.csv", content), right.files[0]]))
    assert both[0].tables["world"].num_rows == right.tables["world"].num_rows


def test_editions_are_partitions_and_zips_are_opened(parsed: Callable[..., list[Parsed]]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("mcs2024-galli_world.csv", "mcs2022-galli_world.csv"):
            archive.writestr(f"world/{name}", raw(name).content)
        archive.writestr("world/mcs2024-galli_meta.xml", b"<metadata/>")
    got = list(parse([raw("world.zip", packed.getvalue()), raw("MCS2025_World_Data.csv")]))
    # excerpts have other bytes than the registered files: issues of their own
    assert [p.partition[:5] for p in got] == ["2022", "2024-", "2025-"]
    assert [f.name for f in got[1].files] == ["world.zip"]  # the payload is the given file
    loose = parsed("mcs2024-galli_world.csv")[0]
    assert got[1].tables["world"].num_rows == loose.tables["world"].num_rows


def test_gzip_and_archives_in_archives_are_opened() -> None:
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("mcs2024-galli_world.csv", raw("mcs2024-galli_world.csv").content)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("world.zip", inner.getvalue())
    packed = gzip.compress(raw("MCS2025_World_Data.csv").content)
    got = list(
        parse([raw("release.zip", outer.getvalue()), raw("MCS2025_World_Data.csv.gz", packed)])
    )
    assert [(p.edition[:4], [f.name for f in p.files]) for p in got] == [
        ("2024", ["release.zip"]),
        ("2025", ["MCS2025_World_Data.csv.gz"]),
    ]


def test_an_unregistered_edition_of_a_known_layout_is_parsed() -> None:
    body = raw("mcs2024-galli_world.csv").content
    for old, new in ((b"MCS2024", b"MCS2023"), (b"_2022", b"_2021"), (b"_2023,", b"_2022,")):
        body = body.replace(old, new)
    (one,) = list(parse([raw("mcs2023-galli_world.csv", body)]))
    assert (one.edition, one.known_from_date) == ("2023", date(2023, 2, 28))
    assert one.known_from_basis == "inferred"
