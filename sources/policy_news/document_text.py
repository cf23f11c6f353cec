"""The plain text of an inbox document (text, HTML or PDF), within limits.

Text is data: instructions in a document are not followed. Hidden content (scripts, invisible
characters) is removed; files that are too large, encrypted or not text are rejected.
"""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass

from sources.kit.contract import RawFile
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.tabular import decode

SOURCE = "policy_news"
MAX_BYTES = 5_000_000
MAX_PAGES = 200
MAX_CHARACTERS = 400_000
#: Above this share of control characters a file is not text, whatever its name.
MAX_CONTROL_SHARE = 0.01
#: A main text of a smaller share of the page's is taken for a part of it.
MIN_MAIN_SHARE = 0.3
BLOCKS = ("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article",
          "header", "footer", "blockquote", "title")  # fmt: skip
HIDDEN = ("script", "style", "noscript", "template", "iframe", "svg", "form", "nav", "head")
LAYOUTS = {".txt": "text", ".text": "text", ".md": "text", ".html": "html", ".htm": "html",
           ".xhtml": "html", ".pdf": "pdf"}  # fmt: skip


@dataclass(frozen=True)
class Document:
    """Plain text, the kind of file, and the number of invisible characters that were removed."""

    kind: str  # text | html | pdf
    text: str
    published: str | None
    n_pages: int | None
    n_removed: int


def read_document(file: RawFile) -> Document:
    """Read the plain text of `file`; offsets of evidence refer to it.

    Raises:
        UnknownLayoutError: the file is neither text, HTML nor PDF.
        CorruptFileError: the file is too large, encrypted, binary or without text.
    """
    if len(file.content) > MAX_BYTES:
        raise _rejected(file, f"{len(file.content):,} bytes, at most {MAX_BYTES:,} are read")
    kind = _kind(file)
    published, n_pages = None, None
    if kind == "pdf":
        text, n_pages = _read_pdf(file)
    else:
        text = decode(file.content, source_id=SOURCE, place=file.name)
        _reject_binary(file, text)
        if kind == "html":
            text, published = _read_html(text)
    clean = _visible(text).rstrip()
    if len(clean) > MAX_CHARACTERS:
        raise _rejected(file, f"{len(clean):,} characters, at most {MAX_CHARACTERS:,} are read")
    if not clean.strip():
        why = "a scan needs text recognition first" if kind == "pdf" else "only markup"
        raise _rejected(file, f"no text in it ({why})")
    return Document(kind, clean, published, n_pages, len(text.rstrip()) - len(clean))


def _kind(file: RawFile) -> str:
    head = file.content[:1024].lstrip()
    if head.startswith(b"%PDF-"):
        return "pdf"
    ending = "." + file.name.rpartition(".")[2].lower()
    if ending not in LAYOUTS or ending == ".pdf":
        raise UnknownLayoutError(
            SOURCE,
            f"a file of another kind; known are {', '.join(LAYOUTS)}",
            place=file.name,
            remedy="save the document as text, HTML or PDF",
        )
    is_page = re.match(rb"<(?:!doctype html|html|head|body)", head, re.IGNORECASE)
    return "html" if is_page else LAYOUTS[ending]


def _read_pdf(file: RawFile) -> tuple[str, int]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(file.content))
        if reader.is_encrypted:
            raise _rejected(file, "the PDF is encrypted")
        if (n_pages := len(reader.pages)) > MAX_PAGES:
            raise _rejected(file, f"{n_pages} pages, at most {MAX_PAGES} are read")
        parts, length = [], 0
        for page in reader.pages:
            parts.append(page.extract_text() or "")
            length += len(parts[-1])
            if length > MAX_CHARACTERS:
                break  # rejected by the caller; the rest need not be read
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError) as error:
        raise CorruptFileError(SOURCE, f"the PDF cannot be read: {error}", place=file.name,
                         remedy="save it again, or land its text") from error  # fmt: skip
    return "\n\n".join(parts), n_pages


def _read_html(html: str) -> tuple[str, str | None]:
    """The main text of a page and the day it was published, by JSON-LD, `meta` and `time`."""
    from bs4 import BeautifulSoup
    from htmldate import find_date
    from trafilatura import extract

    # not the dates of its text: they are what the page is about
    published = find_date(html, original_date=True, extensive_search=False)
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(HIDDEN):
        tag.decompose()
    for tag in soup.find_all(style=re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")):
        tag.decompose()
    visible = str(soup)
    for tag in soup.find_all(BLOCKS):
        tag.insert_before("\n\n")
        tag.append("\n\n")
    lines = [" ".join(line.split()) for line in soup.get_text().split("\n")]
    whole = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    main = extract(visible, favor_recall=True, include_comments=False) or ""
    # a page without an article, such as a list of notices, is read whole
    is_enough = len(main) >= MIN_MAIN_SHARE * len(whole)
    return main.replace("\n", "\n\n") if is_enough else whole, published


def _visible(text: str) -> str:
    """`text` without control and format characters (zero width, direction), except line ends."""
    return "".join(
        c for c in text.replace("\r\n", "\n").replace("\t", " ").replace("\f", "\n\n")
        if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs")
    )  # fmt: skip


def _reject_binary(file: RawFile, text: str) -> None:
    control = sum(1 for c in text if unicodedata.category(c) == "Cc" and c not in "\n\r\t\f")
    if control > MAX_CONTROL_SHARE * len(text):
        raise _rejected(file, f"{control:,} control characters: this is not text")


def _rejected(file: RawFile, what: str) -> CorruptFileError:
    remedy = "land the article alone, as text, HTML or PDF"
    return CorruptFileError(SOURCE, what, place=file.name, remedy=remedy)
