"""`CHANGES.md`: differences from the previous release, and the inputs that may explain them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse.release.deprecated_views import (
    DeprecatedColumn,
    changes_lines,
    deprecated_columns_of,
)
from warehouse.release.headline_causes import (
    LAST_CAUSE,
    ChangedCell,
    cause_lines,
    cause_sql,
    changed_cells,
    last_cause,
)
from warehouse.storage.read_only import literal, quoted

#: The main measure of a mart: its largest movements are listed.
HEADLINES = {
    "partner_dependency": "concern_share",
    "bloc_dependency": "concern_share",
    "concentration": "hhi",
    "production_share": "production_share",
    "supplier_share": "value_share",
}
#: Part of a key that is the same in all rows of a release and another in the next one.
RUN_DAY_COLUMN = "known_on_date"
N_MOVEMENTS = 8
#: Smaller movements of a share are not listed.
MIN_MOVEMENT = 0.005


def _columns(entry: Mapping[str, Any]) -> dict[str, str]:
    return {column["name"]: column["type"] for column in entry["columns"]}


def renamed_columns(
    name: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[DeprecatedColumn]:
    """The columns of a mart that were renamed between two manifest entries."""
    before, after = _columns(old), _columns(new)
    renamed = deprecated_columns_of({name: list(after)})
    return [c for c in renamed if c.old_name in before and c.old_name not in after]


def with_new_names(old: Mapping[str, Any], renamed: Sequence[DeprecatedColumn]) -> dict[str, Any]:
    """The older manifest entry with its renamed columns under their new names."""
    names = {column.old_name: column.new_name for column in renamed}
    return {
        **old,
        "key": [names.get(column, column) for column in old["key"]],
        "columns": [{**c, "name": names.get(c["name"], c["name"])} for c in old["columns"]],
    }


def schema_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], renamed: Sequence[DeprecatedColumn] = ()
) -> list[str]:
    """Columns renamed, added, removed or retyped, one line each; `old` has the new names."""
    before, after = _columns(old), _columns(new)
    return [
        *(f"column `{c.old_name}` renamed to `{c.new_name}`" for c in renamed),
        *(f"column `{name}` added ({after[name]})" for name in after if name not in before),
        *(f"column `{name}` removed" for name in before if name not in after),
        *(
            f"column `{name}` was {before[name]}, is {after[name]}"
            for name in after
            if name in before and before[name] != after[name]
        ),
        *(["its key has changed"] if old["key"] != new["key"] else []),
    ]


def _without_other_run_days(rows: str, others: str) -> str:
    """The rows with no day where it is that of the run and the other release has none of it."""
    return (
        f"select * replace (case when is_as_of_date and as_of_date not in (select as_of_date from "
        f"({others})) then null else as_of_date end as as_of_date) from ({rows})"
    )


class Comparison:
    """Two Parquet files of one mart, joined by the key of the mart.

    The day on which a release was known is no part of the key, and rows of the day of a run match
    those of the other run, where its release has no rows of that day.

    Args:
        old, new: the file and its manifest entry, both with the new column names.
        renamed: columns that the old file has under their old names.
        last: the cause of a change that no column explains (see `last_cause`).
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        old: tuple[Path, Mapping[str, Any]],
        new: tuple[Path, Mapping[str, Any]],
        renamed: Sequence[DeprecatedColumn] = (),
        last: str = LAST_CAUSE,
    ) -> None:
        self.connection, self.last = connection, last
        old_names = ", ".join(quoted(column.old_name) for column in renamed)
        new_columns = "".join(f", {column.to_new()}" for column in renamed)
        without = f" exclude ({old_names})" if renamed else ""
        self.old = f"select *{without}{new_columns} from read_parquet({literal(str(old[0]))})"
        self.new = f"select * from read_parquet({literal(str(new[0]))})"
        self.key = [name for name in new[1]["key"] if name != RUN_DAY_COLUMN]
        shared = [name for name in _columns(new[1]) if name in _columns(old[1])]
        if "as_of_date" in self.key and "is_as_of_date" in shared:
            before, after = self.old, self.new
            self.old = _without_other_run_days(before, after)
            self.new = _without_other_run_days(after, before)
        self.values = [name for name in shared if name not in (*self.key, RUN_DAY_COLUMN)]

    def _joined(self, kind: str) -> str:
        same = " and ".join(f"o.{quoted(k)} is not distinct from n.{quoted(k)}" for k in self.key)
        return (
            f"from (select *, true as is_present from ({self.old})) as o {kind} join "
            f"(select *, true as is_present from ({self.new})) as n on {same}"
        )

    def counts(self) -> tuple[int, int, int]:
        """Rows added, removed, and kept with other values."""
        other = " or ".join(f"o.{quoted(v)} is distinct from n.{quoted(v)}" for v in self.values)
        row = self.connection.execute(
            "select count(*) filter (o.is_present is null), count(*) filter (n.is_present is null),"
            " count(*) filter (o.is_present and n.is_present and"
            f" ({other or 'false'})) {self._joined('full outer')}"
        ).fetchone()
        assert row is not None
        return row[0], row[1], row[2]

    def changed_cells(self, mart: str) -> list[ChangedCell]:
        """The headline cells of the mart that differ, each with its one cause."""
        joined = self._joined("full outer")
        columns = [*self.key, *self.values]
        return changed_cells(self.connection, joined, mart, columns, self.key, self.last)

    def causes(self, mart: str) -> list[str]:
        """Lines on why the headline cells of the mart differ."""
        return cause_lines(self.changed_cells(mart))

    def movements(self, measure: str, only: str = "true") -> list[tuple[str, float, float, str]]:
        """The largest movements of a share (0 to 1): key, before, after, and the cause.

        Args:
            only: a condition on the rows `n` of the new file.
        """
        if measure not in self.values:
            return []
        label = ", ".join(f"n.{quoted(k)}" for k in self.key)
        before, after = f"o.{quoted(measure)}", f"n.{quoted(measure)}"
        return self.connection.execute(
            f"select concat_ws(' · ', {label}), {before}, {after},"
            f" {cause_sql([*self.key, *self.values], self.last)} {self._joined('inner')}"
            f" where abs({after} - {before}) >= {MIN_MOVEMENT} and {only}"
            f" order by abs({after} - {before}) desc, 1 limit {N_MOVEMENTS}"
        ).fetchall()

    def source_moves(self, measure: str) -> tuple[int, list[tuple[Any, ...]]]:
        """Cells whose preferred sources changed: how many, and those that moved most.

        Key, sources before and now, measure before and now; a number that came or went is the
        largest movement.
        """
        if not {"source_ids", measure} <= set(self.values):
            return 0, []
        label = ", ".join(f"n.{quoted(k)}" for k in self.key)
        before, after = f"o.{quoted(measure)}", f"n.{quoted(measure)}"
        found = self.connection.execute(
            f"select concat_ws(' · ', {label}), o.source_ids, n.source_ids, {before}, {after},"
            f" count(*) over () {self._joined('inner')}"
            " where o.source_ids is distinct from n.source_ids"
            f" order by coalesce(abs({after} - {before}),"
            f" case when {before} is null and {after} is null then 0 else 1 end) desc, 1"
            f" limit {N_MOVEMENTS}"
        ).fetchall()
        return (found[0][-1] if found else 0), [row[:-1] for row in found]


