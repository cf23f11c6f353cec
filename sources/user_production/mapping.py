"""The mapping file of a user's table: which column holds what, and what the labels mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from sources.kit.errors import SourceError, UnknownLayoutError

SOURCE = "user_production"
REQUIRED = ("material", "stage", "country", "year", "quantity", "unit", "basis")
ROLES = (*REQUIRED, "status", "note")
#: Fields whose labels a mapping may translate.
TRANSLATED = ("material", "stage", "country", "unit", "basis", "status")
_FIELDS = ("table_id", "known_from_date", "delimiter", "columns", "constants", "labels")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class TableMapping:
    """Where each field of a table comes from: a column, or one text for all rows."""

    table_id: str
    columns: Mapping[str, str]  # role -> column
    constants: Mapping[str, str] = field(default_factory=dict)  # role -> text of every row
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    known_from_date: date | None = None
    delimiter: str | None = None

    def text(self, role: str, cells: Mapping[str, str]) -> str:
        """The text of a field in one row; translated where the mapping has its label."""
        text = self.constants.get(role, "")
        if role in self.columns:
            text = " ".join(cells[self.columns[role]].split())
        return self.labels.get(role, {}).get(text, text)


#: A table whose columns have the names of the fields needs no mapping file.
OWN_NAMES = TableMapping("own_table", {role: role for role in REQUIRED})


def read_mapping(text: str, place: str) -> TableMapping:
    """The mapping that a YAML file declares.

    Raises:
        SourceError: the file is not YAML, or a field is wrong; the message names it.
    """
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _mapping_error(place, f"it is not YAML: {error}") from error
    if not isinstance(raw, dict):
        raise _mapping_error(place, "it must be a mapping of fields")
    if unknown := sorted(set(map(str, raw)) - set(_FIELDS)):
        raise _mapping_error(
            place, f"unknown {', '.join(unknown)}; the fields are {', '.join(_FIELDS)}"
        )
    table_id = raw.get("table_id")
    if not isinstance(table_id, str) or not _NAME.fullmatch(table_id):
        raise _mapping_error(place, "table_id must be a name in lower snake case")
    known = raw.get("known_from_date")
    if known is not None and type(known) is not date:
        raise _mapping_error(place, f"known_from_date must be a day such as 2026-10-01: {known!r}")
    columns = _texts(raw, "columns", ROLES, place)
    constants = _texts(raw, "constants", ROLES, place)
    if both := sorted(set(columns) & set(constants)):
        raise _mapping_error(place, f"both a column and a constant: {', '.join(both)}")
    if missing := [role for role in REQUIRED if role not in columns and role not in constants]:
        raise _mapping_error(place, f"neither a column nor a constant: {', '.join(missing)}")
    labels = raw.get("labels") or {}
    if not isinstance(labels, dict) or set(labels) - set(TRANSLATED):
        raise _mapping_error(place, f"labels may be given of {', '.join(TRANSLATED)}")
    return TableMapping(
        table_id,
        columns,
        constants,
        {name: _texts(labels, name, None, place) for name in labels},
        known,
        raw.get("delimiter"),
    )


def find_mapping(
    headers: Iterable[str], mappings: Sequence[TableMapping], place: str
) -> TableMapping:
    """The mapping whose columns a table has; the names of the fields themselves without one.

    Raises:
        UnknownLayoutError: none fits, or several do; the message names the difference.
    """
    given = set(headers)
    fitting = [one for one in mappings if given >= set(one.columns.values())]
    if len(fitting) == 1:
        return fitting[0]
    if len(fitting) > 1:
        names = ", ".join(one.table_id for one in fitting)
        raise UnknownLayoutError(
            SOURCE, f"several mapping files fit: {names}", place=place,
            remedy="land each table with its mapping file in a call of its own",
        )  # fmt: skip
    if not mappings and given >= set(REQUIRED):
        optional = {role: role for role in ("status", "note") if role in given}
        return TableMapping(OWN_NAMES.table_id, {**OWN_NAMES.columns, **optional})
    wanted = set(mappings[0].columns.values()) if mappings else set(REQUIRED)
    raise UnknownLayoutError(
        SOURCE,
        f"the table lacks {', '.join(sorted(wanted - given))}; it has {', '.join(sorted(given))}",
        place=place,
        remedy="name its columns in a mapping file and land both together; "
        "sources/user_production/example/ has one",
    )


def _texts(
    raw: Mapping[str, Any], name: str, roles: Sequence[str] | None, place: str
) -> dict[str, str]:
    found = raw.get(name) or {}
    if not isinstance(found, dict):
        raise _mapping_error(place, f"{name} must be a mapping")
    if roles is not None and (unknown := sorted(set(map(str, found)) - set(roles))):
        raise _mapping_error(
            place, f"{name}: unknown {', '.join(unknown)}; known are {', '.join(roles)}"
        )
    return {str(key): str(value) for key, value in found.items()}


def _mapping_error(place: str, what: str) -> SourceError:
    return SourceError(
        SOURCE, f"the mapping file is wrong: {what}", place=place, remedy="correct this field"
    )
