"""`pax run --engine spark` on the bundled figures publishes the marts of `pax run`."""

from __future__ import annotations

import duckdb
import orjson
import pytest

from orchestration.defs.transformation.dbt_command import manifest_path
from orchestration.defs.transformation.spark_build import SparkUnavailableError, require_spark
from tests.orchestration.conftest import call
from tests.parity.compare import compare, declared_key, engine_specific_columns
from warehouse.paths import DataPaths

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600), pytest.mark.xdist_group("spark")]

#: What a release says of its own run.
OF_THE_RUN = {"check_result", "publish_info"}


def test_release_is_that_of_duckdb(tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        require_spark()
    except SparkUnavailableError as error:
        pytest.skip(f"{error.what}. What to do: {error.remedy}")
    ours, theirs = (
        DataPaths.at(tmp_path_factory.mktemp(engine) / "data") for engine in ("duckdb", "spark")
    )
    for paths, options in ((ours, ()), (theirs, ("--engine", "spark"))):
        done = call(paths.data_dir, "run", *options, wait=1700)
        assert done.returncode == 0, done.stdout + done.stderr
    manifest = orjson.loads(manifest_path(ours).read_bytes())
    differences, n_tables = [], 0
    with duckdb.connect(str(ours.current / "pax_silica.duckdb"), read_only=True) as connection:
        for file in sorted((theirs.current / "parquet").glob("*.parquet")):
            if file.stem in OF_THE_RUN:
                continue
            table = f"marts.{file.stem}"
            found = compare(
                connection, table, str(file), declared_key(manifest, table),
                engine_specific_columns(manifest, table),
            )  # fmt: skip
            n_tables += 1
            differences += [f"{table}: {words}" for words in found.differences]
    assert n_tables > 50
    assert not differences, "\n".join(differences)
