"""The score on public texts is at least that of the README; the texts are not in this repository.

They are looked for in `policy/texts` of the publishers' files, as `<text_id>.txt`, the same bytes
as those that were labelled.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from pathlib import Path

import pytest

from tests.sources.policy_news.public_text_metrics import DAYS, PARTS, read_table, score

README = Path(__file__).parents[3] / "sources" / "policy_news" / "README.md"
MEASURES = ("precision", "recall", "days_right", "main_with_day")


def documented(part: str) -> tuple[float, ...]:
    """The four shares of the README's table for a part of the texts, in the order of MEASURES."""
    (row,) = re.findall(rf"^\| {part}, after \|(.*)\|$", README.read_text("utf-8"), re.MULTILINE)
    return tuple(float(cell.split()[0]) for cell in row.split("|")[:4])


@pytest.fixture
def folder(shared_data: Path) -> Path:
    folder = shared_data / "policy" / "texts"
    if not any(folder.glob("*.txt")):
        reason = f"no public texts at {folder}: the score of the extraction is not checked"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    return folder


@pytest.mark.parametrize("part", PARTS)
def test_the_score_is_at_least_the_documented_one(folder: Path, part: str) -> None:
    texts = [row for row in read_table("public_texts.csv") if row["part"] == part]
    found = [row for row in texts if (folder / f"{row['text_id']}.txt").is_file()]
    for row in found:
        content = (folder / f"{row['text_id']}.txt").read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["text_sha256"], row["text_id"]
    assert len(found) == len(texts), sorted(
        {r["text_id"] for r in texts} - {r["text_id"] for r in found}
    )
    result = score(texts, read_table("public_acts.csv"), folder)
    for name, least in zip(MEASURES, documented(part), strict=True):
        assert getattr(result, name) >= least - 0.005, result.line()


def test_labels_are_complete() -> None:
    texts, labels = read_table("public_texts.csv"), read_table("public_acts.csv")
    names = {row["text_id"] for row in texts}
    assert len(names) == len(texts) >= 40
    assert {row["text_id"] for row in labels} <= names
    for row in texts:
        is_held_out = int(hashlib.sha256(row["text_id"].encode()).hexdigest(), 16) % 3 == 0
        assert row["part"] == ("held_out" if is_held_out else "build")
        n_main = sum(
            label["is_main"] == "true" for label in labels if label["text_id"] == row["text_id"]
        )
        assert n_main <= 1
    for row in labels:
        for name in DAYS:
            assert re.fullmatch(
                r"(?:\d{4}(?:-\d\d){0,2}|\?)?(?:\|(?:\d{4}(?:-\d\d){0,2}|\?))*", row[name]
            )
