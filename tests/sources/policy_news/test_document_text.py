"""Text of inbox documents: three kinds within limits, others are rejected."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from sources.kit.catalog import find_source
from sources.kit.contract import RawFile
from sources.kit.errors import SourceError
from sources.policy_news import document_text
from tests.sources.policy_news.extraction_metrics import labelled, raw_file
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_files

AT = datetime(2025, 12, 13, tzinfo=UTC)
STORY = "SEOUL, Dec. 12 (Agency) -- Korea and Japan signed a memorandum of understanding on Friday."


def file(name: str, content: bytes) -> RawFile:
    return RawFile(name, content, "", AT)


def pdf(text: str, pages: int = 1) -> bytes:
    made = FPDF()
    made.set_font("helvetica")
    for _ in range(pages):
        made.add_page()
        made.multi_cell(0, text=text)
    return bytes(made.output())


def encrypted() -> bytes:
    import io

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(STORY))))
    writer.encrypt("secret", algorithm="RC4-128")
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", STORY.encode()),
        ("a.txt", STORY.encode("utf-16")),
        ("a.html", f"<html><style>p</style><p>{STORY}</p><script>x</script></html>".encode()),
        ("a.txt", f"<!DOCTYPE html><p>{STORY}</p>".encode()),
        ("a.pdf", pdf(STORY)),
    ],
)
def test_every_kind_gives_the_same_text(name: str, content: bytes) -> None:
    assert " ".join(document_text.read_document(file(name, content)).text.split()) == STORY


def test_invisible_characters_are_removed_and_counted() -> None:
    hidden = "Korea\u200b and\u202e Japan\x07"
    document = document_text.read_document(file("a.txt", (hidden + " " * 200).encode()))
    assert (document.text.strip(), document.n_removed) == ("Korea and Japan", 3)
    page = '<p>Seen</p><p style="display: none">China signed a treaty.</p>'
    assert document_text.read_document(file("a.html", page.encode())).text == "Seen"


@pytest.mark.parametrize(
    "mark",
    [
        '<script type="application/ld+json">{"@type": "NewsArticle",'
        ' "datePublished": "2025-12-12T08:00:00+09:00", "dateModified": "2025-12-14"}</script>',
        '<script type="application/ld+json">{"@graph": [{"datePublished": "2025-12-12"}]}</script>',
        '<meta property="article:published_time" content="2025-12-12T08:00:00Z">',
        '<meta name="DC.date.issued" content="2025-12-12">',
        '<meta name="pubdate" content="20251212">',
    ],
)
def test_the_day_of_a_page_is_that_of_its_mark(mark: str) -> None:
    page = f"<html><head>{mark}</head><body><p>The rule is effective 1 May 2026.</p></body></html>"
    assert document_text.read_document(file("a.html", page.encode())).published == "2025-12-12"
    bare = page.replace(mark, "")
    assert document_text.read_document(file("a.html", bare.encode())).published is None


def test_the_main_text_of_a_page_is_read_without_its_surroundings() -> None:
    page = (
        "<html><body><nav><a>Home</a></nav><article><h1>Memorandum signed</h1>"
        f"<p>{STORY}</p><p>It was welcomed by miners in both countries on the same day.</p>"
        "</article><aside><a>Chad signed a treaty with Mali</a></aside></body></html>"
    )
    text = document_text.read_document(file("a.html", page.encode())).text
    assert STORY in text
    assert "Chad" not in text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.docx", b"PK\x03\x04", "a file of another kind"),
        ("a.pdf", b"no pdf", "a file of another kind"),
        ("a.txt", b"x" * (document_text.MAX_BYTES + 1), "at most 5,000,000 are read"),
        ("a.txt", b"x " * 250_000, "at most 400,000 are read"),
        ("a.txt", b"\x01\x02\x03 binary", "control characters"),
        ("a.txt", b" \n ", "empty"),
        ("a.html", b"<html><script>x</script></html>", "no text in it"),
        ("a.pdf", b"%PDF-1.7 cut", "cannot be read"),
        ("a.pdf", pdf(" ", 201), "201 pages, at most 200"),
        ("a.pdf", encrypted(), "encrypted"),
    ],
)
def test_a_file_that_is_not_a_document_is_rejected(name: str, content: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        document_text.read_document(file(name, content))


def test_documents_land_without_their_text(data_dir: DataPaths) -> None:
    spec = find_source("policy_news")
    (story,) = [raw_file(label) for label in labelled() if label["id"] == "seed_shape"]
    (landed,) = land_files(spec, [story], "manual", data_dir)
    assert landed.load_record.tables["acts"].rows == 4
    assert land_files(spec, [story], "manual", data_dir)[0].outcome == "unchanged"
    (partition,) = spec.parse([story])
    assert (partition.known_from_date.isoformat(), partition.known_from_basis) == (
        "2025-12-12",
        "published",
    )
    words = str([t.to_pylist() for t in partition.tables.values()])
    assert "Helberg" not in words


def test_a_document_without_acts_has_a_row(data_dir: DataPaths) -> None:
    (background,) = [raw_file(label) for label in labelled() if label["id"] == "background_only"]
    (landed,) = land_files(find_source("policy_news"), [background], "manual", data_dir)
    assert {n: t.rows for n, t in landed.load_record.tables.items()} == {"acts": 0, "documents": 1}
