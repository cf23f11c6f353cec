"""The source catalog: every folder with a `source.yml` is a source.

Nothing is registered by hand. The YAML describes a source and its landed tables; `parse.py`,
`fetch.py` and `bundle_selection.py` of the folder are imported on first use.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import yaml

from sources.kit.contract import LINEAGE, Parse, Parsed
from sources.kit.errors import SourceError, UnknownLayoutError
from sources.kit.source_yml_validation import TYPES, check_source_yaml

SOURCES = Path(__file__).resolve().parent.parent


class UnknownSourceError(SourceError):
    """No source has this name."""


@dataclass(frozen=True)
class ColumnSpec:
    """One declared column of a landed table."""

    name: str
    type: str
    nullable: bool
    description: str
    unit: str = ""


@dataclass(frozen=True)
class TableSpec:
    """One landed table: grain, key and columns in order."""

    source_id: str
    name: str
    description: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]

    @property
    def schema(self) -> pa.Schema:
        """The declared columns followed by `LINEAGE`."""
        declared = [pa.field(c.name, TYPES[c.type], nullable=c.nullable) for c in self.columns]
        return pa.schema([*declared, *LINEAGE])


@dataclass(frozen=True)
class Licence:
    id: str
    url: str
    redistribution: str  # full | derived | none
    attribution: str


@dataclass(frozen=True)
class Cadence:
    cron: str
    text: str
    stale_after_days: int


@dataclass(frozen=True)
class Layout:
    """One file layout that `parse` accepts; listed in the message that rejects another."""

    id: str
    files: str
    description: str


@dataclass(frozen=True)
class SourceSpec:
    """One source as its `source.yml` declares it."""

    source_id: str
    title: str
    publisher: str
    homepage: str
    group: str
    licence: Licence
    cadence: Cadence
    owner: str
    access_methods: tuple[str, ...]
    quarantine_max_share: float
    layouts: tuple[Layout, ...]
    tables: Mapping[str, TableSpec]
    folder: Path

    @property
    def parse(self) -> Parse:
        """`parse(files)` of the source's folder: raw files to `Parsed` partitions.

        Raises:
            SourceError: the folder has no `parse.py`.
        """
        function: Parse = self._module("parse").parse
        return function

    @property
    def fetch(self) -> ModuleType:
        """The module with `list_partitions()` and `fetch(partition, http)` or `fetch_batches(...)`.

        Raises:
            SourceError: the folder has no `fetch.py`: the source has no live access.
        """
        return self._module("fetch")

    @property
    def select_bundle(self) -> Callable[[Iterable[Parsed]], Iterable[Parsed]]:
        """The selection that turns parsed partitions into bundled ones.

        Raises:
            SourceError: the folder has no `bundle_selection.py`.
        """
        function: Callable[[Iterable[Parsed]], Iterable[Parsed]] = self._module(
            "bundle_selection"
        ).select_bundle
        return function

    @property
    def bundled(self) -> Path:
        """The folder of the bundled Parquet (it may not exist)."""
        return self.folder / "bundled"

    @property
    def parser_version(self) -> str:
        """The first twelve hex digits of the sha256 over the folder's parsing code."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.glob("*.py")):
            if path.name not in ("__init__.py", "fetch.py", "bundle_selection.py"):
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()[:12]

    def layouts_known(self) -> str:
        """The accepted layouts as one sentence for an error message."""
        return "; ".join(f"{x.id}: {x.files} ({x.description})" for x in self.layouts)

    def _module(self, name: str) -> ModuleType:
        if not (self.folder / f"{name}.py").is_file():
            raise SourceError(
                self.source_id,
                f"has no {name}.py",
                place=str(self.folder),
                remedy=f"its access methods are: {', '.join(self.access_methods)}",
            )
        return importlib.import_module(f"{self.folder.parent.name}.{self.source_id}.{name}")


def load_source(path: Path) -> SourceSpec:
    """Read and validate one `source.yml`.

    Raises:
        SourceError: the file is not YAML, or a field is wrong; the message names file and fields.
    """
    folder = path.parent
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(
            folder.name,
            f"source.yml is not YAML: {error}",
            place=str(path),
            remedy="correct the YAML syntax at the position named above",
        ) from error
    mistakes = check_source_yaml(raw, folder.name)
    if mistakes:
        raise SourceError(
            folder.name,
            "source.yml is wrong: " + "; ".join(mistakes),
            place=str(path),
            remedy="correct these fields; sources/worldbank_wgi/source.yml is a complete example",
        )
    return _spec(raw, folder)


def _spec(raw: dict[str, Any], folder: Path) -> SourceSpec:
    source_id = raw["source_id"]
    return SourceSpec(
        source_id=source_id,
        title=raw["title"],
        publisher=raw["publisher"],
        homepage=raw["homepage"],
        group=raw["group"],
        licence=Licence(**raw["licence"]),
        cadence=Cadence(**raw["cadence"]),
        owner=raw["owner"],
        access_methods=tuple(raw["access_methods"]),
        quarantine_max_share=float(raw["quarantine_max_share"]),
        layouts=tuple(Layout(**x) for x in raw.get("layouts") or ()),
        tables={name: _table(source_id, name, x) for name, x in raw["tables"].items()},
        folder=folder,
    )


def _table(source_id: str, name: str, raw: dict[str, Any]) -> TableSpec:
    columns = tuple(
        ColumnSpec(
            name=c["name"],
            type=c["type"],
            nullable=c.get("nullable", True),
            description=c["description"],
            unit=str(c.get("unit") or ""),
        )
        for c in raw["columns"]
    )
    return TableSpec(source_id, name, raw["description"], raw["grain"], tuple(raw["key"]), columns)


@lru_cache(maxsize=8)
def catalog(root: Path = SOURCES) -> Mapping[str, SourceSpec]:
    """All sources below `root` by id, in alphabetical order.

    Raises:
        SourceError: one `source.yml` is wrong (see `load_source`).
    """
    paths = sorted(root.glob("*/source.yml"))
    return {spec.source_id: spec for spec in map(load_source, paths)}


def find_source(source_id: str, root: Path = SOURCES) -> SourceSpec:
    """The source with that id.

    Raises:
        UnknownSourceError: there is none; the message lists the ids.
    """
    known = catalog(root)
    if source_id not in known:
        raise UnknownSourceError(
            source_id, "no such source", remedy=f"choose one of: {', '.join(known) or 'none'}"
        )
    return known[source_id]


def unknown_layout_error(source_id: str, what: str, place: str) -> UnknownLayoutError:
    """The error for a file at `place` that `what` describes; it lists the accepted layouts."""
    known = find_source(source_id).layouts_known()
    return UnknownLayoutError(source_id, what, place=place, remedy=f"known layouts are: {known}")
