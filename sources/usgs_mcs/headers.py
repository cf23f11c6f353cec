"""The column names of the wide files: statistic, form, unit, estimate and year.

Their order and spelling differ between editions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sources.usgs_mcs.labels import squeeze

#: Unit tokens of headers; `Mt`, `mt` and `mmt` all mean million tonnes, `mcm` million cubic metres.
WORLD_UNITS = frozenset({"kg", "t", "kt", "mt", "mmt", "mct", "kct", "mcm"})
SALIENT_UNITS = WORLD_UNITS | frozenset(
    {"pct", "num", "mdol", "g", "dt", "dkg", "dlb", "dto", "dtoz", "ctslb", "dst", "dg", "df"}
)
_STATISTICS = {"prod": "production", "cap": "capacity", "reserves": "reserves",
               "reserve": "reserves"}  # fmt: skip


class UnknownColumnError(ValueError):
    """A column name that cannot be parsed."""


@dataclass(frozen=True)
class WorldColumn:
    """One column of a world table; a note column has `is_note` and no other attribute."""

    statistic: str
    form: str = ""
    unit: str | None = None
    year: int | None = None
    is_estimated: bool = False
    is_note: bool = False


def read_world_header(text: str) -> WorldColumn:
    """Parse `Prod_kt_est_2023`, `PROD_EST_ 2024`, `Cap_Sponge_t_2023`, `Reserves_notes`.

    Raises:
        UnknownColumnError: the statistic or the unit is unknown.
    """
    tokens = [token for token in re.split(r"[_\s]+", squeeze(text)) if token]
    statistic = _STATISTICS.get(tokens[0].lower()) if tokens else None
    if statistic is None:
        raise UnknownColumnError(f"{text!r} begins with neither Prod, Cap nor Reserves")
    rest = tokens[1:]
    if rest and rest[-1].lower() in ("note", "notes"):
        return WorldColumn(statistic, is_note=True)
    unit, year, estimated, form = None, None, False, []
    for token in rest:
        low = token.lower()
        if low == "est":
            estimated = True
        elif re.fullmatch(r"20\d\d", token):
            year = int(token)
        elif low in WORLD_UNITS and unit is None:
            unit = low
        else:
            form.append(token)
    # a form is a word; two letters after Prod are an undeclared unit
    if any(len(word) < 3 for word in form):
        raise UnknownColumnError(
            f"{text!r} has the unknown unit {'_'.join(form)!r}; known: {sorted(WORLD_UNITS)}"
        )
    return WorldColumn(statistic, "_".join(form), unit, year, estimated)


_SALIENT_STATISTICS = {
    "usprod": "production", "prod": "production", "production": "production",
    "imports": "import", "exports": "export", "consump": "consumption",
    "consumption": "consumption", "consumtion": "consumption", "price": "price",
    "stocks": "stock", "employment": "employment", "nir": "net_import_reliance",
    "shipments": "shipment", "sales": "sales", "sold": "sold_or_used", "recycled": "recycled",
}  # fmt: skip


@dataclass(frozen=True)
class SalientColumn:
    statistic: str
    detail: str
    unit: str | None


def read_salient_header(text: str) -> SalientColumn:
    """Parse `USprod_Refinery-primary_kt`, `Bort_NIR_pct`, `Imports_Metalkg`; never fails.

    There are about 600 headers, some of them error texts of an export. A header that is not
    understood becomes statistic `other` with the whole header as detail, so no column is lost.
    """
    tokens = [token for token in re.split(r"[_\s]+", squeeze(text)) if token]
    tokens, unit = _take_unit(tokens)
    for place, token in enumerate(tokens):
        if statistic := _SALIENT_STATISTICS.get(token.lower().rstrip(",")):
            detail = "_".join(tokens[:place] + tokens[place + 1 :])
            return SalientColumn(statistic, detail, unit)
    return SalientColumn("other", squeeze(text), unit)


def _take_unit(tokens: list[str]) -> tuple[list[str], str | None]:
    if len(tokens) < 2:
        return tokens, None
    *head, last = tokens
    if last.lower() in SALIENT_UNITS:
        return head, last.lower()
    for unit in sorted(SALIENT_UNITS, key=len, reverse=True):  # "Metalkg", "High-puritydkg"
        stem = last[: -len(unit)]
        if last.endswith(unit) and len(stem) >= 3:
            return [*head, stem], unit
    return tokens, None
