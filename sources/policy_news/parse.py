"""Parser of inbox documents: one row per document and one per act in it.

The text itself stays in the raw file; a hash and an offset identify the evidence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, RawFile
from sources.kit.entity_terms import join_ids
from sources.kit.tabular import add_lineage_columns
from sources.policy_news.acts import Act, Extraction
from sources.policy_news.dateline import Dateline, find_dateline
from sources.policy_news.document_text import SOURCE, Document, read_document
from sources.policy_news.extract import extract
from sources.policy_news.lexicon import load_lexicon


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one partition per document.

    Raises:
        UnknownLayoutError: a file is neither text, HTML nor PDF.
        CorruptFileError: a file is too large, encrypted, binary or without text.
    """
    for file in files:
        document = read_document(file)
        retrieved = file.retrieved_at.date()
        dated = find_dateline(document.text, document.published, retrieved, load_lexicon())
        yield _partition(file, document, dated, extract(document.text, dated))


def _partition(
    file: RawFile, document: Document, dateline: Dateline, extraction: Extraction
) -> Parsed:
    """Build a partition, known from the dateline but not later than the file was retrieved."""
    retrieved = file.retrieved_at.date()
    known = min(dateline.day, retrieved)
    document_id = file.sha256[:12]
    edition = f"{known.isoformat()}-{document_id[:8]}"
    about = {
        "document_id": document_id,
        "text_sha256": hashlib.sha256(document.text.encode()).hexdigest(),
        "dateline_date": dateline.day,
        "dateline_basis": dateline.basis,
        "dateline_zone": dateline.zone,
    }
    counts = {
        "document_kind": document.kind,
        "n_characters": len(document.text),
        "n_removed_characters": document.n_removed,
        "n_pages": document.n_pages,
        "n_sentences": extraction.n_sentences,
        "n_set_aside": extraction.n_set_aside,
        "n_background": extraction.n_background,
        "n_acts": len(extraction.acts),
    }
    acts = [
        {**about, **_landed(act), "act_number": n} for n, act in enumerate(extraction.acts, start=1)
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
    basis = "compiled" if dateline.basis == "file" else "published"
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
        "effective_precision": act.effective_precision,
        "end_date": act.end_date,
        "party_ids": join_ids(act.party_ids),
        "party_role": act.party_role,
        "target_ids": join_ids(act.target_ids),
        "item_labels": join_ids(act.item_labels),
        "evidence_offset": act.offset,
        "evidence_length": act.length,
        "evidence_sha256": act.evidence_sha256,
        "score": act.score,
    }
