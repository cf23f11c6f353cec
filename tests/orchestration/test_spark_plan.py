"""In which stages the engines build, on a made-up graph; and what is asked before Spark starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration.cli.run_parameters import parameters
from orchestration.defs.transformation.spark_build import SparkUnavailableError, require_spark
from orchestration.defs.transformation.spark_plan import Stage, plan_stages, spark_models


def node(
    name: str, *parents: str, spark: bool = False, materialized: str = "table"
) -> dict[str, Any]:
    return {
        "name": name,
        "alias": name,
        "schema": "s",
        "resource_type": "model",
        "tags": ["spark"] if spark else [],
        "config": {"materialized": materialized},
        "depends_on": {"nodes": list(parents)},
    }


#: A seed, a shared view, a Spark table, a Python model that reads it, and a Spark table again.
MANIFEST = {
    "nodes": {
        "seed": {**node("seed"), "resource_type": "seed", "depends_on": {}},
        "codes": node("codes", "seed"),
        "rows": node("rows", "source.landed", spark=True, materialized="view"),
        "flows": node("flows", "rows", "codes", spark=True),
        "weights": node("weights", "flows"),
        "estimates": node("estimates", "flows", "weights", spark=True),
        "other": node("other", "estimates"),
        "a_test": {**node("a_test", "flows"), "resource_type": "test"},
    }
}


def test_engines_take_turns_where_one_reads_the_other() -> None:
    assert plan_stages(MANIFEST, ["other"]) == [
        Stage("duckdb", ["codes", "seed"], [], ["s.codes", "s.seed"]),
        Stage("spark", ["flows", "rows"], ["s.codes"], ["s.flows"]),
        Stage("duckdb", ["weights"], ["s.flows"], ["s.weights"]),
        Stage("spark", ["estimates"], ["s.weights"], ["s.estimates"]),
        Stage("duckdb", ["other"], ["s.estimates"], ["s.other"]),
    ]


def test_only_what_is_wanted_is_built() -> None:
    stages = plan_stages(MANIFEST, ["flows"])
    assert [stage.models for stage in stages] == [["codes", "seed"], ["flows", "rows"]]
    assert spark_models(MANIFEST) == ["estimates", "flows", "rows"]


def test_spark_that_reads_no_table_still_comes_second() -> None:
    alone = {"nodes": {"flows": node("flows", spark=True)}}
    assert plan_stages(alone, ["flows"]) == [
        Stage("duckdb"),
        Stage("spark", ["flows"], [], ["s.flows"]),
    ]


def test_missing_java_is_named_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkUnavailableError, match="no Java was found") as raised:
        require_spark()
    assert "Java 17" in raised.value.remedy


def test_an_old_java_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkUnavailableError, match="Java 11 was found"):
        require_spark()


def test_a_run_without_spark_is_refused_before_anything_lands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkUnavailableError) as raised:
        parameters(engine="spark")
    assert raised.value.remedy
    assert parameters(engine="duckdb").engine == "duckdb"
