"""The shapes of GTA's answers: a paged object or a plain list, sometimes nested once too often."""

from __future__ import annotations

from typing import Any

SOURCE = "global_trade_alert"


def read_answer(body: Any) -> tuple[int | None, list[dict[str, Any]]]:
    """The announced count (None in a plain list) and the interventions; else `ValueError`."""
    count, rows = None, body
    if isinstance(body, dict):
        if "results" not in body:
            raise ValueError(f"no results, it says {str(body)[:160]}")
        count, rows = body.get("count"), body["results"] or []
    if not isinstance(rows, list):
        raise ValueError(f"a {type(rows).__name__} instead of a list of interventions")
    flat = [one for row in rows for one in (row if isinstance(row, list) else [row])]
    if not all(isinstance(one, dict) and "intervention_id" in one for one in flat):
        raise ValueError("its rows are no interventions")
    # an example of the publisher announces 123 and shows one: a count is believed of full pages
    return (count if isinstance(count, int) else None), flat
