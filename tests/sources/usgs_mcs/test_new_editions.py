"""New editions: known layouts load without a change of code, others are rejected.

Re-issues are editions of their own; the order of landing does not matter.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import RawFile
from sources.kit.errors import QuarantineLimitError, UnknownLayoutError
from sources.kit.requests import manual_files
from sources.usgs_mcs.parse import parse
from tests.sources.files import zip_bytes
from tests.sources.usgs_mcs.conftest import FIXTURES, raw
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_files

SPEC = find_source("usgs_mcs")
LONG, SINGLE = "MCS2026_Commodities_Data.csv", "MCS2025_World_Data.csv"


def later(text: str) -> str:
    """A year's text, a year later: `2025`, `2021–24`, `Import sources 2021-2024`."""
    return re.sub(r"(?<!\d)(20)?(\d\d)(?!\d)", lambda m: f"{m[1] or ''}{int(m[2]) + 1:02}", text)


def long_file_of_2027() -> bytes:
    """The long file of 2026 with every year moved on, the flag's column too."""
    rows = list(csv.reader(io.StringIO(raw(LONG).content.decode("cp1252"), newline="")))
    rows[0] = [name.replace("mineral 2025", "mineral 2026") for name in rows[0]]
    for row in rows[1:]:
        row[4], row[7] = later(row[4]), later(row[7])
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("cp1252")


def wide_file_of_2023() -> bytes:
    content = raw("mcs2024-galli_world.csv").content.replace(b"MCS2024", b"MCS2023")
    return content.replace(b"_2022", b"_2021").replace(b"_2023", b"_2022")


def test_the_long_file_of_2027_is_the_one_of_2026_a_year_later() -> None:
    (old,) = parse([raw(LONG)])
    (new,) = parse([raw("MCS2027_Commodities_Data.csv", long_file_of_2027())])
    assert (new.edition, new.known_from_date, new.known_from_basis) == (
        "2027", date(2027, 2, 28), "inferred",
    )  # fmt: skip
    assert {n: t.num_rows for n, t in new.tables.items()} == {
        n: t.num_rows for n, t in old.tables.items()
    }
    assert len(new.quarantine) == len(old.quarantine)
    for name in ("world", "salient"):
        years = [[row["year"] for row in one.tables[name].to_pylist()] for one in (old, new)]
        assert sorted(y + 1 for y in years[0]) == sorted(years[1])
    shares = new.tables["import_sources"].to_pylist()
    assert {(row["year_from"], row["year_to"]) for row in shares} == {(2022, 2025)}


def test_a_folder_with_a_zip_of_2023_and_the_file_of_2027(
    tmp_path: Path, data_dir: DataPaths
) -> None:
    folder = tmp_path / "downloads" / "usgs"
    folder.mkdir(parents=True)
    (folder / "world.zip").write_bytes(
        zip_bytes({"world/mcs2023-galli_world.csv": wide_file_of_2023(), "galli_meta.xml": b"<m/>"})
    )
    (folder / "MCS2027_Commodities_Data.csv").write_bytes(long_file_of_2027())
    (folder / "revisions.txt").write_text("Files were replaced in March.")
    landed = land_files(SPEC, manual_files(SPEC, [tmp_path / "downloads"]), "manual", data_dir)
    assert [one.load_record.partition for one in landed] == ["2023", "2027"]
    assert [one.load_record.n_quarantined for one in landed] == [0, 0]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (LONG, b"Statistics_detail", b"Details", r"missing statistics_detail; unknown details"),
        (SINGLE, b"UNIT_MEAS", b"UNIT", r"missing unit_meas; unknown unit"),
        ("mcs2024-galli_world.csv", b"Prod_kg_2022", b"Prod_oz_2022", r"unknown unit 'oz'"),
    ],
)
def test_another_layout_is_rejected_with_the_difference(
    name: str, old: bytes, new: bytes, message: str
) -> None:
    content = raw(name).content
    assert old in content
    with pytest.raises(UnknownLayoutError, match=message):
        list(parse([raw(name, content.replace(old, new, 1))]))


def test_names_that_changed_places_alone_are_no_order_of_columns(data_dir: DataPaths) -> None:
    """Columns may stand in any order (test_mutations); here the cells stayed where they were."""
    content = raw(LONG).content.replace(b"Country,Statistics,", b"Statistics,Country,", 1)
    with pytest.raises(QuarantineLimitError, match="99 of 114 rows"):
        land_files(SPEC, [raw(LONG, content)], "manual", data_dir)


def test_a_re_issue_is_an_edition_of_its_own_and_known_later() -> None:
    """The same name, other bytes: both are kept, the second is known from its download."""
    content = raw(LONG).content
    (one,) = parse([raw(LONG, content)])
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    assert (one.edition, one.known_from_basis) == (f"2026-{md5[:8]}", "inferred")
    early = RawFile(LONG, content, "https://example.org", datetime(2026, 3, 1, tzinfo=UTC))
    (two,) = parse([early])
    assert two.known_from_date == date(2026, 5, 28)  # after every registered issue
    assert one.known_from_date == date(2026, 11, 23)

    corrected = raw("mcs2024-galli_world.csv").content.replace(b"610000", b"620000")
    (wide,) = parse([raw("mcs2024-galli_world.csv", corrected)])
    assert re.fullmatch(r"2024-[0-9a-f]{8}", wide.edition)
    assert wide.known_from_date > date(2024, 3, 5)


def test_the_order_of_landing_does_not_change_the_bytes(tmp_path: Path) -> None:
    editions = [
        [p.name for p in sorted(FIXTURES.glob("mcs2022*.csv"))],
        ["mcs2024-galli_world.csv", "mcs2024-heliu_world.csv", "mcs2024-galli_salient.csv"],
        [SINGLE],
        [LONG],
    ]
    seen = set()
    for number, order in enumerate(itertools.permutations(editions)):
        if number % 5:  # 5 of the 24 orders
            continue
        data_dir = DataPaths.at(tmp_path / str(number))
        for names in order:
            land_files(SPEC, [raw(name) for name in reversed(names)], "manual", data_dir)
        digest = hashlib.sha256()
        for path in sorted((data_dir.landing / "usgs_mcs").rglob("*.parquet")):
            digest.update(
                path.relative_to(data_dir.landing).as_posix().encode() + path.read_bytes()
            )
        seen.add(digest.hexdigest())
    assert len(seen) == 1
