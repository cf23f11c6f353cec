"""Data of the report's two charts; the tables below them show the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

Row = Mapping[str, Any]
BLOC = "BLOC:PAX_SILICA"
#: Items observed at fewer partners are shown only on request: they describe single partners.
MIN_PARTNERS = 5


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
        "low": row["concern_share_low"],
        "high": row["concern_share_high"],
        "hhi": row["supplier_hhi"],
        "usd": row["imports_usd"],
        "top": row["top_supplier_id"],
        "topShare": row["top_supplier_share"],
        "basket": row["basket_share"],
        "coverage": row["coverage_share"],
        "missing": row["missing_reason"],
        "grade": row["quality_grade"],
        "flags": row["quality_flags"] or "",
        "source": f"{row['source_ids']} {row['edition']}".replace("|", ", "),
        "basis": f"{row['flow_basis']}, {row['denominator_scope']}".replace("_", " "),
    }


def _item(kind: str, item_id: str, stage_id: str, rows: Sequence[Row]) -> dict[str, Any]:
    partners_only = [row for row in rows if row["entity_id"] != BLOC]
    return {
        "kind": kind,
        "ids": [item_id],
        "names": [rows[0]["item_name"]],
        "codes": rows[0]["product_codes"],
        "stageId": stage_id,
        "stage": rows[0]["stage_name"],
        "isBasket": any((row["basket_share"] or 0) > 0 for row in rows),
        "nPartners": sum(row["concern_share"] is not None for row in partners_only),
        "meanShare": _mean(row["concern_share"] for row in partners_only),
        "meanHhi": _mean(row["supplier_hhi"] for row in partners_only),
        "cells": [_cell(row) for row in rows],
    }


def _row_key(item: Mapping[str, Any]) -> object:
    """Items with one key share a row: a basket appears once, under all its names."""
    own_id = "" if item["isBasket"] else item["ids"][0]
    figures = tuple((cell["entity"], cell["share"], cell["usd"]) for cell in item["cells"])
    return item["kind"], item["stageId"], item["codes"], own_id, figures


def heatmap(
    rows: Sequence[Row], partners: Sequence[Row], names: Mapping[str, str]
) -> dict[str, Any]:
    """Items by partners; shares are 0 to 1, imports in USD.

    A pair without a row, or with a NULL share, is "no data", never zero.

    Args:
        rows: one per entity, item and stage, as `queries/heatmap.sql` returns them.
        partners: signatory countries, one column each.
        names: country id -> name.
    """
    items: dict[object, dict[str, Any]] = {}
    grouped = groupby(rows, key=lambda row: (row["item_kind"], row["item_id"], row["stage_id"]))
    for (kind, item_id, stage_id), group in grouped:
        item = _item(kind, item_id, stage_id, list(group))
        same = items.setdefault(_row_key(item), item)
        if same is not item:
            same["ids"].append(item_id)
            same["names"].append(item["names"][0])
    columns = [{"id": BLOC, "code": "BLOC", "name": "Pax Silica as one importer"}]
    columns += [
        {"id": partner["country_id"], "code": partner["country_id"], "name": _name(partner)}
        for partner in sorted(partners, key=_name)
    ]
    return {
        "year": rows[0]["year"] if rows else None,
        "minPartners": MIN_PARTNERS,
        "partners": columns,
        "items": list(items.values()),
        "names": dict(names),
    }


def signings(members: Sequence[Row]) -> list[dict[str, Any]]:
    """One row per day with a change: who signed or withdrew, and the signatories after it."""
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
    """The numbers at the top of the page: pairs of partner and item, and the most exposed item.

    Only items observed at `MIN_PARTNERS` partners or more. Baskets are left out, because the share
    of a basket is not the share of one material.
    """
    single = [i for i in heat["items"] if not i["isBasket"] and i["nPartners"] >= MIN_PARTNERS]
    pairs = [
        cell["share"]
        for item in single
        for cell in item["cells"]
        if cell["entity"] != BLOC and cell["share"] is not None
    ]
    known = [item for item in single if item["meanShare"] is not None]
    worst = max(known, key=lambda item: item["meanShare"], default=None)
    return {
        "n_pairs": len(pairs),
        "n_over_half": sum(1 for share in pairs if share > 0.5),
        "worst": worst,
    }
