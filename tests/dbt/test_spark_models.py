"""Models with the tag `spark` use no construct that fails on Spark or has another answer there."""

from __future__ import annotations

import re

import pytest

from warehouse.paths import DBT_PROJECT

#: With what to write instead (docs/spark.md).
FORBIDDEN = {
    r"\bvarchar\b": "string",
    r"\bby name\b": "columns in one order",
    r"\bexclude \(": "all_but",
    r"\breplace \(": "the columns by name",
    r"\bstring_agg\(": "listagg_ordered or listagg_distinct",
    r"\barg_m(in|ax)\(": "min_by, max_by",
    r"\bstrpos\(": "contains",
    r"\b(list_\w+|list|unnest|array_to_string|string_split|struct_pack)\(": "a dispatched macro",
    r"\bhash\(": "hash_64",
    r"\b(date_diff|datediff|date_add|strftime)\(": "month_index, dbt.datediff, dbt.dateadd",
    r"\binterval\b": "first_month_of_window, dbt.dateadd",
    r"\b(quantile_cont|approx_quantile|mode)\(": "median",
    r"\basof\b": "a join on a range",
    r"::": "cast",
    r"//": "floor",
    r"[0-9]\.[0-9]+ / [0-9.]+(?![0-9.e])": "a divisor such as 1.645e0: decimals are rounded",
    r"\* 1\.0 /": "cast(… as double)",
}


def tagged_models() -> dict[str, str]:
    """Name and SQL, without comments, of every model with the tag."""
    found = {}
    for path in sorted((DBT_PROJECT / "models").rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        if "tags=['spark']" in text:
            found[path.stem] = re.sub(r"--.*|\{#.*?#\}", "", text)
    return found


def constructs(sql: str) -> list[str]:
    return [pattern for pattern in FORBIDDEN if re.search(pattern, sql)]


def test_the_marts_of_spark_have_the_tag() -> None:
    marts = {"fct_trade_reported", "fct_trade_reconciled", "supplier_share", "concentration"}
    assert marts | {"bloc_dependency", "partner_dependency"} <= tagged_models().keys()


def test_no_tagged_model_uses_what_spark_lacks() -> None:
    wrong = {name: found for name, sql in tagged_models().items() if (found := constructs(sql))}
    assert not wrong, "\n".join(
        f"{name}: {pattern} (write {FORBIDDEN[pattern]})"
        for name, patterns in wrong.items()
        for pattern in patterns
    )


@pytest.mark.parametrize(
    "sql",
    [
        "select cast(x as varchar) as x", "select a union all by name select b",
        "select t.* exclude (a) from t", "select arg_min(a, b)", "select 0.9 / 1.645 * x",
        "select n * 1.0 / m", "select string_agg(a, '|' order by a)", "select hash(a)",
    ],
)  # fmt: skip
def test_such_a_construct_is_found(sql: str) -> None:
    assert constructs(sql)


def test_what_both_know_is_not_found() -> None:
    assert not constructs("select cast(x as string), 0.9 / 1.645e0, min_by(a, b), contains(a, '|')")
