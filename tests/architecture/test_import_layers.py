"""Which package imports which: read from the syntax tree of every module."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.repository import (
    PACKAGES,
    ROOT,
    imported_modules,
    package_modules,
    relative,
    syntax_tree,
)

#: What a package may import of the others (STYLE, layers): data flows one way, so do imports.
MAY_IMPORT: dict[str, set[str]] = {
    "sources": set(),
    "warehouse": {"sources"},
    "expectations": {"sources", "warehouse"},
    "orchestration": {"sources", "warehouse", "expectations"},
}

#: Libraries that belong to one layer.
ONLY_IN = {
    "dagster": ("orchestration/",),
    "dagster_dbt": ("orchestration/",),
    "dbt": ("orchestration/",),
    "pyspark": ("orchestration/",),
    "great_expectations": ("expectations/",),
    "typer": ("orchestration/cli/",),
    "httpx": ("sources/", "orchestration/defs/"),
    "duckdb": ("warehouse/", "expectations/", "orchestration/"),
}

#: Commands that answer at once import nothing of these when they are loaded.
SLOW_TO_IMPORT = {"dagster", "dagster_dbt", "dbt", "great_expectations", "pandas"}
QUICK_COMMANDS = (
    "app", "run", "input_fingerprint", "status", "query", "run_summary", "progress_bar",
    "run_state", "run_parameters",
)  # fmt: skip


def test_packages_import_only_earlier_layers() -> None:
    wrong = [
        f"{relative(path)} imports {name}"
        for path in package_modules()
        for name in imported_modules(path)
        if (other := name.partition(".")[0]) in PACKAGES
        and other != (package := path.relative_to(ROOT).parts[0])
        and other not in MAY_IMPORT[package]
    ]
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_library_is_imported_in_its_layer_only(library: str) -> None:
    wrong = [
        relative(path)
        for path in package_modules()
        if library in {name.partition(".")[0] for name in imported_modules(path)}
        and not relative(path).startswith(ONLY_IN[library])
    ]
    assert not wrong, f"{library} is imported by {wrong}; it belongs in {ONLY_IN[library]}"


def test_definitions_do_not_import_the_command_line() -> None:
    modules = [ROOT / "orchestration" / "definitions.py"]
    modules += sorted((ROOT / "orchestration" / "defs").rglob("*.py"))
    wrong = [
        f"{relative(path)} imports {name}"
        for path in modules
        for name in imported_modules(path)
        if name.startswith("orchestration.cli")
    ]
    assert not wrong, "\n".join(sorted(wrong))


def test_sources_do_not_import_each_other() -> None:
    wrong = []
    for path in sorted((ROOT / "sources").rglob("*.py")):
        folder = path.relative_to(ROOT / "sources").parts[0]
        for name in imported_modules(path):
            top, _, rest = name.partition(".")
            other = rest.partition(".")[0]
            if (
                top == "sources"
                and other not in ("", folder, "kit")
                and (ROOT / "sources" / other).is_dir()
            ):
                wrong.append(f"{relative(path)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_quick_commands_import_nothing_slow() -> None:
    """`pax --help`, `status` and `query` take half a second only while these imports stay local."""
    modules = [ROOT / "orchestration" / f"{name}.py" for name in ("errors", "progress")]
    modules += [ROOT / "orchestration" / "cli" / f"{name}.py" for name in QUICK_COMMANDS]
    for path in modules:
        at_load: set[str] = set()
        for node in syntax_tree(path).body:
            if isinstance(node, ast.Import):
                at_load |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                at_load.add(node.module)
        slow = {
            name
            for name in at_load
            if name.partition(".")[0] in SLOW_TO_IMPORT or name == "orchestration.cli.execute_job"
        }
        assert not slow, f"{relative(path)} imports {slow} when it is loaded"


def test_a_source_is_in_its_four_places() -> None:
    """`sources/<n>`, `models/staging/<n>`, `expectations/sources/<n>.py`, `tests/sources/<n>`."""
    staging = ROOT / "dbt_project" / "models" / "staging"
    missing = []
    for path in sorted((ROOT / "sources").glob("*/source.yml")):
        name = path.parent.name
        for place in (
            path.parent / "parse.py",
            path.parent / "README.md",
            staging / name / f"_{name}__sources.yml",
            staging / name / f"_{name}__models.yml",
            ROOT / "expectations" / "sources" / f"{name}.py",
            ROOT / "tests" / "sources" / name,
        ):
            if not place.exists():
                missing.append(relative(place))
    assert not missing, f"a source needs {missing}"


def test_staging_has_no_folder_without_a_source() -> None:
    sources = {path.parent.name for path in (ROOT / "sources").glob("*/source.yml")}
    staging = ROOT / "dbt_project" / "models" / "staging"
    folders = {path.name for path in staging.iterdir() if path.is_dir()}
    assert folders - sources <= {"run", "reference", "registers"}


def test_every_package_has_a_readme() -> None:
    folders = (*PACKAGES, "dbt_project", "tests")
    missing = [name for name in folders if not (ROOT / name / "README.md").is_file()]
    assert not missing, f"README.md is missing in {missing}"


def test_every_module_states_its_purpose() -> None:
    undocumented = [
        relative(path)
        for path in package_modules()
        if path.stat().st_size and not ast.get_docstring(syntax_tree(path))
    ]
    assert not undocumented, f"the first line states the purpose of the module: {undocumented}"
