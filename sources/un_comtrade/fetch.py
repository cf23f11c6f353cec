"""UN Comtrade, live: what has been filed, then the cells of the plan, block by block.

Answers are kept as they come, so that an interrupted pull goes on where it was; a block is handed
over when all its cells are there, so that no part of a reporter's year lands as the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from sources.kit.batched_fetch import Batch, RequestLog
from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient, now_utc
from sources.un_comtrade.availability import filed_periods
from sources.un_comtrade.batch_plan import RequestBatch, blocks
from sources.un_comtrade.client import (
    ComtradeClient,
    RequestRejectedError,
    UrlTooLongError,
    http_for,
)
from sources.un_comtrade.layouts import SOURCE
from sources.un_comtrade.request import ApiRequest, digest
from sources.un_comtrade.response import open_envelope
from sources.un_comtrade.settings import Settings, settings


def client() -> HttpClient:
    """The client of a run, by the environment."""
    return http_for(settings(now_utc().date()))


def list_partitions() -> list[str]:
    """The periods that a pull may ask for: `A2022`, `M202401`."""
    frame = settings(now_utc().date())
    return [f"{freq}{period}" for freq, periods in frame.periods.items() for period in periods]


def access() -> tuple[str, str, str]:
    """For `pax doctor`: level, what there is, and what to do."""
    frame = settings(now_utc().date())
    limits = f"{frame.rows:,} rows a page, {frame.calls} requests a run"
    if frame.is_preview:
        return "warn", f"no key: previews, {limits}", "set PAX_COMTRADE_KEY; a free key has 100,000"
    return "ok", f"key set, {limits}", ""


def pull(http: HttpClient, ledger: RequestLog, wanted: Sequence[str] = ()) -> Iterator[Batch]:
    """Everything that is not landed yet, a block at a time.

    Raises `SourceUnavailableError` at the first failure that concerns all, or at the end when cells were
    refused: what could be landed has been by then.
    """
    frame = _narrowed(settings(http.clock().date()), wanted)
    yield from Pull(ComtradeClient(http, frame), frame, ledger).batches()


def _listed(frame: Settings, freq: str, today: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Reporters and periods of the list of what was filed: a narrow pull looks as widely as any,
    because the day's list replaces an earlier one of the day."""
    usual = settings(today, {})
    reporters = tuple(dict.fromkeys((*frame.reporters, *usual.reporters)))
    return reporters, tuple(dict.fromkeys((*frame.periods[freq], *usual.periods[freq])))


def _narrowed(frame: Settings, wanted: Sequence[str]) -> Settings:
    if not wanted:
        return frame
    chosen = {
        freq: tuple(p for p in periods if f"{freq}{p}" in wanted)
        for freq, periods in frame.periods.items()
    }
    return replace(frame, years=chosen["A"], months=chosen["M"])


