"""One edition of the Mineral Commodity Summaries, landed last as if nobody had seen it before.

The registers of labels are cut to what the other editions teach: a label, a commodity or a country
spelling that only the held-out edition has is not in them.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sources.kit.catalog import catalog
from sources.kit.contract import Parsed, RawFile
from sources.usgs_mcs.parse import parse
from tests.fixture_world.dbt import build, read
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.storage.landing import declare_tables, land
from warehouse.storage.load_records import write_load_records_table, write_parameters

SOURCE_ID = "usgs_mcs"
SEEDS = Path("seeds") / "reference"
#: The marts that are made of the summaries alone.
MARTS = (
    "fct_production", "production_share", "apparent_consumption", "net_import_reliance",
    "excluded_figure", "fct_us_salient", "fct_us_import_source", "concentration",
)  # fmt: skip

Row = Mapping[str, str]


@dataclass(frozen=True)
class Taught:
    """Labels that some editions print."""

    labels: frozenset[tuple[str, ...]]
    commodities: frozenset[str]
    countries: frozenset[str]


@dataclass(frozen=True)
class Outcome:
    """What became of the world labels and cells of the held-out edition."""

    edition: str
    n_cells: int
    n_numbers: int
    n_reasons: int
    n_outside: int
    n_undecided: int
    n_labels: int
    n_known: int
    n_similar: int
    n_wrong: int
    lacking: tuple[str, ...]
    reported: tuple[str, ...]

    def line(self) -> str:
        """The outcome as a row of a Markdown table."""
        lacking = ", ".join(self.lacking) or "none"
        return (
            f"| {self.edition} | {self.n_cells} | {self.n_numbers} | {self.n_reasons} | "
            f"{self.n_outside} | {self.n_undecided} | {self.n_labels} | {self.n_known} | "
            f"{self.n_similar} | {self.n_wrong} | {lacking} |"
        )


HEADING = (
    "| held out | cells | numbers | reasons | outside register | undecided | labels | known | "
    "by likeness | wrong | materials without production |"
)


def editions_of(files: Sequence[RawFile]) -> dict[str, Parsed]:
    """The parsed editions by the year of the edition."""
    return {one.edition[:4]: one for one in parse(files)}


def taught_by(editions: Sequence[Parsed]) -> Taught:
    """The labels, commodities and country spellings that the tables of `editions` print."""
    labels: set[tuple[str, ...]] = set()
    commodities: set[str] = set()
    countries: set[str] = set()
    for one in editions:
        for name, table in one.tables.items():
            for row in table.to_pylist():
                if name == "world":
                    labels.add(
                        (row["commodity_key"], row["type_key"], row["form_text"], row["statistic"])
                    )
                if name in ("salient", "import_sources"):
                    commodities.add(row["commodity_key"])
                if name in ("world", "import_sources"):
                    countries |= {row["country_text"], row["country_name"]}
    return Taught(frozenset(labels), frozenset(commodities), frozenset(countries))


def cut_project(folder: Path, taught: Taught, held_out: str) -> Path:
    """A copy of the dbt project whose registers know only what is `taught`."""
    project = folder / "dbt_project"
    shutil.copytree(DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    cuts: dict[str, Callable[[Row], bool]] = {
        "usgs_series": lambda row: (
            row["commodity_key"], row["type_key"], row["form_text"], row["statistic"]
        )
        in taught.labels,
        "usgs_commodities": lambda row: row["commodity_key"] in taught.commodities,
        "country_aliases": lambda row: row["source_id"] != "usgs"
        or row["source_name"] in taught.countries,
        "unit_overrides": lambda row: row["edition"][:4] != held_out,
    }  # fmt: skip
    for name, is_kept in cuts.items():
        path = project / SEEDS / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            fields, rows = list(reader.fieldnames or ()), [row for row in reader if is_kept(row)]
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, fields, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return project


def land_last(paths: DataPaths, editions: Mapping[str, Parsed], held_out: str) -> None:
    """Land the editions of the summaries, the held-out one last; other sources stay empty."""
    specs = catalog()
    declare_tables(paths, specs.values())
    for year in sorted(editions, key=lambda year: (year == held_out, year)):
        land(specs[SOURCE_ID], editions[year], "manual", paths)
    write_load_records_table(paths, dict(specs))
    write_parameters(paths, None)


def hold_out(
    folder: Path, editions: Mapping[str, Parsed], held_out: str, marts: Sequence[str] = MARTS
) -> Outcome:
    """Build `marts` with the edition `held_out` landed last, and count what became of it.

    Raises:
        AssertionError: dbt fails, so that no release could come out.
    """
    paths = DataPaths.at(folder / "home")
    others = [one for year, one in editions.items() if year != held_out]
    project = cut_project(folder, taught_by(others), held_out)
    land_last(paths, editions, held_out)
    selected = [f"+{mart}" for mart in marts]
    # tests that also read models of other subjects run with those
    options = ["--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
    build(paths, "--select", *selected, *options, project=project)
    return measure(paths, editions[held_out].edition, held_out)


def measure(paths: DataPaths, edition: str, held_out: str) -> Outcome:
    """Count the labels and cells of `edition` in a built working database."""
    meanings = known_meanings()
    labels = read(
        paths.database,
        """
        select distinct
            matches.commodity_key, matches.type_key, matches.form_text, matches.statistic,
            matches.match_kind, matches.known_commodity_key, matches.known_type_key,
            matches.known_form_text
        from intermediate.int_production__label_matches as matches
        inner join staging.stg_usgs_mcs__world as cells
            using (commodity_key, type_key, form_text, statistic)
        where cells.edition = ?
        """,
        [edition],
    )
    kinds = [row["match_kind"] for row in labels]
    wrong = [row for row in labels if row["match_kind"] == "similar" and _is_wrong(row, meanings)]
    cells = read(
        paths.database,
        """
        with figures as (
            select
                case
                    when matches.match_kind = 'undecided' then 'undecided'
                    when series.decision = 'drop' then 'outside'
                    when cells.quantity is not null or cells.quantity_low is not null then 'number'
                    else 'reason'
                end as kind,
                cells.value_status
            from staging.stg_usgs_mcs__world as cells
            inner join intermediate.int_production__label_matches as matches
                using (commodity_key, type_key, form_text, statistic)
            left join seeds.usgs_series as series
                on
                    matches.known_commodity_key = series.commodity_key
                    and matches.known_type_key = coalesce(series.type_key, '')
                    and matches.known_form_text = coalesce(series.form_text, '')
                    and matches.statistic = series.statistic
                    and series.part_number = 1
            where cells.edition = ?
        )
        select kind, count(*) as n, count(value_status) as n_with_status
        from figures group by kind
        """,
        [edition],
    )
    counts = {row["kind"]: row["n"] for row in cells}
    assert all(row["n"] == row["n_with_status"] for row in cells)
    reported = read(
        paths.database,
        "select sum(n_figures) as n, string_agg(distinct likely_material_id, ',') "
        "filter (where is_hiding_production) as hidden from marts.excluded_figure "
        "where edition = ? and table_name = 'world' and reason_id = 'label_undecided'",
        [edition],
    )[0]
    assert (reported["n"] or 0) == counts.get("undecided", 0), "an undecided cell is not reported"
    produced = {
        row["material_id"]
        for row in read(
            paths.database,
            "select distinct material_id from marts.fct_production "
            "where source_id = 'usgs_mcs' and edition = ? and measure = 'production'",
            [edition],
        )
    }
    expected = {
        meanings[key].split("/")[1]
        for row in labels
        if (key := _key(row)) in meanings
        and meanings[key].startswith("map/")
        and row["statistic"] == "production"
    }
    return Outcome(
        edition=held_out,
        n_cells=sum(counts.values()),
        n_numbers=counts.get("number", 0),
        n_reasons=counts.get("reason", 0),
        n_outside=counts.get("outside", 0),
        n_undecided=counts.get("undecided", 0),
        n_labels=len(labels),
        n_known=kinds.count("known"),
        n_similar=kinds.count("similar"),
        n_wrong=len(wrong),
        lacking=tuple(sorted(expected - produced)),
        reported=tuple(sorted((reported["hidden"] or "").split(","))) if reported["hidden"] else (),
    )


def known_meanings() -> dict[tuple[str, ...], str]:
    """What the whole register says of every label: `decision/material/stage/form/measure`, …"""
    found: dict[tuple[str, ...], str] = {}
    with (DBT_PROJECT / SEEDS / "usgs_series.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            part = "/".join(
                row[name] for name in ("decision", "material_id", "stage_id", "form_id", "measure")
            )
            found[_key(row)] = "|".join(filter(None, (found.get(_key(row)), part)))
    return found


def _key(row: Mapping[str, str], prefix: str = "") -> tuple[str, ...]:
    names = [f"{prefix}commodity_key", f"{prefix}type_key", f"{prefix}form_text", "statistic"]
    return tuple(row[name] or "" for name in names)


def _is_wrong(row: Mapping[str, str], meanings: Mapping[tuple[str, ...], str]) -> bool:
    """Whether the whole register knows the label and means something else by it."""
    right = meanings.get(_key(row))
    return right is not None and right != meanings.get(_key(row, "known_"))
