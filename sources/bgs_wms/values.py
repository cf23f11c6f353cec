"""Sources' room, what a quantity of the yearbook is: a number, nil, a trace, or not available."""

from __future__ import annotations

from dataclasses import dataclass

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
    """The figure; the book's cell and the SDMX code say why there is none.

    A trace comes as quantity 0 and so does nil: only the other cells tell them apart.
    """
    text, book = quantity.strip(), book.strip()
    if sdmx.strip() == "N" or "less than 0.5" in precision:
        return Quantity(None, 0.0, 0.5, "<", "trace")
    if not text:
        told = book == MISSING or sdmx.strip() == "O" or "not available" in precision
        return Quantity(None, None, None, "=", "not_available" if told else "unknown")
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        raise ValueError(f"quantity is not a number: {quantity!r}") from None
    if not 0 <= number < float("inf"):
        raise ValueError(f"no quantity of a product: {quantity!r}")
    if number and book == NIL:
        raise ValueError(f"the book says nil, the quantity {quantity!r}")
    if not number:
        return Quantity(0.0, 0.0, 0.0, "=", "zero")
    return Quantity(number, number, number, "=", "estimated" if estimated else "reported")
