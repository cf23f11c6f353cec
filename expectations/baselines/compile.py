"""Write the row baselines from the bundles: `python -m expectations.baselines.compile`.

A baseline is the number of rows per landed table and partition; a maintainer compiles it again
with every new bundle, and the diff shows what changed.
"""

from __future__ import annotations

from pathlib import Path

import orjson

from sources.kit.catalog import SourceSpec, catalog

FOLDER = Path(__file__).resolve().parent


def rows_of(spec: SourceSpec) -> dict[str, dict[str, int]]:
    """Rows by table and partition of a source's bundle; empty without one."""
    path = spec.bundled / "load_records.json"
    if not path.is_file():
        return {}
    rows: dict[str, dict[str, int]] = {}
    for part in orjson.loads(path.read_bytes())["partitions"]:
        for table, landed in part["tables"].items():
            rows.setdefault(table, {})[part["partition"]] = landed["rows"]
    return rows


def main() -> None:
    for source_id, spec in catalog().items():
        if rows := rows_of(spec):
            option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
            (FOLDER / f"{source_id}.json").write_bytes(orjson.dumps(rows, option=option))


if __name__ == "__main__":
    main()
