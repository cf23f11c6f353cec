"""Compile publishers' files into the bundled Parquet of a source.

`python -m sources.kit.bundle <source> FILES…` parses the files, applies the selection of the
source's `bundle_selection.py`, and writes `bundled/<table>/<partition>.parquet` with
`load_records.json`. The same files and the same day of compilation give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import SourceSpec, TableSpec, find_source
from sources.kit.contract import LINEAGE, Parsed, RawFile
from sources.kit.errors import CorruptFileError, SourceError
from sources.kit.load_record import LoadRecord, file_stem, load_record_of
from sources.kit.tabular import conform


def read_files(spec: SourceSpec, paths: Iterable[Path], compiled_on: date) -> list[RawFile]:
    """The files below `paths` as raw files; `retrieved_at` is the day of compilation.

    Raises:
        CorruptFileError: a path does not exist.
    """
    at = datetime(compiled_on.year, compiled_on.month, compiled_on.day, tzinfo=UTC)
    files = []
    for path in paths:
        found = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for one in found:
            if not one.is_file():
                raise CorruptFileError(
                    spec.source_id, "there is no such file", place=str(one), remedy="check the path"
                )
            # the publisher's homepage instead of a local path: load records are published
            files.append(RawFile(one.name, one.read_bytes(), spec.homepage, at))
    # the same content under two names is one file
    return list({file.sha256: file for file in reversed(files)}.values())[::-1]


def compile_bundle(spec: SourceSpec, files: Sequence[RawFile], into: Path) -> list[LoadRecord]:
    """Write the bundle of `files` to the folder `into`; its README is kept, all else is replaced.

    Returns:
        One load record per bundled partition, ordered by partition.
    Raises:
        UnknownLayoutError, CorruptFileError: a file cannot be parsed.
        SourceError: nothing in the files is in the selection.
    """
    selected = sorted(spec.select_bundle(spec.parse(files)), key=lambda p: p.partition)
    if not selected:
        raise SourceError(
            spec.source_id,
            "nothing in these files is in the selection",
            place=", ".join(file.name for file in files[:3]),
            remedy="give files of the edition that bundle_selection.py selects",
        )
    beside = into.with_name(f".{into.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    load_records = [_write(spec, parsed, beside) for parsed in selected]
    body = {
        "source_id": spec.source_id,
        "partitions": [asdict(load_record) for load_record in load_records],
    }
    option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    (beside / "load_records.json").write_bytes(orjson.dumps(body, option=option))
    if (into / "README.md").is_file():
        shutil.copyfile(into / "README.md", beside / "README.md")
    shutil.rmtree(into, ignore_errors=True)
    beside.rename(into)
    return load_records


def _write(spec: SourceSpec, parsed: Parsed, into: Path) -> LoadRecord:
    tables, hashes = {}, {}
    for name, data in parsed.tables.items():
        table = spec.tables[name]
        tables[name] = in_key_order(conform(data, table), table)
        path = into / name / f"{file_stem(parsed.partition)}.parquet"
        path.parent.mkdir(exist_ok=True)
        # neighbours differ in the line number only: by its prefix a locator takes half the bytes
        prefixed = ["row_locator"] if "row_locator" in tables[name].column_names else []
        pq.write_table(
            tables[name],
            path,
            compression="zstd",
            compression_level=19,
            use_dictionary=[c for c in tables[name].column_names if c not in prefixed],
            column_encoding=dict.fromkeys(prefixed, "DELTA_BYTE_ARRAY"),
        )
        hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    selected = replace(parsed, tables=tables)
    load_record = load_record_of(spec.source_id, spec.parser_version, selected, "bundled", hashes)
    return replace(load_record, selection=_selection_text(spec))


def in_key_order(data: pa.Table, table: TableSpec) -> pa.Table:
    """Rows by key, then by lineage, so that the bytes do not depend on the order of the files."""
    keys = [*table.key, *(n for n in LINEAGE.names if n not in table.key)]
    return data.sort_by([(name, "ascending") for name in keys]).combine_chunks()


def _selection_text(spec: SourceSpec) -> str:
    """The docstring of `select_bundle`, which describes the selection."""
    return " ".join((spec.select_bundle.__doc__ or "").split())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Exit codes: 0 done, 1 rejected files, 2 usage error."""
    parser = argparse.ArgumentParser(prog="python -m sources.kit.bundle", description=__doc__)
    parser.add_argument("source")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--compiled-on", type=date.fromisoformat, default=date(2026, 11, 23))
    parser.add_argument("--into", type=Path, help="default: the source's own bundled/")
    given = parser.parse_args(arguments)
    try:
        spec = find_source(given.source)
        files = read_files(spec, given.files, given.compiled_on)
        load_records = compile_bundle(spec, files, given.into or spec.bundled)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    for record in load_records:
        rows = ", ".join(f"{name} {t.rows}" for name, t in record.tables.items())
        print(f"{record.source_id} {record.partition} (edition {record.edition}): {rows}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
