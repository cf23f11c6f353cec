"""The requests of a fetch, by what reporters have filed and how many rows a page may have.

The plan depends on the selection and on the row cap only, not on earlier responses: after an
interruption the same plan is made again, and the request log has its responses. A dataset that
is released again changes the keys of its own requests only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sources.un_comtrade.request import ApiRequest, digest
from sources.un_comtrade.settings import Settings

#: Typical number of rows of all flows per reporter, period and product.
TYPICAL_ROWS = {"A": 60, "M": 40}
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
    sizes = chunk_sizes(settings, freq)
    scope = digest("scope", sorted(settings.codes), sorted(settings.flows))[:6]
    for some_periods in _chunks(periods, sizes["periods"]):
        for some_reporters in _chunks(settings.reporters, sizes["reporters"]):
            releases = {
                (r, p): filed[r, p] for r in some_reporters for p in some_periods if (r, p) in filed
            }
            if not releases:
                continue
            reporters = tuple(r for r in some_reporters if any(r == x for x, _ in releases))
            filed_periods = tuple(p for p in some_periods if any(p == x for _, x in releases))
            requests = tuple(
                ApiRequest(freq, reporters, filed_periods, settings.flows, codes)
                for codes in _chunks(settings.codes, sizes["codes"])
            )
            yield RequestBatch(requests, releases, scope)


def chunk_sizes(settings: Settings, freq: str) -> dict[str, int]:
    """How many products, then periods, then reporters fit into one page."""
    capacity = max(1, int(0.6 * settings.rows / TYPICAL_ROWS[freq]))
    n_lists = -(-len(settings.codes) // min(MAX_CODES, capacity))
    codes = -(-len(settings.codes) // n_lists)
    periods = max(1, min(1 if settings.is_preview else MAX_PERIODS, capacity // codes))
    return {"codes": codes, "periods": periods, "reporters": max(1, capacity // (codes * periods))}


def _chunks(members: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(members), size):
        yield tuple(members[start : start + size])
