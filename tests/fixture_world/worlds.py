"""The five-country world, built three times in one data directory; each database is kept."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.fixture_world.dbt import build
from tests.fixture_world.figures import BETWEEN
from tests.fixture_world.landing import land_world
from warehouse.paths import DataPaths

#: Enough for the marts; data tests run once, on the whole world.
DATA = ("--resource-type", "seed", "--resource-type", "model")


@dataclass(frozen=True)
class Worlds:
    """Databases `before` the second editions were published, as known on a day `between` them and
    the first, and of the whole `world`."""

    paths: DataPaths
    before: Path
    between: Path
    world: Path


def build_worlds(data_dir: Path) -> Worlds:
    paths = DataPaths.at(data_dir)
    land_world(paths, as_known_on=BETWEEN, with_second_editions=False)
    build(paths, *DATA)
    before = keep(paths, "before")
    land_world(paths, as_known_on=BETWEEN)
    build(paths, *DATA)
    between = keep(paths, "between")
    land_world(paths)
    # data tests run on this world too; unit tests have rows of their own
    build(paths, "--exclude-resource-type", "unit_test")
    return Worlds(paths, before, between, keep(paths, "world"))


def keep(paths: DataPaths, name: str) -> Path:
    return Path(shutil.copy(paths.database, paths.data_dir / f"{name}.duckdb"))
