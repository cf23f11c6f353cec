"""A buyer's list of suppliers: a CSV file with the columns item, origin and value_usd."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
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

    Columns beside the three are ignored. A value may have blanks, apostrophes, or the other of
    point and comma between its thousands: what the signs mean is read from the whole column.

    Raises:
        SupplierListError: a column is missing or there twice, a line has no item, no origin or no
            number, or the numbers can be read in two ways.
        OSError: the file cannot be read.
    """
    content = path.read_bytes()
    if content.startswith(b"PK"):
        raise SupplierListError("it is a workbook or an archive: save it as CSV (UTF-8)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SupplierListError(
            f"it is not UTF-8 text ({error.reason}): save it as CSV (UTF-8)"
        ) from error
    header = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    found = [(name.strip().lower(), name) for name in reader.fieldnames or () if name]
    names = dict(found)
    if missing := [name for name in REQUIRED if name not in names]:
        raise SupplierListError(
            f"without the column {', '.join(missing)}; it has {', '.join(names) or 'none'}"
        )
    given = [name for name, _ in found]
    if twice := [name for name in REQUIRED if given.count(name) > 1]:
        raise SupplierListError(f"the column {', '.join(twice)} is there twice")
    lines = []
    for row in reader:
        item, origin, value = ((row[names[name]] or "").strip() for name in REQUIRED)
        if item or origin or value:
            lines.append((reader.line_num, item, origin, value))
    return _purchases(lines)


def _purchases(lines: Sequence[tuple[int, str, str, str]]) -> list[Purchase]:
    decimal = _decimal_sign([(line, value) for line, _, _, value in lines])
    purchases, wrong = [], []
    for line, item, origin, value in lines:
        number = _as_number(value, decimal)
        if not item or not origin or number is None:
            wrong.append(f"line {line}: {item!r}, {origin!r}, {value!r}")
        else:
            purchases.append(Purchase(line, item, origin, number))
    if wrong:
        raise SupplierListError(
            f"an item, an origin and a value of zero or more are needed: {_some(wrong)}"
        )
    if not purchases or len(purchases) > MAX_ROWS:
        raise SupplierListError(f"it has {len(purchases)} lines; 1 to {MAX_ROWS} can be answered")
    return purchases


def _some(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - 10} more" if len(texts) > 10 else ""
    return "; ".join(texts[:10]) + more


def _decimal_sign(values: Sequence[tuple[int, str]]) -> str:
    """Whether the column writes its decimals after a point or a comma.

    `1.200` alone may be twelve hundred or one and a fifth; `1.200.000` or `12,50` elsewhere in the
    column tell.

    Raises:
        SupplierListError: both signs, or none that tells.
    """
    evidence: dict[str, list[str]] = {".": [], ",": []}
    open_cases = []
    for line, value in values:
        text = _without_blanks(value)
        place = f"line {line}: {value!r}"
        last = max(text.rfind("."), text.rfind(","))
        if last < 0:
            continue
        sign, other = text[last], "," if text[last] == "." else "."
        if other in text or re.fullmatch(r"\d+", text[last + 1 :]) is None:
            evidence[sign].append(place)
        elif text.count(sign) > 1:
            evidence[other].append(place)  # 1.200.000: the point is between thousands
        elif len(text) - last - 1 == 3 and 1 <= last <= 3 and text[0] != "0":
            open_cases.append(place)
        else:
            evidence[sign].append(place)
    if evidence["."] and evidence[","]:
        raise SupplierListError(
            f"a point and a comma both stand before decimals: {_some(evidence['.'][:2])};"
            f" {_some(evidence[','][:2])}"
        )
    if open_cases and not (evidence["."] or evidence[","]):
        raise SupplierListError(
            f"these may be thousands or decimals: {_some(open_cases)}; write 1200 or 1.20"
        )
    return "," if evidence[","] else "."


def _without_blanks(text: str) -> str:
    return re.sub(r"[\s'\u00a0\u202f\u2019]", "", text)


def _as_number(text: str, decimal: str) -> float | None:
    """A number of zero or more; None for what is none."""
    thousands = "," if decimal == "." else "."
    plain = _without_blanks(text)
    whole, _, _ = plain.partition(decimal)
    if thousands in plain and not re.fullmatch(rf"[1-9]\d{{0,2}}(\{thousands}\d{{3}})+", whole):
        return None
    try:
        number = float(plain.replace(thousands, "").replace(decimal, "."))
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
