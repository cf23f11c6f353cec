"""How dbt's nodes appear in the asset graph: keys by place, groups by folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings


class FolderTranslator(DagsterDbtTranslator):
    """`landing/<source>/<table>`, `seeds/…`, `staging/…`, `intermediate/…`, `marts/…`."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            source, table = dbt_resource_props["source_name"], dbt_resource_props["name"]
            return dg.AssetKey(["landing", source, table])
        return dg.AssetKey([_folders(dbt_resource_props)[0], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        layer, *domain = _folders(dbt_resource_props)
        return "_".join([layer, *domain[:1]]) if layer == "marts" else layer

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return dbt_resource_props.get("description") or ""

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        group = dbt_resource_props.get("config", {}).get("group")
        return [f"team:{group or 'data-platform'}"]

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        question = _meta(dbt_resource_props).get("question")
        known = dict(super().get_metadata(dbt_resource_props))
        return {**known, "question": str(question)} if question else known


def asset_keys(manifest: Mapping[str, Any], unique_ids: Iterable[str]) -> list[dg.AssetKey]:
    """Keys of nodes of the manifest, in their order."""
    translator = FolderTranslator()
    return [translator.get_asset_key(manifest["nodes"][unique_id]) for unique_id in unique_ids]


def _meta(props: Mapping[str, Any]) -> Mapping[str, Any]:
    return props.get("config", {}).get("meta") or props.get("meta") or {}


def _folders(props: Mapping[str, Any]) -> list[str]:
    """The folders below `models/`; seeds are a layer of their own."""
    kind, *folders = PurePosixPath(props["original_file_path"].replace("\\", "/")).parts[:-1]
    return ["seeds", *folders] if kind == "seeds" else folders or ["models"]
