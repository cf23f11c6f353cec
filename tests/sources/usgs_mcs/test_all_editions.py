"""All four editions as published, where the publisher's files are available."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed
from sources.usgs_mcs.bundle_selection import select_bundle
from sources.usgs_mcs.parse import parse
from tests.sources.usgs_mcs.conftest import raw

STATISTICS = ("Production", "Capacity", "Reserves")


@pytest.fixture(scope="module")
def editions(request: pytest.FixtureRequest) -> dict[str, Parsed]:
    folder: Path = request.getfixturevalue("shared_data") / "production" / "usgs_mcs"
    files = [raw(p.name, p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()]
    parsed = {one.edition: one for one in parse(files)}
    return parsed


def rows(parsed: Parsed, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed.tables[table].to_pylist()
    return found


def test_editions_and_their_days(editions: dict[str, Parsed]) -> None:
    assert {e: (p.known_from_date, p.known_from_basis) for e, p in editions.items()} == {
        "2022": (date(2022, 1, 31), "published"),
        "2024": (date(2024, 3, 5), "published"),
        "2025": (date(2025, 4, 30), "inferred"),
        "2026": (date(2026, 2, 6), "published"),
    }


def test_no_cell_is_unexplained(editions: dict[str, Parsed]) -> None:
    allowed = {
        "a world table in a salient file",
        "a cell under no header",
        "more figures than column names: the columns are shifted",
        "a number in a notes column",
        "front matter, not a table of this source",
    }
    spec = find_source("usgs_mcs")
    for parsed in editions.values():
        assert {q.reason for q in parsed.quarantine} <= allowed
        landed = sum(t.num_rows for t in parsed.tables.values())
        share = len(parsed.quarantine) / (landed + len(parsed.quarantine))
        assert share <= spec.quarantine_max_share


def printed_cells(path: Path) -> tuple[str, int]:
    """The edition and the number of filled world cells of a file, counted without the parser."""
    text = path.read_bytes().decode("cp1252" if "Commodities" in path.name else "utf-8-sig")
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    if header[0] == "MCS chapter":
        world = [c for c in lines if c[1].startswith("World") and c[4] in STATISTICS]
        return "2026", len(world)
    begins = ("prod", "cap", "reserve")
    values = [
        at
        for at, name in enumerate(header)
        if name.strip().lower().startswith(begins) and "note" not in name.lower()
    ]
    cells = [c[at] for c in lines for at in values if at < len(c) and any(x.strip() for x in c)]
    return re.findall(r"20\d\d", path.name)[0], sum(bool(cell.strip()) for cell in cells)


def test_every_printed_world_cell_is_a_number_or_a_status(
    editions: dict[str, Parsed], shared_data: Path
) -> None:
    """Counted on the files themselves: no filled cell is lost between the file and the table."""
    printed: Counter[str] = Counter()
    for path in sorted((shared_data / "production" / "usgs_mcs").rglob("*.csv")):
        if "world" in path.name.lower() or "Commodities" in path.name:
            edition, n_cells = printed_cells(path)
            printed[edition] += n_cells
    for edition, parsed in editions.items():
        landed = [row for row in rows(parsed, "world") if row["value_text"]]
        statuses = Counter(row["value_status"] for row in rows(parsed, "world"))
        print(f"{edition}: {printed[edition]} printed, {len(landed)} landed; {dict(statuses)}")
        assert len(landed) == printed[edition]
        numbers = [r for r in landed if r["value_status"] in ("reported", "estimated", "zero")]
        assert all(r["value"] is not None or r["value_low"] is not None for r in numbers)
        assert all(r["value_status"] != "unknown" for r in landed)
    # 2025 has blanks where 2024 and 2026 have W, NA or XX: unknown, never zero
    assert {
        (r["value_text"], r["value"]) for p in editions.values() for r in rows(p, "world")
        if r["value_status"] == "unknown"
    } == {("", None)}  # fmt: skip


def test_only_the_edition_without_reasons_has_many_unknowns(
    editions: dict[str, Parsed],
) -> None:
    unknown = {
        edition: sum(r["value_status"] == "unknown" for r in rows(parsed, "world"))
        for edition, parsed in editions.items()
    }
    assert unknown["2022"] == unknown["2026"] == 0
    assert unknown["2024"] < 20 < unknown["2025"]


def test_keys_are_unique(editions: dict[str, Parsed]) -> None:
    spec = find_source("usgs_mcs")
    for parsed in editions.values():
        for name, table in parsed.tables.items():
            keys = Counter(tuple(r[k] for k in spec.tables[name].key) for r in table.to_pylist())
            assert max(keys.values()) == 1, (parsed.edition, name, keys.most_common(2))


def test_rows_add_up_to_the_printed_total(editions: dict[str, Parsed]) -> None:
    """Per plain series: countries and others within 5 % of the total, but for known causes."""
    causes = ("titan", "timin", "soda", "kyan", "boron")  # joint totals, mixed bases
    checked, off = 0, []
    for parsed in editions.values():
        sums: dict[tuple[str, ...], float] = defaultdict(float)
        totals: dict[tuple[str, ...], tuple[float, str]] = {}
        incomplete = set()
        for r in rows(parsed, "world"):
            if r["statistic"] != "production" or r["form_text"] not in ("", "Sponge"):
                continue
            key = (r["commodity_key"], r["type_key"], str(r["year"]))
            if r["row_kind"] == "world_total" and r["value"]:
                totals[key] = (r["value"], (r["note"] or "").lower())
            elif r["value_status"] in ("withheld", "unknown", "not_available"):
                incomplete.add(key)
            elif r["value"] is not None:
                sums[key] += r["value"]
        for key, (total, note) in totals.items():
            if key in incomplete or "excludes" in note or key[0].startswith(causes):
                continue
            if key not in sums:
                continue
            checked += 1
            # totals are rounded: a small one may be off by half a unit for each of its rows
            if abs(sums[key] / total - 1) > 0.05 and abs(sums[key] - total) > 5:
                off.append((parsed.edition, *key, sums[key], total))
    assert checked > 200
    assert len(off) <= checked * 0.05, off


def test_figures_of_each_edition(editions: dict[str, Parsed]) -> None:
    want = {
        ("2022", "galli", 2021): 420000, ("2024", "galli", 2023): 600000,
        ("2025", "gallium", 2024): 750000, ("2026", "gallium", 2025): 900000,
        ("2022", "raree", 2021): 168000, ("2024", "raree", 2023): 240000,
        ("2025", "antimony", 2024): 60000, ("2026", "antimony", 2024): 40000,
        ("2025", "graphite", 2024): 1270000, ("2026", "graphite (natural)", 2025): 1400000,
    }  # fmt: skip
    for (edition, commodity, year), value in want.items():
        (got,) = {
            r["value"]
            for r in rows(editions[edition], "world")
            if r["commodity_key"] == commodity and r["year"] == year
            and r["country_name"] == "China" and r["statistic"] == "production"
        }  # fmt: skip
        assert got == value, (edition, commodity, year)


def test_import_sources_agree_with_the_report_s_figure_3(
    editions: dict[str, Parsed], shared_data: Path
) -> None:
    """The figure lists the same shares: countries that both name must agree to the point."""
    path = shared_data / "production/usgs_mcs/2026/trends/MCS2026_Fig3_Major_Import_Sources.csv"
    with path.open(encoding="utf-8-sig") as lines:
        figure = [r for r in csv.DictReader(lines) if r["Import_Source_2021_24"] != "Other"]
    printed: dict[tuple[str, str], set[int]] = defaultdict(set)
    for r in rows(editions["2026"], "import_sources"):
        if r["share"] is not None:
            key = (r["commodity"].lower(), r["country_name"])
            printed[key].add(round(r["share"] * 100))
    known = {commodity for commodity, _ in printed}
    compared = agreed = 0
    for r in figure:
        commodity = r["Commodity"].split(",")[0].lower()
        shares = printed.get((commodity, r["Import_Source_2021_24"]))
        if commodity in known and shares and r["Percent"].strip().isdigit():
            compared += 1
            agreed += int(r["Percent"]) in shares
    assert compared >= 60
    assert agreed / compared >= 0.95


def test_net_import_reliance_agrees_with_the_report_s_figure_3(
    editions: dict[str, Parsed], shared_data: Path
) -> None:
    path = shared_data / "production/usgs_mcs/2026/trends/MCS2026_Fig3_Major_Import_Sources.csv"
    with path.open(encoding="utf-8-sig") as lines:
        figure = {r["Commodity"].lower(): r["NIR"].strip() for r in csv.DictReader(lines)}
    printed: dict[str, set[str]] = defaultdict(set)
    for r in rows(editions["2026"], "salient"):
        if r["statistic"] == "net_import_reliance" and r["year"] == 2025:
            printed[r["commodity"].lower()].add(r["value_text"])
    both = {c: n for c, n in figure.items() if c in printed}
    agreed = [c for c, n in both.items() if n in {t.lstrip(">") for t in printed[c]} | printed[c]]
    assert len(both) >= 15
    assert len(agreed) >= 0.9 * len(both), {c: (n, printed[c]) for c, n in both.items()}


def test_the_bundle_is_what_the_files_compile_to(editions: dict[str, Parsed]) -> None:
    spec = find_source("usgs_mcs")
    for parsed in select_bundle(editions.values()):
        for name, table in parsed.tables.items():
            stored = pq.read_table(spec.bundled / name / f"{parsed.partition}.parquet")
            assert stored.num_rows == table.num_rows
            assert stored.schema.names == table.schema.names
    size = sum(p.stat().st_size for p in spec.bundled.rglob("*.parquet"))
    assert size < 1_500_000
