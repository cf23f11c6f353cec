"""Fixtures that tests of every package share: an empty data directory, publishers' files."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import hypothesis
import pytest

from tests.fixture_world.worlds import Worlds, build_worlds
from warehouse.paths import PROJECT, DataPaths

#: The suite draws the same examples in each run: what passed yesterday fails today only because
#: something has changed. `pytest --hypothesis-profile default` draws new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a file's content by its argument: an archive contains its time of creation, so that
    its bytes would give each worker other test names, which xdist rejects."""
    is_content = isinstance(val, bytes) or (isinstance(val, str) and ("\n" in val or len(val) > 60))
    return argname if is_content else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Publishers' files that are not part of this repository: `$PAX_SHARED_DATA`, else the
    sibling folder `shared/data`; a test that needs them skips with a warning without them."""
    folder = Path(os.environ.get("PAX_SHARED_DATA") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        reason = f"no publishers' files at {folder}; set PAX_SHARED_DATA to run this test"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    return folder.resolve()


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    """An empty data directory, which is also `$PAX_HOME`."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("PAX_HOME", str(folder))
    return DataPaths.at(folder)


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    """The five-country fixture data, built once per `xdist_group("world")`."""
    return build_worlds(tmp_path_factory.mktemp("world") / "an analyst's data")
