"""The release's types, views and functions in PostgreSQL's SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from warehouse.storage.read_only import quoted

_TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(20, 0)",
    "HUGEINT": "numeric(38, 0)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "VARCHAR": "text",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}
#: What PostgreSQL has no type for is cast to one that holds every value.
_CASTS = {"TINYINT": "smallint", "UINTEGER": "bigint", "UBIGINT": "decimal(20, 0)",
          "HUGEINT": "decimal(38, 0)"}  # fmt: skip


def sql_type(kind: str) -> str:
    """PostgreSQL's type for a type of DuckDB; maps and structs become json."""
    if kind.endswith("[]"):
        return f"{sql_type(kind.removesuffix('[]'))}[]"
    if found := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", kind):
        return f"numeric({found[1]}, {found[2]})"
    return _TYPES.get(kind, "json")


def column_type(kind: str) -> str:
    """The type of a table's column; texts are compared by code points, as DuckDB does, whatever
    the collation of the database."""
    return sql_type(kind) + (' collate "C"' if kind.startswith("VARCHAR") else "")


def select_sql(table: str, columns: Mapping[str, str]) -> str:
    """The query whose Arrow types are those of `sql_type`; `columns` is name -> DuckDB's type."""
    listed = [_selected(quoted(name), kind) for name, kind in columns.items()]
    return f"select {', '.join(listed)} from marts.{quoted(table)}"


def _selected(name: str, kind: str) -> str:
    if sql_type(kind) == "json":
        return f"cast(to_json({name}) as varchar) as {name}"
    return f"cast({name} as {_CASTS[kind]}) as {name}" if kind in _CASTS else name


