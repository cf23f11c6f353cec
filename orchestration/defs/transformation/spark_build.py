"""Build the models with the tag `spark` on Spark, and what they read on DuckDB, in stages.

DuckDB's stages are processes of dbt, as always; those of Spark run in this process, in one session:
its catalog knows the tables of the session alone, and a start costs more than a small model.
Between the stages tables go over as Parquet: DuckDB's exports are read from
`working/spark/inputs`, what Spark wrote is taken over from `working/spark/tables` into the working
database.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import orjson

from orchestration.defs.transformation.dbt_command import run_dbt
from orchestration.defs.transformation.spark_plan import (
    TAG,
    Manifest,
    Stage,
    models_and_seeds,
    plan_stages,
    relation,
    spark_models,
    with_ancestors,
)
from orchestration.errors import PaxError, remedy_for
from warehouse.paths import DBT_PROJECT, DataPaths

JAVA = 17
_KINDS = ("--resource-type", "seed", "--resource-type", "model")


class SparkUnavailableError(PaxError):
    """Spark cannot start on this machine: the message names what is missing."""


class SparkSessionEndedError(PaxError):
    """Spark's Java process ended while models were built."""


@dataclass(frozen=True)
class Built:
    """One stage and the seconds that it took, with what went over before it."""

    stage: Stage
    seconds: float


def spark_folder(paths: DataPaths) -> Path:
    """Parquet that goes from one engine to the other; the same as in `macros/spark`."""
    return paths.working / "spark"


def require_spark() -> None:
    """Check that the packages are installed, and a Java that they run on.

    Raises:
        SparkUnavailableError: something is missing.
    """
    missing = [
        package for package, module in (("pyspark", "pyspark"), ("dbt-spark", "dbt.adapters.spark"))
        if importlib.util.find_spec(module) is None
    ]  # fmt: skip
    if missing:
        raise SparkUnavailableError(
            f"Spark cannot start: {' and '.join(missing)} not installed",
            where="python packages",
            remedy="uv sync --extra spark, or pip install -r requirements-spark.txt",
        )
    version = java_version()
    if version is None or version < JAVA:
        found = "no Java was found" if version is None else f"Java {version} was found"
        raise SparkUnavailableError(
            f"Spark cannot start: {found}, and Java {JAVA} or newer is needed",
            where=os.environ.get("JAVA_HOME") or "PATH",
            remedy=f"install a Java {JAVA} runtime, or set JAVA_HOME to one",
        )


