"""Quantities of the yearbook: a number, nil, a trace, or not available."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sources.kit.columns import MISSING as NO_NUMBER

_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
NIL = "-----"
MISSING = "..."


@dataclass(frozen=True)
class Quantity:
    """One figure in the published unit. A trace has bounds and no point value."""

    value: float | None
    low: float | None
    high: float | None
    operator: str
    status: str


def read_quantity(
    quantity: str, *, book: str, precision: str, sdmx: str, estimated: bool
) -> Quantity:
    """Read one figure; the book's cell and the SDMX code state why a number is missing.

    A trace and nil are both published as quantity 0; only the other cells separate them.

    Raises:
        ValueError: the text is not a non-negative number, or contradicts the book's cell.
    """
    text, book = quantity.strip(), book.strip()
    text = "" if text.lower() in NO_NUMBER else text
    if sdmx.strip() == "N" or "less than 0.5" in precision:
        return Quantity(None, 0.0, 0.5, "<", "trace")
    if not text:
        is_stated = book == MISSING or sdmx.strip() == "O" or "not available" in precision
        return Quantity(None, None, None, "=", "not_available" if is_stated else "unknown")
    try:
        number = float(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
    except ValueError:
        raise ValueError(f"quantity is not a number: {quantity!r}") from None
    if not 0 <= number < float("inf"):
        raise ValueError(f"not a quantity of a product: {quantity!r}")
    if number and book == NIL:
        raise ValueError(f"the book cell is nil, the quantity is {quantity!r}")
    if not number:
        return Quantity(0.0, 0.0, 0.0, "=", "zero")
    return Quantity(number, number, number, "=", "estimated" if estimated else "reported")
