"""What tests of every room share: a home of their own, and the figures for development."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from tests.fixture_world.worlds import Worlds, build_worlds
from warehouse.paths import PROJECT, DataPaths


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a file's content by its argument: bytes that carry the time of packing would give each
    worker of one run other test names, and the run refuses to start."""
    is_content = isinstance(val, bytes) or (isinstance(val, str) and ("\n" in val or len(val) > 60))
    return argname if is_content else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Publishers' files that are not part of this repository: `$PAX_SHARED_DATA`, else the
    sibling folder `shared/data`; a test that needs them skips loudly where they are absent."""
    folder = Path(os.environ.get("PAX_SHARED_DATA") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        why = f"no publishers' files at {folder}; set PAX_SHARED_DATA to run this test"
        warnings.warn(why, stacklevel=1)
        pytest.skip(why)
    return folder.resolve()


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    """An empty home, also for whoever asks `$PAX_HOME`."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("PAX_HOME", str(folder))
    return DataPaths.at(folder)


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    """The five-country world, built once: who asks is of `xdist_group("world")`."""
    return build_worlds(tmp_path_factory.mktemp("world"))
