"""Validation of a parsed `source.yml`; each message names the field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from sources.kit.contract import LINEAGE

TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
}
ACCESS_METHODS = ("bundled", "live", "manual")
REDISTRIBUTION = ("full", "derived", "none")
_TEXTS = ("source_id", "title", "publisher", "homepage", "group", "owner")
_BLOCKS = {
    "licence": ("id", "url", "redistribution", "attribution"),
    "cadence": ("cron", "text", "stale_after_days"),
}
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def check_source_yaml(raw: Any, folder: str) -> list[str]:
    """The mistakes in a parsed `source.yml`; an empty list means that it is valid."""
    if not isinstance(raw, dict):
        return ["it must be a mapping of fields"]
    return [*_head(raw, folder), *_tables(raw.get("tables"))]


def _head(raw: dict[str, Any], folder: str) -> Iterator[str]:
    for name in _TEXTS:
        if not isinstance(raw.get(name), str) or not raw[name].strip():
            yield f"{name} must be a text"
    if raw.get("source_id") != folder:
        yield f"source_id must be the folder's name, {folder}"
    for block, fields in _BLOCKS.items():
        given = raw.get(block)
        if not isinstance(given, dict) or set(given) != set(fields):
            yield f"{block} must have exactly {', '.join(fields)}"
        elif block == "licence" and given["redistribution"] not in REDISTRIBUTION:
            yield f"licence.redistribution must be one of {', '.join(REDISTRIBUTION)}"
        elif block == "cadence" and len(str(given["cron"]).split()) != 5:
            yield "cadence.cron must have five fields"
    methods = raw.get("access_methods")
    if not isinstance(methods, list) or not methods or set(methods) - set(ACCESS_METHODS):
        yield f"access_methods must be a list out of {', '.join(ACCESS_METHODS)}"
    share = raw.get("quarantine_max_share")
    if not isinstance(share, int | float) or not 0 <= share <= 1:
        yield "quarantine_max_share must be a number from 0 to 1"
    for layout in raw.get("layouts") or ():
        if not isinstance(layout, dict) or set(layout) != {"id", "files", "description"}:
            yield "each layout must have exactly id, files, description"


def _tables(tables: Any) -> Iterator[str]:
    if not isinstance(tables, dict) or not tables:
        yield "tables must name at least one table"
        return
    for name, table in tables.items():
        if not _NAME.fullmatch(str(name)):
            yield f"table name {name!r} must be lower snake case"
        if not isinstance(table, dict):
            yield f"tables.{name} must be a mapping"
            continue
        for field in ("description", "grain"):
            if not isinstance(table.get(field), str):
                yield f"tables.{name}.{field} must be a text"
        yield from _columns(str(name), table)


def _columns(name: str, table: dict[str, Any]) -> Iterator[str]:
    columns = table.get("columns")
    if not isinstance(columns, list) or not columns:
        yield f"tables.{name}.columns must be a list"
        return
    names = [c.get("name") for c in columns if isinstance(c, dict)]
    for column in columns:
        if not isinstance(column, dict) or not _NAME.fullmatch(str(column.get("name"))):
            yield f"tables.{name}.columns: each needs a lower snake case name, got {column!r}"
            continue
        at = f"tables.{name}.{column['name']}"
        if column.get("type") not in TYPES:
            yield f"{at}: type must be one of {', '.join(TYPES)}, not {column.get('type')!r}"
        if not isinstance(column.get("description"), str):
            yield f"{at}: description is missing"
        if column["name"] in LINEAGE.names:
            yield f"{at}: {', '.join(LINEAGE.names)} are appended to every table; leave it out"
        if unknown := set(column) - {"name", "type", "nullable", "description", "unit"}:
            yield f"{at}: unknown field {', '.join(sorted(unknown))}"
    if len(set(names)) != len(names):
        yield f"tables.{name}: a column name occurs twice"
    key = table.get("key")
    known = {*names, *LINEAGE.names}
    if not isinstance(key, list) or not key or set(key) - known:
        yield f"tables.{name}.key must be a list of its columns"
