"""Render the pages of a release: `python -m warehouse.report.build RELEASE_FOLDER OUT.html`.

A page is self-contained (library, data, style) and loads nothing: its content security policy
lists its own scripts by hash. Any older release can be rendered again with the command above.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from markupsafe import Markup

from warehouse.report import charts
from warehouse.report.html import TEMPLATES, environment, policy, read_scripts, safe_json
from warehouse.report.page_contents import PAGES, TODAY
from warehouse.report.pages import blocks_data, query_of, render_pages
from warehouse.storage.read_only import quoted, reading, to_arrow

HERE = Path(__file__).parent
_LOG = logging.getLogger(__name__)
#: Marts that a query reads.
QUERY_MARTS = {
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
    "moved": ("headline_change", "bloc_dependency", "dim_material", "dim_good", "dim_stage"),
}


def run_query(
    connection: duckdb.DuckDBPyConnection, name: str, marts: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Rows of the query `queries/<name>.sql`; none when the release lacks a mart that it reads.

    A mart that has lost a column is logged: its part of the page stays empty.
    """
    if not set(QUERY_MARTS.get(name, ())) <= set(marts):
        return []
    sql = (HERE / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    try:
        return to_arrow(connection, sql).to_pylist()
    except duckdb.BinderException as error:
        _LOG.warning("the query %s is left out: %s", name, str(error).splitlines()[0])
        return []


def year_ranges(
    connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Any]
) -> dict[tuple[str, str], tuple[int, int]]:
    """First and last year per source and edition, over all facts of the release."""
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


def list_editions(
    manifest: Mapping[str, Any], years: Mapping[tuple[str, str], tuple[int, int]]
) -> list[dict[str, Any]]:
    """One row per source and edition, with the years it covers."""
    return [
        {**source, **edition, "years": years.get((source["source_id"], edition["edition"]))}
        for source in manifest["sources"]
        for edition in source["editions"]
    ]


def render_report(
    connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], *, has_data_docs: bool
) -> str:
    """The report of a release as one self-contained HTML page.

    Args:
        manifest: content of the manifest of the release.
        has_data_docs: whether the release folder has `data_docs/index.html` to link to.
    Raises:
        duckdb.Error: a query fails.
    """
    marts = manifest["marts"]
    members = run_query(connection, "members", marts)
    signatories = [m for m in members if m["membership_type"] == "signatory" and m["is_current"]]
    names = dict(
        connection.execute("select country_id, country_name from marts.dim_country").fetchall()
        if "dim_country" in marts
        else ()
    )
    rows = run_query(connection, "heatmap", marts)
    signings = charts.signings(members)
    heat = charts.heatmap(rows, [m for m in signatories if m["party_kind"] == "country"], names)
    style = "".join((TEMPLATES / name).read_text("utf-8") for name in ("report.css", "pages.css"))
    scripts = read_scripts("report.js", "block_charts.js", "pages.js")
    blocks, texts = blocks_data(TODAY, query_of(connection, manifest))
    moved = run_query(connection, "moved", marts)
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            manifest=manifest,
            pages=PAGES,
            members=members,
            signatories=signatories,
            signings=signings,
            heat=heat,
            findings=charts.findings(heat),
            concern=run_query(connection, "concern", marts),
            moved=moved,
            blocks=blocks,
            editions=list_editions(manifest, year_ranges(connection, marts)),
            has_data_docs=has_data_docs,
            checks=run_query(connection, "checks", marts),
            failed=run_query(connection, "failed_checks", marts),
            policy=policy(scripts, [style]),
            style=Markup(style),
            scripts=scripts,
            data=safe_json(
                {
                    "heat": heat,
                    "signings": signings,
                    "release": manifest["release_id"],
                    "asOf": manifest["as_of_date"],
                    "blocks": [data for _, data in blocks],
                    "texts": texts,
                    "tables": {"moved": moved, "signings": _flat(signings)},
                }
            ),
        )
    )


def _flat(signings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Signings with names in one text, as a table has them."""
    return [
        {**day, "joined": ", ".join(day["joined"]), "left": ", ".join(day["left"])}
        for day in signings
    ]


def render_dictionary(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> str:
    """The data dictionary as an HTML page: `data_dictionary`, else the database's comments.

    Raises:
        duckdb.Error: a query fails.
    """
    rows = run_query(connection, "dictionary", manifest["marts"])
    known = {row["mart"] for row in rows}
    rows += [row for row in _read_comments(connection) if row["mart"] not in known]
    grouped = groupby(sorted(rows, key=lambda row: row["mart"]), key=lambda row: row["mart"])
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("dictionary.html.j2")
        .render(
            manifest=manifest,
            marts=[(name, list(columns)) for name, columns in grouped],
            macros=_list_macros(connection),
            policy=policy([], [style]),
            style=Markup(style),
        )
    )


def _list_macros(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The release's table macros with their arguments and comments."""
    return to_arrow(
        connection,
        "select function_name as name, array_to_string(parameters, ', ') as arguments, comment"
        " from duckdb_functions()"
        " where schema_name = 'marts' and function_type = 'table_macro' order by 1",
    ).to_pylist()


def _read_comments(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    return to_arrow(
        connection,
        "select c.table_name as mart, t.comment as grain, '' as question, '' as sources,"
        " c.column_index as column_position, c.column_name, c.data_type, '' as unit,"
        " c.comment as description, '' as null_meaning"
        " from duckdb_columns() as c inner join duckdb_tables() as t"
        " on c.schema_name = t.schema_name and c.table_name = t.table_name"
        " where c.schema_name = 'marts' order by mart, column_position",
    ).to_pylist()


def main() -> int:
    """Render the report of a release folder again: the first page, its other pages beside it."""
    from warehouse.release.manifest import read_manifest

    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    manifest = read_manifest(folder)
    if manifest is None:
        print(f"{folder} is not a release: it has no readable manifest.json", file=sys.stderr)
        return 2
    with reading(folder / "pax_silica.duckdb") as connection:
        has_data_docs = (folder / "data_docs" / "index.html").is_file()
        page = render_report(connection, manifest, has_data_docs=has_data_docs)
        others = render_pages(connection, manifest, has_data_docs=has_data_docs)
    target.write_text(page, encoding="utf-8")
    for name, text in others.items():
        target.with_name(name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
