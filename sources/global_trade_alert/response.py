"""Responses of the GTA API: a paged object or a plain list, sometimes nested once more."""

from __future__ import annotations

from typing import Any

SOURCE = "global_trade_alert"


def read_response(body: Any) -> tuple[int | None, list[dict[str, Any]]]:
    """Read a decoded JSON body.

    Returns:
        The announced number of interventions (None in a plain list), and the interventions.
    Raises:
        ValueError: the body has another shape.
    """
    count, rows = None, body
    if isinstance(body, dict):
        if "results" not in body:
            raise ValueError(f"no results but {str(body)[:160]}")
        count, rows = body.get("count"), body["results"] or []
    if not isinstance(rows, list):
        raise ValueError(f"a {type(rows).__name__} instead of a list of interventions")
    flat = [one for row in rows for one in (row if isinstance(row, list) else [row])]
    if not all(isinstance(one, dict) and "intervention_id" in one for one in flat):
        raise ValueError("its rows are not interventions")
    # in an example of the publisher the count is larger than the page
    return (count if isinstance(count, int) else None), flat
