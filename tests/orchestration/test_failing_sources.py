"""A publisher that does not answer, or answers wrongly: what landed stays, marked stale."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from orchestration.defs.landing.ways import land_live, land_source
from orchestration.resources import Inputs
from sources.kit.catalog import SourceSpec, catalog
from sources.kit.contract import RawFile
from sources.kit.errors import BrokenFile, SourceAbsent, SourceError, SourceUnavailable
from sources.kit.http import Http
from tests.sources.loopback import Answer, listening
from warehouse.receipts import list_receipts, stale_mark
from warehouse.rooms import Rooms


class TestFailingLiveSource:
    @pytest.fixture
    def refusing(self) -> Iterator[str]:
        with listening(lambda *_: Answer(status=404)) as url:
            yield url

    @pytest.fixture
    def spec(self) -> SourceSpec:
        return catalog()["worldbank_wgi"]

    def test_keeps_the_last_landing_and_marks_it(
        self, home: Rooms, spec: SourceSpec, refusing: str
    ) -> None:
        class Redirected(Http):
            def get(self, url: str, *args, **kwargs):  # type: ignore[no-untyped-def]
                return super().get(refusing, *args, **kwargs)

        landed = land_source(
            spec, home, Inputs(live=[spec.source_id]),
            lambda s: Redirected(s.source_id, attempts=1),
        )  # fmt: skip
        assert landed, "the bundled figures landed before the publisher was asked"
        receipts = list_receipts(home, spec.source_id)
        mark = stale_mark(home, spec.source_id)
        assert mark is not None
        assert "404" in mark.reason
        assert {receipt.way for receipt in receipts} == {"bundled"}

    def test_a_changed_layout_is_no_reason_to_stop_either(
        self, home: Rooms, spec: SourceSpec, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> list[object]:
            raise BrokenFile(spec.source_id, "a layout of tomorrow")

        monkeypatch.setattr("orchestration.partitions.fetched", broken)
        assert land_live(spec, home, []) == []
        mark = stale_mark(home, spec.source_id)
        assert mark is not None
        assert "tomorrow" in mark.reason

    @pytest.mark.parametrize(
        ("error", "n_asked"),
        [(SourceAbsent, 3), (BrokenFile, 3), (SourceUnavailable, 1)],
    )
    def test_one_bad_partition_leaves_the_others_alone(
        self, home: Rooms, spec: SourceSpec, monkeypatch: pytest.MonkeyPatch,
        error: type[SourceError], n_asked: int,
    ) -> None:  # fmt: skip
        """A silent publisher is not asked again; what is wrong with one answer is that one's."""
        asked: list[str] = []

        def fetched(spec: SourceSpec, partition: str, http: Http) -> list[RawFile]:
            asked.append(partition)
            if len(asked) == 1:
                raise error(spec.source_id, f"nothing of {partition}")
            return []

        monkeypatch.setattr("orchestration.partitions.live_partitions", lambda *_: ["a", "b", "c"])
        monkeypatch.setattr("orchestration.partitions.fetched", fetched)
        monkeypatch.setattr("orchestration.defs.landing.ways.land_files", lambda *_: ["landed"])
        assert len(land_live(spec, home, [])) == n_asked - 1
        assert len(asked) == n_asked
        mark = stale_mark(home, spec.source_id)
        assert mark is not None
        assert "nothing of a" in mark.reason