def java_version() -> int | None:
    """The major version of the Java that Spark would start, or None."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or not Path(java).is_file():
        return None
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    for word in (done.stderr + done.stdout).split():
        number = word.strip('"').partition(".")[0]
        if word.startswith('"') and number.isdigit():
            return int(number)
    return None


def build(
    paths: DataPaths,
    wanted: Collection[str] = (),
    *,
    on_progress: Callable[[str], None] = lambda _: None,
) -> list[Built]:
    """Build `wanted` (ids of nodes; all models with the tag if empty) and what they read.

    The working database has the tables of both engines afterwards.

    Raises:
        SparkUnavailableError: Spark cannot start here.
        SparkSessionEndedError: the session was killed, or crashed.
        PaxError: the folder cannot be written, or a stage failed.
    """
    require_spark()
    folder = _empty_folder(paths)
    with _environment(PAX_HOME=str(paths.data_dir), PAX_SPARK_EXPORTED_SOURCES=""):
        manifest = spark_manifest(paths)
        stages = plan_stages(manifest, wanted or spark_models(manifest))
        exported: set[str] = set()
        done = []
        os.environ["PAX_SPARK_EXPORTED_SOURCES"] = " ".join(_export_empty(paths, folder, manifest))
        for stage in (stage for stage in stages if stage.models):
            on_progress(f"{stage.engine}: {len(stage.models)} models")
            started = time.perf_counter()
            if stage.engine == TAG:
                _export(paths, folder, [name for name in stage.reads if name not in exported])
                exported.update(stage.reads)
                _build_on_spark(paths, stage)
            else:
                _take_over(paths, stage.reads)
                _dbt(paths, "build", *_KINDS, "--full-refresh", "--select", *stage.models)
            done.append(Built(stage, time.perf_counter() - started))
        _take_over(paths, [t for s in stages if s.engine == TAG for t in s.tables])
    return done


def build_other_parents(paths: DataPaths, manifest: Manifest, built: Collection[str]) -> set[str]:
    """Build on DuckDB what the nodes named `built` read by `manifest`, DuckDB's own, and that no
    stage has made; the ids of all that is there now.

    Raises:
        PaxError: dbt failed.
    """
    names = {i: node["name"] for i, node in models_and_seeds(manifest).items()}
    found = with_ancestors(manifest, [i for i, name in names.items() if name in built])
    if missing := sorted(names[i] for i in found if names[i] not in built):
        with _environment(PAX_HOME=str(paths.data_dir)):
            _dbt(paths, "build", *_KINDS, "--select", *missing)
    return found


def spark_manifest(paths: DataPaths) -> Manifest:
    """The manifest of the project as the Spark target sees it.

    Raises:
        PaxError: the project does not parse.
    """
    _run_in_process(paths, "parse")
    loaded: Manifest = orjson.loads((_spark_target(paths) / "manifest.json").read_bytes())
    return loaded


def tables_of_spark(manifest: Manifest) -> list[str]:
    """`<schema>.<name>` of every table that Spark writes."""
    nodes = [manifest["nodes"][node_id] for node_id in spark_models(manifest)]
    return sorted(relation(n) for n in nodes if n["config"]["materialized"] != "view")


def stop_session() -> None:
    """End the session that `build` began in this process, and its Java process."""
    from pyspark.sql import SparkSession

    SparkSession.builder.getOrCreate().stop()


def _build_on_spark(paths: DataPaths, stage: Stage) -> None:
    _run_in_process(paths, "build", *_KINDS, "--full-refresh", "--select", *stage.models)


def _run_in_process(paths: DataPaths, *command: str) -> None:
    from dbt.cli.main import dbtRunner

    result = dbtRunner().invoke([
        "--no-use-colors", "--log-level", "warn", "--log-level-file", "none", *command,
        *("--target", TAG, "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
        *("--target-path", str(_spark_target(paths)), "--log-path", str(paths.working / "logs")),
    ])  # fmt: skip
    if result.success:
        return
    nodes = getattr(result.result, "results", None) or []
    failed = [f"{one.node.name}: {one.message}" for one in nodes if one.status in ("error", "fail")]
    words = "; ".join(failed) or str(result.exception or "see the messages above")
    if _has_lost_session():
        names = ", ".join(one.partition(":")[0] for one in failed)
        raise SparkSessionEndedError(
            "the Spark session ended while models were built: its Java process was killed or "
            f"crashed ({names or words})",
            where=str(spark_folder(paths)),
            remedy="run it again: it begins anew, and what was published is unchanged; where the "
            "system lacks memory, end other programs or set PAX_SPARK_MEMORY to less, such as 1g",
        )
    raise PaxError(
        f"dbt {command[0]} on Spark failed: {words[:2000]}",
        where=str(_spark_target(paths)),
        remedy=remedy_for(words)
        or "correct what the message names; what was published is unchanged",
    )


def _has_lost_session() -> bool:
    """Whether a session began in this process and no longer answers."""
    from pyspark.sql import SparkSession

    try:
        SparkSession.getActiveSession()
    except Exception:  # what the bridge to Java raises is no part of Spark's interface
        return True
    return False


def _export(paths: DataPaths, folder: Path, tables: Collection[str]) -> None:
    with duckdb.connect(str(paths.database), read_only=True) as connection:
        for table in tables:
            target = folder / "inputs" / table.replace(".", "/") / "part.parquet"
            target.parent.mkdir(parents=True)
            connection.sql(f"select * from {table}").to_parquet(str(target), compression="zstd")


def _export_empty(paths: DataPaths, folder: Path, manifest: Manifest) -> list[str]:
    """Export the columns of sources of which nothing has landed; `<schema>.<table>` of each. Spark
    sees no file whose name begins with an underscore."""
    exported = []
    for node in manifest["sources"].values():
        landed = paths.landing / node["schema"] / node["identifier"]
        columns = landed / "_schema.parquet"
        if columns.is_file() and not any(landed.glob("[!_.]*.parquet")):
            target = folder / "inputs" / node["schema"] / node["identifier"] / "part.parquet"
            target.parent.mkdir(parents=True)
            shutil.copy(columns, target)
            exported.append(f"{node['schema']}.{node['identifier']}")
    return exported


def _take_over(paths: DataPaths, tables: Collection[str]) -> None:
    if tables:
        arguments = orjson.dumps({"tables": list(tables)}).decode()
        _dbt(paths, "run-operation", "take_over_spark_tables", "--args", arguments)


def _dbt(paths: DataPaths, *command: str) -> None:
    done = run_dbt(paths, *command)
    if done.returncode:
        raise PaxError(
            f"dbt {command[0]} failed:\n{done.stdout[-3000:]}",
            where=str(paths.dbt_target),
            remedy="correct what the messages name; what was published is unchanged",
        )


def _spark_target(paths: DataPaths) -> Path:
    return paths.working / "dbt_target_spark"


def _empty_folder(paths: DataPaths) -> Path:
    """The folder of what goes over, without what an earlier session left: Spark's catalog forgets
    its tables, and refuses to make one where files lie."""
    folder = spark_folder(paths)
    try:
        if folder.exists():
            shutil.rmtree(folder)
        (folder / "inputs").mkdir(parents=True)
    except OSError as error:
        raise PaxError(
            f"the folder for Spark's files cannot be written: {error.strerror}",
            where=str(folder),
            remedy="set PAX_HOME to a folder you may write",
        ) from error
    return folder


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
