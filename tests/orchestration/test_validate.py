"""The real pair of 2022, reconciled by the product: what it reaches, within close bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from orchestration.cli.validate import validate
from orchestration.errors import UsageError


@pytest.mark.timeout(600)
def test_the_pair_of_2022_reaches_all_five_at_once(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAX_HOME", "restored afterwards")
    trade = shared_data / "trade"
    scores = validate(
        [trade / "comtrade_raw_2022_critical31.csv.gz"],
        trade / "baci_v202601_hs17_2022_full_critical30.csv.gz", 2022, Console(quiet=True),
    )  # fmt: skip
    ours = scores["ours"]
    assert 0.99 <= ours.level <= 1.01
    assert ours.n_products == 30
    assert ours.n_first >= 29
    assert ours.hhi_correlation >= 0.9975
    assert ours.top_share_error_pp <= 1.25
    assert ours.share_within_tenth >= 0.805
    others = [score for score in scores.values() if score is not ours]
    assert all(ours.share_within_tenth > other.share_within_tenth for other in others)
    # what adding totals to their breakdowns does, so that nobody takes it for a benchmark
    assert scores["adding every row"].level > 1.8


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        validate([tmp_path / "nowhere.csv"], tmp_path / "nothing.csv", 2022, Console(quiet=True))
