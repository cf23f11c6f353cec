"""Libraries are used through their documented interface: nothing private, nothing patched."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.repository import is_ours, is_third_party, relative, syntax_tree, tracked

#: Fields of namedtuples: documented in spite of their underscore.
DOCUMENTED = {"_asdict", "_fields", "_make", "_replace"}
#: dbt documents one programmatic entry point; everything else of the package may change.
DBT_ENTRY_POINTS = {"dbt.cli.main", "dbt.cli.main.dbtRunner", "dbt.cli.main.dbtRunnerResult"}
FORBIDDEN_CALLS = {"os._exit", "gc.set_threshold", "gc.disable", "gc.freeze", "sys._getframe"}

_MATERIALIZATION = re.compile(r"{%-?\s*materialization\b")


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute or subscript expression, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    return ""


def imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(local name, full dotted name) of every import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


@functools.cache
def own_private_names() -> frozenset[str]:
    """Private names that this repository defines: functions, classes, assigned attributes."""
    names: set[str] = set()
    for path in tracked(".py"):
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.attr if isinstance(node, ast.Attribute) else node.id)
    return frozenset(name for name in names if is_private(name))


def private_uses(path: Path) -> Iterator[str]:
    tree = syntax_tree(path)
    for _, module in imports(tree):
        if not is_ours(module) and any(is_private(part) for part in module.split(".")):
            yield f"imports {module}"
        if module.startswith("dbt.") and module not in DBT_ENTRY_POINTS:
            yield f"imports {module}; dbt documents dbt.cli.main.dbtRunner only"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            is_foreign = is_private(node.attr) and node.attr not in own_private_names()
            if name in FORBIDDEN_CALLS or (is_foreign and node.attr not in DOCUMENTED):
                yield f"line {node.lineno}: {name or node.attr}"


def patches(path: Path) -> Iterator[str]:
    """Changed attributes of imported modules and classes, changed entries of sys.modules."""
    tree = syntax_tree(path)
    foreign = {name for name, module in imports(tree) if not is_ours(module)}
    for node in ast.walk(tree):
        changed: list[ast.expr] = []
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            changed = [node]
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            changed = [node.value] if dotted(node.value) == "sys.modules" else []
        elif isinstance(node, ast.Call) and dotted(node.func) in ("setattr", "delattr"):
            changed = node.args[:1]
        for target in changed:
            name = dotted(target)
            if name.partition(".")[0] in foreign:
                yield f"line {target.lineno}: {name} is changed"


def test_no_private_module_function_or_attribute_of_a_library() -> None:
    found = [f"{relative(path)}: {use}" for path in tracked(".py") for use in private_uses(path)]
    assert not found, "\n".join(found)


def test_no_class_or_module_of_a_library_is_patched() -> None:
    found = [f"{relative(path)}: {patch}" for path in tracked(".py") for patch in patches(path)]
    assert not found, "\n".join(found)


def test_no_materialization_of_dbt_is_replaced() -> None:
    found = [
        relative(path)
        for path in tracked(".sql")
        if _MATERIALIZATION.search(path.read_text(encoding="utf-8"))
    ]
    assert not found, found


def test_the_rules_find_what_they_refuse(tmp_path: Path) -> None:
    module = tmp_path / "example.py"
    module.write_text(
        "import gc, os, sys\nimport dagster as dg\nfrom dagster._core import x\n"
        "from dbt.events import y\nfrom yaml import SafeLoader\n"
        "os._exit(0)\ngc.set_threshold(9)\ndg.Thing._secret()\n"
        "sys.modules['z'] = 1\nSafeLoader.a = 1\ndg.b = 2\nsetattr(dg.Thing, 'c', 3)\n"
        "os.environ['PAX_HOME'] = 'd'\nresult = dg.Thing()\nresult.e = 4\n",
        encoding="utf-8",
    )
    assert is_third_party("dagster")
    assert len(list(private_uses(module))) == 5
    assert len(list(patches(module))) == 4
