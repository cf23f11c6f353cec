"""Which questions a pull consists of, by what reporters have filed and how much a page holds.

The plan depends on what is wanted and on the row cap only, never on what has been answered: an
interrupted pull makes the same plan again and finds its answers. A dataset released anew changes
the key of its own questions and of no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sources.un_comtrade.request import ApiRequest, digest
from sources.un_comtrade.settings import Settings

#: Rows of all flows that a reporter, period and product come to as a rule; fewer in a month.
USUAL_ROWS = {"A": 60, "M": 40}
MAX_PERIODS = 12  # the publisher takes no more in one question
MAX_CODES = 150  # a longer address is answered with a page of the web server
Releases = Mapping[tuple[str, str], str]  # (reporter, period) that were filed -> their release


@dataclass(frozen=True)
class RequestBatch:
    """Reporters and periods that land together: the questions that make them whole."""

    cells: tuple[ApiRequest, ...]
    releases: Releases
    scope: str  # which products and flows were asked

    @property
    def key(self) -> str:
        return digest("block", self.scope, sorted(self.releases.items()), self.cells)

    def cell_key(self, cell: ApiRequest) -> str:
        """The same question about the same releases has the same key, on any day."""
        pairs = [(pair, self.releases[pair]) for pair in cell.pairs if pair in self.releases]
        return digest("cell", cell, pairs)


def blocks(
    frame: Settings, freq: str, periods: Sequence[str], filed: Releases
) -> Iterator[RequestBatch]:
    """The plan of one frequency, newest periods first, reporters in the order of the list."""
    sizes = chunk_sizes(frame, freq)
    scope = digest("scope", sorted(frame.codes), sorted(frame.flows))[:6]
    for some_periods in _chunks(periods, sizes["periods"]):
        for some_reporters in _chunks(frame.reporters, sizes["reporters"]):
            releases = {
                (r, p): filed[r, p] for r in some_reporters for p in some_periods if (r, p) in filed
            }
            if not releases:
                continue
            reporters = tuple(r for r in some_reporters if any(r == x for x, _ in releases))
            asked = tuple(p for p in some_periods if any(p == x for _, x in releases))
            cells = tuple(
                ApiRequest(freq, reporters, asked, frame.flows, codes)
                for codes in _chunks(frame.codes, sizes["codes"])
            )
            yield RequestBatch(cells, releases, scope)


def chunk_sizes(frame: Settings, freq: str) -> dict[str, int]:
    """How many products, then periods, then reporters fit into one page as a rule."""
    room = max(1, int(0.6 * frame.rows / USUAL_ROWS[freq]))
    n_lists = -(-len(frame.codes) // min(MAX_CODES, room))
    codes = -(-len(frame.codes) // n_lists)
    periods = max(1, min(1 if frame.is_preview else MAX_PERIODS, room // codes))
    return {"codes": codes, "periods": periods, "reporters": max(1, room // (codes * periods))}


def _chunks(members: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(members), size):
        yield tuple(members[start : start + size])
