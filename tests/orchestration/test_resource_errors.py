"""A full disk and too little memory: reported with a remedy, never as a mistake of the program."""

from __future__ import annotations

import errno

import pytest

from orchestration.defs.collect_check_results import collect_check_results
from orchestration.defs.transformation.dbt_command import run_results_path
from orchestration.errors import REFUSED, explain, remedy_for
from warehouse.paths import DataPaths


@pytest.mark.parametrize("content", ["", '{"results": [{"unique'])
def test_cut_off_record_of_dbt_counts_as_none(data_dir: DataPaths, content: str) -> None:
    path = run_results_path(data_dir)
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert collect_check_results(data_dir) == []


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("IO Error: Could not write file: No space left on device", "PAX_HOME"),
        ("Out of Memory Error: failed to offload (max_temp_directory_size)", "PAX_HOME"),
        ("Out of Memory Error: failed to allocate 256 MiB", "PAX_MEMORY_LIMIT"),
        ("IO Error: Could not set lock on file", "close the program"),
        ("(sqlite3.OperationalError) unable to open database file", "ulimit -n"),
        ("(sqlite3.OperationalError) database or disk is full", "PAX_HOME"),
        ("(sqlite3.OperationalError) disk I/O error", "free some space"),
        ("(sqlite3.DatabaseError) file is not a database", "folder `dagster`"),
        ("terminate called after throwing an instance of 'std::bad_alloc'", "3 GB"),
        ("Binder Error: no such column", ""),
    ],
)
def test_messages_of_resources_have_a_remedy(message: str, remedy: str) -> None:
    found = remedy_for(message)
    assert bool(found) == bool(remedy)
    assert remedy in found


def test_disk_error_is_explained_with_its_place() -> None:
    known = explain(OSError(errno.ENOSPC, "No space left on device", "/data/x"))
    assert known is not None
    assert known.exit_code == REFUSED
    assert "/data/x" in known.text
    assert "What to do: free some space" in known.text
    assert explain(ValueError("unforeseen")) is None


@pytest.mark.parametrize(
    ("cause", "remedy"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), "free some space"),
        (OSError(errno.EMFILE, "Too many open files", "/data/x"), "ulimit -n"),
        (MemoryError(), "3 GB"),
        (RuntimeError("unable to open database file"), "ulimit -n"),
        (RuntimeError("(sqlite3.OperationalError) database or disk is full"), "free some space"),
        (ValueError("unforeseen"), None),
    ],
)
def test_error_that_a_tool_has_wrapped_is_explained(cause: Exception, remedy: str | None) -> None:
    try:
        raise RuntimeError("while building definitions") from cause
    except RuntimeError as error:
        known = explain(error)
    assert (known is None) == (remedy is None)
    assert remedy is None or remedy in str(known and known.text)
