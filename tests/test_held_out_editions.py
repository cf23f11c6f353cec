"""An edition of the Mineral Commodity Summaries that nobody has seen before.

Each edition in turn is landed last, with the registers of labels cut to what the others teach:
every cell is a number, a reason or reported as undecided, no label is taken for another one, and a
release comes out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from sources.kit.contract import Parsed
from tests.fixture_world.held_out_edition import (
    HEADING,
    SEEDS,
    cut_project,
    editions_of,
    hold_out,
    taught_by,
)
from tests.sources.usgs_mcs.conftest import FIXTURES, raw
from warehouse.paths import PROJECT

#: Materials whose labels no other edition has in a like form: they are reported.
REPORTED = {
    "2022": {"rare_earths"},
    "2024": {"helium", "phosphate_rock", "titanium_sponge", "zinc", "zirconium"},
    "2025": {"helium", "phosphate_rock"},
    "2026": {"arsenic", "scandium", "yttrium", "zirconium"},
}


@pytest.fixture(scope="module")
def editions(shared_data: Path) -> dict[str, Parsed]:
    folder = shared_data / "production" / "usgs_mcs"
    return editions_of([raw(p.name, p.read_bytes()) for p in sorted(folder.rglob("*.csv"))])


def test_an_excerpt_held_out_of_its_register(tmp_path: Path) -> None:
    """Gallium and helium of 2024: the first is read by the names of 2025, the second reported."""
    broken = ("cobal", "felds", "vermi")  # excerpts of what the publisher has wrong
    names = [p.name for p in sorted(FIXTURES.glob("*.csv")) if not any(b in p.name for b in broken)]
    outcome = hold_out(
        tmp_path, editions_of([raw(name) for name in names]), "2024",
        ("fct_production", "excluded_figure"),
    )  # fmt: skip
    assert outcome.n_wrong == 0
    assert outcome.n_similar > 0
    assert outcome.n_undecided > 0
    assert outcome.lacking == outcome.reported == ("helium", "titanium_sponge")
    assert outcome.n_numbers > 0


@pytest.mark.long
@pytest.mark.parametrize("held_out", sorted(REPORTED))
def test_a_held_out_edition(held_out: str, editions: Mapping[str, Parsed], tmp_path: Path) -> None:
    outcome = hold_out(tmp_path, editions, held_out)
    print(f"\n{HEADING}\n{outcome.line()}")
    cells = outcome.n_numbers + outcome.n_reasons + outcome.n_outside + outcome.n_undecided
    assert cells == outcome.n_cells
    assert outcome.n_wrong == 0
    assert set(outcome.reported) == REPORTED[held_out]
    assert outcome.n_numbers > 0.4 * outcome.n_cells


@pytest.mark.long
def test_a_release_comes_out_of_an_unseen_edition(
    editions: Mapping[str, Parsed], shared_data: Path, tmp_path: Path
) -> None:
    """All sources, the whole run, in a copy of the project with cut registers."""
    copy, home = tmp_path / "copy", tmp_path / "home"
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, tracked.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((PROJECT / name).read_bytes())
    taught = taught_by([one for year, one in editions.items() if year != "2024"])
    cut = cut_project(tmp_path / "cut", taught, "2024")
    for seed in (cut / SEEDS).glob("*.csv"):
        (copy / "dbt_project" / SEEDS / seed.name).write_bytes(seed.read_bytes())
    _pax(copy, home, "land", "--bundled")
    _pax(copy, home, "land", "usgs_mcs", str(shared_data / "production" / "usgs_mcs" / "2024"))
    summary = _pax(copy, home, "run")
    assert "undecided" in summary
    assert "no production of" in summary
    manifest = json.loads((home / "current" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["marts"]["net_import_reliance"]["rows"] > 0


def _pax(project: Path, home: Path, *command: str) -> str:
    """The output of `pax <command>` run from `project`."""
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli.app", *command],
        cwd=project,
        env=os.environ | {"PAX_HOME": str(home), "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr
