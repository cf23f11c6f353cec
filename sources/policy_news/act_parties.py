"""The parties of an act: who signs, hosts or issues, and at whom a measure is aimed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sources.kit.entity_terms import find_countries
from sources.policy_news.actors import Country
from sources.policy_news.acts import DocumentContext
from sources.policy_news.mentions import Mention

#: "President A and President B", whose countries are named at the head only.
_TWO_HEADS = re.compile(
    r"\b(?:President|Minister|Secretary)\b.*\band (?:\w+ )?(?:President|Prime)\b"
)
_PACT_PARTS = ("actor", "target")
#: "the government said it had agreed": who speaks is a party.
_SPEAKS_OF_ITSELF = re.compile(r"\b(?:said|says|announced)\b[^,;]{0,40}\b(?:it|they)\b")
_SUBJECT_AFTER_THAT = 25
_NAME_OF_PACT = 40
_WHAT_WENT_BEFORE = re.compile(
    r"(?:following|after|despite|amid|in response to|in retaliation for)\b[^,]*, ", re.IGNORECASE
)
_DONE_BY = re.compile(r"[^,;.]{0,40}?\b(?:imposed|announced|introduced|ordered) by (?:the )?")
_OWNER = re.compile(r"(?:['’]s)?\s+(?:[\w-]+\s+){0,2}")


def parties_of_act(
    mention: Mention,
    text: str,
    named: Sequence[Country],
    document: DocumentContext,
    *,
    is_dated: bool,
) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Who acts, what they are (party, host, issuer), and whom a measure addresses."""
    instrument, match, referred = mention.instrument, mention.match, mention.refers_to
    actors = [c for c in named if c.part == "actor"]
    if referred and instrument.kind != "measure":
        return referred.party_ids, referred.party_role, referred.target_ids
    if instrument.kind == "pact":
        parts = ("actor", "target", "speaker") if _SPEAKS_OF_ITSELF.search(text) else _PACT_PARTS
        begin, end = text.rfind(";", 0, match.start()), text.find(";", match.end())
        here = [c for c in named if begin < c.start < (end if end >= 0 else len(text))]
        ids = _ids([c for c in here if c.part in parts])
        ids = tuple(sorted({*ids, *_joined(match, text, here)}))
        if len(ids) == 1 and document.lexicon.generic_actors.search(text):
            ids = tuple(sorted({*ids, *_earlier_issuers(text, document)}))
        is_pair = len(document.leading) == 2 and set(ids) < set(document.leading)
        if len(ids) == 1 and is_pair and _TWO_HEADS.search(text):
            ids = tuple(sorted(document.leading))
        if not ids or (len(ids) < 2 and document.lexicon.both_parties.search(text)):
            ids = tuple(sorted({*ids, *document.leading[:8]}))
        return ids, "party", ()
    if instrument.kind == "meeting":
        host = [c for c in actors if re.search(r"\bhost", text[c.end : c.end + 60], re.I)][:1]
        venue = [c for c in named if c.part == "venue"][:1]
        return _ids(host or venue or actors), "host" if host or venue else "party", ()
    if instrument.kind == "task":
        ids = _ids(actors) or _ids([c for c in named if c.part == "adjective"])
        return ids, "party", ()
    issuers = _issuers(text, match, named) or (referred.party_ids if referred else ())
    venue = [c for c in named if c.part == "venue"][:1]
    if not issuers and venue and venue[0].start < 8:
        issuers = _ids(venue)  # "In Zimbabwe, the government ..."
    issuers = issuers or _earlier_issuers(text, document) or (_ids(venue) if is_dated else ())
    targets = [c for c in named if c.part in ("target", "object") and c.id not in issuers]
    return issuers, "issuer", _ids(targets) or (referred.target_ids if referred else ())


def _joined(match: re.Match[str], text: str, named: Sequence[Country]) -> tuple[str, ...]:
    """The countries of "the U.S.-Japan Critical Minerals Agreement"."""
    for one in named:
        mark = re.match(r"\.?[-–—/]", text[one.end :])
        if mark and 0 <= match.start() - one.end <= _NAME_OF_PACT:
            # a name behind a hyphen is none elsewhere ("non-China")
            other = find_countries(text[one.end + mark.end() : match.start()])[:1]
            if other and other[0].start == 0:
                return tuple(sorted({one.id, other[0].id}))
    return ()


def _issuers(text: str, match: re.Match[str], named: Sequence[Country]) -> tuple[str, ...]:
    """Who issues a measure: its owner, the last one to act before it, or the first after it."""
    owner = [c for c in named if c.part in ("adjective", "actor", "target")
             and _OWNER.fullmatch(text[c.end : match.start()])
             and (c.part == "adjective" or text[c.end : c.end + 2] in ("'s", "’s"))]  # fmt: skip
    actors = [c for c in named if c.part == "actor"]
    before = [c for c in actors if c.start < match.start()]
    # "Following a tariff by the United States, China announced export controls"
    opening = _WHAT_WENT_BEFORE.match(text)
    if opening and match.start() >= opening.end():
        before = [c for c in before if c.start >= opening.end()] or before
    doer = [c for c in named if _DONE_BY.fullmatch(text[match.end() : c.start])
            and c.part != "object"]  # fmt: skip
    if doer:
        return _ids(doer[:1])  # "an additional tariff on Chinese goods imposed by US President"
    # "China responded that the United States listed ...": who acts is named after "that"
    reported = text.rfind(" that ", 0, match.start())
    before = [c for c in before if 0 < c.start - reported < _SUBJECT_AFTER_THAT] or before
    by = [c for c in actors if re.search(r"\w(?:ed|en) by (?:the )?$", text[: c.start])]
    speakers = [c for c in named if c.part == "speaker"]
    return _ids(owner[:1] or before[:1] or by[:1] or speakers[:1])


def _earlier_issuers(text: str, document: DocumentContext) -> tuple[str, ...]:
    """The subject before, for "the ministry" and "it"; else who acts at the document's head."""
    if document.subject and document.lexicon.generic_actors.search(text):
        return document.subject
    return document.home


def _ids(found: Sequence[Country]) -> tuple[str, ...]:
    return tuple(sorted({c.id for c in found}))
