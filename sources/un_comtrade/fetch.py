"""Live access to UN Comtrade: the list of datasets, then the requests of the plan by batch.

Responses are kept as they are received, so that an interrupted fetch continues where it stopped. A
batch is yielded when all its requests are done: no part of a reporter's year lands as the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from sources.kit.batched_fetch import Batch, RequestLog
from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient, now_utc
from sources.un_comtrade.availability import release_dates
from sources.un_comtrade.batch_plan import RequestBatch, plan_batches
from sources.un_comtrade.client import (
    ComtradeClient,
    RequestRejectedError,
    UrlTooLongError,
    build_http_client,
)
from sources.un_comtrade.layouts import SOURCE
from sources.un_comtrade.request import ApiRequest, digest
from sources.un_comtrade.response import read_response
from sources.un_comtrade.settings import Settings, load_settings, replace_plan


def client() -> HttpClient:
    """The HTTP client of a run, by the environment variables."""
    return build_http_client(load_settings(now_utc().date()))


def list_partitions() -> list[str]:
    """The periods that a run may fetch: `A2022`, `M202401`."""
    return _partitions(replace_plan(load_settings(now_utc().date()), "whole", now_utc().date()))


def default_partitions() -> list[str]:
    """The periods that a run fetches when it names none: of the short plan the newest years."""
    return _partitions(load_settings(now_utc().date()))


def _partitions(settings: Settings) -> list[str]:
    return [f"{freq}{period}" for freq, periods in settings.periods.items() for period in periods]


def access() -> tuple[str, str, str]:
    """Level, state and remedy of the API key, for `pax doctor`."""
    settings = load_settings(now_utc().date())
    limits = f"{settings.rows:,} rows a page, {settings.calls} requests a run"
    if settings.is_preview:
        seen = f"no key: previews, {limits}, {settings.plan} plan"
        return "warn", seen, "set PAX_COMTRADE_KEY; a free key has 100,000 rows a page"
    return "ok", f"key set, {limits}", ""


def fetch_batches(
    http: HttpClient, request_log: RequestLog, wanted: Sequence[str] = ()
) -> Iterator[Batch]:
    """Yield everything in the selection that has not landed yet, a batch at a time.

    Args:
        wanted: partitions of `list_partitions()`; all if empty.
    Raises:
        SourceUnavailableError: at once if the API accepts no further requests, or at the end if
            it rejected some of them; the batches before have been yielded.
    """
    today = http.clock().date()
    settings = load_settings(today)
    if wanted:
        settings = _narrow(settings, replace_plan(settings, "whole", today).periods, wanted)
    yield from BatchFetch(ComtradeClient(http, settings), settings, request_log).batches()


def _list_scope(
    settings: Settings, freq: str, today: date
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Reporters and periods for which the list of datasets is requested.

    At least the default ones, also for a narrow fetch: the list replaces an earlier one of the day.
    """
    default = load_settings(today, {"PAX_COMTRADE_PLAN": "whole"})
    reporters = tuple(dict.fromkeys((*settings.reporters, *default.reporters)))
    return reporters, tuple(dict.fromkeys((*settings.periods[freq], *default.periods[freq])))


def _narrow(
    settings: Settings, periods: Mapping[str, Sequence[str]], wanted: Sequence[str]
) -> Settings:
    """The settings for the `wanted` ones of all `periods`."""
    chosen = {
        freq: tuple(p for p in some if f"{freq}{p}" in wanted) for freq, some in periods.items()
    }
    return replace(settings, years=chosen["A"], months=chosen["M"])


