"""The estimators on seeds: -60 % is found, and no effect where there is none.

`docs/event_study.md` has the study of 300 seeds.
"""

from __future__ import annotations

import pytest

from tests.statistics.run_event_study import scores
from tests.statistics.synthetic import Truth

pytestmark = pytest.mark.timeout(600)


def test_minus_sixty_percent_is_recovered() -> None:
    calm = Truth(effect_share=-0.6, anticipation_share=0.4, noise=0.08)
    found = scores(calm, range(8))
    assert len(found) == 9
    for key, score in found.items():
        assert abs(score.bias) <= 0.05, key
        assert score.flagged == 1, key
    for estimator in ("seasonal_log", "ppml", "did_siblings"):
        assert found[estimator, 12].within_5_points >= 0.75, estimator


def test_no_effect_is_found_where_there_is_none() -> None:
    found = scores(Truth(), range(20))
    assert {key: score.flagged for key, score in found.items() if score.flagged > 0.05} == {}
    assert all(score.covered >= 0.85 for score in found.values())
