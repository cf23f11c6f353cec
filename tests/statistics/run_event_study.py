"""The study of `docs/event_study.md`, printed by `python -m tests.statistics.run_event_study`.

An argument sets the number of seeds, which begin at 1000; `test_recovery.py` tests fewer seeds.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tests.statistics.synthetic import EVENT, Truth, make_flow
from warehouse.statistics.event_study.event_study import Estimate, estimate_effects

CASES = {
    "quiet": Truth(),
    "strong autocorrelation": Truth(ar1_coefficient=0.7),
    "demand cycle": Truth(cycle=0.2),
    "some empty months": Truth(zero_share=0.05),
    "six years": Truth(years=6),
    "-60 %": Truth(effect_share=-0.6, anticipation_share=0.4),
    "-60 %, calm": Truth(effect_share=-0.6, anticipation_share=0.4, noise=0.08),
    "-60 %, demand cycle": Truth(effect_share=-0.6, anticipation_share=0.4, cycle=0.2),
    "-60 %, licences in lumps": Truth(effect_share=-0.6, anticipation_share=0.4, is_lumpy=True),
}


@dataclass(frozen=True)
class Score:
    """The results of one estimator at one horizon over all seeds, in shares."""

    n: int
    bias: float
    rmse: float
    within_5_points: float
    covered: float
    small_p: float
    flagged: float


def scores(truth: Truth, seeds: Iterable[int]) -> Mapping[tuple[str, int], Score]:
    found: dict[tuple[str, int], list[Estimate]] = defaultdict(list)
    for seed in seeds:
        made = make_flow(seed, truth)
        for row in estimate_effects(made.flow, EVENT, {"siblings": made.siblings}):
            if row.not_estimated_reason is None:
                found[row.estimator, row.horizon_months].append(row)
    return {key: score(rows, truth.effect_share) for key, rows in found.items()}


def score(rows: list[Estimate], truth: float) -> Score:
    errors = np.array([row.effect_share for row in rows], dtype=float) - truth
    covered = [row.ci_low <= truth <= row.ci_high for row in rows]  # type: ignore[operator]
    return Score(
        len(rows),
        float(errors.mean()),
        float(np.sqrt(np.mean(errors**2))),
        float(np.mean(np.abs(errors) <= 0.05)),
        float(np.mean(covered)),
        float(np.mean([row.p_placebo is not None and row.p_placebo <= 0.05 for row in rows])),
        float(np.mean([row.is_significant for row in rows])),
    )


def main(n_seeds: int) -> None:
    print("| case | estimator | months | bias | RMSE | within 5 | covered | p ≤ 0.05 | flagged |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, truth in CASES.items():
        for (estimator, months), s in scores(truth, range(1000, 1000 + n_seeds)).items():
            print(
                f"| {name} | {estimator} | {months} | {100 * s.bias:+.1f} | {100 * s.rmse:.1f} | "
                f"{s.within_5_points:.0%} | {s.covered:.1%} | {s.small_p:.1%} | {s.flagged:.1%} |",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
