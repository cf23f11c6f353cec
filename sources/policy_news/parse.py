"""The inbox: each document to one row about it and one row per act it tells of; its text stays
in the raw file, a hash and an offset lead there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, RawFile
from sources.kit.entity_terms import joined
from sources.kit.tabular import add_lineage_columns
from sources.policy_news.dates import Dateline, dateline
from sources.policy_news.document_text import SOURCE, Document, read_document
from sources.policy_news.extract import Act, Reading, extract
from sources.policy_news.lexicon import lexicon


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """One partition per document."""
    for file in files:
        document = read_document(file)
        retrieved = file.retrieved_at.date()
        bearing = dateline(document.text, document.published, retrieved, lexicon())
        yield _partition(file, document, bearing, extract(document.text, bearing))


def _partition(file: RawFile, document: Document, bearing: Dateline, reading: Reading) -> Parsed:
    """Known from the dateline's day, but not from a day after the file was got."""
    retrieved = file.retrieved_at.date()
    known = min(bearing.day, retrieved)
    document_id = file.sha256[:12]
    edition = f"{known.isoformat()}-{document_id[:8]}"
    about = {
        "document_id": document_id,
        "text_sha256": hashlib.sha256(document.text.encode()).hexdigest(),
        "dateline_date": bearing.day,
        "dateline_basis": bearing.basis,
        "dateline_zone": bearing.zone,
    }
    counts = {
        "document_kind": document.kind,
        "n_characters": len(document.text),
        "n_removed_characters": document.n_removed,
        "n_pages": document.n_pages,
        "n_sentences": reading.n_sentences,
        "n_set_aside": reading.n_set_aside,
        "n_background": reading.n_background,
        "n_acts": len(reading.acts),
    }
    acts = [
        {**about, **_landed(act), "act_number": n} for n, act in enumerate(reading.acts, start=1)
    ]
    rows = {"documents": [{**about, **counts}], "acts": acts}
    tables = {}
    for name, spec in find_source(SOURCE).tables.items():
        offsets = [row.get("evidence_offset", 0) for row in rows[name]]
        tables[name] = add_lineage_columns(
            {c.name: [row[c.name] for row in rows[name]] for c in spec.columns},
            spec,
            edition=edition,
            known_from_date=known,
            payload_sha256=file.sha256,
            row_locator=[f"{file.name}:character {offset}" for offset in offsets],
        )
    basis = "compiled" if bearing.basis == "file" else "published"
    return Parsed(edition, edition, known, basis, tables, [file])


def _landed(act: Act) -> dict[str, object]:
    return {
        "instrument": act.instrument,
        "act_kind": act.kind,
        "modality": act.modality,
        "change": act.change,
        "act_date": act.act_date,
        "date_precision": act.date_precision,
        "effective_date": act.effective_date,
        "end_date": act.end_date,
        "party_ids": joined(act.party_ids),
        "party_role": act.party_role,
        "target_ids": joined(act.target_ids),
        "item_labels": joined(act.item_labels),
        "evidence_offset": act.offset,
        "evidence_length": act.length,
        "evidence_sha256": act.evidence_sha256,
        "score": act.score,
    }