def views_sql(release: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Statements that create the views of schema `analysis`, each after those that it reads; a
    view that others read is a table, whose size the planner knows."""
    queries, reads = _views(release)
    for name in TopologicalSorter(reads).static_order():
        query = sqlglot.parse_one(queries[name], read="duckdb").expression
        columns = release.execute(f"describe analysis.{quoted(name)}").fetchall()
        kind = "table" if name in stored_views(release) else "view"
        yield f"create {kind} analysis.{quoted(name)} as {_typed(query, columns)}"
        if kind == "table":
            yield f"analyze analysis.{quoted(name)}"


def stored_views(release: duckdb.DuckDBPyConnection) -> set[str]:
    """Names of the views of schema `analysis` that are tables in PostgreSQL."""
    _, reads = _views(release)
    return {read for names in reads.values() for read in names}


def _views(release: duckdb.DuckDBPyConnection) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The views' statements by name, and which of the views each of them reads."""
    found = dict(
        release.execute(
            "select view_name, sql from duckdb_views() where schema_name = 'analysis'"
        ).fetchall()
    )
    reads = {
        name: sorted((set(re.findall(r"\banalysis\.(\w+)", sql)) & found.keys()) - {name})
        for name, sql in sorted(found.items())
    }
    return found, reads


def functions_sql(release: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Statements that create the release's table macros as functions of the same parameters, all
    dates and today by default."""
    found = release.execute(
        "select function_name, parameters, macro_definition from duckdb_functions()"
        " where schema_name = 'marts' and function_type = 'table_macro' order by function_name"
    ).fetchall()
    for name, parameters, sql in found:
        columns = release.execute(f"describe from marts.{quoted(name)}()").fetchall()
        query = _typed(sqlglot.parse_one(sql, read="duckdb"), columns)
        taken = ", ".join(f"{quoted(p)} date default current_date" for p in parameters)
        given = ", ".join(f"{quoted(column)} {sql_type(kind)}" for column, kind, *_ in columns)
        yield (
            f"create function marts.{quoted(name)}({taken}) returns table ({given})"
            # a parameter hides from the planner how many rows a filter leaves: loops over them take
            # minutes, hashes seconds
            " language sql stable set datestyle = 'ISO' set enable_nestloop = off"
            f" as $body$ {query} $body$"
        )


def _typed(query: exp.Expr, columns: Sequence[tuple[Any, ...]]) -> str:
    """The query in PostgreSQL's SQL, with the column types that it has in DuckDB."""
    text = query.transform(_portable).sql(dialect="postgres")
    listed = ", ".join(
        f"cast({quoted(name)} as {sql_type(kind)}) as {quoted(name)}" for name, kind, *_ in columns
    )
    return f"select {listed} from ({text}) as answer"


def _portable(node: exp.Expr) -> exp.Expr:
    """One expression of DuckDB for which sqlglot has no PostgreSQL counterpart, or one of other
    meaning."""
    if isinstance(node, exp.Dot) and node.this.name == "main":
        return _portable(node.expression)
    if isinstance(node, exp.Filter) and isinstance(node.this, exp.ArgMax | exp.ArgMin):
        return _first_of(node.this, node.expression.this)
    if isinstance(node, exp.ArgMax | exp.ArgMin):
        return _first_of(node, None)
    if isinstance(node, exp.Round) and node.args.get("decimals") is None:
        # half away from zero as in DuckDB; PostgreSQL rounds doubles half to even
        value = node.this.sql("duckdb")
        return _parsed(f"sign({value}) * floor(abs({value}) + 0.5)")
    if isinstance(node, exp.DateDiff):
        return _parsed(f"({node.this.sql('duckdb')} - {node.expression.sql('duckdb')})")
    if isinstance(node, exp.ArrayContains):
        listed, value = node.this, node.expression.sql("postgres")
        if isinstance(listed, exp.Split):
            text, separator = listed.this.sql("postgres"), listed.expression.sql("postgres")
            return sqlglot.parse_one(
                f"{value} = any(string_to_array({text}, {separator}))", read="postgres"
            )
        return sqlglot.parse_one(f"{value} = any({listed.sql('postgres')})", read="postgres")
    if isinstance(node, exp.Anonymous) and node.name.lower() == "count_star":
        return exp.Count(this=exp.Star())
    if isinstance(node, exp.Select) and (group := node.args.get("group")) and group.args.get("all"):
        keys = [e.unalias().copy() for e in node.expressions if not e.find(exp.AggFunc)]
        node.set("group", exp.Group(expressions=keys))
    if isinstance(node, exp.Union) and node.args.get("by_name"):
        _align(node)
    if isinstance(node, exp.GroupConcat):
        _text_only(node)
    return node


def _parsed(sql: str) -> exp.Expr:
    return exp.Paren(this=sqlglot.parse_one(sql, read="duckdb").transform(_portable))


def _first_of(node: exp.ArgMax | exp.ArgMin, condition: exp.Expr | None) -> exp.Expr:
    """`max_by(value, key)`: the first value that is not NULL in the order of the key."""
    value = node.this.sql("duckdb")
    key = node.expression.find(exp.Anonymous, exp.Tuple) or node.expression
    parts = key.expressions or [key]
    direction = "desc" if isinstance(node, exp.ArgMax) else "asc"
    # NULL is the largest, as it is inside DuckDB's rows
    nulls = "first" if direction == "desc" else "last"
    order = ", ".join(f"{part.sql('duckdb')} {direction} nulls {nulls}" for part in parts)
    where = f"{value} is not null" + (f" and {condition.sql('duckdb')}" if condition else "")
    sql = f"(array_agg({value} order by {order}) filter (where {where}))[1]"
    return sqlglot.parse_one(sql, read="postgres")


def _align(union: exp.Union) -> None:
    """Order the right side of a `union by name` as the left; what it lacks is NULL."""
    left, right = union.left.unnest(), union.right.unnest()
    given = {e.alias_or_name: e for e in right.expressions}
    names = [e.alias_or_name for e in left.expressions]
    if not given.keys() <= set(names):
        raise ValueError(f"a union by name adds columns: {sorted(given.keys() - set(names))}")
    right.set("expressions", [given.get(name) or exp.alias_(exp.null(), name) for name in names])
    union.set("by_name", False)


def _text_only(node: exp.GroupConcat) -> None:
    """`string_agg` takes only texts in PostgreSQL, and orders distinct ones by themselves."""
    for distinct in node.find_all(exp.Distinct):
        distinct.set("expressions", [exp.cast(e, "text") for e in distinct.expressions])
        for ordered in node.find_all(exp.Ordered):
            ordered.set("this", exp.cast(ordered.this, "text"))
