"""The acts of a document, and what its sentences share while they are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sources.policy_news.lexicon import Lexicon


@dataclass(frozen=True)
class Act:
    """One act with its evidence; offsets refer to the document's text."""

    instrument: str
    kind: str  # pact | meeting | measure | task
    modality: str  # occurred | announced | considered | ongoing
    change: str | None  # suspends | ends | extends | delays | eases | reaffirms
    act_date: date | None
    date_precision: str | None
    effective_date: date | None
    effective_precision: str | None
    end_date: date | None
    party_ids: tuple[str, ...]
    party_role: str  # party | host | issuer
    target_ids: tuple[str, ...]
    item_labels: tuple[str, ...]
    offset: int
    length: int
    evidence_sha256: str
    score: float


@dataclass(frozen=True)
class Extraction:
    """All acts of a document, and the number of sentences set aside or only background."""

    acts: tuple[Act, ...]
    n_sentences: int
    n_set_aside: int
    n_background: int


@dataclass
class DocumentContext:
    """What the sentences share: the day, who acts at the head, and what was said so far."""

    text: str
    day: date
    is_official: bool
    countries: frozenset[str]
    lexicon: Lexicon
    leading: tuple[str, ...] = ()  # countries that act at the head
    home: tuple[str, ...] = ()
    suspends_exports: bool = False  # so that "the suspension" is a ban
    subject: tuple[str, ...] = ()  # of the sentence before
    events: dict[str, date] = field(default_factory=dict)
    effective: date | None = None
    stated: date | None = None  # day of a statement at the head that names no act
    acts: list[Act] = field(default_factory=list)
    last: Act | None = None


def score(act: Act) -> float:
    """How complete an act is, 0 to 1: its date, its parties, its items, a certain verb."""
    n_parties = 2 if act.kind == "pact" else 1
    total = 0.3
    total += 0.25 if act.date_precision == "day" or act.effective_date else 0.1 * bool(act.act_date)
    total += 0.25 if len(act.party_ids) >= n_parties else 0.1 * bool(act.party_ids)
    total += 0.1 * bool(act.item_labels) + 0.1 * (act.modality in ("occurred", "announced"))
    return round(total, 2)
