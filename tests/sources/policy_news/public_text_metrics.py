"""Score the extraction of acts on public texts: hits and misses by kind.

The labels are `public_texts.csv` and `public_acts.csv`; the texts are not part of this repository
and lie in a folder as `<text_id>.txt`. As a program:

    python -m tests.sources.policy_news.public_text_metrics FOLDER [--part build] [--kinds]

An act is a hit if its family (type group of its measure), its change and one of its parties are
those of a label. `a|b` in a label means either; `?` means that the text does not settle it, so the
value is not scored. An optional label is background that may be found and need not be.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path

from sources.kit.contract import RawFile
from sources.policy_news.acts import Act
from sources.policy_news.dateline import find_dateline
from sources.policy_news.document_text import read_document
from sources.policy_news.extract import extract
from sources.policy_news.lexicon import load_lexicon
from warehouse.paths import DBT_PROJECT

HERE = Path(__file__).parent
PARTS = ("build", "held_out")
COUNTS = ("labels", "hits", "missed", "extra")
DAYS = ("act_date", "effective_date", "end_date")
Row = dict[str, str]


@dataclass
class Score:
    """Counts over texts; the shares are derived."""

    n_texts: int = 0
    n_labels: int = 0
    n_found: int = 0
    n_hits: int = 0
    n_days: int = 0
    n_days_right: int = 0
    n_party_lists_right: int = 0
    n_modality_right: int = 0
    n_main: int = 0
    n_main_found: int = 0
    n_main_dated: int = 0
    n_main_with_day: int = 0
    misses: list[str] = field(default_factory=list)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        return self.n_hits / self.n_found if self.n_found else 0.0

    @property
    def recall(self) -> float:
        return self.n_hits / self.n_labels if self.n_labels else 0.0

    @property
    def days_right(self) -> float:
        return self.n_days_right / self.n_days if self.n_days else 0.0

    @property
    def main_with_day(self) -> float:
        return self.n_main_with_day / self.n_main_dated if self.n_main_dated else 0.0

    def line(self) -> str:
        return (
            f"{self.n_texts} texts: precision {self.precision:.2f} ({self.n_hits}/{self.n_found}),"
            f" recall {self.recall:.2f} ({self.n_hits}/{self.n_labels}),"
            f" days {self.days_right:.2f} ({self.n_days_right}/{self.n_days}),"
            f" main act {self.n_main_found}/{self.n_main},"
            f" with its day {self.main_with_day:.2f} ({self.n_main_with_day}/{self.n_main_dated}),"
            f" parties {self.n_party_lists_right}/{self.n_hits},"
            f" modality {self.n_modality_right}/{self.n_hits}"
        )


def read_table(name: str) -> list[Row]:
    with (HERE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def families() -> dict[str, str]:
    """Family by instrument: the type group of its measure, else the kind of act."""
    seeds = DBT_PROJECT / "seeds" / "reference"
    with (seeds / "policy_measure_types.csv").open(encoding="utf-8", newline="") as handle:
        groups = {row["measure_type"]: row["type_group"] for row in csv.DictReader(handle)}
    with (seeds / "policy_measure_labels.csv").open(encoding="utf-8", newline="") as handle:
        labels = [row for row in csv.DictReader(handle) if row["label_system"] == "policy_news"]
    found = {row["label"]: groups[row["measure_type"]] for row in labels}
    return found | {
        "summit": "meeting",
        "commitment": "task",
        "corporate control order": "corporate_control",
    }


def score(texts: Iterable[Row], labels: Sequence[Row], folder: Path) -> Score:
    """The score over the texts whose files are in `folder`."""
    result, family_of = Score(), families()
    for text in texts:
        path = folder / f"{text['text_id']}.txt"
        acts = list(read_acts(path, text["retrieved_on"]))
        mine = [row for row in labels if row["text_id"] == text["text_id"]]
        result.n_texts += 1
        _score_text(result, mine, acts, family_of)
    return result


def read_acts(path: Path, retrieved_on: str) -> tuple[Act, ...]:
    at = datetime.combine(datetime.fromisoformat(retrieved_on), time(12), UTC)
    file = RawFile(path.name, path.read_bytes(), "", at)
    document = read_document(file)
    dateline = find_dateline(document.text, document.published, at.date(), load_lexicon())
    return extract(document.text, dateline).acts


def _score_text(
    result: Score, labels: list[Row], acts: list[Act], family_of: dict[str, str]
) -> None:
    required = [row for row in labels if row["is_optional"] == "false"]
    optional = [row for row in labels if row["is_optional"] == "true"]
    # the pairs that agree most first, so that one mention cannot take another one's label
    pairs = sorted(
        ((_agreement(row, act), i, j) for i, row in enumerate(required)
         for j, act in enumerate(acts) if _is_same(row, act, family_of)),
        reverse=True,
    )  # fmt: skip
    taken: dict[int, int] = {}
    for _, i, j in pairs:
        if i not in taken and j not in taken.values():
            taken[i] = j
    for i, row in enumerate(required):
        is_main = row["is_main"] == "true"
        is_dated = any(not _is_open(row[name]) and row[name] for name in DAYS[:2])
        result.n_labels += 1
        result.n_main += is_main
        result.n_main_dated += is_main and is_dated
        kind = row["change"].split("|")[0] or row["family"].split("|")[0]
        result.kinds[kind, "labels"] += 1
        if i not in taken:
            result.kinds[kind, "missed"] += 1
            result.misses.append(f"{row['text_id']}: missing {_words(row)}")
            continue
        act = acts[taken[i]]
        result.kinds[kind, "hits"] += 1
        result.n_hits += 1
        result.n_found += 1
        result.n_main_found += is_main
        result.n_main_with_day += is_main and is_dated and _is_first_day_right(row, act)
        _score_details(result, row, act)
    for j, act in enumerate(acts):
        if j in taken.values() or any(_is_same(row, act, family_of) for row in optional):
            continue
        result.n_found += 1
        result.kinds[act.change or family_of.get(act.instrument, act.instrument), "extra"] += 1
        result.misses.append(f"{labels[0]['text_id'] if labels else '-'}: extra {_words_of(act)}")


def _score_details(result: Score, row: Row, act: Act) -> None:
    for name in DAYS:
        if _is_open(row[name]):
            continue
        day = getattr(act, name)
        if not row[name] and day is None:
            continue
        result.n_days += 1
        is_right = _fits(row[name], day.isoformat() if day else "")
        result.n_days_right += is_right
        result.kinds[name, "labels"] += 1
        result.kinds[name, "hits" if is_right else "missed"] += 1
        if not is_right:
            result.misses.append(f"{row['text_id']}: {name} {day}, not {row[name] or 'none'}")
    is_right = _is_open(row["party_ids"]) or set(row["party_ids"].split("|")) == set(act.party_ids)
    result.n_party_lists_right += is_right
    if not is_right:
        result.misses.append(f"{row['text_id']}: parties {act.party_ids}, not {row['party_ids']}")
    is_right = row["modality"] == "?" or act.modality in row["modality"].split("|")
    result.n_modality_right += is_right
    if not is_right:
        result.misses.append(f"{row['text_id']}: {act.modality}, not {row['modality']}")


def _is_same(row: Row, act: Act, family_of: dict[str, str]) -> bool:
    family = family_of.get(act.instrument, act.instrument)
    has_party = row["party_ids"] == "?" or set(row["party_ids"].split("|")) & set(act.party_ids)
    return (
        family in row["family"].split("|")
        and (act.change or "") in row["change"].split("|")
        and bool(has_party)
    )


def _agreement(row: Row, act: Act) -> int:
    days = [getattr(act, name) for name in DAYS]
    return sum(
        2 * (bool(row[name]) and _fits(row[name], day.isoformat() if day else ""))
        for name, day in zip(DAYS, days, strict=True)
    ) + (act.modality in row["modality"].split("|"))


def _is_first_day_right(row: Row, act: Act) -> bool:
    """Whether the day of the act is right, or the day of effect where only that is labelled."""
    name = next(name for name in DAYS[:2] if row[name] and not _is_open(row[name]))
    day = getattr(act, name)
    return day is not None and _fits(row[name], day.isoformat())


def _is_open(label: str) -> bool:
    return "?" in label.split("|")


def _fits(label: str, day: str) -> bool:
    """Whether `day` is one of the label's; a month fits each day in it."""
    return any(day == one or (len(one) in (4, 7) and day.startswith(one))
               for one in label.split("|") if one and one != "?")  # fmt: skip


def _words(row: Row) -> str:
    kind = "main " if row["is_main"] == "true" else ""
    return f"{kind}{row['family']} {row['change']} {row['party_ids']} {row['act_date']}"


def _words_of(act: Act) -> str:
    days = [str(getattr(act, name)) for name in DAYS]
    return f"{act.instrument} {act.change or ''} {act.modality} {act.party_ids} {' '.join(days)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--kinds", action="store_true")
    asked = parser.parse_args()
    texts, labels = read_table("public_texts.csv"), read_table("public_acts.csv")
    for part in asked.part or PARTS:
        result = score([row for row in texts if row["part"] == part], labels, asked.folder)
        print(f"{part}: {result.line()}")
        if asked.kinds:
            for kind in sorted({kind for kind, _ in result.kinds}):
                counts = [result.kinds[kind, name] for name in COUNTS]
                print(f"| {kind.replace('_', ' ')} | {' | '.join(map(str, counts))} |")
        if asked.misses:
            print("\n".join(f"  {miss}" for miss in result.misses))


if __name__ == "__main__":
    main()
