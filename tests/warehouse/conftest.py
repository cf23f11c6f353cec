"""Data directories and releases for the tests of publishing and of the report."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from tests.warehouse.synthetic_data_dir import CHECK_RESULTS, build_data_dir, publish_marts
from warehouse.paths import DataPaths
from warehouse.release import Published, RunInfo


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataPaths, Published]:
    """One data directory with one release, for tests that only read."""
    paths, manifest = build_data_dir(tmp_path_factory.mktemp("published"), closed_landed=True)
    return paths, publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("published"))
