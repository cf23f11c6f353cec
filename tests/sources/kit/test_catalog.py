"""The catalog loads valid source.yml files and rejects invalid ones with a message."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from sources.kit.catalog import catalog, find_source, load_source
from sources.kit.contract import LINEAGE
from sources.kit.errors import SourceError

GOOD: dict[str, Any] = {
    "source_id": "toy",
    "title": "Toy",
    "publisher": "Nobody",
    "homepage": "https://example.org",
    "group": "trade",
    "licence": {
        "id": "CC0-1.0",
        "url": "https://example.org",
        "redistribution": "full",
        "attribution": "Nobody",
    },
    "cadence": {"cron": "0 6 1 1 *", "text": "yearly", "stale_after_days": 400},
    "owner": "team:toys",
    "access_methods": ["manual"],
    "quarantine_max_share": 0.5,
    "layouts": [{"id": "csv", "files": "*.csv", "description": "two columns"}],
    "tables": {
        "things": {
            "description": "Things.",
            "grain": "One row per thing.",
            "key": ["name"],
            "columns": [
                {"name": "name", "type": "string", "nullable": False, "description": "Name."},
                {"name": "size_t", "type": "double", "description": "Size.", "unit": "t"},
            ],
        }
    },
}


def write(folder: Path, raw: Any) -> Path:
    path = folder / "toy" / "source.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(raw if isinstance(raw, str) else yaml.safe_dump(raw))
    return path


def test_a_landed_schema_ends_with_the_lineage_columns(tmp_path: Path) -> None:
    spec = load_source(write(tmp_path, GOOD))
    schema = spec.tables["things"].schema
    assert schema.names == ["name", "size_t", *LINEAGE.names]
    assert not schema.field("name").nullable
    assert spec.tables["things"].columns[1].unit == "t"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("source_id",), "other", "folder's name, toy"),
        (("access_methods",), ["post"], "access_methods must be"),
        (("licence", "redistribution"), "maybe", "full, derived, none"),
        (("quarantine_max_share",), 3, "from 0 to 1"),
        (("tables", "things", "key"), ["nme"], "tables.things.key"),
        (("tables", "things", "columns", 0, "type"), "text", "not 'text'"),
        (("tables", "things", "columns", 0, "name"), "edition", "are appended"),
        (("tables", "things", "columns", 1, "name"), "name", "occurs twice"),
        (("cadence", "cron"), "daily", "five fields"),
    ],
)
def test_a_mistake_is_named(
    tmp_path: Path, path: tuple[Any, ...], value: Any, message: str
) -> None:
    raw = copy.deepcopy(GOOD)
    at = raw
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    with pytest.raises(SourceError, match=message):
        load_source(write(tmp_path, raw))


def test_invalid_yaml_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not YAML"):
        load_source(write(tmp_path, "a: [1"))


def test_an_unknown_source_is_rejected_with_the_known_ids() -> None:
    with pytest.raises(SourceError, match="worldbank_wgi"):
        find_source("worldbank_gwi")


def test_every_source_of_the_project_is_valid() -> None:
    for source_id, spec in catalog().items():
        assert spec.folder.name == source_id
        assert all(table.grain.startswith("One row per") for table in spec.tables.values())


def test_a_source_without_live_access_is_an_error(tmp_path: Path) -> None:
    spec = load_source(write(tmp_path, GOOD))
    with pytest.raises(SourceError, match=r"has no fetch\.py"):
        _ = spec.fetch
