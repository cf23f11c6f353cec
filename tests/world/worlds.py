"""The home of the five-country world, built three times, with a copy of its database after each."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.world.dbt import build
from tests.world.figures import BETWEEN
from tests.world.landing import land_world
from warehouse.rooms import Rooms

#: What gives the marts; tests of models and of units are asked once, of the whole world.
DATA = ("--resource-type", "seed", "--resource-type", "model")


@dataclass(frozen=True)
class Worlds:
    """One home; `before` the second editions were published, as known on a day `between` them
    and the first, and the whole `world`."""

    rooms: Rooms
    before: Path
    between: Path
    world: Path


def build_worlds(home: Path) -> Worlds:
    rooms = Rooms.at(home)
    land_world(rooms, as_known_on=BETWEEN, with_second_editions=False)
    build(rooms, *DATA)
    before = keep(rooms, "before")
    land_world(rooms, as_known_on=BETWEEN)
    build(rooms, *DATA)
    between = keep(rooms, "between")
    land_world(rooms)
    # the invariants are asked of this world too; unit tests know their own rows
    build(rooms, "--exclude-resource-type", "unit_test")
    return Worlds(rooms, before, between, keep(rooms, "world"))


def keep(rooms: Rooms, name: str) -> Path:
    return Path(shutil.copy(rooms.database, rooms.home / f"{name}.duckdb"))
