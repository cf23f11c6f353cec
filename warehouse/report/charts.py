"""What the page's two charts draw, as plain data: the same rows feed the tables behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

Row = Mapping[str, Any]
BLOC = "BLOC:PAX_SILICA"


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _name(party: Row) -> str:
    name: str = party["country_name"] or party["country_id"]
    return name


def _cell(row: Row) -> dict[str, Any]:
    return {
        "entity": row["entity_id"],
        "share": row["concern_share"],
        "hhi": row["supplier_hhi"],
        "usd": row["imports_usd"],
        "top": row["top_supplier_id"],
        "topShare": row["top_supplier_share"],
        "basket": row["basket_share"],
        "grade": row["quality_grade"],
        "flags": row["quality_flags"] or "",
        "source": row["lineage_id"],
    }


def heatmap(
    rows: Sequence[Row], partners: Sequence[Row], names: Mapping[str, str]
) -> dict[str, Any]:
    """Items by partners. A pair without a row, or with a NULL share, is no data: never zero."""
    items = []
    grouped = groupby(rows, key=lambda row: (row["item_kind"], row["item_id"], row["stage_id"]))
    for (kind, item_id, stage_id), group in grouped:
        members = list(group)
        partners_only = [row for row in members if row["entity_id"] != BLOC]
        items.append(
            {
                "kind": kind,
                "id": item_id,
                "name": members[0]["item_name"],
                "stageId": stage_id,
                "stage": members[0]["stage_name"],
                "isBasket": any((row["basket_share"] or 0) > 0 for row in members),
                "meanShare": _mean(row["concern_share"] for row in partners_only),
                "meanHhi": _mean(row["supplier_hhi"] for row in partners_only),
                "cells": [_cell(row) for row in members],
            }
        )
    columns = [{"id": BLOC, "code": "BLOC", "name": "Pax Silica as one importer"}]
    columns += [
        {"id": partner["country_id"], "code": partner["country_id"], "name": _name(partner)}
        for partner in sorted(partners, key=_name)
    ]
    return {
        "year": rows[0]["year"] if rows else None,
        "partners": columns,
        "items": items,
        "names": dict(names),
    }


def signings(members: Sequence[Row]) -> list[dict[str, Any]]:
    """Per day: who signed, and how many signatories there were after it, withdrawals counted."""
    signed = [m for m in members if m["membership_type"] == "signatory" and m["valid_from"]]
    days = {day for m in signed for day in (m["valid_from"], m["valid_to"]) if day}
    return [
        {
            "date": day.isoformat(),
            "joined": [_name(m) for m in signed if m["valid_from"] == day],
            "left": [_name(m) for m in signed if m["valid_to"] == day],
            "count": sum(
                1
                for m in signed
                if m["valid_from"] <= day and (m["valid_to"] is None or m["valid_to"] > day)
            ),
        }
        for day in sorted(days)
    ]


def findings(heat: Mapping[str, Any]) -> dict[str, Any]:
    """The three numbers that the page opens with; None where there is nothing to count."""
    pairs = [
        cell["share"]
        for item in heat["items"]
        for cell in item["cells"]
        if cell["entity"] != BLOC and cell["share"] is not None
    ]
    materials = [item for item in heat["items"] if item["meanShare"] is not None]
    worst = max(materials, key=lambda item: item["meanShare"], default=None)
    return {
        "n_pairs": len(pairs),
        "n_over_half": sum(1 for share in pairs if share > 0.5),
        "worst": worst,
    }
