"""`pax candidates`: acts of trackers and of the Federal Register that no event matches."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from orchestration.cli.run_summary import table
from warehouse.paths import DataPaths
from warehouse.storage.read_only import open_reading

#: Shown without `--all`; the rest is one query away.
N_SHOWN = 25
_ASK = """
    select * from marts.unmatched_act
    where ? or priority <= 2
    order by priority, announced_date desc nulls last, act_group_id
"""
_HAS_MART = """
    select count(*) from duckdb_tables()
    where schema_name = 'marts' and table_name = 'unmatched_act'
"""


def show_unmatched_acts(paths: DataPaths, console: Console, *, everything: bool = False) -> None:
    """The worklist, export restrictions first; with `everything` also support and strategies."""
    rows = unmatched_acts(paths, everything=everything)
    if not rows:
        return
    shown = table("act", "issuer", "when", "kind", "on", "nearest event", "sources")
    for row in rows if everything else rows[:N_SHOWN]:
        when = row["announced_date"] or row["effective_date"]
        if row["announced_precision"] == "year" and row["announced_date"]:
            when = row["announced_date"].year
        nearest = (
            row["nearest_event_id"] and f"{row['nearest_event_id']} {row['nearest_score']:.2f}"
        )
        shown.add_row(*[escape(str(cell or "·")) for cell in (
            row["title"], row["issuer_ids"], when, row["measure_types"], row["item_labels"],
            nearest, row["source_urls"] or row["source_ids"],
        )])  # fmt: skip
    console.print("acts of trackers and of the Federal Register that no event matches:")
    console.print(shown)
    if not everything:
        console.print(
            f"{min(N_SHOWN, len(rows))} of {len(rows)} border measures and listings; the rest: "
            'pax candidates --all, or pax query --working "from marts.unmatched_act"',
            style="dim",
        )


def unmatched_acts(paths: DataPaths, *, everything: bool = False) -> list[dict[str, Any]]:
    """Rows of `unmatched_act` of the working database, by priority; none before it was built."""
    if not paths.database.is_file():
        return []
    connection = open_reading(paths.database)
    try:
        if not (connection.execute(_HAS_MART).fetchone() or (0,))[0]:
            return []
        found = connection.execute(_ASK, [everything])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    finally:
        connection.close()
