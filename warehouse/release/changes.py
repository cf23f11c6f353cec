"""`CHANGES.md`: what is different from the release before, and which input may explain it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from warehouse.storage.read_only import literal, quoted

#: The measure by which a reader would notice that a mart has moved.
HEADLINES = {
    "partner_dependency": "concern_share",
    "bloc_dependency": "concern_share",
    "concentration": "hhi",
    "production_share": "production_share",
    "supplier_share": "value_share",
}
N_MOVES = 8
#: Smaller moves than this are noise to a reader.
SMALLEST_MOVE = 0.005


def _columns(entry: Mapping[str, Any]) -> dict[str, str]:
    return {column["name"]: column["type"] for column in entry["columns"]}


def schema_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Columns added, removed or retyped."""
    before, after = _columns(old), _columns(new)
    return [
        *(f"column `{name}` added ({after[name]})" for name in after if name not in before),
        *(f"column `{name}` removed" for name in before if name not in after),
        *(
            f"column `{name}` was {before[name]}, is {after[name]}"
            for name in after
            if name in before and before[name] != after[name]
        ),
        *(["its key has changed"] if old["key"] != new["key"] else []),
    ]


class Comparison:
    """Two Parquet files of one mart, joined by the mart's key."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        old: tuple[Path, Mapping[str, Any]],
        new: tuple[Path, Mapping[str, Any]],
    ) -> None:
        self.connection = connection
        self.old, self.new = (literal(str(path)) for path in (old[0], new[0]))
        self.key = list(new[1]["key"])
        shared = [name for name in _columns(new[1]) if name in _columns(old[1])]
        self.values = [name for name in shared if name not in self.key]

    def _joined(self, kind: str) -> str:
        same = " and ".join(f"o.{quoted(k)} is not distinct from n.{quoted(k)}" for k in self.key)
        return (
            f"from (select *, true as is_there from read_parquet({self.old})) as o {kind} join "
            f"(select *, true as is_there from read_parquet({self.new})) as n on {same}"
        )

    def counts(self) -> tuple[int, int, int]:
        """Rows added, removed, and kept with other values."""
        other = " or ".join(f"o.{quoted(v)} is distinct from n.{quoted(v)}" for v in self.values)
        row = self.connection.execute(
            "select count(*) filter (o.is_there is null), count(*) filter (n.is_there is null),"
            " count(*) filter (o.is_there and n.is_there and"
            f" ({other or 'false'})) {self._joined('full outer')}"
        ).fetchone()
        assert row is not None
        return row[0], row[1], row[2]

    def moves(self, measure: str) -> list[tuple[str, float, float]]:
        """The largest moves of a share between the two files: key, before, after."""
        if measure not in self.values:
            return []
        label = ", ".join(f"n.{quoted(k)}" for k in self.key)
        before, after = f"o.{quoted(measure)}", f"n.{quoted(measure)}"
        return self.connection.execute(
            f"select concat_ws(' · ', {label}), {before}, {after} {self._joined('inner')}"
            f" where abs({after} - {before}) >= {SMALLEST_MOVE}"
            f" order by abs({after} - {before}) desc, 1 limit {N_MOVES}"
        ).fetchall()


def _mart_lines(
    name: str, old: Mapping[str, Any], new: Mapping[str, Any], both: Comparison
) -> list[str]:
    lines = [f"- {change}" for change in schema_changes(old, new)]
    if not new["key"] or old["key"] != new["key"]:
        return [*lines, f"- rows: {old['rows']:,} before, {new['rows']:,} now (no common key)"]
    added, removed, changed = both.counts()
    lines.append(f"- rows: {added:,} added, {removed:,} removed, {changed:,} changed")
    measure = HEADLINES.get(name, "")
    moves = both.moves(measure) if measure else []
    if moves:
        lines += ["", f"  | largest moves of `{measure}` | before | now |", "  |---|---:|---:|"]
        lines += [f"  | {key} | {before:.3f} | {after:.3f} |" for key, before, after in moves]
    return lines


def source_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Editions that came or went between two manifests."""

    def editions(manifest: Mapping[str, Any]) -> set[str]:
        return {
            f"{source['source_id']} {edition['edition']}"
            for source in manifest["sources"]
            for edition in source["editions"]
        }

    before, after = editions(old), editions(new)
    return [
        *(f"- new edition: {name}" for name in sorted(after - before)),
        *(f"- no longer used: {name}" for name in sorted(before - after)),
        *(
            f"- `{day}` was {old[day]}, is {new[day]}"
            for day in ("as_of_date", "as_known_on")
            if str(old[day]) != str(new[day])
        ),
    ]


def changes_text(
    new: Mapping[str, Any], folder: Path, old: Mapping[str, Any] | None, before: Path | None
) -> str:
    """The whole of `CHANGES.md`; `folder` and `before` hold the two releases' files."""
    head = f"# Changes in {new['release_id']}\n"
    if old is None or before is None:
        return f"{head}\nThe first release of this home: {new['n_marts']} marts.\n"
    lines = [head, f"Against {old['release_id']}.", "", "## Inputs", ""]
    lines += source_changes(old, new) or ["- the same editions and the same days"]
    theirs = {k: v for k, v in old["marts"].items() if v["in_identity"]}
    ours = {k: v for k, v in new["marts"].items() if v["in_identity"]}
    lines += ["", "## Marts", ""]
    lines += [f"- new mart: `{n}` ({ours[n]['rows']:,} rows)" for n in ours if n not in theirs]
    lines += [f"- no longer in the release: `{n}`" for n in theirs if n not in ours]
    common = [n for n in ours if n in theirs]
    same = [n for n in common if theirs[n]["sha256"] == ours[n]["sha256"]]
    if same:
        lines += [f"- unchanged to the byte: {', '.join(f'`{n}`' for n in same)}"]
    connection = duckdb.connect()
    try:
        for name in (n for n in common if n not in same):
            was, now = theirs[name], ours[name]
            both = Comparison(connection, (before / was["file"], was), (folder / now["file"], now))
            lines += ["", f"### {name}", "", *_mart_lines(name, was, now, both)]
    finally:
        connection.close()
    return "\n".join(lines) + "\n"
