"""Homes and releases for the tests of publishing and of the report."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from synthetic_home import VERDICTS, build_home

from warehouse.publish import Published, RunInfo, publish
from warehouse.rooms import Rooms


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rooms, Published]:
    """One home with one release, for tests that only look."""
    rooms, manifest = build_home(tmp_path_factory.mktemp("seen"), closed_landed=True)
    return rooms, publish(rooms, manifest, VERDICTS, RunInfo("seen"))
