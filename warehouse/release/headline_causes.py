"""Why headline cells differ between two releases: one cause per cell, the whole of its change."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.storage.read_only import quoted

#: Headline columns of a mart (design, section 11).
HEADLINE_COLUMNS = {
    "partner_dependency": ("imports_usd", "concern_share", "top_supplier_share", "supplier_hhi"),
    "bloc_dependency": ("extra_imports_usd", "concern_share", "supplier_hhi"),
    "control_exposure": ("exposure_share_high",),
}
#: Cause and the columns that differ where it applies, in the order in which they are asked. A cell
#: that one release alone has counts as coverage: nothing is known of its change.
CAUSES = (
    (
        "coverage or source",
        ("source_ids", "bases", "flow_basis", "share_basis", "product_codes", "denominator_scope"),
    ),
    ("membership", ("n_members", "n_members_reporting")),
    ("policy", ("active_clause_ids", "n_active_clauses")),
)
#: Asked next. A lineage names the sources and the editions behind a row: another source is
#: coverage, another edition of the same sources a revision.
LINEAGE = "lineage_id"
SOURCE, REVISION, LAST_CAUSE = "coverage or source", "revision", "method"
#: Asked last: the same editions, of which more or less is used.
SHARES = ("coverage_share", "filing_coverage_share")
#: Changes up to this count as none: sums of doubles in another order.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class ChangedCell:
    """One headline cell that differs between two releases; the whole change has one cause.

    Attributes:
        mart, headline, cell: the mart, its column, and the values of its key, joined by a dot.
        before, after: the values; None where a release has no such cell or no number.
    """

    mart: str
    headline: str
    cell: str
    before: float | None
    after: float | None
    cause: str

    @property
    def change(self) -> float | None:
        """After less before; None where one of them is missing."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def last_cause(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The cause of what no column of a cell explains, from the manifests of both releases.

    The same code gives other figures only from other inputs: a source that landed or is gone, else
    another edition of one.
    """
    code = old.get("git_sha")
    if not code or code != new.get("git_sha") or code.endswith("+changes"):
        return LAST_CAUSE
    before, after = (
        {source["source_id"]: source["editions"] for source in manifest["sources"]}
        for manifest in (old, new)
    )
    if set(before) != set(after):
        return SOURCE
    names = [
        sorted((source_id, edition["edition"]) for source_id in of for edition in of[source_id])
        for of in (before, after)
    ]
    return LAST_CAUSE if names[0] == names[1] else REVISION


def cause_sql(columns: Sequence[str], last: str = LAST_CAUSE) -> str:
    """The cause of a changed cell, of the rows `o` (old) and `n` (new), as an SQL expression.

    Args:
        columns: those that both files have; a cause without one of its columns is not asked.
        last: the cause where none of these applies.
    """

    def differ(expressions: Iterable[str]) -> str:
        return " or ".join(
            f"{one.format(row='o')} is distinct from {one.format(row='n')}" for one in expressions
        )

    def of(names: Iterable[str]) -> list[str]:
        return [f"{{row}}.{quoted(name)}" for name in names if name in columns]

    sources = [f"regexp_replace({one}, '@[^+]*', '', 'g')" for one in of([LINEAGE])]
    asked = [(cause, differ(of(names))) for cause, names in CAUSES]
    asked += [
        (SOURCE, differ(sources)),
        (REVISION, differ(of(["edition", LINEAGE]))),
        (SOURCE, differ(of(SHARES))),
    ]
    whens = [f"when o.is_present is null or n.is_present is null then '{SOURCE}'"]
    whens += [f"when {test} then '{cause}'" for cause, test in asked if test]
    return f"case {' '.join(whens)} else '{last}' end"


def changed_cells(
    connection: duckdb.DuckDBPyConnection, joined: str, mart: str, columns: Sequence[str],
    key: Sequence[str], last: str = LAST_CAUSE,
) -> list[ChangedCell]:  # fmt: skip
    """The headline cells of one mart that changed, each with its one cause.

    Args:
        joined: `from … full outer join …` of the rows `o` and `n`, each with `is_present`.
        columns: value columns that both files have.
        last: the cause where no column explains a change (see `last_cause`).
    """
    label = ", ".join(f"coalesce(o.{quoted(k)}, n.{quoted(k)})" for k in key)
    headline = "coalesce(n.is_headline, o.is_headline)" if mart == "control_exposure" else "true"
    found: list[ChangedCell] = []
    for column in HEADLINE_COLUMNS.get(mart, ()):
        if column not in columns:
            continue
        before, after = f"o.{quoted(column)}", f"n.{quoted(column)}"
        rows = connection.execute(
            f"select concat_ws(' · ', {label}), {before}, {after}, {cause_sql(columns, last)} "
            f"{joined} where {headline} and ({before} is distinct from {after}) and "
            f"coalesce(abs({after} - {before}) > {TOLERANCE} * greatest(1, abs({before})), true) "
            "order by 1"
        ).fetchall()
        found += [ChangedCell(mart, column, *row) for row in rows]
    return found


def cause_lines(cells: Sequence[ChangedCell]) -> list[str]:
    """The table of causes of one mart for `CHANGES.md`; nothing if no headline cell changed."""
    if not cells:
        return []
    groups: dict[tuple[str, str], list[ChangedCell]] = {}
    for cell in cells:
        groups.setdefault((cell.headline, cell.cause), []).append(cell)
    headlines = list(dict.fromkeys(cell.headline for cell in cells))
    ranked = sorted(
        groups.items(), key=lambda pair: (headlines.index(pair[0][0]), -len(pair[1]), pair[0][1])
    )
    lines = []
    for (headline, cause), members in ranked:
        known = [cell for cell in members if cell.change is not None]
        total = math.fsum(cell.change or 0.0 for cell in known) if known else None
        largest = max(known or members, key=lambda cell: abs(cell.change or 0.0))
        lines.append(
            f"  | `{headline}` | {cause} | {len(members):,} | {_number(total)} | "
            f"{_number(largest.change)} | {largest.cell} |"
        )
    return [
        "",
        "- what moved the headline cells, each by one cause:",
        "",
        "  | headline | cause | cells | sum of changes | largest change | in the cell |",
        "  |---|---|---:|---:|---:|---|",
        *lines,
    ]


def _number(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.4f}"
