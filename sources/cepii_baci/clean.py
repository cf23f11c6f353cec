"""From raw text to flows: types, validity, repeated rows."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sources.cepii_baci.layouts import NOMENCLATURES, SOURCE, Layout
from sources.kit.archives import Member
from sources.kit.columns import (
    find_repeated_keys,
    matches,
    read_numbers,
    states_no_value,
    to_code,
    to_number,
    without_leading_zeros,
)
from sources.kit.contract import NO_VALUE
from sources.kit.errors import CorruptFileError

#: 811231 (hafnium) exists from HS2022 on; in an older revision its rows repeat those of 811292
#: under another label.
_REPEATED_LABEL, _BASKET = "811231", "811292"
#: Codes by their system; a code of another one would be unmapped.
_COUNTRY = {"baci_numeric": "[0-9]{1,3}", "iso3": "[A-Z][A-Z0-9]{2}", "iso2": "[A-Z][A-Z0-9]"}


def to_typed_columns(
    raw: pa.Table, layout: Layout, revision_and_year: tuple[str, int] | None
) -> pa.Table:
    """Convert the raw columns to text and numbers; what does not fit becomes null."""
    n = raw.num_rows
    product = to_code(raw["product"])
    # tools that read k as a number lose the leading zero of chapters 01 to 09
    product = pc.if_else(
        pc.equal(pc.utf8_length(product), 5), pc.binary_join_element_wise("0", product, ""), product
    )
    revision, year = revision_and_year or ("", 0)
    quantity, is_no_number = (
        read_numbers(raw["quantity_t"])
        if "quantity_t" in layout.columns
        else (pa.nulls(n, pa.float64()), pa.array([False] * n))
    )
    return pa.table(
        {
            "revision": to_code(raw["revision"])
            if "revision" in layout.columns
            else pa.repeat(revision, n),
            "year": to_number(raw["year"])
            if "year" in layout.columns
            else pa.repeat(float(year), n),
            "exporter": without_leading_zeros(to_code(raw["exporter"])),
            "importer": without_leading_zeros(to_code(raw["importer"])),
            "product": product,
            "value_kusd": pc.multiply(to_number(raw["value"]), layout.kusd_per_unit),
            "quantity_t": quantity,
            "has_no_value": states_no_value(raw["value"]),
            "is_readable": pc.invert(is_no_number),
            "line": raw["line"],
        }
    )


def flow_rules(
    flows: pa.Table, revision_and_year: tuple[str, int] | None, edition: str, layout: Layout
) -> dict[str, pa.ChunkedArray]:
    """What is said of a row that is no flow, and where it is not to be said: BACI has positive
    flows between two countries, of years before its edition."""
    is_past = pc.and_(pc.greater(flows["year"], 1987), pc.less(flows["year"], int(edition[1:5])))
    country = _COUNTRY[layout.code_system]
    rules = {
        "unknown HS revision": pc.is_in(flows["revision"], value_set=pa.array([*NOMENCLATURES])),
        "not a year before the edition": is_past,
        "not an exporter's code": matches(flows["exporter"], country),
        "not an importer's code": matches(flows["importer"], country),
        "not an HS6 code": matches(flows["product"], "[0-9]{6}"),
        NO_VALUE: pc.invert(flows["has_no_value"]),
        "the value is not a positive number": pc.greater(flows["value_kusd"], 0.0),
        "the quantity is not a number": flows["is_readable"],
        "the quantity is negative": pc.fill_null(pc.greater_equal(flows["quantity_t"], 0.0), True),
        "a flow within one country": pc.not_equal(flows["exporter"], flows["importer"]),
    }
    if revision_and_year:
        of_name = pc.equal(flows["year"], float(revision_and_year[1]))
        rules["another year than in the file's name"] = of_name
    return rules


def drop_repeated_basket(good: pa.Table, member: Member) -> pa.Table:
    """Keep 811292 once: slices by material repeat its rows under gallium, germanium and hafnium."""
    older = pc.not_equal(good["revision"], "HS22")
    if not pc.any(pc.and_(older, pc.equal(good["product"], _REPEATED_LABEL))).as_py():
        flows = good
    else:
        flows = _relabel_hafnium(good, older, member)
    keys = ["revision", "year", "exporter", "importer", "product", "value_kusd"]
    basket = pc.equal(flows["product"], _BASKET)
    firsts = flows.filter(basket).group_by(keys).aggregate([("line", "min")])["line_min"]
    keep = pc.or_(pc.invert(basket), pc.is_in(flows["line"], value_set=firsts.combine_chunks()))
    return flows.filter(keep)


def _relabel_hafnium(good: pa.Table, older: pa.ChunkedArray, member: Member) -> pa.Table:
    """Relabel 811231 as 811292.

    Raises:
        CorruptFileError: a row of 811231 does not repeat one of 811292.
    """
    keys = ["revision", "year", "exporter", "importer", "value_kusd"]

    def flows_of(code: str) -> set[tuple[object, ...]]:
        rows = good.filter(pc.and_(older, pc.equal(good["product"], code))).select(keys)
        return set(zip(*(rows[k].to_pylist() for k in keys), strict=True))

    if extra := flows_of(_REPEATED_LABEL) - flows_of(_BASKET):
        raise CorruptFileError(
            SOURCE,
            f"{_REPEATED_LABEL} is not in HS revisions before 2022, and {len(extra)} of its rows "
            f"do not repeat {_BASKET}, such as {sorted(extra, key=str)[0]}",
            place=member.place,
            remedy="download the slice by HS6 of its own revision",
        )
    false_label = pc.and_(older, pc.equal(good["product"], _REPEATED_LABEL))
    at = good.schema.get_field_index("product")
    return good.set_column(at, "product", pc.if_else(false_label, _BASKET, good["product"]))


def reject_repeated_flows(good: pa.Table, member: Member) -> None:
    """Check that each flow occurs once.

    Raises:
        CorruptFileError: one does not.
    """
    n, example = find_repeated_keys(good, ["revision", "year", "product", "exporter", "importer"])
    if n:
        raise CorruptFileError(
            SOURCE,
            f"{n} flows occur more than once, such as {example}",
            place=member.place,
            remedy="download it again; two files may have been joined",
        )
