"""Every table has a suite; each expectation accepts the original and refuses a mutation of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.runner import SOURCES, list_subjects, source_suites
from sources.kit.catalog import TableSpec, catalog, find_source
from tests.expectations.invalid_rows import LINEAGE, MUTATIONS, PARTITION_MUTATIONS, ROWS, mutate
from tests.expectations.invalid_rows import set_cells as changed

SUBJECTS = list_subjects(SOURCES)


def table_of(subject: str) -> TableSpec:
    source_id, _, name = subject.partition(".")
    return find_source(source_id).tables[name]


def original(subject: str, folder: Path) -> pd.DataFrame:
    """The bundle of a table, else the rows written by hand."""
    table = table_of(subject)
    bundled = find_source(table.source_id).bundled / table.name
    if bundled.is_dir():
        return pd.read_parquet(bundled)
    path = folder / "rows.parquet"
    rows = [{**LINEAGE, **row} for row in ROWS[subject]]
    nullable = pa.schema([field.with_nullable(True) for field in table.schema])
    pq.write_table(pa.Table.from_pylist(rows, schema=nullable), path)
    return pd.read_parquet(path)


def named(expectation: Any) -> tuple[str, str, dict[str, Any]]:
    """Kind, column and arguments of an expectation."""
    configuration = expectation.configuration
    arguments: dict[str, Any] = configuration.kwargs
    column = arguments.get("column") or arguments["column_A"]
    return configuration.type, str(column), arguments


def test_every_table_of_every_source_has_a_suite() -> None:
    for source_id, spec in catalog().items():
        assert set(source_suites(source_id)) == {f"{source_id}.{name}" for name in spec.tables}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_expectation_accepts_the_original_and_refuses_a_mutation(
    subject: str, tmp_path: Path
) -> None:
    from tests.expectations.gx_frames import is_satisfied

    frame = original(subject, tmp_path)
    suite = source_suites(subject.partition(".")[0])[subject]
    assert suite.expectations
    for expectation in suite.expectations:
        kind, column, arguments = named(expectation)
        mutation = MUTATIONS.get((subject, kind, column))
        broken = mutation(frame) if mutation else mutate(frame, kind, arguments)
        assert is_satisfied(expectation, frame), (kind, column)
        assert not is_satisfied(expectation, broken), (kind, column)
        assert len(expectation.notes) > 10, (kind, column)


def test_every_mutation_belongs_to_an_expectation() -> None:
    known = {(s, *named(e)[:2]) for s in SUBJECTS for e in expectations_of(s)}
    assert set(MUTATIONS) <= known


def expectations_of(subject: str) -> Iterator[Any]:
    yield from source_suites(subject.partition(".")[0])[subject].expectations


def test_each_expectation_on_partitions_refuses_a_mutation() -> None:
    from expectations.default_expectations import partition_suite
    from expectations.landed_tables import PARTITIONS
    from tests.expectations.gx_frames import is_satisfied

    row = dict.fromkeys(PARTITIONS.names, 0) | {
        "partition": "2024", "access_method": "bundled", "layout": "year int64",
        "n_rows": 10, "n_rows_recorded": 10, "n_known_days": 1,
        "share_of_expected": 1.0, "share_of_expected_if_not_manual": 1.0,
    }  # fmt: skip
    frame = pa.Table.from_pylist([row], schema=PARTITIONS).to_pandas()
    expectations = partition_suite("a.b", "year int64").expectations
    columns = [named(expectation)[1] for expectation in expectations]
    assert columns == list(PARTITION_MUTATIONS)
    for expectation, column in zip(expectations, columns, strict=True):
        assert is_satisfied(expectation, frame), column
        assert not is_satisfied(expectation, changed(frame, PARTITION_MUTATIONS[column])), column
