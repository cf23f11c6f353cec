"""Validate one expectation or suite on a frame in memory, with Great Expectations itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import great_expectations as gx
import pandas as pd


@lru_cache(maxsize=1)
def _frames() -> Any:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


def is_satisfied(expectation: Any, frame: pd.DataFrame) -> bool:
    """Whether a frame satisfies an expectation; an exception inside it is an error of the test."""
    result = _frames().get_batch({"dataframe": frame}).validate(expectation)
    assert not result.exception_info.get("raised_exception"), result.exception_info
    return bool(result.success)
