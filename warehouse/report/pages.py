"""Rendering of the further pages of the report: partner, material, AI stack and others."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from markupsafe import Markup

from warehouse.report.html import TEMPLATES, environment, policy, read_scripts, safe_json
from warehouse.report.page_contents import PAGES, Block, Page
from warehouse.storage.read_only import to_arrow

HERE = Path(__file__).parent
_LOG = logging.getLogger(__name__)
#: Each takes a second or two on the bundled figures.
_STORED_VIEWS = ("partner_dashboard", "supplier_ranking", "exposure_today")
Query = Callable[[str], list[dict[str, Any]]]
#: Columns that are no cell of a table: the choice of the page, and marks of other cells.
_MARKS = ("key", "is_partial", "is_basket")


def names_needed(sql: str) -> set[str]:
    """Marts and views (`analysis.<view>`) that a query of a page reads."""
    return set(re.findall(r"\bmarts\.(\w+)", sql)) | set(re.findall(r"\banalysis\.\w+", sql))


def query_of(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> Query:
    """Rows of `queries/<name>.sql`; none when the release lacks what it reads.

    A table that has lost a column is logged: the block stays empty, the rest of the page is read.
    Views that many blocks read are computed once, into temporary tables of the connection.
    """
    has = set(manifest["marts"]) | {f"analysis.{v}" for v in manifest.get("analysis_views", ())}
    stored: set[str] = set()

    def stored_once(sql: str) -> str:
        for view in _STORED_VIEWS:
            if f"analysis.{view}" in sql:
                if view not in stored:
                    connection.execute(
                        f"create or replace temp table {view} as from analysis.{view}"
                    )
                    stored.add(view)
                sql = sql.replace(f"analysis.{view}", f"temp.{view}")
        return sql

    def rows(name: str) -> list[dict[str, Any]]:
        sql = (HERE / "queries" / f"{name}.sql").read_text(encoding="utf-8")
        if not names_needed(sql) <= has:
            return []
        try:
            return to_arrow(connection, stored_once(sql)).to_pylist()
        except duckdb.BinderException as error:
            _LOG.warning("the block %s stays empty: %s", name, str(error).splitlines()[0])
            return []

    return rows


def _rounded(cell: Any) -> Any:
    if not isinstance(cell, float):
        return cell
    rounded = round(cell, 6 if abs(cell) < 100 else 2)
    return int(rounded) if rounded.is_integer() else rounded


def block_data(
    block: Block, rows: Sequence[Mapping[str, Any]], texts: dict[str, int]
) -> dict[str, Any]:
    """A block as the page's script reads it: column names, and rows of the same length.

    A text is written once a page: `texts` numbers it, `textColumns` names the places of such
    columns. Shares and other small numbers have six decimals, quantities two.
    """
    columns = list(rows[0]) if rows else []
    text_columns = [
        place
        for place, name in enumerate(columns)
        if any(isinstance(row[name], str | date) for row in rows)
    ]

    def written(row: Mapping[str, Any]) -> list[Any]:
        cells = [_rounded(cell) for cell in row.values()]
        for place in text_columns:
            if cells[place] is not None:
                cells[place] = texts.setdefault(str(cells[place]), len(texts))
        return cells

    return {
        "id": block.query.replace("_", "-"),
        "pick": block.pick,
        "x": block.x,
        "marks": block.marks.replace("_", "-"),
        "grid": block.has_grid,
        "textColumns": text_columns,
        "chart": block.chart,
        "value": block.value,
        "low": block.low,
        "high": block.high,
        "limit": block.limit,
        "columns": columns,
        "shown": [name for name in columns if name not in _MARKS],
        "rows": [written(row) for row in rows],
    }


def blocks_data(
    blocks: Sequence[Block], query: Query
) -> tuple[list[tuple[Block, dict[str, Any]]], list[str]]:
    """The blocks of a page with their data, and the page's texts by number."""
    texts: dict[str, int] = {}
    found = [(block, block_data(block, query(block.query), texts)) for block in blocks]
    return found, list(texts)


def render_pages(
    connection: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    *,
    has_data_docs: bool = False,
) -> dict[str, str]:
    """The pages of a release by file name, each self-contained.

    Args:
        has_data_docs: whether the release folder has `data_docs/index.html` to link to.
    Raises:
        duckdb.Error: a query fails.
    """
    query = query_of(connection, manifest)
    return {
        f"{page.name}.html": render_page(page, manifest, query, has_data_docs=has_data_docs)
        for page in PAGES
    }


def render_page(
    page: Page, manifest: Mapping[str, Any], query: Query, *, has_data_docs: bool = False
) -> str:
    """One page; `query` gives the rows of a query by its name."""
    style = "".join((TEMPLATES / name).read_text("utf-8") for name in ("report.css", "pages.css"))
    scripts = read_scripts("block_charts.js", "pages.js")
    keys = query(page.keys) if page.keys else []
    blocks, texts = blocks_data(page.blocks, query)
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            manifest=manifest,
            page=page,
            pages=PAGES,
            has_data_docs=has_data_docs,
            keys=keys,
            blocks=blocks,
            policy=policy(scripts, [style]),
            style=Markup(style),
            scripts=scripts,
            data=safe_json(
                {
                    "release": manifest["release_id"],
                    "asOf": manifest["as_of_date"],
                    "page": page.name,
                    "texts": texts,
                    "firstKey": page.first_key if page.keys else None,
                    "blocks": [data for _, data in blocks],
                }
            ),
        )
    )
