"""Names and descriptions of the dbt project, read from its SQL and YAML without dbt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "dbt_project"
MODELS = PROJECT / "models"
PREFIX = {"staging": ("stg_",), "intermediate": ("int_",)}
CORE = ("dim_", "fct_", "bridge_")
MODEL_YAML = sorted(
    path for part in ("models", "seeds") for path in (PROJECT / part).rglob("*.yml")
)

_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_SHARE = re.compile(r"(?:^|_)(?:pct|percent|percentage)(?:_|$)")
_READS_A_PUBLISHER = re.compile(r"\b(?:source_as_known|source)\(\s*['\"](?!run\b)")
_COMPUTES = re.compile(r"\b(?:join|case|over|coalesce|union|group by)\b")
_BLOCK = re.compile(r"\{% docs (\w+) %\}")
_VAGUE = {"value", "quantity", "amount", "number", "weight", "price", "date", "share", "total"}


def read_yaml(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return content


def models(layer: str) -> list[Path]:
    return sorted((MODELS / layer).rglob("*.sql"))


def mart_specs() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted((MODELS / "marts").rglob("*.yml")):
        for model in read_yaml(path).get("models") or []:
            yield path, model


def mart_columns() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for _, model in mart_specs():
        for column in model["columns"]:
            yield model, column


def test_every_yaml_loads_with_the_plain_safe_loader() -> None:
    """dbt reads with libyaml's loader, which accepts more than the one that other tools use."""
    for path in sorted(PROJECT.rglob("*.yml")):
        if "target" in path.relative_to(PROJECT).parts:  # what `dbt build` wrote by hand
            continue
        yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("layer", sorted(PREFIX))
def test_models_begin_with_their_layer_and_folder(layer: str) -> None:
    prefix = PREFIX[layer][0]
    wrong = [
        path.relative_to(MODELS).as_posix()
        for path in models(layer)
        if not path.name.startswith(f"{prefix}{path.parent.name}__")
    ]
    assert not wrong, f"{prefix}<folder>__<what>.sql: {wrong}"


def test_core_marts_begin_with_their_kind() -> None:
    wrong = [p.name for p in (MODELS / "marts/core").glob("*.sql") if not p.name.startswith(CORE)]
    wrong += [
        p.name for p in models("marts") if p.parent.name != "core" and p.name.startswith("mart_")
    ]
    assert not wrong, wrong


def test_a_mart_is_two_files_side_by_side() -> None:
    sql = {p.with_suffix("") for p in models("marts")}
    yml = {p.with_suffix("") for p in (MODELS / "marts").rglob("[!_]*.yml")}
    alone = sorted(p.relative_to(MODELS).as_posix() for p in sql ^ yml)
    assert not alone, f"<mart>.sql and <mart>.yml belong together: {alone}"


def test_marts_state_their_grain_first() -> None:
    wrong = [
        model["name"]
        for _, model in mart_specs()
        if not str(model.get("description", "")).lstrip().startswith(("One row per ", "One row:"))
    ]
    assert not wrong, f"the description begins with the grain (One row per …): {wrong}"


def test_marts_describe_and_type_every_column() -> None:
    wrong = [
        f"{model['name']}.{column['name']}"
        for model, column in mart_columns()
        if not str(column.get("description") or "").strip() or not column.get("data_type")
    ]
    assert not wrong, f"description or data_type missing: {wrong[:20]}"


def test_a_column_with_a_doc_block_uses_it() -> None:
    """One description for one name: what is particular to a mart follows the reference."""
    blocks = set(_BLOCK.findall((MODELS / "docs" / "columns.md").read_text(encoding="utf-8")))
    assert len(blocks) >= 40
    wrong = [
        f"{model['name']}.{column['name']}"
        for model, column in mart_columns()
        if column["name"] in blocks
        and not column["description"].startswith(f'{{{{ doc("{column["name"]}") }}}}')
    ]
    assert not wrong, f"begin with the doc block of the column: {wrong}"


def test_marts_test_their_key() -> None:
    wrong = []
    for _, model in mart_specs():
        tests = [*model.get("data_tests", [])]
        for column in model["columns"]:
            tests += column.get("data_tests", [])
        names = {test if isinstance(test, str) else next(iter(test)) for test in tests}
        if not names & {"unique_combination_of_columns", "unique"}:
            wrong.append(model["name"])
    assert not wrong, f"no test of the key: {wrong}"


def test_unit_and_singular_tests_are_named_after_their_subject() -> None:
    wrong = [
        unit["name"]
        for path in MODEL_YAML
        for unit in read_yaml(path).get("unit_tests") or []
        if not unit["name"].startswith(f"test_{unit['model']}_")
    ]
    assert not wrong, f"test_<model>_<case>: {wrong}"
    wrong = [
        path.name
        for path in sorted((PROJECT / "tests").rglob("*.sql"))
        if path.parent.name != "generic" and not path.name.startswith("assert_")
    ]
    assert not wrong, f"assert_<subject>_<condition>.sql: {wrong}"


def test_marts_that_compute_have_a_unit_test() -> None:
    """In their own YAML, of themselves or of the model whose rows they publish."""
    wrong = [
        model["name"]
        for path, model in mart_specs()
        if _COMPUTES.search(path.with_suffix(".sql").read_text(encoding="utf-8"))
        and not read_yaml(path).get("unit_tests")
    ]
    assert not wrong, f"no unit test: {wrong}"


def test_mart_columns_carry_unit_and_kind() -> None:
    """Snake case; shares are 0 to 1 and called share; no bare amount or bare date."""
    wrong = []
    for model, column in mart_columns():
        name = str(column["name"])
        kind = str(column["data_type"]).lower()
        if not _SNAKE.fullmatch(name):
            wrong.append(f"{model['name']}.{name}: not snake case")
        elif _SHARE.search(name):
            wrong.append(f"{model['name']}.{name}: shares are 0 to 1, called *_share")
        elif name in _VAGUE and not _has_unit_column(model, name):
            wrong.append(f"{model['name']}.{name}: which unit or kind?")
        elif kind == "boolean" and not name.startswith(
            ("is_", "has_", "in_", "includes_", "excludes_", "hides_", "issuer_is_")
        ):
            wrong.append(f"{model['name']}.{name}: booleans begin with is_, has_ or in_")
        elif kind == "date" and not name.endswith(("_date", "valid_from", "valid_to")):
            wrong.append(f"{model['name']}.{name}: dates end in _date")
    assert not wrong, "\n".join(wrong[:40])


def _has_unit_column(model: dict[str, Any], name: str) -> bool:
    names = {str(column["name"]) for column in model["columns"]}
    return bool({f"{name}_unit", f"{name}_kind", "unit", "unit_text"} & names)


def test_sql_is_lower_case() -> None:
    upper = re.compile(r"^\s*(SELECT|FROM|WHERE|WITH|JOIN|GROUP BY|ORDER BY)\b", re.M)
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in sorted(PROJECT.rglob("*.sql"))
        if upper.search(path.read_text(encoding="utf-8"))
    ]
    assert not wrong, wrong


def test_only_staging_reads_sources() -> None:
    """Layer order: marts read intermediate models, never the landing. The run's own records
    (source `run`) have no publisher and need no staging."""
    wrong = [
        path.relative_to(MODELS).as_posix()
        for layer in ("intermediate", "marts")
        for path in models(layer)
        if _READS_A_PUBLISHER.search(path.read_text(encoding="utf-8"))
    ]
    assert not wrong, f"a staging model belongs between: {wrong}"
