"""Labelled texts, and precision and recall of acts, dates and parties in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sources.kit.contract import RawFile
from sources.policy_news.acts import Act, Extraction
from sources.policy_news.dateline import find_dateline
from sources.policy_news.document_text import read_document
from sources.policy_news.extract import extract
from sources.policy_news.lexicon import load_lexicon

TEXTS = Path(__file__).parent / "texts.yml"
DAYS = {"date": "act_date", "effective": "effective_date", "end": "end_date"}
Label = dict[str, Any]


@lru_cache(maxsize=1)
def labelled() -> list[Label]:
    return list(yaml.safe_load(TEXTS.read_text(encoding="utf-8")))


def raw_file(label: Label) -> RawFile:
    """The text as a file; `{lead}` is a leading space, which YAML would strip."""
    text = str(label["text"]).replace("{lead}", " ")
    ending = "html" if label.get("kind") == "html" else "txt"
    if published := label.get("published"):
        mark = f'<meta property="article:published_time" content="{published}">'
        text = f"<html><head>{mark}</head><body>{text}</body></html>"
    at = datetime.combine(label["got"], time(), UTC)
    return RawFile(f"{label['id']}.{ending}", text.encode(), "", at)


def read(label: Label) -> Extraction:
    file = raw_file(label)
    document = read_document(file)
    retrieved = file.retrieved_at.date()
    dateline = find_dateline(document.text, document.published, retrieved, load_lexicon())
    return extract(document.text, dateline)


@dataclass
class Tally:
    """Counts of correct, found and expected values."""

    hit: int = 0
    found: int = 0
    wanted: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.hit / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.hit / self.wanted if self.wanted else 1.0


def compare(labels: list[Label]) -> dict[str, Tally]:
    """An act is found if its instrument and modality are; then its dates and parties count."""
    tallies = {name: Tally() for name in ("acts", "days", "parties", "targets")}
    for label in labels:
        left = list(read(label).acts)
        tallies["acts"].found += len(left)
        tallies["acts"].wanted += len(label["acts"])
        for want in label["acts"]:
            got = _best(want, left)
            if got is None:
                tallies["acts"].misses.append(f"{label['id']}: no {want}")
                continue
            left.remove(got)
            tallies["acts"].hit += 1
            _count(tallies, label["id"], want, got)
        tallies["acts"].misses += [f"{label['id']}: extra {act}" for act in left]
    return tallies


def _best(want: Label, acts: list[Act]) -> Act | None:
    fits = [a for a in acts if (a.instrument, a.modality) == (want["instrument"], want["modality"])]
    wanted = set(want["parties"])
    return max(fits, key=lambda a: len(wanted & set(a.party_ids)), default=None)


def _count(tallies: dict[str, Tally], text: str, want: Label, got: Act) -> None:
    days = tallies["days"]
    for name in ("date", "effective", "end"):
        day, wanted = getattr(got, DAYS[name]), want.get(name)
        days.wanted += wanted is not None
        days.found += day is not None
        days.hit += day is not None and day == wanted
        if day != wanted:
            days.misses.append(f"{text}: {want['instrument']} {name} {day}, not {wanted}")
    for name, ids in (("parties", got.party_ids), ("targets", got.target_ids)):
        tally, wanted = tallies[name], set(want.get(name, []))
        tally.wanted += len(wanted)
        tally.found += len(ids)
        tally.hit += len(wanted & set(ids))
        if wanted != set(ids):
            tally.misses.append(f"{text}: {want['instrument']} {name} {ids}, not {wanted}")
