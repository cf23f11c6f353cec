"""Dimensional analysis of a query: what adds, subtracts, compares or names two units, or divides
quantities of two relations whose bases nobody has compared.

A column's unit follows from its name, by the seed `unit_affixes` that also makes the dictionary. A
number scales a unit into one that only the new name has, so nothing is claimed about it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import sqlglot
from sqlglot import exp

from warehouse.paths import DBT_PROJECT

#: Units without a dimension: they may be compared with each other and multiply anything.
PURE = ("share", "ratio", "Herfindahl", "count", "probability", "effective", "nat", "rank")
#: Units of an amount of matter: the figure means something only together with its basis.
MATTER = ("tonne", "as quantity_unit says")
#: Functions that give back the unit of their arguments.
SAME = (
    exp.Sum, exp.Max, exp.Min, exp.Avg, exp.Abs, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least,
    exp.Paren, exp.Cast, exp.Round, exp.Filter, exp.Window, exp.Lag, exp.Lead, exp.AnyValue,
    exp.Neg,
)  # fmt: skip
BOTH = (exp.Add, exp.Sub, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


class Affix(NamedTuple):
    kind: str
    text: str
    unit: str

    def fits(self, name: str) -> bool:
        match self.kind:
            case "name":
                return name == self.text
            case "suffix":
                return name.endswith(self.text)
            case _:
                return name.startswith(self.text)


@cache
def affixes() -> tuple[Affix, ...]:
    """Names and ends before beginnings, the longest first."""
    with (DBT_PROJECT / "seeds" / "reference" / "unit_affixes.csv").open() as seed:
        found = [
            Affix(row["match_kind"], row["affix"], row["unit"]) for row in csv.DictReader(seed)
        ]
    # what a name ends in is its unit also where it begins with "quantity"
    return tuple(sorted(found, key=lambda one: (one.kind == "prefix", -len(one.text), one.text)))


@cache
def unit_of(name: str) -> str | None:
    """The registered unit of a column, None where its name has none."""
    return next((one.unit for one in affixes() if one.fits(name)), None)


@cache
def dimension_of(name: str) -> str | None:
    """usd, kg, t, quantity, pp, … or 1; None for texts, dates and names that say nothing."""
    unit = unit_of(name) or ""
    if unit.startswith(PURE):
        return "1"
    first = unit.split(",")[0].split(" of ")[0]
    known = ("US dollar", "thousand US dollars", "kilogram", "tonne", "as quantity_unit says")
    return next(
        (word for word in (*known, "percentage point", "day") if first.startswith(word)), None
    )


def offences(sql: str) -> list[str]:
    """Each place of a query that mixes units or bases, in words."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    return [offence for node in tree.walk() for offence in _classified(node)]


def _classified(node: exp.Expression) -> Iterator[str]:
    if isinstance(node, BOTH):
        left, right = dimension(node.left), dimension(node.right)
        if left and right and left != right:
            yield f"{left} beside {right}: {node.sql()}"
    if isinstance(node, exp.Alias):
        named, made = dimension_of(node.alias), dimension(node.this)
        if named and made and named != made and not _unit_settled(node, named, made):
            yield f"{made} is called {named}: {node.sql()}"
    if isinstance(node, (exp.Add, exp.Sub, exp.Div)) and not _bases_compared(node):
        yield f"quantities of two relations, bases not compared: {node.sql()}"


def dimension(node: exp.Expression) -> str | None:
    """The dimension of an expression, None where nothing is claimed."""
    match node:
        case exp.Column():
            return dimension_of(node.name)
        case exp.Add() | exp.Sub():
            return dimension(node.left) or dimension(node.right)
        case exp.Mul():
            return _product(dimension(node.left), dimension(node.right))
        case exp.Div():
            left, right = dimension(node.left), dimension(node.right)
            if left and left == right:
                return "1"
            return left if right == "1" else None
        case exp.Case():
            branches = [branch.args["true"] for branch in node.args["ifs"]]
            return _one(dimension(x) for x in (*branches, node.args.get("default")) if x)
        case _ if isinstance(node, SAME):
            arguments = [node.this, *node.expressions] if node.expressions else [node.this]
            return _one(dimension(x) for x in arguments if isinstance(x, exp.Expression))
    return None


def _unit_settled(node: exp.Alias, named: str, made: str) -> bool:
    """A quantity becomes tonnes in a query that asks for its unit."""
    query = node.find_ancestor(exp.Select)
    return (
        named == "tonne"
        and made.startswith("as quantity_unit")
        and query is not None
        and any(column.name == "quantity_unit" for column in query.find_all(exp.Column))
    )


def _product(left: str | None, right: str | None) -> str | None:
    if left == "1":
        return right
    return left if right == "1" else None


def _one(found: Iterator[str | None]) -> str | None:
    known = {one for one in found if one}
    return known.pop() if len(known) == 1 else None


def _matter(node: exp.Expression) -> set[str]:
    """The relations whose quantities stand in an expression."""
    return {
        column.table
        for column in node.find_all(exp.Column)
        if column.table and (unit_of(column.name) or "").startswith(MATTER)
    }


def _bases_compared(node: exp.Binary) -> bool:
    """Whether the two sides are of one relation, or the query compares their basis."""
    left, right = _matter(node.left), _matter(node.right)
    if not left or not right or left == right:
        return True
    query = node.find_ancestor(exp.Select)
    if query is None:
        return False
    compared = [
        (equal.left.name, equal.right.name)
        for equal in query.find_all(exp.EQ)
        if isinstance(equal.left, exp.Column) and isinstance(equal.right, exp.Column)
    ]
    using = {
        name.name for join in query.args.get("joins", []) for name in join.args.get("using", [])
    }
    return any(_says_basis(a) and _says_basis(b) for a, b in compared) or any(
        _says_basis(name) for name in using
    )


def _says_basis(name: str) -> bool:
    # a form or series has one basis: that is what distinguishes two of a stage
    return name.endswith("basis") or name in ("form_id", "series_id")
