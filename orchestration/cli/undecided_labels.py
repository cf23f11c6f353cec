"""Labels of production tables that nobody has decided, and what a release lacks because of them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq

#: Lists the labels of one release with the nearest known ones.
QUERY = (
    "select edition, commodity_label, label, statistic, reason from marts.excluded_figure "
    "where reason_id = 'label_undecided' order by all"
)
_COLUMNS = [
    "source_id", "edition", "reason_id", "n_figures", "likely_material_id", "is_hiding_production",
]  # fmt: skip


def undecided_labels(release_folder: Path) -> list[str]:
    """One line per source and edition with undecided labels; none where the release has no mart."""
    path = release_folder / "parquet" / "excluded_figure.parquet"
    if not path.is_file() or not set(_COLUMNS) <= set(pq.read_schema(path).names):
        return []
    n_labels: dict[tuple[str, str], int] = defaultdict(int)
    n_figures: dict[tuple[str, str], int] = defaultdict(int)
    hidden: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in pq.read_table(path, columns=_COLUMNS).to_pylist():
        if row["reason_id"] != "label_undecided":
            continue
        key = row["source_id"], row["edition"]
        n_labels[key] += 1
        n_figures[key] += row["n_figures"]
        if row["is_hiding_production"]:
            hidden[key].add(row["likely_material_id"])
    return [_line(*key, n_labels[key], n_figures[key], hidden[key]) for key in sorted(n_labels)]


def _line(source_id: str, edition: str, n_labels: int, n_figures: int, hidden: set[str]) -> str:
    labels = "1 label" if n_labels == 1 else f"{n_labels} labels"
    lacking = f"; no production of {', '.join(sorted(hidden))} because of it" if hidden else ""
    return f"{source_id} {edition}: {labels} with {n_figures} figures{lacking}"
