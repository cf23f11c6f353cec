"""Settings of the automation, from environment variables; docs/operate.md lists them."""

from __future__ import annotations

import os
from datetime import timedelta

import dagster as dg
from dagster import DefaultScheduleStatus, DefaultSensorStatus

from orchestration.errors import UsageError
from sources.kit.catalog import SourceSpec


def is_automated() -> bool:
    """False with `PAX_AUTOMATION=off`: no schedule and no sensor starts a run."""
    return os.environ.get("PAX_AUTOMATION", "on").strip().lower() not in ("off", "0", "false", "no")


OFF = dg.SkipReason("automation is off (PAX_AUTOMATION=off)")


def schedule_status() -> DefaultScheduleStatus:
    return DefaultScheduleStatus.RUNNING if is_automated() else DefaultScheduleStatus.STOPPED


def sensor_status() -> DefaultSensorStatus:
    return DefaultSensorStatus.RUNNING if is_automated() else DefaultSensorStatus.STOPPED


def cadence(spec: SourceSpec) -> str:
    """The cron line of `source.yml`, unless `PAX_CRON_<SOURCE>` replaces it."""
    return os.environ.get(f"PAX_CRON_{spec.source_id.upper()}", "").strip() or spec.cadence.cron


def timezone() -> str:
    return os.environ.get("PAX_TIMEZONE", "").strip() or "UTC"


def keep_runs() -> timedelta:
    return timedelta(days=_number("PAX_KEEP_RUNS_DAYS", 90))


def sensor_seconds() -> int:
    return int(_number("PAX_SENSOR_SECONDS", 30))


def _number(variable: str, default: float) -> float:
    """Raises `UsageError` that names the variable where it holds no positive number."""
    text = os.environ.get(variable, "").strip()
    try:
        number = float(text or default)
    except ValueError:
        number = 0
    if not number > 0:
        raise UsageError(
            f"{variable} is {text!r}", remedy=f"set it to a positive number, such as {default:g}"
        )
    return number
