"""What the working database was built from, so that a run builds what has changed and no more.

The state is removed before a build begins and written when it has succeeded: after a build that
failed, was killed or was of a part only, every table is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from orchestration.defs.transformation.dbt_command import (
    manifest_path,
    project_digest,
    run_results_path,
)
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.atomic_write import sha256_of, write_atomic

#: Packages that determine rows besides the dbt project; Python models use those of the second line.
_PACKAGES = ("dbt-core", "dbt-duckdb", "duckdb",
             "numpy", "pandas", "pyarrow", "scipy", "statsmodels")  # fmt: skip


@dataclass(frozen=True)
class BuildState:
    """Hashes of everything that a build reads, by kind; `sources` by dbt's name of a source."""

    #: views name the files that they read
    data_dir: str
    code: str
    sources: dict[str, str]
    #: size and time of the working database: it is nobody else's to change
    database: list[int]
    run_results: str


@dataclass(frozen=True)
class BuildPlan:
    """What a build does: everything, or the descendants of `changed` sources."""

    is_full: bool
    reason: str
    #: hash of each source's landed files, taken before the build reads them
    sources: dict[str, str]
    changed: tuple[str, ...] = ()
    #: ids of models that descend from them, parents first
    built: tuple[str, ...] = ()
    #: ids of models and seeds whose tables stay as they are, parents first
    kept: tuple[str, ...] = ()

    @property
    def selection(self) -> list[str]:
        """Arguments for dbt; empty for everything. dagster-dbt reads one word after `--select`."""
        return [] if self.is_full else ["--select", " ".join(f"source:{s}+" for s in self.changed)]


def plan_build(paths: DataPaths, manifest: Mapping[str, Any], *, is_full: bool) -> BuildPlan:
    """Compare what the last build has read with what is there now."""
    now, before = _source_digests(paths, manifest), _read(paths)
    if is_full:
        return BuildPlan(True, "it was asked for", now)
    if before is None:
        return BuildPlan(True, "no complete build is known", now)
    if before.data_dir != str(paths.data_dir):
        return BuildPlan(True, "the data directory has moved", now)
    if before.database != _stamp(paths.database):
        return BuildPlan(True, "the working database is not as the last build left it", now)
    if not _has_results(paths, before):
        return BuildPlan(True, "the results of the last build are not there", now)
    if before.code != _code_digest() or before.sources.keys() != now.keys():
        return BuildPlan(True, "the code has changed", now)
    changed = tuple(sorted(name for name in now if now[name] != before.sources[name]))
    if "run.parameters" in changed:
        return BuildPlan(True, "it stands on another day", now)
    return BuildPlan(False, "", now, changed, *_built_and_kept(manifest, changed))


def begin_build(paths: DataPaths) -> None:
    """From here on the working database counts as incomplete."""
    _path(paths).unlink(missing_ok=True)


def keep_results(paths: DataPaths) -> list[dict[str, Any]]:
    """The results of the last build, before the next one overwrites them."""
    results: list[dict[str, Any]] = _read_results(paths).get("results", [])
    return results


def finish_build(
    paths: DataPaths, sources: Mapping[str, str], earlier: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Record a build that succeeded; `earlier` results stay where nothing was built again.

    Raises:
        OSError: it cannot be written; the next build is a full one.
    """
    path = run_results_path(paths)
    if earlier:
        found = _read_results(paths)
        new = found.get("results", [])
        built = {result["unique_id"] for result in new}
        kept = [result for result in earlier if result["unique_id"] not in built]
        write_atomic(path, orjson.dumps({**found, "results": [*kept, *new]}))
    state = BuildState(
        data_dir=str(paths.data_dir),
        code=_code_digest(),
        sources=dict(sources),
        database=_stamp(paths.database),
        run_results=sha256_of(path),
    )
    write_atomic(_path(paths), orjson.dumps(asdict(state), option=orjson.OPT_INDENT_2))


def _read_results(paths: DataPaths) -> dict[str, Any]:
    """What dbt wrote; empty where the build had nothing to do, or the file was cut off."""
    try:
        found: dict[str, Any] = orjson.loads(run_results_path(paths).read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return found


def _built_and_kept(
    manifest: Mapping[str, Any], changed: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Models that descend from a changed source, and other models and seeds, parents first."""
    children: Mapping[str, Sequence[str]] = manifest["child_map"]
    names = {_source_name(node): key for key, node in manifest["sources"].items()}
    reached, todo = set(), [names[name] for name in changed]
    while todo:
        for child in children.get(todo.pop(), ()):
            if child not in reached:
                reached.add(child)
                todo.append(child)
    nodes = manifest["nodes"]
    tables = {key for key, node in nodes.items() if node["resource_type"] in ("model", "seed")}
    return parents_first(manifest, tables & reached), parents_first(manifest, tables - reached)


def parents_first(manifest: Mapping[str, Any], ids: Collection[str]) -> tuple[str, ...]:
    """Ids of nodes in an order in which each follows those of them that it reads."""
    nodes, chosen = manifest["nodes"], set(ids)
    parents = {
        key: chosen & set(nodes[key].get("depends_on", {}).get("nodes", ())) for key in sorted(ids)
    }
    return tuple(TopologicalSorter(parents).static_order())


def _source_digests(paths: DataPaths, manifest: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for node in manifest["sources"].values():
        digest = hashlib.sha256()
        for path in sorted((paths.landing / node["source_name"] / node["name"]).glob("*.parquet")):
            digest.update(f"{path.name} {sha256_of(path)}\n".encode())
        found[_source_name(node)] = digest.hexdigest()
    return found


def _source_name(node: Mapping[str, Any]) -> str:
    return f"{node['source_name']}.{node['name']}"


def _code_digest() -> str:
    """Hash of the dbt project, of what its Python models import, and of the packages' versions."""
    digest = hashlib.sha256(project_digest().encode())
    digest.update(" ".join(version(package) for package in _PACKAGES).encode())
    for path in sorted((PROJECT / "warehouse" / "statistics").rglob("*.py")):
        digest.update(f"{path.relative_to(PROJECT)} {sha256_of(path)}\n".encode())
    return digest.hexdigest()


def _has_results(paths: DataPaths, before: BuildState) -> bool:
    results = run_results_path(paths)
    return (
        manifest_path(paths).is_file()
        and results.is_file()
        and sha256_of(results) == before.run_results
    )


def _stamp(path: Path) -> list[int]:
    try:
        facts = path.stat()
    except FileNotFoundError:
        return []
    return [facts.st_size, facts.st_mtime_ns]


def _path(paths: DataPaths) -> Path:
    return paths.working / "build_state.json"


def _read(paths: DataPaths) -> BuildState | None:
    try:
        return BuildState(**orjson.loads(_path(paths).read_bytes()))
    except (FileNotFoundError, orjson.JSONDecodeError, TypeError):
        return None
