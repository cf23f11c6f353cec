"""`pax run --engine spark` on the bundled figures publishes the marts of `pax run`; a session that
is killed leaves the release as it was, and the next run completes over what it left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import orjson
import pytest

from orchestration.defs.transformation.dbt_command import manifest_path
from orchestration.defs.transformation.spark_build import (
    SparkUnavailableError,
    build,
    require_spark,
    spark_folder,
)
from orchestration.errors import PaxError
from tests.faults.processes import finish, start
from tests.orchestration.conftest import call
from tests.parity.compare import compare, declared_key, engine_specific_columns
from warehouse.paths import DataPaths

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600), pytest.mark.xdist_group("spark")]

#: What a release says of its own run.
OF_THE_RUN = {"check_result", "publish_info"}
SPARK = ("run", "--engine", "spark", "--force")


@dataclass(frozen=True)
class Runs:
    """One data directory: the release of DuckDB, and what a run with a killed session printed."""

    paths: DataPaths
    released: Path
    code: int
    output: str


@pytest.fixture(scope="module", autouse=True)
def spark() -> None:
    try:
        require_spark()
    except SparkUnavailableError as error:
        pytest.skip(f"{error.what}. What to do: {error.remedy}")


@pytest.fixture(scope="module")
def killed(spark: None, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    paths = DataPaths.at(tmp_path_factory.mktemp("release") / "data")
    done = call(paths.data_dir, "run", wait=1700)
    assert done.returncode == 0, done.stdout + done.stderr
    released = paths.current.resolve()
    process = start(paths, *SPARK)
    kill_java_once_it_writes(paths, process)
    return Runs(paths, released, *finish(process))


def kill_java_once_it_writes(paths: DataPaths, process: subprocess.Popen[str]) -> None:
    """Kill with -9 the Java process below `process`, with the first table that it makes."""
    tables = spark_folder(paths) / "tables"
    while process.poll() is None and not any(tables.glob("*.db/*")):
        time.sleep(0.05)
    children = Path(f"/proc/{process.pid}/task").glob("*/children")
    for child in (pid for file in children for pid in file.read_text().split()):
        if Path(f"/proc/{child}/comm").read_text().strip() == "java":
            os.kill(int(child), signal.SIGKILL)
            return
    output = process.communicate()[0] if process.poll() is not None else "it still runs"
    raise AssertionError(f"no Java process to kill: {output}")


def test_a_killed_session_is_named_with_a_remedy(killed: Runs) -> None:
    assert killed.code == 1, killed.output
    assert "the Spark session ended" in killed.output
    assert "run it again" in killed.output


def test_what_was_published_stays(killed: Runs) -> None:
    assert killed.paths.current.resolve() == killed.released
    assert call(killed.paths.data_dir, "verify").returncode == 0


def test_the_next_run_completes_and_has_the_marts_of_duckdb(killed: Runs) -> None:
    """Also over a landed file and one of Spark's that were cut off while they were written."""
    paths = killed.paths
    cut = sorted((paths.landing / "cepii_baci" / "flows").glob("[!_.]*.parquet"))[0]
    cut.write_bytes(cut.read_bytes()[:1000])
    half = spark_folder(paths) / "tables" / "marts.db" / "supplier_share" / "part-0.parquet"
    half.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(cut, half)
    manifest = orjson.loads(manifest_path(paths).read_bytes())

    code, output = finish(start(paths, *SPARK))
    assert code == 0, output

    differences, n_tables = [], 0
    with duckdb.connect(str(killed.released / "pax_silica.duckdb"), read_only=True) as connection:
        for file in sorted((paths.current / "parquet").glob("*.parquet")):
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


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    paths = DataPaths.at(tmp_path / "data")
    folder = spark_folder(paths)
    folder.parent.mkdir(parents=True)
    folder.write_text("a file where the folder should be")
    with pytest.raises(PaxError, match="cannot be written: Not a directory") as raised:
        build(paths)
    assert (raised.value.where, "PAX_HOME" in raised.value.remedy) == (str(folder), True)
