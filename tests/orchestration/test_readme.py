"""The answers in the README and in the first ten minutes are what `pax query` prints;
`PAX_UPDATE_README=1` writes them again."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.orchestration.conftest import FinishedRun
from warehouse.paths import PROJECT

pytestmark = pytest.mark.xdist_group("whole_run")
#: Pages, and how many answers they have at least.
PAGES = {PROJECT / "README.md": 5, PROJECT / "docs" / "connect" / "ten_minutes.md": 3}
QUESTION = re.compile(r"```sql\n(?P<sql>.*?)```\n\n```text\n(?P<answer>.*?)```", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_comes_out(whole_run: FinishedRun, page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    answers = []
    for question in QUESTION.finditer(text):
        done = whole_run.pax("query", question["sql"], COLUMNS="150")
        assert done.returncode == 0, done.stderr
        answers.append("".join(line.rstrip() + "\n" for line in done.stdout.splitlines()))
    assert len(answers) >= PAGES[page]
    if os.environ.get("PAX_UPDATE_README"):
        fresh = iter(answers)
        page.write_text(
            QUESTION.sub(lambda q: f"```sql\n{q['sql']}```\n\n```text\n{next(fresh)}```", text),
            encoding="utf-8",
        )
        return
    assert [q["answer"] for q in QUESTION.finditer(text)] == answers
