"""Links between Markdown pages lead to files that exist, and every decision is in the index."""

from __future__ import annotations

import re

from tests.architecture.repository import ROOT, relative, tracked

_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_DECISION = re.compile(r"^(\d{4})-[a-z0-9-]+\.md$")


def test_relative_links_exist() -> None:
    broken = [
        f"{relative(path)}: {target}"
        for path in tracked(".md")
        for target in _LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


def test_every_decision_has_a_number_of_its_own_and_a_line_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
    numbers = [match.group(1) for page in pages if (match := _DECISION.match(page))]
    assert len(numbers) == len(pages), "a decision is named NNNN-title.md"
    assert len(set(numbers)) == len(numbers), f"a number is used twice: {pages}"
    missing = [page for page in pages if f"({page})" not in index]
    assert not missing, missing
