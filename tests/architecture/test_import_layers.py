"""Who may know whom: the imports of every module, read from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("sources", "warehouse", "expectations", "orchestration")

#: What a room may import of the others. Data never turns back, so neither do imports.
MAY_IMPORT = {
    "sources": set(),
    "warehouse": {"sources"},
    "expectations": {"sources", "warehouse"},
    "orchestration": {"sources", "warehouse", "expectations"},
}

#: Heavy or telling libraries, and the only places that may know them.
ONLY_IN = {
    "dagster": ("orchestration/",),
    "dagster_dbt": ("orchestration/",),
    "dbt": ("orchestration/",),
    "great_expectations": ("expectations/",),
    "typer": ("orchestration/cli/app.py", "orchestration/cli/error_output.py"),
    "httpx": ("sources/", "orchestration/defs/ingestion/"),
    "duckdb": ("warehouse/", "expectations/", "orchestration/"),
}


def modules() -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Full dotted names that a module imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_rooms_import_only_the_rooms_before_them() -> None:
    wrong = [
        f"{relative(path)} imports {name}"
        for path in modules()
        for name in imported(path)
        if (other := name.partition(".")[0]) in ROOMS
        and other != (room := path.relative_to(ROOT).parts[0])
        and other not in MAY_IMPORT[room]
    ]
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_library_is_known_in_its_place_only(library: str) -> None:
    wrong = [
        relative(path)
        for path in modules()
        if library in {name.partition(".")[0] for name in imported(path)}
        and not relative(path).startswith(ONLY_IN[library])
    ]
    assert not wrong, f"{library} is imported by {wrong}; it belongs in {ONLY_IN[library]}"


def test_sources_do_not_know_each_other() -> None:
    wrong = []
    for path in (ROOT / "sources").rglob("*.py"):
        data_dir = path.relative_to(ROOT / "sources").parts[0]
        for name in imported(path):
            parts = name.split(".")
            is_source = (
                parts[0] == "sources" and len(parts) > 1 and parts[1] not in (data_dir, "kit")
            )
            # `from sources import …` may also name something that is no source
            if is_source and (ROOT / "sources" / parts[1]).is_dir():
                wrong.append(f"{relative(path)} imports {name}")
    assert not wrong, "\n".join(sorted(wrong))


def test_command_line_starts_without_anything_heavy() -> None:
    """`pax --help`, `status` and `query` answer at once only while these stay lazy."""
    heavy = {"dagster", "dagster_dbt", "dbt", "great_expectations", "pandas"}
    cli = ROOT / "orchestration" / "cli"
    light = ("app", "run", "input_fingerprint", "status", "query", "run_summary", "progress_bar",
             "run_state", "run_parameters", "landing_state")  # fmt: skip
    modules = [ROOT / "orchestration" / f"{n}.py" for n in ("errors", "progress")]
    for path in [*modules, *(cli / f"{name}.py" for name in light)]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        top = {
            alias.name.partition(".")[0]
            for node in tree.body
            for alias in getattr(node, "names", [])
            if isinstance(node, ast.Import)
        } | {
            str(node.module)
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module
        }
        found = {
            t for t in top if t.partition(".")[0] in heavy or t == "orchestration.cli.execute_job"
        }
        assert not found, f"{relative(path)} imports {found} when it is loaded"


def test_a_source_has_its_four_places() -> None:
    """`sources/<n>`, `models/staging/<n>`, `expectations/sources/<n>.py`, `tests/sources/<n>`."""
    missing = []
    for path in sorted((ROOT / "sources").glob("*/source.yml")):
        name = path.parent.name
        for place in (
            ROOT / "sources" / name / "parse.py",
            ROOT / "sources" / name / "README.md",
            ROOT / "dbt_project" / "models" / "staging" / name / f"_{name}__sources.yml",
            ROOT / "dbt_project" / "models" / "staging" / name / f"_{name}__models.yml",
            ROOT / "expectations" / "sources" / f"{name}.py",
            ROOT / "tests" / "sources" / name,
        ):
            if not place.exists():
                missing.append(relative(place))
    assert not missing, f"a new source needs {missing}"


def test_staging_knows_no_source_that_is_not_there() -> None:
    there = {path.parent.name for path in (ROOT / "sources").glob("*/source.yml")}
    staged = {
        path.name for path in (ROOT / "dbt_project/models/staging").iterdir() if path.is_dir()
    }
    assert staged - there <= {"run", "reference", "registers"}


def test_every_room_says_what_it_is() -> None:
    paths = (*ROOMS, "dbt_project", "tests")
    missing = [room for room in paths if not (ROOT / room / "README.md").is_file()]
    assert not missing, f"README.md is missing in {missing}"


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        relative(path)
        for path in modules()
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent, f"the first line says room and purpose: {silent}"
