"""The Great Expectations file context of a data directory, and the validations it runs."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import great_expectations as gx
import yaml
from great_expectations.data_context import FileDataContext
from great_expectations.exceptions import DataContextError

from warehouse.paths import DataPaths

PROJECT_YML = Path(__file__).with_name("great_expectations.yml")
#: The data sources of a data directory: landed tables, the release's Parquet, and the small
#: tables that are worked out of either for a suite.
LANDING, RELEASE, PREPARED = "landing", "release", "prepared"
_BATCH = "whole"


def base_directory(paths: DataPaths, data_source: str) -> Path:
    """The folder that a data source reads."""
    folders = {LANDING: paths.landing, RELEASE: paths.release_parquet}
    return folders.get(data_source, paths.great_expectations / PREPARED)


@dataclass(frozen=True)
class Validation:
    """A suite and the Parquet file, or folder of files, that it validates."""

    suite: gx.ExpectationSuite
    data_source: str
    path: str  # below the data source's folder
    column_names: tuple[str, ...]  # those that the suite may name

    @property
    def name(self) -> str:
        name: str = self.suite.name
        return name

    @cached_property
    def columns(self) -> list[str]:
        """The columns that its expectations name, at least one; all of a prepared table, which
        is small and whose rows explain a failure."""
        if self.data_source == PREPARED:
            return list(self.column_names)
        words = {
            word
            for expectation in self.suite.expectations
            for word in re.findall(r"\w+", str(expectation.dict(exclude={"notes", "meta"})))
        }
        return [name for name in self.column_names if name in words] or [self.column_names[0]]


def open_context(
    paths: DataPaths, stage: str, validations: Sequence[Validation]
) -> FileDataContext:
    """The project below the data directory, with an asset per validation.

    Assets of earlier calls stay. What was stored under the names of `validations` is deleted, so
    the stores hold the latest result of each suite.
    """
    _write_project(paths, validations)
    context = gx.get_context(mode="file", context_root_dir=paths.great_expectations)
    names = {validation.name for validation in validations}
    # by name: to list what is stored would load all of it, which takes longer than the checks
    _delete(context.checkpoints, stage)
    for factory in (context.validation_definitions, context.suites):
        for name in names:
            _delete(factory, name)
    results = context.validation_results_store
    for key in results.list_keys():
        if key.expectation_suite_identifier.name in names:
            results.remove_key(key)
    return context


def _delete(factory: Any, name: str) -> None:
    with suppress(DataContextError):  # nothing of that name is stored
        factory.delete(name)


def _write_project(paths: DataPaths, validations: Sequence[Validation]) -> None:
    """The committed project file and its data sources; written at once, since every asset that is
    added through the context writes the whole file again."""
    path = paths.great_expectations / PROJECT_YML.name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = _read_yaml(path).get("fluent_datasources", {}) if path.is_file() else {}
    sources: dict[str, Any] = {}
    for name in (LANDING, RELEASE, PREPARED):
        assets = dict(before.get(name, {}).get("assets", {}))
        assets |= {v.name: _asset(v) for v in validations if v.data_source == name}
        folder = base_directory(paths, name)
        folder.mkdir(parents=True, exist_ok=True)
        sources[name] = {
            "type": "pandas_filesystem",
            "id": _identifier(name),
            "base_directory": str(folder),
            "assets": assets,
        }
    text = yaml.safe_dump(
        {**_read_yaml(PROJECT_YML), "fluent_datasources": sources}, sort_keys=False
    )
    path.write_text(text, encoding="utf-8")


def _asset(validation: Validation) -> dict[str, Any]:
    source, name = validation.data_source, validation.name
    return {
        "type": "parquet",
        "id": _identifier(source, name),
        "columns": validation.columns,
        "batch_definitions": {
            _BATCH: {
                "id": _identifier(source, name, _BATCH),
                "partitioner": {"regex": f"^{re.escape(validation.path)}$", "param_names": []},
            }
        },
    }


def add_validation(context: FileDataContext, validation: Validation) -> gx.ValidationDefinition:
    """Store the suite and its validation definition; the suite keeps what it reads."""
    base = Path(context.data_sources.get(validation.data_source).base_directory)
    validation.suite.meta = {"path": str(base / validation.path), "columns": validation.columns}
    asset = context.data_sources.get(validation.data_source).get_asset(validation.name)
    return context.validation_definitions.add(
        gx.ValidationDefinition(
            name=validation.name,
            data=asset.get_batch_definition(_BATCH),
            suite=context.suites.add(validation.suite),
        )
    )


def _read_yaml(path: Path) -> Mapping[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    return content


def _identifier(*parts: str) -> str:
    """The same name gives the same id in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))
