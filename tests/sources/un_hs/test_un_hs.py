"""The Harmonized System lists: real lines, and invalid ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from sources.kit.bundle import compile_bundle
from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.un_hs.bundle_selection import select_bundle
from sources.un_hs.parse import parse

FIXTURES = Path(__file__).parent / "fixtures"
AT = datetime(2026, 11, 23, tzinfo=UTC)


def raw(name: str, content: bytes | None = None) -> RawFile:
    body = (FIXTURES / name).read_bytes() if content is None else content
    return RawFile(name, body, "https://unstats.un.org/", AT)


def all_files() -> list[RawFile]:
    return [raw(path.name) for path in sorted(FIXTURES.glob("*.csv"))]


def without(name: str, *more: RawFile) -> list[RawFile]:
    return [file for file in all_files() if file.name != name] + list(more)


def by_partition(files: Sequence[RawFile]) -> dict[str, Parsed]:
    return {parsed.partition: parsed for parsed in parse(files)}


def rows(parsed: Parsed, table: str, *columns: str) -> list[tuple[Any, ...]]:
    data = parsed.tables[table]
    return list(zip(*(data[c].to_pylist() for c in columns), strict=True))


def test_each_revision_is_an_edition_known_from_its_first_day() -> None:
    found = by_partition(all_files())
    assert {k: (p.edition, p.known_from_date) for k, p in found.items()} == {
        "HS2012": ("HS2012", date(2012, 1, 1)),
        "HS2017": ("HS2017", date(2017, 1, 1)),
        "HS2022": ("HS2022", date(2022, 1, 1)),
    }


def test_codes_keep_zeros_and_belong_to_their_revisions_only() -> None:
    found = by_partition(all_files())
    codes = {k: {c for (c,) in rows(p, "codes", "product_code")} for k, p in found.items()}
    assert "010121" in codes["HS2012"]
    assert "010110" not in set().union(*codes.values()), "HS2007 is not landed"
    assert ("854140" in codes["HS2017"], "854140" in codes["HS2022"]) == (True, False)
    assert ("811231" in codes["HS2017"], "811231" in codes["HS2022"]) == (False, True)


def test_texts_are_of_the_revision_and_missing_ones_are_null() -> None:
    found = by_partition(all_files())
    texts: dict[str, Any] = dict(rows(found["HS2017"], "codes", "product_code", "description"))
    assert str(texts["811292"]).startswith("Gallium, germanium, hafnium")
    assert {d for (d,) in rows(found["HS2012"], "codes", "description")} == {None}


def test_pairs_belong_to_the_newer_revision() -> None:
    found = by_partition(all_files())
    split = rows(found["HS2022"], "conversions", "from_code", "to_nomenclature", "to_code")
    assert ("811231", "HS2017", "811292") in split
    assert found["HS2012"].tables["conversions"].num_rows == 0
    related = rows(found["HS2022"], "correlations", "from_code", "to_code", "relationship")
    assert ("854141", "854140", "n:1") in related


OLDEST = [
    raw("hs1992_codes.csv", b"hs6,in_hs1992,desc_hs1992\n811230,1,Germanium\n010111,1,Horses\n"),
    *(
        raw(f"hs{year}_to_hs1992_conversion.csv", f"hs{year},hs1992\n010121,010111\n".encode())
        for year in (2012, 2017, 2022)
    ),
    *(
        raw(f"hs{year}_hs1992_correlation.csv", body.encode())
        for year, body in {
            2012: "hs2012,hs1992,relationship\n010121,010111,1:1\nn/a,380999,n/a\n",
            2017: "hs2017,hs1992,relationship\n811292,811230,n:n\n",
            2022: "hs2022,hs1992,relationship\n811292,811230,n:n\n",
        }.items()
    ),
]


def test_the_oldest_revision_comes_as_a_list_of_its_own_and_pairs_with_all_others() -> None:
    found = by_partition([*all_files(), *OLDEST])
    oldest = found["HS1992"]
    assert oldest.known_from_date == date(1992, 1, 1)
    assert rows(oldest, "codes", "product_code", "description") == [
        ("811230", "Germanium"),
        ("010111", "Horses"),
    ]
    assert oldest.tables["correlations"].num_rows == 0
    pairs = rows(found["HS2017"], "correlations", "from_code", "to_nomenclature", "to_code")
    assert ("811292", "HS1992", "811230") in pairs
    assert found["HS2012"].tables["conversions"].num_rows == 1
    # the United Nations print codes of 1992 without a successor, which are no pairs
    assert [row.raw_text for row in found["HS2012"].quarantine] == ["n/a,380999,n/a"]


def test_beside_an_older_revision_the_next_one_needs_its_pairs() -> None:
    files = [file for file in OLDEST if not file.name.startswith("hs2012")]
    with pytest.raises(CorruptFileError, match="HS2012 would land without its conversions"):
        list(parse([*all_files(), *files]))


def test_the_bundle_maps_every_code_of_hs1992_that_baci_has() -> None:
    bundled = find_source("un_hs").bundled
    codes = set(pq.read_table(bundled / "codes" / "HS1992.parquet")["product_code"].to_pylist())
    older = pq.read_table(bundled / "correlations" / "HS2017.parquet")
    related = older.filter(pc.equal(older["to_nomenclature"], "HS1992"))
    of_1992 = set(related["to_code"].to_pylist())
    slices = yaml.safe_load((find_source("cepii_baci").folder / "selection.yml").read_text())
    (chosen,) = (s for s in slices["slices"] if s["nomenclature"] == "HS1992")
    assert set(chosen["products"]) <= codes & of_1992


def test_row_locators_are_file_and_line() -> None:
    found = by_partition(all_files())
    places: dict[str, Any] = dict(rows(found["HS2017"], "conversions", "from_code", "row_locator"))
    assert places["010121"] == "hs2017_to_hs2012_conversion.csv:2"


def test_the_selection_drops_electronic_waste_before_any_join() -> None:
    selected = {p.partition: p for p in select_bundle(parse(all_files()))}["HS2022"]
    assert "854921" not in {c for (c,) in rows(selected, "correlations", "from_code")}
    assert "854921" in {c for (c,) in rows(selected, "conversions", "from_code")}
    assert "854921" in {c for (c,) in rows(selected, "codes", "product_code")}


def test_the_bundle_has_the_same_bytes_whatever_the_order_of_files(tmp_path: Path) -> None:
    spec = find_source("un_hs")
    compile_bundle(spec, all_files(), tmp_path / "a")
    compile_bundle(spec, list(reversed(all_files())), tmp_path / "b")
    for path in sorted((tmp_path / "a").rglob("*.parquet")):
        other = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert path.read_bytes() == other.read_bytes(), path.name


@pytest.mark.parametrize("bad", ["10121,010121,1:1", "010121,010121,1:2", "010121,01O121,n:n"])
def test_an_invalid_pair_is_quarantined(bad: str) -> None:
    name = "hs2022_hs2017_correlation.csv"
    content = raw(name).content + bad.encode() + b"\n"
    revision = by_partition(without(name, raw(name, content)))["HS2022"]
    (row,) = revision.quarantine
    assert (row.file, row.line, row.raw_text) == (name, 9, bad)


def test_a_code_without_its_zero_is_quarantined() -> None:
    name = "hs6_codes_by_revision.csv"
    content = raw(name).content + b"10121,0,1,1,1,x,x\n"
    revision = by_partition(without(name, raw(name, content)))["HS2022"]
    assert [row.raw_text for row in revision.quarantine] == ["10121,0,1,1,1,x,x"]


def test_a_partial_revision_is_rejected() -> None:
    with pytest.raises(CorruptFileError, match="HS2022 would land without its conversions"):
        list(parse(without("hs2022_to_hs2017_conversion.csv")))


def test_an_unknown_header_is_rejected_with_the_layouts() -> None:
    with pytest.raises(UnknownLayoutError, match="codes_by_revision"):
        list(parse([raw("tariff.csv", b"code,duty\n010121,3\n")]))


def test_a_pair_file_with_another_third_column_is_rejected() -> None:
    with pytest.raises(UnknownLayoutError, match="weight"):
        list(parse([raw("w.csv", b"hs2022,hs2017,weight\n010121,010121,1\n")]))


def test_an_empty_file_is_rejected() -> None:
    with pytest.raises(CorruptFileError, match="empty"):
        list(parse([raw("hs6_codes_by_revision.csv", b"\n")]))


def test_the_whole_lists_land(shared_data: Path) -> None:
    folder = shared_data / "reference" / "hs"
    files = [raw(path.name, path.read_bytes()) for path in sorted(folder.glob("*.csv"))]
    found = by_partition(files)
    counts = {k: {t: d.num_rows for t, d in p.tables.items()} for k, p in found.items()}
    assert counts["HS2022"]["codes"] == 5613
    assert counts["HS2022"]["conversions"] == 2 * 5613
    assert counts["HS2017"] == {"codes": 5388, "conversions": 5388, "correlations": 6141}
    assert not any(p.quarantine for p in found.values())