@dataclass
class Pull:
    """One pull at work."""

    api: ComtradeClient
    frame: Settings
    ledger: RequestLog
    done: int = 0
    total: int = 0

    def batches(self) -> Iterator[Batch]:
        plan: list[RequestBatch] = []
        for freq, periods in self.frame.periods.items():
            if periods:
                asked = _listed(self.frame, freq, self._day())
                with named(f"{freq} the list of what was filed"):
                    listed = self.api.filed(freq, *asked)
                yield self._availability(freq, listed, *asked)
                filed = filed_periods(open_envelope(listed.content).objects(), self._day())
                plan += blocks(self.frame, freq, periods, filed)
        self.ledger.plan({b.cell_key(cell): cell.name for b in plan for cell in b.cells})
        self.total = sum(len(block.cells) for block in plan)
        refused: list[str] = []
        for block in plan:
            if self.ledger.has_landed(block.key):
                self.done += len(block.cells)
                continue
            files, wrong = self._answered(block)
            refused += wrong
            if files:
                yield Batch(block.key, files, is_whole=not wrong)
        if refused:
            raise SourceUnavailableError(
                SOURCE, f"{len(refused)} cells were refused; the first: {refused[0]}",
                place=self.frame.base_url,
                remedy="their reporters and periods keep what landed before; all others landed",
            )  # fmt: skip

    def _day(self) -> date:
        return self.api.http.clock().date()

    def _availability(
        self, freq: str, listed: RawFile, reporters: Sequence[str], periods: Sequence[str]
    ) -> Batch:
        hints = {"reporters": ",".join(reporters), "periods": ",".join(periods), "freq": freq}
        return Batch(digest(listed.sha256), [replace(listed, hints=hints)])

    def _answered(self, block: RequestBatch) -> tuple[list[RawFile], list[str]]:
        """The pages of a block with the hints to read them by, and its refused cells."""
        pages: list[RawFile] = []
        refused: list[str] = []
        lost: set[tuple[str, str]] = set()
        filled: set[tuple[str, str]] = set()
        for cell in block.cells:
            for leaf, page, why in self._leaves(block, cell):
                if page is None:
                    refused.append(f"{leaf.name}: {why}")
                    lost.update(leaf.pairs)
                else:
                    pages.append(page)
                    filled |= _pairs_in(page)
            self._tell()
        for pair in sorted(set(block.releases) - filled - lost):
            if why := self._contradiction(block, pair):
                refused.append(why)
                lost.add(pair)
        whole = {pair: day for pair, day in block.releases.items() if pair not in lost}
        releases = ",".join(f"{r}:{p}={day}" for (r, p), day in sorted(whole.items()))
        hints = {"scope": block.scope, "releases": releases, "freq": block.cells[0].freq}
        return ([replace(page, hints=hints) for page in pages] if whole else []), refused

    def _leaves(
        self, block: RequestBatch, cell: ApiRequest
    ) -> Iterator[tuple[ApiRequest, RawFile | None, str]]:
        """The cell's page, or those of its halves when it fills the publisher's page."""
        key = block.cell_key(cell)
        state, why = self.ledger.state(key), ""
        if kept := self.ledger.kept(key):
            yield cell, kept, ""
            return
        if state not in _HALVES:
            try:
                with named(cell.name):
                    page = self.api.page(cell, f"{key}.json")
            except RequestRejectedError as error:
                state = "halved" if isinstance(error, UrlTooLongError) else "refused"
                why = self.api.http.redact(str(error))
            else:
                if page.rows.num_rows < self.frame.rows:
                    self.ledger.keep(key, page.file)
                    yield cell, page.file, ""
                    return
                state, why = "split", f"fills the page of {self.frame.rows:,} rows"
            if state == "refused" or not _HALVES[state](cell):
                self.ledger.mark(key, "refused", f"{cell.name}: {why}")
                yield cell, None, why
                return
            self.ledger.mark(key, state, why)
        for half in _HALVES[state](cell):
            yield from self._leaves(block, half)

    def _contradiction(self, block: RequestBatch, pair: tuple[str, str]) -> str:
        """Filed, and no row in any of our products: right only if there are rows in others."""
        reporter, period = pair
        total = ApiRequest(
            block.cells[0].freq, (reporter,), (period,), self.frame.flows, ("TOTAL",)
        )
        key = block.cell_key(total)
        kept = self.ledger.kept(key)
        try:
            if kept:
                file, n_rows = kept, open_envelope(kept.content).count
            else:
                with named(total.name):
                    file, n_rows = self.api.count(total, f"{key}.json")
        except RequestRejectedError as error:
            return f"{total.name}: {self.api.http.redact(str(error))}"
        if n_rows == 0:
            return f"{total.name}: is listed as filed, and has no row even of the total"
        self.ledger.keep(key, file)
        return ""

    def _tell(self) -> None:
        self.done += 1
        budget = self.api.http.budget
        left = "" if budget is None else f", {budget - self.api.http.n_asked} requests left"
        self.ledger.report_progress(f"{self.done} of {self.total} cells{left}", self.done, self.total)


@contextmanager
def named(what: str) -> Iterator[None]:
    """A stop says at which question the pull stopped."""
    try:
        yield
    except SourceUnavailableError as error:
        raise type(error)(
            SOURCE, f"{what}: {error.what}", place=error.place, remedy=error.remedy
        ) from error


def _pairs_in(page: RawFile) -> set[tuple[str, str]]:
    rows = open_envelope(page.content).table().select(["reporterCode", "period"])
    found = rows.group_by(["reporterCode", "period"]).aggregate([]).to_pylist()
    return {(str(pair["reporterCode"]), str(pair["period"])) for pair in found}


_HALVES: dict[str, Callable[[ApiRequest], tuple[ApiRequest, ...]]] = {
    "split": ApiRequest.split,
    "halved": ApiRequest.halve_codes,
}
