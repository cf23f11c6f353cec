"""`datapackage.json`: a release as a Data Package, which catalogues and libraries read.

The format is that of https://datapackage.org/standard/data-package (2.0): one tabular resource per
mart with its columns, keys, size and hash, and the sources with their terms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

FILE_NAME = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
#: Field types of https://datapackage.org/standard/table-schema by DuckDB's types.
_FIELD_TYPES = {
    "VARCHAR": "string", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime",
    "TINYINT": "integer", "SMALLINT": "integer", "INTEGER": "integer", "BIGINT": "integer",
    "HUGEINT": "integer", "FLOAT": "number", "DOUBLE": "number",
}  # fmt: skip
_COMMENTS = """
    select table_name, column_name, comment
    from duckdb_columns()
    where schema_name = 'marts' and comment is not null
"""


def write_data_package(
    folder: Path, card: Mapping[str, Any], connection: duckdb.DuckDBPyConnection
) -> None:
    """Write the description of a release into its folder.

    Args:
        card: the manifest's content, without its list of files.
        connection: the database of the release, whose comments describe the columns.
    """
    comments = {
        (table, column): text for table, column, text in connection.sql(_COMMENTS).fetchall()
    }
    package = {
        "$schema": PROFILE,
        "name": f"pax-silica-{card['release_id']}",
        "title": "Dependence of the partners of Pax Silica on coercible suppliers",
        "version": card["release_id"],
        "created": card["built_at"],
        "licenses": [{"name": name} for name in sorted({s["licence_id"] for s in card["sources"]})],
        "sources": [
            {
                "title": f"{source['publisher']}: {source['title']}",
                "version": ", ".join(edition["edition"] for edition in source["editions"]),
                "attribution": source["attribution"],
                "licence": source["licence_id"],
            }
            for source in card["sources"]
        ],
        "resources": [
            _resource(name, mart, comments) for name, mart in sorted(card["marts"].items())
        ],
    }
    text = json.dumps(package, indent=1, ensure_ascii=False)
    (folder / FILE_NAME).write_text(text + "\n", encoding="utf-8")


def _resource(
    name: str, mart: Mapping[str, Any], comments: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    fields = []
    for column in mart["columns"]:
        field = {"name": column["name"], "type": _field_type(column["type"])}
        if comment := comments.get((name, column["name"])):
            field["description"] = comment
        fields.append(field)
    schema: dict[str, Any] = {"fields": fields, "primaryKey": mart["key"]}
    if mart["foreign_keys"]:
        schema["foreignKeys"] = [
            {
                "fields": [key["column"]],
                "reference": {"resource": key["references"], "fields": [key["referenced_column"]]},
            }
            for key in mart["foreign_keys"]
        ]
    return {
        "name": name,
        "type": "table",
        "path": mart["file"],
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "description": mart["grain"],
        "bytes": mart["bytes"],
        "hash": f"sha256:{mart['sha256']}",
        "schema": schema,
    }


def _field_type(kind: str) -> str:
    if kind.endswith("[]"):
        return "array"
    return "number" if kind.startswith("DECIMAL") else _FIELD_TYPES.get(kind, "any")
