"""Every fault alone and in seeded sequences: the rows of a fetch without faults, or a named error.

Whatever has landed by then is what a fetch without faults lands, byte by byte, and the next fetch
without faults lands the rest.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.un_comtrade.conftest import fetch_and_land, parquet, reason
from tests.sources.un_comtrade.fake_api.server import FATAL, TEMPORARY, FakeComtrade
from warehouse.paths import DataPaths

#: What every error names: a request such as `A 842 2022 M,X 284690`, or the list.
NAMED = re.compile(r"A \d+ \d{4} [MXR,]+ \d+|list of datasets")


@pytest.fixture
def small(fake_api: FakeComtrade, monkeypatch: pytest.MonkeyPatch) -> FakeComtrade:
    """Three reporters, one year, two products, one request each: seven requests."""
    for name, value in {
        "REPORTERS": "842,392,156", "CODES": "284690,811292", "PERIODS": "2022", "ROWS": "60",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"PAX_COMTRADE_{name}", value)
    fake_api.keyed_rows = 60
    return fake_api


@pytest.fixture
def truth(small: FakeComtrade, tmp_path: Path) -> dict[str, str]:
    """The Parquet of a fetch without faults."""
    paths = DataPaths.at(tmp_path / "truth")
    fetch_and_land(paths)
    assert reason(paths) == ""
    assert len(small.targets) == 7
    return parquet(paths)


def data_dirs(tmp_path: Path) -> Iterator[DataPaths]:
    number = 0
    while True:
        number += 1
        yield DataPaths.at(tmp_path / f"data{number}")


@pytest.mark.parametrize("fault", TEMPORARY)
def test_a_temporary_fault_does_not_change_the_rows(
    small: FakeComtrade, truth: dict[str, str], data_dir: DataPaths, fault: str
) -> None:
    small.faults = [fault, "", fault, fault, "", fault]
    fetch_and_land(data_dir)
    assert reason(data_dir) == ""
    assert parquet(data_dir) == truth


@pytest.mark.parametrize("fault", FATAL)
@pytest.mark.parametrize("place", [0, 3])
def test_a_fatal_fault_is_an_error_that_names_the_request(
    small: FakeComtrade, truth: dict[str, str], data_dir: DataPaths, fault: str, place: int
) -> None:
    small.faults = [*[""] * place, fault]
    fetch_and_land(data_dir)
    assert NAMED.search(reason(data_dir)), reason(data_dir)
    assert parquet(data_dir).items() <= truth.items() | schemas(truth)
    if place == 3 and fault in ("400", "minus", "stranger"):
        assert "A 392 2022 M,X,RM,RX 284690" in reason(data_dir)
        assert [p for p in parquet(data_dir) if "156" in p], "the other reporters have landed"
    fetch_and_land(data_dir)
    assert (reason(data_dir), parquet(data_dir)) == ("", truth)


def schemas(truth: dict[str, str]) -> set[tuple[str, str]]:
    return {item for item in truth.items() if "_schema" in item[0]}


def test_random_sequences_converge_or_name_the_request(
    small: FakeComtrade, truth: dict[str, str], tmp_path: Path
) -> None:
    stops = 0
    for seed, data_dir in zip(range(12), data_dirs(tmp_path), strict=False):
        chance = random.Random(seed)
        small.faults = [
            chance.choice((*TEMPORARY, *FATAL)) if chance.random() < 0.35 else "" for _ in range(40)
        ]
        for _ in range(6):
            fetch_and_land(data_dir)
            assert parquet(data_dir).items() <= truth.items(), seed
            if not reason(data_dir):
                break
            stops += 1
            assert NAMED.search(reason(data_dir)), (seed, reason(data_dir))
        small.faults = []
        fetch_and_land(data_dir)
        assert (reason(data_dir), parquet(data_dir)) == ("", truth), seed
    assert stops > 5, "no sequence had an error"
