"""Run the checkpoint of a stage and give plain check results; Great Expectations is imported when
the first one runs, never by a process that only lists the checks.

An exception inside Great Expectations is an error of the suite (`ExpectationError`), never a
result about the data. Whether a result blocks is decided by its severity, not by `success`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from expectations.check_result import CheckResult, ExpectationError
from sources.kit.catalog import catalog, find_source
from sources.kit.load_record import file_stem
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.storage.load_records import LATEST, list_load_records

if TYPE_CHECKING:
    from expectations.context import Validation

SOURCES, MARTS = "sources", "marts"


def list_subjects(stage: str) -> list[str]:
    """What a stage checks: `usgs_mcs.world` for stage `sources`, mart names for stage `marts`.

    Read from `source.yml` and from the folder of the marts.
    """
    if stage == SOURCES:
        return [f"{name}.{table}" for name, spec in catalog().items() for table in spec.tables]
    return sorted(path.stem for path in (DBT_PROJECT / "models" / "marts").glob("*/*.sql"))


def run_checkpoint(
    paths: DataPaths,
    stage: str,
    subjects: Sequence[str] | None = None,
    partitions: Collection[str] | None = None,
) -> dict[str, list[CheckResult]]:
    """Validate landed tables (`sources`) or exported marts (`marts`), all of them by default.

    With `partitions` landed tables are validated as if nothing else had landed.

    Writes `paths.check_results/<stage>/<subject>.json` and returns the results per subject. Marts
    are read as `warehouse.release.export_marts` wrote them.

    Raises:
        ExpectationError: an expectation could not be evaluated; says nothing about the data.
        FileNotFoundError: a mart was not exported.
    """
    chosen = list_subjects(stage) if subjects is None else list(subjects)
    for subject in chosen:
        # a subject without data gets no results: those of an earlier run must not stay
        (paths.check_results / stage / f"{subject}.json").unlink(missing_ok=True)
    validations = list(
        _source_validations(paths, chosen, partitions)
        if stage == SOURCES
        else _mart_validations(paths, chosen)
    )
    results: dict[str, list[CheckResult]] = {subject: [] for subject in chosen}
    results |= run_validations(paths, stage, validations, has_samples=_may_show_rows(stage, chosen))
    return results


def _may_show_rows(stage: str, subjects: Sequence[str]) -> bool:
    """Whether failing values may be shown: results and Data Docs are part of a release."""
    if stage != SOURCES:
        return True
    sources = {subject.partition(".")[0] for subject in subjects}
    return all(find_source(name).licence.redistribution == "full" for name in sources)


def run_validations(
    paths: DataPaths, stage: str, validations: Sequence[Validation], *, has_samples: bool = True
) -> dict[str, list[CheckResult]]:
    """Run validations as one checkpoint, whose action writes the check results.

    Without `has_samples` no failing value is kept: the licence of a source may forbid it.

    Raises:
        ExpectationError: an expectation could not be evaluated.
    """
    import great_expectations as gx
    from great_expectations.core.run_identifier import RunIdentifier

    from expectations.actions import WriteCheckResultsAction, check_results
    from expectations.context import add_validation, open_context

    if not validations:
        return {}
    context = open_context(paths, stage, validations)
    action = WriteCheckResultsAction(
        name="write_check_results", stage=stage, folder=str(paths.check_results)
    )
    try:
        checkpoint = context.checkpoints.add(
            gx.Checkpoint(
                name=stage,
                validation_definitions=[add_validation(context, v) for v in validations],
                actions=[action],
                result_format={
                    "result_format": "SUMMARY",
                    "partial_unexpected_count": 20 if has_samples else 0,
                },
            )
        )
        result = checkpoint.run(run_id=RunIdentifier(run_name=stage))
    except ExpectationError:
        raise
    except Exception as error:  # whatever it is, it is no result about the data
        names = ", ".join(validation.name for validation in validations[:3])
        raise ExpectationError(stage, names, "checkpoint", repr(error)) from error
    return check_results(stage, result)


def _source_validations(
    paths: DataPaths, subjects: Sequence[str], chosen: Collection[str] | None
) -> Iterator[Validation]:
    """The partitions of each landed table, and its rows where it has any of the declared layout."""
    from expectations import landed_tables
    from expectations.context import LANDING, PREPARED, Validation
    from expectations.default_expectations import partition_suite

    folder = paths.great_expectations / PREPARED
    folder.mkdir(parents=True, exist_ok=True)
    for subject in subjects:
        source_id, _, name = subject.partition(".")
        table = find_source(source_id).tables[name]
        layout = landed_tables.layout_text(table.schema)
        records = list_load_records(paths, source_id)
        files = landed_tables.partition_files(paths, table)
        if chosen is not None:
            records = [record for record in records if record.partition in chosen]
            stems = {file_stem(record.partition) for record in records}
            files = [file for file in files if file.stem in stems]
        baseline = landed_tables.read_baseline(subject)
        partitions = landed_tables.list_partitions(table, files, records, baseline)
        if not partitions.num_rows:
            continue  # nothing has landed
        suite = partition_suite(subject, layout)
        path = f"{suite.name}.parquet"
        pq.write_table(partitions, folder / path)
        yield Validation(suite, PREPARED, path, tuple(partitions.schema.names))
        n_rows = sum(partitions["n_rows"].to_pylist())
        if not n_rows or set(partitions["layout"].to_pylist()) != {layout}:
            continue
        rows = Validation(
            source_suites(source_id)[subject], LANDING, f"{source_id}/{name}",
            tuple(table.schema.names),
        )  # fmt: skip
        if n_rows > landed_tables.MAX_ROWS or chosen is not None:
            sample = landed_tables.write_sample(
                files, rows.columns, n_rows, folder / f"{subject}.parquet"
            )
            rows = Validation(rows.suite, PREPARED, sample.name, tuple(rows.columns))
        yield rows


def source_suites(source_id: str) -> dict[str, Any]:
    """The suites of a source by landed table, newly built.

    Raises:
        ExpectationError: an expectation has arguments that Great Expectations does not take.
        ModuleNotFoundError: the source has no module in `expectations/sources`.
    """
    module = import_module(f"expectations.sources.{source_id}")
    try:
        return {suite.name: suite for suite in module.build_suites()}
    except (AttributeError, TypeError, ValueError) as error:
        raise ExpectationError(SOURCES, source_id, "suite", str(error)) from error


def _mart_validations(paths: DataPaths, subjects: Sequence[str]) -> Iterator[Validation]:
    from expectations.marts import build_validations, read_knowledge
    from warehouse.release.dbt_manifest import read_catalog

    marts = {
        mart.name: mart for mart in read_catalog(paths.dbt_target / "manifest.json", paths.database)
    }
    knowledge = read_knowledge(list_load_records(paths), *run_days(paths))
    return build_validations(paths, [marts[subject] for subject in subjects], knowledge)


def run_days(paths: DataPaths) -> tuple[date, date | None]:
    """The knowledge day of the run and the as-of date if one was given, from its landed
    parameters; the latest day and none without them."""
    path = paths.landing / "run" / "parameters" / "parameters.parquet"
    if not path.is_file():
        return LATEST, None
    row = pq.read_table(path).to_pylist()[0]
    return row["as_known_on"], row["as_of_date"]


def build_data_docs(paths: DataPaths, folder: Path) -> None:
    """Render the results of the latest checkpoints as Data Docs in `folder`.

    The pages need no network: what they load lies beside them.
    """
    from expectations.data_docs import write_data_docs

    write_data_docs(paths, folder)
