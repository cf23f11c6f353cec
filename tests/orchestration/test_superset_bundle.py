"""The files of the Superset dashboard; `make superset` imports them and compares the figures."""

from __future__ import annotations

import io
import runpy
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest
import yaml

from tests.orchestration.conftest import FinishedRun
from tests.superset.check_dashboard import EXPECTED, START
from warehouse.release.duckdb_file import FILE_NAME
from warehouse.storage.read_only import quoted, reading

Files = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def read() -> Callable[[str], Files]:
    bundle = runpy.run_path(str(START))["bundle"]

    def of(database: str) -> Files:
        with zipfile.ZipFile(io.BytesIO(bundle(database))) as archive:
            return {name: yaml.safe_load(archive.read(name)) for name in archive.namelist()}

    return of


def of_kind(files: Files, kind: str) -> list[dict[str, Any]]:
    return [content for name, content in files.items() if f"/{kind}/" in name]


def test_a_release_is_opened_read_only_and_nothing_else(read: Callable[[str], Files]) -> None:
    files = read("duckdb:////data/it's here/current/pax_silica.duckdb")
    (database,) = of_kind(files, "databases")
    assert database["sqlalchemy_uri"] == "duckdb:////data/it's here/current/pax_silica.duckdb"
    options = database["extra"]["engine_params"]["connect_args"]
    assert options["read_only"] is True
    assert options["config"] == {"enable_external_access": False, "lock_configuration": True}
    assert files["pax_silica/metadata.yaml"]["type"] == "assets"


def test_postgresql_gets_no_options_of_duckdb(read: Callable[[str], Files]) -> None:
    (database,) = of_kind(read("postgresql+psycopg2://reader@host/pax"), "databases")
    assert database["sqlalchemy_uri"] == "postgresql+psycopg2://reader@host/pax"
    assert "engine_params" not in database["extra"]


def test_every_reference_leads_to_a_file(read: Callable[[str], Files]) -> None:
    files = read("duckdb:////x")
    (database,), (dashboard,) = of_kind(files, "databases"), of_kind(files, "dashboards")
    datasets, charts = of_kind(files, "datasets"), of_kind(files, "charts")
    assert {d["database_uuid"] for d in datasets} == {database["uuid"]}
    assert {c["dataset_uuid"] for c in charts} == {d["uuid"] for d in datasets}
    shown = {
        part["meta"]["uuid"]
        for part in dashboard["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    }
    assert shown == {c["uuid"] for c in charts}
    assert {c["slice_name"] for c in charts} == EXPECTED.keys()


def test_all_versions_are_pinned() -> None:
    text = (START.parent / "requirements.txt").read_text()
    pins = dict(line.split("==") for line in text.splitlines() if not line.startswith("#"))
    assert pins["apache-superset"] == "6.1.0"
    assert pins["duckdb"] == version("duckdb"), "Superset must read what this engine writes"


@pytest.mark.xdist_group("whole_run")
def test_the_datasets_are_those_of_the_release(
    whole_run: FinishedRun, read: Callable[[str], Files]
) -> None:
    with reading(whole_run.paths.current.resolve() / FILE_NAME) as release:
        for dataset in of_kind(read("duckdb:////x"), "datasets"):
            name = dataset["table_name"]
            sql = dataset["sql"] or f"select * from {dataset['schema']}.{quoted(name)}"
            found = {row[0] for row in release.execute(f"describe {sql}").fetchall()}
            assert {column["column_name"] for column in dataset["columns"]} == found, name
            for metric in dataset["metrics"]:
                ((figure,),) = release.execute(
                    f"select {metric['expression']} from ({sql})"
                ).fetchall()
                assert figure > 0, metric["metric_name"]
        for name, sql in EXPECTED.items():
            assert release.execute(sql).fetchall(), name
