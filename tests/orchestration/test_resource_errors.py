"""A full disk and too little memory: told with a way out, and never a mistake of the program."""

from __future__ import annotations

import pytest

from orchestration import dbt_env
from orchestration.cli.error_mapping import with_way_out
from orchestration.defs.collect_check_results import all_verdicts
from warehouse.paths import DataPaths


@pytest.mark.parametrize("content", ["", '{"results": [{"unique'])
def test_torn_record_of_dbt_counts_as_none(data_dir: DataPaths, content: str) -> None:
    path = dbt_env.run_results_path(data_dir)
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert all_verdicts(data_dir) == []


@pytest.mark.parametrize(
    ("told", "remedy"),
    [
        ("IO Error: Could not write file: No space left on device", "PAX_HOME"),
        ("Out of Memory Error: failed to offload (max_temp_directory_size)", "PAX_HOME"),
        ("Out of Memory Error: failed to allocate 256 MiB", "memory_limit"),
        ("Binder Error: no such column", None),
    ],
)
def test_failures_say_what_to_do(told: str, remedy: str | None) -> None:
    shown = with_way_out(told)
    assert shown.startswith(told)
    assert ("what to do" in shown) == (remedy is not None)
    assert remedy is None or remedy in shown
