"""A buyer's list of suppliers: a CSV file with the columns item, origin and value_usd."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

REQUIRED = ("item", "origin", "value_usd")
MAX_ROWS = 100_000


class SupplierListError(ValueError):
    """The file is no list of suppliers; the message names every line that is wrong."""


@dataclass(frozen=True)
class Purchase:
    """One line: what is bought, from where, for how much in a year (USD)."""

    line: int
    item: str
    origin: str
    value_usd: float


def read_purchases(path: Path) -> list[Purchase]:
    """The lines of the file, separated by commas, semicolons or tabs; UTF-8.

    Columns beside the three are ignored. A value may have blanks or apostrophes between its
    thousands.

    Raises:
        SupplierListError: a column is missing, a line has no item, no origin or no number.
        OSError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SupplierListError(f"it is not UTF-8 text ({error.reason})") from error
    header = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = {name.strip().lower(): name for name in reader.fieldnames or () if name}
    if missing := [name for name in REQUIRED if name not in names]:
        raise SupplierListError(
            f"without the column {', '.join(missing)}; it has {', '.join(names) or 'none'}"
        )
    purchases, wrong = [], []
    for row in reader:
        item, origin, value = ((row[names[name]] or "").strip() for name in REQUIRED)
        if not (item or origin or value):
            continue
        number = _as_number(value)
        if not item or not origin or number is None:
            wrong.append(f"line {reader.line_num}: {item!r}, {origin!r}, {value!r}")
        else:
            purchases.append(Purchase(reader.line_num, item, origin, number))
    if wrong:
        more = f" and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        raise SupplierListError(
            f"an item, an origin and a value of zero or more are needed: {'; '.join(wrong[:10])}"
            + more
        )
    if not purchases or len(purchases) > MAX_ROWS:
        raise SupplierListError(f"it has {len(purchases)} lines; 1 to {MAX_ROWS} can be answered")
    return purchases


def _as_number(text: str) -> float | None:
    """A number of zero or more, written with a decimal point; None for what is none."""
    try:
        number = float(text.replace(" ", "").replace("'", "").replace("\u00a0", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
