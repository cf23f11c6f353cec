"""Names use the words of the field: a list of metaphors is refused as whole words.

Looked at are file names, identifiers of Python, columns and CTEs of SQL, names in YAML, headers
of CSV seeds and the `--help` texts of `pax`; `snake_case` and `CamelCase` are split into words.
Docstrings and comments of the packages have a shorter list: words that are metaphors in any prose.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from tests.architecture.repository import (
    ROOT,
    package_modules,
    relative,
    syntax_tree,
    tracked,
    tracked_files,
)

NOUNS = (
    "room", "door", "clerk", "verdict", "witness", "lesson", "judge", "ledger", "receipt", "way",
)  # fmt: skip
REFUSED = {
    *NOUNS, *(f"{noun}s" for noun in NOUNS), "witnesses", "shelf", "shelves", "arrivals",
    "departures", "telling", "tellings", "told", "heard", "unheard", "judged",
}  # fmt: skip
REFUSED_NAMES = {"kept_at_home"}
#: Names of other people's files, columns and statistics.
TERMS_OF_THE_FIELD = re.compile(r"two_?way", re.IGNORECASE)

REFUSED_PROSE = re.compile(
    r"\b(?:rooms?|clerks?|shelf|shelves|verdicts?|witness(?:es)?|lessons?|ledgers?|conductor"
    r"|ways? in|ways? out|stays? at home|the house)\b",
    re.IGNORECASE,
)

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SQL_COMMENT = re.compile(r"--[^\n]*|{#.*?#}|/\*.*?\*/", re.DOTALL)
_SQL_STRING = re.compile(r"'(?:[^']|'')*'|\"(?=[^\"\n]* )[^\"\n]*\"")
_SQL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def refused_words(name: str) -> set[str]:
    plain = TERMS_OF_THE_FIELD.sub("", name)
    words = {word.lower() for word in _WORD.findall(plain)}
    return (words & REFUSED) | {known for known in REFUSED_NAMES if known in plain}


def python_names(path: Path) -> Iterator[str]:
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def prose(source: str) -> Iterator[tuple[int, str]]:
    """Docstrings and comments of a module with their line, white space made single."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            documented = ast.get_docstring(node)
            if documented:
                yield getattr(node, "lineno", 1), " ".join(documented.split())
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def sql_names(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield from _SQL_NAME.findall(_SQL_STRING.sub("''", _SQL_COMMENT.sub("", text)))


def yaml_names(path: Path) -> Iterator[str]:
    pending: list[Any] = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            yield from (str(key) for key in item)
            if isinstance(item.get("name"), str):
                yield item["name"]
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def csv_names(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        yield from lines.readline().strip().split(",")


def help_texts(app: typer.Typer, *command: str) -> Iterator[tuple[str, str]]:
    """The `--help` text of an application, its commands and its groups, by command line."""
    yield " ".join(("pax", *command)), CliRunner().invoke(app, ["--help"]).output
    for found in app.registered_commands:
        assert found.callback is not None
        name = found.name or found.callback.__name__.replace("_", "-")
        # an application of one command takes no name of it
        words = [name, "--help"] if len(app.registered_commands) > 1 else ["--help"]
        yield " ".join(("pax", *command, name)), CliRunner().invoke(app, words).output
    for group in app.registered_groups:
        part = group.typer_instance
        assert part is not None
        if isinstance(part.info.name, str):
            yield from help_texts(part, *command, part.info.name)
        else:  # its commands are those of the application, and so is its own text
            yield from list(help_texts(part, *command))[1:]


READERS = {".py": python_names, ".sql": sql_names, ".yml": yaml_names, ".yaml": yaml_names}


def test_file_names() -> None:
    found = [
        f"{relative(path)}: {', '.join(sorted(words))}"
        for path in tracked_files()
        if (words := refused_words(relative(path)))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_names_in(suffix: str) -> None:
    found = {
        f"{relative(path)}: {name}"
        for path in tracked(suffix)
        for name in READERS[suffix](path)
        if refused_words(name)
    }
    assert not found, "\n".join(sorted(found))


def test_docstrings_and_comments() -> None:
    found = [
        f"{relative(path)}:{line}: {match.group()}"
        for path in package_modules()
        for line, text in prose(path.read_text(encoding="utf-8"))
        for match in REFUSED_PROSE.finditer(text)
    ]
    assert not found, "\n".join(found)


def test_headers_of_seeds() -> None:
    found = {
        f"{relative(path)}: {name}"
        for path in tracked(".csv")
        if path.is_relative_to(ROOT / "dbt_project")
        for name in csv_names(path)
        if refused_words(name)
    }
    assert not found, "\n".join(sorted(found))


def test_help_texts() -> None:
    from orchestration.cli.app import app

    texts = dict(help_texts(app))
    assert {"pax", "pax run", "pax query", "pax policy", "pax policy add"} <= texts.keys()
    assert all("Usage" in text for text in texts.values())
    found = {name: words for name, text in texts.items() if (words := refused_words(text))}
    assert not found, found


def test_the_rule_finds_what_it_refuses() -> None:
    assert refused_words("JudgeRoom") == {"judge", "room"}
    assert refused_words("kept_at_home_marts") == {"kept_at_home"}
    assert refused_words("n_witnesses") == {"witnesses"}
    for allowed in ("always", "gateway", "two_way_fixed_effects", "headroom", "indoor", "retold"):
        assert not refused_words(allowed), allowed


def test_the_rule_for_prose_reads_docstrings_and_comments() -> None:
    source = '''
    """A semiconductor, always in use."""
    class Store:  # on the shelf
        """The way
        out."""
        async def read(self):
            """Headroom of the household; `"a room"` is found."""
            return "a verdict in a string is not prose"
    '''
    texts = prose(inspect.cleandoc(source))
    found = sorted(match for _, text in texts for match in REFUSED_PROSE.findall(text))
    assert found == ["room", "shelf", "way out"]