@dataclass
class BatchFetch:
    """The state of one fetch."""

    api: ComtradeClient
    settings: Settings
    request_log: RequestLog
    done: int = 0
    total: int = 0

    def batches(self) -> Iterator[Batch]:
        """Yield the lists of datasets, then the batches of the plan; raises as `fetch_batches`."""
        plan: list[RequestBatch] = []
        for freq, periods in self.settings.periods.items():
            if periods:
                scope = _list_scope(self.settings, freq, self._day())
                with name_request(f"{freq} list of datasets"):
                    datasets = self.api.list_datasets(freq, *scope)
                yield self._availability(freq, datasets, *scope)
                filed = release_dates(read_response(datasets.content).objects(), self._day())
                plan += plan_batches(self.settings, freq, periods, filed)
        self.request_log.plan({b.request_key(r): r.name for b in plan for r in b.requests})
        self.total = sum(len(batch.requests) for batch in plan)
        self.request_log.report_progress(self._describe_plan(plan), 0, self.total)
        rejected: list[str] = []
        for batch in plan:
            if self.request_log.has_landed(batch.key):
                self.done += len(batch.requests)
                continue
            files, failures = self._fetch_batch(batch)
            rejected += failures
            if files:
                yield Batch(batch.key, files, is_whole=not failures)
        if rejected:
            raise SourceUnavailableError(
                SOURCE,
                f"{len(rejected)} requests were rejected; the first: {rejected[0]}",
                place=self.settings.base_url,
                remedy="their reporters and periods keep what landed before; all others landed",
            )

    def _describe_plan(self, plan: Sequence[RequestBatch]) -> str:
        """What the plan asks for, and how to ask for more."""
        pairs = {pair for batch in plan for pair in batch.releases}
        codes = {code for batch in plan for request in batch.requests for code in request.codes}
        periods = sorted({period for _, period in pairs})
        span = f"{periods[0]} to {periods[-1]}" if periods else "no period"
        text = (
            f"{self.settings.plan} plan: {self.total} requests for {len({r for r, _ in pairs})} "
            f"reporters, {len(codes)} products, {span}"
        )
        if self.settings.plan == "short":
            text += "; PAX_COMTRADE_PLAN=whole or a key asks for everything"
        return text

    def _day(self) -> date:
        return self.api.http.clock().date()

    def _availability(
        self, freq: str, datasets: RawFile, reporters: Sequence[str], periods: Sequence[str]
    ) -> Batch:
        hints = {"reporters": ",".join(reporters), "periods": ",".join(periods), "freq": freq}
        return Batch(digest(datasets.sha256), [replace(datasets, hints=hints)])

    def _fetch_batch(self, batch: RequestBatch) -> tuple[list[RawFile], list[str]]:
        """The pages of a batch, with hints for `parse`, and its rejected requests."""
        pages: list[RawFile] = []
        rejected: list[str] = []
        incomplete: set[tuple[str, str]] = set()
        filled: set[tuple[str, str]] = set()
        for request in batch.requests:
            for part, page, why in self._fetch_parts(batch, request):
                if page is None:
                    rejected.append(f"{part.name}: {why}")
                    incomplete.update(part.pairs)
                else:
                    pages.append(page)
                    filled |= _pairs_in(page)
            self._report_progress()
        for pair in sorted(set(batch.releases) - filled - incomplete):
            if why := self._contradiction(batch, pair):
                rejected.append(why)
                incomplete.add(pair)
        complete = {pair: day for pair, day in batch.releases.items() if pair not in incomplete}
        releases = ",".join(f"{r}:{p}={day}" for (r, p), day in sorted(complete.items()))
        hints = {"scope": batch.scope, "releases": releases, "freq": batch.requests[0].freq}
        return ([replace(page, hints=hints) for page in pages] if complete else []), rejected

    def _fetch_parts(
        self, batch: RequestBatch, request: ApiRequest
    ) -> Iterator[tuple[ApiRequest, RawFile | None, str]]:
        """Yield the page of the request, or those of its halves if it fills a page."""
        key = batch.request_key(request)
        state, why = self.request_log.state(key), ""
        if kept := self.request_log.kept(key):
            yield request, kept, ""
            return
        if state not in _HALVES:
            try:
                with name_request(request.name):
                    page = self.api.fetch_rows(request, f"{key}.json")
            except RequestRejectedError as error:
                state = "halved" if isinstance(error, UrlTooLongError) else "refused"
                why = self.api.http.redact(str(error))
            else:
                if page.rows.num_rows < self.settings.rows:
                    self.request_log.keep(key, page.file)
                    yield request, page.file, ""
                    return
                state, why = "split", f"fills the page of {self.settings.rows:,} rows"
            if state == "refused" or not _HALVES[state](request):
                self.request_log.mark(key, "refused", f"{request.name}: {why}")
                yield request, None, why
                return
            self.request_log.mark(key, state, why)
        for half in _HALVES[state](request):
            yield from self._fetch_parts(batch, half)

    def _contradiction(self, batch: RequestBatch, pair: tuple[str, str]) -> str:
        """Why a filed period without rows is not plausible; empty if other products have rows."""
        reporter, period = pair
        total = ApiRequest(
            batch.requests[0].freq, (reporter,), (period,), self.settings.flows, ("TOTAL",)
        )
        key = batch.request_key(total)
        kept = self.request_log.kept(key)
        try:
            if kept:
                file, n_rows = kept, read_response(kept.content).count
            else:
                with name_request(total.name):
                    file, n_rows = self.api.count(total, f"{key}.json")
        except RequestRejectedError as error:
            return f"{total.name}: {self.api.http.redact(str(error))}"
        if n_rows == 0:
            return f"{total.name}: is listed as filed, and has no row even of the total"
        self.request_log.keep(key, file)
        return ""

    def _report_progress(self) -> None:
        self.done += 1
        budget = self.api.http.budget
        left = "" if budget is None else f", {budget - self.api.http.n_requests} requests left"
        text = f"{self.done} of {self.total} planned requests{left}"
        self.request_log.report_progress(text, self.done, self.total)


@contextmanager
def name_request(what: str) -> Iterator[None]:
    """Prefix a `SourceUnavailableError` with the request that failed.

    Raises:
        SourceUnavailableError: of the same class as the one in the block.
    """
    try:
        yield
    except SourceUnavailableError as error:
        raise type(error)(
            SOURCE, f"{what}: {error.what}", place=error.place, remedy=error.remedy
        ) from error


def _pairs_in(page: RawFile) -> set[tuple[str, str]]:
    rows = read_response(page.content).table().select(["reporterCode", "period"])
    found = rows.group_by(["reporterCode", "period"]).aggregate([]).to_pylist()
    return {(str(pair["reporterCode"]), str(pair["period"])) for pair in found}


_HALVES: dict[str, Callable[[ApiRequest], tuple[ApiRequest, ...]]] = {
    "split": ApiRequest.split,
    "halved": ApiRequest.halve_codes,
}
