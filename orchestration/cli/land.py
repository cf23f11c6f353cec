"""`pax land`: files that a person downloaded, what has landed, and how to undo it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.markup import escape

from orchestration.cli.run_summary import table
from orchestration.cli.write_lock import write_lock
from orchestration.errors import PaxError, UsageError
from sources.kit import requests
from sources.kit.catalog import SourceSpec, catalog, find_source
from sources.kit.contract import RawFile
from sources.kit.errors import SourceError
from warehouse.paths import DataPaths
from warehouse.storage import landing
from warehouse.storage.load_records import (
    Landed,
    list_load_records,
    write_load_records_table,
    write_parameters,
)
from warehouse.storage.object_store import ObjectStore, is_object_uri
from warehouse.storage.set_aside import drop_set_aside, raw_files_of


def land(
    paths: DataPaths,
    source_id: str,
    files: Sequence[str],
    console: Console,
    year: int | None = None,
) -> None:
    """Land files of one source, of this machine or of object storage; all of them or none.

    `year` is for files that do not state it.

    Raises:
        UsageError: no file, a missing one, or a source that accepts none.
        SourceError: a file is rejected, by a message that names the known layouts.
        ObjectStoreError: an object cannot be read.
        PaxError: a file is rejected; the known layouts are in its remedy.
    """
    spec = find_source(source_id)
    if not files:
        raise UsageError(
            f"no file was given for {source_id}",
            remedy=f"download one from {spec.homepage}; known layouts: {spec.layouts_known()}",
        )
    if "manual" not in spec.access_methods:
        raise UsageError(
            f"{source_id} accepts no files",
            remedy=f"its access methods are: {', '.join(spec.access_methods)}",
        )
    missing = [name for name in files if not is_object_uri(name) and not Path(name).exists()]
    if missing:
        raise UsageError("there is no such file or folder", where=", ".join(missing))
    with write_lock(paths, f"pax land {source_id}"), _on_this_machine(paths, files) as found:
        raw_files = requests.manual_files(spec, found, {"year": str(year)} if year else {})
        done = _landed(paths, spec, raw_files)
    if not done:
        raise PaxError(
            f"{source_id}: nothing in these files is of the source",
            where=", ".join(Path(name).name for name in files),
            remedy=f"layouts known: {spec.layouts_known()}",
        )
    shown = table("partition", "edition", "rows>", "quarantined>", "outcome")
    for one in done:
        record = one.load_record
        shown.add_row(
            record.partition, record.edition, f"{record.n_rows:,}", f"{record.n_quarantined:,}",
            escape(f"{one.outcome} {one.note}".strip()),
        )  # fmt: skip
    console.print(shown)
    if any(one.outcome == "landed" for one in done):
        console.print("`pax run` checks it, builds and publishes with it; "
                      f"`pax land {source_id} --undo PARTITION` removes it")  # fmt: skip
    if refused := [one.load_record.partition for one in done if one.outcome == "set aside"]:
        raise PaxError(
            f"{source_id}: set aside: {', '.join(refused)}", remedy="`pax status` states what to do"
        )


@contextmanager
def _on_this_machine(paths: DataPaths, files: Sequence[str]) -> Iterator[list[Path]]:
    """The files, those of object storage as copies that are removed afterwards."""
    paths.working.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="objects.", dir=paths.working) as folder:
        yield [
            path
            for number, name in enumerate(files)
            for path in (
                ObjectStore.at(name).download(Path(folder) / str(number))
                if is_object_uri(name)
                else [Path(name)]
            )
        ]


def _landed(paths: DataPaths, spec: SourceSpec, files: list[RawFile]) -> list[Landed]:
    """Land the files; a rejection always names the known layouts."""
    try:
        return landing.land_files(spec, files, "manual", paths)
    except SourceError as error:
        known = spec.layouts_known()
        if known in str(error) or any(layout.id in str(error) for layout in spec.layouts):
            raise
        remedy = "; ".join(part for part in (error.remedy, f"layouts known: {known}") if part)
        what = f"{spec.source_id}: {error.what}"
        raise PaxError(what, where=error.place, remedy=remedy) from error


def land_bundled(paths: DataPaths, source_id: str | None, console: Console) -> None:
    """Land the bundled figures of all sources, or of one; nothing else is built."""
    specs = [find_source(source_id)] if source_id else list(catalog().values())
    with write_lock(paths, "pax land --bundled"):
        done = landing.land_bundles(paths, specs)
        write_load_records_table(paths, catalog())
        write_parameters(paths)
    shown = table("source", "partitions>", "rows>", "outcome")
    for spec in specs:
        own = [one for one in done if one.load_record.source_id == spec.source_id]
        if own:
            outcomes = ", ".join(sorted({one.outcome for one in own}))
            rows = sum(one.load_record.n_rows for one in own)
            shown.add_row(spec.source_id, str(len(own)), f"{rows:,}", outcomes)
    console.print(shown)
    console.print("`pax run` builds and publishes; `cd dbt_project && dbt build` builds alone")


def undo(paths: DataPaths, source_id: str, partition: str, console: Console) -> None:
    """Give up what is set aside of a partition, else undo its landing; raw bytes stay."""
    spec = find_source(source_id)
    with write_lock(paths, f"pax land {source_id} --undo"):
        if drop_set_aside(paths, source_id, partition):
            console.print(f"given up: {source_id} {partition} is no longer set aside",
                          highlight=False)  # fmt: skip
            return
        record = landing.undo_landing(spec, partition, paths)
    console.print(
        f"removed: {source_id} {partition} ({record.n_rows:,} rows, {record.access_method}); "
        "a bundled partition comes back with the next run",
        highlight=False,
    )


def land_again(paths: DataPaths, source_id: str, partition: str, console: Console) -> None:
    """Read the raw bytes of a partition again, and land what they give.

    Raises:
        LandingError: nothing of that name is known, it is bundled, or its raw bytes are damaged.
        SourceError: the raw files are refused again.
    """
    spec = find_source(source_id)
    with write_lock(paths, f"pax land {source_id} --again"):
        access_method, files = raw_files_of(paths, spec, partition)
        done = landing.land_files(spec, files, access_method, paths)
    for one in done:
        record = one.load_record
        console.print(f"{record.partition}: {record.n_rows:,} rows, {one.outcome} {one.note}",
                      highlight=False)  # fmt: skip


def show_landed(paths: DataPaths, source_id: str | None, console: Console) -> None:
    """One line per landed partition."""
    if source_id is not None:
        find_source(source_id)
    shown = table(
        "source", "partition", "edition", "known from", "access_method", "rows>", "quarantined>"
    )
    for r in list_load_records(paths, source_id):
        shown.add_row(
            r.source_id, r.partition, r.edition, r.known_from_date, r.access_method,
            f"{r.n_rows:,}", f"{r.n_quarantined:,}",
        )  # fmt: skip
    console.print(
        shown if shown.row_count else "nothing has landed: `pax run` lands what is bundled"
    )


def show_sources(console: Console) -> None:
    """Sources that accept files of a person."""
    shown = table("source", "title", "layouts")
    for spec in catalog().values():
        if "manual" in spec.access_methods:
            shown.add_row(spec.source_id, spec.title, ", ".join(x.id for x in spec.layouts))
    console.print(shown)
