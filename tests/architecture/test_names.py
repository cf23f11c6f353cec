"""Names carry kind, grain and unit: in files, models, columns and YAML, read without dbt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "dbt_project" / "models"
PREFIX = {"staging": ("stg_",), "intermediate": ("int_",)}
CORE = ("dim_", "fct_", "bridge_")

_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_SHARE = re.compile(r"(?:^|_)(?:pct|percent|percentage)(?:_|$)")
_READS_A_PUBLISHER = re.compile(r"\b(?:source_as_known|source)\(\s*['\"](?!run\b)")
_VAGUE = {"value", "quantity", "amount", "number", "weight", "price", "date", "share", "total"}


def read_yaml(path: Path) -> dict[str, Any]:
    """With the loader that dbt uses: the plain one takes `Who?,` for a mistake."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    return content


def models(layer: str) -> list[Path]:
    return sorted((MODELS / layer).rglob("*.sql"))


def mart_specs() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted((MODELS / "marts").rglob("*.yml")):
        for model in read_yaml(path).get("models") or []:
            yield path, model


@pytest.mark.parametrize("layer", sorted(PREFIX))
def test_models_begin_with_their_layer(layer: str) -> None:
    wrong = [p.name for p in models(layer) if not p.name.startswith(PREFIX[layer])]
    assert not wrong, f"{layer} models begin with {PREFIX[layer]}: {wrong}"


def test_staging_and_intermediate_name_their_folder() -> None:
    wrong = [
        path.relative_to(MODELS).as_posix()
        for layer, (prefix,) in PREFIX.items()
        for path in models(layer)
        if not path.name.startswith(f"{prefix}{path.parent.name}__")
    ]
    assert not wrong, f"<prefix>_<folder>__<what>.sql: {wrong}"


def test_core_marts_say_their_kind() -> None:
    wrong = [p.name for p in (MODELS / "marts/core").glob("*.sql") if not p.name.startswith(CORE)]
    assert not wrong, wrong
    others = [
        p.name for p in models("marts") if p.parent.name != "core" and p.name.startswith("mart_")
    ]
    assert not others, f"schema marts is prefix enough: {others}"


def test_a_mart_is_two_files_side_by_side() -> None:
    sql = {p.with_suffix("") for p in models("marts")}
    yml = {p.with_suffix("") for p in (MODELS / "marts").rglob("*.yml")}
    alone = sorted(p.relative_to(MODELS).as_posix() for p in sql ^ yml)
    assert not alone, f"<mart>.sql and <mart>.yml belong together: {alone}"


def test_marts_say_their_grain_first() -> None:
    wrong = [
        model["name"]
        for _, model in mart_specs()
        if not str(model.get("description", "")).lstrip().startswith(("One row per ", "One row:"))
    ]
    assert not wrong, f"the description begins with the grain (One row per …): {wrong}"


def test_marts_describe_and_type_every_column() -> None:
    wrong = [
        f"{model['name']}.{column['name']}"
        for _, model in mart_specs()
        for column in model.get("columns") or [{"name": "(no columns)"}]
        if not str(column.get("description") or "").strip() or not column.get("data_type")
    ]
    assert not wrong, f"description or data_type missing: {wrong[:20]}"


def test_marts_test_their_key_and_have_a_unit_test() -> None:
    unkeyed, untested = [], []
    for path, model in mart_specs():
        tests = [t for t in model.get("data_tests") or [] if isinstance(t, dict)]
        column_tests = [
            t if isinstance(t, str) else next(iter(t))
            for column in model.get("columns") or []
            for t in column.get("data_tests") or []
        ]
        keyed = any(
            "unique_key" in t or "key" in t.get("holds", {}).get("arguments", {}) for t in tests
        )
        if not keyed and "unique" not in column_tests:
            unkeyed.append(model["name"])
        if not read_yaml(path).get("unit_tests"):
            untested.append(model["name"])
    assert not unkeyed, f"no key test: {unkeyed}"
    assert not untested, f"no unit test: {untested}"


def test_mart_columns_carry_unit_and_kind() -> None:
    """Snake case; shares are 0 to 1 and called share; no bare amount or bare date."""
    wrong = []
    for _, model in mart_specs():
        for column in model.get("columns") or []:
            name = str(column["name"])
            if not _SNAKE.fullmatch(name):
                wrong.append(f"{model['name']}.{name}: not snake case")
            elif _SHARE.search(name):
                wrong.append(f"{model['name']}.{name}: shares are 0 to 1, called *_share")
            elif name in _VAGUE and not _has_its_unit_beside(model, name):
                wrong.append(f"{model['name']}.{name}: which unit or kind?")
            elif str(column.get("data_type", "")).lower() == "boolean" and not name.startswith(
                ("is_", "has_", "in_", "includes_", "excludes_")
            ):
                wrong.append(f"{model['name']}.{name}: booleans begin with is_, has_ or in_")
    assert not wrong, "\n".join(wrong[:40])


def _has_its_unit_beside(model: dict[str, Any], name: str) -> bool:
    names = {str(column["name"]) for column in model["columns"]}
    return bool({f"{name}_unit", f"{name}_kind", "unit", "unit_text"} & names)


def test_sql_is_lower_case_and_short_enough() -> None:
    shouting = re.compile(r"^\s*(SELECT|FROM|WHERE|WITH|JOIN|GROUP BY|ORDER BY)\b", re.M)
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "dbt_project").rglob("*.sql"))
        if shouting.search(path.read_text(encoding="utf-8"))
    ]
    assert not wrong, wrong


def test_only_staging_reads_sources() -> None:
    """Layer order: the marts know intermediate models, never the landing. What the run says of
    itself (source `run`) has no publisher and needs no staging."""
    wrong = [
        path.relative_to(MODELS).as_posix()
        for layer in ("intermediate", "marts")
        for path in models(layer)
        if _READS_A_PUBLISHER.search(path.read_text(encoding="utf-8"))
    ]
    assert not wrong, f"a staging model stands between: {wrong}"
    upwards = [
        path.relative_to(MODELS).as_posix()
        for path in models("marts")
        if re.search(r"ref\(\s*['\"]stg_", path.read_text(encoding="utf-8"))
    ]
    assert not upwards, f"marts read staging: {upwards}"
