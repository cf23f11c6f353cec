"""The requests of a fetch, by what reporters have filed and how many rows a page may have.

The plan depends on the selection and on the row cap only, not on earlier responses: after an
interruption the same plan is made again, and the request log has its responses. A dataset that
is released again changes the keys of its own requests only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sources.un_comtrade.request import ApiRequest, digest
from sources.un_comtrade.settings import PlanPart, Settings

MAX_PERIODS = 12  # the publisher's limit per request
MAX_CODES = 150  # longer URLs are rejected by the web server
Releases = Mapping[tuple[str, str], str]  # (reporter, period) -> release date


@dataclass(frozen=True)
class RequestBatch:
    """Reporters and periods that land together, and the requests for all their rows."""

    requests: tuple[ApiRequest, ...]
    releases: Releases
    scope: str  # hash of the requested products and flows

    @property
    def key(self) -> str:
        return digest("batch", self.scope, sorted(self.releases.items()), self.requests)

    def request_key(self, request: ApiRequest) -> str:
        """A key that is equal for the same request about the same releases, on any day."""
        pairs = [(pair, self.releases[pair]) for pair in request.pairs if pair in self.releases]
        return digest("request", request, pairs)


def plan_batches(
    settings: Settings, freq: str, periods: Sequence[str], filed: Releases
) -> Iterator[RequestBatch]:
    """The batches of one frequency, newest periods first, reporters as in the selection."""
    whole = settings.parts[0] if settings.plan == "whole" else None
    spans = (
        _chunks(periods, chunk_sizes(settings, freq, whole)["periods"])
        if whole
        else ((period,) for period in periods)
    )
    for some_periods in spans:
        for part in settings.parts:
            yield from _plan_part(settings, part, freq, some_periods, filed)


def _plan_part(
    settings: Settings, part: PlanPart, freq: str, periods: Sequence[str], filed: Releases
) -> Iterator[RequestBatch]:
    sizes = chunk_sizes(settings, freq, part)
    scope = digest("scope", sorted(part.codes), sorted(part.flows))[:6]
    for some_reporters in _chunks(part.reporters, sizes["reporters"]):
        releases = {(r, p): filed[r, p] for r in some_reporters for p in periods if (r, p) in filed}
        if not releases:
            continue
        reporters = tuple(r for r in some_reporters if any(r == x for x, _ in releases))
        filed_periods = tuple(p for p in periods if any(p == x for _, x in releases))
        requests = tuple(
            ApiRequest(freq, reporters, filed_periods, part.flows, codes)
            for codes in _chunks(part.codes, sizes["codes"])
        )
        yield RequestBatch(requests, releases, scope)


def chunk_sizes(settings: Settings, freq: str, part: PlanPart | None = None) -> dict[str, int]:
    """How many products, then periods, then reporters fit into one page."""
    part = part or settings.parts[0]
    capacity = max(1, int(part.fill * settings.rows / part.rows_per_code[freq]))
    n_lists = -(-len(part.codes) // min(MAX_CODES, capacity))
    codes = -(-len(part.codes) // n_lists)
    periods = max(1, min(1 if settings.is_preview else MAX_PERIODS, capacity // codes))
    return {"codes": codes, "periods": periods, "reporters": max(1, capacity // (codes * periods))}


def _chunks(members: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(members), size):
        yield tuple(members[start : start + size])