def _mart_lines(
    name: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    both: Comparison,
    renamed: Sequence[DeprecatedColumn],
) -> list[str]:
    lines = [f"- {change}" for change in schema_changes(old, new, renamed)]
    if not new["key"] or old["key"] != new["key"]:
        return [*lines, f"- rows: {old['rows']:,} before, {new['rows']:,} now (no common key)"]
    added, removed, changed = both.counts()
    lines.append(f"- rows: {added:,} added, {removed:,} removed, {changed:,} changed")
    measure = HEADLINES.get(name, "")
    movements = both.movements(measure) if measure else []
    if movements:
        lines += [
            "",
            f"  | largest movements of `{measure}` | before | now | cause |",
            "  |---|---:|---:|---|",
        ]
        lines += [
            f"  | {key} | {before:.3f} | {after:.3f} | {cause} |"
            for key, before, after, cause in movements
        ]
    lines += both.causes(name)
    n_cells, moves = both.source_moves(measure) if measure else (0, [])
    if moves:
        lines += [
            "",
            f"- preferred source changed in {n_cells:,} cells; those that moved most:",
            "",
            f"  | cell | sources before | now | `{measure}` before | now |",
            "  |---|---|---|---:|---:|",
        ]
        lines += [
            f"  | {key} | {old_ids} | {new_ids} | {_number(before)} | {_number(after)} |"
            for key, old_ids, new_ids, before, after in moves
        ]
    return lines


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def source_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Editions added or removed between two manifests, and changed days, one line each."""

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


def largest_movements(
    new: Mapping[str, Any], folder: Path, old: Mapping[str, Any], before: Path
) -> list[dict[str, Any]]:
    """The largest movements of the share from countries of concern, of the bloc and of members.

    At most `N_MOVEMENTS` of each mart, the largest first: mart, measure, cell (the key's values),
    label (of whom, of what, of when), the share (0 to 1) before and after, and the cause of
    `headline_causes`; no candidates.
    Arguments as of `changes_text`.

    Raises:
        duckdb.Error: a file cannot be read.
    """
    found: list[dict[str, Any]] = []
    with duckdb.connect() as connection:
        for name in ("bloc_dependency", "partner_dependency"):
            was, now = old["marts"].get(name), new["marts"].get(name)
            if not was or not now or was["sha256"] == now["sha256"]:
                continue
            renamed = renamed_columns(name, was, now)
            was = with_new_names(was, renamed)
            if was["key"] != now["key"] or not now["key"]:
                continue
            files = (before / was["file"], was), (folder / now["file"], now)
            measure = HEADLINES[name]
            both = Comparison(connection, *files, renamed, last_cause(old, new))
            moved = both.movements(measure, "n.membership_variant not like 'candidate:%'")
            found += [
                {
                    "mart": name,
                    "measure": measure,
                    "cell": cell,
                    "label": _label(cell, now["key"]),
                    "before": earlier,
                    "after": later,
                    "cause": cause,
                }
                for cell, earlier, later, cause in moved
            ]
    return sorted(found, key=lambda row: -abs(row["after"] - row["before"]))


def _label(cell: str, key: Sequence[str]) -> str:
    """Of whom, of what and of when a cell is, like `JPN, graphite, ore, 2024`."""
    values = dict(zip(key, cell.split(" · "), strict=False))
    who = values.get("entity_id") or values.get("bloc_id")
    when = values.get("period_start_date", "")[:4]
    parts = (who, values.get("item_id"), values.get("stage_id"), when)
    return ", ".join(part.replace("_", " ") for part in parts if part)


def set_aside_lines(manifest: Mapping[str, Any]) -> list[str]:
    """The section on partitions that the release lacks; none where nothing is set aside."""
    entries = manifest.get("set_aside") or ()  # releases of version 0.2.0 have no such entry
    lines = [
        f"- {x['source_id']} {x['partition']}: {x['reason']}; {x['state']}. "
        f"What to do: {x['remedy']}"
        for x in entries
    ]
    return ["", "## Set aside", "", *lines] if lines else []


def changes_text(
    new: Mapping[str, Any], folder: Path, old: Mapping[str, Any] | None, before: Path | None
) -> str:
    """The whole of `CHANGES.md`.

    Args:
        new, folder: manifest content and folder of the new release.
        old, before: the same of the previous release, or None.
    """
    head = f"# Changes in {new['release_id']}\n"
    deprecated = changes_lines({name: list(_columns(mart)) for name, mart in new["marts"].items()})
    if old is None or before is None:
        first = f"{head}\nThe first release in this data directory: {new['n_marts']} marts."
        return "\n".join([first, *set_aside_lines(new), *deprecated]) + "\n"
    lines = [head, f"Against {old['release_id']}.", "", "## Inputs", ""]
    lines += source_changes(old, new) or ["- the same editions and the same days"]
    lines += set_aside_lines(new)
    previous = {k: v for k, v in old["marts"].items() if v["in_identity"]}
    current = {k: v for k, v in new["marts"].items() if v["in_identity"]}
    lines += ["", "## Marts", ""]
    lines += [
        f"- new mart: `{n}` ({current[n]['rows']:,} rows)" for n in current if n not in previous
    ]
    lines += [f"- no longer in the release: `{n}`" for n in previous if n not in current]
    common = [n for n in current if n in previous]
    same = [n for n in common if previous[n]["sha256"] == current[n]["sha256"]]
    if same:
        lines += [f"- unchanged to the byte: {', '.join(f'`{n}`' for n in same)}"]
    connection = duckdb.connect()
    try:
        for name in (n for n in common if n not in same):
            renamed = renamed_columns(name, previous[name], current[name])
            was, now = with_new_names(previous[name], renamed), current[name]
            files = (before / was["file"], was), (folder / now["file"], now)
            both = Comparison(connection, *files, renamed, last_cause(old, new))
            lines += ["", f"### {name}", "", *_mart_lines(name, was, now, both, renamed)]
    finally:
        connection.close()
    return "\n".join([*lines, *deprecated]) + "\n"
