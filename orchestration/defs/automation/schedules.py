"""One schedule per source, by the cadence in its `source.yml`.

A source with a live access method is asked on its day. Another one cannot be fetched by a program:
its schedule lands what lies in the inbox, or states in its tick that an edition is due.
"""

import os
import socket
from urllib.parse import urlsplit

import dagster as dg

from orchestration.defs.automation import settings
from orchestration.defs.automation.inbox import chain_config, look_into_inbox
from orchestration.defs.automation.jobs import EVERYTHING
from sources.kit.catalog import SourceSpec, catalog
from warehouse.paths import DataPaths

#: Times that a scheduled run asks a publisher again that does not respond (30, 60, 120 s later).
RETRIES = 3


def schedule_of(spec: SourceSpec, paths: DataPaths) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"{spec.source_id}_cadence",
        cron_schedule=settings.cadence(spec),
        execution_timezone=settings.timezone(),
        job_name=EVERYTHING,
        default_status=settings.schedule_status(),
        description=f"{spec.title}: {spec.cadence.text}.",
    )
    def cadence(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if not settings.is_automated():
            return settings.OFF
        files = [str(path) for path in look_into_inbox(paths, spec).ready]
        obstacle = live_obstacle(spec)
        if obstacle and not files:
            return dg.SkipReason(obstacle)
        return dg.RunRequest(
            run_config=chain_config(
                live=[] if obstacle else [spec.source_id],
                manual={spec.source_id: files} if files else None,
                retries=RETRIES,
            ),
            tags={"pax/source": spec.source_id},
        )

    return cadence


def live_obstacle(spec: SourceSpec) -> str:
    """Why the publisher cannot be asked now: no access method, no key or no network."""
    upload = (
        f"download it from {spec.homepage} and put it into inbox/{spec.source_id}/, or use "
        f"`pax land {spec.source_id} FILE`"
    )
    if "live" not in spec.access_methods:
        return (
            f"{spec.title} may have a new edition ({spec.cadence.text}) that no program can "
            f"fetch: {upload}"
        )
    access = getattr(spec.fetch, "access", None)
    level, found, remedy = access() if access else ("ok", "", "")
    if level == "fail":
        return f"{spec.title} cannot be asked: {found}. What to do: {remedy}"
    if unreachable := _unreachable(spec.homepage):
        return (
            f"{spec.title} cannot be asked: {unreachable}. What to do: see the network, or {upload}"
        )
    return ""


def _unreachable(url: str) -> str:
    """Why no connection is possible to the host of `url`, or to the proxy; empty if one is."""
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or ""
    address = urlsplit(proxy or url)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        with socket.create_connection((address.hostname or "", port), timeout=5):
            return ""
    except OSError as error:
        return f"no network to {address.hostname} ({error})"


@dg.definitions
def defs() -> dg.Definitions:
    paths = DataPaths.at()
    return dg.Definitions(schedules=[schedule_of(spec, paths) for spec in catalog().values()])
