"""Why headline cells differ between two releases: one cause per cell, the whole of its change."""

from __future__ import annotations

from collections.abc import Sequence

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
    ("coverage or source", ("source_ids", "bases", "product_codes", "denominator_scope")),
    ("membership", ("n_members", "n_members_reporting")),
    ("revision", ("edition",)),
)
LAST_CAUSE = "method"
#: Changes up to this count as none: sums of doubles in another order.
TOLERANCE = 1e-9


def cause_sql(columns: Sequence[str]) -> str:
    """The cause of a changed cell, of the rows `o` (old) and `n` (new), as an SQL expression.

    Args:
        columns: those that both files have; a cause without one of its columns is not asked.
    """
    asked = ["when o.is_present is null or n.is_present is null then 'coverage or source'"]
    for cause, differing in CAUSES:
        tests = [
            f"o.{quoted(name)} is distinct from n.{quoted(name)}"
            for name in differing
            if name in columns
        ]
        if tests:
            asked.append(f"when {' or '.join(tests)} then '{cause}'")
    return f"case {' '.join(asked)} else '{LAST_CAUSE}' end"


def cause_lines(
    connection: duckdb.DuckDBPyConnection, joined: str, mart: str, columns: Sequence[str],
    key: Sequence[str],
) -> list[str]:  # fmt: skip
    """The table of causes of one mart for `CHANGES.md`; nothing if no headline cell changed.

    Args:
        joined: `from … full outer join …` of the rows `o` and `n`, each with `is_present`.
        columns: value columns that both files have.
    """
    rows = []
    label = ", ".join(f"coalesce(o.{quoted(k)}, n.{quoted(k)})" for k in key)
    headline = "coalesce(n.is_headline, o.is_headline)" if mart == "control_exposure" else "true"
    for column in HEADLINE_COLUMNS.get(mart, ()):
        if column not in columns:
            continue
        before, after = f"o.{quoted(column)}", f"n.{quoted(column)}"
        rows += connection.execute(
            f"select '{column}', cause, count(*), sum(change), "
            "arg_max(cell, abs(coalesce(change, 0))), "
            "arg_max(change, abs(coalesce(change, 0))) from ("
            f"select {cause_sql(columns)} as cause, {after} - {before} as change, "
            f"concat_ws(' · ', {label}) as cell {joined} where {headline} and "
            f"({before} is distinct from {after}) and coalesce(abs({after} - {before}) > "
            f"{TOLERANCE} * greatest(1, abs({before})), true)) group by cause order by 3 desc, 2"
        ).fetchall()
    if not rows:
        return []
    return [
        "",
        "- what moved the headline cells, each by one cause:",
        "",
        "  | headline | cause | cells | sum of changes | largest change | in the cell |",
        "  |---|---|---:|---:|---:|---|",
        *(
            f"  | `{column}` | {cause} | {n:,} | {_number(total)} | {_number(most)} | {cell} |"
            for column, cause, n, total, cell, most in rows
        ),
    ]


def _number(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.4f}"
