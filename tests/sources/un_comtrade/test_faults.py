"""Every fault alone and in seeded sequence: the rows of the fault-free pull, or a named stop.

Whatever has landed by then is what the fault-free pull lands, byte by byte, and the next pull
without faults brings the rest.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.un_comtrade.conftest import parquet, pull, reason
from tests.sources.un_comtrade.fake_api.server import FATAL, PASSING, Double
from warehouse.paths import DataPaths

#: What every stop names: a cell such as `A 842 2022 M,X 284690`, or the list.
NAMED = re.compile(r"A \d+ \d{4} [MXR,]+ \d+|the list of what was filed")


@pytest.fixture
def small(double: Double, monkeypatch: pytest.MonkeyPatch) -> Double:
    """Three reporters, one year, two products, a question each: seven requests."""
    for name, value in {
        "REPORTERS": "842,392,156", "CODES": "284690,811292", "PERIODS": "2022", "ROWS": "60",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"PAX_COMTRADE_{name}", value)
    double.keyed_rows = 60
    return double


@pytest.fixture
def truth(small: Double, tmp_path: Path) -> dict[str, str]:
    """The Parquet of the pull without faults."""
    paths = DataPaths.at(tmp_path / "truth")
    pull(paths)
    assert reason(paths) == ""
    assert len(small.asked) == 7
    return parquet(paths)


def homes(tmp_path: Path) -> Iterator[DataPaths]:
    number = 0
    while True:
        number += 1
        yield DataPaths.at(tmp_path / f"home{number}")


@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_leaves_no_trace(
    small: Double, truth: dict[str, str], data_dir: DataPaths, fault: str
) -> None:
    small.faults = [fault, "", fault, fault, "", fault]
    pull(data_dir)
    assert reason(data_dir) == ""
    assert parquet(data_dir) == truth


@pytest.mark.parametrize("fault", FATAL)
@pytest.mark.parametrize("place", [0, 3])
def test_what_does_not_pass_stops_with_its_name(
    small: Double, truth: dict[str, str], data_dir: DataPaths, fault: str, place: int
) -> None:
    small.faults = [*[""] * place, fault]
    pull(data_dir)
    assert NAMED.search(reason(data_dir)), reason(data_dir)
    assert parquet(data_dir).items() <= truth.items() | schemas(truth)
    if place == 3 and fault in ("400", "minus", "stranger"):
        assert "A 392 2022 M,X,RM,RX 284690" in reason(data_dir)
        assert [p for p in parquet(data_dir) if "156" in p], "the other reporters have landed"
    pull(data_dir)
    assert (reason(data_dir), parquet(data_dir)) == ("", truth)


def schemas(truth: dict[str, str]) -> set[tuple[str, str]]:
    return {item for item in truth.items() if "_schema" in item[0]}


def test_random_sequences_converge_or_stop_with_their_name(
    small: Double, truth: dict[str, str], tmp_path: Path
) -> None:
    stops = 0
    for seed, data_dir in zip(range(12), homes(tmp_path), strict=False):
        chance = random.Random(seed)
        small.faults = [
            chance.choice((*PASSING, *FATAL)) if chance.random() < 0.35 else "" for _ in range(40)
        ]
        for _ in range(6):
            pull(data_dir)
            assert parquet(data_dir).items() <= truth.items(), seed
            if not reason(data_dir):
                break
            stops += 1
            assert NAMED.search(reason(data_dir)), (seed, reason(data_dir))
        small.faults = []
        pull(data_dir)
        assert (reason(data_dir), parquet(data_dir)) == ("", truth), seed
    assert stops > 5, "the schedule had nothing to stop at"
