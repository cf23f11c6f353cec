"""The data directory: any path that DuckDB and dbt read as it is, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.errors import WRONG_USE, explain
from warehouse.paths import DataPaths, UnsafeDataDirError


@pytest.mark.parametrize("name", ["an analyst's data", "données été", "a b", "100%", "a#b;c", "~x"])
def test_a_path_of_any_letters_is_accepted(tmp_path: Path, name: str) -> None:
    assert DataPaths.at(tmp_path / name).data_dir == (tmp_path / name).resolve()


@pytest.mark.parametrize("character", ["*", "?", "[", "]", "{", "}", "\n", "\x1b"])
def test_a_character_that_would_be_interpreted_is_named(tmp_path: Path, character: str) -> None:
    with pytest.raises(UnsafeDataDirError) as caught:
        DataPaths.at(tmp_path / f"a{character}b")
    shown = explain(caught.value)
    assert shown is not None
    assert repr(character) in shown.what
    assert "PAX_HOME" in shown.remedy
    assert shown.exit_code == WRONG_USE
