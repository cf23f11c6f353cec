"""Draw the pages of a release: `python -m warehouse.report.build RELEASE_FOLDER OUT.html`.

A page holds everything it needs (library, data, style) and may load nothing: its content policy
names its own scripts by hash. Any old release can be drawn again with the command above.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from markupsafe import Markup

from warehouse.report import charts
from warehouse.report.html import TEMPLATES, environment, policy, safe_json
from warehouse.storage.read_only import quoted, reading

HERE = Path(__file__).parent
VENDOR = HERE / "vendor"
_READS = {
    "members": ("bridge_bloc_membership", "dim_country"),
    "heatmap": (
        "partner_dependency",
        "bridge_bloc_membership",
        "dim_material",
        "dim_good",
        "dim_stage",
    ),
    "concern": ("dim_concern_list", "bridge_concern_member", "dim_country"),
    "dictionary": ("data_dictionary",),
}


def ask(
    connection: duckdb.DuckDBPyConnection, name: str, marts: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The rows of one of `queries/`; none when the release lacks a mart that it reads."""
    if not set(_READS.get(name, ())) <= set(marts):
        return []
    sql = (HERE / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    answer = connection.execute(sql)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def periods(
    connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Any]
) -> dict[tuple[str, str], tuple[int, int]]:
    """First and last year that each source and edition gives, over all facts of the release."""
    facts = [
        name
        for name, entry in marts.items()
        if name.startswith("fct_")
        and {"source_id", "edition", "year"} <= {column["name"] for column in entry["columns"]}
    ]
    if not facts:
        return {}
    union = " union all ".join(
        f"select source_id, edition, year from marts.{quoted(fact)}" for fact in facts
    )
    found = connection.execute(
        f"select source_id, edition, min(year), max(year) from ({union}) as facts group by 1, 2"
    ).fetchall()
    return {(source, edition): (first, last) for source, edition, first, last in found}


def landed(
    card: Mapping[str, Any], years: Mapping[tuple[str, str], tuple[int, int]]
) -> list[dict[str, Any]]:
    """One row per source and edition, for the table of what landed."""
    return [
        {**source, **edition, "years": years.get((source["source_id"], edition["edition"]))}
        for source in card["sources"]
        for edition in source["editions"]
    ]


def report_page(connection: duckdb.DuckDBPyConnection, card: Mapping[str, Any]) -> str:
    """The first page of a release, whole and self-contained."""
    marts = card["marts"]
    members = ask(connection, "members", marts)
    signatories = [m for m in members if m["membership_type"] == "signatory" and m["is_current"]]
    names = dict(
        connection.execute("select country_id, country_name from marts.dim_country").fetchall()
        if "dim_country" in marts
        else ()
    )
    rows = ask(connection, "heatmap", marts)
    heat = charts.heatmap(rows, [m for m in signatories if m["party_kind"] == "country"], names)
    signed = charts.signings(members)
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    library = (VENDOR / "echarts.min.js").read_text(encoding="utf-8")
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            card=card,
            members=members,
            signatories=signatories,
            signings=signed,
            heat=heat,
            findings=charts.findings(heat),
            concern=ask(connection, "concern", marts),
            landed=landed(card, periods(connection, marts)),
            checks=ask(connection, "checks", marts),
            failed=ask(connection, "failed_checks", marts),
            policy=policy([library, script], [style]),
            style=Markup(style),
            library=Markup(library),
            script=Markup(script),
            data=safe_json({"heat": heat, "signings": signed, "release": card["release_id"]}),
        )
    )


def dictionary_page(connection: duckdb.DuckDBPyConnection, card: Mapping[str, Any]) -> str:
    """Every column of every mart: from `data_dictionary`, else from the database's comments."""
    rows = ask(connection, "dictionary", card["marts"])
    known = {row["mart"] for row in rows}
    rows += [row for row in _commented(connection) if row["mart"] not in known]
    grouped = groupby(sorted(rows, key=lambda row: row["mart"]), key=lambda row: row["mart"])
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("dictionary.html.j2")
        .render(
            card=card,
            marts=[(name, list(columns)) for name, columns in grouped],
            questions=_questions(connection),
            policy=policy([], [style]),
            style=Markup(style),
        )
    )


def _questions(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The release's table macros with their arguments and words."""
    answer = connection.execute(
        "select function_name, array_to_string(parameters, ', ') as arguments, comment"
        " from duckdb_functions()"
        " where schema_name = 'marts' and function_type = 'table_macro' order by 1"
    ).fetchall()
    return [{"name": name, "arguments": given, "words": words} for name, given, words in answer]


def _commented(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    answer = connection.execute(
        "select c.table_name as mart, t.comment as grain, '' as question, '' as sources,"
        " c.column_index as column_position, c.column_name, c.data_type, '' as unit,"
        " c.comment as description, '' as null_meaning"
        " from duckdb_columns() as c inner join duckdb_tables() as t"
        " on c.schema_name = t.schema_name and c.table_name = t.table_name"
        " where c.schema_name = 'marts' order by mart, column_position"
    )
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def main() -> int:
    """Draw a release again, wherever it lies."""
    from warehouse.release.manifest import read_manifest

    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    card = read_manifest(folder)
    if card is None:
        print(f"{folder} is not a release: it has no readable manifest.json", file=sys.stderr)
        return 2
    with reading(folder / "pax_silica.duckdb") as connection:
        target.write_text(report_page(connection, card), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
