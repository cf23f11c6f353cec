"""A publisher that does not answer, or answers wrongly: what landed stays, marked stale."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from orchestration.defs.ingestion.ingest import ingest, land_live
from orchestration.defs.ingestion.partitions import bundled_partitions
from orchestration.resources import IngestConfig
from sources.kit.catalog import SourceSpec, catalog
from sources.kit.contract import RawFile
from sources.kit.errors import (
    CorruptFileError,
    SourceError,
    SourceNotFoundError,
    SourceUnavailableError,
)
from sources.kit.http import HttpClient
from tests.sources.fake_publisher import Response, serve
from warehouse.paths import DataPaths
from warehouse.storage.load_records import list_load_records, read_stale_source


class TestFailingLiveSource:
    @pytest.fixture
    def refusing(self) -> Iterator[str]:
        with serve(lambda _: Response(status=404)) as url:
            yield url

    @pytest.fixture
    def spec(self) -> SourceSpec:
        return catalog()["worldbank_wgi"]

    def test_keeps_the_last_landing_and_marks_it(
        self, data_dir: DataPaths, spec: SourceSpec, refusing: str
    ) -> None:
        class Redirected(HttpClient):
            def get(self, url: str, *args, **kwargs):  # type: ignore[no-untyped-def]
                return super().get(refusing, *args, **kwargs)

        assert ingest(spec, data_dir, IngestConfig(), bundled_partitions(spec)).landed
        done = ingest(
            spec, data_dir, IngestConfig(access_method="live"), (),
            lambda s: Redirected(s.source_id, attempts=1),
        )  # fmt: skip
        assert not done.landed
        assert not done.is_transient, "the publisher answers, and has no such thing"
        records = list_load_records(data_dir, spec.source_id)
        mark = read_stale_source(data_dir, spec.source_id)
        assert mark is not None
        assert "404" in mark.reason
        assert {record.access_method for record in records} == {"bundled"}

    def test_a_changed_layout_is_no_reason_to_stop_either(
        self, data_dir: DataPaths, spec: SourceSpec, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> list[object]:
            raise CorruptFileError(spec.source_id, "a layout of tomorrow")

        monkeypatch.setattr("sources.kit.requests.fetched", broken)
        assert land_live(spec, data_dir, []).landed == []
        mark = read_stale_source(data_dir, spec.source_id)
        assert mark is not None
        assert "tomorrow" in mark.reason

    @pytest.mark.parametrize(
        ("error", "n_asked"),
        [(SourceNotFoundError, 3), (CorruptFileError, 3), (SourceUnavailableError, 1)],
    )
    def test_one_bad_partition_leaves_the_others_alone(
        self, data_dir: DataPaths, spec: SourceSpec, monkeypatch: pytest.MonkeyPatch,
        error: type[SourceError], n_asked: int,
    ) -> None:  # fmt: skip
        """One that does not respond is not asked again; a bad answer fails its partition alone."""
        asked: list[str] = []

        def fetched(spec: SourceSpec, partition: str, http: HttpClient) -> list[RawFile]:
            asked.append(partition)
            if len(asked) == 1:
                raise error(spec.source_id, f"nothing of {partition}")
            return []

        monkeypatch.setattr("sources.kit.requests.live_partitions", lambda *_: ["a", "b", "c"])
        monkeypatch.setattr("sources.kit.requests.fetched", fetched)
        monkeypatch.setattr("orchestration.defs.ingestion.ingest.land_files", lambda *_: ["landed"])
        done = land_live(spec, data_dir, [])
        assert len(done.landed) == n_asked - 1
        assert done.is_transient == (error is SourceUnavailableError)
        assert len(asked) == n_asked
        mark = read_stale_source(data_dir, spec.source_id)
        assert mark is not None
        assert "nothing of a" in mark.reason
